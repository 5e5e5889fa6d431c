"""A comparison as the page shows it: the differences first, each with who said what."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accord.agreement.clauses.people import Side
from accord.agreement.survey.compare import Comparison, Of, Row, Verdict
from accord.agreement.survey.form import SIDES
from accord.agreement.survey.questions import Form
from accord.agreement.survey.words import Piece

_TONES = {Verdict.DIFFER: "bad", Verdict.ONE_SIDE: "warn", Verdict.AGREE: "good", Verdict.NOBODY: "muted"}


@dataclass(frozen=True)
class Said:
    """One answer, and the people who gave it where not everybody of the side did."""

    answer: str
    people: str


@dataclass(frozen=True)
class Column:
    side: Side
    said: tuple[Said, ...]  # of a list: only what the other side does not say


@dataclass(frozen=True)
class ShownRow:
    ask: str
    both: tuple[str, ...]
    columns: tuple[Column, ...]
    words: tuple[Piece, ...]
    same: bool  # whether both sides say it alike, so that it stands once


@dataclass(frozen=True)
class Group:
    """The questions that came out alike."""

    verdict: Verdict
    title: str
    tone: str
    rows: tuple[ShownRow, ...]


def shown_rows(comparison: Comparison) -> tuple[Group, ...]:
    """What differs, what one side says alone, what both say, what nobody said; no group is empty."""
    titles = {
        Verdict.DIFFER: _("They differ"),
        Verdict.ONE_SIDE: _("One side only"),
        Verdict.AGREE: _("They agree"),
        Verdict.NOBODY: _("Nobody answered"),
    }
    groups = (
        Group(
            verdict,
            title,
            _TONES[verdict],
            tuple(_row(row) for row in comparison.rows if row.verdict is verdict),
        )
        for verdict, title in titles.items()
    )
    return tuple(group for group in groups if group.rows)


def _row(row: Row) -> ShownRow:
    same = row.verdict is Verdict.AGREE
    both = row.common if same or row.question.form is Form.LIST else ()
    columns = () if same else tuple(Column(side, tuple(_said(row, side))) for side in SIDES)
    return ShownRow(row.question.ask, both, columns, row.words, same)


def _said(row: Row, side: Side) -> Iterator[Said]:
    of = row.sides[side]
    for item in of.said:
        shared = row.question.form is Form.LIST and row.only is not None and item.answer not in row.only[side]
        if not shared or len(item.people) < len(of.answered):
            yield Said(item.answer, _people(item.people, of))


def _people(people: tuple[str, ...], of: Of) -> str:
    return "" if len(people) == len(of.answered) else ", ".join(people)
