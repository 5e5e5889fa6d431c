"""What `--set` can change in an agreement: each a function from agreement and text to another agreement.

win_rate.smb=25%   mql_to_sql.web_form.smb=40%   mix.outbound.smb=40%   deal_value.smb=2500
goal.revenue=600000   retention_share=10%   from_marketing.smb=70%   reps=12   reps.inbound=12
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from accord.agreement.clauses.funnels import stages_of
from accord.agreement.clauses.quantities import (
    parse_duration,
    parse_meant_price,
    parse_positive,
    parse_share,
    show_percent,
)
from accord.agreement.clauses.rates import parse_rate
from accord.agreement.terms import Agreement, Funnel
from accord.errors import PlanImpossible
from accord.plan.changes.reps import Setter, of_capacity

_STREAM_TERMS: Mapping[str, Callable[[object], object]] = {
    "deal_value": parse_meant_price,
    "share": parse_share,
    "from_marketing": parse_share,
    "cycle": parse_duration,
}


@dataclass(frozen=True)
class Setting:
    """`key=value` as somebody typed it."""

    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


def split_setting(text: str) -> Setting:
    """`win_rate.smb = 25%` in its two halves; PlanImpossible without an equals sign or without a half."""
    key, equals, value = (part.strip() for part in text.partition("="))
    if not (key and equals and value):
        raise PlanImpossible(f"--set {text}: that is no setting; write it as win_rate=25% or reps=12")
    return Setting(key, value)


def settable(agreement: Agreement) -> dict[str, Setter]:
    """Everything that can be set in this agreement, by its full name. The order of stream and lead type in a
    name does not matter; leaving one out means all of them.
    """
    found: dict[str, Setter] = {}
    found |= _of_goal(agreement)
    found |= _of_streams(agreement)
    found |= _of_funnels(agreement)
    found |= of_capacity(agreement)
    for key in agreement.value.prices:
        found[f"price.{key}"] = partial(_price, key)
    return found


# Goal and streams


def _of_goal(agreement: Agreement) -> dict[str, Setter]:
    unit, read = (
        ("revenue", parse_meant_price)
        if agreement.goal.revenue is not None
        else ("customers", parse_positive)
    )
    known: dict[str, Callable[[object], object]] = {unit: read, "retention_share": parse_share}
    return {
        name: partial(_goal, field, reader)
        for field, reader in known.items()
        for name in (field, f"goal.{field}")
    }


def _goal(field: str, read: Callable[[object], object], agreement: Agreement, value: str) -> Agreement:
    return _with(agreement, goal=agreement.goal.model_copy(update={field: read(value)}))


def _of_streams(agreement: Agreement) -> dict[str, Setter]:
    streams = list(agreement.goal.streams)
    found: dict[str, Setter] = {}
    for field, read in _STREAM_TERMS.items():
        if field != "share":
            found[field] = partial(_stream, field, read, streams)
        for name in streams if field != "share" or len(streams) > 1 else ():
            found[f"{field}.{name}"] = partial(_stream, field, read, [name])
    return found


def _stream(
    field: str, read: Callable[[object], object], names: Collection[str], agreement: Agreement, value: str
) -> Agreement:
    new = read(value)
    streams = {
        name: terms.model_copy(update={field: new}) if name in names else terms
        for name, terms in agreement.goal.streams.items()
    }
    return _with(agreement, goal=agreement.goal.model_copy(update={"streams": streams}))


# Rates, mix and deal value of lead types


def _of_funnels(agreement: Agreement) -> dict[str, Setter]:
    where: dict[str, list[tuple[str, str]]] = {}
    for lead_type, stream, funnel in _funnels(agreement):
        rates = [*funnel.rates, *(["win_rate"] if _last_rate(agreement, funnel) else [])]
        for rate in rates:
            for name in (
                "",
                f".{stream}",
                f".{lead_type}",
                f".{lead_type}.{stream}",
                f".{stream}.{lead_type}",
            ):
                where.setdefault(f"{rate}{name}", []).append((lead_type, stream))
    found: dict[str, Setter] = {}
    for key, places in where.items():
        found[key] = partial(_rate, key.partition(".")[0], frozenset(places))
    for lead_type, stream, _ in _funnels(agreement):
        only = len(agreement.lead_types[lead_type].streams) == 1
        shared = sum(stream in terms.streams for terms in agreement.lead_types.values()) > 1
        for name in (f"{lead_type}.{stream}", f"{stream}.{lead_type}", *([lead_type] if only else [])):
            if shared:
                found[f"mix.{name}"] = partial(_funnel_term, "mix", parse_share, (lead_type, stream))
            found.setdefault(
                f"deal_value.{name}",
                partial(_funnel_term, "deal_value", parse_meant_price, (lead_type, stream)),
            )
    return found


def _funnels(agreement: Agreement) -> Iterator[tuple[str, str, Funnel]]:
    for lead_type, terms in agreement.lead_types.items():
        for stream, funnel in terms.streams.items():
            yield lead_type, stream, funnel


def _last_rate(agreement: Agreement, funnel: Funnel) -> str | None:
    """The rate that leads into the last stage: the win rate."""
    stages = [stage.name for stage in agreement.stages]
    last = len(stages) - 1
    return next((key for key in funnel.rates if (span := stages_of(key, stages)) and span[1] == last), None)


def _rate(rate: str, places: Collection[tuple[str, str]], agreement: Agreement, value: str) -> Agreement:
    new = parse_rate(value)

    def changed(funnel: Funnel) -> Funnel:
        key = _last_rate(agreement, funnel) if rate == "win_rate" else rate
        if key is None:
            return funnel
        counted = {other: count for other, count in funnel.evidence.items() if other != key}
        return funnel.model_copy(update={"rates": {**funnel.rates, key: new}, "evidence": counted})

    return _with_funnels(agreement, places, changed)


def _funnel_term(
    field: str,
    read: Callable[[object], object],
    place: tuple[str, str],
    agreement: Agreement,
    value: str,
) -> Agreement:
    new = read(value)
    return _with_funnels(agreement, [place], lambda funnel: funnel.model_copy(update={field: new}))


def _with_funnels(
    agreement: Agreement, places: Collection[tuple[str, str]], changed: Callable[[Funnel], Funnel]
) -> Agreement:
    types = {}
    for lead_type, terms in agreement.lead_types.items():
        streams = {
            stream: changed(funnel) if (lead_type, stream) in places else funnel
            for stream, funnel in terms.streams.items()
        }
        types[lead_type] = terms.model_copy(update={"streams": streams})
    return _with(agreement, lead_types=types)


# Prices


def _price(key: str, agreement: Agreement, value: str) -> Agreement:
    prices = {**agreement.value.prices, key: parse_meant_price(value)}
    return _with(agreement, value=agreement.value.model_copy(update={"prices": prices}))


# Parts of a whole


def balanced(agreement: Agreement, said: Iterable[Setting]) -> Agreement:
    """The agreement with every mix and all shares at 100 % again: what was not set gives way in proportion.

    PlanImpossible where what was set exceeds 100 %, or leaves something that nothing is there to carry.
    """
    keys = {setting.key for setting in said}
    streams = agreement.goal.streams
    if held := {name for name in streams if f"share.{name}" in keys}:
        shares = _balanced("share", {name: terms.share for name, terms in streams.items()}, held)
        for name, share in shares.items():
            agreement = _stream("share", parse_share, [name], agreement, share)
    for stream in streams:
        here = {lead_type: funnel for lead_type, of, funnel in _funnels(agreement) if of == stream}
        held = {name for name in here if keys & _mix_keys(agreement, name, stream)}
        if held:
            mixes = {name: funnel.mix for name, funnel in here.items()}
            for name, mix in _balanced(f"mix of {stream}", mixes, held).items():
                agreement = _funnel_term("mix", parse_share, (name, stream), agreement, mix)
    return agreement


def _mix_keys(agreement: Agreement, lead_type: str, stream: str) -> set[str]:
    only = len(agreement.lead_types[lead_type].streams) == 1
    return {f"mix.{lead_type}.{stream}", f"mix.{stream}.{lead_type}"} | (
        {f"mix.{lead_type}"} if only else set()
    )


def _balanced(what: str, parts: Mapping[str, Fraction | None], held: Collection[str]) -> dict[str, Any]:
    """All parts with those not held scaled to what is left; equal parts where none of them says any."""
    left = 1 - sum((parts[name] or Fraction(0) for name in held), Fraction(0))
    others = {name: part for name, part in parts.items() if name not in held}
    if left < 0:
        raise PlanImpossible(
            f"--set {what}: that makes {show_percent(1 - left)} in all; set no more than 100%"
        )
    if all(part is None for part in others.values()):
        others = {name: Fraction(1, len(others)) for name in others}
    whole = sum((part or Fraction(0) for part in others.values()), Fraction(0))
    if left and not whole:
        raise PlanImpossible(
            f"--set {what}: {show_percent(left)} is left, and nothing else there carries any; set that too"
        )
    scaled = {name: left * (part or 0) / whole if whole else Fraction(0) for name, part in others.items()}
    return {**{name: parts[name] for name in held}, **scaled}


def _with(agreement: Agreement, **update: Any) -> Agreement:
    return agreement.model_copy(update=update)
