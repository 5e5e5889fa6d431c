"""The score that papers are made of: what cannot be counted is said, it does not keep a paper from being.

What is told as of now is read from the fold that the pages of the score read, so both say the same.
"""

from datetime import date, datetime, timedelta

from accord.errors import AccordError, FoldUnusable
from accord.ledger.score import Score
from accord.ledger.scoring import score, score_of
from accord.server.rituals.timing import Company
from accord.server.score import folding
from accord.server.score.asked import Days, View
from accord.server.score.making import has_log, log_folder

_YOUNG = timedelta(hours=1)  # an older fold means that the worker cannot keep up: then the log is read


def counted(company: Company, from_on: date, to_on: date, as_of: datetime) -> tuple[Score | None, str]:
    """The score of days as known at an instant; else why there is none, empty where nothing is on record."""
    if not has_log():
        return None, ""
    try:
        read = _folded(company, Days(from_on, to_on)) if as_of == company.at else None
        return read or _cold(company, Days(from_on, to_on), as_of), ""
    except AccordError as error:
        return None, str(error)


def _cold(company: Company, days: Days, as_of: datetime) -> Score:
    """From the whole log, which may take as long as a fold and holds as much."""
    return score(
        company.agreement,
        log_folder(),
        days.from_on,
        days.to_on,
        as_of,
        memory=folding.MEMORY,
        threads=folding.THREADS,
    )


def _folded(company: Company, days: Days) -> Score | None:
    """From the newest fold of this version; None where there is none of the last hour."""
    fold = folding.newest(company.mark)
    if fold is None or not timedelta() <= company.at - fold.as_of <= _YOUNG:
        return None
    try:
        with folding.opened(
            fold, company.agreement, View(days), memory=folding.MEMORY, threads=folding.THREADS
        ) as ledger:
            return score_of(ledger)
    except FoldUnusable:  # of another release, or gone
        return None
