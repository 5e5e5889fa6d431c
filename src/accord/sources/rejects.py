"""The file of rejected rows: which file, which line, why, and the row as it stood."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO

from accord.sources.records import records
from accord.sources.staging import Staged

HEAD = ("file", "line", "reason", "row")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Rejected = tuple[int, str]  # row number in the file (the first after the header is 1), reason


def harmless(cell: str) -> str:
    """The cell as text for a spreadsheet: what would start a formula there gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class RejectsWriter:
    """Writes rejected rows of several files into one CSV. `first` remembers on which line of a file each
    reason was met first, so that people can look there without opening the CSV."""

    def __init__(self, out: IO[str]) -> None:
        self.first: dict[tuple[str, str], int | str] = {}
        self._rows = csv.writer(out, lineterminator="\n")
        self._rows.writerow(HEAD)

    def add(self, file: str, line: int | str, reason: str, text: str) -> None:
        self.first.setdefault((file, reason), line)
        self._rows.writerow([harmless(str(cell)) for cell in (file, line, reason, text)])

    def add_located(self, file: str, staged: Staged, rejected: Sequence[Rejected]) -> None:
        """Rejected rows of a CSV file, sorted by row number; their lines and texts are found in the file."""
        wanted = iter(rejected)
        current = next(wanted, None)
        with staged.open() as stream:
            rows = enumerate(islice(records(stream, staged.delimiter), 1, None), 1)
            for number, record in rows:
                while current is not None and current[0] == number:
                    self.add(file, record.line, current[1], record.text)
                    current = next(wanted, None)
                if current is None:
                    return
        for row, reason in _rest(current, wanted):
            self.add(file, "", reason, f"row {row}")


def _rest(current: Rejected | None, wanted: Iterator[Rejected]) -> Iterator[Rejected]:
    if current is not None:
        yield current
    yield from wanted


def move_into_place(written: Path, target: Path, *, empty: bool) -> Path | None:
    """Put the rejects file where people look for it; an earlier one goes if nothing was rejected."""
    if empty:
        target.unlink(missing_ok=True)
        return None
    target.parent.mkdir(exist_ok=True)
    return written.replace(target)
