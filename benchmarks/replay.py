"""Sliders and replays over a simulated log: seconds, and the ratio to one full fold of the same log.

Run: `python benchmarks/replay.py [LEADS] [LOG]`. Target (issue 6): another time to the first touch or other
hours under two seconds at 100,000 leads. The log is made by the simulator, in a temporary folder or in LOG,
which is used again if it is there; making it is not timed. Medians of several runs, on one thread for the
sliders, as a request has it, and on two for fold and replay.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from accord.agreement.parse import read_agreement
from accord.ledger.fold import make_fold
from accord.ledger.log import open_log
from accord.ledger.replay.running import Replaying
from accord.ledger.replay.settings import with_settings
from accord.ledger.replay.trying import trial
from accord.simulate.company import simulate

EXAMPLE = Path(__file__).parents[1] / "examples" / "acme.yaml"
SECONDS = 2
SLIDERS = {
    "first touch of one type": ("first_touch.web_form=37 min",),
    "first touch of all types": ("first_touch=25 min",),
    "hours": ("hours.hq=08:30-19:00",),
    "hours and first touch": ("hours.hq=08:30-19:00", "first_touch.web_form=37 min"),
}


def timed(work: Callable[[], object], times: int) -> float:
    """The median of so many runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return median(found)


def run(folder: Path, scratch: Path) -> None:
    ours, path = read_agreement(EXAMPLE), scratch / "fold.duckdb"
    as_of = datetime(ours.term.end.year + 1, 1, 1, tzinfo=UTC)
    days = {"from_on": ours.term.start, "to_on": ours.term.end}
    full = timed(lambda: make_fold(ours, open_log(folder), as_of=as_of, into=path, threads=2), 3)
    print(f"one full fold: {full:.2f} s")
    for name, settings in SLIDERS.items():
        after = with_settings(ours, settings)
        seconds = timed(lambda after=after: trial(path, ours, after, **days, threads=1), 7)  # type: ignore[misc]
        print(f"slider, {name}: {seconds:.2f} s, {seconds / full:.2f} × the fold; target under {SECONDS} s")

    def whole() -> None:
        after = with_settings(ours, SLIDERS["hours and first touch"])
        with Replaying(ours, after, folder, **days, as_of=as_of, threads=2) as both:
            both.result()

    seconds = timed(whole, 3)
    print(f"a whole replay, every promise and the list: {seconds:.2f} s, {seconds / full:.2f} × the fold")


def main(leads: int, kept: Path | None) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = kept or Path(temporary) / "log"
        if not folder.exists():
            print(f"simulating {leads:,} leads …", flush=True)
            simulate(read_agreement(EXAMPLE), leads=leads, seed=7, into=folder)
        run(folder, Path(temporary))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
