"""The list of agreements: what holds, what is proposed, and what waits for whoever looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accord.server.agreements.frame import user_of
from accord.server.agreements.views.overview import rows


@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """Every agreement file."""
    found = rows(user_of(request), timezone.now())
    known = {
        "rows": [row for row in found if not row.is_put_away],
        "mine": [row for row in found if row.waits_for_you],
        "also": [row for row in found if row.you_may_sign],
        "asking": [row for row in found if row.asks_you],
        "away": [row for row in found if row.is_put_away],
    }
    return render(request, "agreements/list.html", known)
