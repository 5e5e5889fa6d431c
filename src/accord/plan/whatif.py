"""The same agreement under other rates: what a better win rate saves, a worse one costs (S4.19, S4.39)."""

from collections.abc import Mapping

from accord.agreement.quantities import parse_share
from accord.agreement.terms import Agreement, Funnel, LeadType
from accord.errors import PlanImpossible, nearest


def with_rates(
    agreement: Agreement,
    rates: Mapping[str, object],
    *,
    lead_type: str | None = None,
    stream: str | None = None,
) -> Agreement:
    """A copy with these rates, such as `{"opportunity_to_customer": "25%"}`, wherever the agreement states
    them.

    `lead_type` and `stream` narrow it down; rates are written as in the file, or as Fractions.
    PlanImpossible for a rate that none of those lead types has, or that is no percentage. The agreement
    handed over stays as it is.
    """
    try:
        new = {key: parse_share(rate) for key, rate in rates.items()}
    except ValueError as error:
        raise PlanImpossible(f"the rates to try: {error}") from None
    touched: set[str] = set()

    def funnel(name: str, terms: Funnel) -> Funnel:
        if stream not in (None, name):
            return terms
        mine = {key: rate for key, rate in new.items() if key in terms.rates}
        touched.update(mine)
        return terms.model_copy(update={"rates": {**terms.rates, **mine}})

    def changed(name: str, terms: LeadType) -> LeadType:
        if lead_type not in (None, name):
            return terms
        return terms.model_copy(
            update={"streams": {key: funnel(key, one) for key, one in terms.streams.items()}}
        )

    types = {name: changed(name, terms) for name, terms in agreement.lead_types.items()}
    if missing := sorted(set(new) - touched):
        stated = {
            rate
            for terms in agreement.lead_types.values()
            for one in terms.streams.values()
            for rate in one.rates
        }
        raise PlanImpossible(f"no such lead type has the rate {missing[0]}{nearest(missing[0], stated)}")
    return agreement.model_copy(update={"lead_types": types})
