"""Both sides look at what the other did: rejects that are disputed, breaches that are excused (C10, 2.6)."""

from datetime import datetime

from django.urls import NoReverseMatch, reverse

from accord.errors import NotAllowed
from accord.lead.acting import Act
from accord.lead.events import Kind
from accord.promises.excuses import excusable_until
from accord.promises.verdict import State
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.desk.acts.doing import Doing, begin, must_be, one_of, words, wrong
from accord.server.desk.models import Duty, Lead
from accord.server.desk.recording import one_step
from accord.server.people.models import Side

UPHELD, OVERTURNED = "upheld", "overturned"
_MOST_REASON = 120


@one_step()
def dispute(by: Actor, lead: int, note: str, at: datetime) -> Lead:
    """Marketing challenges a reject; it waits for the monthly arbitration, where both sides sit."""
    doing = begin(by, lead, Act.DISPUTE, at)
    must_be(doing, (Side.MARKETING,))
    if not words(note):
        raise wrong("note", "say why the reject is wrong", "a sentence for the arbitration")
    doing.add(doing.fact(Kind.DISPUTED), note=note)
    return doing.done()


@one_step()
def arbitrate(by: Actor, lead: int, overturned: bool, note: str, at: datetime) -> Lead:
    """Note how both sides settled a dispute. Overturned: the reject never was, and the lead is with sales.

    Whoever leads a side writes it down; the audit keeps who did.
    """
    doing = begin(by, lead, Act.ARBITRATE, at)
    must_be(doing, (Side.MARKETING, Side.SALES), leading=True)
    outcome = OVERTURNED if overturned else UPHELD
    doing.add(doing.fact(Kind.ARBITRATED, outcome=outcome), note=note)
    record(by, Action.DISPUTE_SETTLED, doing.held, link=link_of(doing.held), outcome=outcome)
    return doing.done()


@one_step()
def excuse(by: Actor, lead: int, kind: str, reason: str, at: datetime) -> Lead:
    """Excuse a breach: a head or manager of the side that did not commit it, soon enough, with a reason.

    `kind` names the promise, as its duty does. The breach stays on record; reports show both.
    """
    doing = begin(by, lead, Act.EXCUSE, at)
    duty = _broken(doing, kind)
    other = Side.MARKETING if duty.side == Side.SALES else Side.SALES
    must_be(doing, (other,), leading=True)
    reason = " ".join(words(reason, "reason").split())
    if not reason or len(reason) > _MOST_REASON:
        raise wrong("reason", "say in a few words why it is excused", f"up to {_MOST_REASON} signs")
    _in_time(doing, duty)
    doing.add(doing.fact(Kind.EXCUSED, outcome=kind, reason=reason))
    record(by, Action.BREACH_EXCUSED, doing.held, link=link_of(doing.held), promise=kind)
    return doing.done()


def link_of(lead: Lead) -> str:
    try:
        return reverse("lead", args=[lead.key])
    except NoReverseMatch:
        return ""


def _broken(doing: Doing, kind: str) -> Duty:
    """The breach that is meant; of several of a kind the one that was due last."""
    broken = list(doing.held.duties.filter(state=State.BROKEN.value).order_by("due_at"))
    if not broken:
        raise NotAllowed("nothing is broken here that could be excused")
    one_of("kind", kind, tuple(dict.fromkeys(duty.kind for duty in broken)))
    return [duty for duty in broken if duty.kind == kind][-1]


def _in_time(doing: Doing, duty: Duty) -> None:
    agreement = doing.agreement
    within = agreement.clocks.excuse_within if agreement else None
    if agreement is None or within is None:
        return
    until = excusable_until(within, agreement.calendar(duty.calendar), duty.due_at)
    if until is not None and doing.at > until:
        raise NotAllowed(
            f"a breach can be excused within {within}, and this one was due at "
            f"{duty.due_at:%Y-%m-%d %H:%M} UTC; it stays as it is"
        )
