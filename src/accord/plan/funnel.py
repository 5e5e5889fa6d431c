"""From the quota to the leads that it needs: the reverse funnel, exactly (S0.13 to S0.16, S4.10 to S4.24).

    goal − retention → stream → from marketing → customers → … → leads

All numbers are Fractions, or whole counts that were rounded up. `docs/explanation/rounding.md` says why.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM, Agreement, Funnel, Stream
from accord.errors import PlanImpossible, nearest
from accord.plan.chain import climb, links
from accord.plan.demand import LeadDemand, Plan, Split, StreamPlan, sum_known
from accord.plan.rounding import up

__all__ = ["LeadDemand", "Plan", "Split", "StreamPlan", "plan"]


def plan(agreement: Agreement) -> Plan:
    """How many leads of each type the goal of one interval needs.

    A goal in `revenue` needs a deal value for each stream that asks something of marketing; a goal in
    `customers` does not. Lead types of one stream either all say their `mix`, adding up to 100 %, or none
    does: then each is an alternative that carries the whole. PlanImpossible names the place and the remedy:
    shares or mixes that do not add up, no deal value, a stream without lead type, a rate of 0 %, a chain
    with a gap.
    """
    goal = agreement.goal
    shares = sum((stream.share for stream in goal.streams.values()), Fraction(0))
    if shares != 1:
        raise PlanImpossible(
            f"goal.streams: the shares add up to {show_percent(shares)}; change them until they make 100%"
        )
    funnels = _funnels_by_stream(agreement)
    return Plan(
        name=agreement.name,
        currency=agreement.currency,
        interval=agreement.term.interval,
        goal_revenue=None if goal.revenue is None else Fraction(goal.revenue),
        goal_customers=goal.customers,
        retention_share=goal.retention_share,
        streams=tuple(
            _stream(agreement, name, stream, funnels[name]) for name, stream in goal.streams.items()
        ),
        assumptions=agreement.assumptions,
    )


def _funnels_by_stream(agreement: Agreement) -> dict[str, dict[str, Funnel]]:
    """Stream → lead type → its funnel."""
    streams = agreement.goal.streams
    found: dict[str, dict[str, Funnel]] = {name: {} for name in streams}
    for lead_type, terms in agreement.lead_types.items():
        for name, funnel in terms.streams.items():
            if name not in found:
                raise PlanImpossible(
                    f"lead_types.{lead_type}.streams.{name}: no such stream in `goal`{nearest(name, streams)}"
                    "; name the stream that these rates hold for"
                )
            found[name][lead_type] = funnel
    return found


def _stream(agreement: Agreement, name: str, stream: Stream, funnels: dict[str, Funnel]) -> StreamPlan:
    goal = agreement.goal
    part = (1 - goal.retention_share) * stream.share
    new_revenue = None if goal.revenue is None else Fraction(goal.revenue) * part
    work = _Work(
        agreement=agreement,
        name=name,
        split=_split(name, funnels),
        own_value=None if stream.deal_value is None else Fraction(stream.deal_value),
        funnels=funnels,
        revenue=None if new_revenue is None else new_revenue * stream.from_marketing,
        counted=None if goal.customers is None else goal.customers * part * stream.from_marketing,
    )
    if not funnels and work.asks:
        raise PlanImpossible(
            f"goal.streams.{name}: no lead type has rates for this stream; add it under one of `lead_types`, "
            "or write from_marketing: 0% if sales finds these customers itself"
        )
    customers = work.customers
    return StreamPlan(
        name=name,
        share=stream.share,
        from_marketing=stream.from_marketing,
        deal_value=work.deal_value,
        new_revenue=new_revenue,
        marketing_revenue=work.revenue_of(customers, work.deal_value),
        customers_exact=customers,
        split=work.split,
        demands=tuple(work.demand(lead_type, funnel) for lead_type, funnel in funnels.items()),
    )


def _split(stream: str, funnels: dict[str, Funnel]) -> Split:
    """How the lead types share the stream; PlanImpossible for a mix that is incomplete or not 100 %."""
    if not funnels:
        return Split.NOBODY
    said = {lead_type: funnel.mix for lead_type, funnel in funnels.items() if funnel.mix is not None}
    if not said:
        return Split.ONE if len(funnels) == 1 else Split.ALTERNATIVES
    if silent := [lead_type for lead_type in funnels if lead_type not in said]:
        raise PlanImpossible(
            f"lead_types.{silent[0]}: says no mix in stream {stream}, but {next(iter(said))} does; "
            "give each a mix (0% if it carries nothing), or none"
        )
    if (total := sum(said.values(), Fraction(0))) != 1:
        raise PlanImpossible(
            f"lead_types: the mix of stream {stream} adds up to {show_percent(total)}; "
            "change it until it makes 100%"
        )
    return Split.MIX if len(funnels) > 1 else Split.ONE


@dataclass(frozen=True)
class _Work:
    """One stream while it is worked out: what marketing must bring, as revenue or as a count of customers."""

    agreement: Agreement
    name: str
    split: Split
    own_value: Fraction | None
    funnels: dict[str, Funnel]
    revenue: Fraction | None
    counted: Fraction | None

    @property
    def asks(self) -> bool:
        return bool(self.revenue or self.counted)

    def value_of(self, lead_type: str) -> Fraction | None:
        """The deal value of a lead type: its own, else the stream's."""
        own = self.funnels[lead_type].deal_value
        return self.own_value if own is None else Fraction(own)

    @cached_property
    def deal_value(self) -> Fraction | None:
        """What one customer of the stream brings: the types' values weighted by mix, or their common one.

        A mix shares out customers, so types of unlike deal value bring unlike shares of the revenue; with the
        weighted value the revenues of all types still sum to the stream's.
        """
        values = {lead_type: self.value_of(lead_type) for lead_type in self.funnels}
        if self.split is not Split.MIX:
            return next(iter(values.values())) if len(set(values.values())) == 1 else self.own_value
        parts = [
            None if (value := values[lead_type]) is None else (funnel.mix or 0) * value
            for lead_type, funnel in self.funnels.items()
        ]
        return sum_known(parts)

    @cached_property
    def customers(self) -> Fraction | None:
        """Customers that marketing must bring; None for alternatives of unlike deal value."""
        if self.split is Split.MIX and self.revenue and self.deal_value is None:
            without = next(lead_type for lead_type in self.funnels if self.value_of(lead_type) is None)
            return self.customers_alone(without)  # raises, naming the lead type
        return self._divided(self.deal_value)

    def customers_alone(self, lead_type: str) -> Fraction:
        """Customers needed if one lead type carried the whole stream; PlanImpossible without a deal value."""
        customers = self._divided(self.value_of(lead_type))
        if customers is None:
            place = "goal" if self.name == ONLY_STREAM else f"goal.streams.{self.name}"
            raise PlanImpossible(
                f"{place}: says no deal_value, so that revenue does not tell how many customers {lead_type} "
                "must bring; add deal_value, or set the goal in customers"
            )
        return customers

    def _divided(self, value: Fraction | None) -> Fraction | None:
        if self.counted is not None:
            return self.counted
        if not self.revenue:
            return Fraction(0)
        return None if value is None else self.revenue / value

    def revenue_of(self, customers: Fraction | None, value: Fraction | None) -> Fraction | None:
        """The stream's marketing-sourced revenue: of the goal, or of the customers at their value."""
        if self.revenue is not None:
            return self.revenue
        return None if customers is None or value is None else customers * value

    def demand(self, lead_type: str, funnel: Funnel) -> LeadDemand:
        stages = [stage.name for stage in self.agreement.stages]
        place = f"lead_types.{lead_type}" + ("" if self.name == ONLY_STREAM else f".streams.{self.name}")
        chain, end = links(funnel.rates, stages, place), stages[-1]
        alone = climb(chain, end, self.customers_alone(lead_type))
        steps, value = alone, self.value_of(lead_type)
        if self.split is Split.MIX and self.customers is not None:
            # The whole customers are shared out, as each stage goes on from the rounded count below it (R1).
            share = funnel.mix or Fraction(0)
            steps = climb(chain, end, share * self.customers, share * up(self.customers))
        passed = [step.stage for step in steps[1:]]
        trigger = self.agreement.handoff.trigger
        handoff = trigger if trigger in passed else passed[-1]
        return LeadDemand(
            stream=self.name,
            lead_type=lead_type,
            label=self.agreement.lead_types[lead_type].label or lead_type,
            mix=funnel.mix if self.split is Split.MIX else None,
            deal_value=value,
            revenue=None if value is None else steps[0].exact * value,
            steps=steps,
            handoff_stage=handoff,
            alone=next(step.stepwise for step in alone if step.stage == handoff),
        )
