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
    "pace",
    "pace_summary",
    "depth",
    "cadence",
    "attempts",
    "attempts_per_lead",
    "conversion",
    "conversion_estimate",
    "outcomes",
)
_FIELD = re.compile(r"-- (title|grain|unit|meaning|requirements|columns):\s*(.*)")


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
    columns = (line.split(":", 1) for line in head["columns"].split("\n") if ":" in line)
    return Measure(
        name=name,
        title=head["title"],
        grain=head["grain"],
        unit=head["unit"],
        meaning=" ".join(head["meaning"].split()),
        requirements=tuple(item.strip() for item in head["requirements"].split(",")),
        columns={column.strip(): " ".join(text.split()) for column, text in columns},
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
            head[field] += "\n" + line[2:].strip()
    return head
