"""A fold is made once and measured for any period and scope; a wrong file is refused with a remedy."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from ledger_fixture import F15_NOW, agreement, at, event, f15, write_log

from accord.agreement.terms import Agreement
from accord.errors import FoldUnusable, NaiveTime, TooBig
from accord.lead.events import Event, Lead
from accord.ledger import fold
from accord.ledger.engine import Ledger
from accord.ledger.fold import about_fold, make_fold
from accord.ledger.log import Log
from accord.ledger.measures import MEASURES
from accord.ledger.scope import Scope
from accord.ledger.scoring import score_of

YEAR = {"from_on": date(2026, 1, 1), "to_on": date(2026, 12, 31)}
THURSDAY = {"from_on": date(2026, 3, 12), "to_on": date(2026, 3, 12)}
SHARE = {"id": "S1", "side": "sales", "measure": "first_touch_in_time", "target": "90%"}


def company() -> tuple[list[Lead], list[Event]]:
    """F15's leads in two segments and a type unknown to the agreement, one won, one rejected, one untold."""
    leads, events = f15()
    who = {"A": ("smb", "web"), "B": ("smb", "fair"), "C": ("large", "web")}
    leads = [
        Lead(
            lead.lead,
            lead_type="other" if lead.lead == "H" else lead.lead_type,
            segment=who.get(lead.lead, (None, None))[0],
            source=who.get(lead.lead, (None, None))[1],
            created_at=lead.created_at,
        )
        for lead in leads
    ]
    events += [
        event("A", "won", "2026-03-13 12:00", amount=2000),
        event("B", "rejected", "2026-03-13 10:00", reason="duplicate"),
        event("unlisted", "handed_off", "2026-03-13 10:00"),
    ]
    return leads, events


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return write_log(tmp_path / "log", *company())


@pytest.fixture
def path(tmp_path: Path, log: Log) -> Path:
    into = tmp_path / "folds" / "fold.duckdb"
    make_fold(terms(), log, as_of=at(F15_NOW), into=into, mark="row 12")
    return into


def terms(**changes: object) -> Agreement:
    return agreement(promises=[SHARE], **changes)


@pytest.mark.parametrize("span", [YEAR, THURSDAY], ids=["year", "day"])
@pytest.mark.parametrize(
    "scope", [Scope(), Scope(segment=("smb", None)), Scope(source=("web",), owner=("rep",))]
)
def test_one_fold_measures_every_period_and_scope_as_the_log_does(
    path: Path, log: Log, span: dict[str, date], scope: Scope
) -> None:
    with (
        Ledger(terms(), log, as_of=at(F15_NOW), scope=scope, **span) as fresh,
        Ledger.of_fold(path, terms(), scope=scope, **span) as folded,
    ):
        for name in MEASURES:
            assert folded.measure(name) == fresh.measure(name)
        assert score_of(folded) == score_of(fresh)


def test_a_scope_narrows_every_table_by_lead(path: Path) -> None:
    """Of eight and one leads, A and B are of the segment; H alone is of a type without terms."""
    with Ledger.of_fold(path, terms(), scope=Scope(segment=("smb",)), **YEAR) as ledger:
        for table in ("cycle", "timed", "stage_entry", "contribution", "attempt", "pursuit", "handoff"):
            named = f"SELECT DISTINCT c.lead FROM {table} t JOIN fold.cycle c ON c.id = t.id"
            assert {row[0] for row in ledger.query(named).rows} == {"A", "B"}
        assert (ledger.count("cycle"), ledger.count("event")) == (2, 6)
        assert ledger.about.events == 17
    with Ledger.of_fold(path, terms(), scope=Scope(lead_type=("other", "it's")), **YEAR) as ledger:
        assert ledger.query("SELECT lead FROM verdict WHERE promise = 'first_touch_in_time'").rows == (
            ("H",),
        )
    with Ledger.of_fold(path, terms(), scope=Scope(segment=(None,)), **YEAR) as ledger:
        assert ledger.count("cycle") == 6


def test_a_fold_says_what_it_knows(path: Path) -> None:
    said = about_fold(path)
    assert (said.leads, said.events, said.mark) == (9, 17, "row 12")
    assert said.kinds == {"handed_off", "attempted", "won", "rejected"}
    assert said.as_of == at(F15_NOW)
    assert said.recorded_at == at("2026-03-16 11:30")


def test_targets_may_change_without_a_new_fold(path: Path) -> None:
    softer = agreement(promises=[{**SHARE, "target": "50%"}])
    with Ledger.of_fold(path, softer, **YEAR) as ledger:
        [promise] = score_of(ledger).sides[1].promises
    assert promise.target == 0.5


def test_other_clocks_ask_for_another_fold_and_the_error_names_them(path: Path) -> None:
    slower = terms(follow_up={"first_touch": "2 h"})
    with (
        pytest.raises(FoldUnusable, match=r"fold.duckdb: was made under other terms than these \(clocks\)"),
        Ledger.of_fold(path, slower, **YEAR),
    ):
        pass


@pytest.mark.parametrize(
    "changes",
    [
        {"follow_up": {"first_touch": "10 min"}},
        {"follow_up": {"first_touch": "3 h wall", "cadence": [{"by": "1 d", "attempts": 1}]}},
        {"calendars": {"office": {"zone": "UTC", "hours": {"mon-sat": "08:00-12:00"}}}},
        {"clocks": {"excuse_within": "1 d"}},
        {"handoff": {"accept_within": "1 h", "feedback_within": "1 h"}},
    ],
    ids=["touch", "cadence", "hours", "excuses", "credit"],
)
def test_judging_a_fold_anew_says_what_folding_under_those_terms_says(
    path: Path, log: Log, changes: dict[str, object]
) -> None:
    other = terms(**changes)
    with (
        Ledger(other, log, as_of=at(F15_NOW), **YEAR) as fresh,
        Ledger.of_fold(path, other, rejudged=True, **YEAR) as judged,
    ):
        verdicts = "SELECT * FROM verdict ORDER BY promise, lead"
        assert judged.query(verdicts) == fresh.query(verdicts)
        assert score_of(judged) == score_of(fresh)


def test_what_folding_reads_cannot_be_judged_anew(path: Path) -> None:
    other = terms(
        follow_up={"first_touch": {"fax": "1 h"}, "touches": {"automated": ["sms"]}},
        clocks={"pauses": ["prospect_callback"]},
        calendars={"office": {"zone": "Europe/Istanbul", "hours": {"mon-fri": "09:00-17:00"}}},
    )
    with (
        pytest.raises(FoldUnusable, match="lead types, automated channels, reasons to pause, time zones"),
        Ledger.of_fold(path, other, rejudged=True, **YEAR),
    ):
        pass


def test_due_times_of_hand_offs_outrank_a_draft_unless_left_aside(tmp_path: Path) -> None:
    """Handed off at ten, due at eleven, touched at half past twelve; the draft allows four hours."""
    events = [
        event("A", "handed_off", "2026-03-12 10:00", due_at=at("2026-03-12 11:00")),
        event("A", "attempted", "2026-03-12 12:30", side="sales"),
    ]
    log = write_log(tmp_path / "log", [Lead("A", lead_type="web_form")], events)
    into = tmp_path / "fold"
    make_fold(terms(), log, as_of=at(F15_NOW), into=into)
    draft = terms(follow_up={"first_touch": "4 h"})
    for keep_due, state in ((True, "broken"), (False, "kept")):
        with Ledger.of_fold(into, draft, rejudged=True, keep_due=keep_due, **YEAR) as ledger:
            found = ledger.query("SELECT state FROM timed WHERE promise = 'first_touch_in_time'").rows
        assert found == ((state,),)


def test_two_open_one_fold_at_once_and_a_new_one_takes_its_place_meanwhile(path: Path, log: Log) -> None:
    with Ledger.of_fold(path, terms(), **YEAR) as one, Ledger.of_fold(path, terms(), **YEAR) as two:
        make_fold(terms(), log, as_of=at("2026-03-12 12:00"), into=path)
        assert one.count("cycle") == two.count("cycle") == 9
    with Ledger.of_fold(path, terms(), **YEAR) as ledger:
        assert ledger.as_of == at("2026-03-12 12:00")
    assert [file.name for file in path.parent.iterdir()] == [path.name], "nothing is left beside it"


def test_the_mark_is_the_logs_digest_where_nobody_says_one(tmp_path: Path, log: Log) -> None:
    assert make_fold(terms(), log, as_of=at(F15_NOW), into=tmp_path / "fold").mark == log.digest


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such fold"),
        (b"", "is no fold"),
        (b"PAR1" * 5000, "is no fold"),
        ("half", "is no fold|damaged"),
    ],
    ids=["missing", "empty", "foreign", "half"],
)
def test_a_file_that_is_no_fold_is_refused_by_name(
    path: Path, content: bytes | str | None, said: str
) -> None:
    if content is None:
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes(content if isinstance(content, bytes) else whole[: len(whole) // 2])
    with (
        pytest.raises(FoldUnusable, match=f"fold.duckdb: .*({said})"),
        Ledger.of_fold(path, terms(), **YEAR) as ledger,
    ):
        for name in MEASURES:
            ledger.measure(name)


def test_a_fold_of_another_layout_is_refused(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE about SET layout = 99")
    with pytest.raises(FoldUnusable, match=r"fold.duckdb: has layout 99, but this release reads"):
        about_fold(path)


def test_a_fold_that_cannot_be_written_says_so(tmp_path: Path, log: Log) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FoldUnusable, match="cannot be written"):
        make_fold(terms(), log, as_of=at(F15_NOW), into=tmp_path / "file" / "fold")
    with pytest.raises(NaiveTime):
        make_fold(terms(), log, as_of=at(F15_NOW).replace(tzinfo=None), into=tmp_path / "fold")


def test_a_day_is_cut_in_the_zone_that_held_at_that_instant(tmp_path: Path) -> None:
    """Marketing moves from Istanbul to New York on 1 June: 22:30 UTC is tomorrow there, today here."""
    moved = {
        "zone": "Europe/Istanbul",
        "hours": {"mon-fri": "09:00-17:00"},
        "versions": [{"from": "2026-06-01", "zone": "America/New_York"}],
    }
    events = [event("A", "handed_off", "2026-03-10 22:30"), event("B", "handed_off", "2026-07-10 22:30")]
    log = write_log(tmp_path / "log", [], events)
    with Ledger(agreement(calendars={"hq": moved}), log, as_of=at("2026-08-01 00:00"), **YEAR) as ledger:
        found = dict(ledger.query("SELECT lead, delivered_on FROM cycle").rows)
    assert found == {"A": date(2026, 3, 11), "B": date(2026, 7, 10)}


def test_more_actors_than_a_moment_can_tell_apart_are_refused_and_none_is_mistaken_for_another(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fold.MOST_WHO == 2**23 - 1
    monkeypatch.setattr(fold, "MOST_WHO", 1)
    into = tmp_path / "fold.duckdb"
    with pytest.raises(TooBig, match="more than the 1 that a fold tells apart; actors are your own people"):
        make_fold(terms(), log, as_of=at(F15_NOW), into=into)
    assert not into.exists()
