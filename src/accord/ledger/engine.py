"""One agreement and one log in an in-memory DuckDB: first what follows for each lead, then measures over all.

Everything that is counted is SQL in files beside this one: `staging/` folds events into one row a lead,
`verdicts/` is the column form of `accord.promises`, `measures/` count verdicts. Only facts that had occurred
and were recorded by `as_of` exist here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from tempfile import gettempdir
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import duckdb

from accord.agreement.terms import Agreement, Side
from accord.errors import NaiveTime, WrongOrder
from accord.lead.withdrawing import STAYS
from accord.ledger.lines import GOAL_LINE_DDL, line_rows, owed
from accord.ledger.log import Log, sql_text
from accord.ledger.measures import Measure, find
from accord.ledger.score import MeasureResult, Table
from accord.ledger.terms import DDL, last_day_due, term_rows
from accord.worktime.columns import WORKTIME_DAY_DDL, day_rows, reached_sql, windows_needed, worked_sql

STEPS = (  # in this order; each makes the table of its name
    "staging/lead.sql",
    "staging/approach.sql",
    "staging/sequel.sql",
    "staging/touch.sql",
    "staging/attempt.sql",
    "staging/cycle.sql",
    "staging/pause.sql",
    "verdicts/halt.sql",
    "verdicts/duty.sql",
    "verdicts/timed.sql",
    "verdicts/cadence.sql",
    "verdicts/complete.sql",
    "verdicts/verdict.sql",
    "staging/stage_entry.sql",
    "staging/contribution.sql",
)
PARAMS = """
    CREATE TABLE params (
        from_on DATE, to_on DATE, as_of TIMESTAMP, as_of_on DATE, calendar VARCHAR, minimum INTEGER,
        machines_count BOOLEAN, value_by VARCHAR, one_stream BOOLEAN
    )"""
# On which day so much working time is reached: the days that a working hour touches, found by an equal join
REACH = """
    CREATE TABLE worktime_reach AS
    SELECT *, unnest(range((before + 1) // 3600000000, last // 3600000000 + 1)) AS bucket
    FROM (SELECT *, greatest(top1, top2, top3, top4) AS last FROM worktime_day WHERE top1 > before)"""
_KINDS_THAT_STAY = ", ".join(sql_text(kind) for kind in sorted(STAYS))
# Facts that were taken back, and those that are left (`accord.lead.withdrawing`): a log without any is read
# as it is
WITHDRAWN = """
    SELECT DISTINCT lead, TRY_CAST(outcome AS BIGINT) AS seq FROM known_event
    WHERE kind = 'withdrawn' AND CAST(TRY_CAST(outcome AS BIGINT) AS VARCHAR) = outcome"""
LEFT = f"""
    SELECT e.* FROM known_event e
    ANTI JOIN withdrawn w ON w.lead = e.lead AND w.seq = e.seq AND e.kind NOT IN ({_KINDS_THAT_STAY})
    WHERE e.kind <> 'withdrawn'"""  # noqa: S608 - our own names
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
    # Stops of a clock, from `halt`: how much of a span fell into them, how much later a budget is used up
    """CREATE MACRO stood(stops, t) AS CAST(coalesce(list_sum(list_transform(
        stops, lambda stop: greatest(least(t - stop.a, stop.n), 0)
    )), 0) AS BIGINT)""",
    """CREATE MACRO delay(stops, b) AS CAST(coalesce(list_sum(list_transform(
        stops, lambda stop: CASE WHEN stop.u < b THEN stop.n ELSE 0 END
    )), 0) AS BIGINT)""",
    "CREATE TABLE month_number AS SELECT CAST(unnest(range(1, 1201)) AS INTEGER) AS month",
)
_CHUNK = 2000


class Ledger:
    """The measures of one log under one agreement, for the local days `from_on` to `to_on`, known at `as_of`.

    A context manager; `as_of` must be an aware instant (NaiveTime), the days in order (WrongOrder). `memory`
    and `threads` bound the engine; what does not fit goes to a temporary folder that DuckDB removes.
    """

    def __init__(
        self,
        agreement: Agreement,
        log: Log,
        *,
        from_on: date,
        to_on: date,
        as_of: datetime,
        memory: str | None = None,
        threads: int | None = None,
    ) -> None:
        if as_of.tzinfo is None:
            raise NaiveTime(f"as-of {as_of.isoformat()} has no zone; add Z or an offset such as +02:00")
        if to_on < from_on:
            raise WrongOrder(f"the period ends on {to_on}, before it starts on {from_on}; swap the two")
        self.agreement, self.log = agreement, log
        self.from_on, self.to_on, self.as_of = from_on, to_on, as_of.astimezone(UTC)
        self.zone = str(agreement.calendar_of(Side.MARKETING).zone_on(from_on))
        self.owed = owed(agreement, from_on, to_on)
        limits = {"memory_limit": memory, "threads": threads}
        self.con = connect({name: str(limit) for name, limit in limits.items() if limit is not None})

    def __enter__(self) -> Self:
        self._load()
        for macro in MACROS:
            self.con.execute(macro)
        for step in STEPS:
            self.con.execute(sql_of(step))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()

    def measure(self, name: str) -> MeasureResult:
        """One measure by name, with its definition; MeasureUnknown names the nearest."""
        measure = find(name)
        return result(measure, self.query(measure.sql))

    def query(self, sql: str) -> Table:
        cursor = self.con.execute(sql)
        columns = tuple(column[0] for column in cursor.description or ())
        return Table(columns, tuple(cursor.fetchall()))

    def count(self, table: str) -> int:
        """Rows of one of the ledger's own tables."""
        return int(str(self.query(f"SELECT count(*) FROM {table}").rows[0][0]))  # noqa: S608 - our own names

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of events that the log holds at all, whenever they occurred up to as-of."""
        return frozenset(str(row[0]) for row in self.query("SELECT DISTINCT kind FROM event").rows)

    @cached_property
    def known_on(self) -> date:
        """The local day up to which things are known; at midnight the day that just ended."""
        return (self.as_of - timedelta(microseconds=1)).astimezone(ZoneInfo(self.zone)).date()

    @property
    def days(self) -> tuple[int, int]:
        """Days of the period up to as-of, and days still to come."""
        whole = (self.to_on - self.from_on).days + 1
        done = min(max((self.known_on - self.from_on).days + 1, 0), whole)
        return done, whole - done

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Rows into a small table, as literals: row-by-row binding is a thousand times slower."""
        held = list(rows)
        for start in range(0, len(held), _CHUNK):
            values = ", ".join(f"({', '.join(map(literal, row))})" for row in held[start : start + _CHUNK])
            self.con.execute(f"INSERT INTO {table} VALUES {values}")  # noqa: S608 - literals of our own making

    def _load(self) -> None:
        """The log up to as-of, the terms, and the working time of every day that matters."""
        con, known = self.con, f"TIMESTAMP {sql_text(_naive(self.as_of).isoformat(sep=' '))}"
        con.execute(f"CREATE VIEW log_lead AS {self.log.leads_sql}")
        con.execute(f"CREATE VIEW log_event AS {self.log.events_sql}")
        con.execute(
            "CREATE VIEW known_event AS SELECT * FROM log_event "  # noqa: S608 - our own literals
            f"WHERE occurred_at <= {known} AND recorded_at <= {known} "
            "AND occurred_at >= TIMESTAMP '1970-01-01'"
        )
        con.execute(f"CREATE TABLE withdrawn AS {WITHDRAWN}")
        con.execute(f"CREATE VIEW event AS {LEFT if self.count('withdrawn') else 'FROM known_event'}")
        local = f"timezone({sql_text(self.zone)}, t AT TIME ZONE 'UTC')"
        con.execute(f"CREATE MACRO local_time(t) AS {local}")
        con.execute("CREATE MACRO local_day(t) AS CAST(local_time(t) AS DATE)")
        self._load_terms()
        self._load_days()

    def _load_terms(self) -> None:
        """What the agreement says, as rows beside the log."""
        agreement = self.agreement
        self.con.execute(PARAMS)
        handoff, follow_up = agreement.handoff, agreement.follow_up
        row = (
            self.from_on,
            self.to_on,
            _naive(self.as_of),
            self.known_on,
            agreement.calendar_of(Side.SALES).name,
            handoff.return_after.attempts,
            follow_up.automated_email_counts.startswith("depth"),
            agreement.value.by,
            len(agreement.goal.streams) <= 1,
        )
        self.insert("params", [row])
        for table, rows in term_rows(agreement).items():
            self.con.execute(f"CREATE TABLE {table} ({DDL[table]})")
            self.insert(table, rows)
        self.con.execute(f"CREATE TABLE goal_line ({GOAL_LINE_DDL})")
        self.insert("goal_line", line_rows(agreement, self.owed))

    def _load_days(self) -> None:
        con = self.con
        found = con.execute(
            "SELECT CAST(min(occurred_at) AS DATE), CAST(max(due_at) FILTER (kind = 'handed_off') AS DATE), "
            "max(least(due_at, greatest(occurred_at, recorded_at) + to_days(366))) FILTER (kind = 'paused') "
            "FROM event"
        )
        first, frozen, paused = found.fetchone() or (None, None, None)
        known = max(self.as_of, paused.replace(tzinfo=UTC)) if paused else self.as_of
        last = max(last_day_due(self.agreement, known), frozen or date.min)
        con.execute(WORKTIME_DAY_DDL)
        rows = list(day_rows(self.agreement.built_calendars, min(first or last, self.as_of.date()), last))
        self.insert("worktime_day", rows)
        windows = windows_needed(rows)
        con.execute(f"CREATE MACRO worked(d, t) AS {worked_sql('d', 't', windows)}")
        con.execute(
            "CREATE MACRO spent(on_wall, d, start, e, stop) AS CASE WHEN on_wall "
            "THEN date_diff('microsecond', start, stop) ELSE worked(e, stop) - worked(d, start) END"
        )
        con.execute(f"CREATE MACRO reached(d, work) AS {reached_sql('d', 'work', windows)}")
        con.execute(REACH)
        con.execute(
            "CREATE TABLE term_calendar AS SELECT w.calendar, worked(w, p.as_of) AS work "
            "FROM worktime_day w CROSS JOIN params p WHERE w.day = CAST(p.as_of AS DATE)"
        )


def connect(limits: Mapping[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory engine that fetches nothing from the net and keeps no order that nobody asked for."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
        **(limits or {}),
    }
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false")  # a long query would draw over whatever is shown
    spill = Path(gettempdir()) / f"accord-{token_hex(8)}"  # only if memory runs out; DuckDB removes it
    con.execute(f"SET temp_directory = {sql_text(str(spill))}")
    return con


def sql_of(path: str) -> str:
    return (files("accord.ledger") / path).read_text(encoding="utf-8")


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


def literal(value: object) -> str:
    """A value as an SQL literal: None, bool, int, float, text, date, naive datetime, Decimal."""
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"TIMESTAMP {sql_text(value.isoformat(sep=' '))}"
    if isinstance(value, date):
        return f"DATE {sql_text(value.isoformat())}"
    return sql_text(value) if isinstance(value, str) else str(value)


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
