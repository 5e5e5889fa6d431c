"""The monthly pack as a PDF, set from the values of `report.pack`: the same values give the same bytes."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from math import ceil
from typing import Any

from accord.agreement.rendering.markdown import isolated
from accord.errors import InputError
from accord.report import format as say
from accord.report.document import FONTS
from accord.report.pictures import in_light, sign

_LETTERS = "Noto Sans, Arimo, Liberation Sans, DejaVu Sans"
_BOX = re.compile(r'viewBox="\S+ \S+ (\S+) ')
_NARROWEST, _BROADEST = 8, 40  # letters of a column that the widths of others are measured by
_COLUMNS = 8  # of a table on a sheet that stands upright
_WIDEST = 940.0  # of a picture that takes the whole line
_STATES = {"broken": "Broken", "over": "More than agreed", "at risk": "At risk", "unmeasured": "Not measured"}
_SIDES = {"marketing": "Marketing", "sales": "Sales", "both": "Both together"}


def pack_pdf(values: Mapping[str, Any]) -> bytes:
    """A4 pages of the pack. InputError where it cannot be set."""
    import typst  # noqa: PLC0415 a compiler: loaded where something is printed

    known = typst.Fonts(include_system_fonts=True)
    families = set(known.families())
    data = {**_data(values), "fonts": [one for one in FONTS if one in families] or [FONTS[-1]]}
    try:
        return bytes(
            typst.compile(
                files("accord.report").joinpath("templates", "pack.typ").read_bytes(),
                format="pdf",
                font_paths=known,
                sys_inputs={"pack": json.dumps(data, ensure_ascii=False)},
                timestamp=datetime.fromisoformat(values["as_of"]).astimezone(UTC).replace(microsecond=0),
            )
        )
    except typst.TypstError as error:
        raise InputError(f"this pack cannot be set as PDF ({error}); print its page instead") from error


def _data(values: Mapping[str, Any]) -> dict[str, Any]:
    period = say.period(date.fromisoformat(values["from_on"]), date.fromisoformat(values["to_on"]))
    as_of = say.or_dash(say.instant(datetime.fromisoformat(values["as_of"]), values["zone"]))
    return {
        "title": f"{isolated(values['name'])}: {period}",
        "period": f"{values['agreement']} · as of {as_of} ({values['zone']})",
        "foot": f"{isolated(values['name'])} · {period}",
        "verdict": values["verdict"],
        "because": values["because"],
        "opening": values["opening"],
        "lists": [
            _problems(values["problems"]),
            _actions(values["actions"]),
            *_proposals(values["proposals"]),
        ],
        "sides": values["sides"],
        "sections": [_section(one) for one in values["sections"]],
    }


def _problems(rows: list[dict[str, Any]]) -> dict[str, Any]:
    cells = [
        [
            _STATES.get(one["state"], one["state"]),
            f"{one['title']} ({one['promise']})",
            _SIDES.get(one["side"], ""),
            one["actual"],
            one["wanted"],
        ]
        for one in rows
    ]
    head = _head("State", "Promise", "Whose", "Actual", "Due")
    return _list("Problems first", "Everything that was promised came as promised.", head, cells)


def _actions(rows: list[dict[str, Any]]) -> dict[str, Any]:
    cells = [
        [
            one["state"],
            isolated(one["text"]),
            isolated(one["owner"]),
            _day(one["due_on"]),
            isolated(one["note"]),
        ]
        for one in rows
    ]
    head = _head("State", "Decision", "Owner", "Due", "What became of it")
    return _list("Last actions checked", "No decision was open or ended in this month.", head, cells)


def _proposals(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not rows:
        return []
    cells = [[isolated(one["what"]), one["was"], one["new"], one["why"]] for one in rows]
    return [_list("Proposals to change", "", _head("What", "Agreed", "Proposed", "On what"), cells)]


def _list(title: str, empty: str, head: list[dict[str, Any]], rows: list[list[Any]]) -> dict[str, Any]:
    known = {"caption": "", "head": head, "rows": rows, "left_out": 0, "widths": _widths(head, rows)}
    return {"title": title, "empty": empty, **known}


def _head(*titles: str) -> list[dict[str, Any]]:
    return [{"title": title, "numeric": False} for title in titles]


def _day(text: str) -> str | None:
    return say.day(date.fromisoformat(text), short=True)


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **section,
        "empty": section["empty"].replace("`", ""),
        "parts": [_part(one) for one in section["parts"]],
    }


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    charts = [_chart(one) for one in part["charts"]]
    return {**part, "charts": charts, "grids": [piece for one in part["grids"] for piece in _pieces(one)]}


def _pieces(grid: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A table in as many as a sheet's width needs, of about as many columns each; the first column in all."""
    count = ceil((len(grid["head"]) - 1) / (_COLUMNS - 1)) or 1
    wide = ceil((len(grid["head"]) - 1) / count)
    for number in range(count):
        after = slice(1 + number * wide, 1 + (number + 1) * wide)
        caption = f"{grid['caption']} ({number + 1} of {count})" if count > 1 else grid["caption"]
        head, *rows = ([*row[:1], *row[after]] for row in (grid["head"], *grid["rows"]))
        left_out = grid["left_out"] if number == count - 1 else 0
        widths = _widths(head, rows)
        yield {
            **grid, "caption": caption, "head": head, "rows": rows, "left_out": left_out, "widths": widths,
        }  # fmt: skip


def _widths(head: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[object]]) -> list[float]:
    """How wide each column is beside the others: by its longest cell, so that sentences get the room that
    single words leave."""
    longest = [max((len(str(row[at] or "")) for row in rows), default=0) for at in range(len(head))]
    words = [max(map(len, column["title"].split()), default=0) for column in head]
    return [
        round(min(max(cell, word, _NARROWEST), _BROADEST) / _NARROWEST, 2)
        for cell, word in zip(longest, words, strict=True)
    ]


def _chart(one: Mapping[str, Any]) -> dict[str, Any]:
    found = _BOX.search(one["wide"])
    share = min(float(found[1]) / _WIDEST, 1.0) if found else 1.0
    legend = [{"text": key["text"], "sign": sign(key["shape"])} for key in one["legend"]]
    picture = _picture(one["wide"])
    return {"title": one["title"], "alt": one["alt"], "picture": picture, "share": share, "legend": legend}


def _picture(svg: str) -> str:
    """A kept picture as it stands on paper: in the light colours, with letters that are there."""
    return in_light(svg).replace("<svg ", f'<svg font-family="{_LETTERS}" ', 1)
