"""The agreement once the improvements that it plans have come about: the second line of a plan (S4.29)."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from accord.agreement.terms import Agreement, Funnel, Improvement, LeadType


def improved(agreement: Agreement, on: date | None = None) -> Agreement:
    """A copy with the rates of `goal.improvements` that are due by a day; all of them without one.

    An improvement moves each rate that it is about to its target, unless it is there or beyond already:
    23 % to 25 % leaves a lead type at 30 % alone. The agreement handed over stays as it is.
    """
    due = [item for item in agreement.goal.improvements if on is None or item.by <= on]
    if not due:
        return agreement
    types = {name: _lead_type(name, terms, due) for name, terms in agreement.lead_types.items()}
    return agreement.model_copy(update={"lead_types": types})


def effects(agreement: Agreement, on: date | None = None) -> Iterator[tuple[Improvement, str, str, Fraction]]:
    """What each improvement moves: itself, lead type, stream, and the rate as it is now."""
    for item in agreement.goal.improvements:
        if on is None or item.by <= on:
            for name, terms in agreement.lead_types.items():
                for stream, funnel in terms.streams.items():
                    if _moves(item, name, stream, funnel):
                        yield item, name, stream, funnel.rates[item.rate]


def _lead_type(name: str, terms: LeadType, due: list[Improvement]) -> LeadType:
    streams = {}
    for stream, funnel in terms.streams.items():
        rates, evidence = dict(funnel.rates), dict(funnel.evidence)
        for item in due:
            if _moves(item, name, stream, funnel):
                rates[item.rate] = item.target
                evidence.pop(item.rate, None)  # hoped for, not counted
        streams[stream] = funnel.model_copy(update={"rates": rates, "evidence": evidence})
    return terms.model_copy(update={"streams": streams})


def _moves(item: Improvement, lead_type: str, stream: str, funnel: Funnel) -> bool:
    if item.lead_type not in (None, lead_type) or item.stream not in (None, stream):
        return False
    rate = funnel.rates.get(item.rate)
    if rate is None:
        return False
    return rate < item.target if item.target > item.source else rate > item.target
