"""The comparison as text for the meeting and as JSON for programs."""

import json
from collections.abc import Iterator

from accord.agreement.clauses.people import Side
from accord.agreement.plain import clean
from accord.agreement.survey.compare import Comparison, Of, Row, Said, Verdict
from accord.agreement.survey.form import SIDES
from accord.agreement.survey.questions import Form
from accord.agreement.survey.words import Piece

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning
_LONGEST = 5_000


def comparison_text(comparison: Comparison) -> str:
    """Summary first, then every question: differences, one side's answers, agreement, what nobody said."""
    lines = [f"Definitions survey: {clean(comparison.agreement)}"]
    lines += [f"{side}: {', '.join(map(clean, comparison.people[side]))}" for side in SIDES]
    counts = [f"{verdict} {comparison.count(verdict)}" for verdict in Verdict]
    lines.append(f"Of {len(comparison.rows)} questions: {', '.join(counts)}.")
    for verdict in (Verdict.DIFFER, Verdict.ONE_SIDE, Verdict.AGREE):
        for row in comparison.rows:
            if row.verdict is verdict:
                lines += ["", f"{str(verdict).upper()}: {row.question.ask}", *_row_lines(row)]
    silent = [row.question.ask for row in comparison.rows if row.verdict is Verdict.NOBODY]
    if silent:
        lines += ["", f"{str(Verdict.NOBODY).upper()}:", *(f"  {ask}" for ask in silent)]
    return "\n".join(lines) + "\n"


def _row_lines(row: Row) -> Iterator[str]:
    if row.verdict is Verdict.AGREE:
        yield f"  both: {'; '.join(clean(answer, _LONGEST) for answer in row.common)}"
        return
    if row.question.form is Form.LIST and row.common:
        yield f"  both: {'; '.join(map(clean, row.common))}"
    for side in SIDES:
        yield from _side_lines(row, side)
    if row.words:
        yield f"  word by word: {' '.join(map(_marked, row.words))}"


def _side_lines(row: Row, side: Side) -> Iterator[str]:
    of = row.sides[side]
    if not of.answered:
        yield f"  {side}: no answer"
        return
    if row.question.form is Form.LIST:
        only = of.said if row.only is None else [item for item in of.said if item.answer in row.only[side]]
        if only:
            yield f"  only {side}: {'; '.join(_said(item, of) for item in only)}"
        shared = [item for item in of.said if item not in only and len(item.people) < len(of.answered)]
        if shared:
            yield f"  not all of {side}: {'; '.join(_said(item, of) for item in shared)}"
        return
    for item in of.said:
        yield f"  {side}: {_said(item, of)}"


def _said(item: Said, of: Of) -> str:
    """The answer, and who gave it where not everybody of the side did."""
    who = "" if len(item.people) == len(of.answered) else f" ({', '.join(map(clean, item.people))})"
    return f"{clean(item.answer, _LONGEST)}{who}"


def _marked(piece: Piece) -> str:
    """Words of both as they are; [-marketing's-] and {+sales'+}."""
    parts = [clean(piece.both, _LONGEST)]
    parts += [f"[-{clean(piece.marketing, _LONGEST)}-]" if piece.marketing else ""]
    parts += [f"{{+{clean(piece.sales, _LONGEST)}+}}" if piece.sales else ""]
    return " ".join(part for part in parts if part)


def comparison_json(comparison: Comparison) -> str:
    """The same for programs; `docs/how-to/agree-on-definitions.md` explains the keys."""
    value = {
        "layout": LAYOUT,
        "agreement": comparison.agreement,
        "people": {str(side): list(comparison.people[side]) for side in SIDES},
        "counts": {str(verdict): comparison.count(verdict) for verdict in Verdict},
        "questions": [_row_keys(row) for row in comparison.rows],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _row_keys(row: Row) -> dict[str, object]:
    return {
        "key": row.question.key,
        "ask": row.question.ask,
        "form": str(row.question.form),
        "verdict": str(row.verdict),
        "both": list(row.common),
        **{str(side): _side_keys(row, side) for side in SIDES},
        "words": [
            {"both": piece.both} if piece.both else {"marketing": piece.marketing, "sales": piece.sales}
            for piece in row.words
        ],
    }


def _side_keys(row: Row, side: Side) -> dict[str, object]:
    of = row.sides[side]
    return {
        "answered": list(of.answered),
        "of_one_mind": of.of_one_mind,
        "said": [{"answer": item.answer, "people": list(item.people)} for item in of.said],
        "only": [] if row.only is None else list(row.only[side]),
    }
