"""The pages about the API: tokens, and what the API can do."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accord.errors import NotSignedIn
from accord.report.format import name as shown
from accord.server.access import KEEPERS
from accord.server.api.describing import described
from accord.server.api.forms import TokenForm
from accord.server.api.tokens import find_token, make_token, revoke_token, tokens_of
from accord.server.audit.trail import actor_of
from accord.server.people.confirming import confirmed
from accord.server.people.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens, all for those who run the installation; and a form for another one."""
    return _make(request) if request.method == "POST" else _page(request, TokenForm())


@never_cache
@confirmed
def _make(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    made = make_token(actor_of(request), **form.cleaned_data)
    return render(request, "api/token_made.html", {"made": made})


def _page(request: HttpRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    known = {
        "form": form,
        "tokens": tokens_of(_me(request)),
        "all_owners": KEEPERS.allows(_me(request)),
        "now": timezone.now(),
    }
    return render(request, "api/tokens.html", known, status=status)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    token = find_token(_me(request), pk)
    revoke_token(actor_of(request), token)
    messages.success(request, _("The token of %(name)s is revoked.") % {"name": shown(token.name)})
    return redirect("tokens")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation of the API, from the same description that programs read."""
    return render(
        request, "api/docs.html", {"groups": described(), "address": request.build_absolute_uri("/api/v1")}
    )


def _me(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotSignedIn("nobody is signed in; sign in first")
    return request.user
