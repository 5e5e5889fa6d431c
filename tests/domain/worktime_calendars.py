"""Calendars that the tests of working time share: eight for columns, and any others at random."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from accord.agreement.clauses.hours import CalendarTerms
from accord.worktime import Calendar


def calendar(name: str = "office", **terms: Any) -> Calendar:
    return CalendarTerms.model_validate(terms).build(name)


LUNCH_BREAK = calendar(
    "lunch break", zone="Europe/Istanbul", hours={"mon-fri": ["09:00-12:30", "13:30-18:00"]}
)
NIGHT_SHIFT = calendar(
    "night shift", zone="America/New_York", hours={"mon-sun": "22:00-06:00"}, holidays="US"
)
FRIDAY_OFF = calendar("friday off", zone="Asia/Tehran", hours={"sat-thu": "08:30-16:30"}, holidays="IR")
FRIDAY_SATURDAY = calendar("sun-thu", zone="Asia/Riyadh", hours={"sun-thu": "09:00-17:00"}, holidays="SA")
HALF_DAYS = calendar(
    "half days",
    zone="Europe/Istanbul",
    hours={"mon-fri": ["09:00-12:00", "13:00-18:00"]},
    holidays={"country": "TR", "half_days_until": "13:00"},
    half_days={"2025-12-31": ["09:00-12:00"]},
    closed=[{"from": "2025-08-04", "to": "2025-08-08", "name": "summer break"}],
    open=[{"on": "2025-03-08", "hours": "10:00-14:15"}],
)
TWO_VERSIONS = calendar(
    "two versions",
    zone="Europe/Lisbon",
    hours={"mon-fri": "09:00-17:00"},
    holidays="PT",
    versions=[
        {
            "from": "2025-06-16",
            "zone": "America/Sao_Paulo",
            "hours": {"mon-thu": "08:00-18:00", "sat": "09:00-12:00"},
        }
    ],
)
AROUND_THE_CLOCK = calendar("around the clock", zone="Asia/Beirut", hours={"mon-sun": "00:00-24:00"})
SPLIT_SHIFTS = calendar(
    "split shifts",
    zone="Australia/Lord_Howe",
    hours={"mon-sat": ["07:00-10:15", "11:05-13:20", "14:00-15:00", "23:30-02:30"]},
)

ALL = (
    LUNCH_BREAK,
    NIGHT_SHIFT,
    FRIDAY_OFF,
    FRIDAY_SATURDAY,
    HALF_DAYS,
    TWO_VERSIONS,
    AROUND_THE_CLOCK,
    SPLIT_SHIFTS,
)

ZONES = (
    "UTC",
    "Europe/Amsterdam",
    "America/New_York",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/St_Johns",
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> list[str]:
    """Up to two windows, of which the last may run over midnight to at most 05:00."""
    cuts = sorted(
        draw(st.sets(st.integers(5 * 12, 24 * 12 - 1), min_size=4, max_size=4))
    )  # of five minutes each
    ends = [(cuts[0], cuts[1]), (cuts[2], draw(st.sampled_from([cuts[3], draw(st.integers(1, 60))])))]
    texts = [f"{a // 12:02}:{a % 12 * 5:02}-{b // 12:02}:{b % 12 * 5:02}" for a, b in ends]
    return texts[draw(st.integers(0, 1)) :]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any zone, week, days off, half days and second version."""
    days = st.dates(date(2024, 12, 20), date(2026, 1, 10))
    week = st.dictionaries(st.sampled_from(WEEKDAYS), hours_of_a_day(), min_size=1)
    version = {"from": "2025-07-01", "zone": draw(st.sampled_from(ZONES)), "hours": draw(week)}
    return calendar(
        zone=draw(st.sampled_from(ZONES)),
        hours=draw(week),
        holidays=draw(st.sampled_from([None, "NL", "TR", "US", "IR"])),
        closed=[str(day) for day in draw(st.lists(days, max_size=4))],
        half_days={str(day): draw(hours_of_a_day()) for day in draw(st.lists(days, max_size=2))},
        versions=[version] if draw(st.booleans()) else [],
    )


def instants(
    first: datetime = datetime(2025, 1, 1, tzinfo=UTC), days: int = 365
) -> st.SearchStrategy[datetime]:
    """Instants of a year, half of them to the microsecond and half on a round quarter of an hour."""
    fine = st.integers(0, days * 86_400_000_000).map(lambda count: first + timedelta(microseconds=count))
    round_ones = st.integers(0, days * 96).map(lambda count: first + timedelta(minutes=15 * count))
    return st.one_of(fine, round_ones)
