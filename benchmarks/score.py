"""The whole score over a simulated log: cold from the log and warm from the fold, beside a plain scan of the
same events; memory; growth from size to size; and the main figures as a pandas user would write them.

Run: `python benchmarks/score.py [LEADS] [LOG]`. Target (issue 6): 1 million leads and 10 million events
under 10 s cold and 2 s from the fold, on two cores, within 4 GB, and growth no worse than linear. The log is
made by the simulator, in a temporary folder or in LOG, which is used again if it is there; making it is not
timed. Every run stands in a process of its own, so that its peak is its own. Seconds of the processor, both
cores together, stand beside those of the wall: a busy machine stretches the latter more.
"""

import importlib.util
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from accord.agreement.parse import read_agreement
from accord.agreement.terms import Agreement, Side
from accord.ledger.engine import Ledger
from accord.ledger.fold import make_fold
from accord.ledger.log import open_log
from accord.ledger.scoring import score_of
from accord.simulate.company import simulate

EXAMPLE = Path(__file__).parents[1] / "examples" / "acme.yaml"
COLD, WARM, GIGABYTES, THREADS, MEMORY = 10, 2, 4, 2, "2.8GB"
SAMPLE = 5_000  # leads whose working time pandas counts row by row; the rest is scaled up
FLOOR = """
    SELECT count(*), sum(events) FROM (
        SELECT lead, kind, count(*) AS events, min(occurred_at) AS first FROM ({events}) GROUP BY lead, kind)
"""


@dataclass(frozen=True)
class Run:
    seconds: float
    processor: float  # seconds of all threads
    peak: float  # gigabytes
    found: object


def alone(work: Callable[..., object], *given: object) -> Run:
    """What the work took and found, in a process of its own."""
    spawned = multiprocessing.get_context("spawn")
    answer = spawned.Queue()
    worker = spawned.Process(target=_measured, args=(answer, work, *given))
    worker.start()
    worker.join()
    if worker.exitcode != 0:
        sys.exit(f"{work.__name__} ended with exit code {worker.exitcode}")
    return Run(*answer.get())


def _measured(
    answer: "multiprocessing.queues.Queue[object]", work: Callable[..., object], *given: object
) -> None:
    start, before = time.perf_counter(), time.process_time()
    found = work(*given)
    seconds, processor = time.perf_counter() - start, time.process_time() - before
    answer.put((seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, found))


def known_at(agreement: Agreement) -> datetime:
    return datetime(agreement.term.end.year + 1, 1, 1, tzinfo=UTC)


def scan(folder: Path) -> None:
    """The floor: read every event, group by lead and kind, take the earliest."""
    with duckdb.connect(config={"threads": str(THREADS)}) as con:
        con.execute(FLOOR.format(events=open_log(folder).events_sql)).fetchall()


def cold(folder: Path) -> tuple[int, int]:
    """From the log to the score."""
    agreement = read_agreement(EXAMPLE)
    term = agreement.term
    span = {"from_on": term.start, "to_on": term.end, "as_of": known_at(agreement)}
    with Ledger(agreement, open_log(folder), memory=MEMORY, threads=THREADS, **span) as ledger:
        found = score_of(ledger)
    return found.leads, found.events


def fold(folder: Path, into: Path) -> int:
    """The fold as a file; its size in bytes."""
    agreement = read_agreement(EXAMPLE)
    make_fold(
        agreement, open_log(folder), as_of=known_at(agreement), into=into, memory=MEMORY, threads=THREADS
    )
    return into.stat().st_size


def warm(into: Path) -> dict[str, float]:
    """From the fold to the score; the main figures."""
    agreement = read_agreement(EXAMPLE)
    span = {"from_on": agreement.term.start, "to_on": agreement.term.end}
    with Ledger.of_fold(into, agreement, memory=MEMORY, threads=THREADS, **span) as ledger:
        tables = {name: result.table.dicts() for name, result in score_of(ledger).measures.items()}
    speed = tables["speed"][0]
    [step] = [
        row
        for row in tables["conversion_estimate"]
        if (row["from_stage"], row["to_stage"], row["lead_type"]) == ("mql", "sql", None)
    ]
    attempts = sum(row["attempts"] * row["leads"] for row in tables["attempts"])
    return {
        "share in time": speed["share_in_time"],
        "median hours": speed["median"] / 3600,
        "p90 hours": speed["p90"] / 3600,
        "mql to sql, to date": step["to_date_ratio"],
        "attempts a lead": attempts / sum(row["leads"] for row in tables["attempts"]),
    }


def by_pandas(folder: Path) -> tuple[dict[str, float], float]:
    """The same figures as a pandas user would write them, and the processor's seconds for all leads.

    Grouping is vectorised; working time is counted row by row, day by day, as `apply` does it, on a sample of
    leads and scaled up: the hours change with seasons and holidays, which `busday_count` does not know.
    """
    agreement = read_agreement(EXAMPLE)
    start = time.process_time()
    log = open_log(folder)
    with duckdb.connect(config={"threads": str(THREADS)}) as con:
        con.execute("SET enable_progress_bar = false")
        events = con.execute(f"SELECT lead, kind, occurred_at, side FROM ({log.events_sql})").df()
    events = events[events.occurred_at < known_at(agreement).replace(tzinfo=None)]
    first = events.groupby(["lead", "kind"]).occurred_at.min().unstack()
    delivered = first.handed_off.dropna()
    hand = (events.kind == "attempted") & (events.side == "sales") | (events.kind == "connected")
    touched = events[hand].groupby("lead").occurred_at.min().reindex(delivered.index)
    tries = events[events.kind == "attempted"].drop_duplicates(["lead", "occurred_at"]).groupby("lead").size()
    later = first[["sales_qualified", "opportunity", "proposal", "won"]].notna().any(axis=1)
    grouped = time.process_time() - start

    start = time.process_time()
    calendar = agreement.calendar_of(Side.SALES)
    sample = delivered.sample(min(SAMPLE, len(delivered)), random_state=1)
    hours = sample.to_frame("start").assign(end=touched.reindex(sample.index)).dropna()
    worked = hours.apply(lambda row: _worked(calendar, row.start, row.end), axis=1)
    row_by_row = (time.process_time() - start) * len(delivered) / len(sample)
    figures = {
        "median hours": worked.median() / 3600,
        "p90 hours": worked.quantile(0.9, interpolation="higher") / 3600,
        "mql to sql, to date": float(later.reindex(delivered.index).mean()),
        "attempts a lead": tries.reindex(delivered.index).fillna(0).mean(),
    }
    return figures, grouped + row_by_row


def _worked(calendar: object, start: datetime, end: datetime) -> float:
    """Working seconds between two instants: day by day, window by window."""
    total, zone = 0.0, calendar.zone_on(start.date())
    start, end = (at.tz_localize("UTC").tz_convert(zone).tz_localize(None) for at in (start, end))
    on: date = start.date()
    while on <= end.date():
        midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - on the wall of the calendar
        for opens, closes in calendar.windows_on(on):
            first = max(start, midnight + timedelta(minutes=opens))
            last = min(end, midnight + timedelta(minutes=closes))
            total += max((last - first).total_seconds(), 0)
        on += timedelta(days=1)
    return total


def size_of(folder: Path, temporary: Path, runs: int) -> tuple[int, float, float]:
    """Events, and the seconds of the processor cold and warm for each million of them: the median run."""
    into = temporary / f"{folder.name}.fold"
    alone(fold, folder, into)
    colds = [alone(cold, folder) for _ in range(runs)]
    events = colds[0].found[1]
    warms = [alone(warm, into) for _ in range(runs)]
    each = (statistics.median(run.processor for run in found) / events * 1e6 for found in (colds, warms))
    return events, *each


def main(leads: int, kept: Path | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        folder = kept or made(leads, temporary / "log")
        whole(folder, temporary)
        print("\ngrowth: seconds of the processor for a million events, cold and warm")
        sizes = [made(count, temporary / f"log{count}") for count in (leads // 100, leads // 10) if count]
        for events, once, again in (size_of(size, temporary, 3) for size in sizes):
            print(f"{events:>12,} events: {once:6.2f} s cold, {again:6.2f} s warm")


def made(leads: int, folder: Path) -> Path:
    if not folder.exists():
        print(f"simulating {leads:,} leads …", flush=True)
        simulate(read_agreement(EXAMPLE), leads=leads, seed=1, into=folder)
    return folder


def whole(folder: Path, temporary: Path) -> None:
    floor = min((alone(scan, folder) for _ in range(2)), key=lambda run: run.seconds)
    print(f"plain scan of the events: {floor.seconds:.2f} s, {floor.processor:.2f} s of the processor")
    once = alone(cold, folder)
    leads, events = once.found
    print(f"{leads:,} leads, {events:,} events")
    tell("cold, from the log", once, floor, f"target under {COLD} s and {GIGABYTES} GB")
    into = temporary / "fold"
    written = alone(fold, folder, into)
    tell("the fold as a file", written, floor, f"{written.found / 1e6:.0f} MB")
    again = min((alone(warm, into) for _ in range(2)), key=lambda run: run.seconds)
    tell("warm, from the fold", again, floor, f"target under {WARM} s")
    each = once.processor / events * 1e6, again.processor / events * 1e6
    print(f"for a million events: {each[0]:.2f} s of the processor cold, {each[1]:.2f} s warm")
    if importlib.util.find_spec("pandas") is None:
        print("pandas is not installed: `pip install pandas` and run this again to see it side by side")
        return
    theirs = alone(by_pandas, folder)
    figures, seconds = theirs.found
    ratio = f"{seconds / once.processor:.1f} × the whole score cold"
    print(f"pandas, four figures: {seconds:.0f} s of the processor, {ratio},")
    print(f"    peak {theirs.peak:.2f} GB; working time row by row on {SAMPLE:,} leads, scaled up")
    for name, ours in again.found.items():
        print(f"    {name:<20} {ours:10.4f}   pandas {figures.get(name, float('nan')):10.4f}")


def tell(what: str, run: Run, floor: Run, more: str) -> None:
    print(
        f"{what}: {run.seconds:.1f} s, {run.processor:.1f} s of the processor, peak {run.peak:.2f} GB, "
        f"{run.processor / floor.processor:.1f} × the scan; {more}",
        flush=True,
    )


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
