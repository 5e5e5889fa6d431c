"""The score that papers are made of: what cannot be counted is said, it does not keep a paper from being."""

from datetime import date, datetime

from accord.errors import AccordError
from accord.ledger.score import Score
from accord.ledger.scoring import score
from accord.server.rituals.timing import Company
from accord.server.score.making import has_log, log_folder


def counted(company: Company, from_on: date, to_on: date, as_of: datetime) -> tuple[Score | None, str]:
    """The score of days as known at an instant; else why there is none, empty where nothing is on record."""
    if not has_log():
        return None, ""
    try:
        return score(company.agreement, log_folder(), from_on, to_on, as_of), ""
    except AccordError as error:
        return None, str(error)
