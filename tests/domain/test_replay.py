"""One log under two agreements: what would have been kept and broken, beside what was (S2.9, DOMAIN 6)."""

import csv
import io
import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_fixture import F15_NOW, agreement, at, event, f15, write_log

from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.lead.events import Event, Kind, Lead
from accord.ledger.log import Log
from accord.ledger.replay import output
from accord.ledger.replay.freeing import Freeing
from accord.ledger.replay.moves import read_moved
from accord.ledger.replay.running import Replaying
from accord.ledger.replay.saying import sentence, why
from accord.ledger.replay.settings import with_settings
from accord.ledger.replay.values import GROUPINGS, Most, Moved, Replay
from accord.promises import PromiseOf, State, judge

sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))
from test_row_equals_column import AGREEMENTS, STARTS, TERMS, histories, many

WHOLE = {"from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}
UTC_ZONE = ZoneInfo("UTC")


def replayed(
    before: Agreement, after: Agreement, log: Log, as_of: datetime, **days: date
) -> tuple[Replay, list[Moved]]:
    with Replaying(before, after, log.folder, as_of=as_of, **{**WHOLE, **days}) as both:
        return both.result(), list(both.moved())


def of(replay: Replay, promise: PromiseOf) -> tuple[tuple[int, int], tuple[int, int]]:
    """(kept, broken) as it was, and then."""
    found = next(one.all for one in replay.judged if one.promise is promise)
    return (found.was.kept, found.was.broken), (found.then.kept, found.then.broken)


@pytest.fixture
def f15_log(tmp_path: Path) -> Log:
    return write_log(tmp_path, *f15())


def test_a_shorter_first_touch_breaks_what_an_hour_kept(f15_log: Log) -> None:
    ours = agreement()
    replay, moved = replayed(ours, with_settings(ours, ["first_touch=30 min"]), f15_log, at(F15_NOW))
    was, then = of(replay, PromiseOf.FIRST_TOUCH)
    assert sum(was) == sum(then) == 7
    assert was[0] - then[0] == then[1] - was[1] == len(moved) > 0
    assert {(one.was, one.then) for one in moved} == {(State.KEPT, State.BROKEN)}
    assert was == (5, 2), "of F15, five of seven are within the hour"


def test_the_share_of_f15_is_five_of_seven_and_never_five_of_six(f15_log: Log) -> None:
    ours = agreement()
    replay, _ = replayed(ours, ours, f15_log, at(F15_NOW))
    share = next(one.all.was.share for one in replay.judged if one.promise is PromiseOf.FIRST_TOUCH)
    assert share is not None
    assert (share.numerator, share.denominator) == (5, 7)


def test_a_due_time_frozen_at_hand_off_gives_way_only_to_a_draft_that_changes_it(tmp_path: Path) -> None:
    """Every live hand-off freezes one; a replay that kept it would find that no draft changes anything."""
    ours = agreement()
    events = [
        event("A", "handed_off", "2026-03-16 10:00", due_at=at("2026-03-16 11:00"), value="10"),
        event("A", "attempted", "2026-03-16 10:45", side="sales", actor="omar", channel="call"),
    ]
    log = write_log(tmp_path, [Lead("A", lead_type="web_form")], events)
    strict = with_settings(ours, ["first_touch.web_form=30 min"])
    replay, moved = replayed(ours, strict, log, at("2026-03-17 10:00"))
    assert of(replay, PromiseOf.FIRST_TOUCH) == ((1, 0), (0, 1))
    assert [why(one, UTC_ZONE) for one in moved] == [
        "Touched by omar on Mon 16 Mar 2026, 10:45: due by Mon 16 Mar 2026, 10:30, 15 min of working time "
        "too late; as it was, by Mon 16 Mar 2026, 11:00."
    ]
    other = with_settings(ours, ["first_touch.demo=1 min"])
    replay, moved = replayed(ours, other, log, at("2026-03-17 10:00"))
    assert moved == []


def test_other_hours_free_frozen_due_times_too(tmp_path: Path) -> None:
    ours = agreement()
    events = [
        event("A", "handed_off", "2026-03-16 16:30", due_at=at("2026-03-17 09:30")),
        event("A", "attempted", "2026-03-17 09:20", side="sales", actor="omar", channel="call"),
    ]
    log = write_log(tmp_path, [Lead("A", lead_type="web_form")], events)
    _, moved = replayed(ours, with_settings(ours, ["hours.office=09:00-18:00"]), log, at("2026-03-18 10:00"))
    assert [(one.was, one.then) for one in moved] == [(State.KEPT, State.BROKEN)]
    assert moved[0].due_then == datetime(2026, 3, 16, 17, 30)  # noqa: DTZ001 - naive UTC


def test_the_sentence_says_how_often_and_where_most_of_it_was(tmp_path: Path) -> None:
    ours = agreement()
    leads, events = [], []
    for n, segment in enumerate(["north"] * 3 + ["south"] * 5):
        name = f"L{n}"
        leads.append(Lead(name, lead_type="web_form", segment=segment))
        events.append(event(name, "handed_off", "2026-03-16 10:00"))
        minutes = 45 if segment == "north" else 10 if n < 7 else 40
        touch = {"side": "sales", "actor": "rep", "channel": "call"}
        events.append(event(name, "attempted", f"2026-03-16 10:{minutes}", **touch))
        events.append(event(name, "accepted", "2026-03-16 11:00", side="sales", actor="rep"))
    log = write_log(tmp_path, leads, events)
    strict = with_settings(ours, ["first_touch=30 min"])
    replay, _ = replayed(ours, strict, log, at("2026-03-17 10:00"))
    assert (replay.headline.was, replay.headline.then, replay.headline.more) == (0, 4, 4)
    assert "would have been broken 4 times" in sentence(replay)
    assert "3 of them in segment north" in sentence(replay)
    assert "segment south" not in sentence(replay)


def test_where_it_breaks_is_named_before_the_lead_type_that_the_draft_changes(tmp_path: Path) -> None:
    ours = agreement()
    leads = [
        Lead(f"L{n}", lead_type="web_form" if n < 4 else "demo", segment="north" if n < 3 else "south")
        for n in range(10)
    ]
    touch = {"side": "sales", "actor": "rep", "channel": "call"}
    events = [event(lead.lead, "handed_off", "2026-03-16 10:00") for lead in leads]
    events += [event(lead.lead, "attempted", "2026-03-16 10:04", **touch) for lead in leads]
    log = write_log(tmp_path, leads, events)
    strict = with_settings(ours, ["first_touch.web_form=3 min"])
    replay, _ = replayed(ours, strict, log, at("2026-03-16 10:30"))
    assert replay.headline.most_more == Most("segment", "north", 3)
    leads = [replace(lead, segment=None) for lead in leads]
    replay, _ = replayed(ours, strict, write_log(tmp_path / "two", leads, events), at("2026-03-16 10:30"))
    assert replay.headline.most_more == Most("lead_type", "web_form", 4)
    assert "all of them in lead type web_form" in sentence(replay)


def test_a_single_breach_has_its_place_and_is_not_all_of_them(tmp_path: Path) -> None:
    ours = agreement()
    leads = [Lead(f"L{n}", lead_type="web_form", segment="north" if n else "south") for n in range(3)]
    touch = {"side": "sales", "actor": "rep", "channel": "call"}
    events = [event(lead.lead, "handed_off", "2026-03-16 10:00") for lead in leads]
    events += [event(f"L{n}", "attempted", f"2026-03-16 10:{10 if n else 40}", **touch) for n in range(3)]
    strict = with_settings(ours, ["first_touch=30 min"])
    replay, _ = replayed(ours, strict, write_log(tmp_path, leads, events), at("2026-03-16 10:50"))
    assert "broken 1 time " in sentence(replay)
    assert ", in segment south." in sentence(replay)
    assert "all of them" not in sentence(replay)


def test_a_group_is_not_named_only_for_being_large(tmp_path: Path) -> None:
    ours = agreement()
    leads = [Lead(f"L{n}", lead_type="web_form", segment="north" if n < 8 else "south") for n in range(10)]
    events = [event(lead.lead, "handed_off", "2026-03-16 10:00") for lead in leads]
    log = write_log(tmp_path, leads, events)  # nobody is touched: all ten are broken, eight of them north
    replay, _ = replayed(ours, with_settings(ours, ["first_touch=30 min"]), log, at("2026-03-17 16:00"))
    assert replay.headline.then == 10
    assert replay.headline.most is None


def test_what_a_draft_no_longer_asks_for_moves_to_nothing_and_back(tmp_path: Path) -> None:
    ours = agreement()
    without = ours.model_copy(update={"follow_up": ours.follow_up.model_copy(update={"cadence": ()})})
    events = [event("A", "handed_off", "2026-03-16 10:00")]
    log = write_log(tmp_path, [Lead("A", lead_type="web_form")], events)
    gone, moved = replayed(ours, without, log, at("2026-06-01 10:00"))
    assert [(one.promise, one.then) for one in moved] == [(PromiseOf.CADENCE, None)]
    assert gone.headline.less == 1
    _, back = replayed(without, ours, log, at("2026-06-01 10:00"))
    assert [(one.promise, one.was) for one in back] == [(PromiseOf.CADENCE, None)]
    assert "nothing was asked for" in why(back[0], UTC_ZONE)


def test_a_draft_of_next_year_is_tried_on_this_years_days(f15_log: Log) -> None:
    ours = agreement(
        promises=[{"id": "M1", "side": "marketing", "measure": "accepted_leads", "from": "plan"}]
    )
    next_year = agreement(
        term="2027-01-01",
        goal={"revenue": "250000", "deal_value": "2000"},
        promises=[{"id": "M1", "side": "marketing", "measure": "accepted_leads", "from": "plan"}],
    )
    march = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
    replay, _ = replayed(ours, next_year, f15_log, at(F15_NOW), **march)
    one = replay.promises[0]
    assert one.was is not None
    assert one.then is not None
    assert (one.was.target, one.then.target) == (3900, 1953)
    assert "2027-01-01" in replay.then, "the draft keeps its own name"


def test_hours_that_begin_later_are_said_not_to_be_tried(f15_log: Log) -> None:
    ours = agreement()
    later = {"zone": "UTC", "hours": {"mon-fri": "09:00-17:00"}}
    later["versions"] = [{"from": "2027-01-01", "hours": {"mon-fri": "08:00-20:00"}}]  # type: ignore[assignment]
    draft = agreement(calendars={"office": later})
    replay, moved = replayed(ours, draft, f15_log, at(F15_NOW))
    assert moved == []
    assert any("2027-01-01" in note for note in replay.notes)


@given(history=histories(), name=st.sampled_from(list(AGREEMENTS)))
@settings(max_examples=12, deadline=None)
def test_an_agreement_replayed_under_itself_moves_nothing(
    history: tuple[list[Lead], list[Event], datetime], name: str
) -> None:
    leads, events, known = history
    with TemporaryDirectory() as folder:
        log = write_log(Path(folder), leads, events)
        replay, moved = replayed(AGREEMENTS[name], AGREEMENTS[name], log, known)
    assert (replay.moved, moved) == (0, [])
    assert replay.headline.was == replay.headline.then
    for one in replay.judged:
        assert one.all.was == one.all.then
    for promise in replay.promises:
        assert promise.was == promise.then


STRICT = Agreement.model_validate(
    {**TERMS, "follow_up": {**TERMS["follow_up"], "first_touch": "3 min"}}  # type: ignore[dict-item]
)


@given(history=histories())
@settings(max_examples=12, deadline=None)
def test_a_stricter_first_touch_never_turns_broken_into_kept_and_the_counts_add_up(
    history: tuple[list[Lead], list[Event], datetime],
) -> None:
    leads, events, known = history
    events = [replace(one, due_at=None) if one.kind is Kind.HANDED_OFF else one for one in events]
    with TemporaryDirectory() as folder:
        log = write_log(Path(folder), leads, events)
        replay, moved = replayed(AGREEMENTS["full"], STRICT, log, known)
    assert {one.promise for one in moved} <= {PromiseOf.FIRST_TOUCH}
    assert not [one for one in moved if one.was in (State.BROKEN, State.EXCUSED) and one.then is State.KEPT]
    for one in replay.judged:
        whole, groups = one.all, one.groups
        assert sum(vars(whole.was).values()) == sum(vars(whole.then).values())
        for by in {group.by for group in groups}:
            of_it = one.by(by)
            assert sum(group.moved for group in of_it) == whole.moved
            assert sum(group.then.broken for group in of_it) == whole.then.broken
    assert sum(one.all.moved for one in replay.judged) == replay.moved == len(moved)


def test_the_row_form_says_the_same_of_every_lead_under_the_draft(tmp_path: Path) -> None:
    ours, draft = AGREEMENTS["full"], AGREEMENTS["wall"]
    leads, events = many(STARTS[1], 400)
    known = datetime(2026, 4, 13, 5, tzinfo=UTC)
    _, moved = replayed(ours, draft, write_log(tmp_path, leads, events), known)
    freeing = Freeing(ours, draft)
    types = {lead.lead: lead.lead_type for lead in leads}

    def as_met(one: Event) -> Event:
        lets_go = one.kind is Kind.HANDED_OFF and freeing.due(types[one.lead], one.calendar)
        return replace(one, due_at=None) if lets_go else one

    by_lead: dict[str, list[Event]] = {lead.lead: [] for lead in leads}
    for one in events:
        by_lead[one.lead].append(one)
    expected = {}
    for lead in leads:
        was = {v.promise: v.state for v in judge(ours, lead, by_lead[lead.lead], known)}
        then = {v.promise: v.state for v in judge(draft, lead, map(as_met, by_lead[lead.lead]), known)}
        for promise in was.keys() | then.keys():
            if was.get(promise) != then.get(promise):
                expected[lead.lead, promise] = (was.get(promise), then.get(promise))
    assert len(expected) > 100
    assert {(one.lead, one.promise): (one.was, one.then) for one in moved} == expected


def test_a_setting_that_cannot_be_is_named_with_what_can() -> None:
    ours = agreement()
    for text, said in {
        "first_touch=0": "first_touch=0",
        "first_tuch=5 min": "first_touch",
        "first_touch=-5 min": "no duration",
        "first_touch=1 month": "no fixed length",
        "hours.office=25:00-26:00": "hours.office",
        "hours.office=,": "hours.office",
        "hours.nowhere=09:00-17:00": "hours.office",
        "first_touch": "no setting",
    }.items():
        with pytest.raises(PlanImpossible, match=r"(?s).*") as caught:
            with_settings(ours, [text])
        assert said in str(caught.value), text


def test_settings_of_the_plan_hold_beside_those_of_clocks() -> None:
    ours = agreement()
    both = with_settings(
        ours, ["win_rate=25%", "first_touch=30 min", "decide_within=8 h", "accept_within=9 h"]
    )
    assert str(both.first_touch("anything")) == "30 min"
    assert str(both.handoff.accept_within) == "9 h"
    assert ours.first_touch("web_form") != both.first_touch("web_form")
    assert with_settings(ours, ["hours.office=08:00-09:00"]).calendar("office").rules[0].week[0] == (
        (480, 540),
    )
    assert ours.calendar("office").rules[0].week[0] == ((540, 1020),)


def test_text_json_and_csv_tell_the_same_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    ours = agreement()
    strict = with_settings(ours, ["first_touch=30 min"])
    name = "=1+1\x1b[31m"
    events = [
        event(name, "handed_off", "2026-03-16 10:00"),
        event(name, "attempted", "2026-03-16 10:45", side="sales", actor="@rep", channel="call"),
    ]
    log = write_log(tmp_path, [Lead(name, lead_type="web_form", segment="+south")], events)
    with Replaying(ours, strict, log.folder, as_of=at("2026-03-16 12:00"), **WHOLE) as both:
        replay, moved = both.result(), list(both.moved())
        both.keep_moved(tmp_path / "moved.parquet")

    def told(one: Moved) -> str:
        return why(one, UTC_ZONE)

    text = output.as_text(replay, "segment", moved, told)
    assert "\x1b" not in text
    said = json.loads(output.as_json(replay, moved, told))
    assert said["moved"] == len(said["verdicts"]) == 1
    assert said["verdicts"][0]["then"] == "broken"
    rows = list(csv.reader(io.StringIO("".join(output.moved_csv(moved, told)))))
    assert rows[1][1].startswith("'=")
    groups = list(csv.reader(io.StringIO(output.as_csv(replay))))
    assert all(not row[2].startswith("+") for row in groups)
    for by in GROUPINGS:
        assert output.as_text(replay, by)
    number, page = read_moved(tmp_path / "moved.parquet", {"segment": "+south"}, limit=1)
    assert (number, page) == (1, tuple(moved))
    assert read_moved(tmp_path / "moved.parquet", {"segment": "' OR 1=1 --"}) == (0, ())
    assert read_moved(tmp_path / "moved.parquet", {"pool": None})[0] == 1


def test_a_log_without_hand_offs_in_the_period_says_so(f15_log: Log) -> None:
    ours = agreement()
    days = {"from_on": date(2026, 7, 1), "to_on": date(2026, 7, 31)}
    replay, moved = replayed(ours, ours, f15_log, at("2026-08-01 12:00"), **days)
    assert (replay.leads, moved, replay.judged) == (0, [], ())
    assert sentence(replay).startswith("No lead was handed off from Wed 1 Jul 2026 to Fri 31 Jul 2026, so")
    assert output.as_text(replay).count("No lead was handed off") == 1
    assert replay.notes[-1].startswith("The log has hand-offs from Thu 12 Mar 2026 to")


def test_texts_that_ask_for_the_same_or_are_called_otherwise_are_said(f15_log: Log) -> None:
    ours = agreement()
    other = ours.model_copy(update={"name": "Elsewhere", "version": 2})
    replay, _ = replayed(ours, other, f15_log, at(F15_NOW))
    assert "Both texts ask for the same, so nothing can move." in replay.notes
    assert "One text is called Test, the other Elsewhere; see that they belong together." in replay.notes
    replay, _ = replayed(ours, with_settings(ours, ["first_touch=30 min"]), f15_log, at(F15_NOW))
    assert not [note for note in replay.notes if "Both texts" in note or "is called" in note]
