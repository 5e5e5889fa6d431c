"""A file of leads, read: its encoding, its delimiter, its columns and rows, each as text."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from accord.agreement.plain import clean
from accord.errors import InputError

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 10_000_000, 50_000, 100
ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1254", "cp1256", "cp1251", "cp874")
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 20  # rows that the delimiter is found by
_LOOKED_AT = 100_000  # bytes that the encoding is found by
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_COMMON = {
    "cp1256": "اليمنروه",
    "cp1251": "оеаинтср",
    "cp874": "านรอกเงม",
}  # letters that such texts are full of
_NOT_TURKISH = "ğĞıİşŞ"  # where Western Europe has letters of Iceland
_RUN = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True)
class Sheet:
    """A file as text, with how it was read."""

    text: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def rows(self) -> Iterator[dict[str, str]]:
        """Each row by its columns; what a short row lacks is empty, what a long one has over is dropped."""
        reader = csv.reader(io.StringIO(self.text), delimiter=self.delimiter, skipinitialspace=True)
        next(reader, None)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield {
                    name: cells[place] if place < len(cells) else "" for place, name in enumerate(self.header)
                }

    @property
    def mark(self) -> str:
        """Known again by its columns, whatever their order."""
        return sha256("\x1f".join(sorted(self.header)).encode()).hexdigest()


def sheet_of(raw: bytes, encoding: str = "") -> Sheet:
    """The file in these bytes; InputError says why it is none that can be taken in."""
    if len(raw) > MOST_BYTES:
        raise InputError(
            f"the file is too big ({len(raw):,} bytes; at most {MOST_BYTES:,} are read); cut it in two"
        )
    if raw[:2] == b"PK" or raw[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError("this is a spreadsheet or an archive, not a text file; save it as CSV")
    codec = encoding if encoding in ENCODINGS else encoding_of(raw)
    try:
        text = raw.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            f"line {line} is not in {codec}; choose the file's encoding, or save it as UTF-8"
        ) from None
    return sheet_of_text(text, codec)


def sheet_of_text(text: str, encoding: str, delimiter: str = "") -> Sheet:
    if "\x00" in text:
        raise InputError("the file holds the sign U+0000, so it is no CSV file, or in another encoding")
    chosen = delimiter or _delimiter(text)
    try:
        header = _header(next(csv.reader(io.StringIO(text), delimiter=chosen, skipinitialspace=True), []))
        sheet = Sheet(text, encoding, chosen, header)
        many = sum(1 for _ in sheet.rows())
    except csv.Error as error:
        raise InputError(f"the file cannot be read as CSV ({error}); save it anew as CSV") from None
    if not many:
        raise InputError("the file has no row below its first line; choose one with a header and rows")
    if many > MOST_ROWS:
        raise InputError(
            f"the file has {many:,} rows; at most {MOST_ROWS:,} are taken in at once: cut it in two"
        )
    return sheet


def encoding_of(raw: bytes) -> str:
    """By its mark, else by what decodes, else by which letters would come out."""
    if found := next((name for bom, name in _BOMS if raw.startswith(bom)), ""):
        return found
    head = raw[:_LOOKED_AT]
    if head.count(b"\x00") > len(head) // 4:
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(head)
    return "utf-8"


def _legacy(head: bytes) -> str:
    """Words all in other letters are of another script; single ones among Latin letters are accents."""
    runs = _RUN.findall(head)
    if sum(map(len, runs)) < 2.5 * len(runs):
        turkish = head.decode("cp1254", "replace")
        return "cp1254" if any(sign in turkish for sign in _NOT_TURKISH) else "cp1252"
    odd = b"".join(runs)
    return max(
        _COMMON, key=lambda codec: sum(odd.decode(codec, "replace").count(one) for one in _COMMON[codec])
    )


def _delimiter(text: str) -> str:
    """The one under which most of the first rows are as wide as the header, and that widest."""

    def fitness(delimiter: str) -> tuple[float, int]:
        sample = csv.reader(io.StringIO(text[:200_000]), delimiter=delimiter, skipinitialspace=True)
        try:
            rows = [row for row, _ in zip(sample, range(_SAMPLE), strict=False) if row]
        except csv.Error:
            return 0.0, 0
        width = len(rows[0]) if rows else 0
        return sum(len(row) == width for row in rows) / max(1, len(rows)) if width > 1 else 0.0, width

    return max(_DELIMITERS, key=fitness)


def _header(cells: list[str]) -> tuple[str, ...]:
    """Names of columns, each once; one without a name is called by its place."""
    if not cells or len(cells) > MOST_COLUMNS:
        raise InputError(f"the first line has {len(cells)} columns; it should name 1 to {MOST_COLUMNS}")
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = clean(cell, 80) or f"column {place}"
        names.append(name if name not in names else f"{name} ({place})")
    return tuple(names)
