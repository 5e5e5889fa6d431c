"""Running one log under two agreements, and comparing what each says of every lead.

Each run is a ledger of its own, which leaves its verdicts in a Parquet file; the comparison is one query over
the two. So a million leads need no more memory than a score does.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, TypedDict

import duckdb

from accord.agreement.measures import PROMISABLE
from accord.agreement.terms import Agreement
from accord.ledger import wording as say
from accord.ledger.engine import Ledger, connect, literal, sql_of
from accord.ledger.lines import stream_of
from accord.ledger.log import Log, open_log, sql_path
from accord.ledger.replay.freeing import freed
from accord.ledger.replay.headline import headline
from accord.ledger.replay.moves import moves_in
from accord.ledger.replay.pairing import in_the_time_of, notes, paired
from accord.ledger.replay.values import GROUPINGS, Group, Judged, Moved, Replay, States
from accord.ledger.score import PromiseScore
from accord.ledger.scoring import promise_scores
from accord.ledger.tally import VERDICTS
from accord.promises.verdict import PromiseOf

_VERDICTS = """
    COPY (
        SELECT promise, lead, state, started_at, started_on, due_at, met_at, ended_at, actor, on_wall,
            worked_us, wall_us, budget_us, calendar, done, needed
        FROM verdict
    ) TO {path} (FORMAT parquet)"""
_LEADS = """
    COPY (
        SELECT lead, lead_type, stream, segment, worker, delivered_on
        FROM cycle
        WHERE delivered_at IS NOT NULL
    ) TO {path} (FORMAT parquet)"""
_TABLES = """
    CREATE TABLE period AS SELECT DATE {from_on} AS from_on, DATE {to_on} AS to_on;
    CREATE TABLE promised (agreement VARCHAR, promise VARCHAR, lead_type VARCHAR, stream VARCHAR);
    CREATE TABLE member (person VARCHAR, pool VARCHAR, many BOOLEAN)"""
_LEADS_IN = "told_lead l, period p WHERE l.delivered_on BETWEEN p.from_on AND p.to_on"
_STATES = ("kept", "broken", "pending", "excused", "void")


class _Limits(TypedDict):
    from_on: date
    to_on: date
    memory: str | None
    threads: int | None


class Replaying:
    """One log under `before` and under `after`; a context manager that runs both when it is entered.

    `as_of` must be an aware instant (NaiveTime), the days in order (WrongOrder). A replay judges every lead
    by one version; what the second agreement leaves as it was, due times fixed at hand-off included, stays.
    `changed` are the terms that were set in `after`, which its label then says.
    `fold` is one of `before` as of the same instant and of the same log, if there is one: it saves that run.
    """

    def __init__(
        self,
        before: Agreement,
        after: Agreement,
        log: Path | str,
        *,
        from_on: date,
        to_on: date,
        as_of: datetime,
        memory: str | None = None,
        threads: int | None = None,
        fold: Path | None = None,
        changed: Sequence[str] = (),
    ) -> None:
        self.before, self.after = before, in_the_time_of(before, after)
        self._then = " with ".join((after.in_force_label, *([", ".join(changed)] if changed else [])))
        self.log, self.from_on, self.to_on, self.as_of = open_log(log), from_on, to_on, as_of
        self._memory, self._threads, self._fold = memory, threads, fold

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="accord-replay-")
        try:
            self._run(Path(self._folder.name))
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()
        self._folder.cleanup()

    def result(self) -> Replay:
        """Everything but the list of moved verdicts, which may be long."""
        judged = tuple(self._judged())
        return Replay(
            was=self.before.in_force_label,
            then=self._then,
            from_on=self.from_on,
            to_on=self.to_on,
            as_of=self.as_of,
            zone=self._zone,
            currency=self.before.currency,
            leads=self._count(_LEADS_IN),
            headline=headline(judged),
            judged=judged,
            promises=paired(self.before, self.after, *self._scores),
            moved=self._count("compared WHERE was IS DISTINCT FROM became"),
            notes=(*notes(self.before, self.after, self.to_on), *self._elsewhere()),
        )

    def _elsewhere(self) -> Iterator[str]:
        """Where the log has hand-offs, if it has none in the period."""
        if self._count(_LEADS_IN):
            return
        row = self.con.execute("SELECT min(delivered_on), max(delivered_on) FROM told_lead").fetchone()
        if row is None or row[0] is None:
            yield "The log has no hand-off at all."
        else:
            yield f"The log has hand-offs from {say.day(row[0])} to {say.day(row[1])}."

    def moved(self) -> Iterator[Moved]:
        """Every verdict that differs, in the order in which the clocks began."""
        return moves_in(self.con, sql_of("replay/moved.sql"))

    def keep_moved(self, path: Path) -> None:
        """The same list as a Parquet file that outlives the replay, put there in one piece."""
        beside = path.with_name(f".{path.name}.part")
        self.con.execute(f"COPY ({sql_of('replay/moved.sql')}) TO {sql_path(beside)} (FORMAT parquet)")
        beside.replace(path)

    def _run(self, folder: Path) -> None:
        was = self._one(self.before, self.log, folder / "was.parquet", folder / "leads.parquet")
        then = self._one(self.after, freed(self.log, self.before, self.after), folder / "then.parquet")
        self._scores = was, then
        limits = {"memory_limit": self._memory, "threads": self._threads}
        self.con = connect({name: str(value) for name, value in limits.items() if value is not None})
        for table in ("was", "then", "leads"):
            name = {"then": "became", "leads": "told_lead"}.get(table, table)
            source = sql_path(folder / f"{table}.parquet")
            self.con.execute(f"CREATE VIEW {name} AS FROM read_parquet({source})")
        self.con.execute(_TABLES.format(from_on=literal(str(self.from_on)), to_on=literal(str(self.to_on))))
        _fill(self.con, "promised", [*_promised("was", self.before), *_promised("became", self.after)])
        _fill(self.con, "member", list(_members(self.before)))
        self.con.execute(sql_of("replay/compared.sql"))

    def _one(
        self, agreement: Agreement, log: Log, verdicts: Path, leads: Path | None = None
    ) -> list[PromiseScore]:
        """One run: its verdicts in a file, and how its promises stand."""
        with self._ledger(agreement, log, folded=leads is not None) as ledger:
            ledger.con.execute(_VERDICTS.format(path=sql_path(verdicts)))
            if leads is not None:
                ledger.con.execute(_LEADS.format(path=sql_path(leads)))
                self._zone = ledger.zone
            return promise_scores(ledger)

    def _ledger(self, agreement: Agreement, log: Log, *, folded: bool) -> Ledger:
        limits: _Limits = {
            "from_on": self.from_on,
            "to_on": self.to_on,
            "memory": self._memory,
            "threads": self._threads,
        }
        if folded and self._fold is not None:
            return Ledger.of_fold(self._fold, agreement, **limits)
        return Ledger(agreement, log, as_of=self.as_of, **limits)

    def _judged(self) -> Iterator[Judged]:
        rows = self.con.execute(sql_of("replay/groups.sql"))
        names = [column[0] for column in rows.description or ()]
        found: dict[str, list[Group]] = {}
        for row in rows.fetchall():
            said = dict(zip(names, row, strict=True))
            found.setdefault(str(said["promise"]), []).append(_group(said))
        for promise in PromiseOf:
            groups = found.get(promise.value, [])
            whole = next((group for group in groups if group.by == "all"), None)
            if whole is not None:
                known = {by for by in GROUPINGS if any(g.key is not None for g in groups if g.by == by)}
                apart = tuple(group for group in groups if group.by in known)
                yield Judged(promise, PROMISABLE[promise.value].title, whole, apart)

    def _count(self, what: str) -> int:
        row = self.con.execute(f"SELECT count(*) FROM {what}").fetchone()  # noqa: S608 - our own names
        return int(row[0]) if row else 0


def replay(
    before: Agreement,
    after: Agreement,
    log: Path | str,
    *,
    from_on: date,
    to_on: date,
    as_of: datetime,
) -> Replay:
    """One log under both agreements: see `Replaying`, which lists the moved verdicts too."""
    with Replaying(before, after, log, from_on=from_on, to_on=to_on, as_of=as_of) as both:
        return both.result()


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
        con.execute(f"INSERT INTO {table} VALUES {values}")  # noqa: S608 - literals of our own making


def _promised(which: str, agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """The verdicts that a promise of the agreement rests on. A reject is no breach, so credit is none."""
    for promise in agreement.promises:
        verdict = VERDICTS.get(promise.measure)
        if verdict is not None and verdict != PromiseOf.CREDIT:
            yield (which, verdict, promise.lead_type, stream_of(agreement, promise))


def _members(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """Who is of which pool; an entry of several people stands for NAME-1, NAME-2 …"""
    for key, person in agreement.people.items():
        if person.pool is not None:
            yield (key, person.pool, person.count > 1)


def _group(said: dict[str, object]) -> Group:
    def states(which: str) -> States:
        return States(*(int(str(said[f"{which}_{state}"])) for state in _STATES))

    key = said["key"]
    return Group(
        by=str(said["by"]),
        key=None if key is None else str(key),
        was=states("was"),
        then=states("then"),
        moved=int(str(said["moved"])),
        newly_broken=int(str(said["newly_broken"])),
        newly_kept=int(str(said["newly_kept"])),
        owed_was=int(str(said["owed_broken_was"])),
        owed_then=int(str(said["owed_broken_then"])),
        owed_judged=int(str(said["owed_judged_then"])),
        owed_more=int(str(said["owed_more"])),
        owed_less=int(str(said["owed_less"])),
    )
