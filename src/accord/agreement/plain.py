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


def folded(text: str) -> str:
    """Text for comparing: compatible forms, case and blanks make no difference, in any script."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())
