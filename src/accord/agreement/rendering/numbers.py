"""The detail of the rendered agreement that numbers rest on: streams, lead types, value, flow, capacity."""

from collections.abc import Iterator
from fractions import Fraction

from accord.agreement.clauses.bounds import show_bound
from accord.agreement.clauses.funnels import Funnel, LeadType
from accord.agreement.clauses.goals import ONLY_STREAM, Stream
from accord.agreement.clauses.quantities import show_percent
from accord.agreement.comparing.saying_words import length, money, whom
from accord.agreement.rendering.markdown import bullets, escaped, listed, spoken
from accord.agreement.terms import Agreement


def streams(agreement: Agreement) -> str:
    """What a stream says beside its row on the first screens."""
    lines = []
    for name, stream in agreement.goal.streams.items():
        if said := list(_stream(stream, agreement)):
            start = "" if name == ONLY_STREAM else f"{spoken(name)}: "
            lines.append(f"{start}{'; '.join(said)}")
    return bullets(lines)


def _stream(stream: Stream, agreement: Agreement) -> Iterator[str]:
    if stream.order_value is not None:
        yield f"one order is worth {money(stream.order_value, agreement)}"
    if stream.margin is not None:
        yield f"{show_percent(stream.margin)} of the revenue is margin"
    if stream.closing_profile:
        parts = listed(map(show_percent, stream.closing_profile))
        yield f"of a cohort's customers, month by month after delivery, {parts} are won"
    if stream.pipeline:
        parts = listed(f"{count:,} in {month}" for month, count in stream.pipeline.items())
        yield f"expected from leads of before the term: {parts} customers"


def lead_types(agreement: Agreement) -> str:
    """Who brings each lead type and how, and what its rows say beside the rates."""
    lines = []
    for key, kind in agreement.lead_types.items():
        said = [*_kind(kind, agreement)]
        for stream, funnel in kind.streams.items():
            where = "" if stream == ONLY_STREAM else f"in {spoken(stream)} "
            said += [f"{where}{fact}" for fact in _funnel(funnel, agreement)]
        if said:
            name = f"{escaped(kind.label)} ({escaped(key)})" if kind.label else spoken(key)
            lines.append(f"{name}: {'; '.join(said)}")
    return bullets(lines)


def _kind(kind: LeadType, agreement: Agreement) -> Iterator[str]:
    if kind.definition:
        yield escaped(kind.definition)
    if kind.owner:
        yield f"brought by {whom(agreement, kind.owner)}"
    if kind.tactics:
        yield f"through {listed(map(escaped, kind.tactics))}"


def _funnel(funnel: Funnel, agreement: Agreement) -> Iterator[str]:
    if funnel.deal_value is not None:
        yield f"a deal is worth {money(funnel.deal_value, agreement)}"
    if funnel.cost is not None:
        yield f"a lead costs {money(funnel.cost, agreement)}"
    if funnel.at_least is not None:
        yield f"at least {_bound(funnel.at_least)}"
    if funnel.at_most is not None:
        yield f"at most {_bound(funnel.at_most)}"


def _bound(bound: int | Fraction) -> str:
    shown = show_bound(bound)
    return f"{shown} of the customers" if shown.endswith("%") else f"{shown} leads"


def numbers(agreement: Agreement) -> str:
    """Value, flow and what reps can do."""
    value, flow = agreement.value, agreement.delivery
    prices = listed(f"{escaped(key)} {money(price, agreement)}" for key, price in value.prices.items())
    by = value.by.replace("_", " ")
    line, every = f"the goal line by {agreement.goal_line}", agreement.term.interval
    spread = f"spread over the next {flow.carry_over}" if flow.carry_over else "not carried over"
    lines = [
        f"a lead is worth, by {by}: {prices}" if prices else "a lead is worth its rates times the deal value",
        f"the running total stays within {show_percent(flow.flow_band)} of {line}",
        f"{flow.over_delivery_alarm} {every}s in a row above the band are told to both heads",
        f"what is missing at the end is {spread}",
        *_capacity(agreement),
        f"whose lead it is: {agreement.attribution}",
    ]
    return bullets(lines)


def _capacity(agreement: Agreement) -> Iterator[str]:
    terms, touches = agreement.capacity, agreement.follow_up.touches
    share = None if terms.for_marketing_leads is None else show_percent(terms.for_marketing_leads)
    if terms.hours_per_month:
        part = f"{share or 'all'} of it on marketing's leads"
        yield f"a rep works {terms.hours_per_month} hours a month, {part}"
    elif share:
        yield f"{share} of a rep's time belongs to marketing's leads"
    if touches.minutes:
        each = listed(f"{length(time)} for one {escaped(kind)}" for kind, time in touches.minutes.items())
        yield f"touches take {each}"
    if terms.connect_rate is not None:
        yield f"{show_percent(terms.connect_rate)} of the calls reach the person"
    if terms.ramp:
        yield f"a new rep does {listed(map(show_percent, terms.ramp))} of it in the first months"
