"""Plans side by side, as text: a table for people, JSON and CSV for programs."""

import csv
import io
import json
from fractions import Fraction

from accord.plan.changes.whatif import Comparison, Measured, Row
from accord.plan.layout import aligned, cell, money, number, printable
from accord.plan.rounding import decimal_text, half_up

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning


def comparison_table(comparison: Comparison, *, all_rows: bool = True) -> str:
    """The numbers side by side: those that are known or, with `all_rows` off, those that change."""
    rows = [
        row
        for row in comparison.rows
        if (all_rows and any(value is not None for value in row.values)) or row.changes
    ]
    head = ["", *(name[:1].upper() + name[1:] for name in comparison.columns), "Change"]
    body = [
        [printable(row.label), *(_shown(value, row.measured) for value in row.values), _change(row)]
        for row in rows
    ]
    lines = aligned([head, *body], left=1) if body else ["  Nothing changes."]
    title = f"{printable(comparison.name)}: {' / '.join(comparison.columns)}"
    return "\n".join([title, "", *lines, "", *(f"- {note}" for note in notes(comparison))]) + "\n"


def notes(comparison: Comparison) -> tuple[str, ...]:
    """How to read the figures."""
    return (
        f"Money in {comparison.currency}. The change is the second column less the first.",
        "What was not set stays as agreed. Whether a better rate can be had is for people to judge.",
    )


def _shown(value: Fraction | None, measured: Measured) -> str:
    if value is None:
        return "unknown"
    if measured is Measured.SHARE:
        return f"{half_up(value * 100, 1)}%"
    if measured is Measured.TIMES:
        return f"{half_up(value, 2):,f}"
    return money(value)


def _change(row: Row) -> str:
    change = row.change
    if change is None:
        return "unknown"
    if not change:
        return ""
    sign = "+" if change > 0 else "−"
    points = " points" if row.measured is Measured.SHARE else ""
    return sign + _shown(abs(change), row.measured).replace("%", points)


def comparison_json(comparison: Comparison) -> str:
    """The same as JSON: each row's values in the order of `columns`, unknown ones null."""
    keys = {
        "layout": LAYOUT,
        "name": comparison.name,
        "currency": comparison.currency,
        "columns": list(comparison.columns),
        "rows": [
            {
                "key": row.key,
                "label": row.label,
                "measured": str(row.measured),
                "values": [number(value) for value in row.values],
                "change": number(row.change),
            }
            for row in comparison.rows
        ],
        "notes": list(notes(comparison)),
    }
    return json.dumps(keys, indent=2, ensure_ascii=False) + "\n"


def comparison_csv(comparison: Comparison) -> str:
    """One row per number: key, label, kind, then a column for each agreement; unknown values are empty."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("key", "label", "measured", *comparison.columns))
    for row in comparison.rows:
        values = ("" if value is None else decimal_text(value) for value in row.values)
        rows.writerow((cell(row.key), cell(row.label), str(row.measured), *values))
    return text.getvalue()
