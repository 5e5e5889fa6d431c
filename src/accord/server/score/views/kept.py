"""The report as one page, as the worker keeps it, with the server's bar over it."""

import base64
import gzip
import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.errors import PageUnknown
from accord.server.score import folding
from accord.server.score.making import ABOVE
from accord.server.score.models import Page

_MADE = Page.objects.defer("body").exclude(body=None)


@require_safe
def report(request: HttpRequest, span: str) -> HttpResponse:
    """One kept page as it was made, with the bar of whoever looks at it."""
    pages = {page.span: page for page in _MADE.all()}
    if span not in pages:
        raise PageUnknown(span, pages)
    body = Page.objects.values_list("body", flat=True).get(span=span) or b""
    context = {"span": span, "pages": [pages[one] for one in Page.Span if one in pages], "page": pages[span]}
    above = render_to_string("score/above.html", context, request)
    html = gzip.decompress(body).decode()
    allowed = _digest(html)
    html = html.replace(ABOVE, above, 1)
    if (theme := request.COOKIES.get("theme")) in ("light", "dark"):
        html = html.replace("<html ", f'<html data-theme="{theme}" ', 1)
    response = HttpResponse(html)
    response._csp_update = {"style-src": [allowed]}  # type: ignore[attr-defined]  # django-csp reads it
    return response


def _digest(html: str) -> str:
    """What the security policy names to allow the style of this very page: it may be of an older release."""
    style = html.partition("<style>")[2].partition("</style>")[0]
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Ask the worker to make everything anew, however young it is."""
    Page.objects.update(wanted=True)
    folding.make_anew()
    messages.success(request, _("The worker makes the pages anew within a minute."))
    return redirect("score")
