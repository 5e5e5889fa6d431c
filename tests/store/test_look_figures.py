"""Figures, days and lengths in templates: in the language and on the clock of whoever looks."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import timezone, translation

from accord.report import format as say
from accord.server.look import figures

pytestmark = pytest.mark.any_database

NB = "\N{NO-BREAK SPACE}"
AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


def written(expression: str, language: str = "en", zone: str = "UTC", **facts: object) -> str:
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        return engines["django"].from_string("{{ " + expression + " }}").render(facts)


@pytest.mark.parametrize(
    ("expression", "english", "persian"),
    [
        ("x|number", "1,560", "۱٬۵۶۰"),
        ("x|number:2", "1,560.00", "۱٬۵۶۰٫۰۰"),
        ('x|money:"USD"', f"USD{NB}1,560", f"USD{NB}۱٬۵۶۰"),
        ("share|percent", "71.4%", "۷۱٫۴٪"),
        ("share|percent:0", "71%", "۷۱٪"),
        ("nine|promised", "90%", "۹۰٪"),
        ('x|amount:"leads"', f"1,560{NB}leads", f"۱٬۵۶۰{NB}leads"),
        ("x|duration", f"26{NB}min", f"۲۶{NB}دقیقه"),
        ("on|day", f"5{NB}March{NB}2026", f"۵{NB}مارس{NB}۲۰۲۶"),
        ('on|day:"short"', f"5{NB}Mar", f"۵{NB}مارس"),
        ("on|period:to", f"5–31{NB}March{NB}2026", "۵ تا ۳۱ مارس ۲۰۲۶"),
    ],
)
def test_a_figure_reads_as_people_of_the_language_write_it(
    expression: str, english: str, persian: str
) -> None:
    facts = {"x": 1560, "share": 5 / 7, "nine": 0.9, "on": date(2026, 3, 5), "to": date(2026, 3, 31)}
    assert written(expression, **facts) == english
    assert written(expression, "fa", **facts) == persian


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("UTC", "en", f"Mon 16{NB}Mar{NB}2026, 09:00"),
        ("Europe/Istanbul", "en", f"Mon 16{NB}Mar{NB}2026, 12:00"),
        ("Asia/Tehran", "fa", "دوشنبه ۱۶ مارس ۲۰۲۶،\u200f ۱۲:۳۰"),
    ],
)
def test_an_instant_is_told_on_the_clock_of_whoever_looks(zone: str, language: str, expected: str) -> None:
    assert written("at|instant", language, zone, at=AT) == expected


@pytest.mark.parametrize(
    "expression", ["x|number", 'x|money:"USD"', "x|percent", "x|day", "x|instant", "x|since"]
)
@pytest.mark.parametrize("value", [None, "", float("nan")])
def test_what_nobody_knows_is_a_dash_that_is_read_aloud_as_unknown(expression: str, value: object) -> None:
    text = written(expression, x=value)
    assert '<span aria-hidden="true">–</span>' in text
    assert '<span class="hidden">unknown</span>' in text


def test_how_long_ago_is_in_words_with_the_instant_behind_it() -> None:
    text = written("at|since", at=timezone.now() - timedelta(hours=3, minutes=1))
    assert ">3 hours ago</time>" in text
    assert "datetime=" in text
    assert ">۳ ساعت پیش</time>" in written(
        "at|since", "fa", at=timezone.now() - timedelta(hours=3, minutes=1)
    )
    assert say.since(AT, AT - timedelta(days=2)) == "in 2 days"
    assert say.since(AT.replace(tzinfo=None), AT + timedelta(minutes=5)) == "5 minutes ago"


def test_the_length_of_a_list_is_still_its_length() -> None:
    assert written("these|length", these=[1, 2, 3]) == "3"


def test_a_name_typed_by_people_is_one_line_and_escaped() -> None:
    text = written("who|shown", who="<b>gpj\u202eexe</b>\n")
    assert text == "&lt;b&gt;gpj�exe&lt;/b&gt;"


@pytest.mark.parametrize(
    ("language", "figure", "share", "amount", "on"),
    [
        ("ar-eg", "−١٬٢٣٤٫٥", "٧١٫٤٪", f"٤٩٩٬٥٩٦{NB}USD", f"٥{NB}مارس{NB}٢٠٢٦"),
        ("ar", "−1,234.5", "71.4%", f"499,596{NB}USD", f"5{NB}مارس{NB}2026"),
        ("tr", "−1.234,5", "%71,4", f"USD{NB}499.596", f"5{NB}Mart{NB}2026"),
        ("th", "−1,234.5", "71.4%", f"USD{NB}499,596", f"5{NB}มีนาคม{NB}ค.ศ.{NB}2026"),
        ("de", "−1.234,5", f"71,4{NB}%", f"499.596{NB}USD", f"5.{NB}März{NB}2026"),
        ("nobody-speaks-this", "−1,234.5", "71.4%", f"USD{NB}499,596", f"5{NB}March{NB}2026"),
    ],
)
def test_each_language_has_its_digits_its_separators_and_its_months(
    language: str, figure: str, share: str, amount: str, on: str
) -> None:
    marks = str.maketrans("", "", "\u200e\u200f\u061c")  # they keep a sign on its side of the figure
    told = [
        say.number(Decimal("-1234.5"), 1, locale=language),
        say.percent(Decimal("0.714"), locale=language),
        say.money(499596, "USD", locale=language),
        say.day(date(2026, 3, 5), locale=language),
    ]
    assert [(text or "").translate(marks) for text in told] == [figure, share, amount, on]


@pytest.mark.parametrize("language", ["en", "fa", "tr"])
@pytest.mark.parametrize("value", [0, Decimal("-0.001"), 0.4, -0.4])
def test_what_rounds_to_nothing_has_no_sign_in_any_language(language: str, value: object) -> None:
    assert say.number(value, signed=True, locale=language) in {"0", "۰"}


def test_a_view_that_writes_figures_itself_writes_them_in_the_readers_language() -> None:
    with translation.override("fa"):
        assert figures.number(1560) == "۱٬۵۶۰"
        assert figures.day(date(2026, 3, 5), locale="en") == f"5{NB}March{NB}2026"
    assert figures.number(1560) == "1,560"


def test_views_and_templates_have_every_function_that_writes_for_a_language() -> None:
    localized = {name for name, made in vars(say).items() if "locale" in getattr(made, "__annotations__", {})}
    assert {name for name in localized if not name.startswith("_")} <= set(figures.__all__)
