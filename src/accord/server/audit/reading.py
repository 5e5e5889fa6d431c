"""What the audit's page and its CSV show, and to whom.

Everybody sees what was changed, by whom and by which way. Where somebody sat and which sign-ins failed
concerns only that person and operations, who look after the installation: an address tells who worked from
home, and a failed sign-in may hold a password that was typed into the wrong field.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accord.report.format import name as shown
from accord.server.audit.models import Action, Entry
from accord.server.look.figures import number
from accord.server.look.saving import csv_lines
from accord.server.people.models import Side, User

PAGE_SIZE = 50
COLUMNS = ("at", "name", "side", "action", "about", "detail", "via", "address", "link")
_LAST = date.max - timedelta(days=1)
_AT_ONCE = 500  # rows that the CSV holds in memory
_UNTOLD = (
    "digest",
    "saving",
    "rows",
    "invited_by",
)  # in the CSV, and told otherwise or not at all in a sentence


@dataclass(frozen=True)
class Line:
    """One entry as a sentence: who did what to which thing, with what belongs to it."""

    entry: Entry
    who: str
    side: str
    action: str
    about: str  # empty where it would only repeat who
    more: str  # what belongs to it, with the signs that part it from the sentence
    link: str
    address: str  # empty where it is not the viewer's business


@dataclass(frozen=True)
class Page:
    """The newest entries first; `before` is where the next page starts, None on the last."""

    lines: tuple[Line, ...]
    before: int | None


def visible(viewer: User) -> QuerySet[Entry]:
    """The entries that somebody may see: all, but of failed sign-ins only those in their own name."""
    if viewer.side == Side.OPERATIONS:
        return Entry.objects.all()
    own = Q(who=viewer) | Q(about__iexact=viewer.email) | Q(name__iexact=viewer.email)
    return Entry.objects.filter(~Q(action=Action.SIGN_IN_FAILED) | own)


def filtered(entries: QuerySet[Entry], asked: Mapping[str, Any]) -> QuerySet[Entry]:
    """Narrowed down by `who`, `action`, `text` and the days `from_on` to `to_on` in the viewer's zone."""
    if asked.get("who"):
        entries = entries.filter(who=asked["who"])
    if asked.get("action"):
        entries = entries.filter(action=asked["action"])
    if text := asked.get("text"):
        entries = entries.filter(Q(about__icontains=text) | Q(name__icontains=text))
    if asked.get("from_on"):
        entries = entries.filter(at__gte=_midnight(asked["from_on"]))
    if asked.get("to_on"):
        entries = entries.filter(
            at__lt=_midnight(min(asked["to_on"], date.max - timedelta(days=1)) + timedelta(days=1))
        )
    return entries


def _midnight(day: date) -> datetime:
    """The first instant of a day in the viewer's zone; the first and the last day there is count in UTC."""
    try:
        return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)


def page_of(entries: QuerySet[Entry], viewer: User, before: int | None) -> Page:
    """One page by the numbers of entries, so that what is added meanwhile moves nothing."""
    rows = entries.filter(id__lt=before) if before else entries
    found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
    more = found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
    return Page(tuple(_line(entry, viewer) for entry in found[:PAGE_SIZE]), more)


def _line(entry: Entry, viewer: User) -> Line:
    who = _who(entry)
    return Line(
        entry=entry,
        who=who,
        side=str(Side(entry.side).label).lower() if entry.side in Side.values else "",
        action=_action(entry, own=entry.about == who),
        about="" if entry.about == who else entry.about,
        more=_rows(entry) + "".join(f", {words}" for words in _told(entry)),
        link=entry.link if entry.link.startswith("/") and not entry.link.startswith("//") else "",
        address=address_for(entry, viewer),
    )


_OWN = {
    Action.PERSON_CHANGED: gettext_lazy("changed their own record"),
    Action.ABSENCE_ADDED: gettext_lazy("entered an absence of their own"),
    Action.ABSENCE_REMOVED: gettext_lazy("took back an absence of their own"),
}


def _action(entry: Entry, *, own: bool) -> str:
    """What was done, so that the thing that it was done to can follow; nothing follows what is one's own."""
    if own and entry.action in _OWN:
        return str(_OWN[Action(entry.action)])
    if entry.action == Action.JOINED and (inviter := shown(str(entry.detail.get("invited_by", "")), 120)):
        return _("accepted the invitation of %(name)s") % {"name": inviter}
    if entry.about and entry.action == Action.SIGN_IN_FAILED:
        return _("failed to sign in as")
    if entry.about and entry.action == Action.BACKED_UP:
        return _("made the backup")
    if entry.about and entry.action == Action.RESTORED:
        return _("restored the backup")
    return str(entry.get_action_display())


def _rows(entry: Entry) -> str:
    rows = entry.detail.get("rows")
    if not isinstance(rows, int):
        return ""
    said = ngettext("%(count)s row", "%(count)s rows", rows) % {"count": number(rows)}
    return f" ({said})"


def _who(entry: Entry) -> str:
    if entry.who_id is not None or entry.name != entry.via:
        return entry.name
    return _("Somebody") if entry.via == "page" else _("The server")


def address_for(entry: Entry, viewer: User) -> str:
    """The address that a request came from: for the person who sent it, and for operations."""
    return entry.address if viewer.side == Side.OPERATIONS or entry.who_id == viewer.pk else ""


def _told(entry: Entry) -> Iterator[str]:
    """What belongs to an entry, in words: `version 2`, `reason: …`."""
    for key, value in entry.detail.items():
        words = key.replace("_", " ")
        if key in _UNTOLD or value in (None, "", [], {}, False):
            continue
        if value is True:
            yield _("the last signature") if key == "complete" else words
        elif key == "entries":  # the names of those who did something in a chain that was handed in
            yield _("by %(names)s") % {"names": ", ".join(map(_plain, dict.fromkeys(map(str, value))))}
        elif isinstance(value, dict):
            yield from (f"{name}: {_plain(item)}" for name, item in value.items())
        else:
            counted = isinstance(value, int)
            yield f"{words} {value}" if counted else f"{words}: {_plain(value)}"


def _plain(value: object) -> str:
    if isinstance(value, list):
        arrow = " → " if len(value) == 2 else ", "
        return arrow.join(_plain(item) for item in value)
    return shown(str(value), 120) or "–"


def as_csv(entries: QuerySet[Entry], viewer: User) -> Iterator[str]:
    """Every entry, newest first, one a row; times in UTC. No cell is one that a spreadsheet would run."""
    return csv_lines(chain([COLUMNS], _lines(entries, viewer)))


def _lines(entries: QuerySet[Entry], viewer: User) -> Iterator[tuple[str, ...]]:
    for entry in entries.order_by("-id").iterator(chunk_size=_AT_ONCE):
        detail = json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""
        texts = (entry.name, entry.side, entry.action, entry.about, detail, entry.via)
        last = (address_for(entry, viewer), entry.link)
        yield (f"{entry.at:%Y-%m-%dT%H:%M:%SZ}", *texts, *last)
