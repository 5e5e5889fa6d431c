"""Tables as CSV files that a browser saves: row by row, and no cell is one that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

from accord.plan.layout import cell


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A line a row, the names of the columns first; a cell that would start a formula is made a text."""
    writer = csv.writer(_Echo(), lineterminator="\n")
    return (writer.writerow([cell(text) for text in row]) for row in rows)


def csv_file(name: str, lines: Iterable[str]) -> StreamingHttpResponse:
    """The answer by which a browser saves the lines as a file of this name."""
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=head)
