"""Lists a page at a time: a limit, and an opaque cursor that stays right while rows are added."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Field, Schema

from accord.errors import EntryInvalid, Problem

USUAL, MOST = 50, 200
_HIGHEST = 2**63 - 1
Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)
Page = dict[str, Any]


class Paging(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(USUAL, ge=1, le=MOST, description="How many items at most.")
    after: str = Field("", max_length=200, description="Cursor out of `next` of the page before; opaque.")


def page_of_rows(
    request: HttpRequest, rows: QuerySet[Stored], asked: Paging, show: Callable[[Stored], Any], by: str = "id"
) -> Page:
    """A page of `rows` in the order of `by`, a column of whole numbers without twins; `-id`: newest first."""
    column, newest_first = by.removeprefix("-"), by.startswith("-")
    if asked.after:
        beyond = f"{column}__{'lt' if newest_first else 'gt'}"
        rows = rows.filter(**{beyond: _place(request, asked.after)})
    found = list(rows.order_by(by)[: asked.limit + 1])
    last = getattr(found[asked.limit - 1], column) if len(found) > asked.limit else None
    return _page(request, [show(row) for row in found[: asked.limit]], last)


def page_of(request: HttpRequest, rows: Sequence[Row], asked: Paging, show: Callable[[Row], Any]) -> Page:
    """A page of what is in memory, of which rows are only ever added at the end."""
    start = _place(request, asked.after) if asked.after else 0
    shown = rows[start : start + asked.limit]
    end = start + asked.limit
    return _page(request, [show(row) for row in shown], end if end < len(rows) else None)


def _page(request: HttpRequest, items: list[Any], last: int | None) -> Page:
    following = None
    if last is not None:
        query = request.GET.copy()
        query["after"] = _cursor(request, last)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    request.next_page = following  # type: ignore[attr-defined] # the door puts it into the Link header
    return {"items": items, "next": following}


def _cursor(request: HttpRequest, place: int) -> str:
    return base64.urlsafe_b64encode(f"{_list(request)}:{place}".encode()).decode().rstrip("=")


def _place(request: HttpRequest, cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        text = ""
    of, _, place = text.rpartition(":")
    if of != _list(request) or not place.isdecimal() or int(place) > _HIGHEST:
        what = "this is no cursor of this list"
        raise EntryInvalid([Problem("", 0, "query.after", what, "take `next` out of an answer as it is")])
    return int(place)


def _list(request: HttpRequest) -> str:
    """What a cursor belongs to, so that one of another list is refused and not misread."""
    return request.resolver_match.view_name if request.resolver_match else ""
