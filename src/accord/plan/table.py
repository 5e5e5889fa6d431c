"""A plan as plain text for people: each stream, each lead type with its chain, totals, assumptions."""

from fractions import Fraction

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM
from accord.plan.demand import LeadDemand, Plan, Split, StreamPlan
from accord.plan.layout import aligned, figure, money, printable
from accord.plan.rounding import half_up


def as_table(plan: Plan) -> str:
    """The plan as plain text, made of lines that end in a newline; the chain is shown as in DOMAIN F3."""
    blocks = [_heading(plan)]
    for stream in plan.streams:
        blocks.append(_stream_lines(plan, stream))
        blocks.extend(_demand_lines(plan, stream, demand) for demand in stream.demands)
    blocks.append(_totals(plan))
    blocks.append(["Assumptions", *(f"- {printable(note)}" for note in notes(plan))])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def notes(plan: Plan) -> tuple[str, ...]:
    """What the plan takes for granted, in sentences: the agreement's own assumptions come last."""
    said = [
        "Stepwise counts round up at each stage and go on from there; the exact chain never rounds.",
        "The rates stay as they are: a better rate needs fewer leads, a worse one more.",
    ]
    if plan.retention_share:
        kept = show_percent(plan.retention_share)
        said.append(f"{kept} of the goal comes from existing customers and asks for no leads.")
    said += [_own_find(stream) for stream in plan.streams if stream.from_marketing != 1]
    return (*said, *plan.assumptions)


def _own_find(stream: StreamPlan) -> str:
    name = "" if stream.name == ONLY_STREAM else f" in {stream.name}"
    return f"Sales finds {show_percent(1 - stream.from_marketing)} of new business{name} itself."


def _heading(plan: Plan) -> list[str]:
    goal = (
        f"{money(plan.goal_revenue)} {plan.currency}"
        if plan.goal_revenue is not None
        else f"{plan.goal_customers:,} customers"
    )
    lines = [f"{printable(plan.name)}: the plan of one {plan.interval}", f"Goal: {goal}"]
    if plan.retention_share:
        lines.append(
            f"- from existing customers: {money(plan.retention)} ({show_percent(plan.retention_share)})"
        )
        lines.append(f"- new business: {money(plan.new_business)}")
    return lines


def _stream_lines(plan: Plan, stream: StreamPlan) -> list[str]:
    named = f"Stream {printable(stream.name)}: {show_percent(stream.share)} of new business"
    whole = "All new business" if stream.name == ONLY_STREAM else named
    lines = [f"{whole}, {show_percent(stream.from_marketing)} of it from marketing"]
    if stream.marketing_revenue is not None:
        lines.append(f"- from marketing: {money(stream.marketing_revenue)} {plan.currency}")
    if stream.customers is not None:
        lines.append(f"- customers needed: {stream.customers:,}")
    if stream.split is Split.ALTERNATIVES:
        lines.append(f"- {alternatives(stream)}")
    return lines


def alternatives(stream: StreamPlan) -> str:
    """The sentence that keeps people from adding up alternatives (S4.23)."""
    each = " or ".join(f"{demand.leads:,} {printable(demand.label)}" for demand in stream.demands)
    return (
        f"The lead types are alternatives: {each} leads would each carry it alone, so don't add them up. "
        "Give each a `mix` to share it out."
    )


def _demand_lines(plan: Plan, stream: StreamPlan, demand: LeadDemand) -> list[str]:
    rows = [("Step", "", "Quotient", "Stepwise", "Exact chain")]
    rows += [
        (
            _calculation(stream, demand, index),
            printable(step.stage),
            figure(step.quotient),
            f"{step.stepwise:,}",
            figure(step.exact),
        )
        for index, step in enumerate(demand.steps)
    ]
    title = printable(demand.label)
    if demand.mix is not None:
        title += f": {show_percent(demand.mix)} of the customers"
    lines = [title, *aligned(rows, left=2)]
    lines += [f"  {line}" for line in _demand_facts(plan, demand)]
    return lines


def _calculation(stream: StreamPlan, demand: LeadDemand, index: int) -> str:
    step = demand.steps[index]
    if index:
        return f"{demand.steps[index - 1].stepwise:,} ÷ {show_percent(step.rate or Fraction(1))}"
    if demand.mix is not None:
        return f"{show_percent(demand.mix)} of {stream.customers:,}"
    if stream.new_revenue is not None and demand.revenue is not None and demand.deal_value is not None:
        return f"{money(demand.revenue)} ÷ {money(demand.deal_value)}"
    return "goal"


def _demand_facts(plan: Plan, demand: LeadDemand) -> list[str]:
    stage = printable(demand.handoff_stage)
    facts = [f"Leads to deliver ({stage}): {demand.leads:,}; rounded up only once: {demand.leads_fewest:,}"]
    if demand.mix is not None:
        facts.append(f"Alone, without the other lead types: {demand.alone:,}")
    by_quota, expected = demand.value_by_quota, demand.value_expected
    if by_quota is not None and expected is not None:
        facts.append(
            f"Value of one lead: {half_up(by_quota):,f} {plan.currency} "
            f"({money(by_quota, 3)} by quota, {money(expected, 3)} by rates)"
        )
        facts.append(f"Expected revenue: {_expected(demand)}")
    if demand.win_rate and demand.pipeline_needed is not None:
        facts.append(
            f"Pipeline needed: {money(demand.pipeline_needed, 0)} {plan.currency} "
            f"({half_up(1 / demand.win_rate, 2)} times that revenue)"
        )
    return facts


def _expected(demand: LeadDemand) -> str:
    counts = sorted({demand.leads, demand.leads_fewest}, reverse=True)
    return ", ".join(
        f"{money(demand.expected_revenue(count) or Fraction(0))} from {count:,} leads" for count in counts
    )


def _totals(plan: Plan) -> list[str]:
    revenue = plan.marketing_revenue
    brought = "" if revenue is None else f"; {money(revenue)} {plan.currency} from marketing"
    if plan.leads is not None:
        return [f"Total: {plan.leads:,} leads{brought}"]
    undecided = ", ".join(stream.name for stream in plan.streams if stream.leads is None)
    where = "" if undecided == ONLY_STREAM else f" in {printable(undecided)}"
    return [f"Total: not summed, because lead types are alternatives{where}{brought}"]
