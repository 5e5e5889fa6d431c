"""The score as JSON: the one that the pages show, for the days and leads that an address asks for."""

from django.http import QueryDict

from accord.errors import PageUnknown
from accord.ledger.measures import MEASURES
from accord.report.as_json import measure_json, score_json
from accord.report.owners import by_owner
from accord.server.score.frame import ready
from accord.server.score.measured import measure_called, measured

MOST_ROWS = 100_000


def score_of(query: QueryDict) -> str:
    """The kept score; PageUnknown where there is nothing to score, NotReady while the worker counts it,
    AddressInvalid with everything of the address that cannot be read."""
    _frame, made = ready(query)
    return score_json(made)


def measure_of(query: QueryDict, name: str) -> str:
    """All rows of one measure, or of a part of one such as `speed_by_week`, read from the fold; errors as for
    the score, and MeasureUnknown."""
    known = measure_called(name)
    if by_owner(name):
        raise PageUnknown(name, MEASURES, noun="measure")
    frame, _score = ready(query)
    return measure_json(measured(frame, known, name), MOST_ROWS)
