"""How an agreement writes hours, and what it says of hours that cannot be."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from accord.agreement.clauses.hours import CalendarTerms
from accord.errors import CalendarInvalid
from accord.worktime.weekly import parse_week, parse_weekdays, parse_window, parse_windows, show_window

OFFICE_DAY = ((540, 1020),)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("sat", (5,)),
        ("sun-thu", (6, 0, 1, 2, 3)),
        ("fri-mon", (4, 5, 6, 0)),
        ("mon-sun", (0, 1, 2, 3, 4, 5, 6)),
        ("mon, wed", (0, 2)),
        ("Monday-Friday", (0, 1, 2, 3, 4)),
        ("SAT", (5,)),
    ],
)
def test_weekdays_are_names_lists_and_ranges_that_may_run_over_the_weekend(
    text: str, days: tuple[int, ...]
) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "weekdays", "mon-", "mon-tue-wed", "lun", "mon;tue", "1"])
def test_other_weekdays_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(CalendarInvalid, match="no weekdays; write mon, tue"):
        parse_weekdays(text)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("09:00-17:00", (540, 1020)),
        ("9:00-17:30", (540, 1050)),
        (" 09:00 - 17:00 ", (540, 1020)),
        ("09:00–17:00", (540, 1020)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-06:00", (1320, 1800)),
        ("22:00-00:00", (1320, 1440)),
        ("17:00-09:00", (1020, 1980)),
    ],
)
def test_windows_are_two_times_and_may_run_over_midnight(text: str, window: tuple[int, int]) -> None:
    assert parse_window(text) == window


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9-17", "are no hours; write them as 09:00-17:00"),
        ("closed", "are no hours"),
        ("", "are no hours"),
        ("09:00", "are no hours"),
        ("09:00-17:60", "'17:60' is no time of day"),
        ("09:00-25:00", "'25:00' is no time of day"),
        ("24:01-25:00", "'24:01' is no time of day"),
        ("24:00-06:00", "starts at 24:00"),
        ("09:00-09:00", "has no length; write 00:00-24:00"),
        ("٠٩:٠٠-١٧:٠٠", "are no hours"),
    ],
)
def test_other_windows_are_refused_with_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(CalendarInvalid, match=said):
        parse_window(text)


@given(st.integers(0, 1439), st.integers(1, 1439))
@settings(deadline=None)
def test_a_window_is_read_as_it_was_shown(start: int, length: int) -> None:
    assert parse_window(show_window((start, start + length))) == (start, start + length)


def test_windows_may_touch_but_not_overlap_or_stand_in_wrong_order() -> None:
    assert parse_windows(["09:00-12:00", "12:00-17:00"]) == ((540, 720), (720, 1020))
    assert parse_windows(["09:00-12:00, 13:00-17:00"]) == ((540, 720), (780, 1020))
    for texts in (
        ["09:00-12:30", "12:00-17:00"],
        ["13:00-17:00", "09:00-12:00"],
        ["22:00-06:00", "23:00-24:00"],
    ):
        with pytest.raises(CalendarInvalid, match="begins before the window ahead of it has ended"):
            parse_windows(texts)


def test_a_night_may_not_run_into_the_next_days_hours_over_the_weekend_either() -> None:
    with pytest.raises(CalendarInvalid, match="22:00-06:00 of mon runs into 05:00-13:00 of tue"):
        parse_week({"mon": ["22:00-06:00"], "tue": ["05:00-13:00"]})
    with pytest.raises(CalendarInvalid, match="22:00-06:00 of sun runs into 05:00-13:00 of mon"):
        parse_week({"sun": ["22:00-06:00"], "mon": ["05:00-13:00"]})
    assert parse_week({"mon": ["22:00-06:00"], "tue": ["06:00-13:00"]})[1] == ((360, 780),)


def test_a_day_named_twice_is_refused() -> None:
    with pytest.raises(CalendarInvalid, match="'fri' names fri, whose hours were said before"):
        parse_week({"mon-fri": ["09:00-17:00"], "fri": ["09:00-13:00"]})


def test_a_day_with_an_empty_list_is_closed() -> None:
    assert parse_week({"mon": ["09:00-17:00"], "tue": []}) == (OFFICE_DAY, (), (), (), (), (), ())


def read(**terms: Any) -> CalendarTerms:
    return CalendarTerms.model_validate(terms)


def test_nothing_said_is_an_office_in_utc() -> None:
    office = read().build("office")
    assert office.windows_on(date(2026, 3, 16)) == OFFICE_DAY
    assert office.windows_on(date(2026, 3, 14)) == ()


@pytest.mark.parametrize(
    ("terms", "place", "said"),
    [
        ({"zone": "Europe/Istambul"}, ("zone",), "did you mean 'Europe/Istanbul'"),
        ({"zone": "Amsterdam"}, ("zone",), "did you mean 'Europe/Amsterdam'"),
        ({"zone": "new york"}, ("zone",), "did you mean 'America/New_York'"),
        ({"zone": "../../etc/passwd"}, ("zone",), "no time zone named"),
        ({"zone": ""}, ("zone",), "no time zone named ''"),
        ({"zone": "Europe"}, ("zone",), "no time zone named 'Europe'"),
        ({"zone": "localtime"}, ("zone",), "no time zone named 'localtime'"),
        ({"hours": {"mon-fri": "9-17"}}, ("hours", "mon-fri"), "'9-17' are no hours"),
        (
            {"hours": {"workdays": "09:00-17:00"}},
            ("hours", "workdays", "[key]"),
            "'workdays' are no weekdays",
        ),
        ({"hours": {"mon-fri": "09:00-17:00", "fri": "09:00-12:00"}}, ("hours",), "names fri"),
        ({"holidays": "QQ"}, ("holidays",), "no holidays for country 'QQ'"),
        ({"holidays": {"country": "US", "subdivision": "CAL"}}, ("holidays",), "US has no subdivision 'CAL'"),
        (
            {"holidays": {"country": "NL", "half_days_until": "13:00"}},
            ("holidays",),
            "no half days are known for NL",
        ),
        (
            {"holidays": {"country": "TR", "half_days_until": "1 pm"}},
            ("holidays", "half_days_until"),
            "'1 pm' is no time of day",
        ),
        (
            {"closed": [{"from": "2026-08-07", "to": "2026-08-03"}]},
            ("closed", 0),
            "before they start on 2026-08-07",
        ),
        ({"open": [{"on": "2026-08-07", "hours": "10"}]}, ("open", 0, "hours"), "'10' are no hours"),
        ({"half_days": {"2026-12-24": "noon"}}, ("half_days", "2026-12-24"), "'noon' are no hours"),
        ({"versions": [{"zone": "UTC"}]}, (), "a version has no first day; say `from`"),
        (
            {"versions": [{"from": "2026-07-01"}, {"from": "2026-01-01"}]},
            (),
            "the version from 2026-01-01 stands after one from 2026-07-01",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused_where_it_stands(
    terms: dict[str, Any], place: tuple[str | int, ...], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        read(**terms)
    [error] = refused.value.errors()
    assert error["loc"] == place
    assert said in error["msg"]


def test_every_bad_value_of_a_calendar_is_reported_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        read(zone="Mars", hours={"mon": "late"}, half_days={"2026-12-24": "early"})
    assert len(refused.value.errors()) == 3


@pytest.mark.parametrize(
    "terms",
    [
        {"hours": {}},
        {"hours": {"mon-fri": []}},
        {"closed": [{"from": "1970-01-01", "to": "2100-12-31"}]},
        {"hours": {}, "half_days": {"2026-12-24": []}},
    ],
)
def test_a_calendar_without_any_working_time_is_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(CalendarInvalid, match="calendar 'hq' has no working time at all; give it hours"):
        read(**terms).build("hq")


def test_an_opened_day_needs_hours_where_the_week_has_none() -> None:
    with pytest.raises(
        CalendarInvalid, match="Saturday 2026-03-14 is opened but has no usual hours; give it its own"
    ):
        read(open=["2026-03-14"]).build("hq")


def test_what_was_read_is_kept_as_it_was_written() -> None:
    terms = read(
        zone="Europe/Istanbul", hours={"mon-fri": ["09:00-12:30", "13:30-18:00"], "sat": "10:00-13:00"}
    )
    assert terms.hours == {"mon-fri": ("09:00-12:30", "13:30-18:00"), "sat": ("10:00-13:00",)}
    assert CalendarTerms.model_validate(terms.model_dump(by_alias=True)) == terms
    assert CalendarTerms.model_json_schema()["properties"]["hours"]["type"] == "object"
