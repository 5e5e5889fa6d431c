"""What tests on the public data share: where it lies, and a map imported into a temporary log."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from accord.ledger.log import open_log
from accord.sources.importing import run_import
from accord.sources.map import parse_map
from accord.sources.report import ImportReport

DATA = Path(__file__).parents[2].parent / "shared" / "data"
MAPS = Path(__file__).parent / "maps"


def needs(name: str) -> pytest.MarkDecorator:
    """Skips a module where the data set is not kept beside the checkout."""
    return pytest.mark.skipif(
        not (DATA / name).is_dir(), reason=f"public data set {name} is not beside the checkout"
    )


def imported(name: str, into: Path, **changes: str) -> ImportReport:
    """Import the map of that name, with texts in it exchanged."""
    text = (MAPS / f"{name}.yaml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return run_import(parse_map(text, file=f"{name}.yaml", base=MAPS, name=name), into)


class Query:
    """SQL over an imported log with its tables as `leads` and `events`."""

    def __init__(self, folder: Path) -> None:
        log = open_log(folder)
        self.con = duckdb.connect()
        self.con.execute(f"CREATE VIEW leads AS {log.leads_sql}")
        self.con.execute(f"CREATE VIEW events AS {log.events_sql}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        return self.rows(sql)[0][0]
