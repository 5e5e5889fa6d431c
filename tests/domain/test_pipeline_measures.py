"""Coverage of the quota by open pipeline, against 1 ÷ win rate (F17, 5.10)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Agreement
from accord.lead.events import Event, Lead
from accord.plan.coverage import needed_coverage

MARCH = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
MIDDLE = at("2026-03-16 00:00")
TWO_STREAMS = agreement(
    goal={
        "revenue": "500000",
        "retention_share": "20%",
        "streams": {
            "smb": {"share": "60%", "deal_value": "2000", "cycle": "1 month"},
            "big": {"share": "40%", "deal_value": "20000", "cycle": "3 months"},
        },
    },
    lead_types={
        "web_form": {
            "streams": {
                "smb": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"},
                "big": {"mql_to_sql": "25%", "sql_to_opportunity": "60%", "opportunity_to_customer": "20%"},
            }
        }
    },
)


def coverage(
    folder: Path,
    leads: Iterable[Lead] = (),
    events: Iterable[Event] = (),
    *,
    terms: Agreement | None = None,
    as_of: str = "2026-03-16 00:00",
) -> dict[tuple[object, object], dict[str, object]]:
    with ledger(folder, leads, events, at(as_of), terms=terms, **MARCH) as book:
        return {(row["by"], row["key"]): row for row in book.measure("coverage").table.dicts()}


def opened(name: str, on: str, amount: int | None = None, **about: str) -> tuple[Lead, Event]:
    said = None if amount is None else Decimal(amount)
    return Lead(name, **about), event(name, "opportunity", f"{on} 10:00", amount=said)  # type: ignore[arg-type]


def split(*deals: tuple[Lead, Event]) -> tuple[list[Lead], list[Event]]:
    return [lead for lead, _ in deals], [one for _, one in deals]


ALL = ("all", "all")


def test_a_quota_needs_one_over_the_win_rate_of_pipeline_to_the_digit(tmp_path: Path) -> None:
    row = coverage(tmp_path)[ALL]
    assert row["needed"] == pytest.approx(4.35, abs=0.005)
    assert row["needed"] == pytest.approx(float(needed_coverage(Fraction(23, 100))), rel=1e-15)
    assert (row["quota"], row["quota_left"]) == (500_000, 500_000)
    assert round(float(str(row["needed_pipeline"]))) == 2_173_913
    assert (row["win_rate"], row["rate_from"]) == (0.23, "agreement")
    assert (row["pipeline"], row["coverage"], row["enough"]) == (0, 0, False)


def test_three_times_the_quota_is_no_rule(tmp_path: Path) -> None:
    thrice = split(*(opened(f"L{n}", "2026-02-20", 500_000) for n in range(3)))
    row = coverage(tmp_path, *thrice)[ALL]
    assert row["coverage"] == 3
    assert row["needed"] != 3
    assert row["enough"] is False, "three times is enough only where one in three is won"
    one_in_three = {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "33.4%"}
    easy = coverage(tmp_path / "easy", *thrice, terms=agreement(lead_types={"web_form": one_in_three}))[ALL]
    assert easy["enough"] is True


def test_exactly_enough_is_enough(tmp_path: Path) -> None:
    half = {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "50%"}
    terms = agreement(lead_types={"web_form": half})
    deals = split(opened("A", "2026-02-20", 600_000), opened("B", "2026-02-20", 400_000))
    row = coverage(tmp_path, *deals, terms=terms)[ALL]
    assert (row["coverage"], row["needed"], row["enough"]) == (2, 2, True)


def test_what_was_won_leaves_less_of_the_quota(tmp_path: Path) -> None:
    leads, events = split(opened("A", "2026-02-20", 100_000))
    events += [
        event("W", "won", "2026-03-05 10:00", amount=Decimal(300_000)),
        event("V", "won", "2026-02-28 10:00", amount=Decimal(50_000)),
    ]
    row = coverage(tmp_path, [*leads, Lead("W"), Lead("V")], events)[ALL]
    assert (row["won"], row["quota_left"], row["coverage"]) == (300_000, 200_000, 0.5)
    assert round(float(str(row["needed_pipeline"]))) == 869_565
    events.append(event("W2", "won", "2026-03-06 10:00", amount=Decimal(250_000)))
    done = coverage(tmp_path / "done", [*leads, Lead("W"), Lead("W2")], events)[ALL]
    assert (done["quota_left"], done["coverage"], done["enough"]) == (0, None, True)


def test_only_open_qualified_deals_count_with_what_was_said_last(tmp_path: Path) -> None:
    leads, events = split(
        opened("open", "2026-02-20", 100),
        opened("offered", "2026-02-20", 100),
        opened("unsaid", "2026-02-20"),
        opened("won", "2026-02-20", 100_000),
        opened("lost", "2026-02-20", 100_000),
        opened("given up", "2026-02-20", 100_000),
        opened("gone", "2026-02-20", 100_000),
        opened("again", "2026-02-20", 10),
    )
    events += [
        event("offered", "proposal", "2026-03-05 10:00", amount=Decimal(70)),
        event("won", "won", "2026-03-06 10:00", amount=Decimal(1)),
        event("lost", "lost", "2026-03-06 10:00"),
        event("given up", "disqualified", "2026-03-06 10:00", reason="no_fit"),
        event("gone", "opted_out", "2026-03-06 10:00"),
        event("again", "returned", "2026-03-06 10:00"),
        event("again", "opportunity", "2026-03-10 10:00"),
        event("no deal", "sales_qualified", "2026-02-20 10:00"),
    ]
    row = coverage(tmp_path, leads, events)[ALL]
    assert row["pipeline"] == 100 + 70 + 2000 + 10, "the deal value of the agreement where nothing was said"
    assert (row["open_deals"], row["unpriced"]) == (4, 0)


def test_a_deal_is_due_by_the_usual_time_to_close(tmp_path: Path) -> None:
    """One month of 30.4 days by the agreement: opened on 28 February it is due on the last of March."""
    deals = split(
        opened("due", "2026-02-28", 100), opened("later", "2026-03-02", 10), opened("late", "2025-11-02", 1)
    )
    row = coverage(tmp_path, *deals)[ALL]
    assert (row["pipeline"], row["later"], row["open_deals"]) == (101, 10, 2)
    assert row["usual_days"] == 30.4375


def test_the_usual_time_is_the_log_s_where_ten_deals_were_won(tmp_path: Path) -> None:
    leads, events = split(opened("open", "2026-03-10", 100))
    for n in range(10):
        leads.append(Lead(f"W{n}"))
        events += [
            event(f"W{n}", "opportunity", "2026-01-05 10:00"),
            event(f"W{n}", "won", "2026-01-25 10:00", amount=Decimal(1)),
        ]
    row = coverage(tmp_path, leads, events)[ALL]
    assert (row["usual_days"], row["pipeline"]) == (20, 100), "due on 30 March, not on 9 April"
    assert coverage(tmp_path / "nine", leads[:-1], events[:-2])[ALL]["usual_days"] == 30.4375


def won_of(count: int, won: int, **about: str) -> tuple[list[Lead], list[Event]]:
    """So many opportunities of January, of which some were won within nine days."""
    prefix = "".join(about.values())
    leads = [Lead(f"{prefix}{n}", **about) for n in range(count)]  # type: ignore[arg-type]
    events = [event(lead.lead, "opportunity", "2026-01-05 10:00") for lead in leads]
    events += [event(lead.lead, "won", "2026-01-14 10:00", amount=Decimal(1)) for lead in leads[:won]]
    events += [event(lead.lead, "lost", "2026-01-15 10:00") for lead in leads[won:]]
    return leads, events


def test_the_win_rate_is_the_log_s_own_from_thirty_wins_of_mature_months_on(tmp_path: Path) -> None:
    row = coverage(tmp_path, *won_of(100, 30))[ALL]
    assert (row["win_rate"], row["rate_from"], row["rate_won"], row["rate_opened"]) == (0.3, "log", 30, 100)
    few = coverage(tmp_path / "few", *won_of(100, 29))[ALL]
    assert (few["win_rate"], few["rate_from"]) == (0.23, "agreement")


def test_young_months_are_no_evidence_of_a_win_rate(tmp_path: Path) -> None:
    leads, events = won_of(100, 40)
    young = [event(f"Y{n}", "opportunity", "2026-03-02 10:00") for n in range(300)]
    row = coverage(tmp_path, leads, [*events, *young])[ALL]
    assert row["win_rate"] == 0.4
    assert row["win_rate"] != 40 / 400


def test_each_stream_has_its_quota_and_its_own_need(tmp_path: Path) -> None:
    """F10's split: 400,000 of new business, 60 to 40; averaging the two funnels would be wrong."""
    deals = split(opened("S", "2026-02-10", stream="smb"), opened("B", "2025-12-10", stream="big"))
    rows = coverage(tmp_path, *deals, terms=TWO_STREAMS)
    smb, big = rows["stream", "smb"], rows["stream", "big"]
    assert (rows[ALL]["quota"], smb["quota"], big["quota"]) == (400_000, 240_000, 160_000)
    assert (smb["needed"], big["needed"]) == (pytest.approx(1 / 0.23), 5)
    assert (smb["pipeline"], big["pipeline"], rows[ALL]["pipeline"]) == (2_000, 20_000, 22_000)
    assert smb["usual_days"] == 30.4375
    assert big["usual_days"] == 91.3125
    assert rows[ALL]["usual_days"] is None, "no one length for both"
    assert float(str(rows[ALL]["win_rate"])) == pytest.approx(128 / (120 / 0.23 + 8 / 0.2))


def test_a_segment_has_a_need_but_no_quota(tmp_path: Path) -> None:
    leads, events = won_of(100, 50, segment="east")
    more_leads, more = won_of(100, 5, segment="west")
    rows = coverage(tmp_path, [*leads, *more_leads], [*events, *more])
    east, west = rows["segment", "east"], rows["segment", "west"]
    assert (east["win_rate"], east["rate_from"], east["needed"]) == (0.5, "log", 2)
    assert (west["win_rate"], west["rate_from"]) == (55 / 200, "log of all"), "five wins are too few"
    assert (east["quota"], east["coverage"], east["enough"]) == (None, None, None)


def test_the_quota_is_that_of_the_days_of_the_period_within_the_term(tmp_path: Path) -> None:
    with ledger(tmp_path, [], [], MIDDLE, from_on=date(2025, 12, 1), to_on=date(2026, 1, 31)) as book:
        assert book.measure("coverage").table.dicts()[0]["quota"] == 500_000, "December owes nothing yet"
    with ledger(tmp_path, [], [], MIDDLE, from_on=date(2026, 1, 1), to_on=date(2026, 3, 31)) as book:
        assert book.measure("coverage").table.dicts()[0]["quota"] == 1_500_000
    half = {"from_on": date(2026, 4, 1), "to_on": date(2026, 4, 15)}
    with ledger(tmp_path, [], [], MIDDLE, **half) as book:
        assert book.measure("coverage").table.dicts()[0]["quota"] == 250_000


def test_a_goal_in_customers_has_no_quota_to_cover(tmp_path: Path) -> None:
    row = coverage(tmp_path, terms=agreement(goal={"customers": 250, "deal_value": "2000"}))[ALL]
    assert (row["quota"], row["coverage"], row["needed_pipeline"], row["enough"]) == (None, None, None, None)
    assert row["needed"] == pytest.approx(1 / 0.23)


def test_old_pipeline_is_flagged_and_still_counted(tmp_path: Path) -> None:
    leads, events = won_of(20, 10)
    leads.append(Lead("old"))
    events.append(event("old", "opportunity", "2026-01-20 10:00", amount=Decimal(400)))
    leads.append(Lead("new"))
    events.append(event("new", "opportunity", "2026-03-14 10:00", amount=Decimal(30)))
    row = coverage(tmp_path, leads, events)[ALL]
    assert (row["pipeline"], row["aged"]) == (430, 400), "wins took nine days"


def qualified(name: str, on: str, **about: str) -> tuple[Lead, list[Event]]:
    return Lead(name, **about), [event(name, "handed_off", f"{on} 10:00")]  # type: ignore[arg-type]


def cells(
    folder: Path, leads: list[Lead], events: list[Event]
) -> dict[tuple[object, ...], dict[str, object]]:
    with ledger(folder, leads, events, MIDDLE, **MARCH) as book:
        rows = book.measure("conversion_cells").table.dicts()
    step = [row for row in rows if (row["from_stage"], row["to_stage"]) == ("mql", "sql")]
    return {(row["by"], row["lead_type"], row["stream"], row["segment"]): row for row in step}


def test_conversion_is_told_by_lead_type_within_stream_and_segment(tmp_path: Path) -> None:
    """Forty of January in one cell, twenty in another; ten of March are too young to tell."""
    leads, events = [], []
    for count, on, about in (
        (40, "2026-01-05", {"lead_type": "web_form", "stream": "smb", "segment": "east"}),
        (20, "2026-01-05", {"lead_type": "web_form", "stream": "smb", "segment": "west"}),
        (10, "2026-03-05", {"lead_type": "web_form", "stream": "smb", "segment": "east"}),
    ):
        for n in range(count):
            lead, own = qualified(f"{on}{about['segment']}{n}", on, **about)
            leads.append(lead)
            events += own
    firsts = [lead.lead for lead in leads]
    events += [event(name, "sales_qualified", "2026-01-09 10:00") for name in firsts[:30]]
    events += [event(name, "won", "2026-01-09 10:00") for name in firsts[40:45]]  # skips stages
    events += [event(name, "rejected", "2026-01-06 10:00") for name in firsts[30:38]]
    events += [event(name, "sales_qualified", "2026-03-09 10:00") for name in firsts[60:62]]
    found = cells(tmp_path, leads, events)
    east = found["lead_type, stream, segment", "web_form", "smb", "east"]
    assert (east["reached"], east["entered"], east["rate"], east["few"]) == (30, 40, 0.75, False)
    assert east["rate"] != 30 / 32, "rejected leads stay in the denominator"
    assert (east["rejected"], east["young"], east["young_reached"]) == (8, 10, 2)
    assert east["rate"] != 32 / 50, "the young are not taken for lost"
    west = found["lead_type, stream, segment", "web_form", "smb", "west"]
    assert (west["reached"], west["entered"], west["few"]) == (5, 20, True), "a win implies the stages before"
    assert west["low"] == pytest.approx(0.1119, abs=1e-4)
    assert found["stream", None, "smb", None]["entered"] == 60
    assert found["segment", None, None, "east"]["entered"] == 40
    assert found["lead_type, stream", "web_form", "smb", None]["reached"] == 35


def test_conversion_by_cohort_lists_the_rejected_and_warns_of_few_conversions(tmp_path: Path) -> None:
    leads, events = [], []
    for n in range(4):
        lead, own = qualified(f"L{n}", "2026-01-05")
        leads.append(lead)
        events += own
    events += [
        event("L0", "sales_qualified", "2026-01-09 10:00"),
        event("L1", "rejected", "2026-01-06 10:00"),
    ]
    events += [event("L0", "rejected", "2026-01-06 10:00")]
    with ledger(tmp_path, leads, events, MIDDLE, **MARCH) as book:
        rows = book.measure("conversion").table.dicts()
    row = next(row for row in rows if (row["from_stage"], row["to_stage"]) == ("mql", "sql"))
    assert (row["reached"], row["entered"], row["rejected"], row["few"]) == (1, 4, 1, True)
