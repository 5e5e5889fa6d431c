"""The page behind the link that stops mail: for prospects, who have no account here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accord.errors import PageUnknown
from accord.server.boards import mailing, stopping
from accord.server.boards.views.common import agreement_now


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, for programs open links too; POST stops mail, or with `all` every contact, at once."""
    lead = mailing.lead_of(token)
    if lead is None:
        raise PageUnknown(_("a link of one of our mails; copy it whole, or answer the mail with “stop”"))
    done = ""
    if request.method == "POST":
        done = "all" if "all" in request.POST else "mail"
        (stopping.no_more_contact if done == "all" else stopping.no_more_mail)(lead, timezone.now())
    agreement = agreement_now()
    facts = {"done": done, "team": agreement.name if agreement else "", "token": token}
    return render(request, "boards/stop.html", facts)
