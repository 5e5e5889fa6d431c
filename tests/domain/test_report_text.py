"""The page as text: what it says, what it withstands, and that it asks nothing of a network."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pytest
from report_fixture import agreement, empty_score, measure, measures, promise, score

from accord.agreement.measures import PROMISABLE
from accord.ledger.links import chain
from accord.ledger.score import MeasureResult, PromiseState, SideScore, Table
from accord.plan.funnel import plan
from accord.report.page import render_page
from accord.report.scoreboard import LINKS, sides, verdict
from accord.report.summary import five_lines

VOID = {"meta", "link", "br", "img", "input", "hr"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE leads; --",
    "{{ 7*7 }}{% raw %}",
    "=HYPERLINK(\"http://evil.example\")",
    "\u202egnp.exe\u202c",
    "x" * 500,
    "a\x00\x1b[31m\ud800b",
    "مریم‌السادات 李 ประเทศ",
    "]]>&amp;<!--",
]  # fmt: skip


class Reading(HTMLParser):
    """The page as a reader of tags sees it; complains of tags that do not close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join("".join(self.text).split())


@pytest.fixture(scope="module")
def page() -> str:
    return render_page(score(measures=measures()), agreement(), plan(agreement()))


def test_the_same_score_gives_the_same_bytes(page: str) -> None:
    assert render_page(score(measures=measures()), agreement(), plan(agreement())) == page


def test_the_page_stays_small(page: str) -> None:
    assert len(page.encode()) < 500_000


def test_nothing_on_the_page_points_outside_it(page: str) -> None:
    for tag, attributes in Reading(page).tags:
        for name in ("src", "href", "action", "data", "poster", "srcset", "xlink:href"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:")), (tag, name, value)
    assert "url(" not in page  # also no ids that a chart library counts up: the page is the same each time
    assert "@import" not in page
    assert "<script" not in page


def test_tags_close_in_order_and_no_id_is_given_twice(page: str) -> None:
    reading = Reading(page)
    assert reading.open == []
    ids = [attributes["id"] for _, attributes in reading.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    for tag, attributes in reading.tags:
        target = (attributes.get("href") or "").removeprefix("#")
        if (attributes.get("href") or "").startswith("#"):
            assert target in ids, (tag, target)
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)


def test_headings_go_down_one_level_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Reading(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_every_chart_has_its_words_and_the_table_behind_it(page: str) -> None:
    reading = Reading(page)
    figures = sum(tag == "figure" for tag, _ in reading.tags)
    assert figures == 9
    drawn = [
        attributes for tag, attributes in reading.tags if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(drawn) == 2 * figures  # for desk and for phone
    assert all(attributes["aria-label"] for attributes in drawn)
    assert page.count("The figures behind this chart") == figures


def test_charts_wear_the_colours_of_the_page(page: str) -> None:
    assert "var(--mark)" in page
    assert not re.findall(r'="#0[0-9]0[0-9]0[0-9]"', page)


def test_every_table_has_a_caption_and_says_what_heads_what(page: str) -> None:
    reading = Reading(page)
    assert sum(t == "table" for t, _ in reading.tags) == sum(t == "caption" for t, _ in reading.tags)
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in reading.tags if tag == "th")


def test_all_states_are_told_in_words(page: str) -> None:
    words = Reading(page).words
    for word in ("Kept", "At risk", "Broken", "Over the band", "Not measured"):
        assert word in words
    assert "1,340 of 1,876" in words
    assert "37 pending: not yet due" in words


def test_the_page_names_period_version_as_of_and_how_to_ask_why(page: str) -> None:
    words = Reading(page).words
    for text in (
        "1–31 March 2026",
        "Mon 16 Mar 2026, 12:00",
        "Europe/Istanbul",
        "version 3",
        "accord explain",
    ):
        assert text in words


def test_a_warning_is_seen(page: str) -> None:
    assert "Week of 16 March rests on fewer than 10 judged leads." in Reading(page).words


def test_no_rep_is_ranked(page: str) -> None:
    assert "by owner" not in page.lower()


# The verdict


def test_the_first_broken_link_is_the_one_nearest_to_the_lead() -> None:
    found = verdict(score(), agreement())
    assert found.sentence == "The first broken link is speed."
    assert "71.4% (1,340 of 1,876) where 90% was promised" in found.because


@pytest.mark.parametrize(
    ("measure_name", "link"),
    [
        ("accepted_leads", "volume"),
        ("complete_handoffs", "quality"),
        ("first_touch_in_time", "speed"),
        ("cadence_kept", "depth"),
    ],
)
def test_each_measure_breaks_its_own_link(measure_name: str, link: str) -> None:
    broken = promise("X", "sales", "X", measure_name, PromiseState.BROKEN, actual=0.5)
    side = SideScore("sales", 0.5, 0, 1, (broken,))
    assert verdict(score(sides=(side,)), agreement()).sentence == f"The first broken link is {link}."


@pytest.mark.parametrize(
    ("measure_name", "called"),
    [
        ("revenue", "revenue"),
        ("feedback_in_time", "feedback"),
        ("decided_in_time", "decision time"),
        ("retention", "retention"),
        ("a_measure_of_tomorrow", "a measure of tomorrow"),
    ],
)
def test_a_promise_beside_the_chain_breaks_no_link_of_it(measure_name: str, called: str) -> None:
    broken = promise("X", "sales", "X", measure_name, PromiseState.BROKEN, actual=0.5)
    risky = promise("S2", "sales", "Cadence", "cadence_kept", PromiseState.AT_RISK, actual=0.7)
    found = verdict(score(sides=(SideScore("sales", 0.5, 0, 2, (broken, risky)),)), agreement())
    assert found.sentence == f"No link of the chain is broken, but {called} is; depth is at risk."


@pytest.mark.parametrize("won", [1, 12, 24, 30])
@pytest.mark.parametrize("depth", [PromiseState.KEPT, PromiseState.AT_RISK, PromiseState.BROKEN])
def test_the_headline_and_the_chain_speak_with_one_voice(won: int, depth: PromiseState) -> None:
    rate = promise(
        "S3", "sales", "Win rate", "win_rate",
        PromiseState.BROKEN if won < 25 else PromiseState.KEPT, target=0.25, actual=won / 100,
        counted=(won, 100),
    )  # fmt: skip
    cadence = promise("S2", "sales", "Cadence", "cadence_kept", depth, actual=0.7)
    late = promise("S4", "sales", "Feedback", "feedback_in_time", PromiseState.BROKEN, actual=0.1)
    made = score(sides=(SideScore("sales", 0.5, 0, 3, (rate, cadence, late)),))
    found, links = verdict(made, agreement()), chain(made, agreement())
    if links.broken:
        assert found.sentence.startswith(f"The first broken link is {links.broken.name}")
        assert "broken: feedback" in found.because or "and feedback." in found.because
    else:
        assert found.sentence.startswith("No link of the chain is broken, but feedback is")
    if links.first:
        assert links.first.name in found.sentence


def test_deals_that_chance_alone_may_explain_are_not_called_broken_by_the_headline() -> None:
    rate = promise(
        "S3",
        "sales",
        "Win rate",
        "win_rate",
        PromiseState.BROKEN,
        target=0.25,
        actual=0.24,
        counted=(24, 100),
    )
    found = verdict(score(sides=(SideScore("sales", 0.96, 0, 1, (rate,)),)), agreement())
    assert found.sentence == "Nothing is broken; at risk is win rate."
    assert "which chance alone may explain" in found.because


def test_every_measure_that_can_be_promised_has_its_link() -> None:
    assert {name for names in LINKS.values() for name in names} == set(PROMISABLE)


def test_a_side_that_is_only_at_risk_is_not_called_broken() -> None:
    risky = promise("S2", "sales", "Cadence", "cadence_kept", PromiseState.AT_RISK, actual=0.7)
    found = verdict(score(sides=(SideScore("sales", 0.9, 0, 1, (risky,)),)), agreement())
    assert found.sentence == "Nothing is broken; at risk is depth."


def test_a_lag_further_up_is_named_beside_the_break() -> None:
    few = promise(
        "M1", "marketing", "Leads", "accepted_leads", PromiseState.AT_RISK, unit="leads", actual=31.0, due=232
    )
    slow = promise("S1", "sales", "Speed", "first_touch_in_time", PromiseState.BROKEN, actual=0.5)
    poor = promise("S2", "sales", "Cadence", "cadence_kept", PromiseState.BROKEN, actual=0.1)
    both = (SideScore("marketing", 0.1, 0, 1, (few,)), SideScore("sales", 0.5, 0, 2, (poor, slow)))
    found = verdict(score(sides=both), agreement())
    assert found.sentence == "The first broken link is speed; volume is at risk."
    assert "31 of the 232\N{NO-BREAK SPACE}leads due by now" in found.because
    assert "1 more promise is broken: depth." in found.because


def test_all_kept_is_said_plainly_and_too_much_is_not_called_kept() -> None:
    kept = promise("S1", "sales", "Speed", "first_touch_in_time", PromiseState.KEPT, actual=0.95)
    over = promise("M1", "marketing", "Leads", "accepted_leads", PromiseState.OVER, unit="leads", actual=9.0)
    assert (
        verdict(score(sides=(SideScore("sales", 1.0, 1, 1, (kept,)),)), agreement()).sentence
        == "Both sides keep what they promised."
    )
    both = (SideScore("sales", 1.0, 1, 1, (kept,)), SideScore("marketing", 1.0, 0, 1, (over,)))
    assert "more than agreed" in verdict(score(sides=both), agreement()).sentence


# What is missing


def test_a_score_without_anything_teaches_what_to_do() -> None:
    words = Reading(render_page(empty_score(), agreement())).words
    assert "This agreement promises nothing yet." in words
    assert "add {id: M1, side: marketing" in words
    assert "handed_off" in words
    assert "sales_qualified" in words


@pytest.mark.parametrize("missing", sorted(measures()))
def test_a_missing_measure_leaves_the_page_whole(missing: str) -> None:
    found = {name: result for name, result in measures().items() if name != missing}
    assert Reading(render_page(score(measures=found), agreement())).open == []


@pytest.mark.parametrize("name", sorted(measures()))
def test_a_measure_that_knows_nothing_leaves_the_page_whole(name: str) -> None:
    result = measures()[name]
    unknown = replace(result, table=Table(result.table.columns, (tuple(None for _ in result.table.columns),)))
    Reading(render_page(score(measures={**measures(), name: unknown}), agreement()))
    nothing = replace(result, table=Table(result.table.columns, ()))
    Reading(render_page(score(measures={**measures(), name: nothing}), agreement()))


def test_a_figure_that_is_nan_is_unknown_on_the_page() -> None:
    result = measures()["speed"]
    nans = tuple(float("nan") if isinstance(cell, float) else cell for cell in result.table.rows[0])
    found = {**measures(), "speed": replace(result, table=Table(result.table.columns, (nans,)))}
    words = Reading(render_page(score(measures=found), agreement())).words.lower()
    assert "nan" not in re.findall(r"[a-z]+", words)
    assert "unknown" in words


# Hostile texts


def hostile_measures(text: str) -> dict[str, MeasureResult]:
    """Every text of every measure replaced by the hostile one."""

    def poisoned(result: MeasureResult) -> MeasureResult:
        rows = tuple(tuple(text if isinstance(c, str) else c for c in row) for row in result.table.rows)
        return replace(result, title=text, meaning=text, grain=text, table=Table(result.table.columns, rows))

    return {name: poisoned(result) for name, result in measures().items()}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_stays_a_name(text: str) -> None:
    odd = promise(text[:60], "sales", text, "first_touch_in_time", PromiseState.BROKEN, actual=0.5, note=text)
    poisoned = score(
        agreement=text, measures=hostile_measures(text), warnings=(text,), definitions={text: text},
        sides=(SideScore("sales", 0.5, 0, 1, (odd,)),),
    )  # fmt: skip
    name = text.encode("utf-8", "replace").decode()
    reading = Reading(render_page(poisoned, agreement(name=name)))
    assert reading.open == []
    assert not {"script", "img", "iframe", "object"} & {tag for tag, _ in reading.tags}
    assert not any(key.startswith("on") for _, attributes in reading.tags for key in attributes)
    assert not any(character in reading.words for character in "\u202e\x00\x1b")
    assert "\ud800" not in reading.words
    for line in five_lines(poisoned, agreement()):
        assert not any(character in line for character in "\u202e\x00\x1b\n")


def test_a_download_holds_raw_values_and_no_formula() -> None:
    rows = [
        {
            "lead": "=1+1",
            "stream": "@cmd",
            "lead_type": "+x",
            "overdue": -5.0,
            "due_at": datetime(2026, 3, 1, 9, tzinfo=UTC),
        }
    ]
    page = render_page(score(measures={"overdue": measure("overdue", "Overdue", rows)}), agreement())
    link = next(a["href"] for tag, a in Reading(page).tags if a.get("download") == "overdue-leads.csv")
    head, row = unquote(str(link).partition(",")[2]).split()
    assert set(head.split(",")) == {"lead", "lead_type", "stream", "due_at", "overdue"}
    assert dict(zip(head.split(","), row.split(","), strict=True)) == {
        "lead": "'=1+1", "stream": "'@cmd", "lead_type": "'+x", "overdue": "-5.0",
        "due_at": "2026-03-01T09:00:00Z",
    }  # fmt: skip


def test_a_long_list_shows_its_worst_fifty_and_says_how_many_more() -> None:
    rows = [{"lead": f"L{i}", "overdue": 9000.0 - i} for i in range(250)]
    page = render_page(score(measures={"overdue": measure("overdue", "Overdue", rows)}), agreement())
    assert "200 more rows are not shown." in Reading(page).words
    assert "<bdi>L49</bdi>" in page
    assert "<bdi>L50</bdi>" not in page
    assert "L249" in page  # in the download


def test_the_page_can_run_from_right_to_left() -> None:
    page = render_page(score(), agreement(), lang="fa", direction="rtl")
    assert '<html lang="fa" dir="rtl">' in page


def test_five_lines_are_five() -> None:
    lines = five_lines(score(measures=measures()), agreement(), plan(agreement()))
    assert len(lines) == 5
    assert lines[0].startswith("The first broken link is speed.")
    assert "Overdue: 14" in lines[3]
    assert len(five_lines(empty_score(), agreement())) == 5


@pytest.mark.parametrize(("days", "left_out"), [(62, 0), (181, 155), (365, 353)])
def test_half_a_year_is_shown_by_week_and_a_year_by_month_and_stays_small(days: int, left_out: int) -> None:
    day = measures()["pace"].table.dicts()[0]
    start = date(2026, 1, 1)
    rows = [
        {**day, "on": start + timedelta(days=i), "line": i + 1.0, "actual": float(i)} for i in range(days)
    ]
    row = measures()["speed_by_week"].table.dicts()[0]
    weeks = [{**row, "week": start + timedelta(days=7 * i)} for i in range(52)]
    found = {
        "pace": measure("pace", "Pace", rows),
        "speed_by_week": measure("speed_by_week", "Speed by week", weeks),
    }
    page = render_page(score(measures=found), agreement())
    assert len(page) < 200_000
    words = Reading(page).words
    assert (f"{left_out} more rows are not shown." in words) == bool(left_out)
    assert "the last 26 weeks" in words


@pytest.mark.parametrize(
    ("attainment", "shown"),
    [(0.994, "99%"), (0.998, "99.8%"), (0.9996, "99.9%"), (1.0, "100%"), (1.002, "100%"), (None, None)],
)
def test_a_side_is_at_100_percent_only_if_nothing_is_missing(attainment: float | None, shown: str) -> None:
    found = sides(score(sides=(SideScore("sales", attainment, 0, 1, ()),)))
    assert next(side.attainment for side in found if side.id == "sales") == shown


def test_overdue_leads_carry_the_name_of_their_type_that_people_know() -> None:
    named = agreement(lead_types={"web_form": {"mql_to_sql": "60%", "label": "Web form"}})
    late = measure("overdue", "Overdue", [{"lead": "1", "lead_type": kind} for kind in ("web_form", "fax")])
    page = render_page(score(measures={"overdue": late}), named)
    cells = re.findall(r"<bdi>([^<]*)</bdi></td>", page)
    assert "Web form" in cells
    assert "fax" in cells


@pytest.mark.parametrize(
    ("measure_name", "unit", "said"),
    [
        ("revenue", "USD", "More than the band foresees; no alarm, as revenue can never be too much."),
        (
            "accepted_leads",
            "leads",
            "More than the band allows: sales may not be able to follow up so many leads.",
        ),
    ],
)
def test_what_is_over_the_band_is_told_in_the_words_of_its_unit(
    measure_name: str, unit: str, said: str
) -> None:
    over = promise("J1", "both", "Goal", measure_name, PromiseState.OVER, unit=unit)
    [side] = [one for one in sides(score(sides=(SideScore("both", 1.0, 0, 1, (over,)),))) if one.id == "both"]
    assert side.promises[0].notes == (said,)
    assert side.tally == "1 over the band."
