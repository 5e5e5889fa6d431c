"""What is done to one interval of the book."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accord.server.audit.trail import actor_of
from accord.server.book import acts
from accord.server.look.answering import said_on_the_page


@require_POST
@said_on_the_page("book")
def confirm(request: HttpRequest, on: str) -> HttpResponse:
    """Confirm the figures for one's own side; the second side's confirmation closes the interval."""
    if acts.confirm(actor_of(request), on, seen=request.POST.get("seen", "")[:64]):
        messages.success(
            request, _("Both sides have confirmed the figures; the book of this interval is closed.")
        )
    else:
        messages.success(
            request, _("Confirmed for your side. It is closed once the other side confirms the same figures.")
        )
    return redirect("book-month", on)


@require_POST
@said_on_the_page("book")
def take_back(request: HttpRequest, on: str) -> HttpResponse:
    """Take the confirmation of one's own side back."""
    acts.take_back(actor_of(request), on)
    messages.success(request, _("The confirmation is taken back."))
    return redirect("book-month", on)


@require_POST
@said_on_the_page("book")
def restate(request: HttpRequest, on: str) -> HttpResponse:
    """Append what the figures of a closed interval have become."""
    reason, seen = request.POST.get("reason", "")[:2000], request.POST.get("seen", "")[:64]
    acts.restate(actor_of(request), on, reason, seen=seen)
    messages.success(request, _("The restatement stands beside the figures that were closed."))
    return redirect("book-month", on)


@require_POST
@said_on_the_page("book")
def note(request: HttpRequest, on: str) -> HttpResponse:
    """Write a note."""
    acts.add_note(actor_of(request), on, request.POST.get("text", "")[:4000])
    messages.success(request, _("The note is kept."))
    return redirect("book-month", on)
