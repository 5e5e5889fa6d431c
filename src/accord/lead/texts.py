"""What people and forms write, made comparable: any script, any case, numbers and ranges of them."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

MOST_CHARACTERS = 2000  # of a text that is compared
_MOST_LABELS = 20  # of a domain
_SAME = str.maketrans(
    {"ı": "i", "\u0307": None, "ي": "ی", "ى": "ی", "ك": "ک", "\u0640": None, "\u200c": " ", "\u00ad": None}
)  # letters that one word is written with in two ways: Turkish i, Persian and Arabic letters, soft hyphens
_WITHOUT_BLANKS = ("THAI", "LAO", "KHMER", "MYANMAR", "CJK", "HIRAGANA", "KATAKANA")  # words touch in these
_THOUSANDS = re.compile(r"(\d{1,3})((?:[,_’' ]\d{3})+)(?!\d)")
_NUMBER = r"\d{1,15}(?:\.\d{1,6})?"
_SINGLE = re.compile(rf"[+-]?{_NUMBER}")
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|–|—|to)\s*({_NUMBER})")
_FROM = re.compile(rf"({_NUMBER})\s*\+|(?:>|over|more than)\s*({_NUMBER})")
_UNBOUNDED = Decimal("Infinity")

Range = tuple[Decimal, Decimal]  # least and most; both the same for a number


@lru_cache(maxsize=20_000)
def alike(text: str) -> str:
    """A text as it is compared: one case, one form, single blanks. Two that are alike are the same word."""
    folded = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold().translate(_SAME)
    return " ".join(folded.split())


def has_words(text: str, words: str) -> bool:
    """Whether the words stand in the text, as whole words: director in “Director of Sales”.

    In scripts that write without blanks a word may touch others.
    """
    text, words = alike(text), alike(words)
    at = text.find(words) if words else -1
    while at >= 0:
        end = at + len(words)
        if _ends(text, at - 1, words[0]) and _ends(text, end, words[-1]):
            return True
        at = text.find(words, at + 1)
    return False


def _ends(text: str, at: int, inside: str) -> bool:
    """Whether a word can end before or begin after the character at that place."""
    if not 0 <= at < len(text):
        return True
    return not _is_letter(text[at]) or unicodedata.name(inside, "").startswith(_WITHOUT_BLANKS)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def range_of(value: object) -> Range | None:
    """The number that a value is, or the range: `11-50`, `200+`, `1,200`; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal | float):
        return _as_range(str(value), str(value))
    return _range_in(str(value)) if len(str(value)) <= 60 else None


@lru_cache(maxsize=20_000)
def _range_in(text: str) -> Range | None:
    text = _THOUSANDS.sub(_joined, alike(text))
    if not any(map(str.isdigit, text)):
        return None
    if _SINGLE.fullmatch(text):
        return _as_range(text, text)
    if match := _RANGE.fullmatch(text):
        return _as_range(match[1], match[2])
    if match := _FROM.fullmatch(text):
        return Decimal(match[1] or match[2]), _UNBOUNDED
    return None


def _joined(match: re.Match[str]) -> str:
    return match[1] + re.sub(r"\D", "", match[2])


def _as_range(least: str, most: str) -> Range | None:
    try:
        low, high = Decimal(least), Decimal(most)
    except InvalidOperation:
        return None
    return (low, high) if low.is_finite() and high.is_finite() and low <= high else None


def domains_of(address: str) -> tuple[str, ...]:
    """An address, its domain, and those above it: ada@eu.acme.example is of acme.example too."""
    whole = alike(address)
    parts = whole.rpartition("@")[2].split(".")[-_MOST_LABELS:]
    return whole, *(".".join(parts[at:]) for at in range(len(parts)))


@lru_cache(maxsize=20_000)
def key_of(name: str) -> str:
    """A field or a signal as conditions name it: `Job title` is `job_title`."""
    return re.sub(r"[\s-]+", "_", alike(name))
