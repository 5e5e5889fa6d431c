"""A score that is for all to read: without figures of single people.

What is told by owner is a league table, and that is off (DOMAIN 7, 8.7). Reports and their JSON go from hand
to hand, so they hold no row by owner and no owner beside a lead; whoever has the log asks `accord measures`.
"""

from collections.abc import Callable
from dataclasses import replace

from accord.ledger.score import MeasureResult, Score, Table

BY, OWNER = "by", "owner"
SIDES = "attribution"  # its owners are marketing and sales, and no people
_PART = "_by_owner"


def unnamed(score: Score) -> Score:
    """The same score without rows by owner, and without the owner where a row is a lead."""
    kept = {name: each for name, each in score.measures.items() if not by_owner(name)}
    return replace(score, measures={name: unnamed_measure(each) for name, each in kept.items()})


def by_owner(name: str) -> bool:
    """Whether a measure, or a part of one, is told of owners alone."""
    return name.endswith(_PART)


def unnamed_measure(result: MeasureResult) -> MeasureResult:
    """One measure without rows by owner, and without the owner where a row is a lead."""
    return replace(result, table=without_owners(result.table, result.name))


def without_owners(table: Table, measure: str, own: Callable[[object], bool] = lambda _: False) -> Table:
    """A measure's table without what is told of owners, save of those who are one's `own`."""
    columns, rows = table.columns, table.rows
    if measure == SIDES:
        return table
    if "lead" in columns:
        return _beside_leads(table, own)
    if columns[:1] == (OWNER,):
        return Table(columns, tuple(row for row in rows if own(row[0])))
    if BY in columns and "key" in columns:
        by, key = columns.index(BY), columns.index("key")
        return Table(columns, tuple(row for row in rows if row[by] != OWNER or own(row[key])))
    return table


def _beside_leads(table: Table, own: Callable[[object], bool]) -> Table:
    if OWNER not in table.columns:
        return table
    at = table.columns.index(OWNER)
    return Table(
        table.columns,
        tuple(row if own(row[at]) else (*row[:at], None, *row[at + 1 :]) for row in table.rows),
    )
