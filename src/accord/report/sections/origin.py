"""Where the promised numbers come from: the plan, worked back from the goal (S4.6, S4.7)."""

from functools import partial

from accord.plan.demand import LeadDemand, Plan, Split
from accord.report import format as say
from accord.report.grid import Column, Row, grid
from accord.report.naming import plain
from accord.report.view import Figure, Part, Section


def section(plan: Plan) -> Section:
    demands = [(stream.split, demand) for stream in plan.streams for demand in stream.demands]
    money = partial(say.money, currency=plan.currency)
    columns = (
        Column("stream", "Stream", plain),
        Column("lead_type", "Lead type"),
        Column("leads", "Leads needed", say.number, numeric=True),
        Column("customers", "Customers", say.number, numeric=True),
        Column("conversion", "Lead to customer", partial(say.percent, digits=2), numeric=True),
        Column("revenue", "Revenue carried", money, numeric=True),
        Column("value", "Worth of one lead", money, numeric=True),
        Column("reading", "Reading"),
    )
    table = grid("plan", f"Leads needed a {plan.interval}", columns, [_row(*each) for each in demands])
    goal = money(plan.goal_revenue) or say.amount(plan.goal_customers, "customers")
    figures = (
        Figure("Goal", goal, f"a {plan.interval}"),
        Figure("Kept with existing customers", say.promised_percent(plan.retention_share)),
        Figure("From marketing's leads", money(plan.marketing_revenue)),
        Figure("Leads needed", say.number(plan.leads)),
    )
    return Section(
        "plan",
        "The plan behind it",
        "The goal, worked back through the funnel: each count is rounded up before it is divided further.",
        (Part("", figures, (), (table,)),),
    )


def _row(split: Split, demand: LeadDemand) -> Row:
    return {
        "stream": demand.stream,
        "lead_type": demand.label or demand.lead_type,
        "leads": demand.leads,
        "customers": demand.customers,
        "conversion": demand.conversion,
        "revenue": demand.revenue,
        "value": demand.value_by_quota,
        "reading": "alone; either type would do" if split is Split.ALTERNATIVES else None,
    }
