"""What an address asks of the score: which days, which leads, as of when, beside which other days.

?period=quarter                  or this, last, term; without it and without days the interval of today
?from=2026-03-01&to=2026-03-31   days, both included
?type=demo&stream=smb            leads of these; several of one field are any of them
?as_of=2026-04-02                as it was known when that day ended, or at an instant: 2026-04-02T09:00Z;
                                 periods that have names are then those of that day
?compare=previous                or `none`, or days as 2026-02-01..2026-02-28
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from accord.agreement.terms import Agreement, Interval, Side
from accord.errors import Problem
from accord.ledger.scope import Scope
from accord.plan.periods import interval_of
from accord.server.look import figures as say

PERIODS = ("this", "last", "quarter", "term")
FIELDS = {  # of the scope, by the name that they have in an address
    "type": "lead_type",
    "stream": "stream",
    "segment": "segment",
    "source": "source",
}
UNKNOWN = "-"  # in an address: leads of which it is not known
NAMES = ("period", "from", "to", "as_of", "compare", *FIELDS, "page")  # all that an address may ask
_TOLD = 12  # names of what there is, in a message
_MOST_NAMES, _LONGEST_NAME, _MOST_DAYS = 20, 200, 3 * 366
_DAY = timedelta(days=1)
_Day = TypeVar("_Day", date, datetime)


@dataclass(frozen=True)
class Days:
    """First and last day, both included."""

    from_on: date
    to_on: date

    def __str__(self) -> str:
        return f"{self.from_on}..{self.to_on}"


@dataclass(frozen=True)
class View:
    """One score that can be asked for: which days of which leads."""

    days: Days
    scope: Scope = field(default_factory=Scope)

    def digest(self, release: str) -> str:
        """The same for the same score of the same release."""
        return hashlib.sha256(repr((self.days, self.scope, release)).encode()).hexdigest()


@dataclass(frozen=True)
class Asked:
    """A view with what stands around it. `period` is the preset that the days are, empty where none is."""

    view: View
    period: str = ""
    as_of: datetime | None = None
    against: Days | None = None
    compare: str = ""

    def query(self, **changed: object) -> str:
        """The address' query for the same, with some of it changed; empty for what a bare address asks."""
        return urlencode([(name, value) for name, value in self._said(changed) if value not in ("", None)])

    def _said(self, changed: Mapping[str, object]) -> list[tuple[str, object]]:
        own = not self.period
        said: dict[str, object] = {
            "period": "" if self.period == PERIODS[0] else self.period,
            "from": self.view.days.from_on if own else "",
            "to": self.view.days.to_on if own else "",
            "as_of": _written(self.as_of),
            "compare": self.compare,
        }
        names = {name: getattr(self.view.scope, of) for name, of in FIELDS.items()}
        for name, value in changed.items():
            if name in names:
                names[name] = (value,) if isinstance(value, str) else value
            else:
                said[name] = value
        return [
            *said.items(),
            *((name, UNKNOWN if value is None else value) for name, some in names.items() for value in some),
        ]


def asked_or_why(
    query: QueryDict, agreement: Agreement, at: datetime, known: Mapping[str, frozenset[str]]
) -> tuple[Asked, list[Problem]]:
    """What a query asks for, without what cannot be read of it, and everything that cannot.

    `known` has the names that there are of each field, where all are known; others are told, since a score of
    leads that there are none of looks like one of which nothing was done.
    """
    reading = _Reading(query, agreement, at, known)
    return reading.asked(), reading.problems


def strangers(query: QueryDict) -> list[str]:
    """What an address names beside what can be asked; it is left out, and that is told."""
    return [name for name in query if name not in (*NAMES, "owner")]


def presets(agreement: Agreement, at: datetime) -> dict[str, Days]:
    """The days that have names: the interval of today, the one before, the quarter, the term.

    After its last day a term is looked at from that day; before its first one from the first.
    """
    term = agreement.term
    zone = agreement.calendar_of(Side.MARKETING).zone_on(at.date())
    today = min(max(at.astimezone(zone).date(), term.start), term.end)
    quarterly = term.model_copy(update={"interval": Interval.QUARTER})

    def within(first: date, last: date) -> Days:
        return Days(max(first, term.start), min(last, term.end))

    first, last = interval_of(term, today)
    found = {"this": within(first, last)}
    if first > term.start:
        found["last"] = within(*interval_of(term, first - _DAY))
    found["quarter"] = within(*interval_of(quarterly, today))
    return {**found, "term": Days(term.start, term.end)}


def before(days: Days, agreement: Agreement) -> Days:
    """The days to compare with: the interval before a whole one, else as many days just before."""
    first, last = interval_of(agreement.term, days.from_on)
    if days == Days(max(first, agreement.term.start), min(last, agreement.term.end)):
        return Days(*interval_of(agreement.term, first - _DAY))
    return Days(days.from_on - (days.to_on - days.from_on) - _DAY, days.from_on - _DAY)


class _Reading:
    """One query being read; what is wrong with it is gathered."""

    def __init__(
        self,
        query: QueryDict,
        agreement: Agreement,
        at: datetime,
        known: Mapping[str, frozenset[str]],
    ) -> None:
        self.query, self.agreement, self.at, self.known = query, agreement, at, known
        self.problems: list[Problem] = []
        self.as_of = self._as_of()
        if "owner" in query:
            self._wrong("owner", _("the score is not told by owner; leave it out"))
        self.presets = presets(agreement, looked_from(self.as_of, at))

    def asked(self) -> Asked:
        days, period = self._days()
        view = View(days, self._scope())
        compare = self._text("compare")
        return Asked(view, period, self.as_of, self._against(compare, days), compare)

    def _days(self) -> tuple[Days, str]:
        start, end = (self._date(name, self._text(name)) for name in ("from", "to"))
        if start and end:
            return self._checked("from", Days(start, end)), ""
        if start or end:
            self._wrong("from" if end else "to", _("say both days, the first and the last"))
        period = self._text("period") or PERIODS[0]
        if period not in self.presets:
            known = ", ".join(self.presets)
            self._wrong("period", _("there is no such period; there are %(known)s") % {"known": known})
            period = PERIODS[0]
        return self.presets[period], period

    def _checked(self, name: str, days: Days) -> Days:
        if days.to_on < days.from_on:
            self._wrong(name, _("the last day lies before the first; swap the two"))
        elif (days.to_on - days.from_on).days > _MOST_DAYS:
            self._wrong(name, _("more than three years; ask for fewer days"))
        return days

    def _scope(self) -> Scope:
        return Scope(**{of: self._names(name) for name, of in FIELDS.items()})

    def _names(self, name: str) -> tuple[str | None, ...]:
        said = [text for text in self.query.getlist(name) if text]
        if len(said) > _MOST_NAMES or any(len(text) > _LONGEST_NAME for text in said):
            self._wrong(name, _("too many names, or one that is too long"))
            return ()
        names = tuple(None if text == UNKNOWN else text for text in dict.fromkeys(said))
        strange = [text for text in names if text is not None and not self._is_known(name, text)]
        if strange:
            self._wrong(name, _("nothing is called %(names)s") % {"names": _listed(strange)}, self._all(name))
        return tuple(text for text in names if text not in strange)

    def _is_known(self, name: str, text: str) -> bool:
        return name not in self.known or text in self.known[name]

    def _all(self, name: str) -> str:
        """What there is instead, a dozen at most."""
        known = sorted(self.known[name])
        words = _("there are %(names)s") if known else _("the leads have none")
        return words % {"names": _listed(known)}

    def _as_of(self) -> datetime | None:
        """The end of a day in marketing's zone, or an instant; None for now."""
        text = self._text("as_of")
        if not text:
            return None
        found = self._read("as_of", text, datetime.fromisoformat, _("write a day such as 2026-03-16"))
        if found is None:
            return None
        zone = self.agreement.calendar_of(Side.MARKETING).zone_on(found.date())
        if len(text) <= 10:
            found = datetime.combine(found.date() + _DAY, time(), zone)
        found = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        return None if found >= self.at else found

    def _against(self, compare: str, days: Days) -> Days | None:
        if compare == "none":
            return None
        if compare in ("", "previous"):
            try:
                return before(days, self.agreement)
            except (OverflowError, ValueError):
                return None
        first, _dots, last = compare.partition("..")
        start, end = (self._date("compare", text or "-") for text in (first, last))
        return self._checked("compare", Days(start, end)) if start and end else None

    def _text(self, name: str) -> str:
        return self.query.get(name, "").strip()[:64]

    def _date(self, name: str, text: str) -> date | None:
        if not text:
            return None
        return self._read(name, text, date.fromisoformat, _("write a day such as 2026-03-16"))

    def _read(self, name: str, text: str, read: Callable[[str], _Day], remedy: str) -> _Day | None:
        try:
            found = read(text)
        except (ValueError, OverflowError):
            found = None
        if found is None or not 1971 <= found.year <= 2199:
            self._wrong(name, _("is no day that can be asked for"), remedy)
            return None
        return found

    def _wrong(self, name: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem("", 0, name, what, remedy))


def _listed(names: list[str]) -> str:
    """A dozen of them at most, each fit to show."""
    told = ", ".join(say.or_dash(say.name(name, 40)) for name in names[:_TOLD])
    more = len(names) - _TOLD
    return told if more <= 0 else _("%(names)s and %(more)s more") % {"names": told, "more": more}


def _written(as_of: datetime | None) -> str:
    return as_of.strftime("%Y-%m-%dT%H:%M:%SZ") if as_of else ""


def looked_from(as_of: datetime | None, at: datetime) -> datetime:
    """Whose day chooses the periods that have names: of what was known when a day ended, that day's."""
    return at if as_of is None else as_of - timedelta(microseconds=1)


def narrowed(asked: Asked, **names: str | None) -> Asked:
    """The same for leads of one value of a field: `narrowed(asked, lead_type="demo")`."""
    scope = replace(asked.view.scope, **{name: (value,) for name, value in names.items()})
    return replace(asked, view=replace(asked.view, scope=scope))
