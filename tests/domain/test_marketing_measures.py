"""What marketing delivered, how well, in which mix, and whose leads they were: counted from logs by hand."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Agreement
from accord.lead.events import Event, Lead
from accord.ledger.scoring import score_of
from accord.plan.pace import flow
from accord.plan.periods import goal_line

FORM = {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
OUTBOUND = {"mql_to_sql": "55%", "sql_to_opportunity": "85%", "opportunity_to_customer": "20%"}
JUNE = {"from_on": date(2026, 6, 1), "to_on": date(2026, 6, 30)}
END = "2026-07-01 00:00"
Row = dict[str, object]


def rows(
    folder: Path,
    measure: str,
    leads: Iterable[Lead],
    events: Iterable[Event],
    *,
    terms: Agreement | None = None,
    now: str = END,
    **where: object,
) -> list[Row]:
    with ledger(folder, leads, events, at(now), terms=terms, **JUNE) as opened:
        found = opened.measure(measure).table.dicts()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


def numbered(
    count: int, kind: str, when: str, *, value: str | None = None, **lead: str
) -> tuple[list[Lead], list[Event]]:
    """So many leads of a type, handed off at one instant and accepted."""
    names = [f"{kind}-{lead.get('persona', '')}-{n:04d}" for n in range(count)]
    leads = [Lead(name, lead_type=kind, **lead) for name in names]
    events = [event(name, "handed_off", when, value=value) for name in names]
    return leads, events + [event(name, "accepted", when) for name in names]


def together(*parts: tuple[list[Lead], list[Event]]) -> tuple[list[Lead], list[Event]]:
    return [lead for leads, _ in parts for lead in leads], [fact for _, events in parts for fact in events]


TWO_TYPES = {
    "lead_types": {"web_form": FORM, "outbound": OUTBOUND},
    "promises": [{"id": "M2", "side": "marketing", "measure": "lead_value", "target": "500000"}],
}


@pytest.mark.parametrize(
    ("frozen", "worth", "of_goal", "price"),
    [((None, None), 499_596, "0.9992", "agreement"), (("128", "187"), 499_100, "0.9982", "hand-off")],
)
def test_a_mixed_delivery_says_which_price_its_worth_is_of(
    tmp_path: Path, frozen: tuple[str | None, str | None], worth: int, of_goal: str, price: str
) -> None:
    """F5: 2,000 form leads and 1,300 outbound leads, at rounded prices and at unrounded ones."""
    log = together(
        numbered(2000, "web_form", "2026-06-10 10:00", value=frozen[0]),
        numbered(1300, "outbound", "2026-06-10 10:00", value=frozen[1]),
    )
    terms = agreement(value={"by": "conversion"}, **TWO_TYPES)
    with ledger(tmp_path, *log, at(END), terms=terms, **JUNE) as opened:
        delivery = opened.measure("delivery").table.dicts()
        [pace] = opened.measure("pace_summary").table.dicts()
    by = {(row["by"], row["key"]): row for row in delivery}
    assert by["all", "all"]["value"] == worth
    assert by["all", "all"]["price"] == price
    assert by["lead_type", "outbound"]["value"] == 243_100
    assert by["lead_type", "web_form"]["value"] == worth - 243_100 in (256_496, 256_000)
    assert f"{pace['of_pace']:.4f}" == of_goal
    assert by["all", "all"]["planned"] is None, "two alternatives: nobody chose how many of which"


def test_some_leads_priced_at_hand_off_and_some_by_the_agreement_are_both(tmp_path: Path) -> None:
    log = together(
        numbered(1, "web_form", "2026-06-10 10:00", value="128"), numbered(1, "outbound", "2026-06-10 10:00")
    )
    [row] = rows(
        tmp_path, "delivery", *log, terms=agreement(value={"by": "conversion"}, **TWO_TYPES), by="all"
    )
    assert (row["price"], row["frozen"], row["unpriced"], row["value"]) == ("both", 1, 0, 128 + 187)


PERSONAS = {
    "value": {"by": "persona", "prices": {"ceo": 100, "director": 50, "manager": 40}},
    "promises": [{"id": "M2", "side": "marketing", "measure": "lead_value", "target": "20000"}],
}


def test_a_value_above_its_line_is_over_delivery_though_the_count_says_nothing(tmp_path: Path) -> None:
    """F6: 40 CEOs, 60 directors and 50 managers by day 12 of 30, worth 9,000 where 8,000 are due."""
    parts = [
        numbered(count, "web_form", "2026-06-12 10:00", persona=persona)
        for persona, count in (("ceo", 40), ("director", 60), ("manager", 50))
    ]
    with ledger(
        tmp_path, *together(*parts), at("2026-06-13 00:00"), terms=agreement(**PERSONAS), **JUNE
    ) as opened:
        delivery = opened.measure("delivery").table.dicts()
        [pace] = opened.measure("pace_summary").table.dicts()
        band = opened.measure("band").table.dicts()[-1]
    worth = {row["key"]: row["value"] for row in delivery if row["by"] == "persona"}
    assert worth == {"ceo": 4000, "director": 3000, "manager": 2000}
    assert (pace["actual"], pace["line"], pace["of_pace"], pace["state"]) == (9000, 8000, 1.125, "over")
    assert (band["actual"], band["due"], band["delta"], band["state"]) == (9000, 8000, 0.125, "over")
    assert (band["alarm"], band["goal"]) == ("amber", 20_000)
    everything = next(row for row in delivery if row["by"] == "all")
    assert (everything["delivered"], everything["accepted"], everything["value"]) == (150, 150, 9000)
    assert 15_000 not in worth.values(), "150 leads at the price of the dearest"


@pytest.mark.parametrize(
    ("month", "days", "first", "tenth"),
    [
        (2, 28, "139.2857", "1392.857"),
        (6, 30, "130.0000", "1300.000"),
        (1, 31, "125.8065", "1258.065"),
    ],
)
def test_the_line_of_the_log_s_pace_is_k_nths_of_the_goal(
    tmp_path: Path, month: int, days: int, first: str, tenth: str
) -> None:
    """F8 by calendar days: no day's share is rounded before it is added."""
    span = {"from_on": date(2026, month, 1), "to_on": date(2026, month, days)}
    with ledger(tmp_path, [], [], at(f"2026-{month:02}-11 00:00"), **span) as opened:
        found = [row for row in opened.measure("pace").table.dicts() if row["promise"] == "M1"]
    assert len(found) == days
    assert (f"{found[0]['line']:.4f}", f"{found[9]['line']:.3f}") == (first, tenth)
    assert found[-1]["line"] == 3900
    assert not {3906.0, 3875.0} & {row["line"] for row in found}, "31 days of 126, or of 125"


def test_the_line_of_working_days_reaches_the_tenth_of_twenty_one_and_rests_at_week_ends(
    tmp_path: Path,
) -> None:
    """F8 by working days: May 2026 has 21 of them."""
    span = {"from_on": date(2026, 5, 1), "to_on": date(2026, 5, 31)}
    terms = agreement(goal_line="working days")
    with ledger(tmp_path, [], [], at("2026-05-15 00:00"), terms=terms, **span) as opened:
        found = {
            row["on"]: row["line"] for row in opened.measure("pace").table.dicts() if row["promise"] == "M1"
        }
        [band] = [
            row for row in opened.measure("band").table.dicts() if row["promise"] == "M1" and row["so_far"]
        ]
    assert f"{found[date(2026, 5, 1)]:.4f}" == "185.7143"
    assert f"{found[date(2026, 5, 14)]:.3f}" == f"{band['due']:.3f}" == "1857.143"
    assert found[date(2026, 5, 2)] == found[date(2026, 5, 3)] == found[date(2026, 5, 1)]
    assert found[date(2026, 5, 31)] == band["goal"] == 3900


def test_delivery_tells_what_was_delivered_from_what_counts_and_from_what_may_still(tmp_path: Path) -> None:
    leads = [Lead(name, lead_type="web_form", source="fair", segment="north") for name in "abcdef"]
    events = [event(name, "handed_off", "2026-06-10 10:00", value="10") for name in "abcde"]
    events += [
        event("a", "accepted", "2026-06-10 11:00"),
        event("b", "rejected", "2026-06-10 11:00", reason="duplicate"),
        event("c", "rejected", "2026-06-10 11:00"),
        event("c", "arbitrated", "2026-06-11 11:00", outcome="overturned"),
        event("d", "merged", "2026-06-10 12:00"),
        event("f", "handed_off", "2026-06-30 16:00", value="10"),
    ]
    [row] = rows(tmp_path, "delivery", leads, events, by="source")
    assert row["key"] == "fair"
    assert (row["delivered"], row["accepted"], row["by_hand"], row["by_silence"]) == (6, 3, 2, 1)
    assert (row["rejected"], row["merged"], row["undecided"]) == (1, 1, 1)
    assert (row["value_delivered"], row["value"]) == (50, 30), "as delivered but for the duplicate, and net"


def test_the_plan_s_due_stands_beside_each_type_and_stream_that_it_names(tmp_path: Path) -> None:
    """F10: 1,874 form leads a month for small firms, 268 for large ones; half of June is over."""
    streams = {
        "smb": {"share": "60%", "deal_value": 2000},
        "enterprise": {"share": "40%", "deal_value": 20000},
    }
    large = {"mql_to_sql": "25%", "sql_to_opportunity": "60%", "opportunity_to_customer": "20%"}
    terms = agreement(
        goal={"revenue": 500000, "retention_share": "20%", "streams": streams},
        lead_types={"web_form": {"streams": {"smb": FORM, "enterprise": large}}},
    )
    log = together(
        numbered(3, "web_form", "2026-06-10 10:00", stream="smb"),
        numbered(1, "web_form", "2026-06-10 10:00", stream="enterprise", persona="ceo"),
        numbered(1, "fax", "2026-06-10 10:00"),
    )
    found = rows(tmp_path, "delivery", *log, terms=terms, now="2026-06-16 00:00")
    planned = {(row["by"], row["key"]): row["planned"] for row in found}
    assert planned["stream", "smb"] == 1874 / 2
    assert planned["stream", "enterprise"] == 268 / 2
    assert planned["all", "all"] == planned["lead_type", "web_form"] == 2142 / 2
    assert planned["lead_type", "fax"] is planned["month", "2026-06"] is None
    money = {row["key"]: row["value_planned"] for row in found if row["by"] == "stream"}
    assert (money["smb"], money["enterprise"]) == (120_000, 80_000)


def test_the_mix_is_told_by_count_and_by_value_beside_what_was_planned(tmp_path: Path) -> None:
    types = {"web_form": {"mix": "70%", **FORM}, "outbound": {"mix": "30%", **OUTBOUND}}
    terms = agreement(lead_types=types, value={"by": "conversion"})
    log = together(
        numbered(30, "web_form", "2026-06-10 10:00", value="100"),
        numbered(10, "outbound", "2026-06-10 10:00", value="300"),
        numbered(10, "fax", "2026-06-10 10:00", value="0"),
    )
    found = {row["lead_type"]: row for row in rows(tmp_path, "mix", *log, terms=terms)}
    forms, calls, fax = found["web_form"], found["outbound"], found["fax"]
    assert (forms["planned"], calls["planned"], fax["planned"]) == (2733, 804, 0)
    assert forms["planned_share"] == 2733 / 3537
    assert (forms["share"], calls["share"], fax["share"]) == (0.6, 0.2, 0.2)
    assert (forms["value_share"], calls["value_share"], fax["value_share"]) == (0.5, 0.5, 0)
    assert (forms["value_planned_share"], calls["value_planned_share"]) == pytest.approx((0.7, 0.3))
    assert calls["value_gap"] == pytest.approx(0.2)


def test_a_planned_type_that_brought_nothing_is_in_the_mix_and_alternatives_have_no_plan(
    tmp_path: Path,
) -> None:
    types = {"web_form": {"mix": "70%", **FORM}, "outbound": {"mix": "30%", **OUTBOUND}}
    log = numbered(3, "web_form", "2026-06-10 10:00")
    found = {
        row["lead_type"]: row for row in rows(tmp_path / "a", "mix", *log, terms=agreement(lead_types=types))
    }
    assert (found["outbound"]["accepted"], found["outbound"]["share"]) == (0, 0)
    open_choice = rows(tmp_path / "b", "mix", *log, terms=agreement(**TWO_TYPES))
    assert {row["planned_share"] for row in open_choice} == {None}


def f19() -> tuple[list[Lead], list[Event]]:
    """200 delivered: 150 accepted, 12 rejected, 20 by silence, 18 undecided within the window."""
    leads = [
        Lead(f"L{n:03d}", lead_type="web_form", source="fair" if n % 2 else "search") for n in range(200)
    ]
    events = []
    for n, lead in enumerate(leads):
        fresh = n >= 182
        events.append(event(lead.lead, "handed_off", "2026-06-16 09:00" if fresh else "2026-06-02 09:00"))
        if n < 162:
            events.append(event(lead.lead, "accepted" if n < 150 else "rejected", "2026-06-02 12:00"))
    return leads, events


def test_acceptance_counts_silence_and_leaves_the_undecided_apart(tmp_path: Path) -> None:
    """F19: (150 + 20) ÷ (150 + 20 + 12) = 93.4 %."""
    [row] = rows(tmp_path, "handoff_quality", *f19(), now="2026-06-16 12:00", by="all")
    assert (row["delivered"], row["by_hand"], row["by_silence"], row["rejected"]) == (200, 150, 20, 12)
    assert (row["undecided"], row["decided"]) == (18, 182)
    assert row["acceptance"] == 170 / 182
    assert f"{row['acceptance']:.3f}" == "0.934"
    assert row["rejection"] == 12 / 182
    wrong = {
        170 / 200: "the undecided are no rejects",
        150 / 162: "silence counts",
        188 / 200: "nor accepted",
    }
    assert not wrong.keys() & {row["acceptance"], row["acceptance_by_hand"]}


def test_the_parts_of_a_grouping_add_up_to_all_leads(tmp_path: Path) -> None:
    found = rows(tmp_path, "handoff_quality", *f19(), now="2026-06-16 12:00")
    whole = next(row for row in found if row["by"] == "all")
    for by in ("lead_type", "source", "stream", "month"):
        for name in ("delivered", "decided", "rejected", "undecided"):
            assert sum(row[name] for row in found if row["by"] == by) == whole[name]  # type: ignore[misc]


def troubled() -> tuple[list[Lead], list[Event]]:
    """Hand-offs with everything that can go wrong with them, under a window of 24 working hours."""
    leads = [
        Lead(name, lead_type="demo" if name in "ab" else "web_form", source="fair" if name in "abc" else None)
        for name in "abcdefgh"
    ]
    events = [event(name, "handed_off", "2026-06-02 09:00", outcome="complete") for name in "abcd"]
    events += [event("e", "handed_off", "2026-06-02 09:00", outcome="incomplete")]
    events += [event(name, "handed_off", "2026-06-02 09:00") for name in "fgh"]
    events += [event(name, "assigned", "2026-06-02 09:01", actor="rep") for name in "abcdef"]
    events += [event(name, "rejected", "2026-06-02 10:00", actor="rep") for name in "abcd"]
    events += [
        event("a", "feedback", "2026-06-02 11:00", reason="duplicate"),
        event("b", "feedback", "2026-06-08 10:00", reason="duplicate"),
        event("c", "feedback", "2026-06-02 13:00", reason="out_of_market"),
        event("a", "disputed", "2026-06-03 09:00"),
        event("b", "disputed", "2026-06-09 09:00"),
        event("c", "disputed", "2026-06-03 09:00"),
        event("a", "arbitrated", "2026-06-04 09:00", outcome="overturned"),
        event("b", "arbitrated", "2026-06-10 09:00", outcome="upheld"),
        event("e", "returned", "2026-06-09 09:00", reason="not_ready"),
        event("e", "qualified", "2026-06-20 09:00"),
        event("e", "handed_off", "2026-06-20 10:00"),
        event("e", "opportunity", "2026-06-25 10:00"),
        event("f", "opportunity", "2026-06-03 10:00"),
        event("f", "returned", "2026-06-09 09:00", reason="not_ready"),
        event("h", "accepted", "2026-06-03 09:00", actor="rep"),
    ]
    return leads, events


def test_what_became_of_rejects_disputes_and_returns_is_counted(tmp_path: Path) -> None:
    terms = agreement(handoff={"feedback_within": "2 d"})
    [row] = rows(tmp_path, "handoff_quality", *troubled(), terms=terms, by="all")
    assert (row["stated"], row["complete"], row["completeness"]) == (5, 4, 0.8)
    assert (row["disputed"], row["settled"], row["overturned"], row["overturned_rate"]) == (3, 2, 1, 0.5)
    assert (row["rejected"], row["by_hand"]) == (3, 3), "an overturned reject is accepted"
    assert (row["reasons"], row["reason_median"]) == (3, 3 * 3600)
    assert row["reason_p90"] == 4 * 8 * 3600, (
        "nearest rank: from Tuesday 10:00 to Monday 10:00 are four working days"
    )
    assert (row["reasons_judged"], row["reasons_in_time"]) == (4, 0.5), "a reason never given is late"
    assert (row["returned"], row["requalified"], row["redelivered"], row["regained"]) == (2, 1, 1, 1)
    assert row["unowned"] == 1, "g: nobody has it; h was accepted by somebody"


def test_a_log_that_names_nobody_does_not_say_that_nobody_owns_the_leads(tmp_path: Path) -> None:
    [row] = rows(
        tmp_path, "handoff_quality", [Lead("a")], [event("a", "handed_off", "2026-06-02 09:00")], by="all"
    )
    assert (row["unowned"], row["completeness"], row["acceptance"]) == (None, None, 1)


def test_rejections_are_told_by_reason_source_and_type_with_how_many(tmp_path: Path) -> None:
    found = rows(tmp_path, "rejections", *troubled())
    by_reason = {row["reason"]: row for row in found if row["by"] == "all"}
    assert {reason: row["rejected"] for reason, row in by_reason.items()} == {
        "duplicate": 2, "out_of_market": 1, None: 1,
    }  # fmt: skip
    assert (by_reason["duplicate"]["share"], by_reason["duplicate"]["of_delivered"]) == (0.5, 0.25)
    assert (by_reason["duplicate"]["disputed"], by_reason["duplicate"]["overturned"]) == (2, 1)
    fair = [row for row in found if row["by"] == "source" and row["source"] == "fair"]
    assert [(row["reason"], row["rejected"], row["delivered"]) for row in fair] == [
        ("duplicate", 2, 3), ("out_of_market", 1, 3),
    ]  # fmt: skip
    assert {
        (row["source"], row["lead_type"], row["reason"], row["rejected"])
        for row in found
        if row["by"] == "source and lead_type"
    } == {
        ("fair", "demo", "duplicate", 2),
        ("fair", "web_form", "out_of_market", 1),
        (None, "web_form", None, 1),
    }


def sourced() -> tuple[list[Lead], list[Event]]:
    """Who is credited depends on the rule: a was sales' by the record, b by its first touch, c by both."""
    owners = {"a": "sales", "b": "marketing", "c": "sales", "d": "partner", "e": None}
    leads = [Lead(name, lead_type="web_form", source_owner=owner) for name, owner in owners.items()]
    events = [event(name, "handed_off", "2026-06-05 09:00") for name in owners]
    events += [
        event("a", "created", "2026-06-01 09:00", side="prospect"),
        event("a", "attempted", "2026-06-05 10:00", side="sales"),
        event("b", "created", "2026-06-01 09:00", side="sales"),  # entered by a rep, then read a guide
        event("b", "signalled", "2026-06-02 09:00", side="prospect"),
        event("b", "attempted", "2026-06-05 10:00", side="sales"),
        event("c", "attempted", "2026-06-01 09:00", side="sales"),
        event("c", "signalled", "2026-06-02 09:00", side="prospect"),
        event("d", "attempted", "2026-06-01 08:00", side="machine"),
        event("d", "signalled", "2026-06-02 09:00", side="prospect"),
        event("a", "won", "2026-06-20 09:00", amount=Decimal(300)),
        event("b", "won", "2026-06-20 09:00", amount=Decimal(100)),
        event("c", "opportunity", "2026-06-20 09:00"),
    ]
    return leads, events


def test_three_readings_of_sourced_stand_side_by_side(tmp_path: Path) -> None:
    found = rows(tmp_path, "attribution", *sourced(), basis="cohort")
    leads = {(row["reading"], row["owner"]): row["leads"] for row in found}
    assert leads == {
        ("recorded source", "sales"): 2, ("recorded source", "marketing"): 1,
        ("recorded source", "partner"): 1, ("recorded source", None): 1,
        ("first touch", "marketing"): 2, ("first touch", "sales"): 2, ("first touch", None): 1,
        ("touch before sales", "marketing"): 3, ("touch before sales", "sales"): 1,
        ("touch before sales", None): 1,
    }  # fmt: skip
    revenue = {(row["reading"], row["owner"]): row["revenue"] for row in found if row["revenue"]}
    assert revenue == {
        ("recorded source", "sales"): 300, ("recorded source", "marketing"): 100,
        ("first touch", "marketing"): 300, ("first touch", "sales"): 100,
        ("touch before sales", "marketing"): 400,
    }  # fmt: skip


def test_each_reading_is_exclusive_and_makes_the_whole(tmp_path: Path) -> None:
    found = rows(tmp_path, "attribution", *sourced())
    for basis in ("cohort", "closed"):
        for reading in ("recorded source", "first touch", "touch before sales"):
            own = [row for row in found if (row["basis"], row["reading"]) == (basis, reading)]
            assert sum(row["leads"] for row in own) == (5 if basis == "cohort" else 2)  # type: ignore[misc]
            for share in ("share", "won_share", "revenue_share", "opportunity_share"):
                assert sum(row[share] for row in own) == pytest.approx(1), (basis, reading, share)  # type: ignore[misc]


def test_the_loop_is_closed_for_each_source(tmp_path: Path) -> None:
    sources = {"a": "fair", "b": "fair", "c": "search", "d": "search", "e": None}
    leads = [Lead(name, lead_type="web_form", source=source) for name, source in sources.items()]
    events = [event(name, "handed_off", "2026-06-05 09:00", value="10") for name in sources]
    events += [
        event("a", "opportunity", "2026-06-08 09:00", amount=Decimal(500)),
        event("a", "won", "2026-06-20 09:00", amount=Decimal(450)),
        event("b", "opportunity", "2026-06-08 09:00", amount=Decimal(200)),
        event("b", "proposal", "2026-06-09 09:00", amount=Decimal(250)),
        event("c", "opportunity", "2026-06-08 09:00", amount=Decimal(70)),
        event("c", "lost", "2026-06-09 09:00"),
        event("d", "rejected", "2026-06-05 10:00"),
    ]
    found = rows(tmp_path, "closed_loop", leads, events)
    by = {row["key"]: row for row in found if row["by"] == "source"}
    fair, search = by["fair"], by["search"]
    assert (fair["opportunities"], fair["open"], fair["pipeline"], fair["won"], fair["revenue"]) == (
        2,
        1,
        250,
        1,
        450,
    )
    assert (search["accepted"], search["rejected"], search["acceptance"]) == (1, 1, 0.5)
    assert (search["open"], search["pipeline"], search["revenue"]) == (0, 0, 0)
    assert (fair["value"], fair["revenue_per_lead"]) == (20, 225)
    whole = next(row for row in found if row["by"] == "all")
    assert (whole["delivered"], whole["revenue"]) == (5, 450)


def test_the_score_holds_each_of_them_and_its_groupings(tmp_path: Path) -> None:
    with ledger(tmp_path, *troubled(), at(END), **JUNE) as opened:
        held = score_of(opened).measures
    assert {"mix", "band", "rejections", "attribution", "closed_loop_by_source"} <= held.keys()
    assert {"delivery_by_lead_type", "delivery_by_month", "handoff_quality_by_source"} <= held.keys()


def test_the_line_as_delivered_is_in_the_promise_s_own_unit(tmp_path: Path) -> None:
    """5.4: as delivered for the contract, and net of rejects, by number and by value."""
    held = [
        {"id": "M1", "side": "marketing", "measure": "accepted_leads", "target": "30"},
        {"id": "M2", "side": "marketing", "measure": "lead_value", "target": "300"},
        {"id": "J1", "side": "both", "measure": "revenue", "target": "1000"},
    ]
    leads, events = numbered(2, "web_form", "2026-06-03 10:00", value="10")
    leads.append(Lead("refused", lead_type="web_form"))
    events.append(event("refused", "handed_off", "2026-06-04 10:00", value="25"))
    events.append(event("refused", "rejected", "2026-06-04 11:00"))
    found = rows(tmp_path, "pace", leads, events, terms=agreement(promises=held), on=date(2026, 6, 30))
    assert {row["promise"]: (row["actual"], row["delivered"]) for row in found} == {
        "M1": (2, 3), "M2": (20, 45), "J1": (0, None),
    }  # fmt: skip


def test_leads_of_somebody_who_is_away_or_has_left_are_counted_while_they_wait(tmp_path: Path) -> None:
    sales = {"side": "sales"}
    terms = agreement(
        people={
            "ana": {**sales, "away": [{"from": "2026-06-29", "to": "2026-07-03"}]},
            "bo": {**sales, "until": "2026-06-15"},
            "cy": {**sales, "away": [{"from": "2026-06-10", "to": "2026-06-12"}]},
        }
    )
    owners = {"a": "ana", "b": "bo", "c": "cy", "d": "ana", "e": "somebody else"}
    leads = [Lead(name) for name in owners]
    events = [event(name, "handed_off", "2026-06-02 09:00") for name in owners]
    events += [event(name, "assigned", "2026-06-02 09:01", actor=owner) for name, owner in owners.items()]
    events.append(event("d", "lost", "2026-06-10 09:00", actor="ana"))
    [row] = rows(tmp_path, "handoff_quality", leads, events, terms=terms, by="all")
    assert (row["absent"], row["unowned"]) == (2, 0), "a waits for ana, b for bo, who left; d is over"


@pytest.mark.parametrize(("day", "early", "late"), [(1, 24, 0), (30, 0, 29), (15, 10, 14)])
def test_an_early_flood_and_a_late_one_are_told_though_the_month_ends_the_same(
    tmp_path: Path, day: int, early: int, late: int
) -> None:
    """5.4: 100 leads on one day of June; the agreement lets the running total stray 20 %."""
    held = [{"id": "M1", "side": "marketing", "measure": "accepted_leads", "target": "100"}]
    terms = agreement(promises=held)
    log = numbered(100, "web_form", f"2026-06-{day:02} 10:00")
    [row] = rows(tmp_path, "pace_summary", *log, terms=terms)
    assert (row["state"], row["days_early"], row["days_late"]) == ("within", early, late)
    line = goal_line(terms, 100, JUNE["from_on"], JUNE["to_on"])
    assert line is not None
    row_form = flow(line, {date(2026, 6, day): 100}, JUNE["to_on"], terms.delivery.flow_band)
    assert (row_form.over, row_form.under) == (early, late)
