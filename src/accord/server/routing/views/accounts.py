"""Who has which account: its new leads go there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.errors import PageUnknown
from accord.report.format import name as shown
from accord.server.audit.trail import actor_of
from accord.server.desk.models import Account
from accord.server.routing import owning
from accord.server.routing.assigning import may_reassign
from accord.server.routing.team import who_can
from accord.server.routing.views.common import chosen, number_of, viewer_of

_PAGE = 50
_MOST_WORDS = 200


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _set(request)
    words = request.GET.get("q", "")[:_MOST_WORDS]
    owned = request.GET.get("owned") == "yes"
    found = list(owning.accounts(words, owned=owned)[: _PAGE + 1])
    may_set = may_reassign(viewer_of(request))
    facts = {
        "accounts": found[:_PAGE],
        "more": len(found) > _PAGE,
        "words": words,
        "owned": owned,
        "may_set": may_set,
        "people": who_can(timezone.now()) if may_set and found else [],
    }
    return render(request, "routing/accounts.html", facts)


def _set(request: HttpRequest) -> HttpResponse:
    number = number_of(request.POST.get("account", ""))
    account = Account.objects.filter(pk=number).first() if number is not None else None
    if account is None:
        raise PageUnknown(_("account %(number)s") % {"number": request.POST.get("account", "")[:20]})
    account = owning.set_owner(actor_of(request), account, chosen(request))
    words = {"account": shown(str(account)), "name": shown(account.owner.name) if account.owner else ""}
    if account.owner is not None:
        messages.success(request, _("New leads of %(account)s go to %(name)s.") % words)
    else:
        messages.success(request, _("%(account)s has no owner; its leads go by the rules.") % words)
    return redirect(f"{request.path}?{request.GET.urlencode()}" if request.GET else "accounts")
