"""What happens to a lead by itself: it goes back to marketing, and mails go out that a machine may send.

Each step is one transaction under the lead's lock. A mail's event carries the mail's own name as its origin,
and the log takes every origin once: so whatever dies between two steps, no mail is written twice, and none
is lost. Going out is the outbox's work, afterwards.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models import Model

from accord.agreement.terms import Agreement
from accord.lead.cadence import track_of
from accord.lead.events import Channel, Kind, Side
from accord.lead.lifecycle import UNREACHED
from accord.lead.rounds import last_round
from accord.lead.standing import IN_SALES
from accord.server.boards import mailing, texts
from accord.server.boards.following import plan_step
from accord.server.boards.models import Automatic, Enrolment, HeldBack, Mailing, Text
from accord.server.desk.models import Duty, Event, Lead
from accord.server.desk.naming import MACHINE
from accord.server.desk.recording import Fact, append, cycle_of, locked, record_facts, refresh
from accord.server.desk.terms import terms_of
from accord.server.mail.models import Message
from accord.server.running.logs import logger

ORIGIN = "cadence"  # of the events that are recorded here: each comes once by its number
DORMANT = "dormant"  # reason of a return because nobody did anything
AT_ONCE = 200
LOOK_AGAIN = timedelta(hours=1)  # where the installation sends no mail, or did not get through
log = logger(__name__)


# Back to marketing ---------------------------------------------------------------------------------------


def return_by_itself(duty: Duty, at: datetime) -> None:
    """The agreed attempts were made and nobody was reached: the lead goes into its track (S3.11)."""
    _back(duty, UNREACHED, at)


def pull_back(duty: Duty, at: datetime) -> None:
    """Nobody did anything for so long that marketing takes the lead back."""
    _back(duty, DORMANT, at)


def _back(duty: Duty, reason: str, at: datetime) -> None:
    held = locked(duty.lead_id)
    cycle, agreement = cycle_of(held, at), terms_of(held, at)
    now = last_round(cycle)
    if held.standing not in IN_SALES or now.cycle.first(Kind.RETURNED):
        return
    track = track_of(agreement, reason) if agreement else None
    number = now.delivered.seq if now.delivered else 0
    facts = [_back_fact(Kind.RETURNED, at, f"{number}:{reason}", reason=reason)]
    if track:
        facts.append(_back_fact(Kind.ENROLLED, at, f"{number}:{reason}:track", outcome=track))
    record_facts(held.pk, facts, at)


def _back_fact(kind: Kind, at: datetime, name: str, *, reason: str = "", outcome: str = "") -> Fact:
    return Fact(
        kind,
        at,
        actor=MACHINE,
        side=Side.MACHINE,
        reason=reason,
        outcome=outcome,
        origin=ORIGIN,
        origin_id=name,
    )


# Mails ---------------------------------------------------------------------------------------------------


def send_due(at: datetime, limit: int = AT_ONCE) -> int:
    """Write the mails that are due by now, at most `limit` of each kind; how many were written."""
    return _each(Automatic, _follow_up, at, limit) + _each(Enrolment, _nurture, at, limit)


def _each(rows: type[Model], write: Callable[[int, datetime], bool], at: datetime, limit: int) -> int:
    """One by one, each in a transaction of its own; one that fails waits an hour and keeps nobody waiting."""
    due = rows._default_manager.filter(next_at__lte=at).order_by("next_at")
    written = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                written += write(pk, at)
        except Error:
            raise
        except Exception:
            log.exception("a mail could not be written", of=rows.__name__, row=pk)
            rows._default_manager.filter(pk=pk, next_at__lte=at).update(next_at=at + LOOK_AGAIN)
    return written


def _follow_up(pk: int, at: datetime) -> bool:
    """The mail of the cadence that is due for one lead, if it may go out."""
    held = _lead_of(Automatic, pk)
    row = Automatic.objects.filter(pk=pk, next_at__lte=at).first() if held else None
    agreement = terms_of(held, at) if held else None
    if held is None or row is None:
        return False
    if agreement is None or not row.due_at:
        return _look_again(row, at)
    text = texts.of_follow_up(held.lead_type, row.number)
    if why := mailing.why_not(held.contact, text):
        return _hold_back(row, why, at)
    assert text is not None  # noqa: S101 - why_not has looked
    since = (
        Event.objects.filter(lead=held, kind=Kind.HANDED_OFF).order_by("-seq").values_list("seq", flat=True)
    )
    name = f"follow-up:{since.first()}:{row.number}"
    wrote = write(held, text, agreement, mail_fact(name, Side.MACHINE, at), at)
    Automatic.objects.filter(pk=pk).update(next_at=None)  # the next one follows from the log
    refresh(held, at)
    return wrote


def _nurture(pk: int, at: datetime) -> bool:
    """The step of a track that is due for one lead, if a text exists for it and it may go out."""
    held = _lead_of(Enrolment, pk)
    row = Enrolment.objects.filter(pk=pk, stopped_at=None, next_at__lte=at).first() if held else None
    agreement = terms_of(held, at) if held else None
    if held is None or row is None:
        return False
    if agreement is None:
        return _look_again(row, at)
    text = texts.of_asset(row.asset)
    if why := mailing.why_not(held.contact, text):
        return _hold_back(row, why, at)
    assert text is not None  # noqa: S101 - why_not has looked
    fact = mail_fact(step_name(row), Side.MARKETING, at, reason=row.asset)
    wrote = write(held, text, agreement, fact, at)
    step_done(row, agreement, at)
    refresh(held, at)
    return wrote


def step_name(row: Enrolment) -> str:
    """The name under which the log takes one step of one enrolment, once."""
    return f"nurture:{row.event_id}:{row.step + 1}"


def step_done(row: Enrolment, agreement: Agreement | None, at: datetime) -> None:
    """The step was sent: say when the next one is due, or end the track."""
    row.step += 1
    plan_step(row, agreement, at)
    row.save()


def write(held: Lead, text: Text, agreement: Agreement, fact: Fact, at: datetime) -> bool:
    """One mail with its event and its row in the outbox; False if it was written before."""
    events = append(held, [fact], at)
    if not events:
        return False
    mail = mailing.compose(held, text, agreement, mailing.sender_of(held, agreement))
    assert held.contact is not None  # noqa: S101 - why_not has looked
    message = Message.objects.create(
        to=held.contact.email_key, subject=mail.subject, text=mail.text, made_at=at, due_at=at
    )
    Mailing.objects.create(
        lead=held, event=events[0], message=message, text=text, dedupe=fact.origin_id, made_at=at
    )
    return True


def mail_fact(name: str, side: Side, at: datetime, *, actor: str = MACHINE, reason: str = "") -> Fact:
    """That a mail went out: a machine's counts for depth, never for speed; marketing's for neither."""
    return Fact(
        Kind.ATTEMPTED,
        at,
        actor=actor,
        side=side,
        channel=Channel.EMAIL,
        outcome="sent",
        reason=reason[:120],
        origin=ORIGIN,
        origin_id=name,
    )


def _lead_of(rows: type[Model], pk: int) -> Lead | None:
    """The lead of a row that is due, locked; None where somebody else holds it: the next round has it."""
    found = rows._default_manager.filter(pk=pk).values("lead")
    return Lead.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=found).first()


def _look_again(row: Automatic | Enrolment, at: datetime) -> bool:
    """Nothing says by now what to write: it waits, and keeps nobody else from their turn."""
    row.next_at = at + LOOK_AGAIN if row.due_at else None
    row.save(update_fields=["next_at"])
    return False


def _hold_back(row: Automatic | Enrolment, why: str, at: datetime) -> bool:
    """It waits for somebody who changes what holds it back; without a way to send it is looked at again."""
    row.held_back = why
    row.next_at = at + LOOK_AGAIN if why == HeldBack.WAY else None
    row.save(update_fields=["held_back", "next_at"])
    return False
