"""A rate, and how many leads it was counted on: `34%`, `34% of 200`, or `68 of 200`."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from accord.agreement.clauses.clause import quoted
from accord.agreement.clauses.quantities import parse_share, parse_whole, show_percent

_OF = " of "


def parse_rate(value: object) -> Fraction:
    """`34%`, `34% of 200` and `68 of 200` are all 17/50; ValueError above 100 % or for none counted."""
    part, whole = _split(value)
    if whole is None:
        return parse_share(value)
    entered = parse_whole(whole)
    if not entered:
        raise ValueError(f"{quoted(value)} counts nobody; write a rate such as 34%, or counts: 68 of 200")
    if "%" in part:
        return parse_share(part)
    converted = parse_whole(part)
    if converted > entered:
        raise ValueError(f"{quoted(value)} are more than all; write those who went on first: 68 of 200")
    return Fraction(converted, entered)


def counted_on(value: object) -> int | None:
    """The 200 of `68 of 200`; None for a bare rate, and for what `parse_rate` refuses."""
    _, whole = _split(value)
    try:
        return parse_whole(whole) or None if whole is not None else None
    except ValueError:
        return None


def show_rate(rate: Fraction, counted: int | None) -> str:
    """The inverse: `34%`, or `68 of 200`, or `34% of 201` where a rounded rate was given."""
    if counted is None:
        return show_percent(rate)
    converted = rate * counted
    part = str(converted) if converted.denominator == 1 else show_percent(rate)
    return f"{part}{_OF}{counted}"


def evidence_in(rates: Mapping[str, object]) -> dict[str, int]:
    """The counts that rates as written carry."""
    return {key: count for key, rate in rates.items() if (count := counted_on(rate)) is not None}


def _split(value: object) -> tuple[str, str | None]:
    part, of, whole = value.partition(_OF) if isinstance(value, str) else ("", "", "")
    return part.strip(), whole.strip() if of else None


_COUNT = r"[0-9][0-9,_]*"
_PATTERN = rf"^\s*([0-9]+(\.[0-9]+)?\s*%(\s+of\s+{_COUNT})?|{_COUNT}\s+of\s+{_COUNT})\s*$"
Rate = Annotated[
    Fraction,
    BeforeValidator(parse_rate),
    PlainSerializer(show_percent),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["34%", "68 of 200"]}),
]
