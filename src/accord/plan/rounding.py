"""Rounding of exact numbers, each rule in one place (DOMAIN 4, R1 to R3). No float in, no float out."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

Exact = int | Fraction | Decimal


def exact(value: Exact) -> Fraction:
    """`value` as a Fraction. TypeError for a float: what it was meant to be is already lost (R2)."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; hand over an int, a Fraction or a Decimal")
    return Fraction(value)


def up(value: Fraction) -> int:
    """The least whole number that is not below `value`: counts that are needed round up (R1)."""
    return ceil(value)


def half_up(value: Fraction, places: int = 0) -> Decimal:
    """`value` to so many decimals, halves away from zero (R3): 186.50 is 187, −2.5 is −3."""
    scale = 10**places
    whole = floor(abs(value) * scale + Fraction(1, 2))
    digits = tuple(map(int, str(whole)))
    return Decimal(
        (int(value < 0 < whole), digits, -places)
    )  # built, not computed: arithmetic stops at 28 digits


def decimal_text(value: Fraction, places: int = 6) -> str:
    """Half-up to at most so many decimals, without trailing zeros: 250 is `250`, 5000/39 is `128.205128`."""
    text = f"{half_up(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
