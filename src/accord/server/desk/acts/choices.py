"""What an act can be done for or to: the lists that the agreement of a lead gives."""

from collections.abc import Sequence

from accord.agreement.clauses.handover import DISQUALIFY_REASONS, REJECT_REASONS
from accord.agreement.terms import Agreement

_PAUSES = ("prospect_callback", "system_outage")
OTHER = "other"


def reject_reasons(agreement: Agreement | None) -> tuple[str, ...]:
    return agreement.handoff.reject_reasons if agreement else REJECT_REASONS


def disqualify_reasons(agreement: Agreement | None) -> tuple[str, ...]:
    return agreement.follow_up.disqualify_reasons if agreement else DISQUALIFY_REASONS


def sub_reasons(agreement: Agreement | None, reason: str) -> tuple[str, ...]:
    """What is asked beside a reason; empty if nothing is."""
    return agreement.follow_up.sub_reasons.get(reason, ()) if agreement else ()


def return_reasons(agreement: Agreement | None) -> tuple[str, ...]:
    """Those of which the agreement names a track, those of giving up, and another that a note tells."""
    named = tuple(agreement.handoff.return_after.reasons) if agreement else ()
    return tuple(dict.fromkeys((*named, *disqualify_reasons(agreement), OTHER)))


def tracks(agreement: Agreement | None, *, by_hand: bool = False) -> tuple[str, ...]:
    """Nurture tracks by name; `by_hand`: those that sales may start (S3.13)."""
    found = agreement.nurture.tracks if agreement else {}
    return tuple(name for name, track in found.items() if track.start_by_hand or not by_hand)


def track_for(agreement: Agreement | None, reason: str) -> str:
    """The track that a lead goes into which comes back for this reason; empty if none is agreed (S3.11)."""
    if agreement is None:
        return ""
    rule = agreement.handoff.return_after
    return rule.reasons.get(reason) or rule.to or ""


def pauses(agreement: Agreement | None) -> Sequence[str]:
    return agreement.clocks.pauses if agreement else _PAUSES


def commitments(agreement: Agreement | None) -> tuple[str, ...]:
    """What prospects are promised, by name; more can be promised where a due time is said."""
    return tuple(agreement.commitments) if agreement else ()
