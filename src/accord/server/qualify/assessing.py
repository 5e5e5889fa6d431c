"""Whether a lead is ready, and why: the agreement's rules applied to what is known of one lead (S3.9)."""

from dataclasses import dataclass
from datetime import datetime

from accord.server.desk import terms
from accord.server.desk.models import Lead
from accord.server.qualify.information import missing_of

__all__ = ["Assessment", "assess", "missing_of"]


@dataclass(frozen=True)
class Assessment:
    """What follows for a lead.

    `missing` keeps a lead that is ready from being handed off: marketing is asked for it (S1.21b). `around`
    are the words of the rule by which it goes elsewhere. `changed` says whether grade, readiness or what is
    missing differ from what the lead's row said before.
    """

    ready: bool
    ruled_out: str  # the reason, empty if nothing rules it out
    missing: tuple[str, ...]
    around: str
    words: tuple[str, ...]
    changed: bool


def assess(held: Lead, at: datetime) -> Assessment:
    """Score a lead that is locked, and write the outcome on it; the caller saves it and records events.

    Where the agreement has no rule for an MQL nothing stands in the way: every lead is ready.
    """
    found = terms.in_force(at)
    if found is None:
        return Assessment(False, "", (), "", (), False)
    mark, agreement = found
    before = list(held.missing)
    missing = missing_of(agreement, held.contact)
    held.missing = list(missing)
    held.scored_at, held.scored_by = at, mark
    return Assessment(True, "", missing, "", (), before != list(missing))
