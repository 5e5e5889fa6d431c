"""The fold: all that follows for each lead from one log under one agreement, as known at one instant.

`staging/` folds events into one row a lead, `verdicts/` is the column form of `accord.promises`. No step
knows any period, so one fold serves every period and scope. It lies in memory for one use, or in one file
that `make_fold` writes and `Ledger.of_fold` opens, several processes at once:

    make_fold(agreement, log, as_of=now, into=Path("fold.duckdb"))
    with Ledger.of_fold(Path("fold.duckdb"), agreement, from_on=…, to_on=…) as ledger: …

Only facts that had occurred and were recorded by `as_of` exist in it. An instant falls on the local day of
the zone that marketing's calendar was in at that instant.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_hex

import duckdb

from accord.agreement.canonical import as_written, signed_text
from accord.agreement.terms import Agreement, Side
from accord.errors import FoldUnusable, NaiveTime, TooBig
from accord.lead.withdrawing import STAYS
from accord.ledger.database import connect, insert, limits, literal, naive, sql_of
from accord.ledger.log import Log, sql_text
from accord.ledger.terms import DDL, last_day_due, local_zones, term_rows
from accord.worktime.columns import WORKTIME_DAY_DDL, day_rows, reached_sql, windows_needed, worked_sql
from accord.worktime.zones import find_zone, offsets

# Of the file. Raise it, once a release, when a step makes a table or column more or less or other rows of the
# same log: folds that stand are then made anew and none is read as what it is not.
LAYOUT = 3
_STORED_AS = "v1.4.0"  # DuckDB's format of the file: this one writes words in two thirds of the time
STAGING = (  # in this order; each makes the table of its name
    "staging/listed.sql",
    "staging/who.sql",
    "staging/fact.sql",
    "staging/lead.sql",
    "staging/known.sql",
    "staging/touch.sql",
    "staging/attempt.sql",
    "staging/delivery.sql",
    "staging/arrival.sql",
    "staging/approach.sql",
    "staging/sequel.sql",
    "staging/saying.sql",
    "staging/given.sql",
    "staging/effort.sql",
    "staging/pause.sql",
)
GATHERING = ("staging/cycle.sql",)  # when the facts themselves have gone: it needs the memory
JUDGING = (
    "verdicts/halt.sql",
    "verdicts/duty.sql",
    "verdicts/timed.sql",
    "verdicts/cadence.sql",
    "verdicts/breach.sql",
    "staging/pursuit.sql",
    "staging/passage.sql",
    "staging/handoff.sql",
)
# Views of what the others made, over the tables in scope: to read them again costs less than to keep them
READING = (
    "verdicts/complete.sql",
    "verdicts/verdict.sql",
    "staging/credited.sql",
    "staging/contribution.sql",
    "staging/stage_entry.sql",
    "staging/stage_move.sql",
)
STEPS = (*STAGING, *GATHERING, *JUDGING, *READING)
AS_WRITTEN = (
    "verdicts/timed.sql",
    "verdicts/cadence.sql",
    "staging/pursuit.sql",
    "staging/passage.sql",
    "staging/handoff.sql",
)
# What goes when the facts are folded, first what reads the others
VIEWS = ("known", "event", "known_event", "log_event", "log_lead")
SCRATCH = ("fact", "listed")
FOLDED = ("delivery", "arrival", "approach", "sequel", "saying", "given", "effort", "touch", "lead")
# Kinds of facts that are read one by one; what else the log says is in `cycle`, `attempt` and `pause`
KEPT = ("breached", "renewed", "churned", "rated")
PARAMS = """
    as_of TIMESTAMP, calendar VARCHAR, minimum INTEGER, machines_count BOOLEAN, value_by VARCHAR,
    one_stream BOOLEAN, keep_due BOOLEAN"""
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
ABOUT = """
    CREATE TABLE about AS
    SELECT
        {layout} AS layout, {agreement} AS agreement, {terms} AS terms, {mark} AS mark, p.as_of,
        (SELECT count(*) FROM cycle) AS leads,
        CAST(coalesce(sum(k.events), 0) AS BIGINT) AS events,
        coalesce(list(k.kind ORDER BY k.kind) FILTER (k.kind IS NOT NULL), []) AS kinds,
        max(k.recorded_at) AS recorded_at
    FROM params p LEFT JOIN kind k ON TRUE
    GROUP BY p.as_of"""
KINDS = """
    CREATE TABLE kind AS
    SELECT
        kind, count(*) AS events, min(occurred_at) AS first_at, max(recorded_at) AS recorded_at,
        max(due_at) AS due_at,
        max(least(due_at, greatest(occurred_at, recorded_at) + to_days(366))) AS until_at
    FROM event
    GROUP BY kind"""


@dataclass(frozen=True)
class About:
    """What a fold says of itself. `recorded_at` is the last fact's, None without facts; `mark` is what its
    maker was told about where the log stood, by default the log's digest.
    """

    as_of: datetime
    agreement: str  # digest of the agreement's text without its status
    terms: dict[str, str]  # what the fold rests on in the agreement: a digest by name
    mark: str
    leads: int
    events: int
    kinds: frozenset[str]
    recorded_at: datetime | None


def make_fold(
    agreement: Agreement,
    log: Log,
    *,
    as_of: datetime,
    into: Path,
    mark: str | None = None,
    memory: str | None = None,
    threads: int | None = None,
) -> About:
    """Write the fold as one file, beside `into` and then in its place, so that nobody ever sees half of it.

    `mark` is kept as it is: where the log stood, in the words of whoever keeps it. NaiveTime without a zone;
    FoldUnusable where the file cannot be written.
    """
    if as_of.tzinfo is None:
        raise NaiveTime(f"as-of {as_of.isoformat()} has no zone; add Z or an offset such as +02:00")
    new = into.with_name(f".{into.name}.{token_hex(8)}")
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FoldUnusable(f"{into}: cannot be written ({error}); name another file") from error
    try:
        with connect(limits(memory, threads)) as con:
            con.execute(f"ATTACH {sql_text(str(new))} AS fold (STORAGE_VERSION {sql_text(_STORED_AS)})")
            fold(con, agreement, log, as_of, mark=log.digest if mark is None else mark)
            con.execute("CHECKPOINT fold")
            found = about(con)
            con.execute("DETACH fold")
        new.replace(into)
    except (OSError, duckdb.IOException) as error:
        raise FoldUnusable(
            f"{into}: cannot be made ({str(error).splitlines()[0]}); make room, or name another file"
        ) from error
    finally:
        for left in (new, new.with_name(f"{new.name}.wal")):
            left.unlink(missing_ok=True)
    return found


def fold(
    con: duckdb.DuckDBPyConnection, agreement: Agreement, log: Log, as_of: datetime, *, mark: str = ""
) -> None:
    """Fold the log into the attached database `fold`."""
    con.execute("USE fold")
    known = literal(naive(as_of))
    con.execute(f"CREATE VIEW log_lead AS {log.leads_sql}")
    con.execute(f"CREATE VIEW log_event AS {log.events_sql}")
    con.execute(
        "CREATE VIEW known_event AS SELECT * FROM log_event "  # noqa: S608 - our own literals
        f"WHERE occurred_at <= {known} AND recorded_at <= {known} "
        "AND occurred_at >= TIMESTAMP '1970-01-01'"
    )
    con.execute(f"CREATE TABLE withdrawn AS {WITHDRAWN}")
    any_back = con.execute("SELECT 1 FROM withdrawn LIMIT 1").fetchone()
    con.execute(f"CREATE VIEW event AS {LEFT if any_back else 'FROM known_event'}")
    con.execute(KINDS)
    load_terms(con, agreement)
    load_params(con, agreement, as_of)
    load_days(con, agreement, as_of)
    for step in STAGING:
        con.execute(sql_of(step))
        if step == "staging/who.sql":
            _fits(con)
    con.execute("CREATE TABLE unlisted AS SELECT c.lead FROM lead c ANTI JOIN listed l ON l.id = c.id")
    _settle(con)
    for step in GATHERING:
        con.execute(sql_of(step))
    for table in FOLDED:
        con.execute(f"DROP TABLE {table}")
    judge(con)
    said = {
        "layout": LAYOUT,
        "agreement": _digest(signed_text(agreement)),
        "terms": json.dumps(rests_on(agreement)),
        "mark": mark,
    }
    con.execute(ABOUT.format(**{name: literal(value) for name, value in said.items()}))
    con.execute("USE memory")


def _fits(con: duckdb.DuckDBPyConnection) -> None:
    """TooBig where `moment` has too few bits to say who: what came first would be told wrongly."""
    found = con.execute("SELECT count(*) FROM who").fetchone()
    if found is not None and found[0] > MOST_WHO:
        raise TooBig(
            f"the log: {found[0]:,} pairs of actor and channel are more than the {MOST_WHO:,} that a fold "
            "tells apart; actors are your own people and machines, so check what the import map takes for one"
        )


def judge(con: duckdb.DuckDBPyConnection) -> None:
    """The verdicts, from `cycle`, `pause` and `attempt`.

    Where a step says so, tables are joined as they are written, the right one held in memory: left to itself
    DuckDB holds all that is judged instead of the few days and terms that it is judged by.
    """
    for step in JUDGING:
        planned = "join_order,build_side_probe_side" if step in AS_WRITTEN else ""
        con.execute(f"SET disabled_optimizers = '{planned}'")
        con.execute(sql_of(step))
    con.execute("SET disabled_optimizers = ''")
    con.execute("DROP VIEW duty")


def about(con: duckdb.DuckDBPyConnection) -> About:
    """What the attached fold says of itself; FoldUnusable for another layout."""
    found = con.execute(
        "SELECT as_of, agreement, terms, mark, leads, events, kinds, recorded_at, layout FROM fold.about"
    ).fetchone()
    if found is None or found[-1] != LAYOUT:
        layout = "none" if found is None else found[-1]
        raise FoldUnusable(f"has layout {layout}, but this release reads {LAYOUT}; make it anew")
    as_of, digest, terms, mark, leads, events, kinds, recorded_at, _ = found
    return About(
        as_of=as_of.replace(tzinfo=UTC),
        agreement=digest,
        terms=json.loads(terms),
        mark=mark,
        leads=leads,
        events=events,
        kinds=frozenset(kinds),
        recorded_at=recorded_at and recorded_at.replace(tzinfo=UTC),
    )


def about_fold(path: Path) -> About:
    """What the file says of itself; FoldUnusable as `attach` raises it."""
    with connect() as con:
        return attach(con, path)


def attach(con: duckdb.DuckDBPyConnection, path: Path) -> About:
    """Attach the file as `fold`, read-only; FoldUnusable if it is missing, damaged, or of another layout."""
    if not path.is_file():
        raise FoldUnusable(f"{path}: no such fold; make it with make_fold")
    try:
        con.execute(f"ATTACH {sql_text(str(path))} AS fold (READ_ONLY)")
        return about(con)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise FoldUnusable(f"{path}: is no fold, or a damaged one ({reason}); make it anew") from error
    except FoldUnusable as error:
        raise FoldUnusable(f"{path}: {error}") from None


def rejudge(con: duckdb.DuckDBPyConnection, agreement: Agreement, as_of: datetime, *, keep_due: bool) -> None:
    """Verdicts under another agreement, from what the attached fold knows of each lead, into `anew`."""
    con.execute("ATTACH ':memory:' AS anew")
    con.execute("SET search_path = 'anew,fold'")
    load_terms(con, agreement)
    load_params(con, agreement, as_of, keep_due=keep_due)
    load_days(con, agreement, as_of, "anew")
    judge(con)
    con.execute("USE memory")


# What a fold rests on

CLOCKS = ("clocks", "calendars")  # what may differ where verdicts are made anew


def check_terms(agreement: Agreement, said: About, path: Path, *, but: Iterable[str] = ()) -> None:
    """FoldUnusable names what the fold rests on that this agreement says otherwise."""
    here = rests_on(agreement)
    found = [name for name, digest in here.items() if said.terms.get(name) != digest and name not in but]
    if found:
        raise FoldUnusable(
            f"{path}: was made under other terms than these ({', '.join(found)}); make it anew for them"
        )


def rests_on(agreement: Agreement) -> dict[str, str]:
    """All that a fold takes from an agreement, as digests by name; the same digests, the same fold."""
    rows = term_rows(agreement)
    calendars = {name: as_written(terms) for name, terms in agreement.calendars.items()}
    parts: dict[str, object] = {
        "lead types": rows["term_type"],
        "automated channels": rows["term_automated"],
        "reasons to pause": rows["term_pause"],
        "values": rows["term_value"],
        "rules for attempts and values": _params(agreement),
        "names of calendars": sorted(calendars),
        "time zones": local_zones(agreement),
        "clocks": [rows["term_clock"], rows["term_cadence"], rows["term_excuse"], rows["term_gap"]],
        "calendars": calendars,
    }
    return {name: _digest(json.dumps(part, default=str)) for name, part in parts.items()}


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


# Terms and days beside the log


def _params(agreement: Agreement) -> tuple[object, ...]:
    """The row of `params` between as-of and the due times."""
    return (
        agreement.calendar_of(Side.SALES).name,
        agreement.handoff.return_after.attempts,
        agreement.follow_up.automated_email_counts.startswith("depth"),
        agreement.value.by,
        len(agreement.goal.streams) <= 1,
    )


def load_terms(con: duckdb.DuckDBPyConnection, agreement: Agreement) -> None:
    """What the agreement says, as tables in the database that is in use."""
    for table, rows in term_rows(agreement).items():
        con.execute(f"CREATE TABLE {table} ({DDL[table]})")
        insert(con, table, rows)


def load_params(
    con: duckdb.DuckDBPyConnection, agreement: Agreement, as_of: datetime, *, keep_due: bool = True
) -> None:
    """The rules that are one value each. Without `keep_due` the due times of hand-offs are left aside."""
    con.execute(f"CREATE TABLE params ({PARAMS})")
    insert(con, "params", [(naive(as_of), *_params(agreement), keep_due)])


def load_days(
    con: duckdb.DuckDBPyConnection, agreement: Agreement, as_of: datetime, database: str = "fold"
) -> None:
    """The working time of every day that matters, with the macros that count on it."""
    first, frozen, paused = con.execute(
        "SELECT CAST(min(first_at) AS DATE), CAST(max(due_at) FILTER (kind = 'handed_off') AS DATE), "
        "max(until_at) FILTER (kind = 'paused') FROM kind"
    ).fetchone() or (None, None, None)
    known = max(as_of, paused.replace(tzinfo=UTC)) if paused else as_of
    last = max(last_day_due(agreement, known), frozen or date.min)
    con.execute(WORKTIME_DAY_DDL)
    insert(
        con,
        "worktime_day",
        day_rows(agreement.built_calendars, min(first or last, as_of.astimezone(UTC).date()), last),
    )
    con.execute(REACH)
    load_macros(con, agreement, database)
    con.execute(
        "CREATE TABLE term_calendar AS SELECT w.calendar, worked(w, p.as_of) AS work "
        "FROM worktime_day w CROSS JOIN params p WHERE w.day = CAST(p.as_of AS DATE)"
    )


def load_macros(con: duckdb.DuckDBPyConnection, agreement: Agreement, database: str) -> None:
    """What the steps and the measures call; they belong to the connection and reach every database."""
    tops = (
        con.execute(
            f"SELECT max(top1), max(top2), max(top3), max(top4) FROM {database}.worktime_day"  # noqa: S608
        ).fetchone()
        or ()
    )
    windows = windows_needed([("", date.min, 0, *(n for top in tops for n in (0, top or 0)))])
    first_at, last_at = con.execute(
        "SELECT min(k.first_at), max(p.as_of) FROM fold.params p LEFT JOIN fold.kind k ON TRUE"
    ).fetchone() or (None, None)
    for macro in (
        f"local_time(t) AS {_local_time(agreement, first_at or last_at, last_at)}",
        "local_day(t) AS CAST(local_time(t) AS DATE)",
        f"worked(d, t) AS {worked_sql('d', 't', windows)}",
        "spent(on_wall, d, start, e, stop) AS CASE WHEN on_wall "
        "THEN date_diff('microsecond', start, stop) ELSE worked(e, stop) - worked(d, start) END",
        f"reached(d, work) AS {reached_sql('d', 'work', windows)}",
        *_STOPS,
        *_MOMENTS,
    ):
        con.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")


# Stops of a clock, from `halt`: how much of a span fell into them, how much later a budget is used up; most
# leads have none, and asking that first costs a tenth
_STOPS = (
    "stood(stops, t) AS CASE WHEN stops IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(coalesce(list_sum("
    "list_transform(stops, lambda stop: greatest(least(t - stop.a, stop.n), 0))), 0) AS BIGINT) END",
    "delay(stops, b) AS CASE WHEN stops IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(coalesce(list_sum("
    "list_transform(stops, lambda stop: CASE WHEN stop.u < b THEN stop.n ELSE 0 END)), 0) AS BIGINT) END",
)


MOST_WHO = 8_388_607  # as many as 23 bits say
# A moment of a fact and who it was by in one number, in the order of the facts (see `approach`): 52 bits of
# microseconds each for occurred and recorded, up to the year 2112, and 23 for the pair of actor and channel
_MOMENTS = (
    "moment(occurred, recorded, who) AS (CAST(epoch_us(occurred) AS HUGEINT) << 75) "
    "+ (CAST(greatest(epoch_us(recorded), 0) AS HUGEINT) << 23) + who",
    "moment_at(m) AS make_timestamp(CAST(m >> 75 AS BIGINT))",
    f"moment_who(m) AS CAST(m & {MOST_WHO} AS INTEGER)",
)


def _local_time(agreement: Agreement, first_at: datetime, last_at: datetime) -> str:
    """The wall time of the zone that marketing's calendar is in at an instant `t`.

    Between the two instants, where nearly all that is asked for lies, it is a sum; outside the engine looks
    the zone up, which takes ten times as long.
    """
    cases, since = [], first_at
    for until, zone in local_zones(agreement):
        looked_up = f"timezone({sql_text(zone)}, t AT TIME ZONE 'UTC')"
        if since < (end := min(until, last_at)):
            cases.append((since, looked_up))
            cases += [
                (to_at, f"t + to_microseconds({ahead})")
                for to_at, ahead in offsets(find_zone(zone), since, end)
            ]
            since = end
        cases.append((until, looked_up))
    *earlier, (_, last) = cases
    whens = "".join(f"WHEN t < {literal(to_at)} THEN {time} " for to_at, time in earlier)
    return f"CASE {whens}ELSE {last} END" if whens else last


def _settle(con: duckdb.DuckDBPyConnection) -> None:
    """Of the facts themselves leave those that measures read."""
    kinds = ", ".join(map(sql_text, KEPT))
    con.execute(f"CREATE TABLE kept AS SELECT * FROM event WHERE kind IN ({kinds})")  # noqa: S608
    for view in VIEWS:
        con.execute(f"DROP VIEW {view}")
    for table in SCRATCH:
        con.execute(f"DROP TABLE {table}")
    con.execute("ALTER TABLE kept RENAME TO event")
