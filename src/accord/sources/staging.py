"""Any CSV file made ready for reading: plain UTF-8 on disk, its header, its delimiter, and how clean it looks.

Every byte is decoded once here, so that a wrong encoding is an error with its line and never a broken name.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

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
    """`path` is UTF-8 without compression. `fast` says that nothing in it forbids a strict parallel reader."""

    source: Path
    path: Path
    header: tuple[str, ...]
    delimiter: str
    fast: bool
    quoted: bool

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
    return Staged(source, path, header, chosen, fast, seen.quoted)


@dataclass
class _Seen:
    quoted: bool = False
    nul: bool = False
    bare_cr: bool = False

    @property
    def clean(self) -> bool:
        return not self.nul and not self.bare_cr

    def look(self, text: str) -> None:
        self.quoted = self.quoted or '"' in text
        self.nul = self.nul or "\0" in text
        returns = text.count("\r")
        self.bare_cr = self.bare_cr or (returns > 0 and returns != text.count("\r\n"))


class _opened:  # noqa: N801 - used as a function is
    """The bytes of a file, unpacked: the stream from its start, its first bytes, and whether it was packed."""

    def __init__(self, source: Path) -> None:
        self.source = source

    def __enter__(self) -> tuple[BinaryIO, bytes, bool]:
        try:
            raw: BinaryIO = self.source.open("rb")
        except OSError as error:
            raise SourceUnreadable(f"{self.source}: cannot be opened: {error.strerror}") from error
        self.stream = raw
        if raw.read(2) == _GZIP:
            raw.seek(0)
            self.stream = gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]
            return self.stream, _peek(self.stream, self.source), True
        raw.seek(0)
        head = _peek(raw, self.source)
        if head.startswith(_ZIP):
            raw.close()
            raise SourceUnreadable(f"{self.source}: is a spreadsheet or archive; save it as CSV first")
        return raw, head, False

    def __exit__(self, *_: object) -> None:
        self.stream.close()


def _peek(stream: BinaryIO, source: Path) -> bytes:
    head = next(_chunks(stream, source), b"")[:4]
    stream.seek(0)
    if not head:
        raise SourceUnreadable(
            f"{source}: is empty, not even a header; export it again or leave it out of `read`"
        )
    return head


def _chunks(stream: BinaryIO, source: Path) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise SourceUnreadable(f"{source}: breaks off while unpacking ({error}); fetch it again") from error


def _decode(stream: BinaryIO, source: Path, codec: str, target: Path | None) -> _Seen:
    """Decode the whole file strictly, to `target` if there is one; what was seen on the way."""
    decoder = codecs.getincrementaldecoder(codec)(errors="strict")
    seen, line, done = _Seen(), 1, 0
    with target.open("w", encoding="utf-8", newline="") if target else io.StringIO() as out:
        for chunk in _with_end(_chunks(stream, source)):
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                raise _wrong_encoding(source, codec, error, chunk, line, done) from error
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
    source: Path, codec: str, error: UnicodeError, chunk: bytes, line: int, done: int
) -> SourceUnreadable:
    remedy = "name the file's encoding in the map, such as `encoding: cp1252`"
    if not isinstance(error, UnicodeDecodeError):
        return SourceUnreadable(f"{source}: is not {codec} ({error}); {remedy}")
    at = error.start
    place = line + error.object[:at].count(b"\n")
    byte = error.object[at : at + 1].hex().upper() or "end of file"
    position = done + at + 1 - (len(error.object) - len(chunk))
    return SourceUnreadable(f"{source}:{place}: byte {position:,} (0x{byte}) is not {codec}; {remedy}")


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
    stream = io.StringIO("".join(lines), newline="")
    return [r.fields for r, _ in zip(records(stream, delimiter), range(_SAMPLE), strict=False) if not r.fault]


def _guess(lines: list[str]) -> str:
    """The delimiter under which most of the first records are as wide as the header, and the header widest."""

    def fitness(delimiter: str) -> tuple[float, int]:
        found = _parsed(lines, delimiter)
        width = len(found[0]) if found else 1
        same = sum(len(fields) == width for fields in found)
        return (same / len(found) if width > 1 else 0.0, width)

    return max(_DELIMITERS, key=fitness)


def _header(lines: list[str], delimiter: str, source: Path) -> tuple[str, ...]:
    found = _parsed(lines, delimiter)
    if not found:
        raise SourceUnreadable(f"{source}:1: the header cannot be read; close its quotes")
    return tuple(name.strip() for name in found[0])


def write_clean(staged: Staged, target: Path) -> list[tuple[int, str]]:
    """Write the faultless rows as `row number, values…` for the strict reader; the others as (row, reason)."""
    faults = []
    with staged.open() as stream, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        width = len(staged.header)
        found = records(stream, staged.delimiter)
        next(found)
        for row, record in enumerate(found, 1):
            if record.fault is None and len(record.fields) == width:
                writer.writerow([row, *record.fields])
            else:
                faults.append((row, record.fault or _width_fault(record.fields, width)))
    return faults


def _width_fault(fields: list[str], width: int) -> str:
    return f"{len(fields)} column{'s' if len(fields) != 1 else ''} where the header has {width}"
