"""Sales decides about a lead that it was given: accepted, or rejected before any contact (2.6, S1.26)."""

from datetime import datetime

from accord.lead.acting import Act
from accord.lead.events import Kind
from accord.server.audit.trail import Actor
from accord.server.desk.acts import choices
from accord.server.desk.acts.doing import Doing, begin, must_work, one_of, take_it, wrong
from accord.server.desk.models import Lead
from accord.server.desk.recording import one_step


@one_step()
def accept(by: Actor, lead: int, at: datetime) -> Lead:
    """Take a lead. One of nobody becomes that of whoever accepts it."""
    doing = begin(by, lead, Act.ACCEPT, at)
    must_work(doing)
    doing.add(*take_it(doing), doing.fact(Kind.ACCEPTED))
    return doing.done()


@one_step()
def reject(by: Actor, lead: int, reason: str | None, note: str, at: datetime) -> Lead:
    """Refuse a lead for one of the agreed reasons; without one the clock for the reason runs (S1.21d)."""
    doing = begin(by, lead, Act.REJECT, at)
    must_work(doing)
    doing.add(doing.fact(Kind.REJECTED, reason=_reason(doing, reason)), note=note)
    return doing.done()


@one_step()
def feedback(by: Actor, lead: int, reason: str, note: str, at: datetime) -> Lead:
    """Say why a lead was rejected that was rejected without a reason."""
    doing = begin(by, lead, Act.FEEDBACK, at)
    must_work(doing)
    if not reason:
        raise wrong("reason", "a reason is needed", ", ".join(choices.reject_reasons(doing.agreement)))
    doing.add(doing.fact(Kind.FEEDBACK, reason=_reason(doing, reason)), note=note)
    return doing.done()


def _reason(doing: Doing, reason: str | None) -> str:
    return one_of("reason", reason, choices.reject_reasons(doing.agreement)) if reason else ""
