"""What follows from a text: problems, plan and what-if, differences, proof of the chain, working time."""

import json
from collections.abc import Callable
from datetime import date

from ninja import Query, Router

from accord.agreement.parse import parse_written
from accord.agreement.signing.output import report_json
from accord.agreement.signing.verify import verify
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, Severity
from accord.plan import output as plan_output
from accord.plan.changes import effect_output
from accord.plan.changes import output as change_output
from accord.plan.changes.whatif import apply, compare
from accord.plan.funnel import plan as work_back
from accord.plan.lineage.lineage import explain_number
from accord.plan.months.lag import lag_plan
from accord.plan.months.output import lag_json
from accord.plan.remarks import check_all
from accord.plan.reps.capacity import capacity_plan
from accord.plan.reps.output import capacity_json
from accord.plan.reps.rota import pool_months, rota
from accord.server.agreements.finding import find_file
from accord.server.api.operations.calling import Call, now
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of
from accord.server.api.problems import items
from accord.server.api.shapes import working_out as shape
from accord.server.api.shapes.common import Json, Page
from accord.server.api.texts import text_named
from accord.worktime.calendar import Calendar
from accord.worktime.rows import parse_budget, parse_instant, seconds_text
from accord.worktime.wall import clock_for

router = Router(tags=["Working out"])
FILE = "/agreements/{slug}"


@router.post("/check", url_name="check", response=shape.CheckAnswer)
def check_text(request: Call, body: shape.TextIn) -> Json:
    """Check a text.

    Every problem of an agreement, with line and path, as `accord check` finds them. Nothing is kept.
    """
    return checked(body.text, "agreement", now().date())


@router.get(f"{FILE}/plan", url_name="plan", response=shape.PlanAnswer)
def plan(
    request: Call,
    slug: str,
    asked: Query[shape.PlanOf],
) -> Json:
    """Plan, and what if.

    How many leads the goal needs, by stream and lead type; month by month, or what the reps can follow up,
    if `view` says so. With settings the same under them, and before and after side by side. All figures are
    exact: decimals for people, and the fraction itself.
    """
    named = text_named(find_file(slug), asked.of, now())
    before = named.agreement
    after = apply(before, asked.settings) if asked.settings else before
    compared = change_output.comparison_json(compare(before, after)) if asked.settings else "null"
    worked = VIEWS[asked.view](after)
    return {
        "of": named.name,
        "view": asked.view,
        "settings": asked.settings,
        "plan": json.loads(worked),
        "comparison": json.loads(compared),
    }


@router.get(f"{FILE}/plan/explain", url_name="explain", response=shape.ExplainAnswer)
def explain(request: Call, slug: str, asked: Query[shape.ExplainOf]) -> Json:
    """Explain a number of the plan.

    The formulas behind it, down to what the agreement says, as `accord plan --explain` writes them.
    """
    named = text_named(find_file(slug), asked.of, now())
    return {"of": named.name, "number": asked.number, "text": explain_number(named.agreement, asked.number)}


def _months(agreement: Agreement) -> str:
    return lag_json(lag_plan(agreement))


def _capacity(agreement: Agreement) -> str:
    days = agreement.term.start, agreement.term.end
    return capacity_json(capacity_plan(agreement), pool_months(agreement, *days), rota(agreement, *days))


VIEWS: dict[str, Callable[[Agreement], str]] = {
    "plan": lambda agreement: plan_output.as_json(work_back(agreement)),
    "months": _months,
    "capacity": _capacity,
}


@router.get(f"{FILE}/diff", url_name="diff", response=shape.DiffAnswer)
def diff(
    request: Call,
    slug: str,
    asked: Query[shape.DiffOf],
) -> Json:
    """Compare two texts.

    What changed between two versions or drafts, in sentences, who owes more, and what it does to the numbers.
    """
    file, at = find_file(slug), now()
    earlier, later = text_named(file, asked.before, at), text_named(file, asked.after, at)
    found: Json = json.loads(effect_output.as_json(earlier.agreement, later.agreement))
    return found


@router.get(f"{FILE}/verify", url_name="verify", response=shape.VerifyAnswer)
def verify_chain(request: Call, slug: str, asked: Query[shape.VerifyOf]) -> Json:
    """Verify the chain.

    Recomputes every entry and every signature, and names every fault, as `accord verify` does.
    """
    found: Json = json.loads(report_json(verify(find_file(slug).chain(), head=asked.head or None)))
    return found


@router.get(f"{FILE}/calendars", url_name="calendars", response=Page[shape.CalendarAnswer])
def list_calendars(
    request: Call,
    slug: str,
    paging: Query[Paging],
    asked: Query[shape.TextOf],
) -> PageOf:
    """List calendars.

    The working hours that an agreement names.
    """
    at = now()
    calendars = text_named(find_file(slug), asked.of, at).agreement.built_calendars
    rows = [{"name": name, "zone": str(one.zone_on(at.date()))} for name, one in calendars.items()]
    return page_of(request, rows, paging, lambda row: row)


@router.get(f"{FILE}/calendars/{{name}}/elapsed", url_name="elapsed", response=shape.ElapsedAnswer)
def elapsed(request: Call, slug: str, name: str, asked: Query[shape.ElapsedOf]) -> Json:
    """Working time between two instants.

    As `accord elapsed` counts it, in exact seconds.
    """
    calendar = _calendar(slug, asked.of, name)
    start, end = parse_instant(asked.start), parse_instant(asked.end)
    seconds = seconds_text(calendar.elapsed(start, end))
    return {"calendar": name, "start": start, "end": end, "seconds": seconds}


@router.get(f"{FILE}/calendars/{{name}}/due", url_name="due", response=shape.DueAnswer)
def due(request: Call, slug: str, name: str, asked: Query[shape.DueOf]) -> Json:
    """When working time is used up.

    The first instant at which a budget of working time has passed, as `accord due` finds it.
    """
    calendar, at = _calendar(slug, asked.of, name), parse_instant(asked.start)
    length = parse_budget(asked.budget)
    clock = clock_for(length, calendar)
    until = clock.due(at, clock.budget(length, at))
    return {"calendar": name, "start": at, "budget": asked.budget, "due": until}


def checked(text: str, file: str, on: date) -> Json:
    """Every problem of a text, errors as well as remarks."""
    try:
        found = check_all(parse_written(text, file), on)
    except AgreementInvalid as error:
        found = list(error.problems)
    ok = all(one.severity is not Severity.ERROR for one in found)
    return {"ok": ok, "problems": items(found)}


def _calendar(slug: str, of: str, name: str) -> Calendar:
    return text_named(find_file(slug), of, now()).agreement.calendar(name)
