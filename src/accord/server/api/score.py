"""The score as JSON, worked out as the page's is, and kept for a few minutes: it reads the whole log."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from threading import Lock

from accord.agreement.signing.proposals import agreement_in
from accord.errors import PageUnknown
from accord.ledger.scoring import score
from accord.report.as_json import score_json
from accord.server.agreements.finding import version_in_force
from accord.server.score.making import has_log, log_folder, spans
from accord.server.score.models import Page

_MINUTES_KEPT = 5


class Span(StrEnum):
    """Which days."""

    THIS = "this"
    LAST = "last"
    TERM = "term"


_ONE_AT_A_TIME = {span: Lock() for span in Span}


def score_now(span: Span, at: datetime) -> str:
    """The score of a span, at most five minutes old; PageUnknown where there is nothing to score."""
    found = version_in_force(at)
    if found is None or not has_log():
        raise PageUnknown("score: no log is there yet, or no agreement is in force")
    as_of = at.replace(minute=at.minute - at.minute % _MINUTES_KEPT, second=0, microsecond=0)
    with _ONE_AT_A_TIME[span]:  # whoever else asks waits for the answer, and does not work it out as well
        return _kept(found.proposal.entry.text, span, as_of)


@lru_cache(maxsize=8)
def _kept(text: str, span: Span, as_of: datetime) -> str:
    return _worked_out(text, span, as_of)


def _worked_out(text: str, span: Span, as_of: datetime) -> str:
    agreement = agreement_in(text)
    days = spans(agreement, as_of).get(Page.Span(span.value))
    if days is None:
        raise PageUnknown(f"score of the {span} interval: the term has just begun")
    return score_json(score(agreement, log_folder(), days.from_on, days.to_on, as_of))
