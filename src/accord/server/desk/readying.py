"""What follows once marketing's lead was scored: it is qualified, and handed off if nothing is missing."""

from datetime import datetime

from accord.lead.events import Kind
from accord.server.audit.trail import Actor
from accord.server.desk import naming
from accord.server.desk.handing_off import hand_off
from accord.server.desk.models import Lead
from accord.server.desk.recording import Fact, append, refresh
from accord.server.qualify.assessing import Assessment, assess


def ready_or_not(held: Lead, at: datetime, *, why: tuple[str, ...] = (), by: Actor | None = None) -> Lead:
    """Score a locked lead that marketing has, and do what follows; `why` is said beside the score's words."""
    return follow_up(held, assess(held, at), at, why=why, by=by)


def follow_up(
    held: Lead, verdict: Assessment, at: datetime, *, why: tuple[str, ...] = (), by: Actor | None = None
) -> Lead:
    """Record score and readiness, and hand off what is ready.

    What is led around by a rule is ready too: sales has it, and whoever it belongs to gets it. What is ruled
    out stays with marketing, with the reason.
    """
    facts = []
    if verdict.changed and held.grade:
        facts.append(_fact(Kind.SCORED, at, "machine", held.grade, verdict.ruled_out))
    ready = (verdict.ready or bool(verdict.around)) and not verdict.ruled_out
    if ready and not _is_qualified(held):
        facts.append(_fact(Kind.QUALIFIED, at, "marketing", "", verdict.around))
    append(held, facts, at)
    if not ready:
        return refresh(held, at)
    return hand_off(held, at, by, why=(*why, *verdict.words))


def _is_qualified(held: Lead) -> bool:
    return held.standing == "qualified"


def _fact(kind: Kind, at: datetime, side: str, outcome: str, reason: str) -> Fact:
    return Fact(kind, at, naming.MACHINE, side, outcome=outcome, reason=reason[:120])
