"""Goal lines, pace, bands, and what a promise owes in a period (DOMAIN F8, F18, 5.4)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from plan_agreements import FORM, agreement, mixed, one_type, packhelp, split_quota

from accord.agreement.terms import Agreement, Promise
from accord.errors import PlanImpossible, WrongOrder
from accord.plan.funnel import plan
from accord.plan.pace import Band, band_bounds, band_state, flow, pace
from accord.plan.periods import Line, goal_line, interval_of, line_point
from accord.plan.rounding import half_up
from accord.plan.targets import promise_target, target_for


class Weekdays:
    """A calendar of Mondays to Fridays without holidays, save those struck."""

    def __init__(self, *closed: date) -> None:
        self.closed = closed

    def is_working_day(self, on: date) -> bool:
        return on.weekday() < 5 and on not in self.closed


BY_WORKING_DAYS = {"goal_line": "working days"}


def line(goal: int, from_on: str, to_on: str, *, calendar: Weekdays | None = None, **more: object) -> Line:
    drawn = goal_line(
        one_type(FORM, **more),
        goal,
        date.fromisoformat(from_on),
        date.fromisoformat(to_on),
        calendar=calendar,
    )
    assert drawn is not None
    return drawn


def promise(measure: str, source: str | None = "plan", **more: object) -> Promise:
    return Promise.model_validate(
        {"id": "M1", "side": "marketing", "measure": measure, "from": source, **more}
    )


class TestGoalLine:
    @pytest.mark.parametrize(
        ("n", "per_day", "day_10"),
        [
            (28, "139.2857", "1392.857"),
            (30, "130.0000", "1300.000"),
            (31, "125.8065", "1258.065"),
            (21, "185.7143", "1857.143"),
        ],
    )
    def test_f8_point_k_of_n_is_k_nths_of_the_goal(self, n: int, per_day: str, day_10: str) -> None:
        assert str(half_up(line_point(3900, 1, n), 4)) == per_day
        assert str(half_up(line_point(3900, 10, n), 3)) == day_10
        assert line_point(3900, n, n) == 3900

    @pytest.mark.parametrize(
        ("month", "n", "day_10"), [(2, 28, "1392.857"), (4, 30, "1300.000"), (1, 31, "1258.065")]
    )
    def test_f8_a_month_of_calendar_days(self, month: int, n: int, day_10: str) -> None:
        drawn = line(3900, f"2026-{month:02}-01", f"2026-{month:02}-{n}")
        assert (drawn.length, drawn.goal) == (n, 3900)
        assert str(half_up(drawn.at(date(2026, month, 10)), 3)) == day_10

    def test_f8_the_last_point_is_the_goal_and_no_sum_of_rounded_days(self) -> None:
        drawn = line(3900, "2026-01-01", "2026-01-31")
        assert drawn.values[-1] == 3900
        assert 31 * half_up(line_point(3900, 1, 31)) == 3906  # the trap: 126 a day, thirty-one times
        assert 31 * 125 == 3875

    def test_f8_a_month_of_21_working_days(self) -> None:
        drawn = line(3900, "2026-05-01", "2026-05-31", calendar=Weekdays(), **BY_WORKING_DAYS)
        assert drawn.length == 21
        tenth = date(2026, 5, 14)
        assert drawn.done(tenth) == 10
        assert str(half_up(drawn.at(tenth), 3)) == "1857.143"
        assert drawn.goal == 3900

    def test_on_days_off_a_line_of_working_days_stays_level(self) -> None:
        closed = date(2026, 5, 1)
        drawn = line(2000, "2026-05-01", "2026-05-31", calendar=Weekdays(closed), **BY_WORKING_DAYS)
        assert drawn.values[:4] == (0, 0, 0, 100)
        assert drawn.counted[:4] == (0, 0, 0, 1)

    def test_before_the_line_nothing_is_due_and_after_it_everything(self) -> None:
        drawn = line(3900, "2026-03-01", "2026-03-31")
        assert (drawn.at(date(2026, 2, 28)), drawn.at(date(2026, 4, 1))) == (0, 3900)
        assert (drawn.done(date(2026, 2, 28)), drawn.done(date(2026, 4, 1))) == (0, 31)

    def test_a_term_that_starts_mid_month_counts_only_the_days_covered(self) -> None:
        drawn = line(3100, "2026-03-01", "2026-03-31", term={"start": "2026-03-12", "end": "2026-12-31"})
        assert drawn.days[0] == date(2026, 3, 12)
        assert (drawn.length, drawn.goal) == (20, 2000)
        assert drawn.values[0] == 100

    def test_several_intervals_each_bring_their_whole_goal(self) -> None:
        drawn = line(2800, "2026-01-01", "2026-03-31")
        assert drawn.goal == 3 * 2800
        assert drawn.at(date(2026, 2, 10)) == 2800 + 1000
        assert drawn.length == 90

    @pytest.mark.parametrize("day", [0, -1, 32])
    def test_no_line_has_a_day_beyond_its_ends(self, day: int) -> None:
        if day == 0:
            assert line_point(3900, 0, 31) == 0
        else:
            with pytest.raises(PlanImpossible, match="day 0 to day n"):
                line_point(3900, day, 31)

    def test_a_period_outside_the_term_has_no_line(self) -> None:
        assert goal_line(one_type(FORM), 3900, date(2025, 1, 1), date(2025, 12, 31)) is None

    def test_a_period_that_ends_before_it_starts_is_refused(self) -> None:
        with pytest.raises(WrongOrder, match="swap the two days"):
            line(3900, "2026-03-31", "2026-03-01")

    def test_an_interval_without_a_working_day_is_refused(self) -> None:
        class Never:
            def is_working_day(self, on: date) -> bool:
                return on.year < 2026

        terms = one_type(FORM, **BY_WORKING_DAYS)
        with pytest.raises(PlanImpossible, match="no working day from 2026-03-01 to 2026-03-31"):
            goal_line(terms, 3900, date(2026, 3, 1), date(2026, 3, 31), calendar=Never())


class TestIntervals:
    @pytest.mark.parametrize(
        ("interval", "start", "on", "first", "last"),
        [
            ("month", "2026-01-15", "2026-02-28", "2026-02-01", "2026-02-28"),
            ("month", "2028-01-01", "2028-02-11", "2028-02-01", "2028-02-29"),
            ("quarter", "2026-01-01", "2026-06-30", "2026-04-01", "2026-06-30"),
            ("quarter", "2026-02-01", "2026-06-30", "2026-05-01", "2026-07-31"),
            ("year", "2026-07-01", "2027-06-30", "2026-07-01", "2027-06-30"),
            ("year", "2026-07-10", "2027-07-01", "2027-07-01", "2028-06-30"),
        ],
    )
    def test_quarters_and_years_count_from_the_month_in_which_the_term_starts(
        self, interval: str, start: str, on: str, first: str, last: str
    ) -> None:
        term = one_type(FORM, term={"start": start, "interval": interval}).term
        assert tuple(map(str, interval_of(term, date.fromisoformat(on)))) == (first, last)

    def test_a_quarter_is_drawn_over_its_own_days(self) -> None:
        drawn = line(900, "2026-01-01", "2026-06-30", term={"start": "2026-01-01", "interval": "quarter"})
        assert drawn.goal == 1800
        assert drawn.at(date(2026, 1, 31)) == Fraction(900 * 31, 90)


class TestPace:
    def test_f8_day_12_of_30_with_1400_of_3900(self) -> None:
        now = pace(line(3900, "2026-04-01", "2026-04-30"), date(2026, 4, 12), 1400)
        assert now.line == 1560
        assert now.gap == -160
        assert now.of_pace == Fraction(1400, 1560)
        assert str(half_up(100 * now.of_pace, 2)) == "89.74"
        assert now.state is Band.UNDER
        assert now.needed_per_day == Fraction(2500, 18)
        assert str(half_up(now.needed_per_day, 2)) == "138.89"
        assert now.projection == 3500
        assert now.deviation is not None
        assert str(half_up(100 * now.deviation, 2)) == "-10.26"

    def test_f6_money_has_a_pace_too(self) -> None:
        now = pace(line(20000, "2026-04-01", "2026-04-30"), date(2026, 4, 12), Decimal(9000))
        assert now.line == 8000
        assert now.of_pace == Fraction(1125, 1000)
        assert now.state is Band.OVER

    def test_before_the_line_starts_what_cannot_be_known_is_none(self) -> None:
        now = pace(line(3900, "2026-04-01", "2026-04-30"), date(2026, 3, 31), 0)
        assert (now.of_pace, now.projection, now.deviation, now.state) == (None, None, None, None)
        assert now.needed_per_day == 130

    def test_after_the_last_day_no_day_is_left_to_need_anything(self) -> None:
        now = pace(line(3900, "2026-04-01", "2026-04-30"), date(2026, 5, 9), 3900)
        assert (now.days_left, now.needed_per_day, now.projection, now.deviation) == (0, None, 3900, 0)

    def test_once_the_goal_is_reached_the_rest_needs_nothing(self) -> None:
        assert pace(line(3900, "2026-04-01", "2026-04-30"), date(2026, 4, 12), 4000).needed_per_day == 0

    def test_working_days_are_the_days_that_count_for_pace(self) -> None:
        drawn = line(2100, "2026-05-01", "2026-05-31", calendar=Weekdays(), **BY_WORKING_DAYS)
        now = pace(drawn, date(2026, 5, 17), 900)  # a Sunday; eleven working days are over
        assert (now.days_done, now.days_left) == (11, 10)
        assert (now.line, now.needed_per_day) == (1100, 120)
        assert now.projection == Fraction(900 * 21, 11)

    def test_f18_the_band_includes_both_its_ends(self) -> None:
        assert band_bounds(3900) == (3510, 4290)
        judged = {actual: band_state(actual, 3900) for actual in (3509, 3510, 3900, 4290, 4291)}
        assert list(judged.values()) == [Band.UNDER, Band.WITHIN, Band.WITHIN, Band.WITHIN, Band.OVER]

    def test_a_band_of_nothing_tolerates_only_the_exact_figure(self) -> None:
        states = [band_state(actual, 10, 0) for actual in (9, 10, 11)]
        assert states == [Band.UNDER, Band.WITHIN, Band.OVER]


class TestFlow:
    def test_an_early_flood_and_a_late_one_are_told_from_an_even_flow(self) -> None:
        drawn = line(300, "2026-04-01", "2026-04-30")
        last = date(2026, 4, 30)
        even = flow(drawn, dict.fromkeys(drawn.days, 10), last)
        early = flow(drawn, {date(2026, 4, 1): 300}, last)
        late = flow(drawn, {last: 300}, last)
        assert (even.outside, even.largest_gap) == (0, 0)
        assert (early.over, early.under, early.largest_gap, early.largest_gap_on) == (
            27,
            0,
            290,
            date(2026, 4, 1),
        )
        assert (late.over, late.under, late.largest_gap, late.largest_gap_on) == (
            0,
            29,
            -290,
            date(2026, 4, 29),
        )
        assert early.judged == late.judged == 30

    def test_only_days_through_the_given_one_are_judged(self) -> None:
        drawn = line(300, "2026-04-01", "2026-04-30")
        so_far = flow(drawn, {date(2026, 4, 2): 20}, date(2026, 4, 3))
        assert (so_far.judged, so_far.under, so_far.over) == (3, 2, 0)
        assert so_far.largest_gap == -10

    def test_a_weekend_before_the_first_working_day_is_not_judged(self) -> None:
        drawn = line(2000, "2026-08-01", "2026-08-31", calendar=Weekdays(), **BY_WORKING_DAYS)
        assert flow(drawn, {date(2026, 8, 1): 5}, date(2026, 8, 2)).judged == 0
        assert flow(drawn, {}, date(2026, 8, 2)).largest_gap is None

    def test_amounts_may_be_decimals_but_never_floats(self) -> None:
        drawn = line(300, "2026-04-01", "2026-04-30")
        assert flow(drawn, {date(2026, 4, 1): Decimal("10.5")}, date(2026, 4, 1)).largest_gap == Fraction(
            1, 2
        )
        with pytest.raises(TypeError, match="is a float"):
            flow(drawn, {date(2026, 4, 1): 10.5}, date(2026, 4, 1))  # type: ignore[dict-item]


class TestPromises:
    @pytest.mark.parametrize("measure", ["accepted_leads", "delivered_leads"])
    def test_leads_from_the_plan_are_the_stepwise_leads(self, measure: str) -> None:
        assert promise_target(one_type(FORM), promise(measure)) == 3900
        assert promise_target(split_quota(), promise(measure)) == 2142

    def test_a_promise_may_be_narrowed_to_a_stream_or_a_lead_type(self) -> None:
        assert promise_target(split_quota(), promise("accepted_leads", stream="smb")) == 1874
        assert promise_target(mixed(), promise("accepted_leads", lead_type="outbound")) == 804
        assert promise_target(mixed(), promise("lead_value", lead_type="outbound")) == 150_000
        assert promise_target(split_quota(), promise("lead_value", stream="smb")) == 240_000

    def test_of_undecided_alternatives_no_sum_can_be_promised_but_one_can_be_chosen(self) -> None:
        assert promise_target(packhelp(), promise("accepted_leads")) is None
        assert promise_target(packhelp(), promise("accepted_leads", lead_type="outbound")) == 2675
        assert promise_target(packhelp(), promise("lead_value")) == 500_000

    def test_revenue_comes_from_the_goal_and_needs_no_rates(self) -> None:
        speed_only = agreement({"revenue": 500000, "retention_share": "20%"}, {"web_form": {}})
        assert promise_target(speed_only, promise("revenue", "goal")) == 500_000
        assert promise_target(split_quota(), promise("revenue", "goal", stream="smb")) == 240_000
        assert promise_target(split_quota(), promise("revenue", "goal", lead_type="web_form")) is None

    def test_a_written_target_is_an_amount_unless_it_is_a_share(self) -> None:
        assert promise_target(packhelp(), promise("lead_value", None, target="300,000")) == 300_000
        assert promise_target(packhelp(), promise("first_touch_in_time", None, target="90%")) is None
        with pytest.raises(PlanImpossible, match=r"^promises\.M1: "):
            promise_target(packhelp(), promise("lead_value", None, target="lots"))

    def test_what_the_plan_says_nothing_of_is_unknown_and_not_nothing(self) -> None:
        assert promise_target(one_type(FORM), promise("complete_handoffs")) is None
        assert promise_target(one_type(FORM), promise("accepted_leads", None)) is None
        assert promise_target(one_type(FORM), promise("accepted_leads", lead_type="fax")) is None
        assert promise_target(one_type(FORM), promise("lead_value", stream="nowhere")) is None

    @pytest.mark.parametrize(
        ("from_on", "to_on", "owed"),
        [
            ("2026-01-01", "2026-01-31", 3900),
            ("2026-01-01", "2026-03-31", 11700),
            ("2026-04-01", "2026-04-12", 1560),
            ("2026-04-16", "2026-05-31", 1950 + 3900),
            ("2025-12-01", "2026-01-31", 3900),
            ("2026-01-01", "2026-12-31", 12 * 3900),
            ("2025-01-01", "2025-12-31", None),
        ],
    )
    def test_a_period_owes_the_sum_over_the_days_it_covers(
        self, from_on: str, to_on: str, owed: int | None
    ) -> None:
        days = date.fromisoformat(from_on), date.fromisoformat(to_on)
        assert target_for(one_type(FORM), promise("accepted_leads"), *days) == owed

    def test_a_period_owes_nothing_known_where_the_promise_has_no_number(self) -> None:
        assert target_for(packhelp(), promise("accepted_leads"), date(2026, 1, 1), date(2026, 1, 31)) is None

    def test_by_working_days_half_a_month_owes_its_working_days(self) -> None:
        terms = one_type(FORM, **BY_WORKING_DAYS)
        owed = target_for(
            terms, promise("accepted_leads"), date(2026, 5, 1), date(2026, 5, 14), calendar=Weekdays()
        )
        assert owed == Fraction(3900 * 10, 21)

    def test_a_plan_at_hand_is_not_worked_out_again(self) -> None:
        other = plan(mixed())
        assert promise_target(one_type(FORM), promise("accepted_leads"), other) == other.leads


def test_by_default_the_calendar_of_marketing_says_which_days_are_worked() -> None:
    terms: Agreement = one_type(
        FORM,
        calendars={
            "desk": {"zone": "UTC", "hours": {"mon-sun": "09:00-17:00"}},
            "studio": {"zone": "UTC", "hours": {"mon-fri": "09:00-17:00"}, "closed": ["2026-05-01"]},
        },
        people={
            "mina": {"side": "marketing", "calendar": "studio"},
            "omar": {"side": "sales", "calendar": "desk"},
        },
        **BY_WORKING_DAYS,
    )
    drawn = goal_line(terms, 2000, date(2026, 5, 1), date(2026, 5, 31))
    assert drawn is not None
    assert drawn.length == 20
    assert drawn.at(date(2026, 5, 1) + timedelta(days=3)) == 100


def test_revenue_from_the_plan_is_what_marketings_leads_bring_and_from_the_goal_all_of_it() -> None:
    goal = {"revenue": 500000, "retention_share": "20%", "deal_value": 2000, "from_marketing": "60%"}
    terms = one_type(FORM, goal)
    both = [
        Promise.model_validate({"id": "J", "side": "both", "measure": "revenue", "from": source})
        for source in ("goal", "plan")
    ]
    assert [promise_target(terms, each) for each in both] == [500_000, 240_000]
