"""Which engine runs the SQL files: DuckDB in this process, or Spark on one machine or many."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from accord.errors import EngineMissing
from accord.ledger.database import connect

if TYPE_CHECKING:
    import duckdb

DUCKDB, SPARK = "duckdb", "spark"


def connection(engine: str, limits: Mapping[str, str]) -> "duckdb.DuckDBPyConnection":
    """A connection to `duckdb`, to `spark` on this machine, or to a Spark master at `spark://HOST:PORT`.

    `limits` bound DuckDB; a cluster has its own. EngineMissing for any other name, and where Spark is not
    installed.
    """
    if engine == DUCKDB:
        return connect(limits)
    if engine != SPARK and not engine.startswith(("spark://", "local[", "yarn", "k8s://")):
        raise EngineMissing(f"{engine!r} is no engine; there are {DUCKDB} or {SPARK}, or spark://HOST:PORT")
    try:
        from accord.ledger.spark import SparkConnection, session  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EngineMissing(f"{error.name} is not installed") from error
    made = SparkConnection(session(None if engine == SPARK else engine))
    return cast("duckdb.DuckDBPyConnection", made)  # takes the few calls of it that the ledger makes
