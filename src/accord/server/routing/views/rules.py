"""The rules: what is in force in words, the draft of others, trying them on last month, and every record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.agreement.terms import Side
from accord.errors import EntryInvalid, PageUnknown
from accord.server.audit.trail import Actor, actor_of
from accord.server.people.forms import take_in
from accord.server.people.models import MOST_LEADS_PER_MONTH, User
from accord.server.routing import dry_run, saying
from accord.server.routing import rules as book
from accord.server.routing.forms import RuleForm
from accord.server.routing.models import RuleSet
from accord.server.routing.staff import Staff
from accord.server.routing.views.common import errors_of, number_of, numbers_of, viewer_of
from accord.server.routing.views.records import found, in_words

_FEW = 10


@dataclass(frozen=True)
class Said:
    """One rule in words."""

    place: int
    label: str
    leads: str
    to: str


@dataclass(frozen=True)
class Weight:
    """One person's part of the turns: by capacity, unless a number is set."""

    person: User
    pool: str
    capacity: Any
    said: str
    asked: str = ""  # another capacity, as typed for a try


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest,
    *,
    form: RuleForm | None = None,
    errors: EntryInvalid | None = None,
    tried: dry_run.Compared | None = None,
) -> HttpResponse:
    at, viewer = timezone.now(), viewer_of(request)
    used, may_set = book.in_force(), book.may_set(viewer)
    draft = book.drafted() if may_set else None
    asked = _Asked(request.POST)
    staff = Staff(at)
    people = list(User.objects.filter(side=Side.SALES, is_active=True))
    staff.learn(people)
    names = saying.names_of([*_people_of(used), *_people_of(draft)])
    facts = {
        "agreed": saying.by_agreement(staff.agreement),
        "used": used,
        "rules": _said(used, names),
        "weights": [one for one in _weights(people, staff, used, at) if one.said],
        "draft": draft,
        "draft_rules": _said(draft, names),
        "draft_weights": _weights(people, staff, draft, at, asked) if draft else [],
        "may_set": may_set,
        "form": form or (RuleForm(staff.agreement, people, _pools(people, staff)) if draft else None),
        "errors": errors_of(errors) if errors else {},
        "records": in_words(list(found("", "")[:_FEW])),
        "tried": tried,
        "tried_names": names,
        "asked": asked,
    }
    if tried is not None:
        facts |= _told(tried)
    status = 422 if errors or (form is not None and form.errors) else 200
    return render(request, "routing/routing.html", facts, status=status)


def _people_of(held: RuleSet | None) -> list[int | None]:
    return [rule.person for rule in book.read(held.rules)] if held else []


def _said(held: RuleSet | None, names: dict[int, str]) -> list[Said]:
    rules = book.read(held.rules) if held else ()
    return [
        Said(place, rule.label, saying.leads_of(rule), saying.goes_to(rule, names))
        for place, rule in enumerate(rules)
    ]


def _weights(
    people: list[User], staff: Staff, held: RuleSet | None, at: datetime, asked: "_Asked | None" = None
) -> list[Weight]:
    said = held.weights if held else {}
    rows = [
        Weight(
            one,
            staff.pool_of(one),
            staff.capacity(one, staff.day_of(one, at)),
            _decimal(said.get(str(one.pk), "")),
            asked.capacities.get(one.pk, "") if asked else "",
        )
        for one in people
        if staff.is_rep(one)
    ]
    return sorted(rows, key=lambda row: (row.pool, row.person.name, row.person.pk))


def _decimal(text: str) -> str:
    """A weight as it was typed: kept as a fraction, which a field for numbers could not show."""
    above, slash, below = text.partition("/")
    return str(int(above) / int(below)) if slash else above


def _pools(people: list[User], staff: Staff) -> list[str]:
    said = staff.agreement.people.values() if staff.agreement else ()
    agreed = {who.pool or "" for who in said if who.side == Side.SALES}
    return sorted(({staff.pool_of(one) for one in people} | agreed) - {""})


# Changing the draft -------------------------------------------------------------------------------------


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """One change of the draft, by the button that was pressed."""
    does = request.POST.get("do", "").partition(":")
    by, at = actor_of(request), timezone.now()
    book.must_set(by)
    if does[0] == "add":
        return _add(request, by, at)
    if does[0] not in _CHANGES:
        raise PageUnknown(request.path)
    try:
        _CHANGES[does[0]](request, by, does[2], at)
    except EntryInvalid as error:
        return _page(request, errors=error)
    return redirect("routing")


def _add(request: HttpRequest, by: Actor, at: datetime) -> HttpResponse:
    staff, people = Staff(at), list(User.objects.filter(side=Side.SALES, is_active=True))
    form = RuleForm(staff.agreement, people, _pools(people, staff), request.POST)
    if form.is_valid():
        try:
            book.add(by, form.rule(), _saved(request), at)
        except EntryInvalid as error:
            take_in(form, error)
        else:
            messages.success(request, _("The rule stands in the draft; nothing goes by it yet."))
            return redirect("routing")
    return _page(request, form=form)


def _begin(_request: HttpRequest, by: Actor, _rest: str, at: datetime) -> None:
    book.begin(by, at)


def _remove(request: HttpRequest, by: Actor, rest: str, at: datetime) -> None:
    book.remove(by, _place(rest), _saved(request), at)


def _up(request: HttpRequest, by: Actor, rest: str, at: datetime) -> None:
    book.shift(by, _place(rest), _place(rest) - 1, _saved(request), at)


def _down(request: HttpRequest, by: Actor, rest: str, at: datetime) -> None:
    book.shift(by, _place(rest), _place(rest) + 1, _saved(request), at)


def _weigh(request: HttpRequest, by: Actor, _rest: str, at: datetime) -> None:
    book.weigh(by, _typed_weights(request.POST), _saved(request), at)
    messages.success(request, _("The weights stand in the draft; nothing goes by them yet."))


def _discard(request: HttpRequest, by: Actor, _rest: str, at: datetime) -> None:
    book.discard(by, _saved(request), at)
    messages.success(request, _("The draft is gone; what is in force goes on."))


def _use(request: HttpRequest, by: Actor, _rest: str, at: datetime) -> None:
    book.use(by, _saved(request), at)
    messages.success(request, _("These rules hold from now on."))


_Change = Callable[[HttpRequest, Actor, str, datetime], None]
_CHANGES: dict[str, _Change] = {
    "begin": _begin,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "weigh": _weigh,
    "discard": _discard,
    "use": _use,
}


def _saved(request: HttpRequest) -> int:
    return number_of(request.POST.get("saved", "")) or 0


def _place(text: str) -> int:
    number = number_of(text)
    return -1 if number is None else number


def _typed_weights(sent: QueryDict) -> dict[int, str]:
    return {
        number: str(text)[:20]
        for key, text in sent.items()
        if key.startswith("weight-") and (number := number_of(key.removeprefix("weight-"))) is not None
    }


# Trying it ----------------------------------------------------------------------------------------------


class _Asked:
    """What was filled in for a try: shown again beside the outcome."""

    def __init__(self, sent: QueryDict) -> None:
        self.away = set(numbers_of(sent.getlist("away")))
        self.this = sent.get("month") == "this"
        self.capacities = {
            number: str(text)[:8].strip()
            for key, text in sent.items()
            if key.startswith("capacity-")
            and (number := number_of(key.removeprefix("capacity-"))) is not None
        }

    def read(self) -> dict[int, int | None]:
        """Other capacities; an empty field leaves what holds."""
        read: dict[int, int | None] = {}
        for number, text in self.capacities.items():
            if text:
                value = number_of(text)
                if value is None or not 0 < value <= MOST_LEADS_PER_MONTH:
                    what = _("write leads a month as a whole number above 0")
                    raise EntryInvalid([book.problem(f"capacity-{number}", what)])
                read[number] = value
        return read


@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """A month's leads under the draft, with others away or other capacities where that was asked."""
    by, at = actor_of(request), timezone.now()
    book.must_set(by)
    draft = book.drafted()
    try:
        asked = _Asked(request.POST)
        others = dry_run.settings_of(
            draft or book.in_force(), away=frozenset(asked.away), capacities=asked.read()
        )
    except EntryInvalid as error:
        return _page(request, errors=error)
    return _page(request, tried=dry_run.compare(dry_run.settings_in_force(), others, at, this=asked.this))


def _told(tried: dry_run.Compared) -> dict[str, Any]:
    """The outcome of a try in words."""
    numbers = [one.who for one in tried.counts]
    numbers += [int(one.who) for row in tried.rows for one in row.after.choice.passed]
    names = saying.names_of([*numbers, *(row.actual for row in tried.rows)])
    return {
        "counts": [(names.get(one.who, "?"), one, one.after - one.before) for one in tried.counts],
        "changed": [
            {
                "lead": row.lead,
                "actual": names.get(row.actual or 0, ""),
                "before": names.get(row.before.to or 0, ""),
                "after": names.get(row.after.to or 0, ""),
                "why": saying.because(row.after.choice),
                "skipped": saying.skipped(saying.skipped_of(row.after.choice), names),
            }
            for row in tried.rows
        ],
    }
