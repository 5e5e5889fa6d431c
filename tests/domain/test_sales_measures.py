"""What sales did about its leads: where the time went, why promises broke, how often it tried and by what."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Agreement
from accord.lead.events import Event, Lead
from accord.ledger.engine import Ledger
from accord.promises.causes import Cause, Circumstances, cause_of

Rows = list[dict[str, object]]
NOW = at("2026-03-31 12:00")
CADENCE = {
    "cadence": [{"by": "14 d", "attempts": 3}, {"by": "28 d", "attempts": 5}, {"by": "56 d", "attempts": 7}]
}


def rows(book: Ledger, measure: str, **where: object) -> Rows:
    with book as opened:
        found = opened.measure(measure).table.dicts()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


def terms(**follow_up: object) -> Agreement:
    return agreement(follow_up={"first_touch": "60 min", **follow_up})


# Where the time to the first touch goes


def way(lead: str, *, given: str = "ana", touched: str = "ana") -> list[Event]:
    """Monday 16 March: hand raised 08:00, qualified 08:30, delivered 09:00, assigned 09:40, touched 10:00."""
    return [
        event(lead, "created", "2026-03-16 08:00"),
        event(lead, "qualified", "2026-03-16 08:30"),
        event(lead, "handed_off", "2026-03-16 09:00"),
        event(lead, "assigned", "2026-03-16 09:40", actor=given),
        event(lead, "attempted", "2026-03-16 10:00", side="sales", actor=touched, channel="call"),
    ]


def test_the_way_to_the_first_touch_is_cut_where_it_changes_hands(tmp_path: Path) -> None:
    [row] = rows(ledger(tmp_path, [Lead("L")], way("L"), NOW), "speed_parts", by="all")
    minutes = {name: row[f"{name}_median"] / 60 for name in ("prospect", "system", "queue", "rep")}  # type: ignore[operator]
    assert minutes == {"prospect": 120, "system": 70, "queue": 40, "rep": 20}
    parts = ("to_qualified", "to_delivered", "to_assigned", "to_rep", "to_touched")
    assert [row[name] / 60 for name in parts] == [30, 30, 40, 0, 20]  # type: ignore[operator]
    assert row["traced"] == 1


def test_no_rep_is_blamed_for_the_time_in_the_queue_or_with_another(tmp_path: Path) -> None:
    events = [*way("L", given="bo"), event("L", "assigned", "2026-03-16 09:50", actor="ana")]
    [row] = rows(ledger(tmp_path, [Lead("L")], events, NOW), "speed_parts", by="owner", key="ana")
    assert (row["queue_median"], row["rep_median"], row["to_rep"]) == (40 * 60, 10 * 60, 10 * 60)
    assert row["rep_median"] != 60 * 60, "from delivery would blame the rep for the queue"


def test_who_touches_a_lead_of_somebody_else_had_no_time_of_their_own(tmp_path: Path) -> None:
    [row] = rows(ledger(tmp_path, [Lead("L")], way("L", given="bo"), NOW), "speed_parts", by="all")
    assert (row["touched"], row["queue_n"], row["rep_n"], row["rep_median"]) == (1, 1, 0, None)
    assert (row["traced"], row["to_touched"]) == (0, None)


def test_a_lead_that_had_an_owner_before_delivery_waited_in_no_queue_and_counts_from_delivery(
    tmp_path: Path,
) -> None:
    events = [one for one in way("L") if one.kind != "assigned"]
    events.append(event("L", "assigned", "2026-03-13 09:00", actor="ana"))
    [row] = rows(ledger(tmp_path, [Lead("L")], events, NOW), "speed_parts", by="all")
    assert (row["queue_median"], row["rep_median"]) == (0, 60 * 60)


def test_the_rep_s_part_is_working_time_without_pauses(tmp_path: Path) -> None:
    events = [
        event("L", "handed_off", "2026-03-13 16:00"),  # Friday
        event("L", "assigned", "2026-03-13 16:30", actor="ana"),
        event("L", "paused", "2026-03-16 09:00", reason="prospect_callback", due_at=at("2026-03-16 09:20")),
        event("L", "attempted", "2026-03-16 10:00", side="sales", actor="ana"),
    ]
    [row] = rows(ledger(tmp_path, [Lead("L")], events, NOW), "speed_parts", by="all")
    assert row["rep_median"] == (30 + 60 - 20) * 60
    assert row["rep_wall_mean"] == timedelta(days=2, hours=17, minutes=30).total_seconds()
    assert row["queue_worked_mean"] == 30 * 60


def test_unassigned_leads_are_counted_apart(tmp_path: Path) -> None:
    events = [
        *way("L"),
        event("M", "handed_off", "2026-03-16 09:00"),
        event("M", "assigned", "2026-03-16 09:30"),
    ]
    [row] = rows(ledger(tmp_path, [Lead("L"), Lead("M")], events, NOW), "speed_parts", by="all")
    assert (row["delivered"], row["unassigned"], row["queue_n"]) == (2, 1, 1), "nobody by name is nobody"


def test_percentiles_are_midpoint_and_nearest_rank_by_hand(tmp_path: Path) -> None:
    waits = [4, 20, 30, 60, 60, 240]
    events = []
    for number, minutes in enumerate(waits):
        start = at("2026-03-16 09:00")
        events += [
            event(f"L{number}", "created", start),
            event(f"L{number}", "handed_off", start),
            event(f"L{number}", "attempted", start + timedelta(minutes=minutes), side="sales"),
        ]
    leads = [Lead(f"L{number}") for number in range(6)]
    [row] = rows(ledger(tmp_path, leads, events, NOW), "speed_parts", by="all")
    assert (row["prospect_median"], row["prospect_p90"]) == (45 * 60, 240 * 60)


def test_a_call_that_only_stops_the_clock_shows(tmp_path: Path) -> None:
    events: list[Event] = []
    for lead, later in {"gamed": [], "tried": [3, 5, 9], "reached": []}.items():
        events.append(event(lead, "handed_off", "2026-03-02 09:00"))
        events.append(event(lead, "attempted", "2026-03-02 09:05", side="sales", channel="call"))
        events += [event(lead, "attempted", f"2026-03-0{day} 10:00", side="sales") for day in later]
    events.append(event("reached", "connected", "2026-03-02 09:06", side="sales"))
    book = ledger(
        tmp_path, [Lead(n) for n in ("gamed", "tried", "reached")], events, NOW, terms=terms(**CADENCE)
    )
    [row] = rows(book, "speed_parts", by="all")
    assert (row["touched"], row["reached_at_once"]) == (3, 1)
    assert (row["abandoned"], row["abandoned_of"], row["share_abandoned"]) == (1, 2, 0.5)


def test_a_young_lead_touched_once_is_not_yet_abandoned(tmp_path: Path) -> None:
    events = [
        event("L", "handed_off", "2026-03-30 09:00"),
        event("L", "attempted", "2026-03-30 09:05", side="sales"),
    ]
    [row] = rows(ledger(tmp_path, [Lead("L")], events, NOW), "speed_parts", by="all")
    assert (row["abandoned"], row["abandoned_of"], row["share_abandoned"]) == (0, 0, None)


def test_speed_parts_come_by_type_stream_segment_month_and_owner(tmp_path: Path) -> None:
    lead = Lead("L", lead_type="web_form", stream="smb", segment="north")
    found = rows(ledger(tmp_path, [lead], way("L"), NOW), "speed_parts")
    assert [(row["by"], row["key"]) for row in found] == [
        ("all", "all"), ("lead_type", "web_form"), ("month", "2026-03"), ("owner", "ana"),
        ("segment", "north"), ("stream", "smb"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "measure", ["speed_parts", "breach_causes", "touches_by_channel", "gaps", "depth", "attempts"]
)
def test_a_log_without_deliveries_gives_no_rows(tmp_path: Path, measure: str) -> None:
    assert (
        rows(ledger(tmp_path, [Lead("L")], [event("L", "created", "2026-03-02 09:00")], NOW), measure) == []
    )


# Why promises broke

LATE = {"A": "2026-03-16 09:10", "B": "2026-03-16 09:40", "C": None, "D": "2026-03-16 09:10"}


def broken() -> list[Event]:
    """Four leads delivered at nine and never touched; due at ten."""
    events = [
        event(lead, "handed_off", "2026-03-16 09:00", outcome="incomplete" if lead == "D" else "complete")
        for lead in LATE
    ]
    return events + [event(lead, "assigned", when, actor="ana") for lead, when in LATE.items() if when]


def causes(
    book: Ledger, promise: str = "first_touch_in_time", **where: object
) -> dict[object, tuple[object, object]]:
    found = rows(book, "breach_causes", duty=promise, **(where or {"by": "all"}))
    return {row["cause"]: (row["broken"], row["excused"]) for row in found}


def test_each_broken_first_touch_has_one_cause(tmp_path: Path) -> None:
    found = causes(ledger(tmp_path, [Lead(n) for n in LATE], broken(), NOW))
    assert found == dict.fromkeys(("rep_delay", "system_delay", "no_capacity", "missing_information"), (1, 0))


def test_a_recorded_breach_says_its_cause_itself_and_an_excused_one_stands_apart(tmp_path: Path) -> None:
    events = [
        *broken(),
        event(
            "A",
            "breached",
            "2026-03-16 10:00",
            outcome="first_touch_in_time",
            reason="absence",
            side="machine",
        ),
        event("B", "excused", "2026-03-16 11:00", side="marketing", outcome="first_touch_in_time"),
        event("C", "breached", "2026-03-16 10:00", outcome="first_touch_in_time", reason="=HYPERLINK(1)"),
    ]
    book = ledger(tmp_path, [Lead(n) for n in LATE], events, NOW)
    found = rows(book, "breach_causes", by="all", duty="first_touch_in_time")
    assert {row["cause"]: (row["broken"], row["excused"], row["recorded"]) for row in found} == {
        "absence": (1, 0, 1), "missing_information": (1, 0, 0), "no_capacity": (1, 0, 0),
        "system_delay": (0, 1, 0),
    }  # fmt: skip
    assert {row["share"] for row in found} == {1 / 3, 0}


def test_a_log_that_never_assigns_blames_nobody(tmp_path: Path) -> None:
    events = [one for one in broken() if one.kind != "assigned"]
    assert causes(ledger(tmp_path, [Lead(n) for n in LATE], events, NOW)) == {
        None: (3, 0), "missing_information": (1, 0)
    }  # fmt: skip


def test_causes_come_by_type_stream_month_and_for_decisions_too(tmp_path: Path) -> None:
    leads = [Lead(name, lead_type="web_form", stream="smb") for name in LATE]
    book = ledger(tmp_path, leads, broken(), NOW)
    with book as opened:
        found = opened.measure("breach_causes").table.dicts()
    groups = {(row["by"], row["key"]) for row in found}
    assert {("lead_type", "web_form"), ("stream", "smb"), ("month", "2026-03")} <= groups
    assert {row["duty"] for row in found} == {"first_touch_in_time", "decided_in_time"}


START = at("2026-03-16 09:00")
CASES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(-120, 200), st.sampled_from(("ana", "bo", None))), max_size=3),
        st.sampled_from(("complete", "incomplete", None)),
        st.none() | st.sampled_from([cause.value for cause in Cause] + ["anything", None]),
    ),
    min_size=1,
    max_size=8,
)


@given(CASES)
@settings(max_examples=25, deadline=None)
def test_the_cause_in_columns_is_the_cause_of_the_row_form(
    cases: list[tuple[list[tuple[int, str | None]], str | None, str | None]],
) -> None:
    events, wanted = [event("other", "assigned", START, actor="ana")], {}
    for number, (given_to, complete, noted) in enumerate(cases):
        lead = f"L{number}"
        events.append(event(lead, "handed_off", START, outcome=complete))
        events += [
            event(lead, "assigned", START + timedelta(minutes=minute, microseconds=number), actor=actor)
            for minute, actor in given_to
        ]
        if noted:
            events.append(event(lead, "breached", START, outcome="first_touch_in_time", reason=noted))
        wanted[lead] = _cause(given_to, complete, noted, number)
    with TemporaryDirectory() as folder:
        leads = [Lead(lead) for lead in wanted]
        with ledger(Path(folder), leads, events, NOW) as book:
            found = book.query(
                "SELECT c.lead, b.cause FROM breach b JOIN cycle c ON c.id = b.id "
                "WHERE b.promise = 'first_touch_in_time'"
            ).rows
    assert dict(found) == wanted  # type: ignore[arg-type]


def _cause(
    given_to: list[tuple[int, str | None]], complete: str | None, noted: str | None, shift: int
) -> str:
    """As the desk judges it: from the first assignment by the due time, and what it noted itself."""
    if noted in set(Cause):
        return str(noted)
    due = START + timedelta(minutes=60)
    times = [START + timedelta(minutes=m, microseconds=shift) for m, actor in given_to if actor]
    by_then = [time for time in times if time <= due]
    first = min(times) if by_then else None
    return cause_of(Circumstances(START, due, first, incomplete=complete == "incomplete")).value


# Depth, channels, gaps


def depth_log() -> tuple[list[Lead], list[Event]]:
    """Mature leads with 6, 6, 5 and 2 attempts, young ones with 1, 0 and 2."""
    tries = {"a": (20, 6), "b": (20, 6), "c": (18, 5), "d": (15, 2), "e": (2, 1), "f": (1, 0), "g": (2, 2)}
    events = []
    for lead, (age, attempts) in tries.items():
        start = NOW - timedelta(days=age)
        events.append(event(lead, "handed_off", start))
        events += [
            event(lead, "attempted", start + timedelta(hours=n + 1), side="sales") for n in range(attempts)
        ]
    return [Lead(name) for name in tries], events


def test_the_headline_of_depth_is_of_mature_leads_and_all_ages_stand_apart(tmp_path: Path) -> None:
    [row] = rows(ledger(tmp_path, *depth_log(), NOW, terms=terms(**CADENCE)), "depth", by="all")
    assert (row["leads"], row["mean"]) == (4, 4.75)
    assert (row["leads_all_ages"], row["mean_all_ages"]) == (7, 22 / 7)
    assert round(22 / 7, 2) == 3.14, "the figure that must not be the headline"


def test_the_distribution_of_attempts_holds_depth_s_own_population_apart(tmp_path: Path) -> None:
    found = rows(ledger(tmp_path, *depth_log(), NOW, terms=terms(**CADENCE)), "attempts")
    assert {row["attempts"]: (row["leads"], row["unreached"]) for row in found} == {
        0: (1, 0), 1: (1, 0), 2: (2, 1), 5: (1, 1), 6: (2, 2),
    }  # fmt: skip
    assert sum(row["share_unreached"] for row in found) == 1  # type: ignore[misc]


def test_a_return_before_the_minimum_is_given_up_early(tmp_path: Path) -> None:
    leads, events = depth_log()
    events += [event(lead, "returned", NOW, reason="unreached") for lead in ("a", "d")]
    few = agreement(follow_up={"first_touch": "60 min", **CADENCE}, handoff={"return_after": {"attempts": 5}})
    [row] = rows(ledger(tmp_path, leads, events, NOW, terms=few), "depth", by="all")
    assert (row["given_up"], row["share_given_up"]) == (1, 0.25), "a was tried six times"


def chased(days: list[int], age: int) -> list[Event]:
    start = NOW - timedelta(days=age)
    tries = [event("L", "attempted", start + timedelta(days=day), side="sales") for day in days]
    return [event("L", "handed_off", start), *tries]


def test_four_attempts_in_thirty_days_fail_the_check_of_day_28_whatever_comes_later(tmp_path: Path) -> None:
    book = ledger(tmp_path, [Lead("L")], chased([1, 3, 9, 20], 30), NOW, terms=terms(**CADENCE))
    checks = rows(book, "cadence", lead_type=None)
    assert [(row["by_days"], row["judged"], row["kept"], row["late"]) for row in checks] == [
        (14, 1, 1, 0), (28, 1, 0, 0), (56, 0, 0, 0),
    ]  # fmt: skip


def test_a_fifth_attempt_on_day_31_is_late_not_met(tmp_path: Path) -> None:
    book = ledger(tmp_path, [Lead("L")], chased([1, 3, 9, 20, 31], 35), NOW, terms=terms(**CADENCE))
    [row] = rows(book, "cadence", lead_type=None, by_days=28)
    assert (row["judged"], row["kept"], row["share"], row["late"]) == (1, 0, 0, 1)


def test_channels_are_counted_beside_what_is_owed_and_one_is_not_made_up_by_another(tmp_path: Path) -> None:
    events, names = [], {"c": "call", "v": "voicemail", "e": "email"}
    for lead, kinds in {"whole": "c" * 6 + "v" * 3 + "e" * 3, "lopsided": "c" * 7 + "v" + "e" * 4}.items():
        events.append(event(lead, "handed_off", "2026-03-02 09:00"))
        events += [
            event(
                lead,
                "attempted",
                at("2026-03-03 09:00") + timedelta(days=n),
                side="sales",
                channel=names[kind],
            )
            for n, kind in enumerate(kinds)
        ]
    events += [event("whole", "attempted", "2026-03-20 09:00", side="sales", channel="chat")]
    leads = [Lead("whole"), Lead("lopsided")]
    found = rows(ledger(tmp_path, leads, events, NOW, terms=terms(**CADENCE)), "touches_by_channel", by="all")
    assert [(row["channel"], row["touches"], row["promised"], row["whole"]) for row in found] == [
        ("call", 13, 6, 2), ("email", 7, 3, 2), ("voicemail", 4, 3, 1), ("chat", 1, None, None),
    ]  # fmt: skip
    assert sum(row["touches"] for row in found if row["channel"] != "chat") == 24  # type: ignore[misc]


def test_gaps_shorter_than_agreed_show_in_working_time(tmp_path: Path) -> None:
    times = [
        "2026-03-05 09:00",
        "2026-03-05 10:00",
        "2026-03-05 15:00",
        "2026-03-06 09:30",
        "2026-03-09 13:30",
    ]
    events = [event("L", "handed_off", "2026-03-02 09:00")]
    events += [event("L", "attempted", when, side="sales", channel="call") for when in times]
    events += [
        event("L", "attempted", times[0], side="sales", channel="voicemail")
    ]  # the same instant: no gap
    book = ledger(tmp_path, [Lead("L")], events, NOW, terms=terms(**CADENCE, minimum_gap="4 h"))
    [row] = rows(book, "gaps", by="all")
    hours = [1, 5, 18.5, 76]  # on the wall; worked 1, 5, 2.5 and 11.5
    assert (row["leads"], row["gaps"], row["short"], row["share_short"]) == (1, 4, 2, 0.5)
    assert (row["median"], row["p90"]) == ((5 + 18.5) / 2 * 3600, 76 * 3600)
    assert row["mean"] == sum(hours) / 4 * 3600


def test_a_gap_agreed_on_the_wall_is_held_against_the_wall(tmp_path: Path) -> None:
    events = [event("L", "handed_off", "2026-03-02 09:00")]
    events += [event("L", "attempted", f"2026-03-0{day} 09:00", side="sales") for day in (3, 4, 6)]
    book = ledger(tmp_path, [Lead("L")], events, NOW, terms=terms(**CADENCE, minimum_gap="36 h wall"))
    [row] = rows(book, "gaps", by="all")
    assert (row["gaps"], row["short"]) == (2, 1)


def test_reached_leads_are_in_no_measure_of_depth(tmp_path: Path) -> None:
    leads, events = depth_log()
    events += [
        event("a", "connected", NOW, side="sales"),
        event("b", "opted_out", datetime(2026, 3, 31, 11, tzinfo=UTC)),
    ]
    book = ledger(tmp_path, leads, events, NOW, terms=terms(**CADENCE))
    with book as opened:
        depth, channels, gaps = (
            opened.measure(name).table.dicts()[0] for name in ("depth", "touches_by_channel", "gaps")
        )
    assert (depth["leads"], channels["leads"], gaps["leads"]) == (2, 2, 2)
