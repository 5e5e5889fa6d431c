"""The score as JSON, with the figures of the pages: read from the fold that they read, once for each fold.

While the worker has made no fold yet it is worked out from the log, and kept for a few minutes.
"""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from threading import Lock

from accord.errors import FoldUnusable, PageUnknown
from accord.ledger.scoring import score, score_of
from accord.report.as_json import score_json
from accord.server.score import folding
from accord.server.score.asked import Days, View, presets
from accord.server.score.making import has_log, log_folder
from accord.server.score.models import Fold

_MINUTES_KEPT = 5


class Span(StrEnum):
    """Which days."""

    THIS = "this"
    LAST = "last"
    TERM = "term"


_ONE_AT_A_TIME = {span: Lock() for span in Span}


def score_now(span: Span, at: datetime) -> str:
    """The score of a span, as new as the pages'; PageUnknown where there is nothing to score."""
    found = folding.in_force(at)
    if found is None or not has_log():
        raise PageUnknown("score: no log is there yet, or no agreement is in force")
    days = presets(found[1], at).get(span.value)
    if days is None:
        raise PageUnknown(f"score of the {span} interval: the term has just begun")
    as_of = at.replace(minute=at.minute - at.minute % _MINUTES_KEPT, second=0, microsecond=0)
    with _ONE_AT_A_TIME[span]:  # whoever else asks waits for the answer, and does not work it out as well
        if (fold := folding.newest(found[0])) is not None:
            try:
                return _kept(found[0], days, fold.name, fold.as_of)
            except FoldUnusable:  # of another release, or gone: until the worker has made another
                folding.make_anew()
        return _kept(found[0], days, "", as_of)


@lru_cache(maxsize=8)
def _kept(mark: str, days: Days, fold: str, as_of: datetime) -> str:
    return _worked_out(mark, days, fold, as_of)


def _worked_out(mark: str, days: Days, fold: str, as_of: datetime) -> str:
    agreement = folding.terms(mark)
    if not fold:
        return score_json(score(agreement, log_folder(), days.from_on, days.to_on, as_of))
    with folding.opened(Fold(name=fold), agreement, View(days)) as ledger:
        return score_json(score_of(ledger))
