"""What reps can follow up, how many are needed, who is overloaded when (S0.31, S0.32, S4.27, F12, F18)."""

import csv
import io
import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_agreements import FORM, mixed, one_type, packhelp, split_quota

from accord.agreement.parse import parse_agreement
from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible, WrongOrder
from accord.plan.months.lag import lag_plan
from accord.plan.reps.capacity import (
    Alarm,
    capacity_plan,
    expected_calls,
    expected_minutes,
    leads_per_rep,
    minutes_per_lead,
    over_delivery,
    reps_needed,
    touch_times,
)
from accord.plan.reps.output import capacity_json, capacity_table, weeks_csv
from accord.plan.reps.rota import Busy, pool_months, rota

F12 = {"hours_per_month": 160, "for_marketing_leads": "60%"}
BY_MACHINE = {"touches": {"automated": "email"}}
JANUARY = (date(2026, 1, 1), date(2026, 1, 31))


def staffed(people: dict[str, object], **more: object) -> Agreement:
    """F3's 3,900 leads for these people, Monday to Friday."""
    return one_type(FORM, people=people, **more)


def reps(count: int, **more: object) -> dict[str, object]:
    return {"side": "sales", "minutes_per_month": 5760, "count": count, **more}


def test_a_rep_follows_up_128_leads_and_the_plan_needs_31_reps_f12() -> None:
    worked = capacity_plan(one_type(FORM, capacity=F12))
    (pool,) = worked.pools
    assert minutes_per_lead(packhelp(), "web_form") == 45
    assert (pool.minutes_each, pool.loads[0].per_rep) == (5760, 128)
    assert pool.reps_exact == Fraction(3900, 128)
    assert round(pool.reps_exact, 2) == Fraction("30.47")
    assert pool.reps_needed == worked.reps_needed == 31


def test_with_mails_sent_by_a_machine_it_is_174_leads_and_23_reps_f12() -> None:
    terms = one_type(FORM, capacity=F12, follow_up=BY_MACHINE)
    (pool,) = capacity_plan(terms).pools
    assert minutes_per_lead(terms, "web_form") == 33
    assert round(Fraction(5760, 33), 1) == Fraction("174.5")
    assert pool.loads[0].per_rep == 174
    assert pool.reps_exact is not None
    assert round(pool.reps_exact, 2) == Fraction("22.41")
    assert pool.reps_needed == 23


def test_at_a_connect_chance_of_a_tenth_4_686_calls_are_expected_f12() -> None:
    calls = expected_calls(Fraction(1, 10), 6)
    assert calls == (1 - Fraction(9, 10) ** 6) / Fraction(1, 10)
    assert round(calls, 3) == Fraction("4.686")
    terms = one_type(FORM, capacity={**F12, "connect_rate": "10%"})
    assert expected_minutes(terms, "web_form") == 5 * calls + 3 + 12
    assert expected_minutes(packhelp(), "web_form") is None


def test_a_chance_of_nothing_takes_all_calls_and_a_sure_one_takes_one() -> None:
    assert expected_calls(0, 6) == 6
    assert expected_calls(1, 6) == 1
    with pytest.raises(PlanImpossible):
        expected_calls(Fraction(11, 10), 6)


def test_a_lead_type_with_touches_of_its_own_keeps_the_common_minutes() -> None:
    general = {"minutes": {"call": "10 min"}, "automated": "email"}
    own = {"demo": {"touches": {"call": 2, "voicemail": 0, "email": 1, "video": 1}}}
    terms = packhelp(follow_up={"touches": general, "lead_types": own})
    assert [(touch.channel, touch.minutes, touch.assumed) for touch in touch_times(terms, "demo")] == [
        ("call", 20, False), ("email", 0, True), ("video", 5, True),
    ]  # fmt: skip
    assert minutes_per_lead(terms, "demo") == 25
    assert minutes_per_lead(terms, "web_form") == 63


def test_a_lead_that_takes_no_time_or_a_rep_that_manages_none_is_refused() -> None:
    with pytest.raises(PlanImpossible, match="takes no rep any time"):
        leads_per_rep(5760, 0)
    with pytest.raises(PlanImpossible, match="more time than a rep has"):
        reps_needed(10, leads_per_rep(30, 45))


def test_where_nobodys_time_is_known_reps_are_unknown_which_is_not_none_needed() -> None:
    (pool,) = capacity_plan(staffed({"a": "sales", "b": "sales"})).pools
    assert (pool.reps, pool.unknown, pool.minutes_each) == (0, 2, None)
    assert pool.reps_needed is pool.missing is pool.load is pool.most_leads is None
    assert "nobody's time is known" in capacity_table(capacity_plan(staffed({"a": "sales"})))


def test_reps_are_the_members_of_sales_and_heads_only_by_their_own_minutes() -> None:
    people = {
        "head": {"side": "sales", "role": "head"},
        "lead": {"side": "sales", "role": "manager", "minutes_per_month": 2880},
        "many": reps(3),
        "mina": {"side": "marketing", "role": "head", "minutes_per_month": 9999},
    }
    (pool,) = capacity_plan(staffed(people, capacity=F12)).pools
    assert (pool.reps, pool.minutes_each) == (4, (2880 + 3 * 5760) / Fraction(4))


def test_enough_reps_are_to_spare_and_the_load_says_how_full_they_are() -> None:
    (pool,) = capacity_plan(staffed({"many": reps(39)})).pools
    assert pool.missing == -8
    assert pool.leads_per_rep == 100
    assert pool.load == Fraction(3900 * 45, 39 * 5760)
    assert pool.most_leads == 39 * 128


def test_streams_with_a_pool_of_their_own_are_counted_apart() -> None:
    people = {"a": reps(20, pool="inbound"), "b": reps(2, pool="key")}
    handoff = {"receive": {"pool": "inbound", "streams": {"enterprise": "key"}}}
    worked = capacity_plan(split_quota(people=people, handoff=handoff))
    assert [(pool.pool, pool.leads, pool.reps_needed) for pool in worked.pools] == [
        ("inbound", 1874, 15), ("key", 268, 3),
    ]  # fmt: skip
    assert worked.reps_needed == 18
    assert worked.most_leads == 22 * 128
    pool = worked.pool("key")
    assert pool is not None
    assert pool.missing == 1


def test_alternatives_each_need_reps_of_their_own_number() -> None:
    worked = capacity_plan(packhelp(capacity=F12))
    (pool,) = worked.pools
    assert pool.reps_needed is pool.leads is None
    assert (
        "The lead types are alternatives; reps needed: 31 for web_form or 21 for outbound."
        in capacity_table(worked)
    )


def test_a_quarterly_plan_is_spread_over_its_months() -> None:
    terms = one_type(FORM, capacity=F12, term={"start": "2026-01-01", "interval": "quarter"})
    assert capacity_plan(terms).pools[0].leads == 1300


def test_a_whole_month_of_the_rota_holds_the_agreed_minutes_and_the_plans_leads() -> None:
    worked = rota(staffed({"many": reps(40)}), *JANUARY)
    assert sum(week.available for week in worked.weeks) == 5760
    assert sum(week.work * week.count for week in worked.weeks) == 3900 * 45
    assert [str(week) for week in worked.weeks] == [
        "2026-W01",
        "2026-W02",
        "2026-W03",
        "2026-W04",
        "2026-W05",
    ]


def test_whoever_is_away_leaves_the_others_overloaded_in_that_week() -> None:
    people = {"ann": reps(16), "ben": reps(16, away=[{"from": "2026-01-12", "to": "2026-01-16"}])}
    worked = rota(staffed(people), *JANUARY)
    assert [(week.who, str(week)) for week in worked.of(Busy.AWAY)] == [("ben", "2026-W03")]
    assert [(week.who, str(week)) for week in worked.of(Busy.OVERLOADED)] == [("ann", "2026-W03")]
    assert worked.of(Busy.OVERLOADED)[0].load == 2 * Fraction(3900 * 45, 32 * 5760)


def test_a_new_rep_has_a_part_of_the_time_and_so_drowns_in_an_equal_share() -> None:
    people = {"old": reps(34), "new": reps(1, since="2026-01-15")}
    terms = staffed(people, capacity={"ramp": ["25%", "50%"]})
    weeks = {(week.who, str(week)): week for week in rota(terms, date(2026, 1, 1), date(2026, 4, 30)).weeks}
    assert weeks["new", "2026-W02"].busy is Busy.AWAY
    full, none = weeks["old", "2026-W04"], weeks["new", "2026-W04"]
    assert none.available == full.available / 4
    assert none.busy is Busy.OVERLOADED
    assert weeks["new", "2026-W09"].available == weeks["old", "2026-W09"].available / 2
    assert weeks["new", "2026-W13"].available == weeks["old", "2026-W13"].available


def test_whoever_has_left_is_dealt_nothing() -> None:
    worked = rota(staffed({"old": reps(40), "gone": reps(1, until="2026-01-09")}), *JANUARY)
    gone = [week for week in worked.weeks if week.who == "gone"]
    assert [week.busy for week in gone] == [Busy.FITS, Busy.FITS, Busy.AWAY, Busy.AWAY, Busy.AWAY]
    assert sum(week.work for week in gone[2:]) == 0


def test_leads_of_days_with_nobody_there_wait_for_the_next_day() -> None:
    calendars = {"office": {}, "mondays": {"hours": {"mon": "09:00-17:00"}}}
    terms = staffed(
        {"m": {"side": "marketing", "calendar": "office"}, "s": reps(40, calendar="mondays")},
        calendars=calendars,
    )
    worked = rota(terms, *JANUARY)
    assert worked.weeks[0].busy is Busy.AWAY
    assert sum(week.work * 40 for week in worked.weeks) + worked.waiting[""] == 3900 * 45
    assert worked.waiting[""] == Fraction(3900 * 45 * 4, 22)  # the last four days of January are no Monday
    (month,) = pool_months(terms, *JANUARY)
    assert month.work == 3900 * 45


def test_the_months_of_a_pool_lose_what_absence_takes() -> None:
    people = {"ann": reps(1), "ben": reps(1, away=[{"from": "2026-02-01", "to": "2026-02-28"}])}
    months = pool_months(staffed(people), date(2026, 1, 10), date(2026, 2, 1))
    assert [(month.month, month.available) for month in months] == [
        (date(2026, 1, 1), 11520),
        (date(2026, 2, 1), 5760),
    ]
    assert months[1].load == Fraction(3900 * 45, 5760)


def test_with_a_lag_the_rota_follows_the_leads_of_each_month() -> None:
    goal = {
        "revenue": 500000,
        "deal_value": 2000,
        "closing_profile": ["50%", "50%"],
        "pipeline": {"2026-01": 250, "2026-02": 125},
    }
    terms = one_type(FORM, goal, people={"many": reps(40)})
    months = pool_months(terms, date(2026, 1, 1), date(2026, 3, 31), lag=lag_plan(terms))
    assert [month.work for month in months] == [0, 3900 * 45, 3900 * 45]


def test_alternatives_ask_nothing_of_the_rota_and_a_period_runs_forwards() -> None:
    assert rota(packhelp(people={"many": reps(4)}), *JANUARY).weeks == ()
    with pytest.raises(WrongOrder):
        rota(packhelp(), date(2026, 2, 1), date(2026, 1, 1))


def test_over_delivery_is_told_in_the_second_month_and_at_once_above_capacity_f18() -> None:
    within, above = (3900, 4290), (3900, 4291)
    assert over_delivery([within], capacity=5000).alarm is Alarm.NONE
    first = over_delivery([within, above], capacity=5000)
    assert (first.alarm, first.streak, first.tell_heads) == (Alarm.AMBER, 1, False)
    second = over_delivery([within, above, above], capacity=5000)
    assert (second.alarm, second.streak, second.tell_heads) == (Alarm.AMBER, 2, True)
    assert over_delivery([above, above], capacity=5000, after=3).tell_heads is False
    most = capacity_plan(staffed({"many": reps(31)})).most_leads
    assert most == 3968
    at_once = over_delivery([(3900, 3969)], capacity=most)
    assert (at_once.alarm, at_once.tell_heads) == (Alarm.RED, True)
    assert over_delivery([(3900, 3968)], capacity=most).alarm is Alarm.NONE
    assert over_delivery([], capacity=None).alarm is Alarm.NONE


def test_the_table_says_minutes_reps_weeks_and_what_is_assumed() -> None:
    people = {"ann": {**reps(30), "name": "Ann"}, "ben": reps(4, away="2026-01-12")}
    terms = staffed(people, follow_up=BY_MACHINE, capacity={"connect_rate": "10%"})
    text = capacity_table(capacity_plan(terms), pool_months(terms, *JANUARY), rota(terms, *JANUARY))
    assert "6 call × 5 + 3 voicemail × 1 + 3 email by machine" in text
    assert "Reps needed: 23 (22.41 before rounding up), 11 to spare." in text
    assert "More than 5,916 leads a month are too many: the heads hear of it at once" in text
    assert "January 2026" in text
    assert "- nobody is idle" in text
    assert (
        "Assumed, since the agreement says nothing: the minutes of a touch by call, email, voicemail." in text
    )


def test_json_and_csv_hold_the_same_figures() -> None:
    terms = staffed({"=ann": reps(31)})
    weeks = rota(terms, *JANUARY)
    keys = json.loads(capacity_json(capacity_plan(terms), pool_months(terms, *JANUARY), weeks))
    assert (keys["reps_needed"], keys["most_leads"]) == (31, 3968)
    assert keys["pools"][0]["reps_exact"] == {"decimal": "30.46875", "exact": "975/32"}
    assert len(keys["weeks"]) == 5
    rows = list(csv.DictReader(io.StringIO(weeks_csv(weeks))))
    assert (rows[0]["who"], rows[0]["week"], rows[0]["busy"]) == ("'=ann", "2026-W01", "fits")


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "capacity.md"


def test_the_how_to_shows_what_its_agreement_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    ((written, shown),) = re.findall(r"```yaml\n(.*?)```.*?```text\n(.*?)```", page, flags=re.DOTALL)
    terms, march = parse_agreement(written), (date(2026, 3, 1), date(2026, 3, 31))
    assert capacity_table(capacity_plan(terms), pool_months(terms, *march), rota(terms, *march)) == shown


moderately = settings(deadline=None, max_examples=60)


@moderately
@given(st.integers(1, 20_000), st.integers(1, 300), st.integers(0, 20_000), st.integers(0, 2000))
def test_more_time_never_takes_more_reps_and_more_leads_never_fewer(
    minutes: int, each: int, leads: int, more: int
) -> None:
    one, other = leads_per_rep(minutes + each, each), leads_per_rep(minutes + each + more, each)
    assert one <= other
    assert one * each <= minutes + each < (one + 1) * each
    assert reps_needed(leads, other) <= reps_needed(leads, one) <= reps_needed(leads + more, one)
    assert (reps_needed(leads, one) - 1) * one < leads <= reps_needed(leads, one) * one or leads == 0


@moderately
@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 12))
def test_a_better_chance_to_connect_never_takes_more_calls(one: int, other: int, calls: int) -> None:
    low, high = sorted((Fraction(one, 100), Fraction(other, 100)))
    assert expected_calls(high, calls) <= expected_calls(low, calls) <= calls


@settings(deadline=None, max_examples=25)
@given(
    st.integers(1, 30), st.integers(0, 9), st.dates(date(2026, 1, 1), date(2026, 6, 1)), st.integers(0, 40)
)
def test_the_rota_deals_out_exactly_the_work_that_comes(
    count: int, gone: int, from_on: date, days: int
) -> None:
    people = {
        "a": reps(count),
        "b": reps(1, away=[{"from": f"2026-0{1 + gone % 6}-01", "to": f"2026-0{1 + gone % 6}-20"}]),
    }
    terms = mixed(people=people)
    to_on = date.fromordinal(from_on.toordinal() + days)
    worked = rota(terms, from_on, to_on)
    alone = rota(mixed(people={"c": reps(1)}), from_on, to_on)
    dealt = sum(week.work * week.count for week in worked.weeks) + worked.waiting[""]
    assert dealt == sum(week.work for week in alone.weeks) + alone.waiting[""]
    assert all(week.work == 0 for week in worked.of(Busy.AWAY))
