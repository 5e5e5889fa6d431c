"""The card of one lead."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accord.server.desk.models import Lead
from accord.server.people.models import User
from accord.server.queue import acting, showing
from accord.server.queue.card import find_lead, read_card
from accord.server.queue.undoing import offer
from accord.server.queue.views.when import midnight_after


@never_cache
@require_safe
def lead(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "queue/lead.html", _facts(request, find_lead(key)))


def body(request: HttpRequest, lead: Lead, said: str) -> HttpResponse:
    """The card's own part, after something was done on it."""
    facts = _facts(request, find_lead(lead.key))
    response = render(request, "queue/lead_done.html", {**facts, "said": said})
    response["HX-Retarget"], response["HX-Reswap"] = "#card", "outerHTML show:window:top"
    return response


def _facts(request: HttpRequest, lead: Lead) -> dict[str, object]:
    viewer, at = cast(User, request.user), timezone.now()
    card = read_card(lead, viewer, at, midnight_after(at))
    offers = card.offers
    return {
        "card": card,
        "lead": lead,
        "called": showing.name_of(lead) if card.private else lead.key,
        "type_word": showing.type_word(lead.lead_type, card.agreement),
        "line": showing.line(card.row, card.agreement, acts=False),
        "say": showing.sayings(),
        "undo": offer(lead, viewer, at),
        "units_json": showing.units_json(),
        "over_words": _("%(time)s over") % {"time": "{}"},
        "decide": [offers[name] for name in ("accept", "reject", "feedback") if name in offers],
        "attempt": offers.get("attempt"),
        "groups": [
            (group, words, found)
            for group, words in acting.GROUPS.items()
            if (found := _in_group(offers, group))
        ],
    }


def _in_group(offers: dict[str, acting.Offer], group: str) -> list[acting.Offer]:
    return [offer for offer in offers.values() if offer.doing.group == group and offer.name != "attempt"]
