"""Whom routing tells: of a new lead, of one that nobody could take, of one that has moved too often."""

from datetime import datetime

from accord.server.alerts.noticing import tell
from accord.server.desk.models import Lead
from accord.server.people.models import User
from accord.server.routing.models import Move, Routing


def came(held: Lead, to: User, record: Routing, at: datetime) -> None:
    """Whoever gets a lead hears of it."""
    tell([to], held, "assigned", at, f"assigned:{record.pk}")


def nobody_took(held: Lead, to: User | None, record: Routing, at: datetime) -> None:
    """The managers of sales hear that nobody of the pool could take a lead."""
    tell(["manager"], held, "caught" if to else "unassigned", at, f"unassigned:{record.pk}")


def too_many_moves(held: Lead, at: datetime) -> None:
    """The managers decide about a lead that has moved as often as the agreement lets the machine move it."""
    tell(["manager"], held, "moved", at, f"moves:{held.key}:{held.owner_id}")


def left(of: User, move: Move, words: str, at: datetime) -> None:
    """Whoever is away, or was relieved of leads, hears how many went and to whom."""
    tell([of], None, "leads_moved", at, f"left:{move.pk}", words=words)
