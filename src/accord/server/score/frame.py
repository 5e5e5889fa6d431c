"""One request of the score: what was asked, and what is known of it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.agreement.terms import Agreement
from accord.errors import AddressInvalid, NotReady, PageUnknown, Problem
from accord.ledger.score import Score
from accord.report.view import Section
from accord.server.score import folding, making
from accord.server.score.asked import FIELDS, Asked, View, asked_or_why
from accord.server.score.models import Fold
from accord.server.score.reading import Answer, read, sections_of

NOTHING = Answer(None)
_WAIT_IN_TROUBLE_S = 60


@dataclass(frozen=True)
class Frame:
    """One request of the score. `former` is the answer for the days that it is compared with."""

    mark: str
    agreement: Agreement
    asked: Asked
    at: datetime
    answer: Answer
    former: Answer = NOTHING
    problems: tuple[Problem, ...] = ()  # what of the address cannot be read: then nothing is answered

    @property
    def score(self) -> Score | None:
        return self.answer.score

    @property
    def fold(self) -> Fold | None:
        return self.answer.fold

    @property
    def sections(self) -> tuple[Section, ...]:
        return sections_of(self.answer, self.mark)

    @property
    def query(self) -> str:
        return self.asked.query()

    def address(self, name: str, *args: str, **changed: object) -> str:
        """The address of a page with the same filters, some of them changed."""
        query = self.asked.query(**changed)
        return reverse(name, args=args) + (f"?{query}" if query else "")


def frame_of(query: QueryDict, *, compares: bool = True) -> Frame | None:
    """What was asked and what is known of it; None where there is nothing to judge yet."""
    at = timezone.now()
    found = folding.in_force(at)
    if found is None:
        return None
    mark, agreement = found
    newest = folding.newest(mark)
    if newest is None and not making.has_log():  # to look into the log costs more than the page
        return None
    asked, problems = asked_or_why(query, agreement, at, _known(newest, agreement))
    if problems:
        return Frame(mark, agreement, asked, at, Answer(newest), problems=tuple(problems))
    answer = read(mark, asked.view, at, asked.as_of)
    former = NOTHING
    if compares and asked.against is not None and answer.fold is not None and answer.kept is not None:
        former = read(mark, View(asked.against, asked.view.scope), at, asked.as_of)
    return Frame(mark, agreement, asked, at, answer, former)


def _known(fold: Fold | None, agreement: Agreement) -> dict[str, frozenset[str]]:
    """The names of each field: what the leads have and what the agreement speaks of. None of a field of which
    there are so many that the fold keeps the commonest only.
    """
    if fold is None:
        return {}
    agreed = {
        "type": set(agreement.lead_types),
        "stream": {stream for terms in agreement.lead_types.values() for stream in terms.streams},
    }
    found = {name: fold.choices.get(name, []) for name in FIELDS}
    return {
        name: frozenset({one for one in names if one is not None} | agreed.get(name, set()))
        for name, names in found.items()
        if len(names) < folding.MOST_CHOICES
    }


def ready(query: QueryDict) -> tuple[Frame, Score]:
    """The same for a file, which cannot say that it is being worked out: NotReady where nothing is kept."""
    frame = frame_of(query, compares=False)
    if frame is None:
        raise PageUnknown("score: no log is there yet, or no agreement is in force")
    if frame.problems:
        raise AddressInvalid(list(frame.problems))
    if frame.score is None:
        raise _not_ready(frame.answer)
    return frame, frame.score


def _not_ready(answer: Answer) -> NotReady:
    """Being counted, or not to be counted so soon."""
    if not answer.problem and not answer.crowded:
        return NotReady(_("These figures are being counted; ask again in some seconds."))
    error = NotReady(answer.problem or _("Many scores wait to be counted already; ask again in a minute."))
    error.wait = _WAIT_IN_TROUBLE_S
    return error
