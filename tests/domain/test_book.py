"""The monthly ledger: its five rows on both bases, pooled and never averaged (S0.17 to S0.22, F9, 5.7)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.lead.events import Event, Lead
from accord.ledger.book import Goal
from accord.ledger.book_output import _deviation

NOW = at("2026-12-01 00:00")
F9 = {1: (5000, 100, 210_000, 350_000), 2: (5500, 99, 198_000, 360_000), 3: (4500, 101, 192_000, 290_000)}


def month_of(
    month: int, leads: int, customers: int, revenue: int, total: int, *, days: int = 4
) -> Iterator[tuple[Lead, list[Event]]]:
    """Marketing's leads handed off on the 5th, some won so many days later; one deal of sales' own."""
    begun = datetime(2026, month, 5, 10, tzinfo=UTC)
    for at_ in range(leads):
        name = f"m{month}-{at_}"
        facts = [event(name, "handed_off", begun)]
        if at_ < customers:
            part = revenue // customers + (revenue % customers if at_ == 0 else 0)
            facts.append(event(name, "won", begun + timedelta(days=days), amount=Decimal(part)))
        yield Lead(name, lead_type="web_form", source_owner="marketing", created_at=begun), facts
    if total > revenue:
        name = f"s{month}"
        yield (
            Lead(name, lead_type="referral", source_owner="sales", created_at=begun),
            [event(name, "won", begun + timedelta(days=1), amount=Decimal(total - revenue))],
        )


def book(
    folder: Path, months: Mapping[int, tuple[int, int, int, int]], *, name: str = "book", **said: Any
) -> list[dict[str, Any]]:
    return measured(folder, [one for month, figures in months.items() for one in month_of(month, *figures)],
                    name, **said)  # fmt: skip


def measured(
    folder: Path, told: Iterable[tuple[Lead, list[Event]]], name: str, as_of: datetime = NOW, **said: Any
) -> list[dict[str, Any]]:
    told = list(told)
    leads, events = [lead for lead, _ in told], [fact for _, facts in told for fact in facts]
    with ledger(folder, leads, events, as_of, **said) as held:
        return held.measure(name).table.dicts()


def pooled(rows: Iterable[Mapping[str, Any]], basis: str = "cohort") -> Mapping[str, Any]:
    return next(row for row in rows if row["basis"] == basis and row["number"] is None)


QUARTER = {"from_on": date(2026, 1, 1), "to_on": date(2026, 3, 31)}


@pytest.fixture(scope="module")
def f9(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return book(tmp_path_factory.mktemp("f9"), F9, **QUARTER)


@pytest.mark.parametrize("basis", ["cohort", "close"])
def test_each_month_has_the_five_rows_of_the_article(f9: list[dict[str, Any]], basis: str) -> None:
    months = [row for row in f9 if row["basis"] == basis and row["number"] is not None]
    names = ("leads", "customers", "revenue", "total_revenue")
    assert [tuple(row[name] for name in names) for row in months] == list(F9.values())
    assert [f"{row['conversion']:.5f} {row['average_deal']:.2f} {row['share']:.4f}" for row in months] == [
        "0.02000 2100.00 0.6000",
        "0.01800 2000.00 0.5500",
        "0.02244 1900.99 0.6621",
    ]


@pytest.mark.parametrize("basis", ["cohort", "close"])
def test_months_are_pooled_and_never_averaged(f9: list[dict[str, Any]], basis: str) -> None:
    row = pooled(f9, basis)
    assert (row["leads"], row["customers"], row["revenue"], row["total_revenue"]) == (
        15_000, 300, 600_000, 1_000_000,
    )  # fmt: skip
    assert (row["conversion"], row["average_deal"], row["share"]) == (0.02, 2000.0, 0.6)
    wrong = (2.015, 2000.33, 60.40)
    assert (
        round(row["conversion"] * 100, 3),
        round(row["average_deal"], 2),
        round(row["share"] * 100, 2),
    ) != wrong


def test_a_small_good_month_does_not_weigh_as_much_as_a_large_one(tmp_path: Path) -> None:
    rows = book(tmp_path, {1: (100, 2, 200, 200), 2: (1000, 50, 5000, 5000)}, **QUARTER)
    row = pooled(rows)
    assert (row["customers"], row["leads"]) == (52, 1100)
    assert round(row["conversion"] * 100, 2) == 4.73  # and not 3.5


# Both bases ---------------------------------------------------------------------------------------------


def lead(name: str, owner: str | None = "marketing", **said: Any) -> Lead:
    return Lead(name, lead_type=said.pop("lead_type", "web_form"), source_owner=owner, **said)


def test_a_deal_counts_with_its_leads_on_one_basis_and_with_its_month_on_the_other(tmp_path: Path) -> None:
    told = [(lead("a"), [event("a", "handed_off", "2026-01-20 10:00"),
                         event("a", "won", "2026-02-10 10:00", amount=Decimal(900))])]  # fmt: skip
    rows = measured(tmp_path, told, "book", from_on=date(2026, 1, 1), to_on=date(2026, 2, 28))
    found = {(row["basis"], row["number"]): (row["leads"], row["customers"], row["revenue"]) for row in rows}
    assert found["cohort", 0] == (1, 1, 900) and found["cohort", 1] == (0, 0, 0)
    assert found["close", 0] == (1, 0, 0) and found["close", 1] == (0, 1, 900)


def test_whose_lead_it_is_says_its_recorded_source(tmp_path: Path) -> None:
    facts = lambda name: [event(name, "handed_off", "2026-01-20 10:00"),  # noqa: E731
                          event(name, "won", "2026-01-22 10:00", amount=Decimal(100))]  # fmt: skip
    told = [(lead(owner or "unknown", owner), facts(owner or "unknown"))
            for owner in ("marketing", "sales", "partner", None)]  # fmt: skip
    row = pooled(measured(tmp_path, told, "book", **QUARTER), "close")
    assert (row["leads"], row["revenue"], row["total_revenue"], row["unrecorded"]) == (2, 200, 400, 1)


def test_a_win_without_an_amount_is_unknown_money_and_not_none(tmp_path: Path) -> None:
    told = [
        (lead("a"), [event("a", "handed_off", "2026-01-20 10:00"), event("a", "won", "2026-01-21 10:00")])
    ]
    row = pooled(measured(tmp_path, told, "book", **QUARTER))
    assert (row["customers"], row["unpriced"], row["revenue"], row["average_deal"]) == (1, 1, None, None)


def test_a_young_month_is_not_pooled(tmp_path: Path) -> None:
    told = [*month_of(1, 10, 5, 500, 500, days=40), *month_of(3, 10, 0, 0, 0)]
    rows = measured(
        tmp_path, told, "book", at("2026-04-10 00:00"), from_on=date(2026, 1, 1), to_on=date(2026, 4, 9)
    )
    cohorts = [row for row in rows if row["basis"] == "cohort" and row["number"] is not None]
    assert [row["mature"] for row in cohorts] == [True, True, False, False]
    row = pooled(rows)
    assert (row["customers"], row["leads"]) == (5, 10) and row["conversion"] != 5 / 20


def test_the_interval_is_the_agreements_and_counted_from_the_term(tmp_path: Path) -> None:
    terms = agreement(term={"start": "2026-02-01", "interval": "quarter"})
    told = [*month_of(2, 10, 2, 20, 20), *month_of(4, 10, 2, 20, 20), *month_of(5, 10, 1, 20, 20)]
    rows = measured(tmp_path, told, "book", terms=terms, from_on=date(2026, 2, 1), to_on=date(2026, 7, 31))
    found = [(row["from_on"], row["to_on"], row["leads"]) for row in rows if row["basis"] == "cohort"]
    assert found[:2] == [(date(2026, 2, 1), date(2026, 4, 30), 20), (date(2026, 5, 1), date(2026, 7, 31), 10)]


def test_a_log_without_hand_offs_begins_a_lead_when_it_is_created(tmp_path: Path) -> None:
    won = event("a", "won", "2026-02-10 10:00", amount=Decimal(5))
    told = [
        (lead("a", created_at=at("2026-01-05 10:00")), [won]),
        (lead("b", created_at=at("2026-01-06 10:00")), [event("b", "created", "2026-01-06 10:00")]),
    ]
    rows = measured(tmp_path, told, "book", **QUARTER)
    assert rows[0]["starts"] == "creation"
    assert [row["leads"] for row in rows if row["basis"] == "cohort" and row["number"] is not None] == [
        2,
        0,
        0,
    ]


def test_the_goal_of_an_interval_comes_with_its_band(tmp_path: Path) -> None:
    promise = {"id": "M1", "side": "marketing", "measure": "delivered_leads", "target": "3900", "band": "10%"}
    terms = agreement(promises=[promise])
    told = [*month_of(1, 3510, 0, 0, 0), *month_of(2, 3509, 0, 0, 0)]
    rows = measured(tmp_path, told, "book_goals", terms=terms, **QUARTER)
    assert [(row["goal"], row["low"], row["high"], row["actual"], row["state"]) for row in rows] == [
        (3900, 3510, 4290, 3510, "within"),
        (3900, 3510, 4290, 3509, "under"),
        (3900, 3510, 4290, 0, "under"),
    ]


def test_a_running_interval_is_not_judged_by_its_goal(tmp_path: Path) -> None:
    promise = {"id": "M1", "side": "marketing", "measure": "delivered_leads", "target": "31", "band": "10%"}
    terms = agreement(promises=[promise])
    until = {"from_on": date(2026, 1, 1), "to_on": date(2026, 1, 10)}
    (row,) = measured(
        tmp_path, month_of(1, 2, 0, 0, 0), "book_goals", at("2026-01-11 00:00"), terms=terms, **until
    )
    assert (row["actual"], row["state"]) == (2, None)
    assert row["goal"] == 10, "the days so far; ten leads were due by then"


# Evidence -----------------------------------------------------------------------------------------------


def test_the_closing_profile_is_that_of_f11(tmp_path: Path) -> None:
    told = []
    for at_, win in enumerate(["2026-01-30"] * 4 + ["2026-02-10"] * 3 + ["2026-03-20"]):
        name = f"l{at_}"
        told.append(
            (lead(name), [event(name, "handed_off", "2026-01-05 10:00"), event(name, "won", f"{win} 10:00")])
        )
    told.append(
        (
            lead("young"),
            [event("young", "handed_off", "2026-11-05 10:00"), event("young", "won", "2026-11-06 10:00")],
        )
    )
    rows = measured(tmp_path, told, "cycle_profile")
    assert [(row["month"], row["share"]) for row in rows] == [(1, 0.5), (2, 0.375), (3, 0.125)]
    assert rows[0]["share"] != 5 / 9, "a young month would count its quick wins only"


def test_what_deals_bring_comes_with_its_spread(tmp_path: Path) -> None:
    told = []
    for at_, amount in enumerate((1000, 2000, 3000)):
        name = f"l{at_}"
        won = event(name, "won", "2026-01-09 10:00", amount=Decimal(amount))
        told.append((lead(name), [event(name, "handed_off", "2026-01-05 10:00"), won]))
    told.append((lead("s", "sales"), [event("s", "won", "2026-01-09 10:00", amount=Decimal(4000))]))
    (row,) = measured(tmp_path, told, "deal_evidence")
    assert (row["average_deal"], row["share"], row["median_cycle"]) == (2000, 0.6, 4)
    assert (
        round(row["deal_low"], 1) == 868.4 and round(row["deal_high"], 1) == 3131.6
    )  # 2,000 ± 1.96 × 1,000 ÷ √3
    assert row["share_low"] < 0.6 < row["share_high"] and row["few"]


def test_a_small_cell_takes_its_parents_value(tmp_path: Path) -> None:
    told = []
    for persona, leads, won in (("ceo", 50, 20), ("manager", 10, 1)):
        for at_ in range(leads):
            name = f"{persona}{at_}"
            facts = [event(name, "handed_off", "2026-01-05 10:00")]
            facts += [event(name, "won", "2026-01-09 10:00", amount=Decimal(1000))] if at_ < won else []
            told.append((lead(name, persona=persona), facts))
    rows = {
        (row["lead_type"], row["persona"]): row
        for row in measured(tmp_path, told, "cell_value")
        if row["stage"] == "mql"
    }
    assert (rows[None, "ceo"]["value"], rows[None, "ceo"]["pooled_with"]) == (400.0, "cell")
    assert rows["web_form", "manager"]["pooled_with"] == "lead_type"
    assert round(rows["web_form", "manager"]["value"], 6) == round(21 / 60 * 1000, 6) != 100.0


def test_response_time_stands_beside_what_became_of_the_leads(tmp_path: Path) -> None:
    told = []
    for at_, (minutes, reached) in enumerate([(4, True), (5, True), (6, False), (None, False)]):
        name, begun = f"l{at_}", at("2026-01-05 10:00")
        facts = [event(name, "handed_off", begun)]
        if minutes:
            touched = begun + timedelta(minutes=minutes)
            facts.append(event(name, "attempted", touched, side="sales", channel="call"))
            facts += [event(name, "connected", touched, side="sales")] if reached else []
        told.append((lead(name), facts))
    rows = {
        row["place"]: row for row in measured(tmp_path, told, "response_curve") if row["lead_type"] is None
    }
    assert {place: (row["leads"], row["connected"]) for place, row in rows.items()} == {
        1: (2, 2),
        2: (1, 0),
        8: (1, 0),
    }
    assert not rows[8]["touched"] and rows[1]["within"] == 300 and rows[8]["within"] is None
    assert rows[1]["connect_low"] < 1 and rows[1]["small"]


def test_attempts_are_counted_up_to_the_connect(tmp_path: Path) -> None:
    told = []
    for at_, reached_on in enumerate([1, 2, 2, None]):
        name, begun = f"l{at_}", at("2026-01-05 10:00")
        facts = [event(name, "handed_off", begun)]
        for number in range(1, 4):
            when = begun + timedelta(days=number)
            facts.append(event(name, "attempted", when, side="sales", channel="call"))
            if number == reached_on:
                facts.append(event(name, "connected", when, side="sales"))
        told.append((lead(name), facts))
    rows = measured(tmp_path, told, "attempts_curve")
    assert [(row["tried"], row["connected"], row["cumulative"]) for row in rows] == [
        (4, 1, 0.25),
        (3, 2, 0.75),
        (1, 0, 0.75),
    ]
    assert rows[2]["tried"] != 4, "who was reached is not tried for it any more"


def test_the_exact_sums_are_there_for_exact_rates(f9: list[dict[str, Any]]) -> None:
    row = pooled(f9)
    assert Fraction(row["customers"], row["leads"]) == Fraction(1, 50)
    assert Fraction(row["revenue"]) / Fraction(row["total_revenue"]) == Fraction(3, 5)


def test_who_went_on_with_a_lead_after_the_window_closed_accepted_it_by_silence(tmp_path: Path) -> None:
    """As delivery and hand-off count it: a late acceptance by hand comes after the credit was given."""
    leads = [Lead(f"L{n}", lead_type="web_form", source_owner="marketing") for n in range(3)]
    events = [event(f"L{n}", "handed_off", "2026-03-02 09:00") for n in range(3)]
    events += [event("L0", "accepted", "2026-03-02 10:00"), event("L1", "accepted", "2026-03-20 10:00")]
    told = [(lead, [fact for fact in events if fact.lead == lead.lead]) for lead in leads]
    [march] = [
        row
        for row in measured(tmp_path, told, "book", **QUARTER)
        if row["basis"] == "cohort" and row["from_on"] == date(2026, 3, 1) and row["number"] is not None
    ]
    assert (march["accepted"], march["by_silence"]) == (3, 2)


def test_a_deviation_at_the_edge_of_its_band_has_the_digits_that_tell_it_from_the_edge() -> None:
    inside = Goal(0, "M1", "accepted_leads", None, None, 1000.0, 900.0, 1100.0, 1042.0, 0.042, "within")
    assert _deviation(inside) == "+4.2%"
    assert _deviation(replace(inside, actual=1100.4, deviation=0.1004, state="over")) == "+10.04%"
    assert _deviation(replace(inside, actual=1100.0, deviation=0.1, state="within")) == "+10.0%"
    assert _deviation(replace(inside, deviation=None)) == "–"
