"""Who gets which lead: the records, and moving a lead, by the same service as on pages."""

from ninja import Query, Router

from accord.errors import EditConflict
from accord.server.api.operations.calling import Call, actor, now, owner
from accord.server.api.operations.leads import card, find
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of_rows
from accord.server.api.shapes.common import Json, Page
from accord.server.api.shapes.leads import LeadCard
from accord.server.api.shapes.routing import Reassign, RoutingAnswer
from accord.server.api.showing import person_short
from accord.server.people.keeping import find_person
from accord.server.people.models import User
from accord.server.routing.assigning import reassign
from accord.server.routing.models import Routing

router = Router(tags=["Leads"])


@router.get("/routings", url_name="routings", response=Page[RoutingAnswer])
def list_routings(request: Call, paging: Query[Paging]) -> PageOf:
    """List assignments.

    Every one with its reason and with everybody who was passed over, newest first.
    """
    rows = Routing.objects.select_related("lead", "to", "left", "by")
    return page_of_rows(request, rows, paging, _routing, by="-id")


@router.post("/leads/{key}/reassign", url_name="lead-reassign", response=LeadCard)
def reassign_lead(request: Call, key: str, body: Reassign) -> Json:
    """Move a lead.

    To somebody of sales, or to whom the rules choose; for heads and managers of sales and of operations.
    """
    found = find(key)
    before = found.owner_id
    to = find_person(body.to) if body.to else None
    after = reassign(actor(request), found.pk, to, now(), body.why)
    if after.owner_id == before:
        raise EditConflict(f"nobody else can take {key} now; name somebody in `to`")
    return card(find(key), owner(request))


def _routing(row: Routing) -> Json:
    return {
        "id": row.pk,
        "at": row.at,
        "lead": row.lead.key,
        "to": _person(row.to),
        "left": _person(row.left),
        "by": _person(row.by),
        "rule": row.rule,
        "about": row.about,
        "why": row.why,
        "passed_over": [
            {
                "person": one["who"],
                "step": one["step"],
                "why": one["why"],
                "used": one.get("used"),
                "allowed": one.get("allowed"),
            }
            for one in row.considered
        ],
    }


def _person(user: User | None) -> Json | None:
    return person_short(user) if user else None
