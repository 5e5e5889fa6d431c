"""An agreement's terms as small tables beside the log, for the column form of the verdicts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from accord.agreement.terms import Agreement, Side
from accord.errors import BudgetUnreachable, PlanImpossible
from accord.lead.lifecycle import Stage
from accord.ledger.deals import DEALS_DDL, deal_rows
from accord.ledger.planned import PLANNED_DDL, planned_rows
from accord.plan.funnel import plan
from accord.plan.periods import MONTHS
from accord.promises.terms import known_types, terms_for
from accord.promises.verdict import PromiseOf
from accord.worktime import Calendar, clock_for
from accord.worktime.duration import Duration
from accord.worktime.zones import instant, utc_of_local

Rows = list[tuple[object, ...]]
ANY_STREAM = ""
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

DDL = {
    "term_type": "lead_type VARCHAR",
    "term_automated": "lead_type VARCHAR, channel VARCHAR",
    "term_cadence": "lead_type VARCHAR, step INTEGER, age_us BIGINT, attempts INTEGER",
    "term_clock": "promise VARCHAR, calendar VARCHAR, lead_type VARCHAR, from_at TIMESTAMP, to_at TIMESTAMP, "
    "budget_us BIGINT, wall BOOLEAN",
    "term_pause": "reason VARCHAR",
    "term_excuse": "calendar VARCHAR, from_at TIMESTAMP, to_at TIMESTAMP, budget_us BIGINT, wall BOOLEAN",
    "term_gap": "calendar VARCHAR, lead_type VARCHAR, from_at TIMESTAMP, to_at TIMESTAMP, budget_us BIGINT, "
    "wall BOOLEAN",
    "term_touches": "lead_type VARCHAR, call INTEGER, voicemail INTEGER, email INTEGER, video INTEGER",
    "stage_step": "from_stage VARCHAR, to_stage VARCHAR, place INTEGER",
    "term_value": 'stream VARCHAR, "key" VARCHAR, price DOUBLE',
    **DEALS_DDL,
    **PLANNED_DDL,
    "term_interval": "months INTEGER, anchor DATE",
}


def term_rows(agreement: Agreement) -> dict[str, Rows]:
    """The rows of each table of DDL. Lead types without terms of their own go by ''."""
    types = known_types(agreement)
    terms = {name: terms_for(agreement, name, agreement.calendar_of(Side.SALES)) for name in types}
    return {
        "term_type": [(name,) for name in types if name],
        "term_automated": [
            (name, channel) for name, held in terms.items() for channel in sorted(held.automated)
        ],
        "term_cadence": [
            (name, step, age // _MICROSECOND, attempts)
            for name, held in terms.items()
            for step, (age, attempts) in enumerate(held.cadence)
        ],
        "term_clock": list(_clocks(agreement)),
        "term_pause": [(reason,) for reason in sorted(set(agreement.clocks.pauses))],
        "term_excuse": list(_excuses(agreement)),
        "term_value": list(_values(agreement)),
        "term_gap": list(_gaps(agreement)),
        "term_touches": [(name, *_touches(agreement, name)) for name in types],
        "stage_step": list(_steps(agreement)),
        **deal_rows(agreement),
        **planned_rows(agreement),
        "term_interval": [(MONTHS[agreement.term.interval], agreement.term.start.replace(day=1))],
    }


def _touches(agreement: Agreement, lead_type: str) -> tuple[int, int, int, int]:
    own = agreement.follow_up.lead_types.get(lead_type)
    touches = own.touches if own and own.touches else agreement.follow_up.touches
    return touches.call, touches.voicemail, touches.email, touches.video


def _steps(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """The conversions to look at: those the agreement has rates for, and from hand-off to customer."""
    stages = [stage.value for stage in Stage]
    named = {
        tuple(rate.split("_to_", 1))
        for kind in agreement.lead_types.values()
        for funnel in kind.streams.values()
        for rate in funnel.rates
    }
    every = combinations(stages, 2)
    wanted = [pair for pair in every if pair in named or pair == (Stage.MQL, Stage.CUSTOMER)]
    yield from ((start, end, place) for place, (start, end) in enumerate(wanted))


def _values(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """What a lead is worth that was handed off without a value: by price list, else conversion × deal value
    (5.6).

    Stream '' is any. Nothing where no plan follows: such leads have no value, which is not 0.
    """
    streams = list(agreement.goal.streams) if len(agreement.goal.streams) > 1 else [ANY_STREAM]
    if agreement.value.by != "conversion":
        for key, price in agreement.value.prices.items():
            yield from ((stream, key, float(price)) for stream in streams)
        return
    try:
        demands = plan(agreement).demands()
    except PlanImpossible:
        return
    for demand in demands:
        if demand.value_expected is not None:
            stream = demand.stream if len(streams) > 1 else ANY_STREAM
            yield (stream, demand.lead_type, float(demand.value_expected))


def _clocks(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """One row a promise, calendar, lead type and version of the calendar: `d` may mean another length in
    each.
    """
    for calendar in agreement.built_calendars.values():
        for name in known_types(agreement):
            held = terms_for(agreement, name, calendar)
            for promise, within in (
                (PromiseOf.FIRST_TOUCH, held.first_touch),
                (PromiseOf.DECIDED, held.decide_within),
                (PromiseOf.FEEDBACK, held.feedback_within),
                (PromiseOf.CREDIT, held.accept_within),
            ):
                for span, budget in _budgets(within, calendar):
                    yield (promise.value, calendar.name, name, *span, budget, within.wall)


def _gaps(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """The least time between two attempts that both count, by calendar and its version and by lead type."""
    for calendar in agreement.built_calendars.values():
        for name in known_types(agreement):
            within = terms_for(agreement, name, calendar).minimum_gap
            yield from (
                (calendar.name, name, *span, budget, within.wall)
                for span, budget in _budgets(within, calendar)
            )


def _excuses(agreement: Agreement) -> Iterator[tuple[object, ...]]:
    """How long after a breach it can be excused; no rows where that is any time."""
    within = agreement.clocks.excuse_within
    if within is not None:
        for calendar in agreement.built_calendars.values():
            yield from (
                (calendar.name, *span, budget, within.wall) for span, budget in _budgets(within, calendar)
            )


def _budgets(within: Duration, calendar: Calendar) -> Iterator[tuple[tuple[datetime, datetime], int]]:
    """The length of a duration in microseconds in each version of a calendar, with the span of that."""
    for from_at, to_at in _versions(calendar):
        span = (from_at.replace(tzinfo=None), to_at.replace(tzinfo=None))
        yield span, _budget(within, calendar, from_at) // _MICROSECOND


def _budget(within: Duration, calendar: Calendar, at: datetime) -> timedelta:
    return clock_for(within, calendar).budget(within, max(at, instant(0)))


def _versions(calendar: Calendar) -> list[tuple[datetime, datetime]]:
    """The spans in which one version of a calendar holds; the first holds for all time before it too."""
    zone = calendar.rules[0].zone
    later = [instant(utc_of_local(rules.start, 0, zone)) for rules in calendar.rules[1:]]
    return list(zip([_FIRST, *later], [*later, _LAST], strict=True))


def local_zones(agreement: Agreement) -> list[tuple[datetime, str]]:
    """The zones of marketing's calendar in order, each with the UTC instant until which it holds."""
    calendar = agreement.calendar_of(Side.MARKETING)
    spans = zip(_versions(calendar), calendar.rules, strict=True)
    return [(to_at.replace(tzinfo=None), str(rules.zone)) for (_, to_at), rules in spans]


def last_day_due(agreement: Agreement, at: datetime) -> date:
    """A day by which everything that was promised up to `at` is due on every calendar: how far to count."""
    days = [at.date()]
    for calendar in agreement.built_calendars.values():
        for name in known_types(agreement):
            held = terms_for(agreement, name, calendar)
            for within in (
                held.first_touch,
                held.decide_within,
                held.feedback_within,
                held.accept_within,
            ):
                clock = clock_for(within, calendar)
                longest = max(_budget(within, calendar, start) for start, _ in _versions(calendar))
                try:
                    days.append(clock.due(at, longest).date())
                except BudgetUnreachable:
                    continue  # a version that came to an end; leads of its time were due before
    return max(days) + timedelta(days=1)
