"""Words that people typed, made safe to show and fair to compare."""

import unicodedata

_KEPT = "\u200c\u200d"  # joiners: Persian, Hindi and others are spelt with them


def clean(text: str, most: int = 300) -> str:
    """Text on one line without signs that steer a terminal or turn its direction, cut at `most`."""
    line = "".join(
        sign if sign in _KEPT or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else " "
        for sign in text
    )
    line = " ".join(line.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


# Letters that keyboards of one language write in two ways: Turkish ı and İ in capitals, Persian ye and kaf.
_SAME = str.maketrans({"ı": "i", "\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9"})


def folded(text: str) -> str:
    """Text for comparing: case, blanks, invisible signs and forms of the same letter make no difference."""
    same = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i").translate(_SAME)
    seen = "".join(sign for sign in same if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).split())
