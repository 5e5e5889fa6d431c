"""Two versions of an agreement compared: what changed, who owes more, what it does to the numbers."""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from accord.agreement.canonical import as_written
from accord.agreement.clauses.clause import Clause
from accord.agreement.clauses.quantities import show_money, show_percent
from accord.agreement.comparing.diff import diff
from accord.agreement.comparing.saying import Sentence, groups, sentences, summary
from accord.agreement.rendering.markdown import bullets, escaped, table
from accord.agreement.terms import Agreement
from accord.plan.changes.effect import Effect, Figure, Measure, Unit, effect
from accord.plan.layout import aligned, money, number, printable
from accord.plan.rounding import half_up

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning
_TITLES = {
    Measure.GOAL: "Goal",
    Measure.REVENUE: "Revenue from marketing",
    Measure.CUSTOMERS: "Customers needed",
    Measure.LEADS: "Leads to deliver",
    Measure.VALUE: "Value of one lead",
    Measure.REPS: "Reps needed",
    Measure.PER_REP: "Leads per rep a month",
    Measure.LOAD: "Load of the reps",
}
_HEAD = ("", "A", "B", "Change")


def as_text(before: Agreement, after: Agreement) -> str:
    """The comparison for a terminal; lines end in a newline."""
    said, numbers = _both(before, after)
    blocks = [
        [f"A: {printable(before.in_force_label)}", f"B: {printable(after.in_force_label)}"],
        [summary(said)],
    ]
    for group in groups(said):
        blocks.append([group.title, *(f"- {printable(sentence.text)}" for sentence in group.sentences)])
    if numbers.changed:
        cells = [_HEAD, *([printable(cell) for cell in row] for row in rows(numbers))]
        blocks.append(["What it does to the numbers", *aligned(cells, left=1)])
    else:
        blocks.append([_SAME])
    if numbers.notes:
        blocks.append([f"- {printable(note)}" for note in numbers.notes])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def as_markdown(before: Agreement, after: Agreement) -> str:
    """The comparison for a pull request or a mail."""
    said, numbers = _both(before, after)
    parts = [
        "# What changed",
        bullets(f"{name}: {escaped(one.in_force_label)}" for name, one in (("A", before), ("B", after))),
        f"**{escaped(summary(said))}**",
    ]
    for group in groups(said):
        parts.append(f"## {escaped(group.title)}")
        parts.append(bullets(escaped(sentence.text) for sentence in group.sentences))
    parts.append("## What it does to the numbers")
    if numbers.changed:
        cells = ([escaped(cell) for cell in row] for row in rows(numbers))
        parts.append(table(("Figure", *_HEAD[1:]), cells))
    else:
        parts.append(_SAME)
    parts.append(bullets(map(escaped, numbers.notes)))
    return "\n\n".join(part for part in parts if part) + "\n"


def as_json(before: Agreement, after: Agreement) -> str:
    """The comparison for programs: every change with path, kind, both values as written, and the verdict."""
    said, numbers = _both(before, after)
    keys = {
        "layout": LAYOUT,
        "before": _version(before),
        "after": _version(after),
        "summary": summary(said),
        "changes": [_change(sentence) for sentence in said],
        "figures": [_figure(figure) for figure in numbers.figures],
        "notes": list(numbers.notes),
    }
    return json.dumps(keys, indent=2, ensure_ascii=False) + "\n"


def rows(numbers: Effect) -> list[list[str]]:
    """Each figure that differs, in words: its title, before, after, and the change."""
    return [_row(figure, numbers) for figure in numbers.changed]


_SAME = "The numbers stay as they are."


def _both(before: Agreement, after: Agreement) -> tuple[tuple[Sentence, ...], Effect]:
    return sentences(diff(before, after), before, after), effect(before, after)


def _row(figure: Figure, numbers: Effect) -> list[str]:
    title = _TITLES[figure.measure] + (f", {figure.about}" if figure.about else "")
    before, after = figure.before, figure.after
    shown = [
        _shown(value, figure.unit, currency)
        for value, currency in zip((before, after), numbers.currencies, strict=True)
    ]
    comparable = figure.unit is not Unit.MONEY or len(set(numbers.currencies)) == 1
    return [title, *shown, _growth(figure) if comparable else ""]


def _shown(value: Fraction | None, unit: Unit, currency: str) -> str:
    if value is None:
        return "–"
    if unit is Unit.MONEY:
        return f"{money(value)} {currency}"
    return f"{half_up(value * 100, 0):,f}%" if unit is Unit.SHARE else money(value, 1)


def _growth(figure: Figure) -> str:
    if figure.growth is None:
        return "new" if figure.before is None else "gone" if figure.after is None else ""
    percent = half_up(figure.growth * 100, 1)
    return f"{'+' if percent > 0 else ''}{percent:,f}%".replace("-", "−")


def _version(agreement: Agreement) -> dict[str, object]:
    return {"name": agreement.name, "version": agreement.version, "status": str(agreement.status)}


def _change(sentence: Sentence) -> dict[str, object]:
    change, burdens = sentence.change, sentence.burdens
    return {
        "path": list(change.path),
        "kind": str(change.kind),
        "before": _written(change.before),
        "after": _written(change.after),
        "text": sentence.text,
        "owes": None if burdens is None else [{"side": str(one.side), "more": one.more} for one in burdens],
        "gains": [str(side) for side in sentence.gains],
    }


def _written(value: object) -> object:
    """A value of the terms as it stands in the file: text, lists and mappings."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Clause):
        return as_written(value)
    if isinstance(value, dict):
        return {str(key): _written(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_written(item) for item in value]
    return show_percent(value) if isinstance(value, Fraction) else _amount(value)


def _amount(value: object) -> str:
    return show_money(value) if isinstance(value, Decimal) else str(value)


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "measure": str(figure.measure),
        "unit": str(figure.unit),
        "of": list(figure.key),
        "about": figure.about,
        "before": number(figure.before),
        "after": number(figure.after),
        "growth": number(figure.growth),
    }
