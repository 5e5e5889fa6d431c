"""One arrival handed on to the desk: as a hand raised, or as an event of a lead."""

from datetime import datetime

from accord.server.desk.models import Lead
from accord.server.intake.models import Arrival


def pass_on(arrival: Arrival, at: datetime) -> tuple[Lead | None, str]:
    """The lead that it concerns, and what became of it; the caller's transaction holds all of it."""
    raise NotImplementedError
