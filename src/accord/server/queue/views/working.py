"""The queue: the page, the part of it that renews itself, and what is done to several leads at once."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accord.server.access import may
from accord.server.audit.trail import actor_of
from accord.server.desk.acts import choices
from accord.server.people.models import Side, User
from accord.server.queue import showing, together
from accord.server.queue.reading import Group, Queue, first_touches, read_queue, version_of
from accord.server.queue.rights import Whose, may_look_at_others, whose_queue
from accord.server.queue.undoing import offer_of
from accord.server.queue.views.when import midnight_after, month_of


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    viewer, at = cast(User, request.user), timezone.now()
    whose = whose_queue(viewer, request.GET.get("of", ""))
    every = bool(request.GET.get("every"))
    found = read_queue(whose, at, midnight_after(at), every=every)
    own = whose.user == viewer
    facts = {
        **_list(viewer, whose, found, every=every),
        "own": own,
        "sells": viewer.side == Side.SALES,
        "of": "" if own else whose.word,
        "owner": showing.whose_name(whose),
        "counts": _counts(found),
        "share": first_touches(whose, month_of(at), at),
        "undo": offer_of(request.GET.get("did", ""), viewer, at),
        "origin": "queue",
        "units_json": showing.units_json(),
        "over_words": _("%(time)s over") % {"time": "{}"},
        "return_reasons": [(one, one.replace("_", " ")) for one in choices.return_reasons(found.agreement)],
        **_others(viewer),
    }
    return render(request, "queue/queue.html", facts)


@require_safe
def part(request: HttpRequest) -> HttpResponse:
    """The list, if it is not as the page has it: `since` names what the page shows."""
    viewer, at = cast(User, request.user), timezone.now()
    whose = whose_queue(viewer, request.GET.get("of", ""))
    if request.GET.get("since") == version_of(whose, at):
        return HttpResponse(status=204)
    every = bool(request.GET.get("every"))
    found = read_queue(whose, at, midnight_after(at), every=every)
    own = whose.user == viewer
    facts = {
        **_list(viewer, whose, found, every=every),
        "own": own,
        "counts": _counts(found),
        "share": first_touches(whose, month_of(at), at),
        "renewed": True,
    }
    return render(request, "queue/list.html", facts)


@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """One thing done to every lead that was chosen; what became of each."""
    outcomes = together.do(actor_of(request), request.POST, timezone.now())
    done = sum(one.done for one in outcomes)
    of = request.POST.get("of", "")[:90]
    facts = {
        "outcomes": outcomes,
        "done": done,
        "left": len(outcomes) - done,
        "back": f"?{urlencode({'of': of})}" if of else "",
    }
    return render(request, "queue/outcomes.html", facts)


def _list(viewer: User, whose: Whose, found: Queue, *, every: bool) -> dict[str, Any]:
    asked = {"of": whose.word} if whose.user != viewer else {}
    asked |= {"every": "yes"} if every else {}
    acts = may(viewer, "lead-act", "POST") and viewer.side == Side.SALES
    return {
        "parts": showing.parts(found, acts=acts, of_others=whose.user is None),
        "beyond": found.beyond,
        "version": found.version,
        "asked": urlencode(asked),
        "say": showing.sayings(),
        "agreement": found.agreement,
    }


def _counts(found: Queue) -> dict[str, int]:
    due = sum(found.counts.get(group, 0) for group in (Group.OVERDUE, Group.NOW, Group.TODAY))
    return {
        "overdue": found.counts.get(Group.OVERDUE, 0),
        "due": due,
        "open": sum(found.counts.values()),
    }


def _others(viewer: User) -> dict[str, Any]:
    """Whose queues one may look at besides one's own, and to whom leads may be given."""
    if not may_look_at_others(viewer):
        return {}
    people = list(User.objects.filter(side=Side.SALES, is_active=True).exclude(pk=viewer.pk))
    pools = sorted({user.pool for user in people if user.pool})
    return {"others": showing.people_of(people), "pools": pools}
