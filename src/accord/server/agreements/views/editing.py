"""Drafts: the editor with form and text, what HTMX asks while somebody types, conflicts and the history."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accord.errors import EditConflict, InputError
from accord.server.agreements import acts
from accord.server.agreements.editor.applying import applied
from accord.server.agreements.editor.fields import GENERAL, section_names
from accord.server.agreements.editor.pages import (
    Desk,
    collision,
    context_of,
    desk_of,
    history_of,
    number_in,
    sent_text,
    wanted_section,
)
from accord.server.agreements.finding import find_draft, find_file, find_version
from accord.server.agreements.models import Clash, Draft, Saving
from accord.server.agreements.uploads import text_in
from accord.server.audit.trail import actor_of
from accord.server.look.unsent import Typed, keeps

_BESIDE = ("started_from", "view", "section", "clash")  # sent with a text
MOST_BYTES = acts.MOST_CHARACTERS * 4  # of a file: UTF-8 takes at most four bytes a character


@require_POST
def new_draft(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft of the version proposed last, of the version `mark`, or of another draft by its number."""
    file = find_file(slug)
    text = None
    if mark := request.POST.get("mark", ""):
        text = acts.next_text(file, find_version(file.chain(), mark))
    elif request.POST.get("draft", ""):
        text = find_draft(slug, number_in(request, "draft")).text
    draft = acts.start_draft(actor_of(request), file, text)
    messages.success(request, _("A new draft: nothing is promised until it is proposed and signed."))
    return redirect(acts.draft_link(draft))


def _typed(request: HttpRequest) -> Typed | None:
    """What somebody wrote who was signed out meanwhile; the draft itself is not looked at."""
    if "text" not in request.POST:
        return None
    section = request.POST.get("section", "")
    known = section if section in section_names() else GENERAL
    taken = applied(sent_text(request), known, request.POST.dict())
    beside = {name: request.POST[name] for name in _BESIDE if name in request.POST}
    return Typed(taken.text, taken.refused, beside)


@keeps(_typed)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The editor; a POST saves the text, one section of the form, or takes a file into the text."""
    found = find_draft(slug, number)
    if request.method == "POST":
        return _changed(request, found)
    if request.GET.get("download"):
        return _download(found)
    if since := request.GET.get("since"):
        answer = render(request, "agreements/editor_others.html", {"draft": found, "since": since})
        answer.headers["X-Fresh-Token"] = get_token(request)  # for who has signed in anew in another tab
        return answer
    if clash := request.GET.get("clash"):
        return _conflict(request, found, clash)
    return _page(request, desk_of(request, found))


@require_POST
def form(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What one change in the form makes of the text, or the form of another section; nothing is saved."""
    desk = desk_of(request, find_draft(slug, number), sent_text(request))
    desk.take(request)
    before, desk.section = desk.section, wanted_section(request, desk)
    pressed = "add" in request.POST or "remove" in request.POST or desk.section != before
    whole = pressed or bool(desk.refused) or not desk.mirrors(request.POST)
    return _answer(request, desk, whole=whole, with_text=True)


@require_POST
def check(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The problems of a text as it is typed, its figures, and the form that mirrors it; nothing is saved."""
    desk = desk_of(request, find_draft(slug, number), sent_text(request))
    desk.take(request)
    desk.section = wanted_section(request, desk)
    return _answer(request, desk, whole=True, with_text=desk.text != desk.sent)


@require_safe
def history(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Every saving with who and when, what one of them changed, and texts that were not saved."""
    found = find_draft(slug, number)
    past = history_of(found, request.GET.get("upto", ""), request.GET.get("saving", ""))
    clashes = Clash.objects.filter(draft=found).select_related("by").order_by("-id")[:50]
    context = {"draft": found, "file": found.file, "past": past, "clashes": clashes}
    return render(request, "agreements/history.html", context)


@require_POST
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Save again what the draft said at an earlier saving."""
    found = find_draft(slug, number)
    saving = number_in(request, "saving")
    acts.restore_saving(actor_of(request), found, saving, started_from=number_in(request, "started_from"))
    messages.success(
        request, _("The draft says again what it said at saving %(saving)s.") % {"saving": saving}
    )
    return redirect(acts.draft_link(found))


@require_POST
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put a draft away, or with `take_up` take a discarded one up again."""
    found = find_draft(slug, number)
    if "take_up" in request.POST:
        acts.take_up(actor_of(request), found)
        messages.success(request, _("The draft is open again."))
    else:
        acts.discard_draft(actor_of(request), found)
        messages.success(request, _("The draft is put away; it can be taken up again at any time."))
    return redirect(acts.draft_link(found))


def _changed(request: HttpRequest, found: Draft) -> HttpResponse:
    if key := request.POST.get("settle", ""):
        acts.settle_clash(actor_of(request), collision(found, key).clash)
        messages.success(request, _("The text that was not saved is put aside; it stays in the history."))
        return redirect(acts.draft_link(found))
    if isinstance(upload := request.FILES.get("file"), UploadedFile):
        return _uploaded(request, found, upload)
    desk = _sent_desk(request, found)
    if "look" in request.POST:
        return _look(request, desk)
    if desk.refused:
        desk.unsaved = True
        return _page(request, desk, status=422)
    return _save(request, desk)


def _sent_desk(request: HttpRequest, found: Draft) -> Desk:
    """The text that was sent with what was typed in the form; without one, that which the writer had."""
    if "text" in request.POST:
        desk = desk_of(request, found, sent_text(request))
    else:
        before = Saving.objects.filter(draft=found, number=number_in(request, "started_from")).first()
        desk = desk_of(request, found, before.text if before else found.text)
    desk.take(request, saving=not any(name in request.POST for name in ("look", "add", "remove")))
    return desk


def _look(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Another view or section of what is typed; nothing is saved."""
    desk.section = wanted_section(request, desk)
    if (
        desk.text == desk.draft.text
        and not desk.refused
        and not desk.typed
        and desk.started == desk.draft.saved
    ):
        return redirect(_here(desk))
    desk.unsaved = True
    return _page(request, desk, status=422 if desk.refused else 200)


def _save(request: HttpRequest, desk: Desk) -> HttpResponse:
    draft, by = desk.draft, actor_of(request)
    try:
        started = number_in(request, "started_from")
        if (desk.text, started) == (draft.text, draft.saved) and desk.open:
            messages.info(request, _("Nothing has changed since the last saving."))
        else:
            acts.save_draft(by, draft, desk.text, started_from=started)
            messages.success(request, _("Saved."))
    except EditConflict as error:
        mine = Clash.objects.filter(draft=draft, settled_at=None, by=by.user).order_by("-id").first()
        if mine is not None and mine.text == desk.text:
            return _conflict(request, find_draft(draft.file.slug, draft.number), str(mine.pk), status=409)
        return _kept(request, desk, error)
    except InputError as error:
        return _kept(request, desk, error)
    if key := request.POST.get("clash", ""):
        settled = collision(draft, key).clash
        if settled.settled_at is None and settled.by_id != request.user.pk:
            acts.settle_clash(by, settled)
    return redirect(f"{_here(desk)}&after={started}#edit")


def _kept(request: HttpRequest, desk: Desk, error: InputError) -> HttpResponse:
    """The page again with what was typed, and why it was not saved."""
    desk.refused, desk.unsaved = [str(error)], True
    return _page(request, desk, status=error.http_status)


def _uploaded(request: HttpRequest, found: Draft, upload: "UploadedFile[Any]") -> HttpResponse:
    """A file's text in the editor, not saved yet."""
    desk = desk_of(request, found)
    try:
        desk.text = _text_in(upload)
        desk.unsaved = True
        return _page(request, desk)
    except InputError as error:
        desk.refused = [str(error)]
        return _page(request, desk, status=error.http_status)


def _text_in(upload: "UploadedFile[Any]") -> str:
    text = text_in(upload, MOST_BYTES).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > acts.MOST_CHARACTERS:
        raise InputError(
            f"the file has {len(text):,} characters; an agreement has at most {acts.MOST_CHARACTERS:,}"
        )
    return text


def _download(found: Draft) -> HttpResponse:
    answer = HttpResponse(found.text, content_type="application/yaml; charset=utf-8")
    name = f"{found.file.slug}-draft-{found.number}.yaml"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{urlencode({'': name})[1:]}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _conflict(request: HttpRequest, found: Draft, key: str, status: int = 200) -> HttpResponse:
    both = collision(found, key)
    context = {"both": both, "draft": found, "file": found.file, "open": found.state == Draft.State.OPEN}
    context["done"] = both.clash.started_from if both.clash.by_id == request.user.pk else None
    return render(request, "agreements/clash.html", context, status=status)


def _page(request: HttpRequest, desk: Desk, status: int = 200) -> HttpResponse:
    return render(request, "agreements/draft.html", context_of(request, desk), status=status)


def _answer(request: HttpRequest, desk: Desk, *, whole: bool, with_text: bool) -> HttpResponse:
    context = {"desk": desk, "draft": desk.draft, "whole": whole, "with_text": with_text, "can_write": True}
    context["spots"] = [] if whole else desk.spots(request.POST.get("had", ""))
    answer = render(request, "agreements/editor_answer.html", context)
    if not whole:
        answer.headers["HX-Reswap"] = "none"
    return answer


def _here(desk: Desk) -> str:
    place = reverse("draft", args=[desk.draft.file.slug, desk.draft.number])
    return f"{place}?{urlencode({'view': desk.view, 'section': desk.section})}"
