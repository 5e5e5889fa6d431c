"""Work owed against the time of the reps: F12 to the digit, and what it rests on said."""

from datetime import date, datetime
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Agreement
from accord.lead.events import Event, Lead
from accord.ledger.engine import Ledger

JUNE = {"from_on": date(2026, 6, 1), "to_on": date(2026, 6, 30)}
JULY = at("2026-07-01 00:00")
F12 = {"hours_per_month": 160, "for_marketing_leads": "60%"}
MINUTES = {"minutes": {"call": "5 min", "voicemail": "1 min", "email": "4 min"}}


def terms(people: dict[str, object], touches: dict[str, object] = MINUTES, **capacity: object) -> Agreement:
    return agreement(
        people={"mina": "marketing", **people},
        capacity={**F12, **capacity},
        follow_up={"first_touch": "60 min", "touches": touches},
    )


def delivered(
    count: int, on: str = "2026-06-10 10:00", stream: str | None = None
) -> tuple[list[Lead], list[Event]]:
    leads = [Lead(f"L{on}{n:04d}", lead_type="web_form", stream=stream) for n in range(count)]
    return leads, [event(lead.lead, "handed_off", on) for lead in leads]


def use(book: Ledger, **where: object) -> list[dict[str, object]]:
    with book as opened:
        found = opened.measure("capacity_use").table.dicts()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


@pytest.mark.parametrize(
    ("touches", "work", "per_rep", "reps"),
    [(MINUTES, 45, 128, 31), ({**MINUTES, "automated": ["email"]}, 33, 174, 23)],
)
def test_reps_are_needed_as_many_as_the_plan_says(
    tmp_path: Path, touches: dict[str, object], work: int, per_rep: int, reps: int
) -> None:
    people = {"reps": {"side": "sales", "count": 31}}
    book = ledger(tmp_path, *delivered(3900), JULY, terms=terms(people, touches), **JUNE)
    [row] = use(book, span="month")
    assert (row["leads"], row["work"]) == (3900, 3900 * work * 60)
    assert (row["reps"], row["available"]) == (31, 31 * 5760 * 60)
    assert (row["leads_per_rep"], row["reps_needed"]) == (per_rep, reps)
    assert row["use"] == 3900 * work / (31 * 5760)
    assert row["assumed"] is False


def test_the_usual_minutes_are_said_to_be_assumed_and_the_expected_work_is_less(tmp_path: Path) -> None:
    people = {"reps": {"side": "sales", "count": 2}}
    book = ledger(tmp_path, *delivered(10), JULY, terms=terms(people, {}, connect_rate="10%"), **JUNE)
    [row] = use(book, span="month")
    assert row["assumed"] is True
    assert row["work"] == 450 * 60
    assert row["expected_work"] == pytest.approx(10 * (4.68559 * 5 + 15) * 60)


def test_a_week_counts_the_days_that_its_reps_work(tmp_path: Path) -> None:
    people = {
        "ana": {"side": "sales", "away": [{"from": "2026-06-08", "to": "2026-06-12"}]},
        "bo": {"side": "sales"},
    }
    leads, events = delivered(80)
    book = ledger(tmp_path, leads, events, JULY, terms=terms(people), **JUNE)
    weeks = {row["on"]: row for row in use(book, span="week")}
    day = 5760 / 22 * 60  # June has 22 working days
    assert list(weeks) == [date(2026, 6, n) for n in (1, 8, 15, 22, 29)]
    assert weeks[date(2026, 6, 1)]["available"] == pytest.approx(10 * day)
    assert weeks[date(2026, 6, 8)]["available"] == pytest.approx(5 * day), "ana is away"
    assert weeks[date(2026, 6, 8)]["use"] == pytest.approx(80 * 45 * 60 / (5 * day))
    assert weeks[date(2026, 6, 29)]["available"] == pytest.approx(4 * day), "two days of the period"
    assert (weeks[date(2026, 6, 1)]["leads"], weeks[date(2026, 6, 1)]["use"]) == (0, 0)


def test_a_week_that_is_not_over_counts_its_days_so_far(tmp_path: Path) -> None:
    people = {"bo": {"side": "sales"}}
    book = ledger(tmp_path, *delivered(5), at("2026-06-11 00:00"), terms=terms(people), **JUNE)
    last = use(book, span="week")[-1]
    assert (last["on"], last["open"]) == (date(2026, 6, 8), True)
    assert last["available"] == pytest.approx(3 * 5760 / 22 * 60)


def test_a_pool_that_lists_nobody_says_how_many_reps_it_takes_and_no_use(tmp_path: Path) -> None:
    book = ledger(tmp_path, *delivered(3900), JULY, terms=terms({}), **JUNE)
    [row] = use(book, span="month")
    assert (row["reps"], row["available"], row["use"]) == (0, None, None)
    assert (row["leads_per_rep"], row["reps_needed"]) == (128, 31)


def test_without_any_hours_the_work_stands_alone_and_nothing_is_nought(tmp_path: Path) -> None:
    nothing = agreement(people={"bo": "sales"}, follow_up={"first_touch": "60 min", "touches": MINUTES})
    [row] = use(ledger(tmp_path, *delivered(4), JULY, terms=nothing, **JUNE), span="month")
    assert (row["leads"], row["work"]) == (4, 180 * 60)
    assert (row["available"], row["use"], row["leads_per_rep"], row["reps_needed"]) == (
        None,
        None,
        None,
        None,
    )


def test_each_pool_gets_the_leads_of_its_streams(tmp_path: Path) -> None:
    streams = {
        "smb": {"share": "60%", "deal_value": 2000},
        "big": {"share": "40%", "deal_value": 20000},
    }
    rates = {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
    held = agreement(
        goal={"revenue": 500000, "streams": streams},
        lead_types={"web_form": {"streams": dict.fromkeys(streams, rates)}},
        people={"bo": {"side": "sales", "pool": "inbound"}, "di": {"side": "sales", "pool": "field"}},
        handoff={"receive": {"pool": "inbound", "streams": {"big": "field"}}},
        capacity=F12,
    )
    parts = [delivered(3, "2026-06-10 10:00", "smb"), delivered(2, "2026-06-11 10:00", "big")]
    parts.append(delivered(1, "2026-06-12 10:00", None))
    leads, events = [x for a, _ in parts for x in a], [x for _, b in parts for x in b]
    found = use(ledger(tmp_path, leads, events, JULY, terms=held, **JUNE), span="month")
    assert {row["pool"]: (row["leads"], row["reps"]) for row in found} == {"inbound": (4, 1), "field": (2, 1)}


def test_nothing_is_known_before_the_period_begins(tmp_path: Path) -> None:
    early = datetime.fromisoformat("2026-05-20T00:00:00+00:00")
    assert use(ledger(tmp_path, *delivered(3), early, terms=terms({"bo": "sales"}), **JUNE)) == []
