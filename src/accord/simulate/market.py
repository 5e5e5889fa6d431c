"""What the simulated company sells and how its funnel really behaves: one cell a lead type and stream.

Rates, deal values and closing profiles come from the agreement where it says them, else from the defaults
below, and then vary: what a company assumes of its funnel is never quite true. Each rate of a cell is
multiplied by a factor between 0.9 and 1.1 drawn from the seed, and the last lead type of several delivers
`SHORT` of what the plan asks of it, and the others make up for it.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from accord.agreement.terms import ONLY_STREAM, Agreement, Funnel, Interval, Stream
from accord.errors import PlanImpossible
from accord.plan.funnel import Split, plan
from accord.worktime.duration import Duration, Unit

CORE = ("mql", "sql", "opportunity", "customer")
DEFAULT = {  # DOMAIN Appendix B: web form 34/82/23, AOV 2,000
    ("mql", "sql"): 0.34,
    ("sql", "opportunity"): 0.82,
    ("opportunity", "customer"): 0.23,
}
DEAL_VALUE = 2000.0
PROPOSAL = 0.45  # of the opportunities that are not won get a proposal nevertheless
VARIATION = 0.1
SHORT = 0.8
PROFILE = (0.5, 0.375, 0.125)  # F11, for a cycle of one month
MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}
REJECTED = (0.04, 0.09)  # range of reject rates over the lead types
REACHED = (0.30, 0.45)  # range of the share of non-qualified leads that were reached all the same
REACTION = 0.11  # median reaction of a steady rep, as a share of the promised time
QUICKEST = 60.0  # seconds: nobody's median is shorter, whatever is promised
SHAPE = 1.6  # of the log-logistic reaction time; the larger, the narrower


@dataclass(frozen=True)
class Cell:
    """One lead type in one stream. Rates are shares of the stage before; `weight` is its part of the leads"""

    lead_type: str
    stream: str
    weight: float
    needed: float  # leads a month that the plan asks of it
    mql_to_sql: float
    sql_to_opportunity: float
    opportunity_to_proposal: float
    opportunity_to_customer: float
    deal_value: float
    profile: tuple[float, ...]  # share of wins by 30-day month of age since delivery
    lead_value: float  # what the agreement says one lead is worth at delivery, by its own rates
    first_touch: Duration
    reaction: float  # median seconds of a steady rep's reaction
    rejected: float
    reached: float  # share of all leads that are connected with but never qualified


def cells(agreement: Agreement, rng: np.random.Generator) -> tuple[Cell, ...]:
    """Every cell of the agreement, in its order; never empty. Weights sum to 1."""
    found = tuple(_cells(agreement, rng))
    asked = np.array([cell.needed for cell in found])
    weights = asked / asked.sum() if asked.sum() else np.full(len(found), 1 / len(found))
    short = np.array([cell.lead_type == found[-1].lead_type for cell in found])
    if not short.all():
        part = SHORT * weights[short].sum()  # the other lead types make up for what this one lacks
        weights = np.where(short, SHORT * weights, weights / weights[~short].sum() * (1 - part))
    return tuple(replace(cell, weight=float(weight)) for cell, weight in zip(found, weights, strict=True))


def _needed(agreement: Agreement) -> dict[tuple[str, str], float]:
    """Leads a month that the plan asks of each cell; empty where no plan follows from the agreement.

    Lead types that could each carry a stream alone share it evenly.
    """
    try:
        streams = plan(agreement).streams
    except PlanImpossible:
        return {}
    months = MONTHS[agreement.term.interval]
    return {
        (demand.lead_type, stream.name): demand.leads / months / sharing
        for stream in streams
        for sharing in [len(stream.demands) if stream.split is Split.ALTERNATIVES else 1]
        for demand in stream.demands
    }


def _cells(agreement: Agreement, rng: np.random.Generator) -> Iterator[Cell]:
    traits = {name: (rng.uniform(*REJECTED), rng.uniform(*REACHED)) for name in agreement.lead_types}
    needed = _needed(agreement)
    for lead_type, stream, funnel in _funnels(agreement):
        said = core_rates(funnel.rates)
        true = {
            step: min(1.0, rate * rng.uniform(1 - VARIATION, 1 + VARIATION)) for step, rate in said.items()
        }
        goal = agreement.goal.streams.get(stream, Stream())
        deal = float(funnel.deal_value or goal.deal_value or goal.order_value or DEAL_VALUE)
        won = true["opportunity", "customer"]
        promised = agreement.first_touch(lead_type)
        rejected, reached = traits[lead_type]
        yield Cell(
            lead_type=lead_type,
            stream=stream,
            weight=0.0,
            needed=needed.get((lead_type, stream), 0.0),
            mql_to_sql=true["mql", "sql"],
            sql_to_opportunity=true["sql", "opportunity"],
            opportunity_to_proposal=won + (1 - won) * PROPOSAL,
            opportunity_to_customer=won,
            deal_value=deal,
            profile=profile(goal),
            lead_value=math.prod(said.values()) * deal,
            first_touch=promised,
            reaction=max(REACTION * _seconds(promised), QUICKEST),
            rejected=rejected,
            reached=reached,
        )


def _funnels(agreement: Agreement) -> Iterator[tuple[str, str, Funnel]]:
    """Each lead type with each stream it has rates for; a type without any serves every stream."""
    streams = list(agreement.goal.streams) or [ONLY_STREAM]
    for name, lead_type in agreement.lead_types.items():
        known = {stream: funnel for stream, funnel in lead_type.streams.items() if stream in streams}
        if not known and len(lead_type.streams) == 1:  # rates without a stream hold for all of them
            known = dict.fromkeys(streams, next(iter(lead_type.streams.values())))
        yield from (
            (name, stream, funnel) for stream, funnel in (known or dict.fromkeys(streams, Funnel())).items()
        )


def core_rates(rates: Mapping[str, Fraction]) -> dict[tuple[str, str], float]:
    """The rates between MQL, SQL, opportunity and customer, whatever stages the agreement names between.

    A rate over several steps, such as `mql_to_customer`, is shared out over those that nothing is said about,
    in proportion to the logarithms of the defaults; what stays unknown takes the default.
    """
    edges = {(a, b): float(rate) for name, rate in rates.items() for a, b in [name.split("_to_", 1)]}
    if not any(a == "mql" for a, _ in edges):  # an agreement that hands over leads as they come (S0.16)
        edges |= {("mql", b): rate for (a, b), rate in edges.items() if a == "lead"}
    known = {pair: rate for pair in pairwise(CORE) if (rate := _along(edges, *pair)) is not None}
    for first, last in (("mql", "opportunity"), ("sql", "customer"), ("mql", "customer")):
        total = _along(edges, first, last)
        steps = list(pairwise(CORE[CORE.index(first) : CORE.index(last) + 1]))
        if total is not None and not all(step in known for step in steps):
            known |= _shared_out(total, steps, known)
    return {pair: known.get(pair, DEFAULT[pair]) for pair in pairwise(CORE)}


def _along(edges: Mapping[tuple[str, str], float], start: str, end: str, depth: int = 8) -> float | None:
    """The product of rates on the way from one stage to another; None if no way is known."""
    if (start, end) in edges:
        return edges[start, end]
    for (a, b), rate in edges.items():
        if a == start and depth and (rest := _along(edges, b, end, depth - 1)) is not None:
            return rate * rest
    return None


def _shared_out(
    total: float, steps: list[tuple[str, str]], known: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], float]:
    said = math.prod(known.get(step, 1.0) for step in steps)
    rest = min(1.0, total / said) if said else 0.0
    missing = [step for step in steps if step not in known]
    weight = sum(math.log(DEFAULT[step]) for step in missing)
    return {step: rest ** (math.log(DEFAULT[step]) / weight) for step in missing}


def profile(stream: Stream) -> tuple[float, ...]:
    """Share of wins by month of age: the agreement's, else F11's stretched over the stream's cycle."""
    if stream.closing_profile and sum(stream.closing_profile) > 0:
        said = [float(share) for share in stream.closing_profile]
        return tuple(share / sum(said) for share in said)
    months = max(1, min(24, round(_months(stream.cycle))))
    return tuple(share / months for share in PROFILE for _ in range(months))


def _months(length: Duration) -> float:
    return float(length.count) if length.unit is Unit.MONTH else float(length.seconds) / (30 * 86_400)


def _seconds(length: Duration) -> float:
    """About how long a promise is, in seconds of working time: a working day has eight hours."""
    if length.unit is Unit.MONTH:
        return float(length.count) * 21 * 8 * 3600
    if length.unit in {Unit.DAY, Unit.WEEK} and not length.wall:
        return float(length.count) * (8 if length.unit is Unit.DAY else 40) * 3600
    return float(length.seconds)
