"""The sentences that explain the goal, the chain up to the leads, and what follows from it (S4.7)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.chain import ChainStep
from accord.plan.demand import OPPORTUNITY, LeadDemand, Plan, Split, StreamPlan
from accord.plan.layout import figure, money
from accord.plan.lineage.reasons import Explanation, Path, Reason, percent, product, rounded
from accord.plan.rounding import decimal_text
from accord.plan.value import value_at_handoff


@dataclass(frozen=True)
class FunnelTold:
    """The sentences about one plan. Each method answers for one kind of number."""

    agreement: Agreement
    plan: Plan

    @property
    def unit(self) -> str:
        return self.plan.currency if self.plan.goal_revenue is not None else "customers"

    @property
    def amount(self) -> Fraction:
        return self.plan.retention + self.plan.new_business

    # The goal

    def goal(self, name: str) -> Explanation:
        return Explanation(name, self._amount(self.amount), (self._goal_reason(),))

    def retention(self, name: str) -> Explanation:
        reasons = (self._goal_reason(), self._split_reason())
        return Explanation(name, self._amount(self.plan.retention), reasons)

    def new_business(self, name: str) -> Explanation:
        reasons = (self._goal_reason(), self._split_reason())
        return Explanation(name, self._amount(self.plan.new_business), reasons)

    def _goal_reason(self) -> Reason:
        field = "revenue" if self.plan.goal_revenue is not None else "customers"
        said = f"The goal of one {self.plan.interval} is {money(self.amount)} {self.unit}."
        return Reason(said, (("goal", field), ("term", "interval")))

    def _split_reason(self) -> Reason:
        share = self.plan.retention_share
        path: Path = ("goal", "retention_share")
        if not share:
            return Reason("Nothing of it is left to existing customers: all of it is new business.", (path,))
        return Reason(
            f"Existing customers bring {show_percent(share)} of it, which asks for no leads; "
            f"{product(self.amount, 1 - share)} is new business.",
            (path,),
        )

    # One stream

    def _stream_reasons(self, stream: StreamPlan) -> list[Reason]:
        """From the goal to what marketing must bring to a stream, in the goal's unit."""
        base: Path = ("goal", "streams", stream.name)
        reasons = [self._goal_reason(), self._split_reason()]
        part = self.plan.new_business * stream.share
        if len(self.plan.streams) > 1:
            whole = product(self.plan.new_business, stream.share)
            said = f"{stream.name} carries {show_percent(stream.share)} of it: {whole}."
            reasons.append(Reason(said, ((*base, "share"),)))
        own = stream.from_marketing
        said = "All of that is to come from marketing's leads."
        if own != 1:
            said = f"Marketing's leads bring {show_percent(own)} of that: {product(part, own)}"
            said += "; sales finds the rest itself."
        reasons.append(Reason(said, ((*base, "from_marketing"),)))
        return reasons

    def revenue(self, stream: StreamPlan, name: str) -> Explanation:
        value = stream.marketing_revenue
        return Explanation(name, self._money(value), tuple(self._stream_reasons(stream)))

    def customers(self, stream: StreamPlan, name: str) -> Explanation:
        answer = "unknown, since its lead types bring customers of unlike value and none says its mix"
        if stream.customers is not None:
            answer = f"{stream.customers:,} customers a {self.plan.interval}"
        return Explanation(name, answer, (*self._stream_reasons(stream), *self._customer_reason(stream)))

    def _customer_reason(self, stream: StreamPlan) -> list[Reason]:
        exact, value = stream.customers_exact, stream.deal_value
        if exact is None:
            return []
        if self.plan.goal_revenue is None or value is None or stream.marketing_revenue is None:
            return [Reason(f"That is {rounded(exact)} customers.")] if exact.denominator != 1 else []
        own: Path = ("goal", "streams", stream.name, "deal_value")
        paths = [
            ("lead_types", kind, "streams", stream.name, "deal_value") for kind in self._own_values(stream)
        ]
        mean = " on average of the mix" if paths and stream.split is Split.MIX else ""
        said = (
            f"A customer brings {money(value)} {self.plan.currency}{mean}: "
            f"{money(stream.marketing_revenue)} ÷ {money(value)} = {rounded(exact)} customers."
        )
        return [Reason(said, (own, *paths) if len(paths) < len(stream.demands) else tuple(paths))]

    def _own_values(self, stream: StreamPlan) -> list[str]:
        types = self.agreement.lead_types
        return [
            demand.lead_type
            for demand in stream.demands
            if types[demand.lead_type].streams[stream.name].deal_value is not None
        ]

    # Up the chain

    def stage(self, stream: StreamPlan, demands: Sequence[LeadDemand], stage: str, name: str) -> Explanation:
        """How many are needed at a stage: of one lead type, or of all that pass it."""
        reasons = [*self._stream_reasons(stream), *self._customer_reason(stream)]
        for demand in demands:
            reasons += self._chain_reasons(stream, demand, stage)
        steps = [step for demand in demands if (step := demand.step(stage))]
        alternatives = len(demands) > 1 and stream.split is Split.ALTERNATIVES
        counts = [f"{step.stepwise:,}" for step in steps]
        if len(steps) > 1 and not alternatives:
            said = f"Together {' + '.join(counts)} = {sum(step.stepwise for step in steps):,}."
            reasons.append(Reason(said))
        answer = f"{sum(step.stepwise for step in steps):,} must reach {stage} each {self.plan.interval}"
        if alternatives:
            each = (f"{count} by {demand.label}" for count, demand in zip(counts, demands, strict=True))
            answer = f"{' or '.join(each)} must reach {stage} each {self.plan.interval}: don't add them up"
        return Explanation(name, answer, tuple(reasons), _rounding(steps, alternatives=alternatives))

    def _chain_reasons(self, stream: StreamPlan, demand: LeadDemand, stage: str) -> Iterator[Reason]:
        base: Path = ("lead_types", demand.lead_type, "streams", stream.name)
        if demand.mix is not None:
            top = demand.steps[0]
            said = (
                f"{demand.label} is to bring {show_percent(demand.mix)} of the {stream.customers:,} customers"
            )
            yield Reason(f"{said}: {rounded(top.quotient)}.", ((*base, "mix"),))
        elif len(stream.demands) > 1:
            yield Reason(
                f"Suppose that {demand.label} brings all of them: {demand.steps[0].stepwise:,} customers."
            )
        for below, step in zip(demand.steps, demand.steps[1:], strict=False):
            if below.stage == stage:
                return
            rate, link = show_percent(step.rate or Fraction(0)), f"{step.stage}_to_{step.onward}"
            evidence = self.agreement.lead_types[demand.lead_type].streams[stream.name].evidence
            counted = f" (counted on {evidence[link]:,})" if link in evidence else ""
            yield Reason(
                f"{rate}{counted} get from {step.stage} to {step.onward}: "
                f"{below.stepwise:,} ÷ {rate} = {rounded(step.quotient)} at {step.stage}.",
                ((*base, "rates", link),),
            )

    def leads(self, stream: StreamPlan, demands: Sequence[LeadDemand], name: str) -> Explanation:
        """Leads to deliver: the count at the hand-off, which may be another stage for each lead type."""
        stages = list(dict.fromkeys(demand.handoff_stage for demand in demands))
        if len(stages) != 1:
            parts = [self.stage(stream, (demand,), demand.handoff_stage, name) for demand in demands]
            reasons = tuple(dict.fromkeys(reason for part in parts for reason in part.reasons))
            return Explanation(name, f"{self._count(stream.leads)} to deliver", reasons)
        found = self.stage(stream, demands, stages[0], name)
        handoff = Reason(f"Marketing delivers at {stages[0]}.", (("handoff", "trigger"),))
        return Explanation(name, found.answer, (*found.reasons, handoff), found.notes)

    def all_leads(self, name: str) -> Explanation:
        reasons = [self._goal_reason(), self._split_reason()]
        for stream in self.plan.streams:
            if stream.demands:
                each = " + ".join(f"{demand.leads:,} {demand.label}" for demand in stream.demands)
                own = "" if stream.name == ONLY_STREAM else f"{stream.name}: "
                told = f" = {stream.leads:,}" if stream.leads is not None and len(stream.demands) > 1 else ""
                either = each.replace(" + ", " or ") if stream.leads is None else each
                more = "" if len(self.plan.streams) == 1 else f" (see {stream.name}.leads)"
                reasons.append(Reason(f"{own}{either}{told}{more}."))
        if self.plan.leads is None:
            note = "Lead types without a mix are alternatives; their sum would answer no question."
            return Explanation(name, "unknown", tuple(reasons), (note,))
        return Explanation(name, self._count(self.plan.leads), tuple(reasons))

    def all_revenue(self, name: str) -> Explanation:
        reasons = [self._goal_reason(), self._split_reason()]
        for stream in self.plan.streams:
            reasons += self._stream_reasons(stream)[2:]
        total = self.plan.marketing_revenue
        parts = [stream.marketing_revenue for stream in self.plan.streams]
        if total is not None and len(parts) > 1:
            reasons.append(
                Reason(f"{' + '.join(money(part or Fraction(0)) for part in parts)} = {money(total)}.")
            )
        return Explanation(name, self._money(total), tuple(reasons))

    # What follows from the chain

    def value(self, stream: StreamPlan, demand: LeadDemand, name: str) -> Explanation:
        by = self.agreement.value.by
        if by == "lead_type" and (found := value_at_handoff(self.agreement, demand.lead_type)):
            path: Path = ("value", "prices", demand.lead_type)
            return Explanation(name, self._money(found.amount), (Reason(f"{found.because}.", (path,)),))
        reasons = list(self._rates_reason(stream, demand))
        value = demand.value_expected
        if value is not None and demand.deal_value is not None:
            sum_ = f"{percent(demand.conversion)} × {money(demand.deal_value)} = {decimal_text(value)}"
            said = f"A customer brings {money(demand.deal_value)} {self.plan.currency}: {sum_}."
            reasons.append(Reason(said, self._deal_paths(demand)))
        notes = []
        if demand.value_by_quota is not None:
            why = "the same" if demand.value_by_quota == value else "less, since the leads are rounded up"
            notes.append(
                f"By quota it is {money(demand.revenue or Fraction(0))} ÷ {demand.leads:,} leads = "
                f"{decimal_text(demand.value_by_quota, 3)}: {why}."
            )
        notes.append("Sums use the unrounded value; it is rounded half up only where it is shown.")
        if by in ("persona", "segment"):
            notes.append(f"Delivered leads are counted by the price list by {by}, not by this value.")
        return Explanation(name, self._money(value), tuple(reasons), tuple(notes))

    def _rates_reason(self, stream: StreamPlan, demand: LeadDemand) -> Iterator[Reason]:
        at = demand.steps.index(demand.handoff)
        rates = [step for step in reversed(demand.steps[1 : at + 1]) if step.rate is not None]
        base: Path = ("lead_types", demand.lead_type, "streams", stream.name, "rates")
        product = " × ".join(show_percent(step.rate or Fraction(0)) for step in rates)
        paths = tuple((*base, f"{step.stage}_to_{step.onward}") for step in rates)
        yield Reason(f"Marketing delivers at {demand.handoff_stage}.", (("handoff", "trigger"),))
        equal = "" if len(rates) == 1 else f" = {percent(demand.conversion)}"
        yield Reason(f"Of these, {product}{equal} become customers.", paths)

    def _deal_paths(self, demand: LeadDemand) -> tuple[Path, ...]:
        own = self.agreement.lead_types[demand.lead_type].streams[demand.stream].deal_value
        if own is not None:
            return (("lead_types", demand.lead_type, "streams", demand.stream, "deal_value"),)
        return (("goal", "streams", demand.stream, "deal_value"),)

    def coverage(self, demands: Sequence[LeadDemand], name: str) -> Explanation:
        """Pipeline needed ÷ revenue: 1 ÷ win rate (F17)."""
        known = [(demand, demand.win_rate) for demand in demands if demand.win_rate]
        if not known:
            return Explanation(name, f"unknown, since no chain passes {OPPORTUNITY}", ())
        reasons = [self._coverage_reason(demand, rate) for demand, rate in known]
        each = [figure(1 / rate) for _, rate in known]
        if len(set(each)) == 1:
            return Explanation(name, f"{each[0]} times the revenue must lie in the pipeline", tuple(reasons))
        revenue = sum((demand.revenue or Fraction(0) for demand, _ in known), Fraction(0))
        if not revenue or any(demand.mix is None for demand, _ in known):
            either = " or ".join(
                f"{one} by {demand.label}" for one, (demand, _) in zip(each, known, strict=True)
            )
            return Explanation(name, f"{either}, times the revenue", tuple(reasons))
        pipeline = sum((demand.pipeline_needed or Fraction(0) for demand, _ in known), Fraction(0))
        said = f"Together {money(pipeline, 0)} of pipeline for {money(revenue)} of revenue."
        answer = f"{figure(pipeline / revenue)} times the revenue must lie in the pipeline"
        return Explanation(name, answer, (*reasons, Reason(said)))

    def _coverage_reason(self, demand: LeadDemand, rate: Fraction) -> Reason:
        base: Path = ("lead_types", demand.lead_type, "streams", demand.stream, "rates")
        at = next(at for at, step in enumerate(demand.steps) if step.stage == OPPORTUNITY)
        paths = tuple((*base, f"{step.stage}_to_{step.onward}") for step in demand.steps[1 : at + 1])
        won = (
            f"{demand.label} wins {percent(rate)} of opportunities: 1 ÷ {percent(rate)} = {figure(1 / rate)}"
        )
        if demand.revenue is None or demand.pipeline_needed is None:
            return Reason(f"{won}.", paths)
        takes = f"{money(demand.revenue)} of revenue takes {money(demand.pipeline_needed, 0)} of pipeline"
        return Reason(f"{won}; {takes}.", paths)

    # Wording

    def _amount(self, amount: Fraction) -> str:
        return f"{money(amount)} {self.unit} a {self.plan.interval}"

    def _money(self, amount: Fraction | None) -> str:
        return "unknown" if amount is None else f"{money(amount)} {self.plan.currency}"

    def _count(self, leads: int | None) -> str:
        return "unknown" if leads is None else f"{leads:,} leads a {self.plan.interval}"


def _rounding(steps: Sequence[ChainStep], *, alternatives: bool) -> tuple[str, ...]:
    exact = sum((step.exact for step in steps), Fraction(0))
    if alternatives or not steps or exact == sum(step.stepwise for step in steps):
        return ("Every stage rounds up, and the next goes on from there.",)
    return (
        "Every stage rounds up, and the next goes on from there. "
        f"Without any rounding on the way it would be {figure(exact)}.",
    )
