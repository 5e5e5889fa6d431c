"""Where the file may say one bare value for a whole clause, and which key that value then stands for."""

from accord.agreement.clauses.funnels import Stage
from accord.agreement.clauses.goals import FurtherGoal, Goal, Term
from accord.agreement.clauses.hours import HolidayTerms, OpenDay, Span
from accord.agreement.clauses.people import Meeting, Person
from accord.agreement.clauses.promised import Kpi
from accord.agreement.clauses.prospects import Commitment, Profile
from accord.agreement.reading.text import Path
from accord.agreement.reading.wording import annotation_at, model_of
from accord.agreement.terms import Agreement, Scope

SHORTHANDS: dict[type, tuple[str, ...]] = {
    Scope: ("about",),
    Term: ("start",),
    Goal: ("revenue",),
    Stage: ("name",),
    Person: ("side",),
    FurtherGoal: ("goal",),
    Kpi: ("name",),
    Meeting: ("when",),
    Profile: ("about",),
    Commitment: ("within",),
    HolidayTerms: ("country",),
    OpenDay: ("on",),
    Span: ("from", "to"),
}
_BY_PATH: dict[Path, tuple[str, ...]] = {("follow_up", "first_touch"): ("default",)}


def written_out(path: Path, value: str) -> dict[str, str] | None:
    """The mapping that a bare value at `path` stands for; None where it stands for nothing but itself."""
    keys = _BY_PATH.get(path)
    if keys is None:
        model = model_of(annotation_at(Agreement, path))
        keys = SHORTHANDS.get(model) if model is not None else None
    return dict.fromkeys(keys, value) if keys else None
