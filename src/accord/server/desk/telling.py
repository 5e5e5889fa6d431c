"""What marketing hears of at once, by whichever way it came to be known: an act, another tool, by itself.

The clocks tell their own (`ticking.py`). Here is what waits for somebody of marketing, or for those who
settle disputes, from the moment it is on record: each fact once, in the recipient's next digest.
"""

from collections.abc import Sequence
from datetime import datetime

from accord.lead.events import Kind
from accord.server.alerts.noticing import Matter, write
from accord.server.alerts.whom import LEAD_QUESTIONS
from accord.server.desk import naming
from accord.server.desk.breaking import OLD_NEWS
from accord.server.desk.models import Event, Lead
from accord.server.people.models import User

_TOLD = {
    Kind.REJECTED.value: ("rejected", (LEAD_QUESTIONS,)),
    Kind.FEEDBACK.value: ("rejected", (LEAD_QUESTIONS,)),
    Kind.DISPUTED.value: ("disputed", ("manager", "heads")),
    Kind.RETURNED.value: ("returned", (LEAD_QUESTIONS,)),
}


def tell_of(held: Lead, events: Sequence[Event], at: datetime) -> None:
    """Tell of facts that were just recorded; of what happened long ago nobody is told."""
    wanted = [event for event in events if event.kind in _TOLD and at - event.occurred_at <= OLD_NEWS]
    if wanted:
        write([_matter(held, event, at) for event in wanted], at)


def tell_missing(held: Lead, missing: Sequence[str], by: User | None, at: datetime) -> None:
    """Tell marketing what keeps a lead from sales, once as long as it is the same."""
    name = f"missing:{held.pk}:{'|'.join(missing)}"
    about = ", ".join(missing)
    write([Matter("missing", name, at, (LEAD_QUESTIONS,), held, about=about, but=by.pk if by else None)], at)


def _matter(held: Lead, event: Event, at: datetime) -> Matter:
    what, whom = _TOLD[event.kind]
    if event.kind == Kind.REJECTED and not event.reason:
        what = "rejected_bare"
    return Matter(
        what,
        f"{event.kind}:{event.seq}",
        event.occurred_at,
        whom,
        held,
        about=event.reason.replace("_", " "),
        but=naming.user_of(event.actor, at),
    )
