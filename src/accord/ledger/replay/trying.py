"""Other times to the first touch, and other hours, tried on a fold while somebody moves a slider.

Other times alone ask for no judging: how long each clock ran is in the fold, and any budget can be held
against it. Other hours run the clocks of the first touch anew, by the same SQL as every verdict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb

from accord.agreement.terms import Agreement
from accord.ledger.database import connect, insert, limits, literal, sql_of
from accord.ledger.fold import About, attach, check_terms, load_days, load_params, load_terms
from accord.ledger.replay.freeing import Freeing
from accord.ledger.replay.values import States
from accord.ledger.terms import DDL, term_rows
from accord.promises.verdict import PromiseOf

RASTER = (
    *(1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, 150, 180, 240, 300, 360, 480, 600),
    *(720, 960, 1200, 1440, 1920, 2400, 2880),
)
_MINUTE = 60_000_000
_STATES = ("kept", "broken", "pending", "excused", "void")
_ANEW = ("verdicts/halt.sql", "verdicts/duty.sql", "verdicts/timed.sql")


@dataclass(frozen=True)
class Tried:
    """First touches of one lead type under both; '' is types without terms of their own, None all leads."""

    lead_type: str | None
    was: States
    then: States
    newly_broken: int
    newly_kept: int


@dataclass(frozen=True)
class Point:
    """What would be kept and broken if every lead had so many minutes, each on its own clock."""

    minutes: int
    kept: int
    broken: int

    @property
    def share(self) -> Fraction | None:
        judged = self.kept + self.broken
        return Fraction(self.kept, judged) if judged else None


@dataclass(frozen=True)
class Trial:
    """What a change of the first touch or the hours comes to; `counts` has all leads first."""

    about: About
    counts: tuple[Tried, ...]
    curves: dict[str | None, tuple[Point, ...]]


def trial(
    path: Path,
    before: Agreement,
    after: Agreement,
    *,
    from_on: date,
    to_on: date,
    minutes: Sequence[int] = (),
    memory: str | None = None,
    threads: int | None = None,
) -> Trial:
    """First touches of the leads handed off in the period, under `before`, whose fold lies at `path`, and
    under `after`, which may differ in times to the first touch and in the hours of its calendars.

    `minutes` are more times for the curves. FoldUnusable where the file is gone or of other terms.
    """
    with connect(limits(memory, threads)) as con:
        said = attach(con, path)
        check_terms(before, said, path)
        anew = before.calendars != after.calendars
        judged = _judged_anew(con, after, said, from_on, to_on) if anew else "fold"
        _load(con, after, minutes)
        freeing = Freeing(before, after)
        con.execute(
            sql_of("replay/tried.sql").format(
                freed=freeing.cycle_sql(), judged=judged, from_on=literal(from_on), to_on=literal(to_on)
            )
        )
        return Trial(said, tuple(_counts(con)), _curves(con))


def _judged_anew(
    con: duckdb.DuckDBPyConnection, after: Agreement, said: About, from_on: date, to_on: date
) -> str:
    """The clocks of the first touches of the period under other hours, beside the fold."""
    con.execute("ATTACH ':memory:' AS anew")
    con.execute("SET search_path = 'anew,fold'")
    load_terms(con, after)
    load_params(con, after, said.as_of, keep_due=False)
    load_days(con, after, said.as_of, "anew")
    halt, duty, timed = map(sql_of, _ANEW)
    con.execute(halt)
    con.execute(duty.replace("VIEW duty AS", "VIEW every_duty AS", 1))
    con.execute(
        f"CREATE TEMP VIEW duty AS FROM every_duty WHERE promise = '{PromiseOf.FIRST_TOUCH}' "
        f"AND started_on BETWEEN {literal(from_on)} AND {literal(to_on)}"
    )
    con.execute(timed)
    con.execute("USE memory")
    return "anew"


def _load(con: duckdb.DuckDBPyConnection, after: Agreement, minutes: Sequence[int]) -> None:
    con.execute(f"CREATE TEMP TABLE tried_clock ({DDL['term_clock']})")
    insert(con, "tried_clock", term_rows(after)["term_clock"])
    con.execute("CREATE TEMP TABLE raster (minutes INTEGER, budget_us BIGINT)")
    insert(con, "raster", [(at, at * _MINUTE) for at in sorted({*RASTER, *minutes})])


def _counts(con: duckdb.DuckDBPyConnection) -> Iterator[Tried]:
    for lead_type, *counts in con.execute(sql_of("replay/tried_counts.sql")).fetchall():
        was, then = States(*counts[:5]), States(*counts[5:10])
        yield Tried(lead_type, was, then, *counts[10:])


def _curves(con: duckdb.DuckDBPyConnection) -> dict[str | None, tuple[Point, ...]]:
    found: dict[str | None, list[Point]] = {}
    for lead_type, *point in con.execute(sql_of("replay/curve.sql")).fetchall():
        found.setdefault(lead_type, []).append(Point(*point))
    return {lead_type: tuple(points) for lead_type, points in found.items()}
