"""Remarks on goal, rates and promises: numbers from which little follows, or too much."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from accord.agreement.clauses.goals import Improvement
from accord.agreement.clauses.people import Side
from accord.agreement.clauses.promised import Promise
from accord.agreement.clauses.quantities import (
    is_ambiguous,
    parse_money,
    parse_positive,
    parse_share,
    says_ambiguous,
    show_percent,
)
from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.reading.text import Path
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.terms import Agreement, GoalLine


def rates_are_known(case: Case) -> Remarks:
    for key, kind in case.agreement.lead_types.items():
        if not any(funnel.rates for funnel in kind.streams.values()):
            what = "no rates are given, so no plan can say how many of these leads are needed"
            yield Remark(("lead_types", key), what, "add rates such as mql_to_sql: 34%")


def rates_are_not_nothing(case: Case) -> Remarks:
    for path, share in _rates(case.agreement):
        if not share:
            yield Remark(path, "at a rate of 0% no number of leads is enough", "write the real rate")


def rates_tell_something(case: Case) -> Remarks:
    for path, share in _rates(case.agreement):
        if share == 1:
            what = "at a rate of 100% everybody goes on, so the stage says nothing"
            yield Remark(path, what, "measure it, or leave the stage out")


def _rates(agreement: Agreement) -> list[tuple[Path, Fraction]]:
    return [
        (("lead_types", key, "streams", stream, "rates", rate), share)
        for key, kind in agreement.lead_types.items()
        for stream, funnel in kind.streams.items()
        for rate, share in funnel.rates.items()
    ]


def amounts_mean_one_thing(case: Case) -> Remarks:
    """600.000 is six hundred here and six hundred thousand elsewhere; texts that were signed keep it."""
    for path, amount in _amounts(case.agreement):
        if amount is not None and is_ambiguous(amount):
            what, _, allowed = says_ambiguous(amount).partition("; ")
            yield Remark(path, what, allowed)


def _amounts(agreement: Agreement) -> Iterator[tuple[Path, Decimal | None]]:
    """The amounts that the plan reckons with."""
    yield ("goal", "revenue"), agreement.goal.revenue
    for name, stream in agreement.goal.streams.items():
        yield ("goal", "streams", name, "deal_value"), stream.deal_value
    for key, kind in agreement.lead_types.items():
        for name, funnel in kind.streams.items():
            yield ("lead_types", key, "streams", name, "deal_value"), funnel.deal_value
    for key, price in agreement.value.prices.items():
        yield ("value", "prices", key), price


def streams_have_leads(case: Case) -> Remarks:
    for name, stream in case.agreement.goal.streams.items():
        fed = any(name in kind.streams for kind in case.agreement.lead_types.values())
        if stream.from_marketing and not fed:
            what = "no lead type feeds this stream"
            yield Remark(("goal", "streams", name), what, "add its rates under a lead type")


def deals_have_a_value(case: Case) -> Remarks:
    """A stream may leave it to its lead types, if each of them says one."""
    agreement = case.agreement
    for name, stream in agreement.goal.streams.items():
        funnels = [kind.streams[name] for kind in agreement.lead_types.values() if name in kind.streams]
        own = bool(funnels) and all(funnel.deal_value is not None for funnel in funnels)
        if agreement.goal.revenue is not None and stream.deal_value is None and not own:
            what = "no deal value is given, so no plan can say how many customers are needed"
            yield Remark(("goal", "streams", name), what, "add deal_value")


def goal_asks_for_leads(case: Case) -> Remarks:
    goal = case.agreement.goal
    if goal.retention_share == 1:
        what = "existing customers bring all of the goal, so no lead is needed"
        yield Remark(("goal", "retention_share"), what, "write the share that they bring")
    elif not any(stream.from_marketing for stream in goal.streams.values()):
        what = "nothing of the goal comes from marketing's leads, so none is needed"
        yield Remark(("goal", "streams"), what, "say from_marketing, or leave it out for all of it")


def improvements_start_where_rates_stand(case: Case) -> Remarks:
    for at, item in enumerate(case.agreement.goal.improvements):
        path: Path = ("goal", "improvements", at)
        rates = _rates_of(case.agreement, item)
        if not rates:
            what = f"no lead type it is for has a rate {item.rate}, so nothing improves"
            yield Remark((*path, "rate"), what, "name a rate that is given")
        elif item.source not in rates:
            now = " or ".join(sorted(map(show_percent, rates)))
            what = f"it starts from {show_percent(item.source)}, but {item.rate} stands at {now}"
            yield Remark((*path, "from"), what, "let both be the same")
        if item.target < item.source:
            what = f"from {show_percent(item.source)} to {show_percent(item.target)} is a fall"
            yield Remark((*path, "to"), what, "swap them, or drop it")


def _rates_of(agreement: Agreement, item: Improvement) -> set[Fraction]:
    return {
        funnel.rates[item.rate]
        for key, kind in agreement.lead_types.items()
        for stream, funnel in kind.streams.items()
        if item.lead_type in (None, key) and item.stream in (None, stream) and item.rate in funnel.rates
    }


def promises_can_be_measured(case: Case) -> Remarks:
    """`measured_by` says that people bring the figure, so that they know it cannot come from the log."""
    for at, promise in enumerate(case.agreement.promises):
        measure = PROMISABLE.get(promise.measure)
        if measure is not None and not measure.in_log and not promise.measured_by:
            unknown = f"nobody will know if {promise.id} holds"
            what = f"{promise.measure} cannot be counted from the log, so {unknown}"
            yield Remark(("promises", at, "measure"), what, "say measured_by: where the figure comes from")


def promises_are_about_something(case: Case) -> Remarks:
    for at, promise in enumerate(case.agreement.promises):
        kind = case.agreement.lead_types.get(promise.lead_type or "")
        if kind is not None and promise.stream is not None and promise.stream not in kind.streams:
            what = f"{promise.lead_type} brings nothing in {promise.stream}, so {promise.id} is about no lead"
            yield Remark(("promises", at), what, "name another stream or lead type")


def promises_say_one_thing(case: Case) -> Remarks:
    seen: dict[tuple[object, ...], str] = {}
    for at, promise in enumerate(case.agreement.promises):
        about = (promise.measure, promise.lead_type, promise.stream)
        if about in seen:
            what = f"{promise.id} and {seen[about]} promise {promise.measure} of the same leads"
            yield Remark(("promises", at), what, "keep one, or let each name its own leads")
        seen.setdefault(about, promise.id)


def targets_can_be_missed(case: Case) -> Remarks:
    for at, promise in enumerate(case.agreement.promises):
        if _target(promise) == 0:
            what = "a target of 0 is kept by doing nothing"
            yield Remark(("promises", at, "target"), what, "promise something")


def targets_leave_room(case: Case) -> Remarks:
    for at, promise in enumerate(case.agreement.promises):
        measure = PROMISABLE.get(promise.measure)
        if measure is not None and measure.unit is MeasureUnit.SHARE and _target(promise) == 1:
            what = "a target of 100% is broken for good by one lead"
            yield Remark(("promises", at, "target"), what, "promise what can be kept, such as 95%")


_READ: Mapping[MeasureUnit, Callable[[object], object]] = {
    MeasureUnit.SHARE: parse_share,
    MeasureUnit.LEADS: parse_positive,
    MeasureUnit.MONEY: parse_money,
}


def _target(promise: Promise) -> Fraction | None:
    """The number that is promised; None where it comes from plan or goal, or is none."""
    measure = PROMISABLE.get(promise.measure)
    if measure is None or promise.target is None:
        return None
    try:
        return Fraction(str(_READ[measure.unit](promise.target)))
    except ValueError:
        return None


_THOUSANDTH = Fraction(1, 1000)
_HOW = "promise what was reached, or say what will change"


def _rounded(reached: Fraction) -> Fraction:
    """To a tenth of a percent, down: what was reached never shows as what was asked for."""
    return reached // _THOUSANDTH * _THOUSANDTH


def targets_were_reached_before(case: Case) -> Remarks:
    """All measures that can be promised are better the higher they are."""
    for at, promise in enumerate(case.agreement.promises):
        best, target = case.best.get(promise.measure), _target(promise)
        measure = PROMISABLE.get(promise.measure)
        if measure is not None and best is not None and target is not None and target > best:
            shown = show_percent if measure.unit is MeasureUnit.SHARE else _number
            what = f"{shown(target)} is promised, but the best so far was {shown(_rounded(best))}"
            yield Remark(("promises", at, "target"), what, _HOW)


def improvements_are_in_reach(case: Case) -> Remarks:
    for at, item in enumerate(case.agreement.goal.improvements):
        best = case.best.get(item.rate)
        if best is not None and item.target > best:
            reached = show_percent(_rounded(best))
            what = f"{show_percent(item.target)} is planned, but the best so far was {reached}"
            yield Remark(("goal", "improvements", at, "to"), what, _HOW)


def _number(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.2f}"


def working_days_are_known(case: Case) -> Remarks:
    agreement = case.agreement
    marketing = [who for who in agreement.people.values() if who.side is Side.MARKETING]
    if agreement.goal_line is GoalLine.WORKING_DAYS and not any(who.calendar for who in marketing):
        what = "the goal line follows marketing's working days, but nobody in marketing has a calendar"
        yield Remark(("goal_line",), what, "give one of them a calendar")


def prices_are_all_used(case: Case) -> Remarks:
    """A price list by lead type without a price for one of them values its leads at nothing."""
    value = case.agreement.value
    if value.by == "lead_type":
        for key in case.agreement.lead_types:
            if key not in value.prices:
                what = f"{key} has no price, so its leads are worth nothing"
                yield Remark(("value", "prices"), what, f"add a price for {key}")
