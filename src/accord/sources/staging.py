"""Any CSV file made ready for reading: plain UTF-8 on disk, its header, its delimiter, how clean it looks.

Every byte is decoded once here, so that a wrong encoding is an error with its line and never a broken name.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from accord.errors import SourceUnreadable
from accord.sources.records import records

_CHUNK = 1 << 22
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_DELIMITERS = ",;\t|"
_SAMPLE = 20  # records that the delimiter is guessed from


@dataclass(frozen=True)
class Staged:
    """`path` is UTF-8 without compression. `fast` says that nothing in it forbids a strict fast reader."""

    source: Path
    path: Path
    header: tuple[str, ...]
    delimiter: str
    fast: bool
    rows: int  # how many a fast reader must find; another count means that it misunderstood

    def open(self) -> io.TextIOWrapper:
        return self.path.open(encoding="utf-8-sig", newline="")


def stage(source: Path, scratch: Path, *, encoding: str | None, delimiter: str | None) -> Staged:
    """Make `source` ready; a changed copy goes into `scratch`.

    Raises SourceUnreadable: not there, empty, a spreadsheet, another encoding, a broken gzip, no header.
    """
    with _opened(source) as (stream, head, packed):
        codec = encoding or next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")
        plain = not packed and codecs.lookup(codec).name in ("utf-8", "utf-8-sig")
        path = source if plain else scratch / f"{source.name}.utf8"
        seen = _decode(stream, source, codec, None if plain else path)
    first = _first_lines(path, source)
    chosen = delimiter or _guess(first)
    header = _header(first, chosen, source)
    fast = seen.clean and len(header) > 1 and first[0].strip() != ""
    return Staged(source, path, header, chosen, fast, seen.rows)


@dataclass
class _Seen:
    """What a text holds, looked at piece by piece."""

    nul: bool = False
    bare_cr: bool = False  # a carriage return without a line feed
    held: str = ""  # one at the end of the last piece, until the next shows what follows
    inside: bool = False  # an odd number of quotes so far
    breaks: int = 0  # line ends outside quotes
    trailing: int = 0  # of these, those that nothing follows

    @property
    def clean(self) -> bool:
        return not (self.nul or self.bare_cr or self.held or self.inside)

    @property
    def rows(self) -> int:
        """Lines after the first, blank ones among them, if quotes mean what they should."""
        return self.breaks - self.trailing

    def look(self, text: str) -> None:
        text = self.held + text
        self.held = "\r" if text.endswith("\r") else ""
        text = text.removesuffix("\r")
        self.nul = self.nul or "\0" in text
        if "\r" in text:
            text = text.replace("\r\n", "\n")
            self.bare_cr = self.bare_cr or "\r" in text
        self._count(text)

    def _count(self, text: str) -> None:
        parts = text.split('"')
        self.breaks += "".join(parts[self.inside :: 2]).count("\n")
        self.inside = self.inside != (len(parts) % 2 == 0)
        ended = len(text) - len(text.rstrip("\n"))
        self.trailing = self.trailing + ended if ended == len(text) else ended


@contextmanager
def _opened(source: Path) -> Iterator[tuple[IO[bytes], bytes, bool]]:
    """The bytes of a file, unpacked: the stream from its start, its first bytes, whether it was packed."""
    try:
        with source.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if not packed:
                yield raw, _head(raw, source), False
                return
        with gzip.open(source) as unpacked:
            stream = cast("IO[bytes]", unpacked)
            yield stream, _head(stream, source), True
    except OSError as error:
        raise SourceUnreadable(f"{source}: cannot be read: {error.strerror or error}") from error


def _head(stream: IO[bytes], source: Path) -> bytes:
    """The first bytes, which say what kind of file it is; the stream stands at its start again."""
    try:
        head = stream.read(4)
        stream.seek(0)
    except (EOFError, zlib.error) as error:
        raise SourceUnreadable(f"{source}: breaks off while unpacking ({error}); fetch it again") from error
    if not head:
        remedy = "export it again or leave it out of `read`"
        raise SourceUnreadable(f"{source}: is empty, not even a header; {remedy}")
    if head.startswith(_ZIP):
        raise SourceUnreadable(f"{source}: is a spreadsheet or an archive; save it as CSV first")
    return head


def _chunks(stream: IO[bytes], source: Path) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise SourceUnreadable(f"{source}: breaks off while unpacking ({error}); fetch it again") from error


def _decode(stream: IO[bytes], source: Path, codec: str, target: Path | None) -> _Seen:
    """Decode the whole file strictly, to `target` if there is one; what was seen on the way."""
    decoder = codecs.getincrementaldecoder(codec)(errors="strict")
    seen, line, done = _Seen(), 1, 0
    with target.open("w", encoding="utf-8", newline="") if target else io.StringIO() as out:
        for chunk in _with_end(_chunks(stream, source)):
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                before = done + len(chunk) - len(getattr(error, "object", chunk))
                raise _wrong_encoding(source, codec, error, (line, before)) from error
            seen.look(text)
            line += text.count("\n")
            done += len(chunk)
            if target:
                out.write(text)
    return seen


def _with_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from chunks
    yield b""


def _wrong_encoding(
    source: Path, codec: str, error: UnicodeError, start: tuple[int, int]
) -> SourceUnreadable:
    """`start` is the line, and the number of bytes before, of the bytes in which decoding failed."""
    remedy = "name the file's encoding in the map, such as `encoding: cp1252`"
    if not isinstance(error, UnicodeDecodeError):
        return SourceUnreadable(f"{source}: is not {codec} ({error}); {remedy}")
    at, (line, before) = error.start, start
    place = line + error.object[:at].count(b"\n")
    byte = error.object[at : at + 1].hex().upper() or "end of file"
    return SourceUnreadable(f"{source}:{place}: byte {before + at + 1:,} (0x{byte}) is not {codec}; {remedy}")


def _first_lines(path: Path, source: Path) -> list[str]:
    """The raw text of the first records, header first; a byte order mark is gone."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = [line for line, _ in zip(stream, range(200), strict=False)]
    if not "".join(lines).strip():
        raise SourceUnreadable(f"{source}: holds blank lines only; export it again or leave it out of `read`")
    if "\0" in lines[0]:
        raise SourceUnreadable(
            f"{source}:1: NUL bytes in the header; if it is UTF-16, say `encoding: utf-16-le` in the map"
        )
    return lines


def _parsed(lines: list[str], delimiter: str) -> list[list[str]]:
    """The cells of the header and of the first rows; none for a record that is at fault."""
    stream = io.StringIO("".join(lines), newline="")
    found = zip(records(stream, delimiter), range(_SAMPLE), strict=False)
    return [[] if record.fault else record.fields for record, _ in found]


def _guess(lines: list[str]) -> str:
    """The delimiter under which most of the first records are as wide as the header, and that widest."""

    def fitness(delimiter: str) -> tuple[float, int]:
        found = _parsed(lines, delimiter)
        width = len(found[0]) if found else 0  # 0 if the header itself cannot be read so
        same = sum(len(fields) == width for fields in found)
        return (same / len(found) if width > 1 else 0.0, width)

    return max(_DELIMITERS, key=fitness)


def _header(lines: list[str], delimiter: str, source: Path) -> tuple[str, ...]:
    found = _parsed(lines, delimiter)
    if not found or not found[0]:  # the next record is a row, never a header
        raise SourceUnreadable(f"{source}:1: the header cannot be read; close its quotes")
    return tuple(name.strip() for name in found[0])


def write_clean(staged: Staged, target: Path) -> tuple[int, list[tuple[int, str]]]:
    """Write the faultless rows as `row number, values…` for the strict reader; how many, and the others."""
    written, faults, width = 0, [], len(staged.header)
    with staged.open() as stream, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        found = records(stream, staged.delimiter)
        next(found)
        for row, record in enumerate(found, 1):
            if record.fault is None and len(record.fields) == width:
                writer.writerow([row, *record.fields])
                written += 1
            else:
                faults.append((row, record.fault or _width_fault(record.fields, width)))
    return written, faults


def _width_fault(fields: list[str], width: int) -> str:
    return f"{len(fields)} column{'s' if len(fields) != 1 else ''} where the header has {width}"
