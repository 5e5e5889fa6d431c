"""What happened to a lead, in sentences: one an event, with the words that people wrote beside it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accord.agreement.terms import Agreement
from accord.lead.calling import ASKED, refusal
from accord.lead.events import Kind
from accord.lead.lifecycle import BY_SILENCE
from accord.lead.outcomes import NOT_SATISFIED, SATISFIED
from accord.server.desk.models import Event, Note
from accord.server.desk.naming import MACHINE
from accord.server.desk.wording import without_own_words
from accord.server.look import figures as say
from accord.server.people.models import User
from accord.server.queue.showing import CHANNELS, DUTIES

_ABOUT_IT = frozenset(  # what is told of the lead or its person; whoever recorded it stands behind
    {
        Kind.CREATED,
        Kind.SCORED,
        Kind.QUALIFIED,
        Kind.PAUSED,
        Kind.RESUMED,
        Kind.OPTED_OUT,
        Kind.ERASED,
        Kind.SIGNALLED,
        Kind.ARBITRATED,
        Kind.BREACHED,
        Kind.RENEWED,
        Kind.CHURNED,
        Kind.RATED,
    }
)
_TONES = {
    Kind.ACCEPTED: "good",
    Kind.CONNECTED: "good",
    Kind.SALES_QUALIFIED: "good",
    Kind.WON: "good",
    Kind.FULFILLED: "good",
    Kind.RENEWED: "good",
    Kind.REJECTED: "bad",
    Kind.BREACHED: "bad",
    Kind.LOST: "bad",
    Kind.DISQUALIFIED: "bad",
    Kind.OPTED_OUT: "bad",
    Kind.CHURNED: "bad",
    Kind.PAUSED: "warn",
    Kind.RETURNED: "warn",
    Kind.DISPUTED: "warn",
}


@dataclass(frozen=True)
class Told:
    """One thing that happened; `late` is when it was recorded, where that was much later."""

    at: datetime
    who: str
    words: str
    tone: str
    notes: tuple[str, ...] = ()
    late: datetime | None = None


def names_of(actors: Iterable[str], agreement: Agreement | None) -> dict[str, str]:
    """The names of whom the log calls by key or address; one query."""
    asked = {actor for actor in actors if actor}
    keys = {key: who for key, who in (agreement.people if agreement else {}).items() if key in asked}
    addresses = {who.email.lower(): key for key, who in keys.items() if who.email}
    wanted = {*addresses, *(actor.lower() for actor in asked if "@" in actor)}
    found = {key: who.name or key for key, who in keys.items()}
    for email, name in User.objects.filter(email__in=wanted).values_list("email", "name"):
        found |= {email: name, addresses.get(email, email): name}
    return found


def tell(
    events: Iterable[Event],
    notes: Iterable[Note],
    agreement: Agreement | None,
    *,
    private: bool,
    zone: ZoneInfo | None = None,
) -> list[Told]:
    """The story, newest first. What people wrote is left out where it is not shown to whoever looks.

    `zone` is where the person is: calls that another tool made outside of calling hours there say so.
    """
    events = sorted(events, key=lambda event: event.seq)
    events = events if private else [without_own_words(event) for event in events]
    gone = {event.outcome for event in events if event.kind == Kind.WITHDRAWN}
    written: Mapping[int | None, list[Note]] = defaultdict(list)
    for note in notes if private else ():
        written[note.event_id].append(note)
    names = names_of((event.actor for event in events), agreement)
    told = [
        _told(
            event,
            _remarked(sentence(event, names, agreement), event, zone),
            _who(event, names),
            written[event.seq],
            back=str(event.seq) in gone,
        )
        for event in events
        if event.kind != Kind.WITHDRAWN
    ]
    told += [
        Told(note.at, note.by.name if note.by else "", _("wrote a note"), "info", (note.text,))
        for note in written[None]
        if note.text
    ]
    told.sort(key=lambda one: one.at.replace(microsecond=0))  # in one second the order of the log holds
    return told[::-1]


def _told(event: Event, words: str, who: str, notes: list[Note], *, back: bool) -> Told:
    """One event; what was taken back says so, and the event that took it back tells nothing more."""
    kind = Kind(event.kind)
    if who and kind in _ABOUT_IT:
        words, who = _("%(what)s (recorded by %(who)s)") % {"what": words, "who": who}, ""
    late = event.recorded_at if (event.recorded_at - event.occurred_at).total_seconds() > 120 else None
    return Told(
        at=event.occurred_at,
        who=who,
        words=_taken_back(words) if back else words,
        tone="muted" if back else _TONES.get(kind, "muted"),
        notes=tuple(note.text for note in notes if note.text),
        late=late,
    )


def sentence(event: Event, names: Mapping[str, str], agreement: Agreement | None) -> str:
    """What happened, as the story says it."""
    kind = Kind(event.kind)
    return _assigned(event, names) if kind is Kind.ASSIGNED else _SENTENCES[kind](event, agreement)


def _remarked(words: str, event: Event, zone: ZoneInfo | None) -> str:
    """A call that is on record although it came outside of calling hours: people here are refused one, other
    tools only tell of theirs (8.3)."""
    asked = event.kind != Kind.ATTEMPTED or event.reason == ASKED
    if asked or zone is None or not refusal(event.channel, event.occurred_at, zone):
        return words
    there = event.occurred_at.astimezone(zone)
    return _("%(what)s – outside calling hours, at %(time)s there") % {
        "what": words,
        "time": f"{there:%H:%M}",
    }


def _taken_back(words: str) -> str:
    return _("%(what)s (taken back)") % {"what": words}


def _who(event: Event, names: Mapping[str, str]) -> str:
    by_itself = event.side == "machine" or event.actor == MACHINE
    if event.kind == Kind.ASSIGNED or not event.actor or by_itself:
        return ""
    return say.name(names.get(event.actor, event.actor)) or ""


def plain(text: str) -> str:
    """A name out of the agreement or the log, as people read it."""
    return say.name(text.replace("_", " ")) or ""


def _channel(event: Event) -> str:
    return str(CHANNELS.get(event.channel, plain(event.channel)))


def _money(event: Event, agreement: Agreement | None) -> str:
    return say.money(event.amount, agreement.currency if agreement else "") or ""


def _with(text: str, *more: str) -> str:
    known = [one for one in more if one]
    return f"{text}: {', '.join(known)}" if known else text


def _accepted(event: Event, _agreement: Agreement | None) -> str:
    return (
        _("accepted by silence: the time to decide was over")
        if event.outcome == BY_SILENCE
        else _("accepted")
    )


def _assigned(event: Event, names: Mapping[str, str]) -> str:
    name = say.name(names.get(event.actor, event.actor)) or ""
    return _with(_("assigned to %(name)s") % {"name": name}, plain(event.reason))


def _attempted(event: Event, _agreement: Agreement | None) -> str:
    return _with(_channel(event) or _("attempt"), plain(event.outcome))


def _handed_off(event: Event, agreement: Agreement | None) -> str:
    worth = say.money(event.value, agreement.currency) if agreement and event.value is not None else ""
    incomplete = _("information was missing") if event.outcome == "incomplete" else ""
    return _with(
        _("handed off to sales"), _("worth %(amount)s") % {"amount": worth} if worth else "", incomplete
    )


def _breached(event: Event, _agreement: Agreement | None) -> str:
    return _with(
        _("promise broken"), str(DUTIES.get(event.outcome, plain(event.outcome))), plain(event.reason)
    )


def _until(event: Event) -> str:
    if event.due_at is None:
        return ""
    return say.instant(event.due_at, timezone.get_current_timezone_name()) or ""


def _rated(event: Event, _agreement: Agreement | None) -> str:
    said = {SATISFIED: _("satisfied"), NOT_SATISFIED: _("not satisfied")}
    return _with(_("said how satisfied they are"), said.get(event.outcome, plain(event.outcome)))


def _plainly(words: Callable[[], str]) -> Callable[[Event, Agreement | None], str]:
    """A sentence that goes on with reason and outcome, where there are any."""
    return lambda event, _agreement: _with(words(), plain(event.reason), plain(event.outcome))


def _priced(words: Callable[[], str]) -> Callable[[Event, Agreement | None], str]:
    return lambda event, agreement: _with(words(), _money(event, agreement), plain(event.reason))


def _dated(words: Callable[[], str]) -> Callable[[Event, Agreement | None], str]:
    return lambda event, _agreement: _with(words(), plain(event.reason), _until(event))


_SENTENCES: dict[Kind, Callable[[Event, Agreement | None], str]] = {
    Kind.CREATED: _plainly(lambda: _("raised a hand")),
    Kind.SCORED: _plainly(lambda: _("the lead was scored")),
    Kind.QUALIFIED: _plainly(lambda: _("the lead is qualified by the agreed definition")),
    Kind.HANDED_OFF: _handed_off,
    Kind.ACCEPTED: _accepted,
    Kind.REJECTED: _plainly(lambda: pgettext("past", "rejected")),
    Kind.DISPUTED: _plainly(lambda: _("disputed the reject")),
    Kind.ATTEMPTED: _attempted,
    Kind.CONNECTED: lambda event, _a: _with(_("talked with each other"), _channel(event)),
    Kind.SALES_QUALIFIED: _plainly(lambda: _("confirmed as real by sales")),
    Kind.OPPORTUNITY: _priced(lambda: _("opened an opportunity")),
    Kind.PROPOSAL: _priced(lambda: _("sent a proposal")),
    Kind.WON: _priced(lambda: pgettext("past", "won")),
    Kind.LOST: _plainly(lambda: pgettext("past", "lost")),
    Kind.DISQUALIFIED: _plainly(lambda: pgettext("past", "disqualified")),
    Kind.RETURNED: _plainly(lambda: _("returned to marketing")),
    Kind.ENROLLED: _plainly(lambda: _("began a nurture track")),
    Kind.PAUSED: _dated(lambda: _("the clock stands still")),
    Kind.RESUMED: _plainly(lambda: _("the clock goes on")),
    Kind.MERGED: _plainly(lambda: _("merged with another lead")),
    Kind.OPTED_OUT: _plainly(lambda: _("wants no more contact")),
    Kind.EXCUSED: _plainly(lambda: _("excused a breach")),
    Kind.ERASED: _plainly(lambda: _("personal data erased")),
    Kind.SIGNALLED: _plainly(lambda: _("showed interest again")),
    Kind.FEEDBACK: _plainly(lambda: _("said why it was rejected")),
    Kind.ARBITRATED: _plainly(lambda: _("both sides settled the dispute")),
    Kind.COMMITTED: _dated(lambda: _("promised to the prospect")),
    Kind.FULFILLED: _plainly(lambda: _("kept what was promised to the prospect")),
    Kind.BREACHED: _breached,
    Kind.WITHDRAWN: lambda _event, _a: _("took back what was logged by mistake"),
    Kind.RENEWED: _priced(lambda: _("stays a customer")),
    Kind.CHURNED: _plainly(lambda: _("is a customer no more")),
    Kind.RATED: _rated,
}
