"""The plan of a version as pages show it: lists and one table a lead type, from the values of the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.plain import clean
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.demand import LeadDemand, Plan, Split, StreamPlan
from accord.plan.table import alternatives, notes
from accord.server.agreements.views.papers import plan_of
from accord.server.look import figures as say

_SHORT = {"mql", "sal", "sql"}  # stages that people know by their letters


@dataclass(frozen=True)
class StepShown:
    """One stage of the way back: how its count follows from the one below it, exactly and in whole leads."""

    stage: str
    how: str
    exact: str
    needed: str


@dataclass(frozen=True)
class DemandShown:
    """What one lead type must bring."""

    title: str
    steps: tuple[StepShown, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class StreamShown:
    title: str
    facts: tuple[str, ...]
    demands: tuple[DemandShown, ...]


@dataclass(frozen=True)
class PlanShown:
    """All of it, as texts; nothing is escaped yet."""

    goal: tuple[str, ...]
    streams: tuple[StreamShown, ...]
    total: str
    notes: tuple[str, ...]


def plan_shown(agreement: Agreement) -> PlanShown | None:
    """The plan in words and tables; None where none follows from the agreement's numbers."""
    plan = plan_of(agreement)
    if plan is None:
        return None
    streams = tuple(_stream(plan, stream) for stream in plan.streams)
    return PlanShown(tuple(_goal(plan)), streams, _total(plan), notes(plan))


def stage_shown(stage: str) -> str:
    """A stage as people write it: MQL, opportunity."""
    return stage.upper() if stage in _SHORT else clean(stage).replace("_", " ")


def _goal(plan: Plan) -> Iterator[str]:
    whole = Fraction(plan.goal_customers or 0) if plan.goal_revenue is None else plan.goal_revenue
    yield _("The goal of one %(interval)s: %(goal)s") % {
        "interval": plan.interval,
        "goal": _amount(plan, whole),
    }
    if plan.retention_share:
        kept = {"amount": _amount(plan, plan.retention), "share": show_percent(plan.retention_share)}
        yield _("From existing customers: %(amount)s (%(share)s)") % kept
        yield _("New business: %(amount)s") % {"amount": _amount(plan, plan.new_business)}


def _amount(plan: Plan, value: Fraction) -> str:
    """A part of the goal in its unit: money, or customers where the goal counts them."""
    if plan.goal_revenue is None:
        return say.or_dash(say.amount(value, "customers"))
    return _money(plan, value)


def _money(plan: Plan, value: Fraction | None) -> str:
    return say.or_dash(say.money(value, plan.currency))


def _stream(plan: Plan, stream: StreamPlan) -> StreamShown:
    whole = {"name": clean(stream.name), "share": show_percent(stream.share)}
    only = stream.name == ONLY_STREAM
    title = _("All new business") if only else _("%(name)s: %(share)s of new business") % whole
    facts = [_("From marketing: %(share)s of it") % {"share": show_percent(stream.from_marketing)}]
    if stream.marketing_revenue is not None:
        facts[0] = _("From marketing: %(share)s of it, %(amount)s") % {
            "share": show_percent(stream.from_marketing),
            "amount": _money(plan, stream.marketing_revenue),
        }
    if stream.customers is not None:
        facts.append(_("Customers needed: %(count)s") % {"count": say.number(stream.customers)})
    if stream.split is Split.ALTERNATIVES:
        facts.append(alternatives(stream))
    demands = tuple(_demand(plan, stream, demand) for demand in stream.demands)
    return StreamShown(title, tuple(facts), demands)


def _demand(plan: Plan, stream: StreamPlan, demand: LeadDemand) -> DemandShown:
    title = clean(demand.label)
    if demand.mix is not None:
        title = _("%(label)s: %(share)s of the customers") % {
            "label": title,
            "share": show_percent(demand.mix),
        }
    rows = tuple(
        StepShown(
            stage_shown(step.stage),
            _how(plan, stream, demand, index),
            say.or_dash(say.number(step.exact, 2)),
            say.or_dash(say.number(step.stepwise)),
        )
        for index, step in enumerate(demand.steps)
    )
    return DemandShown(title, rows, tuple(_facts(plan, demand)))


def _how(plan: Plan, stream: StreamPlan, demand: LeadDemand, index: int) -> str:
    step = demand.steps[index]
    if index:
        return f"{say.number(demand.steps[index - 1].stepwise)} ÷ {show_percent(step.rate or Fraction(1))}"
    if demand.mix is not None:
        return _("%(share)s of %(count)s") % {
            "share": show_percent(demand.mix),
            "count": say.number(stream.customers),
        }
    if stream.new_revenue is not None and demand.revenue is not None and demand.deal_value is not None:
        return f"{_money(plan, demand.revenue)} ÷ {_money(plan, demand.deal_value)}"
    return _("the goal")


def _facts(plan: Plan, demand: LeadDemand) -> Iterator[str]:
    yield _("Leads to hand off (%(stage)s): %(count)s; rounded up only once: %(fewest)s") % {
        "stage": stage_shown(demand.handoff_stage),
        "count": say.number(demand.leads),
        "fewest": say.number(demand.leads_fewest),
    }
    if demand.mix is not None:
        yield _("Alone, without the other lead types: %(count)s") % {"count": say.number(demand.alone)}
    if demand.value_by_quota is not None and demand.value_expected is not None:
        yield _("One lead is worth %(amount)s") % {"amount": _money(plan, demand.value_expected)}
        expected = _money(plan, demand.expected_revenue(demand.leads))
        yield _("Expected revenue: %(amount)s") % {"amount": expected}
    if demand.pipeline_needed is not None:
        yield _("Pipeline needed: %(amount)s") % {"amount": _money(plan, demand.pipeline_needed)}


def _total(plan: Plan) -> str:
    amount = plan.marketing_revenue
    brought = "" if amount is None else _("; %(amount)s from marketing") % {"amount": _money(plan, amount)}
    if plan.leads is None:
        return _("Not summed, because lead types are alternatives") + brought
    return _("Together: %(count)s leads") % {"count": say.number(plan.leads)} + brought
