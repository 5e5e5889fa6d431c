"""Every engine gives every measure alike: the same SQL files, on DuckDB and on Spark where Java is."""

import math
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest

from accord.agreement.parse import read_agreement
from accord.agreement.terms import Agreement
from accord.errors import EngineMissing
from accord.ledger.engine import Ledger
from accord.ledger.log import Log, open_log
from accord.ledger.measures import MEASURES
from accord.ledger.score import Table
from accord.simulate.company import simulate

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme.yaml"
WITHOUT = [name for name in ("pyspark", "sqlglot") if find_spec(name) is None]
WITHOUT += [] if shutil.which("java") else ["java"]
with_spark = pytest.mark.skipif(bool(WITHOUT), reason=f"Spark needs {', '.join(WITHOUT)}, not installed here")


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    return read_agreement(EXAMPLE)


@pytest.fixture(scope="module")
def log(agreement: Agreement, tmp_path_factory: pytest.TempPathFactory) -> Log:
    folder = tmp_path_factory.mktemp("engines") / "lo[g]"
    simulate(agreement, leads=150, seed=3, into=folder)
    return open_log(folder)


def ledger(agreement: Agreement, log: Log, engine: str) -> Ledger:
    term = agreement.term
    as_of = datetime(term.end.year, 10, 1, tzinfo=UTC)  # some verdicts pending, some cohorts young
    return Ledger(agreement, log, from_on=term.start, to_on=term.end, as_of=as_of, engine=engine)


@pytest.fixture(scope="module")
def on_duckdb(agreement: Agreement, log: Log) -> dict[str, Table]:
    with ledger(agreement, log, "duckdb") as book:
        return {name: book.measure(name).table for name in MEASURES}


def same(one: object, other: object) -> bool:
    if isinstance(one, float | Decimal) and isinstance(other, int | float | Decimal):
        return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)
    return one == other


@with_spark
def test_every_measure_gives_the_same_rows_on_spark(
    agreement: Agreement, log: Log, on_duckdb: dict[str, Table]
) -> None:
    """One test, because whoever runs tests in several processes would fold the log on Spark in each."""
    with ledger(agreement, log, "spark") as on_spark:
        differ = [
            f"{name}: {want}\nis on Spark {have}"
            for name, wanted in on_duckdb.items()
            for want, have in differences(wanted, on_spark.measure(name).table)
        ]
    assert not differ, "\n".join(differ[:5])


def differences(wanted: Table, found: Table) -> Iterator[tuple[object, object]]:
    if (found.columns, len(found.rows)) != (wanted.columns, len(wanted.rows)):
        yield (wanted.columns, len(wanted.rows)), (found.columns, len(found.rows))
        return
    for want, have in zip(wanted.rows, found.rows, strict=True):
        if not all(map(same, want, have)):
            yield want, have


def test_the_log_tells_something_of_nearly_every_measure(on_duckdb: dict[str, Table]) -> None:
    silent = {name for name, table in on_duckdb.items() if not table.rows}
    assert len(silent) < len(MEASURES) / 5, f"equal because empty: {silent}"


def test_an_engine_that_nobody_knows_is_an_error_that_names_those_there_are(
    agreement: Agreement, log: Log
) -> None:
    with pytest.raises(EngineMissing, match="duckdb or spark"):
        ledger(agreement, log, "sparc")
