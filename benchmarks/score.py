"""The whole score over a simulated log: seconds, peak memory, and the ratio to a plain scan of the same
events.

Run: `python benchmarks/score.py [LEADS] [LOG]`. Target (issue 2): 1 million leads and 10 million events
under 30 s and 4 GB on two cores. The log is made by the simulator, in a temporary folder or in LOG, which is
used again if it is there. Making it is not timed. The score runs in a process of its own, so that the peak
is the score's alone.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from accord.agreement.parse import read_agreement
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.ledger.scoring import score_of
from accord.simulate.company import simulate

EXAMPLE = Path(__file__).parents[1] / "examples" / "acme.yaml"
SECONDS, GIGABYTES, THREADS, MEMORY = 30, 4, 2, "2.5GB"
FLOOR = """
    SELECT count(*), sum(events) FROM (
        SELECT lead, kind, count(*) AS events, min(occurred_at) AS first FROM ({events}) GROUP BY lead, kind)
"""


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def scan(folder: Path) -> None:
    """The floor: read every event, group by lead and kind, take the earliest."""
    with duckdb.connect(config={"threads": str(THREADS)}) as con:
        con.execute(FLOOR.format(events=open_log(folder).events_sql)).fetchall()


def score(folder: Path, answer: "multiprocessing.queues.Queue[tuple[float, float, int, int]]") -> None:
    agreement = read_agreement(EXAMPLE)
    as_of = datetime(agreement.term.end.year + 1, 1, 1, tzinfo=UTC)
    span = {"from_on": agreement.term.start, "to_on": agreement.term.end, "as_of": as_of}
    start = time.perf_counter()
    with Ledger(agreement, open_log(folder), memory=MEMORY, threads=THREADS, **span) as ledger:
        found = score_of(ledger)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    answer.put((seconds, peak, found.leads, found.events))


def run(folder: Path) -> None:
    floor = min(timed(lambda: scan(folder)) for _ in range(2))
    alone = multiprocessing.get_context("spawn")
    answer = alone.Queue()
    worker = alone.Process(target=score, args=(folder, answer))
    worker.start()
    worker.join()
    if worker.exitcode != 0:
        sys.exit(f"the score ended with exit code {worker.exitcode}")
    seconds, peak, leads, events = answer.get()
    print(f"score of {leads:,} leads and {events:,} events: {seconds:.1f} s, peak {peak:.2f} GB")
    print(f"plain scan of the same events, first of each kind by lead: {floor:.2f} s")
    print(f"ratio: {seconds / floor:.1f} × the scan; target under {SECONDS} s and {GIGABYTES} GB")


def main(leads: int, kept: Path | None) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = kept or Path(temporary) / "log"
        if not folder.exists():
            print(f"simulating {leads:,} leads …", flush=True)
            simulate(read_agreement(EXAMPLE), leads=leads, seed=1, into=folder)
        run(folder)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
