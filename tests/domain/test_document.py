"""The agreement as HTML and PDF: the words of both sides, in any script, and nothing that a name could do."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.rendering.render import render_markdown
from accord.agreement.starting.init import TEMPLATES, default_answers, draft
from accord.agreement.terms import Agreement
from accord.errors import InputError
from accord.plan.funnel import plan
from accord.report.blocks import Items, Run, Table, line, sections, words
from accord.report.document import Signature, print_pdf, render_html, render_pdf
from accord.report.glyphs import drawn, missing, script, warnings
from accord.report.paper import paper

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = (EXAMPLES / "small.yaml").read_text(encoding="utf-8")
ACME = read_agreement(EXAMPLES / "acme.yaml")
LONG = "x" * 500
HOSTILE = [
    "<script>document.title='run'</script>",
    '#import "@preview/evil:0.1.0": *',
    "#eval(\"1\") $ x $ *b* _i_ `c` @ref <label> \\u{41} // /* ]",
    "**bold** [link](http://evil.example) | cell | - item",
    "## In detail: a section of my own",
    "{{ 7 * 7 }} {% raw %}",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    LONG,
    "&lt;b&gt; ' \" </style></title>",
]  # fmt: skip


def named(name: str) -> Agreement:
    """The small agreement with one name in all the places that people write."""
    return Agreement.model_validate(
        {
            "accord": 1,
            "name": name,
            "term": "2026-01-01",
            "goal": {"revenue": "500000", "deal_value": "2000"},
            "parties": {"marketing": name, "sales": name},
            "people": {
                "mina": {"side": "marketing", "role": "head", "name": name},
                "omar": {"side": "sales", "role": "head", "name": name},
            },
            "lead_types": {"web": {"label": name, "lead_to_customer": "2%"}},
            "definitions": {name: name},
            "assumptions": [name],
            "contacts": {name: "mina"},
        }
    )


class Reader(HTMLParser):
    """The visible text of a page, its tags, and what its attributes lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value or "" for key, value in attrs if key in ("href", "src", "action")]

    def handle_data(self, data):
        if self.tags and self.tags[-1] != "style":
            self.texts.append(data)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type/Page\b(?!s)", pdf))


def lines_of(block):
    if isinstance(block, Items):
        return block.lines
    return () if isinstance(block, Table) else (block.line,)


def test_every_sentence_of_the_markdown_stands_in_the_page():
    page = "".join(Reader(render_html(ACME, plan(ACME))).texts)
    for section in sections(render_markdown(ACME)):
        for block in section.blocks:
            for each in lines_of(block):
                assert words(each) in page


def test_the_promises_of_both_sides_come_first_and_the_detail_last():
    page = render_html(ACME, plan(ACME))
    order = ["Growth team", "Field sales (sales) promises", "What the plan asks for", "Signed", "In detail"]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_the_numbers_of_the_plan_are_those_of_the_plan():
    numbers = plan(ACME)
    page = "".join(Reader(render_html(ACME, numbers)).texts)
    assert f"marketing hands off {numbers.leads:,} leads" in page
    assert all(f"{demand.leads:,}" in page for demand in numbers.demands())
    assert "What the plan asks for" not in render_html(ACME)


def test_alternatives_are_never_added_up():
    agreement = read_agreement(EXAMPLES / "packhelp.yaml")
    assert "not added up" in render_html(agreement, plan(agreement))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_only_ever_text_in_the_page(name):
    page = Reader(render_html(named(name), plan(named(name))))
    harmless = Reader(render_html(named("Acme"), plan(named("Acme"))))
    assert sorted(set(page.tags)) == sorted({*harmless.tags, *(["bdi"] if "bdi" in page.tags else [])})
    assert page.links == harmless.links
    assert page.tags.count("section") == harmless.tags.count("section")
    shown = "".join(page.texts)
    assert " ".join(name.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "").split()) in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in shown


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_only_ever_text_in_the_pdf(name):
    printed = print_pdf(named(name), plan(named(name)))
    assert printed.pdf.startswith(b"%PDF-")
    visible = {sign for sign in name if sign.isprintable() and not sign.isspace()}
    assert visible <= drawn(printed.pdf)


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40).filter(str.strip))
@settings(max_examples=12, deadline=None)
def test_any_name_can_be_set(name):
    assert render_pdf(named(name), plan(named(name))).startswith(b"%PDF-")
    assert render_html(named(name), plan(named(name)))


def test_the_page_loads_nothing_and_runs_nothing():
    page = render_html(ACME, plan(ACME))
    reader = Reader(page)
    assert "script" not in reader.tags
    assert all(link.startswith(("#", "data:")) for link in reader.links)
    assert "default-src 'none'" in page
    assert "@import" not in page
    assert "url(" not in page


def test_the_same_agreement_gives_the_same_bytes():
    assert render_html(ACME, plan(ACME)) == render_html(ACME, plan(ACME))
    assert render_pdf(ACME, plan(ACME)) == render_pdf(ACME, plan(ACME))


def test_the_moment_written_into_the_pdf_is_the_one_that_is_handed_over():
    at = datetime(2026, 3, 16, 12, tzinfo=UTC)
    assert b"(D:20260316120000" in render_pdf(ACME, created_at=at)
    assert b"(D:20260101000000" in render_pdf(ACME)


def test_the_plain_words_and_the_signatures_fit_on_two_pages_of_paper():
    """S1.23: two screens; what follows is the detail."""
    short = parse_agreement(draft(default_answers("agency"), "agency", datetime(2026, 1, 1).date()))  # noqa: DTZ001
    assert pages(render_pdf(short, plan(short))) <= 4
    assert pages(render_pdf(parse_agreement(SMALL))) <= 2


SCRIPTS = {
    "Persian": "سارا رضایی",
    "Arabic": "عميل محتمل",
    "Thai": "ไพศาล",
    "Turkish": "Leyla Şahin İğdır",
}


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_a_name_in_this_script_is_drawn_or_said_to_be_missing(name):
    printed = print_pdf(named(name))
    letters = {sign for sign in name if sign.isalpha()}
    assert letters <= drawn(printed.pdf) or any(warning for warning in printed.warnings)
    assert bool(printed.warnings) == (not letters <= drawn(printed.pdf))


def test_without_fonts_for_it_a_script_is_named_instead_of_left_as_silent_boxes():
    printed = print_pdf(named("漢字 ไทย Şahin"), system_fonts=False)
    assert [re.search(r"\((\w+)\)", warning)[1] for warning in printed.warnings] == ["Thai", "CJK"]
    assert not set("漢字ไทย") & drawn(printed.pdf)
    assert "Ş" in drawn(printed.pdf)


def test_the_fonts_of_the_typesetter_do_for_latin_greek_and_cyrillic():
    printed = print_pdf(named("Ægir Ἀθήνα Жанна — “ß” → ≤ €"), system_fonts=False)
    assert printed.warnings == ()
    assert set("ÆἈήЖßа→≤€") <= drawn(printed.pdf)


def test_a_font_in_a_folder_of_ours_is_found(tmp_path):
    source = Path("/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf")
    if not source.exists():
        pytest.skip(f"no {source}: a font that draws Thai is needed (Debian: fonts-noto-core)")
    (tmp_path / "thai.ttf").write_bytes(source.read_bytes())
    assert missing("ไทย", [tmp_path / "thai.ttf"]) == frozenset()
    assert missing("ไทย س", [tmp_path / "thai.ttf"]) == {"س"}
    printed = print_pdf(named("ไทย"), system_fonts=False, fonts=[tmp_path])
    assert printed.warnings == ()
    assert set("ไทย") <= drawn(printed.pdf)


def test_a_file_that_is_no_font_draws_nothing_and_breaks_nothing(tmp_path):
    (tmp_path / "a.ttf").write_bytes(b"\x00\x01\x00\x00\x00\x40" + b"cmap" * 9)
    (tmp_path / "b.ttf").write_bytes(b"")
    fonts = [tmp_path / "a.ttf", tmp_path / "b.ttf", tmp_path / "none.ttf"]
    assert missing("س", fonts) == {"س"}
    assert len(warnings("سا ☃ 漢", fonts)) == 3
    assert (script("س"), script("漢"), script("☃")) == ("Arabic", "CJK", "symbols")


def test_text_from_right_to_left_keeps_to_itself():
    page = render_html(named("سارا رضایی (SQL)"))
    assert "<bdi>سارا رضایی (SQL)</bdi>" in page


def test_the_direction_follows_the_language_unless_said():
    assert '<html lang="fa" dir="rtl">' in render_html(ACME, lang="fa")
    assert '<html lang="fa" dir="ltr">' in render_html(ACME, lang="fa", direction="ltr")
    assert '<html lang="tr" dir="ltr">' in render_html(ACME, lang="tr")
    assert render_pdf(ACME, lang="fa-IR") != render_pdf(ACME)


def test_a_language_that_is_none_is_refused_with_a_way_out():
    with pytest.raises(InputError, match="print the HTML page"):
        render_pdf(ACME, lang="klingonish")


def test_heads_get_an_empty_line_each_and_signatures_take_its_place():
    page = "".join(Reader(render_html(ACME)).texts)
    assert page.count("signature and date") == 2
    signed = [Signature("Mina Yılmaz", "Growth team", "signed on 16 March 2026, key 3f2a")]
    page = "".join(Reader(render_html(ACME, signatures=signed, digest="abc123")).texts)
    assert "signed on 16 March 2026" in page
    assert "signature and date" not in page
    assert "SHA-256 of the text: abc123" in page
    assert "Signed" not in "".join(Reader(render_html(ACME, signatures=[])).texts)


def test_a_side_without_a_head_still_gets_a_line():
    agreement = read_agreement(EXAMPLES / "quota.yaml")
    assert [(one.name, one.side) for one in paper(agreement).signatures] == [("", "Marketing"), ("", "Sales")]


@pytest.mark.parametrize("name", ["quota", "small", "packhelp", "acme", *TEMPLATES])
def test_every_example_and_template_can_be_printed(name):
    if name in TEMPLATES:
        agreement = parse_agreement(draft(default_answers(name), name, ACME.term.start))
    else:
        agreement = read_agreement(EXAMPLES / f"{name}.yaml")
    assert print_pdf(agreement, plan(agreement)).warnings == ()
    assert "<h1>" in render_html(agreement, plan(agreement))


def test_a_line_of_markdown_is_read_back_as_it_was_meant():
    assert line("**M1**: a \\*star\\* | \u2068x\u2069") == (
        Run("M1", strong=True),
        Run(": a *star* | "),
        Run("x", own=True),
    )


def test_a_table_keeps_a_bar_inside_a_cell():
    (section,) = sections("# t\n\n| a | b |\n| --- | --- |\n| x \\| y | z |\n")
    (table,) = section.blocks
    assert [words(cell) for cell in table.rows[0]] == ["x | y", "z"]
