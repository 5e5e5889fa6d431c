"""Whether a lead is ready, and why: the agreement's rules applied to what is known of one lead (S3.9).

Nothing is recorded here: whoever asks holds the lead, saves it, and appends what follows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accord.agreement.conditions.saying import in_words
from accord.agreement.terms import Agreement
from accord.lead.conditions import Facts
from accord.lead.scoring import Part, Score, Why, score_of
from accord.lead.standing import IN_SALES, Standing
from accord.server.desk import terms
from accord.server.desk.models import Lead
from accord.server.qualify.facts import facts_of
from accord.server.qualify.information import missing_of

__all__ = ["Assessment", "assess", "assess_by", "missing_of"]

_RULED_OUT = "ruled out"  # the axis of a reason that rules out
_OVER = (*IN_SALES, Standing.WON, Standing.MERGED, Standing.OPTED_OUT, Standing.ERASED)


@dataclass(frozen=True)
class Assessment:
    """What follows for a lead.

    `missing` keeps a lead that is ready from being handed off: marketing is asked for it (S1.21b). `around`
    is the rule by which it goes around qualification. `words` say why it is ready, or why it never will be.
    `changed` says whether the grade differs from what the row said, or it became ready or was ruled out.
    """

    ready: bool
    ruled_out: str  # the reason, empty if nothing rules it out
    missing: tuple[str, ...]
    around: str
    words: tuple[str, ...]
    changed: bool


NOTHING = Assessment(False, "", (), "", (), False)


def assess(held: Lead, at: datetime) -> Assessment:
    """Score a lead that is locked, and write the outcome on it; the caller saves it and records events.

    Grade and reasons of a lead that sales has are frozen; only what is missing is looked at anew.
    """
    found = terms.in_force(at)
    if found is None:
        return NOTHING
    mark, agreement = found
    if held.standing in _OVER:
        missing = missing_of(agreement, held.contact)
        held.missing = list(missing)
        return Assessment(False, "", missing, "", (), False)
    return assess_by(held, mark, agreement, facts_of(held), at)


def assess_by(held: Lead, mark: str, agreement: Agreement, facts: Facts, at: datetime) -> Assessment:
    """As `assess`, under this agreement and with these facts, whatever the lead's standing.

    What was qualified stays ready: interest that fades while marketing asks around undoes nothing.
    """
    score = score_of(agreement, facts, at)
    missing = missing_of(agreement, held.contact)
    became_ready = score.ready and held.standing == Standing.RAISED
    changed = held.grade != score.grade or _was_ruled_out(held) != score.ruled_out or became_ready
    held.fit, held.interest, held.grade = score.fit, score.interest, score.grade
    held.reasons, held.missing = reasons_of(score), list(missing)
    held.scored_at, held.scored_by = at, mark
    ready = score.ready or (held.standing == Standing.QUALIFIED and not score.ruled_out)
    return Assessment(ready, score.ruled_out, missing, score.around, words_of(score), changed)


def reasons_of(score: Score) -> list[dict[str, Any]]:
    """What the row keeps: the criteria that hold, those that give most first, then what rules out."""
    kept = sorted((part for part in score.parts if part.truth), key=lambda part: -abs(part.points))
    reasons = [_reason(part) for part in kept]
    if score.ruled_out:
        out = {"axis": _RULED_OUT, "when": score.by, "points": 0, "words": in_words(score.by)}
        reasons.append({**out, "reason": score.ruled_out})
    return reasons


def _reason(part: Part) -> dict[str, Any]:
    return {
        "axis": part.axis,
        "when": part.when,
        "points": part.points,
        "full": part.full,
        "words": part.words,
        "since": part.since.isoformat() if part.since else "",
    }


def _was_ruled_out(held: Lead) -> str:
    found = (str(one.get("reason", "")) for one in held.reasons if one.get("axis") == _RULED_OUT)
    return next(found, "")


def words_of(score: Score) -> tuple[str, ...]:
    """Why a lead is ready, or ruled out, in a sentence; nothing where it is neither."""
    rule = in_words(score.by)
    if score.ruled_out:
        return (f"ruled out, {score.ruled_out.replace('_', ' ')}: {rule}",)
    said = {
        Why.RULE: f"ready by the agreed rule: {rule}",
        Why.ACTION: f"did what qualifies at once: {rule}",
        Why.AROUND: f"goes around qualification: {rule}",
        Why.NOTHING_ASKED: "the agreement asks for nothing before the hand-off",
    }
    return (said[score.why],) if score.why else ()
