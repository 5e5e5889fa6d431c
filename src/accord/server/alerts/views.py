"""My alerts and how they reach me; for operations, the chats that are told."""

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.errors import EntryInvalid
from accord.server.alerts import choosing
from accord.server.alerts.forms import ChatForm, WishForm
from accord.server.alerts.models import Notice, Recipient
from accord.server.alerts.saying import sentence
from accord.server.audit.trail import actor_of
from accord.server.mail.models import Channel, Message
from accord.server.mail.sending import sends_mail
from accord.server.people.agreed import agreed_at
from accord.server.people.forms import take_in
from accord.server.people.models import User

_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first, and how I want to be told; POST keeps that."""
    user = cast(User, request.user)
    recipient = Recipient.objects.filter(user=user).first() or Recipient(user=user)
    if request.method != "POST":
        return _mine(request, recipient, WishForm(recipient))
    form = WishForm(recipient, request.POST)
    if form.is_valid():
        try:
            choosing.wish(actor_of(request), user, form.wanted())
        except EntryInvalid as error:
            take_in(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("alerts")
    return _mine(request, recipient, form)


def _mine(request: HttpRequest, recipient: Recipient, form: WishForm) -> HttpResponse:
    rows = Notice.objects.filter(recipient=recipient) if recipient.pk else Notice.objects.none()
    rows = rows.order_by("-id").select_related("lead__contact", "lead__owner", "duty__owner")
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    now, zone = timezone.now(), timezone.get_current_timezone_name()
    facts = {
        "form": form,
        "rows": [(notice, sentence(notice, zone=zone, at=now)) for notice in page],
        "newer": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "older": f"?page={page.next_page_number()}" if page.has_next() else "",
        "sends": sends_mail(),
    }
    return render(request, "alerts/mine.html", facts, status=422 if form.errors else 200)


@require_POST
def alert_test(request: HttpRequest) -> HttpResponse:
    if choosing.try_out(cast(User, request.user), timezone.now()):
        messages.success(request, _("A test is on its way; it should be there within seconds."))
    else:
        messages.info(request, _("A test was sent a moment ago; wait a minute before the next."))
    return redirect("alerts")


@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """The chats that are told; POST adds one."""
    pools = agreed_at(timezone.now()).pools
    form = ChatForm(None, pools, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            channel = choosing.add_chat(actor_of(request), form.entered())
        except EntryInvalid as error:
            take_in(form, error)
        else:
            messages.success(request, _("%(name)s is told from now on.") % {"name": channel.name})
            return redirect("alert-channels")
    failed = Message.objects.filter(channel__isnull=False, state=Message.State.FAILED).count()
    facts = {"form": form, "channels": Channel.objects.all(), "failed": failed}
    return render(request, "alerts/channels.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    """One chat: what it is told and how it went; POST changes it."""
    found = choosing.find_chat(pk)
    form = ChatForm(
        found, agreed_at(timezone.now()).pools, request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        try:
            choosing.change_chat(actor_of(request), found, form.entered())
        except EntryInvalid as error:
            take_in(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("alert-channel", pk)
    sent = Message.objects.filter(channel=found).order_by("-pk")[:10]
    facts = {"channel": found, "form": form, "sent": sent}
    return render(request, "alerts/channel.html", facts, status=422 if form.errors else 200)


@require_POST
def channel_test(request: HttpRequest, pk: int) -> HttpResponse:
    if choosing.try_chat(choosing.find_chat(pk), timezone.now()):
        messages.success(request, _("A test is on its way; what the chat answered stands below."))
    else:
        messages.info(request, _("A test was sent a moment ago; wait a minute before the next."))
    return redirect(reverse("alert-channel", args=[pk]))


@require_POST
def channel_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = choosing.find_chat(pk)
    choosing.remove_chat(actor_of(request), found)
    messages.success(request, _("%(name)s is not told any more.") % {"name": found.name})
    return redirect("alert-channels")
