"""Two texts word by word: what both say, and what only one of them does."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from accord.agreement.plain import folded

# Scripts written without blanks between words: there each letter counts, with the marks that belong to it.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")


@dataclass(frozen=True)
class Piece:
    """A run of words: `both` where the texts agree, else what marketing and what sales has there."""

    both: str = ""
    marketing: str = ""
    sales: str = ""


def words(text: str) -> list[str]:
    """The text as words; in scripts without blanks as letters, each with its marks."""
    found: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        if found and _is_mark(token[0][0]) and token.start() == end:  # after a blank, it belongs to nothing
            found[-1] += token[0]
        else:
            found.append(token[0])
        end = token.end()
    return found


def compared(marketing: str, sales: str) -> tuple[Piece, ...]:
    """The pieces of two texts in order; case, forms of letters and punctuation around words don't count.

    Exchanging the texts exchanges the sides of each piece. What both say is spelt as in the text that sorts
    first.
    """
    if marketing > sales:  # one order for both, since the alignment of two texts depends on which comes first
        return tuple(Piece(piece.both, piece.sales, piece.marketing) for piece in compared(sales, marketing))
    one, other = words(marketing), words(sales)
    match = SequenceMatcher(None, list(map(_plain, one)), list(map(_plain, other)), autojunk=False)
    pieces = []
    for kind, a, b, c, d in match.get_opcodes():
        if kind == "equal":
            pieces.append(Piece(both=joined(one[a:b])))
        else:
            pieces.append(Piece(marketing=joined(one[a:b]), sales=joined(other[c:d])))
    return tuple(pieces)


def same(one: str, other: str) -> bool:
    """Whether two texts say the same words."""
    return [_plain(word) for word in words(one)] == [_plain(word) for word in words(other)]


def joined(tokens: list[str]) -> str:
    """Words as a text: with blanks between them, except between letters of scripts that have none."""
    text = ""
    for token in tokens:
        glued = re.match(rf"[{_UNSPACED}]", token) and re.search(rf"[{_UNSPACED}]$", text)
        text += token if not text or (glued and not _is_mark(token[0])) else f" {token}"
    return text


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def _plain(word: str) -> str:
    return folded(word).strip(".,;:!?()\"'“”„«»،؛؟。、") or word
