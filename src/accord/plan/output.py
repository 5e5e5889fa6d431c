"""A plan as text: JSON and CSV for programs, the table for people. `docs/reference/plan.md` defines all."""

import csv
import io
import json

from accord.agreement.clauses.quantities import show_percent
from accord.plan.chain import ChainStep
from accord.plan.demand import LeadDemand, Plan, StreamPlan
from accord.plan.layout import cell, number
from accord.plan.rounding import decimal_text, half_up
from accord.plan.table import as_table, notes

__all__ = ["CSV_COLUMNS", "LAYOUT", "as_csv", "as_json", "as_table"]

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning
CSV_COLUMNS = (
    "stream", "lead_type", "mix", "stage", "onward", "rate",
    "quotient", "stepwise", "exact", "exact_fraction", "handoff",
)  # fmt: skip


def as_json(plan: Plan) -> str:
    """The plan as JSON. Counts are integers; any other number is `{"decimal": "128.205128", "exact":
    "5000/39"}`.
    """
    return json.dumps(_plan_keys(plan), indent=2, ensure_ascii=False) + "\n"


def as_csv(plan: Plan) -> str:
    """One row per stream × lead type × stage, from the customer up; columns as in `CSV_COLUMNS`.

    A name that begins with `=`, `+`, `-`, `@`, tab or carriage return gets an apostrophe before it, so that
    no spreadsheet takes it for a formula.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for demand in plan.demands():
        for step in demand.steps:
            rows.writerow(_csv_row(demand, step))
    return text.getvalue()


def _plan_keys(plan: Plan) -> dict[str, object]:
    return {
        "layout": LAYOUT,
        "name": plan.name,
        "currency": plan.currency,
        "interval": str(plan.interval),
        "goal": {
            "revenue": number(plan.goal_revenue),
            "customers": plan.goal_customers,
            "retention_share": number(plan.retention_share),
            "retention": number(plan.retention),
            "new_business": number(plan.new_business),
        },
        "streams": [_stream_keys(stream) for stream in plan.streams],
        "total": {"leads": plan.leads, "marketing_revenue": number(plan.marketing_revenue)},
        "notes": list(notes(plan)),
    }


def _stream_keys(stream: StreamPlan) -> dict[str, object]:
    return {
        "stream": stream.name,
        "share": number(stream.share),
        "from_marketing": number(stream.from_marketing),
        "deal_value": number(stream.deal_value),
        "new_revenue": number(stream.new_revenue),
        "marketing_revenue": number(stream.marketing_revenue),
        "customers": stream.customers,
        "customers_exact": number(stream.customers_exact),
        "split": str(stream.split),
        "leads": stream.leads,
        "lead_types": [_demand_keys(demand) for demand in stream.demands],
    }


def _demand_keys(demand: LeadDemand) -> dict[str, object]:
    by_quota, expected = demand.value_by_quota, demand.value_expected
    return {
        "lead_type": demand.lead_type,
        "label": demand.label,
        "mix": number(demand.mix),
        "deal_value": number(demand.deal_value),
        "revenue": number(demand.revenue),
        "customers": demand.customers,
        "handoff_stage": demand.handoff_stage,
        "entry_stage": demand.entry.stage,
        "leads": demand.leads,
        "leads_exact": number(demand.leads_exact),
        "leads_fewest": demand.leads_fewest,
        "leads_alone": demand.alone,
        "conversion": number(demand.conversion),
        "steps": [_step_keys(demand, step) for step in demand.steps],
        "lead_value": {
            "by_quota": number(by_quota),
            "by_quota_shown": None if by_quota is None else int(half_up(by_quota)),
            "expected": number(expected),
            "expected_shown": None if expected is None else int(half_up(expected)),
        },
        "expected_revenue": [
            {"leads": leads, "revenue": number(demand.expected_revenue(leads))} for leads in _counts(demand)
        ],
        "win_rate": number(demand.win_rate),
        "coverage_needed": number(1 / demand.win_rate if demand.win_rate else None),
        "pipeline_needed": number(demand.pipeline_needed),
        "pipeline_stepwise": number(demand.pipeline_stepwise),
    }


def _counts(demand: LeadDemand) -> list[int]:
    """One too few, the fewest that do, and the stepwise count: what rounding up costs and what it prevents
    (F3).
    """
    return sorted({max(demand.leads_fewest - 1, 0), demand.leads_fewest, demand.leads})


def _step_keys(demand: LeadDemand, step: ChainStep) -> dict[str, object]:
    return {
        "stage": step.stage,
        "onward": step.onward,
        "rate": number(step.rate),
        "quotient": number(step.quotient),
        "stepwise": step.stepwise,
        "exact": number(step.exact),
        "handoff": step.stage == demand.handoff_stage,
    }


def _csv_row(demand: LeadDemand, step: ChainStep) -> tuple[object, ...]:
    return (
        cell(demand.stream),
        cell(demand.lead_type),
        "" if demand.mix is None else show_percent(demand.mix),
        cell(step.stage),
        cell(step.onward or ""),
        "" if step.rate is None else show_percent(step.rate),
        decimal_text(step.quotient),
        step.stepwise,
        decimal_text(step.exact),
        str(step.exact),
        "yes" if step.stage == demand.handoff_stage else "no",
    )
