"""The agreement as a document: one HTML file that needs no network, or a PDF (S1.23).

One to two screens of plain words come first, the lines to sign on after them, all detail behind. The words
are those of `agreement.render`; the plan's numbers are added where a plan is given.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from accord.agreement.rendering.markdown import FIRST_STRONG, POP
from accord.agreement.terms import Agreement
from accord.errors import InputError
from accord.plan.demand import Plan
from accord.report import blocks, glyphs
from accord.report.blocks import Block, Items, Line, Paragraph, Section
from accord.report.page import environment
from accord.report.paper import Paper, Signature, paper

__all__ = ["Printed", "Signature", "print_pdf", "render_html", "render_line", "render_pdf", "render_sections"]

RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "ckb", "ps", "yi")
FONTS = (  # the first that is there and has the sign is taken; the typesetter's own serif comes last
    "Noto Sans", "Vazirmatn", "Noto Sans Arabic", "Noto Sans Thai", "Noto Sans Hebrew", "Noto Sans CJK SC",
    "DejaVu Sans", "Libertinus Serif",
)  # fmt: skip
_NUMBER = re.compile(r"([A-Z]{3}\s)?[\d.,]+%?( ÷ [\d.,]+%)?(\s[A-Z]{3})?")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Printed:
    """A PDF, and what is not right about it: signs for which no font was there."""

    pdf: bytes
    warnings: tuple[str, ...]


def render_html(
    agreement: Agreement,
    plan: Plan | None = None,
    *,
    signatures: Sequence[Signature] | None = None,
    digest: str | None = None,
    lang: str = "en",
    direction: str | None = None,
) -> str:
    """The agreement as one HTML file; the same agreement gives the same bytes.

    `lang` and `direction` are those of the page's root element; without a direction the language decides.
    `signatures` and `digest` as in `paper.paper`.
    """
    set_, way = paper(agreement, plan, signatures, digest), direction or _direction(lang)
    return (
        environment()
        .get_template("agreement.html")
        .render(
            lang=lang,
            direction=way,
            isolate=way == "rtl",
            style=_style(),
            title=blocks.words(set_.title),
            paper={**vars(set_), "cards": _cards(set_)},
            first=[_section(part) for part in set_.first],
            detail=[_section(part) for part in set_.detail],
        )
    )


def render_sections(parts: Sequence[Section], *, heading: str = "h2", isolate: bool = False) -> str:
    """Sections of `paper.paper` as HTML without a page, styles or scripts: for a page that has its own.

    Every sign of the agreement is escaped. Tables stand in `div.table-wrap`, columns of numbers have the
    class `num`; `isolate` sets the English sentences apart on a page from right to left.
    """
    template = environment().get_template("agreement_sections.html")
    said = {"heading": heading, "isolate": isolate, "wrap": "table-wrap"}
    return template.render(sections=[_section(part) for part in parts], **said)


def render_line(line: Line, *, isolate: bool = False) -> str:
    """One line as HTML, escaped, as `render_sections` writes it."""
    parts = environment().get_template("agreement_parts.html").make_module({"isolate": isolate})
    return str(parts.runs(line)).strip()  # type: ignore[attr-defined]  # a macro of the template


def render_pdf(
    agreement: Agreement,
    plan: Plan | None = None,
    *,
    signatures: Sequence[Signature] | None = None,
    digest: str | None = None,
    lang: str = "en",
    created_at: datetime | None = None,
    fonts: Sequence[Path] = (),
) -> bytes:
    """As `print_pdf`, without the warnings."""
    return print_pdf(
        agreement, plan, signatures=signatures, digest=digest, lang=lang, created_at=created_at, fonts=fonts
    ).pdf


def print_pdf(
    agreement: Agreement,
    plan: Plan | None = None,
    *,
    signatures: Sequence[Signature] | None = None,
    digest: str | None = None,
    lang: str = "en",
    created_at: datetime | None = None,
    fonts: Sequence[Path] = (),
    system_fonts: bool = True,
) -> Printed:
    """The agreement as PDF on A4, with the fonts of this machine and those in the folders `fonts`.

    The same agreement, moment and fonts give the same bytes: `created_at` is written into the file, by
    default the first day of the term. Signs that no font has are named in `warnings`. `lang` is a code such
    as `fa`.
    """
    import typst  # noqa: PLC0415 a compiler: loaded where something is printed

    known = typst.Fonts(include_system_fonts=system_fonts, font_paths=list(fonts))
    set_ = paper(agreement, plan, signatures, digest)
    data = _data(set_, lang, set(known.families()))
    start = agreement.term.start
    moment = created_at or datetime(max(start.year, _EPOCH.year), start.month, start.day, tzinfo=UTC)
    try:
        pdf = typst.compile(
            files("accord.report").joinpath("templates", "agreement.typ").read_bytes(),
            format="pdf",
            font_paths=known,
            sys_inputs={"paper": json.dumps(data, ensure_ascii=False)},
            timestamp=moment,
        )
    except typst.TypstError as error:
        raise InputError(
            f"this agreement cannot be set as PDF ({error}); print the HTML page instead"
        ) from error
    found = sorted({Path(font.path) for font in known.fonts() if font.path})
    return Printed(bytes(pdf), glyphs.warnings(set_.text, found, pdf))


def _direction(lang: str) -> str:
    return "rtl" if _code(lang) in RIGHT_TO_LEFT else "ltr"


def _code(lang: str) -> str:
    """`fa` of `fa-IR`."""
    return lang.partition("-")[0].lower()


@cache
def _style() -> str:
    folder = files("accord.report").joinpath("templates")
    return "".join(folder.joinpath(name).read_text("utf-8") for name in ("style.css", "agreement.css"))


def _cards(set_: Paper) -> list[dict[str, Any]]:
    return [{"title": card.title, "promises": card.items} for card in set_.cards]


def _section(part: Section) -> dict[str, Any]:
    return {
        "title": part.title,
        "blocks": [_block(block) for block in part.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    """A block with its kind, and for tables what columns are numbers and how wide they should be."""
    kind = {"kind": type(block).__name__}
    if isinstance(block, Paragraph):
        return {**kind, "line": block.line}
    if isinstance(block, Items):
        return {**kind, "lines": block.lines, "ordered": block.ordered}
    columns = [[row[at] for row in block.rows if at < len(row)] for at in range(len(block.head))]
    return {
        **kind,
        "title": ", ".join(map(blocks.words, block.head)),  # tells tables apart for who cannot see them
        "head": block.head,
        "rows": block.rows,
        "numeric": [_is_numeric(cells) for cells in columns],
        "widths": [_width([head, *cells]) for head, cells in zip(block.head, columns, strict=True)],
        "more": [False, *(not row[0] for row in block.rows[1:]), False],
    }


def _is_numeric(cells: Sequence[Line]) -> bool:
    """Whether each filled cell of a column is a number: a count, a share, an amount, a sum worked out."""
    texts = [text for cell in cells if (text := blocks.words(cell))]
    return bool(texts) and all(map(_NUMBER.fullmatch, texts))


def _width(cells: Sequence[Line]) -> float:
    """A share of the line by what a column holds, so that no column starves beside a long one."""
    longest = max(len(blocks.words(cell)) for cell in cells)
    return round(math.pow(min(max(longest, 6), 60), 0.6), 3)


def _data(set_: Paper, lang: str, families: set[str]) -> dict[str, Any]:
    """What the typesetter is given: texts only."""
    rtl = _direction(lang) == "rtl"
    return {
        "name": blocks.words(set_.title),
        "lang": _code(lang),
        "rtl": rtl,
        "fonts": [font for font in FONTS if font in families] or [FONTS[-1]],
        "title": _runs(set_.title, rtl),
        "facts": [_runs(fact, rtl) for fact in set_.facts],
        "cards": [
            {"title": _runs(card.title, rtl), "promises": [_runs(item, rtl) for item in card.items]}
            for card in set_.cards
        ],
        "first": [_typed(part, rtl) for part in set_.first],
        "detail": [_typed(part, rtl) for part in set_.detail],
        "signatures": [
            {"name": _isolated(one.name), "side": _isolated(one.side), "said": _isolated(one.said)}
            for one in set_.signatures
        ],
        "foot": _runs(set_.foot, rtl),
    }


def _runs(line: Line, whole: bool) -> list[dict[str, Any]]:
    """The runs of a line; on a page from right to left the whole, English line is isolated too."""
    runs = [{"text": _isolated(run.text) if run.own else run.text, "strong": run.strong} for run in line]
    return [_mark(FIRST_STRONG), *runs, _mark(POP)] if whole and runs else runs


def _mark(sign: str) -> dict[str, Any]:
    return {"text": sign, "strong": False}


def _isolated(text: str) -> str:
    return f"{FIRST_STRONG}{text}{POP}" if text else ""


def _typed(part: Section, rtl: bool) -> dict[str, Any]:
    found = _section(part)
    return {
        "title": _runs(part.title, rtl),
        "blocks": [_typed_block(block, rtl) for block in found["blocks"]],
    }


def _typed_block(block: dict[str, Any], rtl: bool) -> dict[str, Any]:
    if block["kind"] == "Paragraph":
        return {**block, "line": _runs(block["line"], rtl)}
    if block["kind"] == "Items":
        return {**block, "lines": [_runs(one, rtl) for one in block["lines"]]}
    rows = [[{"line": _runs(cell, rtl)} for cell in row] for row in block["rows"]]
    return {**block, "head": [_runs(cell, rtl) for cell in block["head"]], "rows": rows}
