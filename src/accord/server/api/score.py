"""The score as JSON: the one that the pages show, for the days and leads that an address asks for."""

from dataclasses import replace
from functools import lru_cache
from typing import cast

from django.http import QueryDict

from accord.errors import AddressInvalid, PageUnknown
from accord.ledger.measures import MEASURES
from accord.report.as_json import measure_json, score_json
from accord.report.owners import by_owner
from accord.server.score.frame import Frame, ready
from accord.server.score.measured import measure_called, opened, part
from accord.server.score.models import Reading
from accord.server.score.reading import kept_score

MOST_ROWS = 20_000


def score_of(query: QueryDict) -> str:
    """The kept score; PageUnknown where there is nothing to score, NotReady while the worker counts it,
    AddressInvalid with everything of the address that cannot be read."""
    answer = _ready(query).answer
    return _text(cast(Reading, answer.kept).pk, answer.name)


def measure_of(query: QueryDict, name: str) -> str:
    """The rows of one measure, or of a part of one such as `speed_by_week`, read from the fold; errors as for
    the score, and MeasureUnknown."""
    known = measure_called(name)
    if by_owner(name):
        raise PageUnknown(name, MEASURES, noun="measure")
    with opened(_ready(query)) as ledger:  # until the text is made: few at a time
        return measure_json(part(ledger, known, name), MOST_ROWS)


@lru_cache(maxsize=8)
def _text(pk: int, name: str) -> str:
    """What is kept never changes, so its text is written once."""
    return score_json(kept_score(pk, name))


def _ready(query: QueryDict) -> Frame:
    """Ready to be told; what is wrong with the address stands under the names that a program sent."""
    try:
        frame, _score = ready(query)
    except AddressInvalid as error:
        raise AddressInvalid(replace(one, path=f"query.{one.path}") for one in error.problems) from None
    return frame
