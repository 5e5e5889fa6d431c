"""A limit on one kind of lead: so many leads, or such a share of the stream's customers."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from accord.agreement.clauses.clause import quoted
from accord.agreement.clauses.quantities import parse_share, parse_whole, show_percent


def parse_bound(value: object) -> int | Fraction:
    """`5000` as a count of leads, `40%` as a share; a ValueError says which to write."""
    if isinstance(value, Fraction) or (isinstance(value, str) and "%" in value):
        return parse_share(value)
    if isinstance(value, float | Decimal):
        raise ValueError(f"{quoted(value)} is neither; write leads such as 500, or a share such as 40%")
    try:
        return parse_whole(value)
    except ValueError:
        raise ValueError(f"{quoted(value)} is neither leads nor a share; write 500, or 40%") from None


def show_bound(value: int | Fraction) -> str:
    """The inverse: `5000`, or `40%`."""
    return show_percent(value) if isinstance(value, Fraction) else str(value)


Bound = Annotated[
    int | Fraction,
    BeforeValidator(parse_bound),
    PlainSerializer(show_bound),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "pattern": r"^\s*([0-9][0-9,_]*|[0-9]+(\.[0-9]+)?\s*%)\s*$",
            "minimum": 0,
            "examples": [500, "40%"],
        }
    ),
]
