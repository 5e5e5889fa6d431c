"""Sources: making, changing, a new secret, off and on."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accord.errors import EntryInvalid, PageUnknown
from accord.server.audit.trail import actor_of
from accord.server.intake import sources
from accord.server.intake.agreed import words_at
from accord.server.intake.doors import HONEYPOT
from accord.server.intake.forms import SourceForm
from accord.server.intake.models import Source

_OUT_OF_SIGHT = 'style="position:absolute;left:-9999px"'  # of a page of theirs, not of ours


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def source_new(request: HttpRequest) -> HttpResponse:
    """A form for a new source; a webhook's secret is shown once, in the answer."""
    form = SourceForm(request.POST or None, words=words_at(timezone.now()))
    if request.method == "POST" and form.is_valid():
        try:
            kind = Source.Kind(form.cleaned_data["kind"])
            made, secret = sources.make_source(actor_of(request), kind, form.cleaned_data)
        except EntryInvalid as error:
            form.add_error(_field(form, error), str(error))
        else:
            return _secret(request, made, secret) if secret else redirect("intake-source", pk=made.pk)
    return render(request, "intake/source_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """How to use one, and what it says of its leads."""
    found = _found(pk)
    words = words_at(timezone.now())
    form = SourceForm(request.POST or None, words=words, source=found)
    if request.method == "POST" and form.is_valid():
        try:
            sources.change_source(actor_of(request), pk, form.cleaned_data)
        except EntryInvalid as error:
            form.add_error(_field(form, error), str(error))
        else:
            messages.success(request, _("Kept."))
            return redirect("intake-source", pk=pk)
    facts = {
        "source": found,
        "form": form,
        "address": _address(request, found),
        "salesforce": _root(request) + reverse("web-to-lead"),
        "personas": ", ".join(words.personas),
        "honeypot": HONEYPOT,
        "out_of_sight": _OUT_OF_SIGHT,
        "recent": found.arrivals.select_related("lead").order_by("-id")[:10],
    }
    return render(request, "intake/source.html", facts, status=422 if form.errors else 200)


@never_cache
@require_POST
def source_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown this once."""
    found, secret = sources.rotate_secret(actor_of(request), pk)
    return _secret(request, found, secret)


@require_POST
def source_switch(request: HttpRequest, pk: int) -> HttpResponse:
    found = sources.switch_source(actor_of(request), pk, on=request.POST.get("on") == "yes")
    messages.success(request, _("It is switched off.") if found.off_at else _("It is switched on."))
    return redirect("intake-source", pk=pk)


def _secret(request: HttpRequest, found: Source, secret: str) -> HttpResponse:
    facts = {"source": found, "secret": secret, "address": _address(request, found)}
    return render(request, "intake/secret.html", facts)


def _address(request: HttpRequest, found: Source) -> str:
    """Where to send to, as a sender outside has to write it."""
    name = "form-in" if found.kind == Source.Kind.FORM else "hook-in"
    return _root(request) + reverse(name, args=[found.key])


def _root(request: HttpRequest) -> str:
    return settings.ENV.url or request.build_absolute_uri("/").rstrip("/")


def _field(form: SourceForm, error: EntryInvalid) -> str | None:
    """The field that an error is about; None, which is the whole form, for one that it does not have."""
    path = error.problems[0].path
    return path if path in form.fields else None


def _found(pk: int) -> Source:
    found = Source.objects.filter(pk=pk).first()
    if found is None:
        raise PageUnknown(str(pk), noun="source")
    return found
