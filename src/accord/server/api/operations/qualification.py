"""Whether a lead would be ready: the rules in force, tried on one that is made up."""

from datetime import timedelta

from ninja import Router

from accord.errors import InputError
from accord.lead.scoring import Part, score_of
from accord.server.api.operations.calling import Call, now
from accord.server.api.shapes.common import Json
from accord.server.api.shapes.qualification import LeadTried, ScoreTried
from accord.server.desk import terms
from accord.server.qualify.trying import facts_typed

router = Router(tags=["Working out"])


@router.post("/qualification/try", url_name="qualification-try", response=ScoreTried)
def try_lead(request: Call, body: LeadTried) -> Json:
    """Score a made-up lead.

    Fit, interest, grade and readiness by the rules in force, with what each criterion gave. Nothing is kept.
    """
    at = now()
    found = terms.in_force(at)
    if found is None:
        raise InputError("no agreement is in force, so there are no rules to try; let both sides sign one")
    mark, agreement = found
    score = score_of(agreement, facts_typed(body.fields, body.signals, at - timedelta(days=body.days)), at)
    said = {
        name: getattr(score, name)
        for name in ("fit", "interest", "grade", "ready", "by", "ruled_out", "around")
    }
    return {**said, "agreement": mark, "criteria": [_criterion(part) for part in score.parts]}


def _criterion(part: Part) -> Json:
    return {
        "axis": part.axis,
        "when": part.when,
        "words": part.words,
        "holds": part.truth,
        "points": part.points,
        "full": part.full,
    }
