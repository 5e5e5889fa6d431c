"""Import of one million events: rows a second, and the ratio to DuckDB's own copy of the file to Parquet.

Run: `python benchmarks/importing.py [ROWS]`. Target (issue 2): at least 150,000 rows a second on two cores.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from accord.sources.importing import run_import
from accord.sources.map import parse_map

TARGET = 150_000
MAP = """
import: 1
zone: Europe/Istanbul
sides: {sales: ["rep*"], machine: ["bot*"]}
files:
  - read: events.csv
    lead: lead_id
    events:
      - kind: {column: type, values: {Handed over: handed_off, Call: attempted, Talk: connected, Note: skip}}
        at: when
        actor: user
        channel: {column: channel, values: {phone: call, mail: email}}
        outcome: outcome
        amount: amount
"""
TYPES = ("Handed over", "Call", "Call", "Call", "Talk", "won", "lost", "Note")


def write_events(path: Path, rows: int) -> None:
    """A seeded export: a tenth as many leads as rows, local times over a year, quoted and empty cells."""
    pick, start = random.Random(42), datetime(2025, 1, 1)  # noqa: DTZ001 - local times without a zone
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("id,lead_id,type,when,user,channel,outcome,amount,note\n")
        for n in range(rows):
            kind = pick.choice(TYPES)
            at = start + timedelta(seconds=pick.randrange(31_536_000))
            amount = f"{pick.randrange(100, 99_999)}.50" if kind == "won" else ""
            who = f"rep{pick.randrange(40)}" if pick.random() < 0.9 else "bot-web"
            out.write(
                f"{n},L{pick.randrange(max(1, rows // 10)):07d},{kind},{at},{who},"
                f'{pick.choice(("phone", "mail", ""))},no answer,{amount},"call {n}, again"\n'
            )


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        write_events(base / "events.csv", rows)
        spec = parse_map(MAP, base=base, name="bench")
        plain = timed(lambda: copy(base))
        first = timed(lambda: run_import(spec, base / "log"))
        again = timed(lambda: run_import(spec, base / "log"))
        size = (base / "events.csv").stat().st_size / 1e6
    print(f"{rows:,} rows, {size:.0f} MB")
    print(f"plain copy to Parquet:  {plain:6.2f} s  {rows / plain:12,.0f} rows/s")
    print(f"import:                 {first:6.2f} s  {rows / first:12,.0f} rows/s  (target {TARGET:,})")
    print(f"the same import again:  {again:6.2f} s  {rows / again:12,.0f} rows/s")
    print(f"ratio import ÷ plain copy: {first / plain:.1f}")


def copy(base: Path) -> None:
    """What the engine needs for reading and writing alone."""
    target = f"'{base}/plain.parquet' (FORMAT parquet, COMPRESSION zstd)"
    with duckdb.connect() as con:
        con.execute(f"COPY (FROM read_csv('{base}/events.csv')) TO {target}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
