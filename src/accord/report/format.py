"""How reports and pages write numbers, lengths of time, dates and names. The only place where it is done.

English is the house's own style below; with `locale`, the code of another language, its customs and digits
come from `tongue.py`.

Every function returns None for None: templates show that as a dash which a screen reader calls "unknown"
(`page.py`), plain texts pass it through `or_dash`. Rounding is half up, as DOMAIN 4 R3 asks; minus is a
real minus.
"""

import math
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from accord.report import tongue
from accord.report.tongue import tongue as tongue_of

DASH = "–"
NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_MONTHS = ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December")  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONGEST_NAME = 120

Number = int | float | Decimal | Fraction


def or_dash(text: str | None) -> str:
    return DASH if text is None else text


def known(value: object) -> Number | None:
    """`value` if it is a finite number, else None: a NaN out of an empty average is an unknown, not a
    figure.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction):
        return None
    return value if math.isfinite(value) else None


def _decimal(value: Number) -> Decimal:
    """A float as it is printed, so that 0.285 rounds as 0.285 and not as its binary neighbour."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _rounded(value: Number, digits: int) -> Decimal:
    return _decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def number(value: object, digits: int = 0, *, signed: bool = False, locale: str = "en") -> str | None:
    """`1,560` or `138.89`; trailing digits stay. `signed` writes a plus before what is above zero."""
    figure = known(value)
    if figure is None:
        return None
    rounded = _rounded(figure, digits) + 0  # + 0 turns −0 into 0
    if where := tongue_of(locale):
        return tongue.decimal(rounded, digits, where, signed=signed)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{digits}f}"


def money(value: object, currency: str, *, signed: bool = False, locale: str = "en") -> str | None:
    """An amount to the unit, with its currency: `USD 499,596`."""
    text = number(value, signed=signed, locale=locale)
    if text is None:
        return None
    where = tongue_of(locale)
    return tongue.amount(text, currency, where) if where else f"{currency}{NBSP}{text}"


def percent(fraction: object, digits: int = 1, *, locale: str = "en") -> str | None:
    """A fraction as a percentage: 0.714 is `71.4%`."""
    figure = known(fraction)
    if figure is None:
        return None
    text = or_dash(number(_decimal(figure) * 100, digits, locale=locale))
    where = tongue_of(locale)
    return tongue.percentage(text, where) if where else f"{text}%"


def promised_percent(fraction: object, *, locale: str = "en") -> str | None:
    """A share as the agreement writes it: `90%`, `92.5%`, never more digits than it has, two at most."""
    figure = known(fraction)
    if figure is None:
        return None
    places = -int(_rounded(_decimal(figure) * 100, 2).normalize().as_tuple().exponent)
    return percent(figure, max(0, places), locale=locale)


def of(numerator: object, denominator: object) -> str | None:
    """The two numbers behind a rate: `5 of 7` (R4); None unless both are known."""
    above, below = number(numerator), number(denominator)
    return None if above is None or below is None else f"{above} of {below}"


def amount(value: object, unit: str, *, signed: bool = False, locale: str = "en") -> str | None:
    """A promised or measured figure in its unit: a `share`, a count of `leads`, or money of a currency."""
    if unit == "share":
        return percent(value, locale=locale)
    if unit.isupper():
        return money(value, unit, signed=signed, locale=locale)
    text = number(value, signed=signed, locale=locale)
    if text is None:
        return None
    noun = unit[:-1] if number(value) in {"1", f"{MINUS}1"} and unit.endswith("s") else unit
    return f"{text}{NBSP}{noun}"


def length(seconds: object, *, wall: bool = False, locale: str = "en") -> str | None:
    """Seconds in words: `45 s`, `1 h 30 min`. Only wall time has days: a working day has no one length."""
    figure = known(seconds)
    if figure is None:
        return None
    whole = int(abs(_rounded(figure, 0)))
    sign = MINUS if figure < 0 and whole else ""
    if whole < 60:
        return sign + _counted(whole, "s", locale)
    minutes = int(_rounded(Decimal(whole) / 60, 0))
    days, minutes = divmod(minutes, 24 * 60) if wall else (0, minutes)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    kept = [_counted(count, unit, locale) for count, unit in parts if count][:2]
    return sign + NBSP.join(kept)


def _counted(count: int, unit: str, locale: str) -> str:
    where = tongue_of(locale)
    return tongue.counted(count, unit, where) if where else f"{count:,}{NBSP}{unit}"


def since(then: object, now: datetime, *, locale: str = "en") -> str | None:
    """How long ago, in words: `3 hours ago`, `in 2 days`. A time without a zone is UTC."""
    if not isinstance(then, datetime):
        return None
    span = _in_utc(then) - _in_utc(now)
    if abs(span) < timedelta(seconds=1):
        span = timedelta(seconds=-1)
    return tongue.ago(span, tongue_of(locale))


def _in_utc(value: datetime) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def day(value: object, *, short: bool = False, locale: str = "en") -> str | None:
    """`16 March 2026`, or `16 Mar` where the year is plain from the heading."""
    if not isinstance(value, date):
        return None
    if where := tongue_of(locale):
        return tongue.day(value, where, short=short)
    month = _MONTHS[value.month - 1]
    return f"{value.day}{NBSP}{month[:3]}" if short else f"{value.day}{NBSP}{month}{NBSP}{value.year}"


def period(first: date, last: date, *, locale: str = "en") -> str:
    """`1–31 March 2026`, as short as it stays clear; both days are included."""
    if first == last:
        return or_dash(day(first, locale=locale))
    if where := tongue_of(locale):
        return tongue.period(first, last, where)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{or_dash(day(last))}"
    start = f"{first.day}{NBSP}{_MONTHS[first.month - 1]}"
    return f"{start if first.year == last.year else day(first)} – {day(last)}"


def instant(value: object, zone: str, *, locale: str = "en") -> str | None:
    """`Mon 16 Mar 2026, 12:00` on the clocks of `zone`. A time without a zone is UTC, as everywhere in the
    log.
    """
    if not isinstance(value, datetime):
        return None
    there = _in_utc(value).astimezone(ZoneInfo(zone))
    if where := tongue_of(locale):
        return tongue.instant(there, where)
    month = _MONTHS[there.month - 1][:3]
    return f"{_DAYS[there.weekday()]} {there.day}{NBSP}{month}{NBSP}{there.year}, {there:%H:%M}"


def name(value: object, longest: int = _LONGEST_NAME) -> str | None:
    """Somebody's text, fit to show: one line, no control or direction-changing characters, not endless.

    What is left out is marked: `�` for a character that cannot be shown, `…` for the middle of a long text.
    Escaping is the template's work, not done here.
    """
    if value is None or value == "":
        return None
    text = " ".join("".join(map(_visible, str(value))).split())
    if len(text) > longest:
        text = f"{text[: longest * 2 // 3]}…{text[-(longest // 3) :]}"
    return text or None


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r":
        return " "
    if category in {"Cc", "Cs"} or character in _DIRECTIONS:
        return "\N{REPLACEMENT CHARACTER}"
    return character


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
