"""Why: the verdicts on one lead in plain sentences."""

from datetime import timedelta
from pathlib import Path

import pytest
from ledger_fixture import F15_NOW, agreement, at, event, f15, write_log

from accord.errors import LeadUnknown
from accord.lead.events import Event, Lead
from accord.ledger import wording as say
from accord.ledger.why import explain
from accord.report.format import NBSP, length


def told(
    folder: Path, *events: Event, now: str = F15_NOW, lead_type: str | None = "web_form", **terms: object
) -> str:
    write_log(folder, [Lead("L", lead_type=lead_type)], events)
    return explain(agreement(**terms), folder, "L", at(now))


def test_a_verdict_on_time_to_the_minute_is_told_with_the_weekend_between(tmp_path: Path) -> None:
    write_log(tmp_path, *f15())
    text = explain(agreement(), tmp_path, "C", at(F15_NOW))
    for sentence in (
        "Lead C, as known on Mon 16 Mar 2026, 12:00 (UTC)",
        "Delivered to sales on Fri 13 Mar 2026, 16:30.",
        "Calendar office, UTC: Mon-Fri 09:00-17:00.",
        "Judged by Test, version 1, 2026-01-01 to 2026-12-31 (draft)",
        "First touch: kept",
        "Promised within 60 min of working time: by Mon 16 Mar 2026, 09:30.",
        "Not counted: Sat 14 Mar 2026 and Sun 15 Mar 2026.",
        "Touched on Mon 16 Mar 2026, 09:30 by rep (call): 1 h of working time after delivery, 2 d 17 h on",
    ):
        assert sentence in text


def test_an_open_breach_says_how_long_overdue_and_what_can_still_be_done(tmp_path: Path) -> None:
    text = told(tmp_path, event("L", "handed_off", "2026-03-16 09:30"))
    assert "Not touched by then: overdue by 1 h 30 min of working time" in text
    assert "the breach stays on record unless marketing excuses it" in text
    assert "Not decided yet: 21 h 30 min of working time left." in text
    assert "or by silence when the window to reject, 24 h, closes on Thu 19 Mar 2026, 09:30." in text


def test_holidays_between_are_named_and_times_are_those_of_the_calendar(tmp_path: Path) -> None:
    calendar = {
        "zone": "Europe/Istanbul",
        "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]},
        "closed": [{"from": "2026-07-15", "to": "2026-07-15", "name": "Founders' day"}],
    }
    events = [
        event("L", "handed_off", "2026-07-14 14:45"),
        event("L", "attempted", "2026-07-16 08:00", side="sales"),
    ]
    text = told(tmp_path, *events, now="2026-07-16 12:00", calendars={"hq": calendar})
    assert "Delivered to sales on Tue 14 Jul 2026, 17:45." in text
    assert "Calendar hq, Europe/Istanbul: Mon-Fri 09:00-12:30, 13:30-18:00." in text
    assert "by Thu 16 Jul 2026, 09:45. Not counted: Wed 15 Jul 2026 (Founders' day)." in text
    assert "That is 1 h 15 min of working time too late." in text


def test_each_way_to_end_is_told_as_such(tmp_path: Path) -> None:
    hand_off = event("L", "handed_off", "2026-03-09 09:00", agreement="v3", calendar="mars")
    rejected = event("L", "rejected", "2026-03-09 09:20", actor="bo", reason="duplicate")
    text = told(tmp_path / "a", hand_off, rejected)
    assert (
        "Rejected by sales on Mon 9 Mar 2026, 09:20, before the time was up, without being touched." in text
    )
    assert "Rejected on Mon 9 Mar 2026, 09:20 (duplicate), within the window: does not count." in text
    assert "Decided on Mon 9 Mar 2026, 09:20 by bo: 20 min of working time" in text
    assert "in force at hand-off, as the log says: v3." in text
    assert "The log names calendar mars, which the agreement lacks." in text
    excuse = event(
        "L", "excused", "2026-03-10 09:00", side="marketing", actor="mina", reason="phones were down"
    )
    text = told(tmp_path / "b", hand_off, excuse)
    assert "First touch: excused" in text
    assert "Excused by mina on Tue 10 Mar 2026, 09:00: phones were down. The breach stays on record." in text
    assert "Accepted by silence on Wed 11 Mar 2026, 17:00." in text
    text = told(tmp_path / "c", hand_off, event("L", "merged", "2026-03-12 09:00"))
    assert "Merged on Thu 12 Mar 2026, 09:00: the lead it went into has the credit." in text


def test_a_missed_checkpoint_says_how_many_attempts_were_there_by_then(tmp_path: Path) -> None:
    start = at("2026-01-05 09:00")
    calls = [
        event("L", "attempted", start + timedelta(days=d), side="sales", seq=d) for d in (1, 3, 8, 20, 31)
    ]
    text = told(tmp_path, event("L", "handed_off", start), *calls)
    assert "Promised 5 attempts within 28 d of delivery: by Mon 2 Feb 2026, 09:00." in text
    assert "4 attempts by then. What came later is late: a checkpoint missed stays missed." in text


def test_a_touch_before_delivery_and_a_wall_promise_are_told(tmp_path: Path) -> None:
    early = event("L", "attempted", "2026-03-13 09:00", side="sales")
    text = told(tmp_path / "a", event("L", "handed_off", "2026-03-16 09:30"), early)
    assert "That was before it was delivered, so no time counts." in text
    terms = {"follow_up": {"first_touch": "60 min wall"}}
    text = told(tmp_path / "b", event("L", "handed_off", "2026-03-13 16:30"), **terms)
    assert "by Fri 13 Mar 2026, 17:30. Wall time: nights, weekends and holidays count." in text
    assert "overdue by 2 d 18 h." in text


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    late = event("L", "handed_off", "2026-03-16 09:30", recorded_at=at("2026-03-20 09:00"))
    text = told(tmp_path, event("L", "created", "2026-03-16 09:00"), late, lead_type="fax")
    assert "1 fact of later date or record: not counted." in text
    assert "Type fax, about which the agreement says nothing: judged by the rules for all types." in text
    assert "Not handed off to sales by then, so no promise about its follow-up applies yet." in text
    assert "Mon 16 Mar 2026, 09:00  created" in text
    assert "First touch:" not in text


def test_a_lead_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    write_log(tmp_path, [Lead("L-0001"), Lead("L-0002")], [event("L-0300", "created", "2026-03-16 09:00")])
    with pytest.raises(LeadUnknown, match=r"no lead named 'L-301'; did you mean 'L-0300'\?"):
        explain(agreement(), tmp_path, "L-301")


@pytest.mark.parametrize(
    ("span", "wall", "working"),
    [
        (timedelta(), "no time", "no time of working time"),
        (timedelta(microseconds=5), "under 1 s", "under 1 s of working time"),
        (timedelta(seconds=59), "59 s", "59 s of working time"),
        (timedelta(hours=26, minutes=5), "1 d 2 h", "26 h 5 min of working time"),
        (timedelta(days=2, seconds=5), "2 d", "48 h of working time"),
        (timedelta(hours=62, minutes=53, seconds=40), "2 d 14 h", "62 h 54 min of working time"),
        (timedelta(minutes=59, seconds=59), "59 min 59 s", "59 min 59 s of working time"),
    ],
)
def test_lengths_are_told_in_their_two_largest_units(span: timedelta, wall: str, working: str) -> None:
    assert (say.wall(span), say.working(span)) == (wall, working)
    if span >= timedelta(hours=1):  # as in every table
        told = length(span.total_seconds()) or ""
        assert f"{told.replace(NBSP, ' ')} of working time" == working
