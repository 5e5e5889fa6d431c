"""What the page shows, in five lines for a terminal."""

from accord.agreement.terms import Agreement
from accord.ledger.score import PromiseState, Score
from accord.plan.demand import Plan
from accord.report import format as say
from accord.report.scoreboard import SideView, sides, verdict


def five_lines(score: Score, agreement: Agreement, plan: Plan | None = None) -> list[str]:
    """Verdict, marketing, sales, leads that wait, what the plan asks: always five, no control characters."""
    found = verdict(score, agreement)
    by_id = {side.id: side for side in sides(score)}
    return [
        f"{found.sentence} {found.because}".strip(),
        _side(by_id["marketing"]),
        _side(by_id["sales"]),
        _waiting(score),
        _asked(plan, score),
    ]


def _side(side: SideView) -> str:
    promises = ", ".join(
        f"{promise.title} {promise.state.lower()}"
        + ("" if promise.shape == "unmeasured" else f" at {say.or_dash(promise.attainment)}")
        for promise in side.promises
    )
    return f"{side.title}: {say.or_dash(side.attainment)} of what was due ({promises or 'no promise yet'})"


def _waiting(score: Score) -> str:
    late = score.measures.get("overdue")
    count = len(late.table.rows) if late else None
    period = say.period(score.from_on, score.to_on)
    known = (
        f"{say.amount(score.leads, 'leads')} and {say.amount(score.events, 'events')} in the log, {period}"
    )
    notes = f"; {say.amount(len(score.warnings), 'notes')} on the page" if score.warnings else ""
    return f"Overdue: {'nobody knows' if count is None else say.amount(count, 'leads')}; {known}{notes}"


def _asked(plan: Plan | None, score: Score) -> str:
    promises = [promise for side in score.sides for promise in side.promises]
    pending = sum(
        promise.pending or 0 for promise in promises if promise.state is not PromiseState.UNMEASURED
    )
    if plan is None:
        return f"Pending: {say.number(pending)} verdicts are not due yet"
    leads = "one of its lead types" if plan.leads is None else f"{say.amount(plan.leads, 'leads')}"
    goal = say.money(plan.goal_revenue, plan.currency) or say.amount(plan.goal_customers, "customers")
    return f"Plan: {leads} a {plan.interval} for a goal of {say.or_dash(goal)}"
