"""The plan's demand, the days that count and who is away, as rows beside the log, for marketing's part."""

from collections.abc import Iterator
from datetime import date, timedelta

from accord.agreement.terms import Agreement, GoalLine, Promise, Side
from accord.errors import PlanImpossible
from accord.ledger.lines import COUNTED, stream_of
from accord.plan.demand import Plan, Split
from accord.plan.funnel import plan as work_back
from accord.plan.pace import band_bounds
from accord.plan.periods import MONTHS, interval_of
from accord.plan.reps.capacity import capacity_plan, pool_of
from accord.plan.targets import promise_target

Rows = list[tuple[object, ...]]
PLANNED_DDL = {
    "term_day": '"on" DATE, interval_on DATE, counts BOOLEAN, days INTEGER',
    "term_goal": "promise VARCHAR, measure VARCHAR, lead_type VARCHAR, stream VARCHAR, goal DOUBLE, "
    "low DOUBLE, high DOUBLE, flow DOUBLE, capacity INTEGER, alarm_after INTEGER, carry_over INTEGER",
    "term_demand": "stream VARCHAR, lead_type VARCHAR, leads INTEGER, value DOUBLE",
    "term_away": "person VARCHAR, from_on DATE, until_on DATE",
}
_DAY = timedelta(days=1)
_WORK = ("accepted_leads", "delivered_leads", "lead_value")  # what more of means more work for the reps


def planned_rows(agreement: Agreement) -> dict[str, Rows]:
    """The rows of each table of PLANNED_DDL; figures are of one interval, exact until they become floats."""
    try:
        plan = work_back(agreement)
    except PlanImpossible:
        plan = None
    return {
        "term_day": list(_days(agreement)),
        "term_goal": list(_goals(agreement, plan)),
        "term_demand": list(_demands(agreement, plan)) if plan else [],
        "term_away": list(_away(agreement)),
    }


def _days(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """Each day of the term with its interval, and of how many days that interval's goal is made."""
    term, calendar = agreement.term, agreement.calendar_of(Side.MARKETING)
    every = agreement.goal_line is GoalLine.CALENDAR_DAYS
    on = term.start
    while on <= term.end:
        first, last = interval_of(term, on)
        whole = [(day, every or calendar.is_working_day(day)) for day in _span(first, last)]
        length = sum(counts for _, counts in whole)
        yield from ((day, first, counts, length) for day, counts in whole if term.start <= day <= term.end)
        on = last + _DAY


def _span(first: date, last: date) -> Iterator[date]:
    return (first + _DAY * offset for offset in range((last - first).days + 1))


def _goals(agreement: Agreement, plan: Plan | None) -> Iterator[tuple[object, ...]]:
    """What each promise that counts owes in one interval, its band, and what the reps can take."""
    terms = agreement.delivery
    flow, after, carried = float(terms.flow_band), terms.over_delivery_alarm, terms.carry_over
    for promise in agreement.promises:
        if promise.measure not in COUNTED or (promise.source == "plan" and plan is None):
            continue
        goal = promise_target(agreement, promise, plan)
        if goal is None:
            continue
        low, high = band_bounds(goal, promise.band)
        scope = (promise.lead_type, stream_of(agreement, promise))
        most = None if plan is None else _most_leads(agreement, plan, promise)
        amounts = map(float, (goal, low, high))
        yield (promise.id, promise.measure, *scope, *amounts, flow, most, after, carried)


def _most_leads(agreement: Agreement, plan: Plan, promise: Promise) -> int | None:
    """Leads of one interval that the reps behind a promise can follow up (F12, F18); None where unknown.

    A promise of one lead type shares its reps with the other types, so that it has no capacity of its own;
    one of a stream only where its pool gets no other stream.
    """
    if promise.measure not in _WORK or promise.lead_type is not None:
        return None
    pools = [pool_of(agreement, stream.name) for stream in plan.streams]
    found = capacity_plan(agreement, plan)
    most = found.most_leads
    if promise.stream is not None and len(pools) > 1:
        pool = pool_of(agreement, promise.stream)
        own = found.pool(pool) if pools.count(pool) == 1 else None
        most = None if own is None else own.most_leads
    return None if most is None else most * MONTHS[plan.interval]


def _demands(agreement: Agreement, plan: Plan) -> Iterator[tuple[object, ...]]:
    """Leads and value that the plan asks of each lead type; NULL among alternatives, of which nobody chose.

    The value is the revenue that the type carries; a price list measures by another yard, so that under one
    the plan asks for no value. The only stream goes by NULL: it is every lead, whatever the log calls it.
    """
    single, priced = len(agreement.goal.streams) <= 1, agreement.value.by != "conversion"
    for stream in plan.streams:
        open_choice = stream.split is Split.ALTERNATIVES
        for demand in stream.demands:
            leads = None if open_choice else demand.leads
            value = None if open_choice or priced or demand.revenue is None else float(demand.revenue)
            yield (None if single else stream.name, demand.lead_type, leads, value)


def _away(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """Days on which somebody is away, and all days after the last at work."""
    for name, person in agreement.people.items():
        yield from ((name, span.start, span.end) for span in person.away)
        if person.until is not None:
            yield (name, person.until + _DAY, date.max)
