"""What follows from the log for the boards: the box of rejects, nurture, and the mails that a machine sends.

Worked out anew whenever a lead is brought up to date, in the same transaction, from its facts alone; so a
late or a repeated fact needs no rule of its own. A lead that has none of these costs nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.db.models import Q

from accord.agreement.terms import Agreement, Side
from accord.lead.cadence import next_send, rules_for
from accord.lead.events import Channel, Event, Kind
from accord.lead.lifecycle import Cycle
from accord.lead.rounds import last_round
from accord.lead.standing import ENDED, IN_SALES, Standing, standing
from accord.promises.terms import calendar_for
from accord.server.boards.models import Automatic, Enrolment, Mailing, Reject
from accord.server.desk.models import Consent, Lead
from accord.server.mail.models import Message
from accord.worktime import clock_for

_Row = TypeVar("_Row", Reject, Enrolment)
_GONE = (Kind.MERGED, Kind.ERASED, Kind.WON, Kind.LOST)


def follow(held: Lead, cycle: Cycle, agreement: Agreement | None) -> None:
    """Bring what the boards keep of a locked lead up to date with its facts."""
    kinds = {event.kind for event in (*cycle.events, *cycle.taken_back)}
    if Kind.REJECTED in kinds:
        _follow_rejects(held, cycle)
    if Kind.ENROLLED in kinds:
        _follow_enrolments(held, cycle, agreement)
    if agreement is not None and cycle.delivered is not None:
        _follow_mails(held, cycle, agreement)
    if any(_by_machine(event) for event in cycle.events) and (_is_over(cycle) or _refused(held)):
        cancel(held, cycle.at)


# The box of rejects --------------------------------------------------------------------------------------


def _follow_rejects(held: Lead, cycle: Cycle) -> None:
    """One row a reject; what came after it, up to the next reject, says what became of it."""
    there = {row.event_id: row for row in held.rejects.all()}
    places = [place for place, event in enumerate(cycle.events) if event.kind is Kind.REJECTED]
    for place, end in zip(places, [*places, len(cycle.events)][1:], strict=True):
        event, later = cycle.events[place], cycle.events[place + 1 : end]
        row = there.get(event.seq) or Reject(lead=held, event_id=event.seq)
        before = dict(vars(row)) if row.pk else {}
        _write_reject(row, event, later, held, standing(cycle))
        if vars(row) != before:
            row.save()
    for gone in _taken_back(there, cycle):
        gone.delete()


def _write_reject(row: Reject, event: Event, later: Sequence[Event], held: Lead, now: Standing) -> None:
    said, disputed = _first(later, Kind.FEEDBACK), _first(later, Kind.DISPUTED)
    decided = _first(later, Kind.ARBITRATED) if disputed else None
    row.at, row.by, row.source = event.occurred_at, event.actor or "", held.source
    row.reason = event.reason or (said.reason if said else None) or ""
    row.feedback_at = event.occurred_at if event.reason else said.occurred_at if said else None
    row.disputed_at = disputed.occurred_at if disputed else None
    row.disputed_by = (disputed.actor or "") if disputed else ""
    row.decided_at = decided.occurred_at if decided else None
    row.decided_by = (decided.actor or "") if decided else ""
    row.overturned = (decided.outcome == "overturned") if decided else None
    settled = _settled(later, decided, now)
    if settled is not None:
        row.settled_at, row.how = settled
    elif row.how != Reject.How.CLOSED:
        row.settled_at, row.how = None, ""


def _settled(
    later: Sequence[Event], decided: Event | None, now: Standing
) -> tuple[datetime, Reject.How] | None:
    """When and how a reject was settled by what happened to the lead; None while it waits for marketing."""
    if decided is not None and decided.outcome == "overturned":
        return decided.occurred_at, Reject.How.OVERTURNED
    if sent := _first(later, Kind.HANDED_OFF):
        return sent.occurred_at, Reject.How.SENT
    if enrolled := _first(later, Kind.ENROLLED):
        return enrolled.occurred_at, Reject.How.ENROLLED
    if now in ENDED and (ended := _first(later, Kind.OPTED_OUT, *_GONE)):
        return ended.occurred_at, Reject.How.ENDED
    return None


# Nurture -------------------------------------------------------------------------------------------------


def _follow_enrolments(held: Lead, cycle: Cycle, agreement: Agreement | None) -> None:
    """One row an enrolment; the last is open until the person answers or the lead goes another way."""
    there = {row.event_id: row for row in held.enrolments.all()}
    for gone in _taken_back(there, cycle):
        cancel(held, cycle.at, Q(dedupe__startswith=f"nurture:{gone.event_id}:"))
        gone.delete()
    started = [event for event in cycle.events if event.kind is Kind.ENROLLED]
    for event in started:  # those that end first: a lead is in one track at a time
        row = there.get(event.seq)
        stop = _stop(cycle, event, last=event is started[-1])
        if row is None:
            row = Enrolment(lead=held, event_id=event.seq, started_at=event.occurred_at)
            row.track, row.started_by = (event.outcome or event.reason or "")[:120], event.actor or ""
            if stop is None:
                plan_step(row, agreement, event.occurred_at)
        again = stop is None and bool(cycle.taken_back) and row.why in _FROM_FACTS
        if again:
            row.stopped_at, row.why = None, ""
            plan_step(row, agreement, cycle.at)
        if stop is not None and row.stopped_at is None:
            stop_track(row, *stop)
        if row.pk is None or stop is not None or again:
            row.save()


_FROM_FACTS = frozenset({Enrolment.Why.REPLIED, Enrolment.Why.OTHER, Enrolment.Why.ENDED})


def _taken_back(there: Mapping[int, _Row], cycle: Cycle) -> list[_Row]:
    """The rows of facts that were taken back: they never were."""
    return [there[event.seq] for event in cycle.taken_back if event.seq in there]


def _stop(cycle: Cycle, enrolled: Event, *, last: bool) -> tuple[datetime, Enrolment.Why] | None:
    """When and why a track ended by what happened after it began; None while it goes on."""
    later = cycle.events[cycle.events.index(enrolled) + 1 :]
    for event in later:
        if event.kind is Kind.OPTED_OUT:
            return event.occurred_at, Enrolment.Why.OPTED_OUT
        if event.kind is Kind.CONNECTED and event.side != "machine":
            return event.occurred_at, Enrolment.Why.REPLIED
        if event.kind is Kind.HANDED_OFF:
            return event.occurred_at, Enrolment.Why.SALES
        if event.kind is Kind.ENROLLED and not last:
            return event.occurred_at, Enrolment.Why.OTHER
        if event.kind in _GONE:
            return event.occurred_at, Enrolment.Why.ENDED
    return None


def stop_track(row: Enrolment, at: datetime, why: Enrolment.Why) -> None:
    """End a track; the caller saves."""
    row.stopped_at, row.why, row.due_at, row.next_at = at, why, None, None
    row.asset, row.held_back = "", ""


def plan_step(row: Enrolment, agreement: Agreement | None, after: datetime) -> None:
    """Say when the next step is due, or end the track after the last; the caller saves."""
    track = agreement.nurture.tracks.get(row.track) if agreement else None
    if agreement is None or track is None:
        stop_track(row, after, Enrolment.Why.UNKNOWN)
    elif row.step >= len(track.steps):
        stop_track(row, after, Enrolment.Why.FINISHED)
    else:
        step = track.steps[row.step]
        clock = clock_for(step.after, agreement.calendar_of(Side.MARKETING))
        row.due_at = row.next_at = clock.due(after, clock.budget(step.after, after))
        row.asset, row.held_back = step.asset[:200], ""


# Mails that a machine sends ------------------------------------------------------------------------------


def _follow_mails(held: Lead, cycle: Cycle, agreement: Agreement) -> None:
    """The next mail of the follow-up, where the agreement lets a machine send any."""
    rules = rules_for(agreement, held.lead_type)
    if Channel.EMAIL not in rules.automated:
        return
    working = standing(cycle) in IN_SALES
    send = next_send(rules, cycle, calendar_for(agreement, last_round(cycle).delivered)) if working else None
    row = Automatic.objects.filter(lead=held).first()
    if row is None and send is None:
        return
    row = row or Automatic(lead=held, number=0)
    wanted = (send.number, send.due_at) if send else (row.number, None)
    if (row.number, row.due_at) != wanted or row.pk is None:
        row.number, row.due_at = wanted
        row.next_at, row.held_back = row.due_at, ""
        row.save()


def cancel(held: Lead, at: datetime, which: Q | None = None) -> int:
    """Take back mails to a lead that were written and have not gone out, all or some; how many.

    Also one that somebody is about to send, who looks once more before, and one that was given up, so that
    nobody tries it again.
    """
    open_ = Mailing.objects.filter(which or Q(), lead=held, cancelled_at=None)
    pks = list(open_.filter(message__state__in=_UNSENT).values_list("message_id", flat=True))
    taken = Message.objects.filter(pk__in=pks, state__in=_UNSENT)
    taken.update(state=Message.State.FAILED, text="", html="", problem=CANCELLED)
    return open_.filter(message__in=pks, message__state=Message.State.FAILED).update(cancelled_at=at)


_UNSENT = (Message.State.WAITING, Message.State.FAILED)
CANCELLED = "taken back: the person was reached, or wants no more mail"


def _is_over(cycle: Cycle) -> bool:
    """Whether the last thing that happened after a mail makes it pointless, or forbidden."""
    last = max(place for place, event in enumerate(cycle.events) if _by_machine(event))
    ends = (Kind.CONNECTED, *_GONE, Kind.OPTED_OUT, Kind.REJECTED, Kind.RETURNED, Kind.DISQUALIFIED)
    gone = any(event.kind in (Kind.OPTED_OUT, Kind.ERASED, Kind.MERGED) for event in cycle.events)
    return gone or any(event.kind in ends for event in cycle.events[last + 1 :])


def _refused(held: Lead) -> bool:
    """Whether the person has said, as the last word about it, that they want no e-mail."""
    words = Consent.objects.filter(contact=held.contact_id, channel=Channel.EMAIL)
    last = words.order_by("-at", "-pk").values_list("allowed", flat=True).first()
    return last is False


def _by_machine(event: Event) -> bool:
    return event.kind is Kind.ATTEMPTED and event.channel == Channel.EMAIL and event.actor == "accord"


def _first(events: Sequence[Event], *kinds: Kind) -> Event | None:
    return next((event for event in events if event.kind in kinds), None)
