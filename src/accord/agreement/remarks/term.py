"""Remarks on time: a term that has not begun, has ended, or is due to be gone through."""

from datetime import date

from accord.agreement.clauses.goals import Interval
from accord.agreement.remarks.remark import Case, Remark, Remarks

_DAYS = {Interval.MONTH: 28, Interval.QUARTER: 90, Interval.YEAR: 365}


def term_holds(case: Case) -> Remarks:
    term, on = case.agreement.term, case.on
    if on is None:
        return
    if on < term.start:
        yield Remark(("term",), f"the term has not begun on {on}", f"it holds from {term.start}")
    elif on > term.end:
        yield Remark(
            ("term",), f"the term has ended before {on}", "renew it start to finish, then sign again"
        )


def reset_is_not_due(case: Case) -> Remarks:
    term, on = case.agreement.term, case.on
    review = term.reset_review
    if on is not None and term.start < review <= on <= term.end and review != term.end:
        what = (
            f"the reset review is due today, {on}"
            if review == on
            else f"the reset review was due on {review}"
        )
        allowed = "go through it start to finish, then move the review"
        yield Remark(("term", "reset_review"), what, allowed)


def calendar_is_said(case: Case) -> Remarks:
    """S0.25: deadlines run in working time, so everybody should know whose."""
    if "calendars" not in case.agreement.model_fields_set:
        what = "no calendar is given, so Monday to Friday, 09:00 to 17:00 UTC count, and no holidays are off"
        yield Remark(("calendars",), what, "say under `calendars` when your people work, and in which zone")


def term_holds_an_interval(case: Case) -> Remarks:
    """S2.12: a goal for a year in a term of six months is a goal for nothing that is ever complete."""
    term = case.agreement.term
    length = (term.end - term.start).days + 1
    if length < _DAYS[term.interval]:
        what = f"the goal is for one {term.interval}, but the term has only {length} days"
        yield Remark(("term",), what, "lengthen the term, or set the goal for a shorter interval")
    if length > _DAYS[Interval.YEAR] * 3:
        what = f"the term lasts {length // 365} years, and agreements go out of date"
        yield Remark(("term",), what, "twelve months are usual, with a reset review at six (S2.9)")


def further_goals_end_in_time(case: Case) -> Remarks:
    term = case.agreement.term
    for at, further in enumerate(case.agreement.goal.others):
        if further.by is not None and not _inside(term.start, further.by, term.end):
            what = f"{further.by} lies outside the term, {term.start} to {term.end}"
            yield Remark(("goal", "others", at, "by"), what, "name a day inside it")


def _inside(start: date, on: date, end: date) -> bool:
    return start <= on <= end
