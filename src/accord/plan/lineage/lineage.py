"""Where a number of the plan comes from, told as a colleague would: the formulas, inputs and sources (S4.7).

`explain_number` takes names such as `enterprise.mql`, `web_form.smb.sql`, `leads`, `value.web_form.smb`,
`coverage.smb`, `reps.inbound`; `numbers` lists all that an agreement has. The keys of `whatif.Row` are among
them.
"""

from collections.abc import Callable
from functools import partial

from accord.agreement.terms import Agreement
from accord.errors import NumberUnknown
from accord.plan.demand import LeadDemand, Plan, StreamPlan
from accord.plan.funnel import plan as work_back
from accord.plan.lineage.capacity import CapacityTold
from accord.plan.lineage.funnel import FunnelTold
from accord.plan.lineage.reasons import Explanation, Place, as_text
from accord.plan.reps.capacity import EVERYBODY, capacity_plan

Tell = Callable[[str], Explanation]


def explain_number(
    agreement: Agreement, name: str, *, file: str = "the agreement", place: Place | None = None
) -> str:
    """The chain of formulas that leads to a number, as plain text that ends in a newline.

    `file` and `place` (of `agreement.parse.Written`) let each input name its line. NumberUnknown for a name
    that the plan does not have, with the nearest; PlanImpossible where no plan follows.
    """
    return as_text(explain(agreement, name), agreement, file, place)


def explain(agreement: Agreement, name: str) -> Explanation:
    """As `explain_number`, as values."""
    known = numbers(agreement)
    key = name.strip()
    if key not in known:
        raise NumberUnknown(key, known)
    return known[key](key)


def numbers(agreement: Agreement) -> dict[str, Tell]:
    """Every number that can be explained, by name."""
    worked = work_back(agreement)
    told = FunnelTold(agreement, worked)
    found: dict[str, Tell] = {
        "goal": told.goal,
        "retention": told.retention,
        "new_business": told.new_business,
        "leads": told.all_leads,
        "marketing_revenue": told.all_revenue,
    }
    for stream in worked.streams:
        found |= {name: tell for name, tell in _of_stream(told, stream).items() if name not in found}
    return found | _of_capacity(agreement, worked)


def _of_stream(told: FunnelTold, stream: StreamPlan) -> dict[str, Tell]:
    only = len(told.plan.streams) == 1
    found: dict[str, Tell] = {}
    for what, tell in (
        ("customers", partial(told.customers, stream)),
        ("marketing_revenue", partial(told.revenue, stream)),
        ("leads", partial(told.leads, stream, stream.demands)),
        ("coverage", partial(told.coverage, stream.demands)),
    ):
        names = [f"{stream.name}.{what}", f"{what}.{stream.name}", *([what] if only else [])]
        found |= dict.fromkeys(names, tell)
    for stage in dict.fromkeys(step.stage for demand in stream.demands for step in demand.steps):
        passing = tuple(demand for demand in stream.demands if demand.step(stage))
        names = [f"{stream.name}.{stage}", *([stage] if only else [])]
        found |= dict.fromkeys(names, partial(told.stage, stream, passing, stage))
    for demand in stream.demands:
        found |= _of_demand(told, stream, demand)
    return found


def _of_demand(told: FunnelTold, stream: StreamPlan, demand: LeadDemand) -> dict[str, Tell]:
    kind = demand.lead_type
    wheres = [f"{kind}.{stream.name}", f"{stream.name}.{kind}"]
    if len(told.plan.demands(lead_type=kind)) == 1:
        wheres.append(kind)
    found: dict[str, Tell] = {}
    for where in wheres:
        found[f"leads.{where}"] = partial(told.leads, stream, (demand,))
        found[f"value.{where}"] = partial(told.value, stream, demand)
        found[f"coverage.{where}"] = partial(told.coverage, (demand,))
        for step in demand.steps:
            found[f"{where}.{step.stage}"] = partial(told.stage, stream, (demand,), step.stage)
    return found


def _of_capacity(agreement: Agreement, plan: Plan) -> dict[str, Tell]:
    pools, told = capacity_plan(agreement, plan).pools, CapacityTold(agreement)
    found: dict[str, Tell] = {}
    for pool in pools:
        for what, tell in (
            ("reps", told.reps),
            ("reps_there", told.reps_there),
            ("leads_per_rep", told.leads_per_rep),
            ("load", told.load),
        ):
            names = [] if pool.pool == EVERYBODY else [f"{what}.{pool.pool}"]
            names += [what] if len(pools) == 1 or pool.pool == EVERYBODY else []
            found |= dict.fromkeys(names, partial(tell, pool))
    for kind in dict.fromkeys(demand.lead_type for demand in plan.demands()):
        found[f"minutes.{kind}"] = partial(told.minutes, kind)
    return found
