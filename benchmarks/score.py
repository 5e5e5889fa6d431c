"""The whole score over a simulated log: cold from the log and warm from the fold, beside a plain scan of the
same events and beside pandas; how the cost grows from a hundred thousand events to ten million; memory.

    .venv/bin/python benchmarks/score.py [LEADS] [LOG]

Targets (issue 6): 1 million leads and 10 million events under 10 s cold and 2 s from the fold, on two cores,
within 4 GB, and growth no worse than linear. The simulator makes one log of LEADS, by default a million, in a
temporary folder or as LOG, which is used again if it is there; smaller sizes are slices of its leads, kept
beside LOG. Making them is not timed. Every run stands in a process of its own, so that its peak is its own,
and figures are medians of several runs. Seconds of the processor, both cores together, stand beside those of
the wall: a busy machine stretches the latter more.

The peer is `peers/score_pandas.py`: the main tables of the score page as a user would write them, up to the
size that is bearable. It must find the same numbers, or this ends with the differences and exit code 1.
"""

import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb

from accord.agreement.parse import read_agreement
from accord.agreement.terms import Agreement
from accord.ledger.engine import Ledger
from accord.ledger.fold import make_fold
from accord.ledger.log import TABLES, LogWriter, open_log
from accord.ledger.score import Score
from accord.ledger.scoring import score_of
from accord.simulate.company import simulate
from peers import score_figures, score_pandas

EXAMPLE = Path(__file__).parents[1] / "examples" / "acme.yaml"
COLD, WARM, GIGABYTES, THREADS, MEMORY = 10, 2, 4, 2, "2.8GB"
SIZES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)  # events
PEER = 1_500_000  # events at most that pandas is asked for: every run of more takes minutes
RUNS = 3
SHOWN = 20  # differences that are printed
FLOOR = """
    SELECT count(*), sum(events) FROM (
        SELECT lead, kind, count(*) AS events, min(occurred_at) AS first FROM ({events}) GROUP BY lead, kind)
"""


@dataclass(frozen=True)
class Run:
    """What work took and found; of several runs the medians, the highest peak, the last finding."""

    seconds: float
    processor: float  # seconds of all threads
    peak: float  # gigabytes
    found: Any


def runs(work: Callable[..., object], *given: object, times: int = RUNS) -> Run:
    every = [alone(work, *given) for _ in range(times)]
    return Run(
        statistics.median(run.seconds for run in every),
        statistics.median(run.processor for run in every),
        max(run.peak for run in every),
        every[-1].found,
    )


def alone(work: Callable[..., object], *given: object) -> Run:
    """One run, in a process of its own."""
    spawned = multiprocessing.get_context("spawn")
    here, there = spawned.Pipe(duplex=False)
    worker = spawned.Process(target=_measured, args=(there, work, *given))
    worker.start()
    there.close()
    try:
        return Run(*here.recv())
    except EOFError:
        sys.exit(
            f"{work.__name__} of {given[0]} ended without an answer: it failed, or the memory did not do"
        )
    finally:
        worker.join()


def _measured(answer: Connection, work: Callable[..., object], *given: object) -> None:
    start, before = time.perf_counter(), time.process_time()
    found = work(*given)
    seconds, processor = time.perf_counter() - start, time.process_time() - before
    answer.send((seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, found))


# What is measured


def opened() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": str(THREADS)})
    con.execute("SET enable_progress_bar = false")
    return con


def known_at(agreement: Agreement) -> datetime:
    return datetime(agreement.term.end.year + 1, 1, 1, tzinfo=UTC)


def scan(folder: Path) -> None:
    """The floor: read every event, group by lead and kind, take the earliest."""
    with opened() as con:
        con.execute(FLOOR.format(events=open_log(folder).events_sql)).fetchall()


def cold(folder: Path) -> Score:
    """From the log to the score."""
    agreement = read_agreement(EXAMPLE)
    term = agreement.term
    span = {"from_on": term.start, "to_on": term.end, "as_of": known_at(agreement)}
    with Ledger(agreement, open_log(folder), memory=MEMORY, threads=THREADS, **span) as ledger:
        return score_of(ledger)


def fold(folder: Path, into: Path) -> int:
    """The fold as a file; its size in bytes."""
    agreement = read_agreement(EXAMPLE)
    as_of = known_at(agreement)
    make_fold(agreement, open_log(folder), as_of=as_of, into=into, memory=MEMORY, threads=THREADS)
    return into.stat().st_size


def warm(into: Path) -> Score:
    """From the fold to the score."""
    agreement = read_agreement(EXAMPLE)
    span = {"from_on": agreement.term.start, "to_on": agreement.term.end}
    with Ledger.of_fold(into, agreement, memory=MEMORY, threads=THREADS, **span) as ledger:
        return score_of(ledger)


def by_pandas(folder: Path) -> score_pandas.Figures:
    """From the log to the peer's figures; DuckDB only hands it the Parquet files as data frames."""
    agreement, log = read_agreement(EXAMPLE), open_log(folder)
    with opened() as con:
        leads, events = con.execute(log.leads_sql).df(), con.execute(log.events_sql).df()
    return score_pandas.figures(leads, events, score_figures.terms_of(agreement, known_at(agreement)))


# The log and its slices


def made(leads: int, folder: Path) -> Path:
    if not folder.exists():
        print(f"simulating {leads:,} leads …", flush=True)
        simulate(read_agreement(EXAMPLE), leads=leads, seed=1, into=folder)
    return folder


def count(folder: Path) -> int:
    with opened() as con:
        return int(con.execute(f"SELECT count(*) FROM ({open_log(folder).events_sql})").fetchall()[0][0])


def sliced(folder: Path, events: int, known: int) -> Path:
    """The events of as many leads as make about so many, in the log's order."""
    into, log = folder.with_name(f"{folder.name}-{events}"), open_log(folder)
    if not into.exists():
        chosen = f"hash(lead) % 1000000 < {events * 1_000_000 // known}"
        with opened() as con, LogWriter(into, "slice") as writer:
            for table, query in zip(TABLES, (log.leads_sql, log.events_sql), strict=True):
                writer.add(con, table, f"SELECT * FROM ({query}) WHERE {chosen}")
            writer.commit()
    return into


# What is told


@dataclass(frozen=True)
class Size:
    """One log, by everything that is measured."""

    events: int
    leads: int
    scan: Run
    cold: Run
    fold: Run
    warm: Run
    pandas: Run | None

    def each(self, run: Run) -> float:
        """Seconds of the processor for a million events."""
        return run.processor / self.events * 1e6


def measured(folder: Path, into: Path) -> Size:
    floor, once, written = runs(scan, folder), runs(cold, folder), runs(fold, folder, into, times=1)
    again = runs(warm, into)
    into.unlink()
    score = once.found
    peer = runs(by_pandas, folder) if score.events <= PEER else None
    size = Size(score.events, score.leads, floor, once, written, again, peer)
    if peer is not None:
        agree(score_figures.figures(score), score_figures.figures(again.found), peer.found)
    return size


def agree(cold: score_pandas.Figures, warm: score_pandas.Figures, pandas: score_pandas.Figures) -> None:
    """Ends the program aloud unless all three found the same."""
    for name, ours in (("cold", cold), ("warm", warm)):
        if found := score_figures.differences(ours, pandas):
            print(*found[:SHOWN], sep="\n")
            sys.exit(f"{len(found)} numbers of the score, {name}, differ from those of pandas")


def tell(size: Size) -> None:
    print(f"\n{size.leads:,} leads, {size.events:,} events; medians of {RUNS} runs, {THREADS} threads")
    lines = {
        "plain scan of the events": (size.scan, ""),
        "cold, from the log": (size.cold, f"target under {COLD} s and {GIGABYTES} GB"),
        "the fold as a file": (size.fold, f"once; {size.fold.found / 1e6:.0f} MB"),
        "warm, from the fold": (size.warm, f"target under {WARM} s"),
    }
    if size.pandas is not None:
        parts = size.pandas.found
        numbers = sum(map(len, parts.values()))
        lines["pandas"] = (size.pandas, f"{numbers} numbers in {len(parts)} tables, the same as the score's")
    print("                              wall  processor   × scan  × cold     peak")
    for what, (run, more) in lines.items():
        ratios = f"{run.processor / size.scan.processor:9.1f}{run.processor / size.cold.processor:8.2f}"
        print(
            f"{what:<26}{run.seconds:6.2f} s{run.processor:9.2f} s{ratios}{run.peak:6.2f} GB  {more}",
            flush=True,
        )


def tell_growth(sizes: list[Size]) -> None:
    """What a million events cost at each size, and how that compares with the size before."""
    print("\ngrowth: seconds of the processor for a million events; × linear is against the size before")
    print("      events    scan    cold  × linear    warm  × linear    pandas  × linear  pandas ÷ cold")
    before: Size | None = None
    for size in sizes:
        row = f"{size.events:12,}{size.each(size.scan):8.2f}"
        for name, width in (("cold", 8), ("warm", 8), ("pandas", 10)):
            row += _grown(size, before, name, width)
        row += f"{size.pandas.processor / size.cold.processor:15.1f}" if size.pandas else ""
        print(row.rstrip())
        before = size
    first, last = sizes[0], sizes[-1]
    times = last.events / first.events
    for name in ("cold", "warm"):
        cost = getattr(last, name).processor / getattr(first, name).processor
        print(
            f"{name}: {times:.0f} times the events cost {cost:.0f} times as much, {cost / times:.2f} × linear"
        )


def _grown(size: Size, before: Size | None, name: str, width: int) -> str:
    run = getattr(size, name)
    if run is None:
        return " " * (width + 10)
    earlier = getattr(before, name) if before else None
    ratio = f"{size.each(run) / before.each(earlier):10.2f}" if before and earlier else " " * 10
    return f"{size.each(run):{width}.2f}{ratio}"


def main(leads: int, kept: Path | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        folder = made(leads, kept or temporary / "log")
        known = count(folder)
        logs = [sliced(folder, events, known) for events in SIZES if events < known * 0.75]
        sizes = []
        for log in (*logs, folder):
            sizes.append(measured(log, temporary / "fold"))
            tell(sizes[-1])
        tell_growth(sizes)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
