"""Which letters no font at hand can draw, so that a document says so instead of showing empty boxes.

Fonts say in their `cmap` table which characters they have; only that table is read. The typesetter's own are
no files, so what they drew is seen in the PDF. Latin, Greek and Cyrillic are always in them.
"""

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_OURS = ((0x0000, 0x0530), (0x1E00, 0x20D0))  # letters and marks that the typesetter brings along
_UNSEEN = ("Cc", "Cf", "Mn", "Mc", "Me", "Zs", "Zl", "Zp")  # no sign of their own: they go with another
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_MAP = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_PAIR = re.compile(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>")


def missing(text: str, fonts: Iterable[Path]) -> frozenset[str]:
    """The characters of `text` that none of the font files has; empty where all can be drawn."""
    wanted = {sign for sign in text if _looked_for(sign)}
    for font in fonts if wanted else ():
        wanted -= _in_font(font, wanted)
        if not wanted:
            break
    return frozenset(wanted)


def drawn(pdf: bytes) -> frozenset[str]:
    """The characters for which a font of the PDF has a sign, by the maps that make its text searchable.

    Some that are drawn only together with others are not among them.
    """
    found: set[str] = set()
    for stream in _STREAM.findall(pdf):
        try:
            text = zlib.decompress(stream)
        except zlib.error:  # a picture, or a font
            continue
        for part in _MAP.findall(text):
            for code in _PAIR.findall(part):
                found.update(bytes.fromhex(code.decode()).decode("utf-16-be", "ignore"))
    return frozenset(found)


def warnings(text: str, fonts: Iterable[Path], pdf: bytes = b"") -> tuple[str, ...]:
    """A sentence for each script that cannot be drawn: which, with examples, and what to do."""
    by_script: dict[str, list[str]] = {}
    lost = missing(text, fonts)
    for sign in sorted(lost - drawn(pdf) if lost else ()):
        by_script.setdefault(script(sign), []).append(sign)
    return tuple(
        f"no font here has the signs {''.join(signs[:8])}{'…' if len(signs) > 8 else ''} ({name}), so they "
        "are left as empty boxes; install a font for them, such as one of the Noto fonts, and render again"
        for name, signs in by_script.items()
    )


def script(sign: str) -> str:
    """What people call the script of a letter: the first word of its Unicode name; the rest are symbols."""
    name = unicodedata.name(sign, "")
    if not name or not unicodedata.category(sign).startswith("L"):
        return "symbols"
    word = name.split()[0]
    return word if word == "CJK" else word.capitalize()


def _looked_for(sign: str) -> bool:
    code = ord(sign)
    return unicodedata.category(sign) not in _UNSEEN and not any(low <= code < high for low, high in _OURS)


def _in_font(font: Path, wanted: set[str]) -> set[str]:
    """Those of the wanted characters that a font file has; none if it cannot be read."""
    try:
        data = font.read_bytes()
        codes = {ord(sign) for sign in wanted}
        found = {code for offset in _faces(data) for code in _mapped(data, offset, codes)}
    except (OSError, struct.error, IndexError):
        return set()
    return {sign for sign in wanted if ord(sign) in found}


def _faces(data: bytes) -> Iterator[int]:
    """Where each font of the file begins: a collection has several."""
    if data[:4] != b"ttcf":
        yield 0
        return
    (count,) = struct.unpack_from(">I", data, 8)
    yield from struct.unpack_from(f">{count}I", data, 12)


def _mapped(data: bytes, face: int, codes: set[int]) -> Iterator[int]:
    (tables,) = struct.unpack_from(">H", data, face + 4)
    for at in range(face + 12, face + 12 + 16 * tables, 16):
        if data[at : at + 4] == b"cmap":
            (cmap,) = struct.unpack_from(">I", data, at + 8)
            yield from _in_cmap(data, cmap, codes)


def _in_cmap(data: bytes, cmap: int, codes: set[int]) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for record in range(count):
        (offset,) = struct.unpack_from(">I", data, cmap + 4 + 8 * record + 4)
        (form,) = struct.unpack_from(">H", data, cmap + offset)
        if form == 4:
            yield from _in_segments(data, cmap + offset, codes)
        elif form == 12:
            yield from _in_groups(data, cmap + offset, codes)


def _in_segments(data: bytes, at: int, codes: set[int]) -> Iterator[int]:
    """Format 4: the Basic Multilingual Plane by segments; a glyph of 0 is none."""
    (doubled,) = struct.unpack_from(">H", data, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * doubled)
    offsets = struct.unpack_from(f">{count}H", data, at + 16 + 3 * doubled)
    for code in codes:
        for index, end in enumerate(ends):
            if starts[index] <= code <= end:
                glyph = code
                if offsets[index]:
                    place = at + 16 + 3 * doubled + 2 * index + offsets[index] + 2 * (code - starts[index])
                    (glyph,) = struct.unpack_from(">H", data, place)
                if (glyph + deltas[index]) % 0x10000 and glyph:
                    yield code
                break


def _in_groups(data: bytes, at: int, codes: set[int]) -> Iterator[int]:
    """Format 12: any character by groups."""
    (count,) = struct.unpack_from(">I", data, at + 12)
    for group in range(count):
        start, end, glyph = struct.unpack_from(">III", data, at + 16 + 12 * group)
        yield from (code for code in codes if start <= code <= end and glyph + code - start)
