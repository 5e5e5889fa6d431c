"""The records of a CSV text one by one, with line, raw text and what is wrong with each: slow, but exact.

DuckDB reads faultless files; this reads the others, and finds the lines of rows that cannot be used.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

_LONGEST = 1000  # lines in one quoted value; more means that a quote was never closed
OPEN_QUOTE = "a quote is opened and never closed, or something follows a closing quote"


@dataclass(frozen=True, slots=True)
class Record:
    """`line` is the line (from 1) on which the record starts, `text` its raw text without its line end."""

    line: int
    text: str
    fields: list[str]
    fault: str | None = None


class _Lines:
    """Lines of a text; remembers those that the current record took, so that a bad one can give them back."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._again: list[str] = []
        self.taken: list[str] = []
        self.line = 1  # of the first line of the current record

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _LONGEST:
            raise StopIteration
        line = self._again.pop() if self._again else next(self._source)
        self.taken.append(line)
        return line

    def done(self, keep: int | None = None) -> str:
        """End the record after its first `keep` lines, else all; give the others back. The record's text."""
        taken = self.taken if keep is None else self.taken[:keep]
        self._again.extend(reversed(self.taken[len(taken) :]))
        self.line += len(taken)
        self.taken = []
        return "".join(taken).rstrip("\r\n")


def records(stream: TextIO, delimiter: str) -> Iterator[Record]:
    """All records that are no blank lines, the header first. `stream` is opened with `newline=""`."""
    lines = _Lines(stream)
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            for fields in reader:
                line = lines.line
                text = lines.done()
                if fields:
                    yield Record(line, text, fields, "NUL byte in the row" if "\0" in text else None)
            return
        except csv.Error as error:
            line = lines.line
            too_long = "field limit" in str(error)
            fault = "a value of more than 131,072 characters" if too_long else OPEN_QUOTE
            yield Record(line, lines.done(keep=1), [], fault)
