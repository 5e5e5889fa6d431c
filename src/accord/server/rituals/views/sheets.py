"""The stand-up sheet of today and of earlier days."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import PageUnknown
from accord.server.audit.trail import actor_of
from accord.server.boards.showing import DUTIES, sees_people, who
from accord.server.desk.models import Lead
from accord.server.look import figures
from accord.server.look.answering import said_on_the_page, viewer_of
from accord.server.people.models import User
from accord.server.rituals import putting, saying
from accord.server.rituals.models import Sheet
from accord.server.rituals.timing import Company, company_at

_BEFORE = 10  # days that the page links to


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The newest sheet; where there is none, what is missing for one."""
    company = company_at(timezone.now())
    sheet = Sheet.objects.first()
    if sheet is not None:
        return _shown(request, sheet, company)
    missing = "agreement" if company is None else "term" if company.stand_up is None else "minute"
    begins = _next(company) if company and company.stand_up else None
    return render(request, "rituals/no_sheet.html", {"missing": missing, "begins": begins})


@require_safe
def of_day(request: HttpRequest, on: date) -> HttpResponse:
    return _shown(request, _find(on), company_at(timezone.now()))


@require_POST
@said_on_the_page("stand-up")
def say(request: HttpRequest, on: date) -> HttpResponse:
    """Put the win and the block into the words of those who stand there."""
    putting.say(actor_of(request), _find(on), request.POST.get("win", ""), request.POST.get("block", ""))
    messages.success(request, _("Your words stand on the sheet."))
    return redirect("stand-up-day", on)


def _find(on: date) -> Sheet:
    sheet = Sheet.objects.filter(on=on).first()
    if sheet is None:
        known = [f"{day}" for day in Sheet.objects.values_list("on", flat=True)[:_BEFORE]]
        raise PageUnknown(str(on), known, noun=_("day with a stand-up sheet"))
    return sheet


def _next(company: Company) -> datetime | None:
    """When the next sheet is made."""
    assert company.stand_up is not None  # noqa: S101 - asked only where there is one
    days = (company.today + timedelta(days=step) for step in range(40))
    starts = (company.stand_up.begins(day) for day in days if company.stand_up.meets_on(day))
    return next((at for at in starts if at > company.at), None)


def _shown(request: HttpRequest, sheet: Sheet, company: Company | None) -> HttpResponse:
    values, viewer = sheet.values, viewer_of(request)
    sees = sees_people(viewer)
    rows = [*values["overdue"]["rows"], *values["risk"]["rows"]]
    leads = Lead.objects.select_related("contact", "owner").in_bulk([row["lead"] for row in rows])
    agreement = company.agreement if company else None
    people = _people(values["capacity"]["away"])

    def lines(name: str) -> list[dict[str, Any]]:
        return [
            {
                "who": who(leads[row["lead"]], agreement, sees=sees),
                "what": DUTIES.get(row["kind"], row["kind"]),
                "due_at": (due_at := datetime.fromisoformat(row["due_at"])),
                "since": figures.since(due_at, sheet.made_at),  # as all its figures
            }
            for row in values[name]["rows"]
            if row["lead"] in leads
        ]

    facts = {
        "sheet": sheet,
        "values": values,
        "from_on": date.fromisoformat(values["from_on"]),
        "to_on": date.fromisoformat(values["to_on"]),
        "overdue": lines("overdue"),
        "risk": lines("risk"),
        "away": [_absent(row, people) for row in values["capacity"]["away"] if row["user"] in people],
        "untouched": saying.untouched_line(held) if (held := values["overdue"].get("untouched")) else "",
        "capacity": saying.capacity_line(values["capacity"]),
        "one_win": saying.win_words(sheet),
        "one_block": saying.block_words(sheet),
        "decisions": [{**one, "due": date.fromisoformat(one["due_on"])} for one in values["decisions"]],
        "days": Sheet.objects.values_list("on", flat=True)[:_BEFORE],
        "stale": company is not None and sheet.on < company.today,
        "begins": _next(company) if company and company.stand_up else None,
        "sees": sees,
    }
    return render(request, "rituals/sheet.html", facts)


def _people(away: Iterable[dict[str, Any]]) -> dict[int, User]:
    numbers = {one for row in away for one in (row["user"], row["cover"]) if one}
    return User.objects.in_bulk(numbers)


def _absent(row: dict[str, Any], people: dict[int, User]) -> dict[str, Any]:
    until = date.fromisoformat(row["until"])
    cover = people.get(row["cover"] or 0)
    return {
        "name": people[row["user"]].name,
        "side": saying.side_word(row["side"]),
        "until": until if until.year < 9999 else None,
        "cover": cover.name if cover else "",
    }
