"""The packs of the review meetings: as pages, and as PDF."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import PageUnknown
from accord.server.audit.trail import actor_of
from accord.server.look.answering import said_on_the_page
from accord.server.rituals import packing, saying
from accord.server.rituals.models import Pack
from accord.server.rituals.timing import company_at
from accord.server.running.chores import PACKS, hurry

_BEFORE = 24  # months that the page links to
_BOX = re.compile(r'viewBox="\S+ \S+ (\S+) ')
_WHOLE = 700.0  # the least width of a picture that takes the whole line
_LIGHT = ("pdf",)  # read only by whoever wants the file


@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """The newest pack; where there is none, what is missing for one."""
    pack = Pack.objects.defer(*_LIGHT).first()
    if pack is not None:
        return _shown(request, pack)
    company = company_at(timezone.now())
    known = {
        "missing": "month" if company else "agreement",
        "review": company and company.agreement.meetings.get("review"),
    }
    return render(request, "rituals/no_pack.html", known)


@require_safe
def of_month(request: HttpRequest, month: date) -> HttpResponse:
    return _shown(request, _find(month))


@require_safe
def pdf(request: HttpRequest, month: date) -> HttpResponse:
    """The same as a file."""
    body = Pack.objects.filter(month=month).values_list("pdf", flat=True).first()
    if body is None:
        raise PageUnknown(f"{month:%Y-%m}", noun=_("month with a pack as PDF"))
    answer = HttpResponse(bytes(body), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="pack-{month:%Y-%m}.pdf"'
    return answer


@require_POST
@said_on_the_page("pack")
def anew(request: HttpRequest, month: date) -> HttpResponse:
    """Have the worker make it anew with what is known now."""
    pack, company = _find(month), company_at(timezone.now())
    packing.ask_anew(actor_of(request), pack, company.today if company else timezone.localdate())
    hurry(PACKS)
    messages.success(request, _("The worker makes the pack anew within a minute."))
    return redirect("pack-month", month)


def _find(month: date) -> Pack:
    pack = Pack.objects.defer(*_LIGHT).filter(month=month).first()
    if pack is None:
        known = [f"{one:%Y-%m}" for one in Pack.objects.values_list("month", flat=True)[:_BEFORE]]
        raise PageUnknown(f"{month:%Y-%m}", known, noun=_("month with a pack"))
    return pack


def _shown(request: HttpRequest, pack: Pack) -> HttpResponse:
    values, company = pack.values, company_at(timezone.now())
    today = company.today if company else timezone.localdate()
    facts = {
        "pack": pack,
        "values": values,
        "first": date.fromisoformat(values["from_on"]),
        "last": date.fromisoformat(values["to_on"]),
        "actions": [{**one, "due": date.fromisoformat(one["due_on"])} for one in values["actions"]],
        "problems": [{**one, "side": saying.side_word(one["side"])} for one in values["problems"]],
        "months": Pack.objects.values_list("month", flat=True)[:_BEFORE],
        "over": packing.is_over(pack, today),
        "missed": packing.is_missed(pack),
        "has_pdf": Pack.objects.filter(pk=pack.pk, pdf__isnull=False).exists(),
        "shapes": _shapes(),
        "sections": [_section(one) for one in values["sections"]],
        "contents": list(_contents(values)),
    }
    return render(request, "rituals/pack.html", facts)


def _contents(values: dict[str, Any]) -> Iterator[dict[str, str]]:
    """What one can go to on the page, as its headings are called."""
    yield {"id": "problems", "title": _("Problems first")}
    yield {"id": "actions", "title": _("Last actions checked")}
    if values.get("proposals"):
        yield {"id": "proposals", "title": _("Proposals to change")}
    yield {"id": "scores", "title": _("Two scores on one scale")}
    yield from ({"id": f"section-{one['id']}", "title": one["title"]} for one in values["sections"])
    if values.get("warnings"):
        yield {"id": "care", "title": _("Read these figures with care")}


@cache
def _shapes() -> SafeString:
    """The signs of the charts' legends, as the report page has them."""
    return mark_safe(files("accord.report").joinpath("templates", "shapes.svg").read_text("utf-8"))  # noqa: S308


def _section(section: dict[str, Any]) -> dict[str, Any]:
    """Pictures of ours, drawn by the report from figures: they stand in the page as they are."""
    parts = [
        {
            **part,
            "charts": [
                {
                    **one,
                    "wide": mark_safe(one["wide"]),  # noqa: S308
                    "narrow": mark_safe(one["narrow"]),  # noqa: S308
                    "half": _is_half(one["wide"]),
                }
                for one in part["charts"]
            ],
        }
        for part in section["parts"]
    ]
    return {**section, "parts": parts}


def _is_half(picture: str) -> bool:
    """Whether a picture was drawn to stand beside another: over a whole line its letters would be huge."""
    found = _BOX.search(picture)
    return bool(found and float(found[1]) < _WHOLE)
