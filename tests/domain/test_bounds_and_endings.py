"""Bounds of a band belong to it everywhere (F18); a promise has ended once nothing open can change it."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Lead
from accord.ledger.score import PromiseScore, PromiseState
from accord.ledger.scoring import promise_scores, score_of
from accord.report.announcing import closing

JANUARY = {"from_on": date(2026, 1, 1), "to_on": date(2026, 1, 31)}
SALES = {"id": "S1", "side": "sales", "measure": "first_touch_in_time", "target": "90%"}


def worth(target: str) -> dict[str, str]:
    return {"id": "M", "side": "marketing", "measure": "lead_value", "target": target, "band": "10%"}


@pytest.mark.parametrize(
    ("target", "price"),
    [("7", "6.3"), ("7", "7.7"), ("128", "140.8"), ("128", "115.2"), ("3", "3.3"), ("3", "2.7")],
)
def test_a_value_on_the_bound_is_within_wherever_it_is_asked(tmp_path: Path, target: str, price: str) -> None:
    events = [event("x", "handed_off", "2026-01-02 10:00", value=Decimal(price))]
    terms = agreement(promises=[worth(target)])
    leads = [Lead("x", lead_type="web_form")]
    with ledger(tmp_path, leads, events, at("2026-03-01 00:00"), terms=terms, **JANUARY) as book:
        promise = promise_scores(book)[0]
        states = {
            book.measure(name).table.dicts()[0]["state"] for name in ("band", "book_goals", "pace_summary")
        }
    assert promise.state is PromiseState.KEPT
    assert states == {"within"}


def test_517_of_470_is_within_in_the_ninth_month_too(tmp_path: Path) -> None:
    promise = {"id": "M", "side": "marketing", "measure": "accepted_leads", "target": "470", "band": "10%"}
    terms = agreement(term={"start": "2026-02-05", "end": "2026-12-31"}, promises=[promise])
    leads = [Lead(f"x{n}", lead_type="web_form") for n in range(517)]
    events = [event(lead.lead, "handed_off", "2026-10-02 10:00") for lead in leads]
    with ledger(tmp_path, leads, events, at("2027-01-01 00:00"), terms=terms) as book:
        goals = {row["number"]: row for row in book.measure("book_goals").table.dicts()}
    assert (goals[8]["goal"], goals[8]["actual"], goals[8]["state"]) == (470, 517, "within")
    assert goals[0]["goal"] == pytest.approx(470 * 24 / 28), "the term begins on 5 February"


def test_a_target_of_nothing_is_unmeasured_and_never_too_much(tmp_path: Path) -> None:
    events = [event("x", "handed_off", "2026-01-02 10:00", value=Decimal(5))]
    terms = agreement(promises=[worth("0")])
    with ledger(
        tmp_path, [Lead("x", lead_type="web_form")], events, at("2026-03-01 00:00"), terms=terms, **JANUARY
    ) as book:
        promise, band = promise_scores(book)[0], book.measure("band").table.dicts()[0]
    assert (promise.state, promise.note) == (
        PromiseState.UNMEASURED,
        "its target is 0, so that no share of it can be said",
    )
    assert (band["state"], band["alarm"]) == (None, "none")


def touched(folder: Path, kept: int, missed: int, untouched: int, known: str) -> PromiseScore:
    """Leads of Friday 30 January at 16:30, due on Monday at 09:30."""
    names = [f"x{n:03d}" for n in range(kept + missed + untouched)]
    events = [event(name, "handed_off", "2026-01-30 16:30") for name in names[:kept]]
    events += [event(name, "handed_off", "2026-01-29 09:30") for name in names[kept : kept + missed]]
    events += [event(name, "handed_off", "2026-01-30 16:30") for name in names[kept + missed :]]
    events += [
        event(name, "attempted", "2026-01-30 16:45", side="sales", channel="call")
        for name in names[: kept + missed]
    ]
    terms, leads = agreement(promises=[SALES]), [Lead(name, lead_type="web_form") for name in names]
    with ledger(folder, leads, events, at(known), terms=terms, **JANUARY) as book:
        return promise_scores(book)[0]


@pytest.mark.parametrize(
    ("counts", "final"),
    [
        ((1, 0, 99), None),  # one of one kept, and 99 of whom nobody knows
        ((90, 0, 10), PromiseState.KEPT),  # even if all ten are missed
        ((89, 0, 11), None),
        ((0, 10, 90), None),  # can still be saved
        ((0, 11, 89), PromiseState.BROKEN),
    ],
)
def test_a_share_has_ended_once_nothing_pending_can_change_it(
    tmp_path: Path, counts: tuple[int, int, int], final: PromiseState | None
) -> None:
    assert touched(tmp_path, *counts, "2026-02-02 09:15").final is final


def test_nothing_has_ended_before_the_period_has(tmp_path: Path) -> None:
    assert touched(tmp_path, 5, 0, 0, "2026-01-31 12:00").final is None


def test_undecided_leads_of_the_last_days_can_still_bring_their_value(tmp_path: Path) -> None:
    count = {"id": "C", "side": "marketing", "measure": "accepted_leads", "target": "10", "band": "10%"}
    terms = agreement(handoff={"accept_within": "24 h"}, promises=[count, worth("1000")])
    leads = [Lead(f"x{n}", lead_type="web_form") for n in range(10)]
    events = [event(lead.lead, "handed_off", "2026-01-30 16:30", value=Decimal(100)) for lead in leads]
    with ledger(tmp_path, leads, events, at("2026-02-01 00:00"), terms=terms, **JANUARY) as book:
        score, bands = score_of(book), book.measure("band").table.dicts()
    states = [(one.state, one.final, one.pending) for side in score.sides for one in side.promises]
    assert states == [(PromiseState.AT_RISK, None, 10)] * 2
    assert [(row["shortfall"], row["undecided"]) for row in bands] == [(10, 10), (1000, 10)], "said beside it"
    said = closing(score)
    assert (said.wins, said.misses, [one.promise for one in said.undecided]) == ((), (), ["C", "M"])


def test_an_announced_share_of_few_says_so(tmp_path: Path) -> None:
    terms, leads = agreement(promises=[SALES]), [Lead("a", lead_type="web_form")]
    events = [
        event("a", "handed_off", "2026-01-29 09:30"),
        event("a", "attempted", "2026-01-29 09:45", side="sales", channel="call"),
    ]
    with ledger(tmp_path, leads, events, at("2026-02-02 09:15"), terms=terms, **JANUARY) as book:
        told = closing(score_of(book)).wins
    assert [(one.promise, one.kept, one.of, one.few) for one in told] == [("S1", 1, 1, True)]
    assert asdict(told[0])["few"]
