"""How languages other than English write figures, days and lengths: CLDR's customs, by way of Babel.

Only `format.py` uses this. English is written there, in the house's own style; a language that CLDR does
not know is written as English. Babel leaves all digits Latin; `digits` turns them into the language's own.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit

_NBSP = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_ZEROS = {"arab": 0x0660, "arabext": 0x06F0, "deva": 0x0966, "beng": 0x09E6, "mymr": 0x1040, "thai": 0x0E50}
_UNITS = {"s": "duration-second", "min": "duration-minute", "h": "duration-hour", "d": "duration-day"}


@cache
def tongue(code: str) -> Locale | None:
    """The customs of a language by its code (`fa`, `pt-br`); None for English and for unknown ones."""
    try:
        found = Locale.parse(code.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    return None if found.language == "en" else found


def digits(text: str, where: Locale) -> str:
    """Latin digits of `text` as the language writes its own."""
    zero = _ZEROS.get(str(where.default_numbering_system))
    return text if zero is None else text.translate({ord("0") + n: zero + n for n in range(10)})


def decimal(value: Decimal, places: int, where: Locale, *, signed: bool = False) -> str:
    """A rounded figure with its sign; `signed` writes a plus before what is above zero."""
    whole = str(where.decimal_formats[None].pattern).split(".", maxsplit=1)[0]
    pattern = whole + ("." + "0" * places if places else "")
    text = format_decimal(abs(value), format=pattern, locale=where, numbering_system="default")
    sign = (
        _symbol(where, "minusSign") if value < 0 else _symbol(where, "plusSign") if signed and value else ""
    )
    return sign.replace("-", _MINUS) + digits(text, where)


def percentage(text: str, where: Locale) -> str:
    """A figure that `decimal` wrote, with the per cent sign where the language puts it."""
    pattern = str(where.percent_formats[None].pattern).split(";", maxsplit=1)[0]
    return re.sub("#[#,]*0", lambda _: text, pattern).replace("%", _symbol(where, "percentSign"))


def amount(text: str, currency: str, where: Locale) -> str:
    """A figure with its currency's code, before or behind it as the language does."""
    pattern = str(where.currency_formats["standard"].pattern)
    before = pattern.index("¤") < pattern.index("#")
    return f"{currency}{_NBSP}{text}" if before else f"{text}{_NBSP}{currency}"


def counted(count: int, unit: str, where: Locale) -> str:
    """So many seconds (`s`), minutes (`min`), hours (`h`) or days (`d`), in short."""
    text = format_unit(count, _UNITS[unit], length="short", locale=where)
    return digits(text, where).replace(" ", _NBSP)


def day(value: date, where: Locale, *, short: bool = False) -> str:
    text = format_skeleton("MMMd", value, locale=where) if short else format_date(value, "long", locale=where)
    return digits(text, where).replace(" ", _NBSP)


def period(first: date, last: date, where: Locale) -> str:
    return digits(format_interval(first, last, "yMMMMd", locale=where), where)


def instant(there: datetime, where: Locale) -> str:
    """The day with its weekday, and the time of 24 hours."""
    on = format_skeleton("yMMMEd", there, locale=where)
    joined = str(where.datetime_formats["medium"]).replace("{1}", on).replace("{0}", f"{there:%H:%M}")
    return digits(joined, where)


def ago(span: timedelta, where: Locale | None) -> str:
    """How long ago (below zero) or how long until, in words; English where there is no other language."""
    text = format_timedelta(span, add_direction=True, locale=where or "en")
    return text if where is None else digits(text, where)


def _symbol(where: Locale, name: str) -> str:
    system = str(where.default_numbering_system)
    symbols = where.number_symbols.get(system, where.number_symbols["latn"])
    return str(symbols[name])
