"""The outbox, for whoever keeps the installation: what waits, what was given up and why, what went out."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.errors import PageUnknown
from accord.server.audit.trail import actor_of
from accord.server.mail.models import Message
from accord.server.mail.sending import sends_mail, try_again
from accord.server.running.chores import MAIL, hurry

_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def outbox(request: HttpRequest) -> HttpResponse:
    """One state of messages at a time, newest first; POST puts a message that was given up back to wait."""
    if request.method == "POST":
        return _again(request)
    state = request.GET.get("state", "")
    if state not in Message.State.values:
        state = Message.State.WAITING
    number = _page(request.GET.get("page", "1"))
    rows = list(
        Message.objects.filter(state=state).order_by("-pk")[(number - 1) * _A_PAGE : number * _A_PAGE + 1]
    )
    counts = dict(Message.objects.order_by().values_list("state").annotate(count=Count("pk")))
    return render(request, "mail/outbox.html", {
        "state": state,
        "tabs": [(each.value, each.label, counts.get(each.value, 0)) for each in Message.State],
        "rows": rows[:_A_PAGE],
        "newer": _address(state, number - 1) if number > 1 else "",
        "older": _address(state, number + 1) if len(rows) > _A_PAGE else "",
        "sends": sends_mail(),
        "sender": settings.DEFAULT_FROM_EMAIL,
    })  # fmt: skip


def _again(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("message", "")
    if not (
        number.isascii()
        and number.isdigit()
        and len(number) < 19
        and try_again(actor_of(request), int(number))
    ):
        raise PageUnknown(_("a message that was given up, under this number"))
    hurry(MAIL)
    messages.success(request, _("The message waits again and goes out with the next round."))
    return redirect(_address(Message.State.FAILED, 1))


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else 1


def _address(state: str, number: int) -> str:
    return f"{reverse('outbox')}?state={state}" + (f"&page={number}" if number > 1 else "")
