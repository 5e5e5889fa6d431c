"""Sales reaches out: attempts, conversations, pauses, and what the prospect is promised (S0.25, S0.40)."""

from datetime import datetime

from accord.agreement.terms import Side as AgreedSide
from accord.errors import NotAllowed
from accord.lead import calling, outcomes
from accord.lead.acting import Act, open_commitments
from accord.lead.events import Channel, Kind
from accord.promises.terms import calendar_for
from accord.server.audit.trail import Actor
from accord.server.desk.acts import choices
from accord.server.desk.acts.doing import (
    Doing,
    begin,
    must_be,
    must_work,
    one_of,
    to_come,
    when,
    words,
    wrong,
)
from accord.server.desk.identity import zone_info
from accord.server.desk.models import Lead
from accord.server.desk.people import objection
from accord.server.desk.recording import Fact, one_step
from accord.server.people.models import Side
from accord.worktime import clock_for

_HANDS = (Side.SALES, Side.MARKETING)
_MOST_NAME = 120


@one_step()
def attempt(  # noqa: PLR0917 - as every act: who, which lead, what was said, when
    by: Actor,
    lead: int,
    channel: str,
    outcome: str,
    note: str,
    at: datetime,
    *,
    occurred_at: datetime | None = None,
    asked: bool = False,
) -> Lead:
    """Log one attempt to reach somebody; what is logged counts, so what may not be done is refused.

    Refused are channels that the person does not want, and calls outside of 8 to 21 o'clock where the person
    is, unless the person `asked` for that time (8.2, 8.3). A call that ends in a voicemail is two touches.
    """
    doing = begin(by, lead, Act.ATTEMPT, at)
    must_be(doing, _HANDS)
    one_of("channel", channel, tuple(Channel))
    one_of("outcome", outcome, outcomes.POSSIBLE[Channel(channel)])
    happened = when(doing, occurred_at)
    _allowed(doing, channel, happened, asked=asked)
    doing.add(*_touches(doing, channel, outcome, happened, calling.ASKED if asked else ""), note=note)
    return doing.done()


@one_step()
def connect(
    by: Actor, lead: int, channel: str, note: str, at: datetime, *, occurred_at: datetime | None = None
) -> Lead:
    """Log a conversation that the prospect began."""
    doing = begin(by, lead, Act.CONNECT, at)
    must_be(doing, _HANDS)
    one_of("channel", channel, tuple(Channel))
    happened = when(doing, occurred_at)
    doing.add(doing.fact(Kind.CONNECTED, channel=channel, occurred_at=happened), note=note)
    return doing.done()


@one_step()
def pause(by: Actor, lead: int, reason: str, until: datetime | None, at: datetime) -> Lead:
    """Let the clocks stand still for an agreed reason, forward only (5.11)."""
    doing = begin(by, lead, Act.PAUSE, at)
    must_work(doing)
    one_of("reason", reason, choices.pauses(doing.agreement))
    if until is not None:
        to_come(doing, until, "until")
    doing.add(doing.fact(Kind.PAUSED, reason=reason, due_at=until))
    return doing.done()


@one_step()
def resume(by: Actor, lead: int, at: datetime) -> Lead:
    doing = begin(by, lead, Act.RESUME, at)
    must_work(doing)
    doing.add(doing.fact(Kind.RESUMED))
    return doing.done()


@one_step()
def commit(  # noqa: PLR0917 - as every act
    by: Actor, lead: int, what: str, due_at: datetime | None, about: str, at: datetime
) -> Lead:
    """Note what a prospect was promised: by when it was said, else by the time agreed for such a thing."""
    doing = begin(by, lead, Act.COMMIT, at)
    must_be(doing, _HANDS)
    what = _named(what)
    if any(event.reason == what for event in open_commitments(doing.cycle)):
        raise NotAllowed(
            f"{what} is promised already and not kept yet; keep that first, or name this otherwise"
        )
    doing.add(doing.fact(Kind.COMMITTED, reason=what, due_at=_due(doing, what, due_at)), note=about)
    return doing.done()


@one_step()
def fulfil(by: Actor, lead: int, what: str, at: datetime, *, occurred_at: datetime | None = None) -> Lead:
    """Note a promise to the prospect as kept."""
    doing = begin(by, lead, Act.FULFIL, at)
    must_be(doing, _HANDS)
    named = tuple(dict.fromkeys(event.reason or "" for event in open_commitments(doing.cycle)))
    if not named:
        raise NotAllowed("nothing is promised to this prospect that is not kept yet")
    one_of("what", what, named)
    doing.add(doing.fact(Kind.FULFILLED, reason=what, occurred_at=when(doing, occurred_at)))
    return doing.done()


def _allowed(doing: Doing, channel: str, happened: datetime, *, asked: bool) -> None:
    contact = doing.held.contact
    if why_not := objection(contact, channel):
        raise NotAllowed(why_not)
    zone = zone_info(contact.zone) if contact else None
    if not asked and (why_not := calling.refusal(channel, happened, zone)):
        raise NotAllowed(why_not)


def _touches(doing: Doing, channel: str, outcome: str, happened: datetime, reason: str) -> list[Fact]:
    facts = [
        doing.fact(Kind.ATTEMPTED, channel=channel, outcome=outcome, reason=reason, occurred_at=happened)
    ]
    if channel == Channel.CALL and outcome == outcomes.Outcome.VOICEMAIL:
        facts.append(
            doing.fact(Kind.ATTEMPTED, channel=Channel.VOICEMAIL.value, outcome=outcome, occurred_at=happened)
        )
    if outcome == outcomes.Outcome.CONNECTED:
        facts.append(doing.fact(Kind.CONNECTED, channel=channel, occurred_at=happened))
    return facts


def _named(what: str) -> str:
    what = " ".join(words(what, "what").split())
    if not what or len(what) > _MOST_NAME:
        raise wrong("what", "say in a few words what is promised", f"up to {_MOST_NAME} signs")
    return what


def _due(doing: Doing, what: str, due_at: datetime | None) -> datetime:
    if due_at is not None:
        return to_come(doing, due_at, "due_at")
    agreed = doing.agreement.commitments.get(what) if doing.agreement else None
    if agreed is None or doing.agreement is None:
        known = ", ".join(choices.commitments(doing.agreement))
        raise wrong("due_at", "say by when", f"a time, or one of those with an agreed time: {known}")
    calendar = (
        calendar_for(doing.agreement, doing.cycle.delivered)
        if doing.cycle.delivered
        else doing.agreement.calendar_of(AgreedSide.SALES)
    )
    clock = clock_for(agreed.within, calendar)
    return clock.due(doing.at, clock.budget(agreed.within, doing.at))
