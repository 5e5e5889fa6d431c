"""What the two sides answered, question by question: where they agree, where they differ, and who said what.

The comparison is fair to both: exchanging the sides exchanges the columns and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from accord.agreement.clauses.people import Side
from accord.agreement.plain import folded
from accord.agreement.survey.form import SIDES, Answer, Filled, item_key
from accord.agreement.survey.questions import COMMON, Form, Question, question_of
from accord.agreement.survey.words import Piece, compared, same
from accord.errors import FormInvalid, Problem


class Verdict(StrEnum):
    AGREE = "agree"  # everybody who answered, on both sides, says the same
    DIFFER = "differ"  # they do not, between the sides or within one
    ONE_SIDE = "one side only"  # the other left it empty
    NOBODY = "nobody answered"


@dataclass(frozen=True)
class Said:
    """One answer and the people of the side who gave it, in the spelling of the first of them."""

    answer: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class Of:
    """What one side said: `answered` are those who did, `said` each different answer or item of a list."""

    answered: tuple[str, ...]
    said: tuple[Said, ...]

    @property
    def of_one_mind(self) -> bool:
        """Whether everybody of the side who answered said all of it."""
        return all(len(item.people) == len(self.answered) for item in self.said)


@dataclass(frozen=True)
class Row:
    """One question with both sides' answers. `common` are items of both lists; `words` compares two texts."""

    question: Question
    verdict: Verdict
    sides: Mapping[Side, Of]
    common: tuple[str, ...] = ()
    only: Mapping[Side, tuple[str, ...]] | None = None
    words: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All rows in the order of the form, and who answered for each side."""

    agreement: str
    people: Mapping[Side, tuple[str, ...]]
    rows: tuple[Row, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(row.verdict is verdict for row in self.rows)


def compare(forms: Sequence[Filled]) -> Comparison:
    """The answers of all forms, of any number of people a side, in any order.

    FormInvalid where forms are about different agreements, one person answered twice for a side, or a side
    is not there at all.
    """
    ordered = sorted(forms, key=lambda form: (form.side, folded(form.person), form.person))
    _must_fit(ordered)
    asked = [question for key in _in_order(ordered) if (question := question_of(key)) is not None]
    people = {side: tuple(form.person for form in ordered if form.side is side) for side in SIDES}
    return Comparison(ordered[0].agreement, people, tuple(_row(question, ordered) for question in asked))


def _in_order(forms: Sequence[Filled]) -> list[str]:
    """Every key that was asked, at its first place in any form: so no side's order counts for more."""
    places: dict[str, int] = {question.key: at for at, question in enumerate(COMMON)}
    for form in forms:
        for at, key in enumerate(form.asked):
            places[key] = min(at, places.get(key, at))
    return sorted(places, key=lambda key: (places[key], key))


def _must_fit(forms: Sequence[Filled]) -> None:
    problems, seen = [], dict[tuple[Side, str], str]()
    for form in forms:
        if folded(form.agreement) != folded(forms[0].agreement):
            what = f"this form is about another agreement than {forms[0].file}"
            problems.append(Problem(form.file, 0, "agreement", what, "compare forms of one agreement"))
        who = (form.side, folded(form.person))
        if who in seen:
            what = f"{form.person} answered for {form.side} in {seen[who]} already"
            problems.append(Problem(form.file, 0, "person", what, "keep one form of each person"))
        seen[who] = form.file
    for side in SIDES:
        if not any(form.side is side for form in forms):
            what = f"nobody answered for {side}"
            problems.append(Problem("", 0, "", what, f"add a form with side: {side}"))
    if problems:
        raise FormInvalid(problems)


def _row(question: Question, forms: Sequence[Filled]) -> Row:
    given = [(form, form.answers[question.key]) for form in forms if question.key in form.answers]
    sides = {side: _of(question, [one for one in given if one[0].side is side]) for side in SIDES}
    marketing, sales = sides[Side.MARKETING], sides[Side.SALES]
    if not given:
        return Row(question, Verdict.NOBODY, sides)
    if not marketing.answered or not sales.answered:
        return Row(question, Verdict.ONE_SIDE, sides)
    alike = _SAME[question.form]
    pairs = [
        (item.answer, other.answer)
        for item in marketing.said
        for other in sales.said
        if alike(item.answer, other.answer)
    ]
    common = tuple(sorted((min(pair) for pair in pairs), key=lambda text: (folded(text), text)))
    only = {
        Side.MARKETING: tuple(item.answer for item in marketing.said if not _among(item, sales.said, alike)),
        Side.SALES: tuple(item.answer for item in sales.said if not _among(item, marketing.said, alike)),
    }
    agree = not any(only.values()) and marketing.of_one_mind and sales.of_one_mind
    pieces = _words(question, only)
    return Row(question, Verdict.AGREE if agree else Verdict.DIFFER, sides, common, only, pieces)


def _of(question: Question, given: Sequence[tuple[Filled, Answer]]) -> Of:
    alike, said = _SAME[question.form], list[Said]()
    for form, answer in given:
        for text in _texts(answer):
            at = next((at for at, item in enumerate(said) if alike(item.answer, text)), None)
            if at is None:
                said.append(Said(text, (form.person,)))
            else:
                said[at] = Said(said[at].answer, (*said[at].people, form.person))
    return Of(tuple(form.person for form, _ in given), tuple(said))


def _texts(answer: Answer) -> tuple[str, ...]:
    if isinstance(answer, Decimal):
        return (f"{answer:f}",)
    return answer if isinstance(answer, tuple) else (answer,)


def _among(item: Said, others: Iterable[Said], alike: Callable[[str, str], bool]) -> bool:
    return any(alike(item.answer, other.answer) for other in others)


def _words(question: Question, only: Mapping[Side, tuple[str, ...]]) -> tuple[Piece, ...]:
    """The two texts word by word, where each side has one that the other has not."""
    one, other = only[Side.MARKETING], only[Side.SALES]
    return compared(one[0], other[0]) if question.form is Form.TEXT and one and other else ()


_SAME: Mapping[Form, Callable[[str, str], bool]] = {
    Form.TEXT: same,
    Form.LIST: lambda one, other: item_key(one) == item_key(other),
    Form.NUMBER: lambda one, other: Decimal(one) == Decimal(other),
    Form.CHOICE: lambda one, other: one == other,
}
