"""Working time of one instant: F15, days off, nights, changes of the clocks, versions, what is refused."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from worktime_calendars import ALL, AROUND_THE_CLOCK, HALF_DAYS, NIGHT_SHIFT, TWO_VERSIONS, calendar

from accord.errors import BudgetUnreachable, InputError, NaiveTime, TimeError, WrongOrder
from accord.worktime import WALL, Calendar, clock_for
from accord.worktime.duration import Duration

OFFICE = calendar(hours={"mon-fri": "09:00-17:00"})
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("delivered", "touched", "wall", "business", "in_time"),
    [
        ("2026-03-12 10:00", "2026-03-12 10:04", 4, 4, True),  # A
        ("2026-03-12 16:45", "2026-03-13 09:15", 990, 30, True),  # B
        ("2026-03-13 16:30", "2026-03-16 09:30", 3900, 60, True),  # C
        ("2026-03-14 11:00", "2026-03-16 10:00", 2820, 60, True),  # D
        ("2026-03-13 11:00", "2026-03-13 15:00", 240, 240, False),  # E
        ("2026-03-16 09:30", "2026-03-16 12:00", 150, 150, False),  # F
        ("2026-03-16 11:30", "2026-03-16 12:00", 30, 30, True),  # G
        ("2026-03-13 14:00", "2026-03-13 14:20", 20, 20, True),  # H
    ],
)
def test_the_speed_example_comes_out_to_the_minute(
    delivered: str, touched: str, wall: int, business: int, in_time: bool
) -> None:
    start, end = utc(delivered), utc(touched)
    assert WALL.elapsed(start, end) == wall * MINUTE
    assert OFFICE.elapsed(start, end) == business * MINUTE
    assert (end <= OFFICE.due(start, HOUR)) is in_time


def test_a_lead_that_arrives_out_of_hours_starts_at_the_next_opening() -> None:
    assert OFFICE.due(utc("2026-03-14 11:00"), HOUR) == utc("2026-03-16 10:00")
    assert OFFICE.due(utc("2026-03-13 17:00"), HOUR) == utc("2026-03-16 10:00")
    assert OFFICE.due(utc("2026-03-16 03:00"), HOUR) == utc("2026-03-16 10:00")


def test_a_budget_used_up_at_closing_time_is_due_at_closing_time_and_not_next_morning() -> None:
    assert OFFICE.due(utc("2026-03-13 16:00"), HOUR) == utc("2026-03-13 17:00")
    assert OFFICE.due(utc("2025-12-31 16:00"), HOUR) == utc("2025-12-31 17:00")


def test_no_budget_is_due_at_once_even_out_of_hours() -> None:
    sunday = utc("2026-03-15 11:00")
    assert OFFICE.due(sunday, timedelta()) == sunday
    assert WALL.due(sunday, timedelta()) == sunday


def test_instants_of_any_zone_are_counted_by_what_they_mean() -> None:
    amsterdam = ZoneInfo("Europe/Amsterdam")
    start = datetime(2026, 3, 29, 1, 30, tzinfo=amsterdam)
    end = datetime(2026, 3, 29, 3, 30, tzinfo=amsterdam)  # an hour later: the clock skips 02:00 to 03:00
    assert WALL.elapsed(start, end) == HOUR
    assert AROUND_THE_CLOCK.elapsed(start, end) == HOUR
    assert WALL.due(start, HOUR) == end


def test_due_is_utc_whatever_the_start_was_written_in() -> None:
    due = OFFICE.due(datetime(2026, 3, 16, 12, tzinfo=ZoneInfo("Asia/Tehran")), HOUR)
    assert due.tzinfo is UTC


# Days off


def test_national_holidays_are_closed_by_name() -> None:
    dutch = calendar(zone="Europe/Amsterdam", holidays="NL")
    kings_day = date(2026, 4, 27)
    assert dutch.day_off_name(kings_day) == "King's Day"
    assert not dutch.is_working_day(kings_day)
    assert dutch.elapsed(utc("2026-04-24 15:00"), utc("2026-04-28 07:00")) == timedelta()


def test_a_struck_holiday_is_worked_and_has_no_name() -> None:
    dutch = calendar(zone="Europe/Amsterdam", holidays="NL", open=["2026-04-27"])
    assert dutch.is_working_day(date(2026, 4, 27))
    assert dutch.day_off_name(date(2026, 4, 27)) is None


def test_a_closed_span_closes_each_of_its_days_under_its_name() -> None:
    shut = calendar(closed=[{"from": "2026-08-03", "to": "2026-08-07", "name": "summer break"}, "2026-08-10"])
    assert shut.working_days(date(2026, 8, 1), date(2026, 8, 11)) == 1
    assert shut.day_off_name(date(2026, 8, 7)) == "summer break"
    assert shut.day_off_name(date(2026, 8, 10)) == "closed"
    assert shut.day_off_name(date(2026, 8, 8)) is None


def test_an_opened_day_within_a_closed_span_is_worked() -> None:
    shut = calendar(closed=[{"from": "2026-08-03", "to": "2026-08-07"}], open=["2026-08-05"])
    assert [day for day in range(3, 8) if shut.is_working_day(date(2026, 8, day))] == [5]


def test_an_opened_weekend_day_has_its_own_hours() -> None:
    stocktaking = calendar(open=[{"on": "2026-03-14", "hours": ["10:00-12:00", "13:00-14:30"]}])
    assert stocktaking.elapsed(utc("2026-03-14 00:00"), utc("2026-03-15 00:00")) == timedelta(hours=3.5)


def test_a_half_day_has_its_own_hours_even_on_a_holiday() -> None:
    christmas_eve = calendar(
        half_days={"2026-12-24": "09:00-13:00", "2026-12-25": "09:00-10:00"}, holidays="US"
    )
    assert christmas_eve.elapsed(utc("2026-12-24 00:00"), utc("2026-12-25 00:00")) == 4 * HOUR
    assert christmas_eve.elapsed(utc("2026-12-25 00:00"), utc("2026-12-26 00:00")) == HOUR


def test_national_half_days_end_when_the_agreement_says() -> None:
    eve = date(
        2025, 6, 5
    )  # the afternoon before the feast of sacrifice; 09:00-12:00 and 13:00-18:00 end at 13:00
    assert [(a.hour, b.hour) for a, b in HALF_DAYS.hours_on(eve)] == [(9, 12)]
    assert [(a.hour, b.hour) for a, b in HALF_DAYS.hours_on(date(2025, 6, 4))] == [(9, 12), (13, 18)]
    assert HALF_DAYS.hours_on(date(2025, 6, 6)) == []


def test_half_days_of_the_country_are_whole_days_where_nobody_asks_for_them() -> None:
    turkish = calendar(zone="Europe/Istanbul", holidays="TR")
    assert [(a.hour, b.hour) for a, b in turkish.hours_on(date(2025, 6, 5))] == [(9, 17)]


def test_years_that_the_holiday_list_does_not_know_have_no_holidays() -> None:
    iranian = calendar(holidays="IR")
    assert iranian.day_off_name(date(1975, 3, 21)) is None
    assert iranian.day_off_name(date(1980, 3, 21)) is not None
    assert calendar(holidays="IN").is_working_day(date(1975, 1, 27))  # a list that warns about such years


# Windows over midnight, and changes of the clocks


def test_a_night_window_belongs_to_the_day_it_starts_on() -> None:
    nights = calendar(hours={"mon": "22:00-06:00"}, closed=["2026-03-16"])
    assert nights.elapsed(utc("2026-03-16 00:00"), utc("2026-03-18 00:00")) == timedelta()
    assert nights.elapsed(utc("2026-03-23 00:00"), utc("2026-03-23 23:00")) == HOUR
    assert nights.elapsed(utc("2026-03-23 23:00"), utc("2026-03-25 00:00")) == 7 * HOUR


def test_a_night_that_ends_on_a_closed_day_runs_to_its_end() -> None:
    nights = calendar(hours={"mon-fri": "22:00-06:00"}, closed=["2026-03-17"])
    assert nights.elapsed(utc("2026-03-16 12:00"), utc("2026-03-18 12:00")) == 8 * HOUR


def test_a_night_that_runs_into_a_days_own_hours_is_counted_once() -> None:
    nights = calendar(hours={"mon-fri": "22:00-06:00"}, half_days={"2026-03-17": "04:00-10:00"})
    assert nights.elapsed(utc("2026-03-16 22:00"), utc("2026-03-17 12:00")) == 12 * HOUR
    assert nights.due(utc("2026-03-16 22:00"), 11 * HOUR) == utc("2026-03-17 09:00")


@pytest.mark.parametrize(("evening", "hours"), [("2025-03-08", 7), ("2025-11-01", 9), ("2025-11-02", 8)])
def test_a_night_shift_over_a_change_of_the_clocks_is_as_long_as_it_really_is(
    evening: str, hours: int
) -> None:
    [(start, end)] = NIGHT_SHIFT.hours_on(date.fromisoformat(evening))
    assert (start.hour, end.hour) == (22, 6)
    assert NIGHT_SHIFT.elapsed(start, end) == hours * HOUR


def test_a_window_that_starts_in_the_skipped_hour_starts_when_the_clock_has_skipped() -> None:
    early = calendar(zone="Europe/Amsterdam", hours={"sun": "02:30-05:00"})
    assert early.elapsed(utc("2026-03-29 00:00"), utc("2026-03-29 01:00")) == timedelta()
    assert early.elapsed(utc("2026-03-29 01:00"), utc("2026-03-29 03:00")) == 2 * HOUR


def test_a_window_that_the_clock_skips_whole_does_not_run() -> None:
    gone = calendar(zone="Europe/Amsterdam", hours={"sun": ["02:10-02:50", "10:00-11:00"]})
    assert gone.elapsed(utc("2026-03-29 00:00"), utc("2026-03-29 08:00")) == timedelta()
    assert len(gone.hours_on(date(2026, 3, 29))) == 1


def test_times_that_the_clock_shows_twice_are_the_first_of_the_two() -> None:
    late = calendar(zone="Europe/Amsterdam", hours={"sun": "02:30-03:00"})
    assert late.elapsed(utc("2026-10-25 00:00"), utc("2026-10-25 00:30")) == timedelta()
    assert late.elapsed(utc("2026-10-25 00:30"), utc("2026-10-25 02:00")) == 1.5 * HOUR


@pytest.mark.parametrize(
    "zone", ["Africa/Cairo", "America/Asuncion", "Asia/Beirut", "Asia/Tehran", "Pacific/Apia"]
)
def test_all_day_hours_leave_no_gap_where_clocks_change_at_midnight_or_a_day_is_skipped(zone: str) -> None:
    always = calendar(zone=zone, hours={"mon-sun": "00:00-24:00"})
    for year in (2011, 2020, 2025):
        start, end = utc(f"{year}-01-01 00:00"), utc(f"{year + 1}-01-01 00:00")
        assert always.elapsed(start, end) == end - start


def test_a_day_that_the_zone_left_out_has_no_hours() -> None:
    samoa = calendar(zone="Pacific/Apia", hours={"mon-sun": "09:00-17:00"})
    assert samoa.hours_on(date(2011, 12, 30)) == []
    assert samoa.elapsed(utc("2011-12-30 06:00"), utc("2011-12-31 06:00")) == timedelta(hours=8)


# Versions


def test_each_day_has_the_hours_and_the_zone_of_the_version_in_force() -> None:
    assert str(TWO_VERSIONS.zone_on(date(2025, 6, 15))) == "Europe/Lisbon"
    assert str(TWO_VERSIONS.zone_on(date(2025, 6, 16))) == "America/Sao_Paulo"
    assert not TWO_VERSIONS.is_working_day(date(2025, 6, 14))
    assert TWO_VERSIONS.is_working_day(date(2025, 6, 21))


def test_a_version_changes_what_it_names_and_keeps_the_rest() -> None:
    assert not TWO_VERSIONS.is_working_day(date(2025, 8, 15))  # holidays go on, and Fridays are off anyhow
    assert (
        TWO_VERSIONS.day_off_name(date(2025, 12, 1)) is not None
    )  # a Monday, a holiday of the first version
    dropped = calendar(holidays="NL", versions=[{"from": "2026-01-01", "holidays": None}])
    assert not dropped.is_working_day(date(2025, 12, 26))
    assert dropped.is_working_day(date(2026, 12, 25))
    assert [(a.hour, b.hour) for a, b in dropped.hours_on(date(2026, 12, 25))] == [(9, 17)]


def test_a_deadline_over_a_change_of_hours_counts_each_day_by_its_own() -> None:
    shorter = calendar(versions=[{"from": "2026-03-17", "hours": {"mon-fri": "09:00-12:00"}}])
    assert shorter.due(utc("2026-03-16 15:00"), 6 * HOUR) == utc("2026-03-18 10:00")


def test_the_first_version_holds_for_all_time_before_it() -> None:
    late = calendar(**{"from": "2026-01-01"}, hours={"mon-fri": "09:00-17:00"})
    assert late.is_working_day(date(2025, 3, 17))


# Durations


@pytest.mark.parametrize(
    ("text", "hours"),
    [("60 min", 1), ("24 h", 24), ("1 d", 8), ("2 d", 16), ("1.5 d", 12), ("1 w", 40), ("90 s", 0.025)],
)
def test_durations_become_working_time(text: str, hours: float) -> None:
    assert OFFICE.budget(Duration.parse(text), NOW) == timedelta(hours=hours)


def test_a_working_day_is_the_weeks_hours_spread_over_its_days() -> None:
    uneven = calendar(hours={"mon-thu": "09:00-18:00", "fri": "09:00-13:00"})
    assert uneven.budget(Duration.parse("1 d"), NOW) == 8 * HOUR
    assert uneven.budget(Duration.parse("1 w"), NOW) == 40 * HOUR
    thirds = calendar(hours={"mon": "09:00-17:00", "tue": "09:00-17:00", "wed": "09:00-17:01"})
    assert thirds.budget(Duration.parse("1 d"), NOW) == timedelta(hours=8, seconds=20)


def test_a_working_day_is_that_of_the_version_in_force() -> None:
    assert TWO_VERSIONS.budget(Duration.parse("1 d"), utc("2025-06-15 12:00")) == 8 * HOUR
    assert TWO_VERSIONS.budget(Duration.parse("1 d"), utc("2025-06-18 12:00")) == timedelta(hours=43) / 5


def test_wall_durations_are_counted_on_the_wall_and_refused_by_a_calendar() -> None:
    three_days = Duration.parse("3 d wall")
    assert clock_for(three_days, OFFICE) is WALL
    assert clock_for(Duration.parse("3 d"), OFFICE) is OFFICE
    assert WALL.budget(three_days, NOW) == timedelta(days=3)
    with pytest.raises(InputError, match="3 d wall is no working time"):
        OFFICE.budget(three_days, NOW)


@pytest.mark.parametrize("clock", [OFFICE, WALL])
def test_months_are_no_length(clock: Calendar) -> None:
    with pytest.raises(InputError, match="1 month"):
        clock.budget(Duration.parse("1 month"), NOW)


def test_a_calendar_without_a_usual_week_has_no_usual_day() -> None:
    only_once = calendar(hours={}, open=[{"on": "2026-03-14", "hours": "10:00-12:00"}])
    assert only_once.budget(Duration.parse("2 h"), NOW) == 2 * HOUR
    with pytest.raises(InputError, match="no usual length; use hours"):
        only_once.budget(Duration.parse("1 d"), NOW)


# What is refused, at once


@pytest.mark.parametrize("clock", [OFFICE, WALL])
def test_times_without_a_zone_are_refused(clock: Calendar) -> None:
    with pytest.raises(NaiveTime, match="2026-03-16T12:00:00 has no zone"):
        clock.elapsed(NOW.replace(tzinfo=None), NOW)
    with pytest.raises(NaiveTime):
        clock.elapsed(NOW, NOW.replace(tzinfo=None))
    with pytest.raises(NaiveTime):
        clock.due(NOW.replace(tzinfo=None), HOUR)
    with pytest.raises(NaiveTime):
        clock.budget(Duration.parse("1 h"), NOW.replace(tzinfo=None))


@pytest.mark.parametrize("clock", [OFFICE, WALL])
def test_an_end_before_its_start_and_a_negative_budget_are_refused(clock: Calendar) -> None:
    with pytest.raises(WrongOrder, match="is before"):
        clock.elapsed(NOW, NOW - timedelta(microseconds=1))
    with pytest.raises(WrongOrder, match="negative"):
        clock.due(NOW, -HOUR)
    with pytest.raises(WrongOrder, match="2026-03-15 is before 2026-03-16"):
        clock.working_days(date(2026, 3, 16), date(2026, 3, 15))


@pytest.mark.parametrize("clock", [OFFICE, WALL])
def test_instants_beyond_what_calendars_cover_are_refused(clock: Calendar) -> None:
    with pytest.raises(TimeError, match="outside 1970 to 2100"):
        clock.elapsed(utc("1969-12-31 23:59"), NOW)
    with pytest.raises(TimeError, match="outside 1970 to 2100"):
        clock.due(utc("2101-01-01 00:01"), HOUR)
    with pytest.raises(TimeError, match="not within"):
        clock.working_days(date(1969, 12, 31), date(2026, 1, 1))


@pytest.mark.parametrize("clock", [OFFICE, WALL])
def test_a_budget_that_no_day_can_meet_is_refused_without_counting_to_it(clock: Calendar) -> None:
    with pytest.raises(BudgetUnreachable, match="ask for less"):
        clock.due(NOW, timedelta(days=900_000))
    with pytest.raises(BudgetUnreachable, match="ask for less"):
        clock.due(NOW, timedelta.max)
    with pytest.raises(BudgetUnreachable, match="ask for less"):
        clock.budget(Duration.parse("999999999 w"), NOW)


def test_a_budget_that_only_a_day_in_the_past_could_meet_is_refused() -> None:
    only_once = calendar(hours={}, open=[{"on": "2026-03-14", "hours": "10:00-12:00"}])
    assert only_once.due(utc("2026-01-01 00:00"), 2 * HOUR) == utc("2026-03-14 12:00")
    with pytest.raises(BudgetUnreachable, match="'office' does not offer 3:00:00"):
        only_once.due(utc("2026-01-01 00:00"), 3 * HOUR)
    with pytest.raises(BudgetUnreachable):
        only_once.due(utc("2026-03-15 00:00"), HOUR)


def test_decades_are_counted_by_their_years() -> None:
    first, last = utc("1970-01-01 00:00"), utc("2101-01-01 00:00")
    whole = OFFICE.elapsed(first, last)
    assert whole == 8 * HOUR * OFFICE.working_days(date(1970, 1, 1), date(2100, 12, 31))
    assert OFFICE.due(first, whole) == utc("2100-12-31 17:00")
    with pytest.raises(BudgetUnreachable):
        OFFICE.due(first, whole + timedelta(microseconds=1))


# Values


def test_calendars_are_values() -> None:
    again = calendar(hours={"mon-fri": ["09:00-17:00"]})
    assert again == OFFICE
    assert hash(again) == hash(OFFICE)
    again.elapsed(NOW, NOW + HOUR)
    assert again == OFFICE
    assert calendar(hours={"mon-fri": "09:00-17:00"}, closed=["2026-01-02"]) != OFFICE


@pytest.mark.parametrize("clock", [*ALL, WALL], ids=lambda clock: clock.name)
def test_hours_of_a_day_are_local_and_add_up_to_what_elapses(clock: Calendar) -> None:
    for on in (date(2025, 3, 9), date(2025, 6, 18), date(2025, 11, 2)):
        hours = clock.hours_on(on)
        assert bool(hours) is clock.is_working_day(on)
        for start, end in hours:
            assert start.tzinfo == clock.zone_on(on)
            assert clock.elapsed(start, end) == end.astimezone(UTC) - start.astimezone(UTC)


def test_wall_time_has_no_days_off() -> None:
    christmas = date(2026, 12, 25)
    assert WALL.is_working_day(christmas)
    assert WALL.day_off_name(christmas) is None
    assert WALL.working_days(date(2026, 12, 1), date(2026, 12, 31)) == 31
    assert str(WALL.zone_on(christmas)) == "UTC"
