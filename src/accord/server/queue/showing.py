"""Rows of a queue in words and figures of whoever looks, each once, so that a long page stays quick."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from accord.agreement.terms import Agreement
from accord.lead.events import Channel
from accord.lead.standing import IN_SALES
from accord.promises.duties import DutyKind
from accord.promises.verdict import State
from accord.server.desk.models import Lead
from accord.server.look import figures as say
from accord.server.people.models import User
from accord.server.queue.reading import Group, Queue, Row
from accord.server.queue.rights import Whose
from accord.server.queue.timing import Left, There

Words = str | Promise
CHANNELS: dict[str, Words] = {
    Channel.CALL: pgettext_lazy("channel", "call"),
    Channel.VOICEMAIL: pgettext_lazy("channel", "voicemail"),
    Channel.EMAIL: pgettext_lazy("channel", "e-mail"),
    Channel.CHAT: pgettext_lazy("channel", "chat"),
    Channel.SMS: pgettext_lazy("channel", "text message"),
    Channel.VIDEO: pgettext_lazy("channel", "video"),
    Channel.SOCIAL: pgettext_lazy("channel", "social network"),
    Channel.VISIT: pgettext_lazy("channel", "visit"),
    Channel.OTHER: pgettext_lazy("channel", "another way"),
}
DUTIES: dict[str, Words] = {
    DutyKind.FIRST_TOUCH: gettext_lazy("first touch"),
    DutyKind.DECIDED: gettext_lazy("accept or reject"),
    DutyKind.FEEDBACK: gettext_lazy("reason of the reject"),
    DutyKind.CADENCE: gettext_lazy("attempts as agreed"),
    DutyKind.CREDIT: gettext_lazy("acceptance by silence"),
    DutyKind.COMPLETE: gettext_lazy("complete hand-off"),
    DutyKind.DELIVERED: gettext_lazy("hand-off in time"),
    DutyKind.CHECKPOINT: gettext_lazy("attempts by an age"),
    DutyKind.DISPOSED: gettext_lazy("an outcome"),
    DutyKind.COMMITMENT: gettext_lazy("word given to the prospect"),
    DutyKind.TAKEN_OVER: gettext_lazy("first touch of its new owner"),
    DutyKind.CALL_BACK: gettext_lazy("call back"),
    DutyKind.RETURN: gettext_lazy("goes back to marketing"),
    DutyKind.PULL_BACK: gettext_lazy("marketing takes it back"),
}
STATES: dict[str, tuple[Words, str]] = {
    State.KEPT: (gettext_lazy("kept"), "good"),
    State.BROKEN: (gettext_lazy("broken"), "bad"),
    State.PENDING: (gettext_lazy("running"), "info"),
    State.EXCUSED: (gettext_lazy("broken, excused"), "warn"),
    State.VOID: (gettext_lazy("void"), "muted"),
}
GROUPS: dict[Group, Words] = {
    Group.OVERDUE: gettext_lazy("Overdue"),
    Group.NOW: gettext_lazy("Now"),
    Group.TODAY: gettext_lazy("Today"),
    Group.NEXT: gettext_lazy("Next"),
    Group.WAITING: gettext_lazy("Waiting"),
}
_DOTTED = re.compile(r"\b(company|contact|account|person|lead)\.(?=[a-z])(\w+)\b")
OPEN = frozenset(one.value for one in IN_SALES)
_TONES = {
    Group.OVERDUE: "bad",
    Group.NOW: "warn",
    Group.TODAY: "info",
    Group.NEXT: "info",
    Group.WAITING: "muted",
}


@dataclass(frozen=True)
class Line:
    """One row as the template writes it; all text, nothing to be worked out. Empty is not shown."""

    pk: str  # figures are text here: a template would write numbers as people do, with separators
    key: str
    address: str
    name: str
    about: str  # role and company
    kind: str  # the lead's type
    why: str
    worth: str
    grade: str
    tone: str
    what: str  # what is owed next
    left: str
    over: bool
    seconds: str
    runs: str  # seconds for which the clock goes on from now
    wall: bool
    due: str
    due_iso: str
    attempts: str
    following: str  # the best next channel
    place: str
    may_call: bool
    phone: str
    email: str
    no_calls: bool  # the person refused calls
    no_mail: bool
    waits: bool
    acts: str  # the buttons of the row as HTML; empty where there are none
    owner: str


@dataclass(frozen=True)
class Part:
    """One group of a page."""

    group: str
    words: Words
    tone: str
    count: int
    lines: tuple[Line, ...]


def line(row: Row, agreement: Agreement | None, *, acts: bool = True, of_others: bool = False) -> Line:
    """A row for whoever may see personal data."""
    lead, contact, left = row.lead, row.lead.contact, row.left
    phone, email = (contact.phone, contact.email) if contact else ("", "")
    return Line(
        pk=str(lead.pk),
        key=lead.key,
        address=reverse("lead", args=[lead.key]),
        name=name_of(lead),
        about=_joined(
            contact.role if contact else "", (contact.company if contact else "") or lead.account_name
        ),
        kind=type_word(lead.lead_type, agreement),
        why=say.name(undotted(row.why)) or "",
        worth=(say.money(lead.value, agreement.currency) or "") if agreement and lead.value else "",
        grade=lead.grade,
        tone=_TONES[row.group],
        what=_what(row),
        left=left_words(left) if left and not row.paused else "",
        over=bool(left and left.over),
        seconds=str(int(left.span.total_seconds())) if left else "0",
        runs=str(int(left.runs.total_seconds())) if left else "0",
        wall=bool(left and left.wall),
        due=say.instant(_due(row), timezone.get_current_timezone_name()) or "",
        due_iso=_iso(_due(row)),
        attempts=_("%(made)s of %(wanted)s attempts")
        % {"made": say.number(lead.attempts), "wanted": say.number(row.wanted)},
        following=str(CHANNELS.get(row.channel, "")),
        place=place_words(row.there),
        may_call=row.there is None or row.there.may_call,
        phone="" if not _may_be_link(phone) else phone,
        email=email if "@" in email and not any(sign.isspace() for sign in email) else "",
        no_calls=Channel.CALL in row.barred,
        no_mail=Channel.EMAIL in row.barred,
        waits=row.group is Group.WAITING,
        acts=_buttons(row) if acts else "",
        owner=(say.name(lead.owner.name) or "") if of_others and lead.owner else "",
    )


def _buttons(row: Row) -> str:
    """The buttons of a row: those of its kind, with its address."""
    lead = row.lead
    tried = lead.attempts > 0 or lead.connected_at is not None
    drawn = _drawn(
        get_language() or "",
        calls=Channel.CALL not in row.barred,
        mails=Channel.EMAIL not in row.barred,
        undecided=row.undecided,
        may_reject=not tried,
    )
    address = escape(reverse("lead", args=[lead.key]))
    return mark_safe(drawn.replace("@pk@", str(lead.pk)).replace("@address@", address))  # noqa: S308 - both escaped


@lru_cache(maxsize=128)
def _drawn(_language: str, **kind: bool) -> str:
    """The buttons of one kind of row in a language; drawn once, for a long page has hundreds of rows."""
    return render_to_string("queue/row_acts.html", {"say": sayings(), **kind})


def name_of(lead: Lead) -> str:
    """What a lead is called before somebody who may see personal data."""
    contact = lead.contact
    known = (contact.name or contact.email or contact.phone) if contact else ""
    return say.name(known) or lead.key


def type_word(lead_type: str, agreement: Agreement | None) -> str:
    """A lead type as the agreement labels it."""
    known = agreement.lead_types.get(lead_type) if agreement else None
    return say.name((known.label if known else "") or lead_type.replace("_", " ")) or ""


def duty_word(kind: str) -> str:
    return str(DUTIES.get(kind, kind.replace("_", " ")))


def state_words(state: str) -> tuple[str, str]:
    """How a duty stands, and the tone of that."""
    words, tone = STATES.get(state, (state.replace("_", " "), "muted"))
    return str(words), tone


def undotted(text: str) -> str:
    """Words of a rule, in which what is known of a company or a person has a dot."""
    return _DOTTED.sub(r"\1 \2", text)


def _joined(*parts: str) -> str:
    return " · ".join(text for part in parts if (text := say.name(part)))


def _what(row: Row) -> str:
    if row.paused:
        return _("paused")
    if row.to_make:
        more = ngettext("%(count)s more attempt", "%(count)s more attempts", row.to_make)
        return more % {"count": say.number(row.to_make)}
    return duty_word(row.kind) if row.kind else _("nothing owed")


def _due(row: Row) -> datetime | None:
    if row.paused:
        return row.paused_until
    return row.left.due_at if row.left else None


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def left_words(left: Left) -> str:
    """`42 min`, `2 h over`."""
    length = say.length(abs(left.span.total_seconds()), wall=left.wall) or ""
    return _("%(time)s over") % {"time": length} if left.over else length


def place_words(place: There | None) -> str:
    """The prospect's clock: `14:05 there`."""
    if place is None:
        return ""
    return _("%(time)s there") % {"time": f"{place.local:%H:%M}"}


def _may_be_link(phone: str) -> bool:
    """Whether a number is one that a telephone could dial: nothing else becomes the address of a link."""
    return sum(sign.isdigit() for sign in phone) >= 3 and all(
        sign.isascii() and (sign.isdigit() or sign in "+-()./ ") for sign in phone
    )


def units_json() -> str:
    """How the viewer's language writes `1 h`, `1 min`, `1 s`, for the script that counts down."""
    units = {name: say.length(seconds) or "" for name, seconds in (("h", 3600), ("min", 60), ("s", 1))}
    units["d"] = say.length(86_400, wall=True) or ""
    return json.dumps(units, ensure_ascii=False)


def whose_name(whose: Whose) -> str:
    """Of whom a queue is: a person's name, or that of a pool."""
    return say.name(whose.user.name if whose.user else whose.pool) or "?"


def people_of(users: list[User]) -> list[dict[str, Any]]:
    return [{"word": str(user.pk), "name": say.name(user.name) or "?"} for user in users]


def parts(queue: Queue, *, acts: bool, of_others: bool) -> list[Part]:
    """The groups of a queue that have rows on the page."""
    return [
        Part(
            group.value,
            GROUPS[group],
            _TONES[group],
            queue.counts.get(group, len(rows)),
            tuple(line(row, queue.agreement, acts=acts, of_others=of_others) for row in rows),
        )
        for group, rows in queue.grouped()
    ]


def sayings() -> dict[str, str]:
    """The words that stand on every row, translated once."""
    return {
        "choose": _("Choose"),
        "acts": _("Record about"),
        "next": _("next:"),
        "closed": _("not a time to call"),
        "no_calls": _("no calls: refused"),
        "no_mail": _("no e-mail: refused"),
        "call": pgettext("verb", "Call"),
        "write": pgettext("verb", "Write"),
        "no_answer": _("No answer"),
        "voicemail": _("Voicemail"),
        "talked": _("Talked"),
        "mailed": _("E-mailed"),
        "accept": _("Accept"),
        "reject": _("Reject"),
        "note": pgettext("verb", "Note"),
    }
