"""The one text of an agreement: everything that holds is written out, in one order and one spelling.

What is written out does not change its meaning when a default does, so this is the form to compare, to sign
and to keep. `parse_agreement(dump_yaml(agreement)) == agreement` for every agreement that was read.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import yaml

from accord.agreement.clauses.clause import Clause
from accord.agreement.clauses.funnels import Funnel
from accord.agreement.clauses.hours import NO_HOLIDAYS, CalendarTerms, Version
from accord.agreement.clauses.quantities import show_money, show_percent
from accord.agreement.terms import Agreement

Plain = str | list[Any] | dict[str, Any]
_EMPTY: tuple[object, ...] = (None, "", (), {})


class _Emitter(yaml.SafeDumper):
    """Writes text plainly: the reader takes every scalar as text, so `no` and `34%` need no quotes.

    Only what the reader treats specially when it stands bare is quoted: empty values and merge keys.
    """

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML asks for each value
        return True


_SPECIAL = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
_Emitter.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag in _SPECIAL]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def dump_yaml(agreement: Agreement) -> str:
    """The canonical text: UTF-8 in any script, keys in the order of the terms, defaults written out."""
    return _dumped(as_written(agreement))


def signed_text(agreement: Agreement) -> str:
    """The canonical text without `status`: what people sign, for how far it has come is no part of it.

    Layout, comments, quotes, line ends, a byte order mark and shorthands leave no trace in it; the order of
    entries does, since it can mean something (the first calendar is the one that holds where none is said).
    """
    return _dumped({key: part for key, part in as_written(agreement).items() if key != "status"})


def _dumped(written: dict[str, Any]) -> str:
    text: str = yaml.dump(written, Dumper=_Emitter, allow_unicode=True, sort_keys=False, width=100)
    return text


def as_written(clause: Clause) -> dict[str, Any]:
    """A clause as the mapping of text, lists and mappings that would be written for it."""
    written: dict[str, Any] = {}
    for name, info in type(clause).model_fields.items():
        value = getattr(clause, name)
        if value in _EMPTY and value == info.get_default(call_default_factory=True):
            continue
        if isinstance(value, Clause) and value == info.default and not as_written(value):
            continue
        written[info.alias or name] = _text(value)
    if isinstance(clause, Funnel):
        for key in ("rates", "evidence"):  # they stand beside the mix: `mql_to_sql: 68 of 200`
            written.pop(key, None)
        written.update(clause.written_rates())
    return written


def _text(value: object) -> Plain:
    if isinstance(value, Version) and not isinstance(value, CalendarTerms):  # it says only what changes
        written = {key: item for key, item in as_written(value).items() if key in _said(value)}
        return {**written, **({"holidays": NO_HOLIDAYS} if _drops_holidays(value) else {})}
    if isinstance(value, Clause):
        return as_written(value)
    if isinstance(value, Mapping):
        return {str(_text(key)): _text(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_text(item) for item in value]
    return next((show(value) for kind, show in _SPELLINGS if isinstance(value, kind)), str(value))


_SPELLINGS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda flag: "true" if flag else "false"),
    (Fraction, show_percent),
    (Decimal, lambda amount: _shortest(show_money(amount))),
    (date, date.isoformat),
)


def _shortest(digits: str) -> str:
    """An amount without zeros that say nothing: 2000 and 2000.00 are one promise."""
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _drops_holidays(version: Version) -> bool:
    return version.holidays is None and "holidays" in version.model_fields_set


def _said(version: Version) -> set[str]:
    fields = type(version).model_fields
    return {fields[name].alias or name for name in version.model_fields_set}
