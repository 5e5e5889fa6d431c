"""The exact values an agreement is written in: shares, money, counts, dates, durations.

Text in, exact numbers out, never a float. Every reader also takes its own result (a Fraction, a Decimal, …),
so that values can be built in code; each refuses with a ValueError whose sentence says what to write instead.
"""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from accord.agreement.clauses.clause import quoted
from accord.errors import InputError
from accord.worktime.duration import FORM, Duration, Unit

_PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*%", re.ASCII)
_MONEY = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_SIGNED = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}([,_]\d{3})+", re.ASCII)


def _text(value: object) -> str:
    """What was written, without thousands separators; a list or a mapping is never a number."""
    text = str(value).strip() if isinstance(value, str | int | float | Decimal) else ""
    whole, point, rest = text.partition(".")
    return (re.sub(r"[,_]", "", whole) if _THOUSANDS.fullmatch(whole) else whole) + point + rest


def parse_percent(value: object) -> Fraction:
    """`34%` as 17/50. A bare number is refused: 34 might mean 34 % or 3,400 %."""
    if isinstance(value, Fraction):
        return value
    match = _PERCENT.fullmatch(_text(value))
    if match is None:
        raise ValueError(f"{quoted(value)} is no percentage; write it with its sign, such as 34% or 2.5%")
    return Fraction(match[1]) / 100


def show_percent(value: Fraction) -> str:
    """The shortest exact text of a percentage, the inverse of `parse_percent`: 17/50 is `34%`."""
    percent = value * 100
    if percent.denominator == 1:
        return f"{percent.numerator}%"
    digits = f"{Decimal(percent.numerator) / Decimal(percent.denominator):.9f}".rstrip("0")
    return f"{digits}%"


def parse_share(value: object) -> Fraction:
    """A percentage between 0 % and 100 %."""
    share = parse_percent(value)
    if not 0 <= share <= 1:
        raise ValueError(f"{quoted(_shown(value))} is not between 0% and 100%; a rate or share cannot be")
    return share


def _shown(value: object) -> object:
    return show_percent(value) if isinstance(value, Fraction) else value


def parse_money(value: object) -> Decimal:
    """`500000`, `500,000`, `500_000` or `1999.90` as a Decimal; signs, letters and exponents are refused."""
    if isinstance(value, Decimal) and value.is_finite() and value >= 0:
        return value
    if not _MONEY.fullmatch(text := _text(value)):
        raise ValueError(f"{quoted(value)} is no amount; write digits such as 500000 or 1999.90")
    return Decimal(text)


def parse_price(value: object) -> Decimal:
    """An amount above zero."""
    amount = parse_money(value)
    if not amount:
        raise ValueError("the amount is 0; write one above 0, or leave the key out")
    return amount


def is_ambiguous(amount: Decimal) -> bool:
    """Whether it was written with a point before three digits, as in 600.000, elsewhere 600 thousand."""
    return amount.as_tuple().exponent == -3 and amount >= 1


def parse_meant_price(value: object) -> Decimal:
    """An amount above zero that can be meant in one way only."""
    amount = parse_price(value)
    if is_ambiguous(amount):
        raise ValueError(says_ambiguous(amount))
    return amount


def says_ambiguous(amount: Decimal) -> str:
    """What such an amount is taken for, and how to write either."""
    thousands, plain = int(amount * 1000), f"{amount.normalize():f}"
    exact = plain if "." not in plain else f"{plain}0"
    return (
        f"{amount:f} is taken for {plain}, not for {thousands:,}; "
        f"write {thousands} or {thousands:,} if thousands are meant, else {exact}"
    )


def show_money(value: Decimal) -> str:
    return f"{value:f}"


def parse_whole(value: object) -> int:
    """A count from its digits; `1,200` is 1200. Fractions, signs and letters are refused."""
    if not _WHOLE.fullmatch(text := _text(value)) or isinstance(value, bool | float | Decimal):
        raise ValueError(f"{quoted(value)} is no whole number; write digits such as 12")
    return int(text)


def parse_positive(value: object) -> int:
    """A count of one or more."""
    count = parse_whole(value)
    if not count:
        raise ValueError("the number is 0; write 1 or more, or leave the key out")
    return count


def parse_points(value: object) -> int:
    """A whole number that may be negative: points of a score."""
    if not _SIGNED.fullmatch(text := _text(value)) or isinstance(value, bool):
        raise ValueError(f"{quoted(value)} is no number of points; write a whole number such as 20 or -15")
    return int(text)


def parse_day(value: object) -> date:
    """A date as ISO 8601 writes it. Other orders are refused, because 03/04 is two different days."""
    if isinstance(value, date):
        return value
    try:
        if _DAY.fullmatch(text := _text(value)):
            return date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{quoted(value)} is a day that no calendar has; write one such as 2026-01-31"
        ) from None
    raise ValueError(f"{quoted(value)} is no date; write year, month and day, such as 2026-01-31")


def parse_month(value: object) -> str:
    """A calendar month such as 2026-01. It stays text: it names a month and is no day."""
    text = _text(value)
    if _MONTH.fullmatch(text) and text[:4] != "0000" and "01" <= text[5:] <= "12":
        return text
    raise ValueError(f"{quoted(value)} is no month; write year and month, such as 2026-01")


def parse_flag(value: object) -> bool:
    """`true` or `false` and nothing else: what `no` or `on` means differs between YAML readers."""
    if isinstance(value, bool):
        return value
    text = _text(value)
    if text in ("true", "false"):
        return text == "true"
    meant = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
    meant |= {"true": "true", "false": "false"}
    hint = f"write {meant[text.lower()]}" if text.lower() in meant else "write true or false"
    raise ValueError(f"{quoted(value)} is neither true nor false; {hint}")


def parse_duration(value: object) -> Duration:
    """A length of time; on a cycle months are allowed."""
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(_text(value)[:80])
    except InputError:
        raise ValueError(f"{quoted(value)} is no duration; write {FORM}") from None


def parse_gap(value: object) -> Duration:
    """A length of time that a clock can count, or none: months are refused, since their length varies."""
    length = parse_duration(value)
    if length.unit is Unit.MONTH:
        raise ValueError(f"{quoted(value)} has no fixed length; write it in days, such as 30 d or 30 d wall")
    return length


def parse_window(value: object) -> Duration:
    """A length of time in which something is owed: longer than nothing, and no months."""
    length = parse_gap(value)
    if not length.count:
        raise ValueError(f"{quoted(value)} leaves no time at all; write a longer window, such as 5 min")
    return length


_PERCENT_SCHEMA = {"type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*%\s*$", "examples": ["34%", "2.5%"]}
_MONEY_SCHEMA = {
    "type": ["string", "number"],
    "pattern": r"^[0-9][0-9,_]*(\.[0-9]+)?$",
    "minimum": 0,
    "examples": [500000, "1,999.90"],
}
_WHOLE_SCHEMA = {"type": ["string", "integer"], "pattern": r"^[0-9][0-9,_]*$", "minimum": 0, "examples": [12]}
_POINTS_SCHEMA = {"type": ["string", "integer"], "pattern": r"^[+-]?[0-9]+$", "examples": [20, -15]}
_DAY_SCHEMA = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_MONTH_SCHEMA = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}$", "examples": ["2026-01"]}
_FLAG_SCHEMA = {"enum": [True, False, "true", "false"]}
_UNITS = "s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?"
_DURATION_SCHEMA = {
    "type": "string",
    "description": FORM,
    "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*({_UNITS}|months?)(\s+wall)?\s*$",
    "examples": ["1 month", "60 min", "24 h", "2 d", "3 d wall"],
}
_CLOCK_SCHEMA = {
    "type": "string",
    "description": FORM.replace(", month", ""),
    "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*({_UNITS})(\s+wall)?\s*$",
    "examples": ["60 min", "24 h", "2 d", "3 d wall"],
}

Percent = Annotated[
    Fraction, BeforeValidator(parse_percent), PlainSerializer(show_percent), WithJsonSchema(_PERCENT_SCHEMA)
]
Share = Annotated[
    Fraction, BeforeValidator(parse_share), PlainSerializer(show_percent), WithJsonSchema(_PERCENT_SCHEMA)
]
Money = Annotated[
    Decimal, BeforeValidator(parse_money), PlainSerializer(show_money), WithJsonSchema(_MONEY_SCHEMA)
]
Price = Annotated[
    Decimal, BeforeValidator(parse_price), PlainSerializer(show_money), WithJsonSchema(_MONEY_SCHEMA)
]
Whole = Annotated[int, BeforeValidator(parse_whole), WithJsonSchema(_WHOLE_SCHEMA)]
Positive = Annotated[
    int, BeforeValidator(parse_positive), Field(ge=1), WithJsonSchema({**_WHOLE_SCHEMA, "minimum": 1})
]
Points = Annotated[int, BeforeValidator(parse_points), WithJsonSchema(_POINTS_SCHEMA)]
Day = Annotated[date, BeforeValidator(parse_day), WithJsonSchema(_DAY_SCHEMA)]
Month = Annotated[str, BeforeValidator(parse_month), WithJsonSchema(_MONTH_SCHEMA)]
Flag = Annotated[bool, BeforeValidator(parse_flag), WithJsonSchema(_FLAG_SCHEMA)]
Length = Annotated[
    Duration, BeforeValidator(parse_duration), PlainSerializer(str), WithJsonSchema(_DURATION_SCHEMA)
]
Gap = Annotated[Duration, BeforeValidator(parse_gap), PlainSerializer(str), WithJsonSchema(_CLOCK_SCHEMA)]
Window = Annotated[
    Duration, BeforeValidator(parse_window), PlainSerializer(str), WithJsonSchema(_CLOCK_SCHEMA)
]
