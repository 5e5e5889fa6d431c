"""Why deals were won and lost, the largest of both, and how long wins take (S1.33, S4.17, 5.10)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from ledger_fixture import at, event, ledger

from accord.lead.events import Event, Lead
from accord.lead.outcomes import NO_DECISION

MARCH = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
NOW = at("2026-06-01 00:00")


def measured(
    folder: Path, name: str, leads: Iterable[Lead], events: Iterable[Event], **where: object
) -> list[dict[str, object]]:
    with ledger(folder, leads, events, NOW, **MARCH) as book:
        rows = book.measure(name).table.dicts()
    return [row for row in rows if all(row[key] == value for key, value in where.items())]


def deal(
    name: str, end: str, reason: str | None, amount: int | None = None, **about: str
) -> tuple[Lead, list[Event]]:
    """Handed off on 2 March, opened on 4 March, ended on 20 March."""
    priced = None if amount is None else Decimal(amount)
    opened = {"amount": priced} if end == "lost" else {}
    closing = {"amount": priced} if end == "won" else {}
    return Lead(name, **about), [  # type: ignore[arg-type]
        event(name, "handed_off", "2026-03-02 10:00"),
        event(name, "opportunity", "2026-03-04 10:00", **opened),
        event(name, end, "2026-03-20 10:00", reason=reason, **closing),
    ]


def together(*deals: tuple[Lead, list[Event]]) -> tuple[list[Lead], list[Event]]:
    return [lead for lead, _ in deals], [one for _, events in deals for one in events]


SIX = together(
    deal("W1", "won", "fit", 3000, lead_type="demo", source="search"),
    deal("W2", "won", "fit", 1000, lead_type="web_form", source="search"),
    deal("W3", "won", None, None, lead_type="web_form"),
    deal("L1", "lost", "price", 5000, lead_type="web_form", source="fair"),
    deal("L2", "lost", "price", 1000, lead_type="web_form", source="fair"),
    deal("L3", "lost", "No_Decision", 9000, lead_type="demo", source="fair"),
)


def test_reasons_are_counted_for_both_outcomes_with_no_decision_apart(tmp_path: Path) -> None:
    rows = measured(tmp_path, "win_loss", *SIX, by="all")
    assert [(row["outcome"], row["reason"], row["deals"], row["amount"]) for row in rows] == [
        ("won", "fit", 2, 4000),
        ("won", None, 1, None),
        ("lost", "price", 2, 6000),
        ("no decision", "No_Decision", 1, 9000),
    ]
    assert rows[0]["of_outcome"] == pytest.approx(2 / 3)
    assert rows[0]["of_closed"] == pytest.approx(2 / 6)
    assert rows[2]["of_outcome"] == 1, "no decision is no part of the losses: 2 of 2, not 2 of 3"
    assert (rows[1]["average_amount"], rows[1]["unpriced"]) == (None, 1)
    assert rows[2]["average_amount"] == 3000
    assert {row["median_cycle"] for row in rows} == {18}
    assert {row["small"] for row in rows} == {True}


def test_reasons_are_told_by_type_stream_segment_and_source(tmp_path: Path) -> None:
    rows = measured(tmp_path, "win_loss", *SIX)
    assert {row["by"] for row in rows} == {"all", "lead_type", "stream", "segment", "source"}
    fair = [(row["outcome"], row["deals"]) for row in rows if (row["by"], row["key"]) == ("source", "fair")]
    assert fair == [("lost", 2), ("no decision", 1)]
    unknown = [row for row in rows if (row["by"], row["key"]) == ("source", None)]
    assert [(row["outcome"], row["deals"]) for row in unknown] == [("won", 1)]
    shares = {}
    for row in rows:
        place = row["by"], row["key"]
        shares[place] = shares.get(place, 0) + row["of_closed"]  # type: ignore[operator]
    assert all(share == pytest.approx(1) for share in shares.values())


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("no decision", "no decision"),
        ("NO-DECISION", "no decision"),
        ("  Status   quo ", "no decision"),
        ("went_dark", "no decision"),
        ("price", "lost"),
        ("no budget", "lost"),
        ("timing", "lost"),
        ("competitor: no decision maker", "lost"),
        ("ไม่ตัดสินใจ", "lost"),
        (None, "lost"),
        ("", "lost"),
    ],
)
def test_only_reasons_by_which_the_buyer_chose_nobody_are_no_decision(
    tmp_path: Path, reason: str | None, outcome: str
) -> None:
    [row] = measured(tmp_path, "win_loss", *together(deal("L", "lost", reason)), by="all")
    assert row["outcome"] == outcome


def test_the_reasons_of_no_decision_are_written_as_they_are_compared() -> None:
    assert all(" ".join(reason.lower().replace("_", " ").split()) == reason for reason in NO_DECISION)


def test_a_lead_that_was_won_is_no_loss_and_what_closed_elsewhere_is_not_told(tmp_path: Path) -> None:
    lead, events = deal("W", "lost", "price", 10)
    won_later = [*events, event("W", "won", "2026-03-25 10:00", amount=Decimal(10), reason="fit")]
    assert [row["outcome"] for row in measured(tmp_path, "win_loss", [lead], won_later, by="all")] == ["won"]
    in_april = [event("A", "lost", "2026-04-01 10:00", reason="price")]
    assert measured(tmp_path / "april", "win_loss", [Lead("A")], in_april) == []


def test_the_amount_of_a_loss_is_what_was_said_last(tmp_path: Path) -> None:
    lead, events = deal("L", "lost", "price", 100)
    offered = [*events, event("L", "proposal", "2026-03-10 10:00", amount=Decimal(70))]
    [row] = measured(tmp_path, "win_loss", [lead], offered, by="all")
    assert row["amount"] == 70, "the proposal's, not the first guess of 100"


def test_the_meaning_says_that_reasons_of_reps_are_weak_evidence(tmp_path: Path) -> None:
    with ledger(tmp_path, [], [], NOW, **MARCH) as book:
        assert "weak evidence" in book.measure("win_loss").meaning
        assert "weak evidence" in book.measure("key_deals").meaning


def test_key_deals_are_the_largest_won_and_lost_of_the_period(tmp_path: Path) -> None:
    rows = measured(tmp_path, "key_deals", *SIX)
    assert [(row["outcome"], row["place"], row["lead"], row["amount"]) for row in rows] == [
        ("won", 1, "W1", 3000),
        ("won", 2, "W2", 1000),
        ("lost", 1, "L3", 9000),
        ("lost", 2, "L1", 5000),
        ("lost", 3, "L2", 1000),
    ]
    assert "W3" not in {row["lead"] for row in rows}, "nobody knows its amount, so it has no rank"
    assert [row["no_decision"] for row in rows] == [None, None, True, False, False]
    assert rows[0]["closed_on"] == date(2026, 3, 20)
    assert rows[0]["days"] == 18


def test_no_more_than_twenty_key_deals_of_each_outcome_are_listed(tmp_path: Path) -> None:
    many = together(*(deal(f"W{n:02d}", "won", None, n + 1) for n in range(25)))
    rows = measured(tmp_path, "key_deals", *many)
    assert [row["amount"] for row in rows] == list(range(25, 5, -1))


def wins(days: list[int]) -> tuple[list[Lead], list[Event]]:
    """Won on 28 March, so many days after the opportunity, which opened two days after the hand-off."""
    leads, events = [], []
    for number, length in enumerate(days):
        name = f"W{number:02d}"
        leads.append(Lead(name, lead_type="demo"))
        opened = date(2026, 3, 28).toordinal() - length
        events += [
            event(name, "handed_off", f"{date.fromordinal(opened - 2)} 10:00"),
            event(name, "opportunity", f"{date.fromordinal(opened)} 10:00"),
            event(name, "won", "2026-03-28 12:00", amount=Decimal(1000 + number)),
        ]
    return leads, events


def test_time_to_close_has_median_and_nearest_rank_p90_from_both_starts(tmp_path: Path) -> None:
    rows = measured(tmp_path, "time_to_close", *wins([1, 2, 3, 4, 5, 6, 7, 8, 30, 90]), by="all")
    found = {row["start"]: row for row in rows}
    assert (found["opportunity"]["median_days"], found["opportunity"]["p90_days"]) == (5.5, 30)
    assert (found["handed_off"]["median_days"], found["handed_off"]["p90_days"]) == (7.5, 32)
    assert found["opportunity"]["p90_days"] != 36, "nearest rank, no line between the ninth and the tenth"
    assert found["opportunity"]["mean_days"] == 15.6
    assert (found["opportunity"]["deals"], found["opportunity"]["small"]) == (10, False)


def test_a_start_that_is_unknown_or_after_the_win_is_counted_apart(tmp_path: Path) -> None:
    leads, events = wins([4, 6])
    leads += [Lead("X"), Lead("Y")]
    events += [
        event("X", "won", "2026-03-10 10:00", amount=Decimal(500)),
        event("Y", "won", "2026-03-10 10:00"),
        event("Y", "opportunity", "2026-03-12 10:00"),
    ]
    found = {row["start"]: row for row in measured(tmp_path, "time_to_close", leads, events, by="all")}
    assert (found["opportunity"]["timed"], found["opportunity"]["unknown"]) == (2, 2)
    assert found["opportunity"]["median_days"] == 5, "neither 0 for the unknown nor -2 for the impossible"
    assert (found["opportunity"]["deals"], found["opportunity"]["priced"]) == (4, 3)


def test_deal_value_and_order_value_are_two_figures(tmp_path: Path) -> None:
    """One deal of 1,000, then an order of 400 by the same customer: 1,000 a deal, 700 an order."""
    leads, events = together(deal("W", "won", None, 1000))
    events += [
        event("W", "renewed", "2026-03-25 10:00", amount=Decimal(400)),
        event("W", "renewed", "2026-04-25 10:00", amount=Decimal(9000)),
        event("W", "won", "2026-03-20 10:00", amount=Decimal(1001), recorded_at=at("2026-03-21 10:00")),
        event("W", "renewed", "2026-03-25 10:00", amount=Decimal(401), recorded_at=at("2026-03-26 10:00")),
    ]
    row = measured(tmp_path, "time_to_close", leads, events, by="all")[0]
    assert (row["deal_value"], row["order_value"], row["orders"]) == (1000, 700, 2)


def test_an_empty_period_has_no_wins_no_losses_and_no_times(tmp_path: Path) -> None:
    for name in ("win_loss", "key_deals", "time_to_close"):
        assert (
            measured(tmp_path / name, name, [Lead("L")], [event("L", "handed_off", "2026-03-02 10:00")]) == []
        )


def test_the_closing_ratio_of_inbound_leads_stands_beside_that_of_the_others(tmp_path: Path) -> None:
    deals = together(
        deal("W1", "won", None, 1, source_owner="marketing", source="search"),
        deal("W2", "won", None, 1, source_owner="marketing", source="fair"),
        deal("L1", "lost", None, source_owner="marketing", source="fair"),
        deal("W3", "won", None, 1, source_owner="sales", source="search"),
        deal("L2", "lost", None, source_owner="partner"),
        deal("L3", "lost", None, source_owner="sales"),
        deal("X", "lost", None),
    )
    rows = measured(tmp_path, "outcomes", *deals, basis="closed")
    ratio = {(row["by"], row["key"]): (row["won"], row["won"] + row["lost"], row["win_rate"]) for row in rows}  # type: ignore[operator]
    assert ratio["origin", "inbound"] == (2, 3, pytest.approx(2 / 3))
    assert ratio["origin", "other"] == (1, 3, pytest.approx(1 / 3))
    assert ratio["origin", None] == (0, 1, 0), "nobody recorded who brought it: neither inbound nor other"
    assert ratio["inbound_source", "search"] == (1, 1, 1), "without the lead that sales found by search"
    assert ratio["inbound_source", "fair"] == (1, 2, 0.5)
    assert ("inbound_source", None) not in ratio
    assert ratio["source_owner", "partner"] == (0, 1, 0)
    [inbound] = [row for row in rows if (row["by"], row["key"]) == ("origin", "inbound")]
    assert inbound["low"] == pytest.approx(0.2077, abs=1e-4)
    assert inbound["high"] == pytest.approx(0.9385, abs=1e-4)


def test_the_two_win_rates_are_named_and_differ(tmp_path: Path) -> None:
    """By close date 1 won of 2 decided; of the 4 that began in March 1 is won so far."""
    leads, events = together(deal("W", "won", None, 1), deal("L", "lost", None))
    leads += [Lead("O1"), Lead("O2")]
    events += [event(name, "handed_off", "2026-03-09 10:00") for name in ("O1", "O2")]
    rows = {row["basis"]: row for row in measured(tmp_path, "outcomes", leads, events, by="all")}
    assert rows["closed"]["win_rate"] == 0.5
    assert rows["cohort"]["won_of_all"] == 0.25
