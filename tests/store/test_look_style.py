"""The style sheets: contrast in both themes, no left and no right, no style inside a page."""

import itertools
import re
from pathlib import Path

import pytest

import accord.server

pytestmark = pytest.mark.any_database

SERVER = Path(accord.server.__file__).parent
SHEETS = sorted((SERVER / "look/static/accord").glob("*.css"))
TOKENS = dict(
    re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)",
        (SHEETS[0].parent / "tokens.css").read_text(),
    )
)
TEMPLATES = sorted(SERVER.rglob("templates/**/*.html"))
TONES = ("good", "warn", "bad", "info", "muted")
GROUNDS = ("page", "paper", "sunk")
READ = [
    *itertools.product(("ink", "soft", "mark", "mark-deep", *TONES), GROUNDS),
    *((tone, f"{tone}-pale") for tone in TONES),
    *itertools.product(("ink", "mark"), [f"{tone}-pale" for tone in (*TONES, "mark")]),
    *itertools.product(("on-mark",), ("mark", "mark-deep")),
    *itertools.product(("mark-deep", "soft"), ("mark-pale",)),
    ("paper", "good"),
]
SEEN = [*itertools.product(("edge", "focus", "mark"), GROUNDS)]  # borders of controls, rings of focus


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "ground", "least"), [(*pair, 4.5) for pair in READ] + [(*pair, 3.0) for pair in SEEN]
)
def test_what_is_read_or_pressed_stands_out_in_both_themes(
    front: str, ground: str, least: float, theme: int
) -> None:
    colours = [TOKENS[name].split(", ")[theme] for name in (front, ground)]
    assert contrast(*colours) >= least, f"{front} on {ground}: {contrast(*colours):.2f}"


def test_black_on_white_has_the_contrast_that_wcag_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height))[\w-]*\s*:"
    r"|(?:float|clear|text-align)\s*:\s*(?:left|right)"
)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_style_sheet_names_no_left_and_no_right(sheet: Path) -> None:
    """Logical properties only, so that a page from right to left needs no second sheet."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    text = re.sub(r"@media[^{]*{", "", text)
    assert PHYSICAL.findall(text) == []
    for shorthand in re.findall(r"(?<![\w-])(?:margin|padding|inset|border-width)\s*:\s*([^;}]+)", text):
        parts = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "()", shorthand).split()
        assert len(parts) < 4 or parts[1] == parts[3], f"one-sided: {shorthand}"


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_colours_stand_in_the_tokens_alone(sheet: Path) -> None:
    if sheet.name in ("tokens.css", "print.css"):
        return
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[^{}]*[;}])", text) == []


def test_every_token_that_a_sheet_uses_exists() -> None:
    text = "".join(sheet.read_text() for sheet in SHEETS)
    made = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - made == set()


def test_every_style_sheet_is_on_every_page() -> None:
    head = (SERVER / "look/templates/look/head.html").read_text()
    assert [sheet.name for sheet in SHEETS if f"accord/{sheet.name}" not in head] == []
    assert max(len(sheet.read_text().splitlines()) for sheet in SHEETS) <= 300


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(SERVER)))
def test_a_template_holds_no_style_and_no_script_of_its_own(template: Path) -> None:
    """The content policy would refuse them; a page must not depend on what does not run."""
    text = template.read_text()
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) == []


def test_nothing_comes_from_another_host() -> None:
    for path in [*SHEETS, *TEMPLATES]:
        found = re.findall(
            r"""(?:src|href)=["']?(?:https?:)?//|url\(["']?(?:https?:)?//|@import""", path.read_text()
        )
        assert found == [], path
