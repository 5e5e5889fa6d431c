"""At risk, overdue, and “do not be on it”; with what managers do about a lead there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accord.agreement.terms import Agreement
from accord.errors import EntryInvalid
from accord.server.access import may
from accord.server.audit.trail import actor_of
from accord.server.boards import risk
from accord.server.boards.models import RiskRule
from accord.server.boards.showing import (
    CAUSES,
    DUTIES,
    Who,
    Words,
    page_of,
    sees_people,
    type_word,
    who,
)
from accord.server.boards.views.common import agreement_now
from accord.server.desk import acts
from accord.server.desk.models import Duty, Lead
from accord.server.look import figures as say
from accord.server.look.answering import back, said_on_the_page, viewer_of
from accord.server.people.models import Side, User
from accord.server.people.rights import leads
from accord.server.routing import assigning

_TABS: tuple[tuple[str, Words], ...] = (
    ("overdue", gettext_lazy("Overdue")),
    ("risk", gettext_lazy("At risk")),
    ("rules", gettext_lazy("Do not be on it")),
)
SHOW = tuple(name for name, _words in _TABS)
_FIELD = re.compile(r"(lead_type|age|unit|attempts)-(\d{1,3})")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True)
class Line:
    """One lead on the board: what is owed or which rule it breaks."""

    who: Who
    what: Words
    due_at: datetime | None
    cause: Words
    rule: risk.Rule | None
    attempts: int
    delivered_at: datetime | None


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """One list at a time, the figures of the team above; by owner only for whoever leads sales (8.7)."""
    viewer, at, agreement = viewer_of(request), timezone.now(), agreement_now()
    rules, written = risk.rules_in_use(agreement)
    lists = {"overdue": risk.overdue(at), "risk": risk.at_risk(at), "rules": risk.on_it(rules, at)}
    show = request.GET.get("show", "")
    show = show if show in SHOW else SHOW[0]
    page = page_of(request, lists[show].rows)
    owners = risk.by_owner(*lists.values())
    own = [row for row in owners if row.owner == viewer.pk]
    return render(request, "boards/board.html", {
        "show": show,
        "tabs": [(name, words, len(lists[name].rows), lists[name].more) for name, words in _TABS],
        "cut": risk.MOST if any(one.more for one in lists.values()) else 0,
        "page": page,
        "lines": _lines(_shown(show, page.rows, at), rules, agreement, at, sees=sees_people(viewer)),
        "oldest": min((row.oldest for row in owners if row.oldest), default=None),
        "owners": owners if leads(viewer, Side.SALES) else own,
        "rules": [(rule, type_word(agreement, rule.lead_type)) for rule in rules],
        "written": written,
        "takers": _takers() if may(viewer, "boards-reassign", "POST") else "",
        "sees": sees_people(viewer),
    })  # fmt: skip


def _shown(show: str, rows: Sequence[risk.Row], at: datetime) -> list[Duty | Lead]:
    """The duties or leads of one page, in its order; one that is gone by now is left out."""
    pks = [pk for pk, _owner, _at in rows]
    found: dict[int, Any] = (
        Lead.objects.select_related("contact", "owner").in_bulk(pks)
        if show == "rules"
        else risk.next_duties(pks, at)
    )
    return [found[pk] for pk in pks if pk in found]


def _lines(
    rows: Sequence[Duty | Lead],
    rules: Sequence[risk.Rule],
    agreement: Agreement | None,
    at: datetime,
    *,
    sees: bool,
) -> list[Line]:
    lines = []
    for row in rows:
        lead = row.lead if isinstance(row, Duty) else row
        duty = row if isinstance(row, Duty) else None
        lines.append(
            Line(
                who=who(lead, agreement, sees=sees),
                what=DUTIES.get(duty.kind, duty.kind) if duty else "",
                due_at=duty.due_at if duty else None,
                cause=CAUSES.get(duty.cause, "") if duty else "",
                rule=None if duty else risk.broken_by(lead, rules, at),
                attempts=lead.attempts,
                delivered_at=lead.delivered_at,
            )
        )
    return lines


def _takers() -> str:
    """Who can get a lead by hand, as the choices of a form: written once, for they stand in every row."""
    people = User.objects.filter(side=Side.SALES, is_active=True).order_by("name")
    return format_html_join(
        "",
        '<option value="{}">{}</option>',
        ((str(pk), say.name(name)) for pk, name in people.values_list("pk", "name")),
    )


@require_POST
@said_on_the_page("boards")
def nudge(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind whoever has a lead."""
    held = acts.nudge(actor_of(request), pk, request.POST.get("about", ""), timezone.now())
    messages.success(request, _("%(owner)s was reminded of %(lead)s.") % {
        "owner": held.owner.name if held.owner else _("Sales"), "lead": held.key,
    })  # fmt: skip
    return back(request, "boards")


@require_POST
@said_on_the_page("boards")
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a lead to somebody else, or to whom the rules choose."""
    chosen = request.POST.get("to", "")
    to = None
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
        to = User.objects.filter(pk=int(chosen)).first()
    lead = assigning.reassign(actor_of(request), pk, to, timezone.now(), _("from the board"))
    name = lead.owner.name if lead.owner else _("nobody")
    messages.success(request, _("%(lead)s is with %(name)s now.") % {"lead": lead.key, "name": name})
    return back(request, "boards")


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of the board; without any, the checkpoints of the agreement hold."""
    agreement = agreement_now()
    problems: list[str] = []
    in_use, written = risk.rules_in_use(agreement)
    typed = [_typed(rule) for rule in in_use]
    if request.method == "POST":
        wanted = [] if "reset" in request.POST else _read(request.POST)
        typed = [fields for fields in wanted if fields["attempts"] or fields["age"]]
        try:
            risk.keep_rules(actor_of(request), [_rule(fields) for fields in typed], timezone.now())
        except EntryInvalid as error:
            problems = [problem.what for problem in error.problems]
        else:
            messages.success(request, _("The rules of the board have been saved."))
            return redirect("boards-rules")
    facts = {
        "rows": list(enumerate([*typed, _EMPTY])),
        "written": written,
        "problems": problems,
        "types": list(agreement.lead_types) if agreement else [],
        "changed": RiskRule.objects.select_related("made_by").order_by("-pk").first(),
    }
    return render(request, "boards/rules.html", facts, status=422 if problems else 200)


_EMPTY = {"lead_type": "", "age": "", "unit": "d", "attempts": ""}


def _typed(rule: risk.Rule) -> dict[str, str]:
    days, rest = divmod(rule.age, timedelta(days=1))
    age, unit = (days, "d") if not rest else (rule.age // timedelta(hours=1), "h")
    return {"lead_type": rule.lead_type, "age": str(age), "unit": unit, "attempts": str(rule.attempts)}


def _read(sent: QueryDict) -> list[dict[str, str]]:
    """The rows that were typed, in their order; what is no field of ours is left out."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in sent.items():
        if isinstance(value, str) and (found := _FIELD.fullmatch(name)):
            rows.setdefault(int(found[2]), dict(_EMPTY))[found[1]] = value.strip()[:80]
    return [rows[number] for number in sorted(rows)]


def _rule(fields: dict[str, str]) -> risk.Rule:
    """What was typed as a rule; what is no number becomes 0, which is refused."""
    age, attempts = _whole(fields["age"]), _whole(fields["attempts"])
    return risk.Rule(fields["lead_type"], age * _UNITS.get(fields["unit"], _UNITS["d"]), attempts)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
