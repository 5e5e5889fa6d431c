"""Real follow-ups of a Dutch bank, timed by an independent program, and national days of ten countries.

Both calendars of the vectors keep their hours on public holidays: case 195356 is due on 26 December 2011.
"""

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from accord.agreement.clauses.hours import CalendarTerms
from accord.worktime import WALL, Calendar
from accord.worktime.rows import due_rows, elapsed_rows, seconds_text

DATA = Path(__file__).parents[2].parent / "shared" / "data"
VECTORS = DATA / "clock_vectors_dev60.csv"
HOLIDAYS = DATA / "holidays" / "holidays_0.109_2024_2027_public.csv"
AMSTERDAM = "Europe/Amsterdam"
CALENDARS = {
    "C1_NL_9_17": CalendarTerms(zone=AMSTERDAM, hours={"mon-fri": ("09:00-17:00",)}).build("office"),
    "C2_NL_bank": CalendarTerms(
        zone=AMSTERDAM, hours={"mon-fri": ("09:00-21:00",), "sat": ("10:00-17:00",)}
    ).build("bank"),
}
pytestmark = pytest.mark.real


def rows_of(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        pytest.skip(f"{path.name} is not beside this checkout")
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))


def without_needless_digits(seconds: str) -> str:
    return seconds.rstrip("0").rstrip(".") if "." in seconds else seconds


@pytest.mark.parametrize("name", CALENDARS)
def test_every_follow_up_takes_the_working_time_of_the_vectors(name: str) -> None:
    rows = rows_of(VECTORS)
    assert len(rows) == 60
    for row in rows:
        start, stop = datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["stop"])
        assert seconds_text(WALL.elapsed(start, stop)) == without_needless_digits(row["calendar_sec"])
        assert seconds_text(CALENDARS[name].elapsed(start, stop)) == without_needless_digits(
            row[f"{name}_sec"]
        )
        due = CALENDARS[name].due(start, timedelta(hours=4))
        assert due == datetime.fromisoformat(row[f"{name}_due4h_utc"])


@pytest.mark.parametrize("name", CALENDARS)
def test_the_vectors_pass_through_the_commands_as_they_stand(name: str) -> None:
    rows = rows_of(VECTORS)
    elapsed = StringIO()
    assert elapsed_rows(CALENDARS[name], StringIO(VECTORS.read_text(encoding="utf-8")), elapsed) == []
    answers = [row["elapsed_seconds"] for row in csv.DictReader(StringIO(elapsed.getvalue()))]
    assert answers == [without_needless_digits(row[f"{name}_sec"]) for row in rows]
    due = StringIO()
    asked = StringIO("budget,from\n" + "".join(f"4 h,{row['start']}\n" for row in rows))
    assert due_rows(CALENDARS[name], asked, due) == []
    assert [row["due"] for row in csv.DictReader(StringIO(due.getvalue()))] == [
        row[f"{name}_due4h_utc"] for row in rows
    ]


@pytest.mark.parametrize("country", ["AE", "BR", "IR", "IT", "NL", "PT", "SA", "TH", "TR", "US"])
def test_the_national_days_we_close_are_the_listed_ones(country: str) -> None:
    listed = {
        date.fromisoformat(row["date"]): row["name"] for row in rows_of(HOLIDAYS) if row["country"] == country
    }
    one: Calendar = CalendarTerms.model_validate(
        {"hours": {"mon-sun": "00:00-24:00"}, "holidays": country}
    ).build(country)
    first, last = date(2024, 1, 1).toordinal(), date(2027, 12, 31).toordinal()
    closed = {
        on: one.day_off_name(on)
        for on in map(date.fromordinal, range(first, last + 1))
        if not one.is_working_day(on)
    }
    assert len(closed) > 30
    assert closed == listed
