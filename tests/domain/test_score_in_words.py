"""What a score says and leaves unsaid: of a period that is over, of people, of win rates, by names."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from report_fixture import agreement, measures, promise
from report_fixture import score as made_score

from accord.agreement.terms import Agreement
from accord.ledger.links import LinkState, chain
from accord.ledger.score import PromiseState, Score, SideScore
from accord.report.as_json import score_json
from accord.report.naming import group_of, person, plain
from accord.report.page import render_page
from accord.report.scoreboard import sides, verdict
from accord.report.sections import sections
from accord.report.view import Reader, Section

OVER = datetime(2026, 3, 31, 21, tzinfo=UTC)  # midnight in Istanbul
NOW_ONLY = re.compile(r"by now|\btoday\b|goes on|so far\b|Needed per day|Projected|this month", re.IGNORECASE)
NAMED = agreement(
    people={
        "noor": {"side": "sales", "name": "Noor Demir", "email": "noor@acme.example"},
        "omar": {"side": "sales", "role": "head"},
    }
)


def score(**changes: object) -> Score:
    return made_score(**{"measures": measures(), **changes})


def told(found: Score, terms: Agreement | None = None) -> tuple[Section, ...]:
    return sections(Reader(found), terms or agreement(), None)


def figures(made: tuple[Section, ...], id: str) -> dict[str, tuple[str | None, str]]:
    section = next(one for one in made if one.id == id)
    return {one.label: (one.value, one.hint) for part in section.parts for one in part.figures}


def test_a_period_is_over_with_its_last_midnight_where_its_days_are_cut() -> None:
    assert score(zone="Europe/Istanbul", as_of=OVER).over
    assert not score(zone="Europe/Istanbul", as_of=OVER.replace(hour=20, minute=59)).over
    assert not score(zone="UTC", as_of=OVER).over


def test_a_period_that_is_over_is_told_as_it_ended_and_not_as_of_now() -> None:
    ended = score(zone="Europe/Istanbul", as_of=OVER)
    pace = figures(told(ended), "pace")
    assert pace["Actual at the end"][0] == "1,961\N{NO-BREAK SPACE}leads"
    assert "Gap at the end" in pace
    for id in ("pace", "delivery", "links", "budget"):
        section = next(one for one in told(ended) if one.id == id)
        said = [section.title, section.question]
        said += [text for part in section.parts for one in part.figures for text in (one.label, one.hint)]
        assert not [text for text in said if NOW_ONLY.search(text)], id
    words = verdict(ended, agreement())
    assert "by now" not in words.because
    assert "by now" not in chain(ended, agreement()).sentence
    page = render_page(ended, agreement())
    assert "Due at the end" in page
    assert "Due by now" not in page


def test_a_period_that_runs_says_what_is_due_by_now_and_what_comes() -> None:
    pace = figures(told(score()), "pace")
    assert {"Actual so far", "Line today", "Needed per day", "Projected end"} <= pace.keys()
    assert "Due by now" in render_page(score(), agreement())


def test_a_period_that_has_not_begun_is_not_praised_and_no_link_of_it_holds() -> None:
    ahead = score(from_on=date(2026, 5, 1), to_on=date(2026, 5, 31))
    found = verdict(ahead, agreement())
    assert found.sentence == "This period has not begun: there is nothing to judge yet."
    assert found.because == "It begins on 1\N{NO-BREAK SPACE}May\N{NO-BREAK SPACE}2026."
    rate = next(link for link in chain(ahead, agreement()).links if link.name == "win rate")
    assert rate.state is LinkState.UNKNOWN
    assert score().begun and not ahead.begun


def test_few_promises_that_could_be_judged_are_no_praise_of_both_sides() -> None:
    kept = promise("S1", "sales", "Speed", "first_touch_in_time", PromiseState.KEPT, actual=0.95)
    unknown = [promise(f"S{at}", "sales", "?", "cadence_kept", PromiseState.UNMEASURED) for at in (2, 3)]
    found = verdict(score(sides=(SideScore("sales", 1.0, 1, 1, (kept, *unknown)),)), agreement())
    assert (found.sentence, found.because) == ("1 of 3 promises can be judged; it is kept.", "")
    half = verdict(score(sides=(SideScore("sales", 1.0, 1, 1, (kept, unknown[0])),)), agreement())
    assert half.sentence == "Both sides keep what they promised."
    assert half.because == "1 of 2 promises could be measured."


def test_a_side_counts_its_promises_by_their_states_in_words() -> None:
    tallies = {side.id: side.tally for side in sides(score())}
    assert tallies["marketing"] == "1 kept, 1 over the band, 1 not measured."
    assert tallies["sales"] == "1 kept, 1 at risk, 1 broken."


def test_a_share_of_feedback_says_of_which_rejects_it_is() -> None:
    told_in_time = promise(
        "S4", "sales", "Feedback", "feedback_in_time", PromiseState.KEPT, actual=0.984, counted=(315, 320)
    )
    shown = sides(score(sides=(SideScore("sales", 1.0, 1, 1, (told_in_time,)),)))
    [view] = [one for side in shown for one in side.promises]
    assert view.counted == "315 of 320 rejected in the period"


def test_reports_and_their_json_hold_no_row_by_owner_and_no_owner_of_a_lead() -> None:
    text = score_json(score())
    found = json.loads(text)["measures"]
    assert "speed_by_owner" in score().measures
    assert "speed_by_owner" not in found
    assert found["overdue"]["rows"]
    assert {row["owner"] for row in found["overdue"]["rows"]} == {None}
    assert "ayşe.demir" not in text
    assert "ayşe.demir" not in render_page(score(), agreement())


def test_every_win_rate_names_its_basis_and_what_it_divides_by() -> None:
    shown = figures(told(score()), "outcomes")
    assert "Win rate" not in shown, "which one?"
    assert "won or lost in the period, whenever begun" in shown["Win rate, by day of the close"][1]
    assert "Win rate, by cohort" not in shown, "that is coverage's, of all opportunities of mature months"
    hint = shown["Won of decided, begun in the period"][1]
    assert "of the leads begun in the period; 55 more still open: not final" in hint
    assert "Win rate, by cohort" in figures(told(score()), "coverage")


@pytest.mark.parametrize(
    ("key", "words"),
    [("no_budget", "no budget"), ("", "unknown"), (None, "unknown"), ("_", "_"), ("a_b c", "a_b c")],
)
def test_a_key_is_told_as_words_and_a_text_of_somebody_stays(key: object, words: str) -> None:
    assert plain(key) == words


def test_a_group_has_the_name_that_the_agreement_gives_it_and_a_source_the_logs_own() -> None:
    terms = agreement(lead_types={"web_form": {"label": "Web form", "mql_to_sql": "34%"}})
    assert group_of({"by": "lead_type", "key": "web_form"}, terms) == "Web form"
    assert group_of({"by": "source", "key": "web_form"}, terms) == "web_form", "a source of that name"
    assert group_of({"by": "stream", "key": "mid_market"}, terms) == "mid market"
    assert group_of({"by": "segment", "key": None}, terms) == "unknown"


def test_a_person_is_named_by_key_and_by_address_and_else_stays() -> None:
    assert person("noor", NAMED) == person("NOOR@acme.example", NAMED) == "Noor Demir"
    assert person("omar", NAMED) == "omar"
    assert person("someone@else.example", NAMED) == "someone@else.example"
    assert person(None, NAMED) is None


def test_tables_in_which_a_lead_stands_twice_say_that_they_do_not_add_up() -> None:
    grids = [grid for one in told(score()) for part in one.parts for grid in (*part.grids, *part.folded)]
    by = [grid for grid in grids if any(column.title == "By" for column in grid.columns)]
    assert by
    silent = [grid.id for grid in by if not grid.note and len({row.get("by") for row in grid.rows}) > 2]
    assert silent == []
