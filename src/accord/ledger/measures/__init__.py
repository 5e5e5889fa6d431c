"""The measures: one SQL file each, whose head says what it is. This table is all there is; nothing is
scanned.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from accord.errors import MeasureUnknown

MEASURES = (
    "speed",
    "first_touch",
    "overdue",
    "speed_parts",
    "breach_causes",
    "pace",
    "pace_summary",
    "delivery",
    "mix",
    "band",
    "handoff_quality",
    "rejections",
    "attribution",
    "closed_loop",
    "depth",
    "cadence",
    "attempts",
    "attempts_per_lead",
    "touches_by_channel",
    "gaps",
    "capacity_use",
    "conversion",
    "conversion_estimate",
    "conversion_cells",
    "rate_evidence",
    "outcomes",
    "win_loss",
    "key_deals",
    "time_to_close",
    "coverage",
    "customers",
    "book",
    "book_goals",
    "cycle_profile",
    "deal_evidence",
    "cell_value",
    "segment_value",
    "response_curve",
    "attempts_curve",
)
_FIELD = re.compile(r"-- (title|grain|unit|meaning|requirements|columns):\s*(.*)")
_COLUMN = re.compile(r" {3}(\w+): (.*)")


@dataclass(frozen=True)
class Measure:
    """One measure as its file states it; `columns` explains each column of the result by name."""

    name: str
    title: str
    grain: str
    unit: str
    meaning: str
    requirements: tuple[str, ...]
    columns: dict[str, str]
    sql: str


def find(name: str) -> Measure:
    """The measure of that name; MeasureUnknown names the nearest."""
    if name not in MEASURES:
        raise MeasureUnknown(name, MEASURES)
    return _read(name)


def part_of(name: str) -> tuple[str, str]:
    """A measure and what it is told apart by: `speed_by_week` is speed by week; by nothing where it is whole.

    A measure's own name may say "by" too: `touches_by_channel`.
    """
    if name in MEASURES:
        return name, ""
    base, _, by = name.rpartition("_by_")
    return (base, by) if base else (name, "")


def every() -> tuple[Measure, ...]:
    return tuple(map(_read, MEASURES))


def listing() -> str:
    """One line a measure: name and title."""
    width = max(map(len, MEASURES))
    return "\n".join(f"{measure.name:<{width}}  {measure.title}" for measure in every())


def describe(name: str) -> str:
    """A measure's definition and its SQL, which is the file itself."""
    return find(name).sql.rstrip("\n")


@cache
def _read(name: str) -> Measure:
    sql = (files("accord.ledger.measures") / f"{name}.sql").read_text(encoding="utf-8")
    head = _head(sql)
    return Measure(
        name=name,
        title=head["title"],
        grain=" ".join(head["grain"].split()),
        unit=head["unit"],
        meaning=" ".join(head["meaning"].split()),
        requirements=tuple(item.strip() for item in head["requirements"].split(",") if item.strip()),
        columns=_columns(head["columns"]),
        sql=sql,
    )


def _head(sql: str) -> dict[str, str]:
    """The fields of the comment at the top; a line that begins with `--   ` goes on with the field before
    it.
    """
    head: dict[str, str] = {}
    field = ""
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        if found := _FIELD.match(line):
            field = found[1]
            head[field] = found[2]
        elif field:
            head[field] += "\n" + line[2:]
    return head


def _columns(text: str) -> dict[str, str]:
    """What each column means; a line set in deeper than its name goes on with the column before it."""
    columns: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if found := _COLUMN.fullmatch(line):
            name = found[1]
            columns[name] = found[2]
        elif name:
            columns[name] += " " + line.strip()
    return columns


def reference() -> str:
    """All measures as one page of Markdown: `docs/reference/measures.md`, which a test holds equal to
    this.
    """
    return "\n".join([_INTRODUCTION, *map(_section, every())])


_INTRODUCTION = """# Measures

What is counted, by which definition. Each measure is one SQL file under `src/accord/ledger/measures/`; this
page is made from the heads of those files. `accord measures` lists them, `accord measures NAME` prints one
with its SQL.

Every measure is known as of an instant: only facts that had occurred and were on record by then exist. Days
are cut in the zone of marketing's calendar, and the period is one of deliveries unless a measure says
otherwise. Lengths of time are seconds, shares are fractions of one, instants are UTC; what is unknown is
NULL, never 0. In the score, a measure with the columns `by` and `key` also gives one table
`NAME_by_GROUPING` for each grouping.
"""


def _section(measure: Measure) -> str:
    rows = "\n".join(
        f"| `{name}` | {text.replace('|', chr(92) + '|')} |" for name, text in measure.columns.items()
    )
    return f"""
## {measure.title} (`{measure.name}`)

{measure.meaning[:1].upper()}{measure.meaning[1:]}

- Grain: {measure.grain}
- Unit: {measure.unit}
- Source: {", ".join(measure.requirements)}

| column | meaning |
|---|---|
{rows}
"""
