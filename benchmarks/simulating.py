"""A simulated company against the floor: the same number of rows of random columns, written to Parquet.

    .venv/bin/python benchmarks/simulating.py [EVENTS]

EVENTS is about how many events to make, by default 1,000,000; try 10,000,000. Both run in a process of their
own, so that each one's peak memory is its own; the floor draws and writes as many columns, in parts of the
same size, through the same writer. Targets: more than 300,000 events a second, less than 1.5 GB.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

EVENTS_A_LEAD = 12.3
PART = 600_000  # events, about what one chunk of leads makes
TERMS = {
    "accord": 1,
    "name": "Benchmark",
    "term": {"start": "2026-01-01", "end": "2026-12-31"},
    "calendars": {
        "hq": {
            "zone": "Europe/Istanbul",
            "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]},
            "holidays": "TR",
        }
    },
    "people": {"reps": {"side": "sales", "calendar": "hq", "count": 20}},
    "goal": {"revenue": 500000, "deal_value": 2000},
    "lead_types": {
        "web_form": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"},
        "outbound": {"mql_to_sql": "55%", "sql_to_opportunity": "85%", "opportunity_to_customer": "20%"},
    },
}


def company(events: int, into: Path) -> int:
    from accord.agreement.terms import Agreement
    from accord.simulate.company import simulate

    leads = round(events / EVENTS_A_LEAD)
    return simulate(Agreement.model_validate(TERMS), leads=leads, seed=1, into=into).events


def floor(events: int, into: Path) -> int:
    import duckdb
    import numpy as np

    from accord.lead.events import EVENT_COLUMNS, Kind
    from accord.ledger.log import LogWriter

    rng = np.random.default_rng(1)
    texts = f"[{', '.join(repr(kind.value) for kind in Kind)}]"
    with duckdb.connect(config={"threads": 1}) as con, LogWriter(into, "floor") as writer:
        for first in range(0, events, PART):
            count = min(PART, events - first)
            columns = {name: rng.integers(0, 24, count) for name in EVENT_COLUMNS}
            for name in ("occurred_at", "recorded_at", "due_at"):
                columns[name] = rng.integers(0, 1 << 50, count).view("M8[us]")
            con.register("part", columns)
            wanted = [
                f"{texts}[{name} + 1] AS {name}" if kind == "VARCHAR" else name
                for name, kind in EVENT_COLUMNS.items()
            ]
            writer.add(con, "events", f"SELECT {', '.join(wanted)} FROM part")
        writer.commit()
    return events


def measured(what: str, events: int) -> dict[str, float]:
    """Events, seconds and peak gigabytes of one of the two, in a process of its own."""
    run = subprocess.run(
        [sys.executable, __file__, what, str(events)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(run.stdout))


def alone(what: str, events: int) -> None:
    make = {"company": company, "floor": floor}[what]
    with TemporaryDirectory() as folder:
        make(1000, Path(folder) / "warm")  # imports and the first use of each library are not what is asked
        start = perf_counter()
        made = make(events, Path(folder) / "log")
        seconds = perf_counter() - start
        size = sum(file.stat().st_size for file in Path(folder, "log").rglob("*.parquet"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({"events": made, "seconds": seconds, "peak": peak, "size": size / 1e6}))


def main(events: int) -> None:
    ours = measured("company", events)
    theirs = measured("floor", int(ours["events"]))
    for name, run in (("simulated company", ours), ("floor: random columns", theirs)):
        speed = run["events"] / run["seconds"]
        print(
            f"{name:<22} {run['events']:>12,.0f} events in {run['seconds']:6.2f} s: {speed:>10,.0f} a second,"
            f" peak {run['peak']:.2f} GB, {run['size']:,.0f} MB of Parquet"
        )
    print(f"ratio {ours['seconds'] / theirs['seconds']:.2f} (targets: over 300,000 a second, under 1.5 GB)")


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in {"company", "floor"}:
        alone(sys.argv[1], int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
