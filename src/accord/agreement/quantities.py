"""The exact values an agreement is written in: shares, money, durations. Text in, exact numbers out, never a float."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from accord.errors import InputError
from accord.worktime.duration import FORM, Duration

_PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*%", re.ASCII)
_MONEY = re.compile(r"\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)


def parse_percent(value: object) -> Fraction:
    """`34%` as 17/50. A bare number is refused: 34 might mean 34 % or 3,400 %."""
    if isinstance(value, Fraction):
        return value
    match = _PERCENT.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no percentage; write it with its sign, such as 34% or 2.5%")
    return Fraction(match[1]) / 100


def show_percent(value: Fraction) -> str:
    """The shortest exact text of a percentage, the inverse of `parse_percent`: 17/50 is `34%`."""
    percent = value * 100
    if percent.denominator == 1:
        return f"{percent.numerator}%"
    digits = f"{Decimal(percent.numerator) / Decimal(percent.denominator):.9f}".rstrip("0")
    return f"{digits}%"


def parse_money(value: object) -> Decimal:
    """`500000`, `500,000`, `500_000` or `1999.90` as a Decimal; signs, letters and exponents are refused."""
    if isinstance(value, Decimal):
        return value
    text = re.sub(r"(?<=\d)[,_](?=\d{3}(?!\d))", "", str(value).strip())
    if not _MONEY.fullmatch(text):
        raise ValueError(f"{value!r} is no amount; write digits such as 500000 or 1999.90")
    return Decimal(text)


def parse_whole(value: object) -> int:
    """A count from its digits; `1,200` is 1200. Fractions, signs and letters are refused."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = re.sub(r"(?<=\d)[,_](?=\d{3}(?!\d))", "", str(value).strip())
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{value!r} is no whole number; write digits such as 12")
    return int(text)


def parse_duration(value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(str(value))
    except InputError as error:
        raise ValueError(str(error)) from None


def parse_share(value: object) -> Fraction:
    """A percentage between 0 % and 100 %."""
    share = parse_percent(value)
    if share > 1:
        raise ValueError(f"{value} is more than 100%; a rate or share lies between 0% and 100%")
    return share


_PERCENT_SCHEMA = {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$", "examples": ["34%", "2.5%"]}
_MONEY_SCHEMA = {
    "type": ["string", "number"],
    "pattern": r"^\d[\d,_]*(\.\d+)?$",
    "examples": [500000, "1,999.90"],
}
_WHOLE_SCHEMA = {"type": ["string", "integer"], "pattern": r"^\d[\d,_]*$", "examples": [12]}
_DURATION_SCHEMA = {"type": "string", "description": FORM, "examples": ["60 min", "24 h", "2 d", "3 d wall"]}

Percent = Annotated[
    Fraction, BeforeValidator(parse_percent), PlainSerializer(show_percent), WithJsonSchema(_PERCENT_SCHEMA)
]
Share = Annotated[
    Fraction, BeforeValidator(parse_share), PlainSerializer(show_percent), WithJsonSchema(_PERCENT_SCHEMA)
]
Money = Annotated[Decimal, BeforeValidator(parse_money), PlainSerializer(str), WithJsonSchema(_MONEY_SCHEMA)]
Whole = Annotated[int, BeforeValidator(parse_whole), WithJsonSchema(_WHOLE_SCHEMA)]
Positive = Annotated[int, BeforeValidator(parse_whole), Field(ge=1), WithJsonSchema(_WHOLE_SCHEMA)]
Length = Annotated[
    Duration, BeforeValidator(parse_duration), PlainSerializer(str), WithJsonSchema(_DURATION_SCHEMA)
]
