"""Where one can go on the boards: for `boards/_tabs.html`, which every page of the desk's managers shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.server.access import may
from accord.server.boards.waiting import waiting

register = template.Library()
_PLACES: tuple[tuple[str, str | Promise], ...] = (
    ("boards", _("At risk")),
    ("rejects", _("Rejects")),
    ("disputes", _("Disputes")),
    ("unassigned", _("Unassigned")),
    ("team", _("Team")),
    ("routing", _("Routing")),
    ("incomplete", _("Incomplete")),
    ("qualification", _("Readiness")),
    ("commitments", _("Commitments")),
    ("nurture", _("Nurture")),
    ("duplicates", _("Duplicates")),
)


@dataclass(frozen=True)
class Tab:
    """One of the boards; `count` is how much waits there, None where nothing is counted."""

    address: str
    words: str | Promise
    current: str  # the value of aria-current, empty elsewhere
    count: int | None
    more: bool  # the count is cut off there


@register.filter
def person(actor: str, names: Mapping[str, str]) -> str:
    """Somebody whom the log names by key or address, as people know them."""
    return names.get(actor, actor)


@register.simple_tag(takes_context=True)
def board_tabs(context: template.Context) -> list[Tab]:
    """The boards that the person before the page may see; one query for all counts."""
    request = context.get("request")
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    path, counts = getattr(request, "path", ""), waiting()
    return [
        Tab(
            address,
            words,
            _current(address, path),
            counts.numbers.get(name),
            name in counts.more,
        )
        for name, words in _PLACES
        if may(known, name) and (address := _address(name))
    ]


def _address(name: str) -> str:
    """Where a board is; empty while the room that has it is not there."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _current(address: str, path: str) -> str:
    """`page` on the board itself, `true` on a page below it."""
    if path == address:
        return "page"
    return "true" if path.startswith(address) else ""
