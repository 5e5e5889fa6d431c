"""What came in, what became of it, and what operators do where something is wrong."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accord.errors import EntryInvalid, PageUnknown
from accord.server.audit.trail import actor_of
from accord.server.intake import mending
from accord.server.intake.agreed import words_at
from accord.server.intake.forms import WORDS, AsideForm, with_said
from accord.server.intake.models import Arrival, Source, Upload

_A_PAGE = 50
_SHOWN = {
    "": Arrival.objects.all(),
    "trouble": Arrival.objects.filter(settled_at=None).exclude(problem=""),
    "waiting": Arrival.objects.filter(next_at__isnull=False),
    "aside": Arrival.objects.filter(became=Arrival.Became.ASIDE),
}


@require_safe
def intake(request: HttpRequest) -> HttpResponse:
    """Sources, and what came in last; `?show=` has only what is in trouble, waits, or was put aside."""
    show = request.GET.get("show", "")
    show = show if show in _SHOWN else ""
    before = request.GET.get("before", "")
    found = _SHOWN[show].select_related("lead", "source").order_by("-id")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: _A_PAGE + 1])
    older = f"?show={show}&before={rows[_A_PAGE - 1].pk}" if len(rows) > _A_PAGE else ""
    return render(
        request,
        "intake/intake.html",
        {
            "sources": Source.objects.all()[:200],
            "uploads": Upload.objects.defer("body").select_related("by")[:5],
            "rows": rows[:_A_PAGE],
            "older": older,
            "newer": f"?show={show}" if before else "",
            "tabs": _tabs(),
            "show": show,
        },
    )


def _tabs() -> list[tuple[str, str, int | None]]:
    """What can be looked at; what needs a hand with how many there are, up to a hundred."""
    trouble = len(_SHOWN["trouble"].order_by().values_list("pk", flat=True)[:100])
    return [
        ("", _("All"), None),
        ("trouble", _("In trouble"), trouble),
        ("waiting", _("Waiting"), None),
        ("aside", _("Put aside"), None),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request: HttpRequest, pk: int) -> HttpResponse:
    """One arrival with everything it brought; POST mends it, tries it again, or puts it aside."""
    found = Arrival.objects.select_related("lead", "source", "upload", "aside_by").filter(pk=pk).first()
    if found is None:
        raise PageUnknown(str(pk), noun="arrival")
    wrong: tuple[object, ...] = ()
    if request.method == "POST":
        try:
            return _done(request, found)
        except EntryInvalid as error:
            wrong = error.problems
    fields = mending.mendable(found)
    if wrong:
        fields |= {name: request.POST[name] for name in fields if name in request.POST}
    others = {name: value for name, value in found.payload.items() if name not in fields}
    words = words_at(timezone.now())
    facts = {
        "arrival": found,
        "fields": [
            (name, WORDS.get(name, name), value, with_said(words.choices(name), value))
            for name, value in fields.items()
        ],
        "others": others,
        "problems": wrong,
        "aside": AsideForm(),
    }
    return render(request, "intake/arrival.html", facts, status=422 if wrong else 200)


def _done(request: HttpRequest, found: Arrival) -> HttpResponse:
    by, at, what = actor_of(request), timezone.now(), request.POST.get("what", "")
    if what == "aside":
        mending.put_aside(by, found.pk, request.POST.get("why", ""), at)
        messages.success(request, _("Put aside."))
    elif what == "mend":
        told = {name: request.POST[name] for name in mending.mendable(found) if name in request.POST}
        mending.mend(by, found.pk, told, at)
        messages.success(request, _("Mended. It is tried again at once."))
    else:
        mending.try_again(by, found.pk, at)
        messages.success(request, _("It is tried again at once."))
    return redirect("arrival", pk=found.pk)
