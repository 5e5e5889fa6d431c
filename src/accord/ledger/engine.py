"""Measures over one fold: of an agreement and a log in memory, or of a fold that lies in a file.

Everything that is counted is SQL in files beside this one: `staging/` and `verdicts/` make the fold (see
`accord.ledger.fold`), `measures/` count verdicts, for a period and a scope.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import local
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import duckdb

from accord.agreement.terms import Agreement, Side
from accord.errors import FoldUnusable, NaiveTime, WrongOrder
from accord.ledger.capacity import DDL as CAPACITY_DDL
from accord.ledger.capacity import capacity_tables
from accord.ledger.database import connect, insert, limits, literal, sql_of, tables
from accord.ledger.engines import DUCKDB, connection
from accord.ledger.fold import (
    CLOCKS,
    READING,
    STEPS,
    About,
    about,
    about_fold,
    attach,
    check_terms,
    fold,
    load_macros,
    load_terms,
    rejudge,
)
from accord.ledger.lines import GOAL_LINE_DDL, line_rows, owed
from accord.ledger.log import Log
from accord.ledger.measures import Measure, find
from accord.ledger.scope import EVERY_LEAD, Scope
from accord.ledger.score import MeasureResult, Table
from accord.ledger.terms import DDL

MACROS = (
    # Wilson's 95 % interval of a share: right for small counts and for shares near 0 and 1, unlike p ± 2 σ
    """CREATE MACRO wilson_low(k, n) AS CASE WHEN n > 0 THEN greatest(0, (k / nullif(n, 0) +
    1.920729410347062 / n
        - 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) END""",
    """CREATE MACRO wilson_high(k, n) AS CASE WHEN n > 0 THEN least(1, (k / nullif(n, 0) + 1.920729410347062
    / n
        + 1.959963984540054 * sqrt(k / n * (1 - k / n) / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) END""",
    "CREATE TABLE month_number AS SELECT unnest(range(1, 1201)) AS month",
)
__all__ = ["STEPS", "Ledger", "connect", "literal", "result", "sql_of"]
_AT_ONCE = 2  # measures at a time: each holds memory of its own


class Ledger:
    """The measures of one log under one agreement, for the local days `from_on` to `to_on`, known at `as_of`.

    A context manager; `as_of` must be an aware instant (NaiveTime), the days in order (WrongOrder). `scope`
    narrows every table that has a lead; `kinds` stay those of the whole log. `memory` and `threads` bound the
    engine; what does not fit goes to a temporary folder that DuckDB removes. `engine` is `duckdb`, `spark` or
    the address of a Spark master; EngineMissing says what is not installed.
    """

    def __init__(
        self,
        agreement: Agreement,
        log: Log | None,
        *,
        from_on: date,
        to_on: date,
        as_of: datetime,
        scope: Scope = EVERY_LEAD,
        memory: str | None = None,
        threads: int | None = None,
        engine: str = DUCKDB,
    ) -> None:
        if as_of.tzinfo is None:
            raise NaiveTime(f"as-of {as_of.isoformat()} has no zone; add Z or an offset such as +02:00")
        if to_on < from_on:
            raise WrongOrder(f"the period ends on {to_on}, before it starts on {from_on}; swap the two")
        self.agreement, self.log, self.scope = agreement, log, scope
        self.from_on, self.to_on, self.as_of = from_on, to_on, as_of.astimezone(UTC)
        self.zone = str(agreement.calendar_of(Side.MARKETING).zone_on(from_on))
        self.owed = owed(agreement, from_on, to_on)
        self.con = connection(engine, limits(memory, threads))
        self._path: Path | None = None  # of a fold that lies in a file
        self._rejudged, self._keep_due = False, True
        self._capacity_loaded = False

    @classmethod
    def of_fold(
        cls,
        path: Path,
        agreement: Agreement,
        *,
        from_on: date,
        to_on: date,
        scope: Scope = EVERY_LEAD,
        rejudged: bool = False,
        keep_due: bool = True,
        memory: str | None = None,
        threads: int | None = None,
    ) -> Self:
        """Of a fold that `make_fold` wrote: no fact is folded again, and `as_of` is the fold's.

        The agreement must be the fold's in all that a fold rests on; targets, people and texts may differ.
        `rejudged` makes the verdicts anew, in memory, under this agreement, which then may also differ in
        what clocks run by: hours and days off of its calendars, the times for first touch, decision, feedback
        and acceptance, the cadence, and how long a breach can be excused. All else must be the same: lead
        types, names of calendars, marketing's time zones, reasons to pause, what counts as an attempt, how
        many come before a return, and values. A due time written down at a hand-off outranks the agreement's
        first touch; with `rejudged`, `keep_due=False` leaves those aside. FoldUnusable says what differs or
        what is wrong with the file; WrongOrder as above.
        """
        ledger = cls(
            agreement,
            None,
            from_on=from_on,
            to_on=to_on,
            as_of=about_fold(path).as_of,
            scope=scope,
            memory=memory,
            threads=threads,
        )
        ledger._path, ledger._rejudged, ledger._keep_due = path, rejudged, keep_due
        return ledger

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self.con.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()

    def measure(self, name: str) -> MeasureResult:
        """One measure by name, with its definition; MeasureUnknown names the nearest."""
        return self._measured(name, self.con)

    def measures(self, names: Iterable[str]) -> list[MeasureResult]:
        """Several measures in this order, two at a time if there are two threads: one alone seldom has work
        for both.
        """
        asked = list(names)
        if "capacity_use" in asked:
            self._load_capacity()
        if not isinstance(self.con, duckdb.DuckDBPyConnection):
            return [self.measure(name) for name in asked]
        threads = self.con.execute("SELECT current_setting('threads')").fetchall()[0][0]
        own = local()  # a worker's connection to the same database, which knows nothing of our macros

        def begin() -> None:
            own.con = self.con.cursor()
            own.con.execute("SET enable_progress_bar = false")
            load_macros(own.con, self.agreement, self._verdicts)

        with ThreadPoolExecutor(min(threads, _AT_ONCE), initializer=begin) as pool:
            return list(pool.map(lambda name: self._measured(name, own.con), asked))

    def _measured(self, name: str, con: duckdb.DuckDBPyConnection) -> MeasureResult:
        measure = find(name)
        if name == "capacity_use":
            self._load_capacity()
        return result(measure, self._queried(measure.sql, con))

    def query(self, sql: str) -> Table:
        """The rows of a query over the tables that measures read; FoldUnusable if the file is damaged."""
        return self._queried(sql, self.con)

    def _queried(self, sql: str, con: duckdb.DuckDBPyConnection) -> Table:
        try:
            cursor = con.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            return Table(columns, tuple(cursor.fetchall()))
        except (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException) as error:
            if self._path is None:
                raise
            reason = str(error).splitlines()[0]
            raise FoldUnusable(f"{self._path}: is a damaged fold ({reason}); make it anew") from error

    def count(self, table: str) -> int:
        """Rows of one of the ledger's own tables; of `event` the known facts, also those not kept as such."""
        if table == "event":
            return int(str(self.query("SELECT coalesce(sum(facts), 0) FROM cycle").rows[0][0]))
        return int(str(self.query(f"SELECT count(*) FROM {table}").rows[0][0]))  # noqa: S608 - our own names

    @cached_property
    def about(self) -> About:
        """What the fold says of itself: how much it knows, until when, and by which terms."""
        return about(self.con)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of events that the log holds at all, whenever they occurred up to as-of."""
        return self.about.kinds

    @cached_property
    def known_on(self) -> date:
        """The local day up to which things are known; at midnight the day that just ended."""
        return (self.as_of - timedelta(microseconds=1)).astimezone(ZoneInfo(self.zone)).date()

    @cached_property
    def over_on(self) -> date:
        """The last local day that is over: a day is so at its midnight, and "so far" until then (5.4)."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)

    @property
    def _verdicts(self) -> str:
        """The database whose verdicts hold."""
        return "anew" if self._rejudged else "fold"

    @property
    def days(self) -> tuple[int, int]:
        """Days of the period that are over, and days still to come, the day of as-of among them."""
        whole = (self.to_on - self.from_on).days + 1
        done = min(max((self.over_on - self.from_on).days + 1, 0), whole)
        return done, whole - done

    def _open(self) -> None:
        """The fold, and in front of it what measures read: its tables in scope, and the period's own."""
        if self._path is not None:
            said = attach(self.con, self._path)
            check_terms(self.agreement, said, self._path, but=CLOCKS if self._rejudged else ())
            if self._rejudged:
                rejudge(self.con, self.agreement, self.as_of, keep_due=self._keep_due)
            else:
                load_macros(self.con, self.agreement, "fold")
        elif self.log is not None:
            self.con.execute("ATTACH ':memory:' AS fold")
            fold(self.con, self.agreement, self.log, self.as_of)
        for macro in MACROS:
            self.con.execute(macro)
        self._narrow()
        self._load_period()
        for view in READING:
            self.con.execute(sql_of(view))

    def _narrow(self) -> None:
        """A view of its name for each table of the fold, or what was made anew; by lead what is in scope."""
        if not self.scope.everything:
            self.con.execute(f"CREATE TABLE scoped AS SELECT id, lead FROM fold.cycle WHERE {self.scope.sql}")  # noqa: S608
        for table, database, key in tables(self.con, ("anew", "fold")):
            if table not in ("params", *DDL):
                narrow = f" SEMI JOIN scoped USING ({key})" if key and not self.scope.everything else ""
                self.con.execute(f'CREATE VIEW "{table}" AS FROM {database}."{table}"{narrow}')

    def _load_period(self) -> None:
        """The terms, with the row of `params` and the goal lines, which alone know the period."""
        con = self.con
        load_terms(con, self.agreement)
        days = {"from_on": self.from_on, "to_on": self.to_on}
        days |= {"as_of_on": self.known_on, "over_on": self.over_on}
        said = ", ".join(f"{literal(day)} AS {name}" for name, day in days.items())
        con.execute(f"CREATE TABLE params AS SELECT {said}, * FROM {self._verdicts}.params")  # noqa: S608
        con.execute(f"CREATE TABLE goal_line ({GOAL_LINE_DDL})")
        insert(con, "goal_line", line_rows(self.agreement, self.owed))

    def _load_capacity(self) -> None:
        """The time of the reps, day by day of the period: worked out only for who asks."""
        if self._capacity_loaded:
            return
        tables = capacity_tables(self.agreement, self.from_on, min(self.to_on, self.known_on))
        for table, rows in tables.items():
            self.con.execute(f"CREATE TABLE {table} ({CAPACITY_DDL[table]})")
            insert(self.con, table, rows)
        self._capacity_loaded = True


def result(measure: Measure, table: Table) -> MeasureResult:
    return MeasureResult(
        name=measure.name,
        title=measure.title,
        grain=measure.grain,
        unit=measure.unit,
        meaning=measure.meaning,
        requirements=measure.requirements,
        table=table,
    )
