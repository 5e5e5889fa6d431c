"""The one formatting module in the language of whoever looks: for views that write figures themselves.

Templates have the same as filters. What programs read (CSV, JSON) takes `accord.report.format` itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import get_language

from accord.report import format as say
from accord.report.format import DASH, NBSP, name, or_dash

__all__ = [
    "DASH",
    "NBSP",
    "amount",
    "day",
    "instant",
    "length",
    "money",
    "name",
    "number",
    "or_dash",
    "percent",
    "period",
    "promised_percent",
    "since",
]
_Given = ParamSpec("_Given")
_Text = TypeVar("_Text")


def _localized(write: Callable[_Given, _Text]) -> Callable[_Given, _Text]:
    @wraps(write)
    def written(*args: _Given.args, **kwargs: _Given.kwargs) -> _Text:
        kwargs.setdefault("locale", get_language() or settings.LANGUAGE_CODE)
        return write(*args, **kwargs)

    return written


amount = _localized(say.amount)
day = _localized(say.day)
instant = _localized(say.instant)
length = _localized(say.length)
money = _localized(say.money)
number = _localized(say.number)
percent = _localized(say.percent)
period = _localized(say.period)
promised_percent = _localized(say.promised_percent)
since = _localized(say.since)
