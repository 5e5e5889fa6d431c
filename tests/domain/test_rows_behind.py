"""The leads behind a figure are those that it counts, and what tells how it is counted is about it."""

from datetime import date
from pathlib import Path

import pytest
from ledger_fixture import agreement, at, event, ledger

from accord.agreement.terms import Promise, Side
from accord.lead.events import Event, Lead
from accord.ledger.engine import Ledger
from accord.ledger.links import CLOSED
from accord.ledger.measures import MEASURES
from accord.ledger.rows import counts_behind, rows_behind
from accord.ledger.scoring import score_of
from accord.ledger.tally import NEEDS
from accord.server.score.behind import measures_of

MARCH = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}
END = at("2026-04-15 00:00")


def march(folder: Path, events: list[Event], leads: list[Lead] | None = None, **terms: object) -> Ledger:
    names = sorted({one.lead for one in events})
    made = leads or [Lead(name) for name in names]
    return ledger(folder, made, events, END, terms=agreement(**terms), **MARCH)


def first_of(book: Ledger, measure: str) -> dict[str, object]:
    return book.measure(measure).table.dicts()[0]


def test_a_deal_of_a_lead_that_was_merged_stands_neither_in_the_figure_nor_behind_it(tmp_path: Path) -> None:
    events = [
        event("A", "won", "2026-03-10 10:00"),
        event("B", "lost", "2026-03-10 10:00"),
        event("C", "lost", "2026-03-11 10:00"),
        event("C", "merged", "2026-03-12 10:00", outcome="A"),
    ]
    with march(tmp_path, events) as book:
        told, found = first_of(book, "outcomes"), counts_behind(book, CLOSED)
        lost = [row["lead"] for row in rows_behind(book, CLOSED, "lost", limit=9).dicts()]
    assert (told["basis"], told["by"]) == ("closed", "all")
    assert found == {"lost": told["lost"], "won": told["won"]} == {"lost": 1, "won": 1}
    assert lost == ["B"]


def test_every_promise_that_can_be_counted_names_measures_that_exist() -> None:
    for promise in NEEDS:
        assert measures_of(promise), promise
        assert set(measures_of(promise)) <= set(MEASURES), promise
    assert "outcomes" not in measures_of("acceptance_rate"), "deals won and lost tell nothing of hand-offs"


FIGURES = {  # promise: in the first measure behind it, the column that has the promise's own figure
    "complete_handoffs": "completeness",
    "acceptance_rate": "acceptance",
    "feedback_in_time": "reasons_in_time",
    "retention": "retention",
    "satisfaction": "satisfaction",
}


@pytest.fixture
def promised() -> dict[str, object]:
    sides = {"complete_handoffs": "marketing", "retention": "both"}
    return {
        "promises": [
            {"id": name, "side": sides.get(name, "sales"), "measure": name, "target": "50%"}
            for name in FIGURES
        ]
    }


def test_what_tells_how_a_promise_is_counted_has_its_figure(
    tmp_path: Path, promised: dict[str, object]
) -> None:
    handed = [
        event(name, "handed_off", "2026-03-02 10:00", outcome="complete" if name in "AB" else "incomplete")
        for name in "ABCD"
    ]
    events = [
        *handed,
        *(event(name, "accepted", "2026-03-02 11:00", side="sales") for name in "AB"),
        event("C", "rejected", "2026-03-02 11:00", side="sales", reason="no budget"),
        *(event(name, "won", "2026-02-10 10:00") for name in "WXYZ"),
        event("Z", "churned", "2026-03-20 10:00"),
        event("W", "rated", "2026-03-10 10:00", outcome="satisfied", side="prospect"),
        event("X", "rated", "2026-03-10 10:00", outcome="not satisfied", side="prospect"),
    ]
    with march(tmp_path, events, **promised) as book:
        told = {one.measure: one.actual for side in score_of(book).sides for one in side.promises}
        for promise, column in FIGURES.items():
            figure = first_of(book, measures_of(promise)[0])[column]
            assert told[promise] is not None and told[promise] == figure, promise


def customers_behind(book: Ledger, promise: Promise) -> dict[str, list[str]]:
    counts = counts_behind(book, promise)
    found = {state: rows_behind(book, promise, state, limit=9).dicts() for state in counts}
    assert {state: len(rows) for state, rows in found.items()} == counts
    return {state: sorted(str(row["lead"]) for row in rows) for state, rows in found.items()}


def test_customers_stand_once_with_the_lead_of_their_last_word(tmp_path: Path) -> None:
    leads = [
        Lead("A1", account="Acme", stream="smb"),
        Lead("A2", account="Acme", stream="smb"),
        *(Lead(name, stream="big" if name == "D" else "smb") for name in "BCDE"),
    ]
    events = [
        *(event(lead.lead, "won", "2026-02-10 10:00") for lead in leads if lead.lead != "E"),
        event("E", "won", "2026-03-10 10:00"),
        event("A1", "renewed", "2026-03-05 10:00"),
        event("B", "churned", "2026-03-20 10:00"),
        event("D", "churned", "2026-04-02 10:00"),
        *(event(name, "rated", "2026-03-10 10:00", outcome="satisfied", side="prospect") for name in "BD"),
        event("A2", "rated", "2026-03-10 10:00", outcome="satisfied", side="prospect"),
        event("A1", "rated", "2026-03-10 10:00", outcome="not_satisfied", side="prospect"),
        event("C", "rated", "2026-04-02 10:00", outcome="satisfied", side="prospect"),
    ]
    with march(tmp_path, events, leads) as book:
        all_of, answers = (
            first_of(book, "customers"),
            Promise(id="S", side=Side.SALES, measure="satisfaction"),
        )
        stay = Promise(id="R", side=Side.BOTH, measure="retention")
        assert customers_behind(book, stay) == {"left": ["B"], "stayed": ["A1", "C", "D"]}
        assert (all_of["left"], all_of["stayed"]) == (1, 3)
        assert customers_behind(book, answers) == {"not-satisfied": ["A1"], "satisfied": ["B", "D"]}
        assert (all_of["satisfied"], all_of["answered"]) == (2, 3)
        of_type = stay.model_copy(update={"lead_type": "web_form"})
        assert customers_behind(book, of_type) == {"left": [], "stayed": []}


def test_where_nobody_can_say_who_stayed_no_customer_stands_behind_it(tmp_path: Path) -> None:
    with march(tmp_path, [event("A", "won", "2026-02-10 10:00")]) as book:
        stay = Promise(id="R", side=Side.BOTH, measure="retention")
        assert customers_behind(book, stay) == {"left": [], "stayed": []}
