"""Files of leads: handing in, looking, mapping, confirming, watching them go in, getting the rejects back."""

from itertools import chain, islice
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accord.errors import InputError, PageUnknown
from accord.server.audit.trail import actor_of
from accord.server.intake import uploads
from accord.server.intake.agreed import words_at
from accord.server.intake.fields import FIELDS
from accord.server.intake.files import MOST_BYTES
from accord.server.intake.forms import OWNERS, WORDS, UploadForm, with_said
from accord.server.intake.models import Upload
from accord.server.look.saving import csv_file

_PREVIEWED = 5  # beside each other, so that they fit


@require_http_methods(["GET", "HEAD", "POST"])
def upload_new(request: HttpRequest) -> HttpResponse:
    """Hand in a file; nothing of it is a lead before it is confirmed."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            raw = file.read(MOST_BYTES + 1)
            made = uploads.hand_in(
                actor_of(request), file.name, raw, timezone.now(), form.cleaned_data["encoding"]
            )
            return redirect("upload", pk=made.pk)
        except InputError as error:
            form.add_error("file", str(error))
    return render(request, "intake/upload_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: its first rows and its columns, or how far it has gone in."""
    found = _found(pk)
    problem = ""
    if request.method == "POST":
        try:
            return _done(request, found)
        except InputError as error:
            problem = str(error)
    facts: dict[str, Any] = {
        "owners": OWNERS,
        "upload": found,
        "problem": problem,
        "whole": _whole(found),
    }
    if found.state == Upload.State.LOOKED_AT:
        sheet = uploads.sheet_in(found)
        facts["rows"] = list(islice(uploads.looked_at(found, found.at, sheet), _PREVIEWED))
        facts["refused"] = [(at, one.reason) for at, one in enumerate(facts["rows"], 1) if one.lead is None]
        facts["columns"] = [(name, found.mapping.get(name, "")) for name in sheet.header]
        facts["fields"] = [(name, WORDS[name]) for name in FIELDS if name in WORDS]
    else:
        facts["progress"] = _progress(found)
    return render(request, "intake/upload.html", facts, status=422 if problem else 200)


def _whole(found: Upload) -> list[tuple[str, Any, str, Any]]:
    """What may be said of a whole file: name, words, what it says now, and what there is to choose."""
    words = words_at(timezone.now())
    said = [(name, found.whole.get(name, "")) for name in uploads.WHOLE]
    return [(name, WORDS[name], value, with_said(words.choices(name), value)) for name, value in said]


def _done(request: HttpRequest, found: Upload) -> HttpResponse:
    by, at, what = actor_of(request), timezone.now(), request.POST.get("what", "")
    if what == "confirm":
        uploads.confirm(by, found, at)
        messages.success(request, _("It goes in now."))
    elif what == "drop":
        uploads.drop(by, found)
        messages.success(request, _("Forgotten: nothing of it was taken in."))
        return redirect("intake")
    else:
        header = uploads.sheet_in(found).header
        mapping = {name: request.POST.get(f"column-{place}", "") for place, name in enumerate(header)}
        uploads.map_columns(found, mapping, {name: request.POST.get(name, "") for name in uploads.WHOLE}, at)
    return redirect("upload", pk=found.pk)


def _progress(found: Upload) -> dict[str, int]:
    """What became of the rows; each stands in one of these, and they add up to all of them."""
    open_yet = Q(settled_at=None) & ~Q(became="aside")
    counted = found.arrivals.aggregate(
        settled=Count("pk", filter=Q(settled_at__isnull=False)),
        new=Count("pk", filter=Q(became="lead")),
        signals=Count("pk", filter=Q(became="signal")),
        nothing=Count("pk", filter=Q(became="nothing")),
        aside=Count("pk", filter=Q(became="aside")),
        trouble=Count("pk", filter=open_yet & ~Q(problem="")),
        waiting=Count("pk", filter=open_yet & Q(problem="")),
        stored=Count("pk"),
    )
    is_in = found.state == Upload.State.IN
    rejected = found.rows - (counted["stored"] + found.known if is_in else found.good)
    unread = 0 if is_in else found.good - counted["stored"] - found.known
    return {**counted, "rejected": rejected, "waiting": counted["waiting"] + unread}


@require_safe
def upload_rejects(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rows that cannot be taken in, with the reason of each."""
    del request
    found = _found(pk)
    return csv_file(f"rejects-{found.pk}.csv", chain(["\ufeff"], uploads.rejects(found)))


def _found(pk: int) -> Upload:
    found = Upload.objects.select_related("by").filter(pk=pk).first()
    if found is None:
        raise PageUnknown(str(pk), noun="file")
    return found
