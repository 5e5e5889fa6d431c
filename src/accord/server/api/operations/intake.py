"""Leads and events on their way in: stored before they are acknowledged, and never twice."""

from django.http import HttpResponse
from ninja import Router

from accord.errors import PageUnknown
from accord.server.api.answers import key_sent
from accord.server.api.operations.calling import Call, now
from accord.server.api.operations.leads import router as leads
from accord.server.api.shapes import intake as shape
from accord.server.api.shapes.common import Json
from accord.server.intake.models import Arrival
from accord.server.intake.reading import EVENTS, LEADS, Form
from accord.server.intake.receiving import PARTLY, WHOLE, origin_of, receive
from accord.server.intake.shapes import EventIn, EventsIn, LeadIn, LeadsIn

router = Router(tags=["Leads"])
_TAKEN = {WHOLE: shape.TakenAnswer, PARTLY: shape.TakenAnswer}


@leads.post("/leads", url_name="leads", response=_TAKEN, openapi_extra=shape.sent(LeadIn, LeadsIn))
def hand_in_leads(request: Call) -> HttpResponse:
    """Hand in leads.

    One lead, or up to 1,000 as `leads`. Each is stored once by its `id`; without one by Idempotency-Key and
    its place. Of a batch the good ones are kept: 207 says which were refused. What becomes of them is settled
    a moment later: see `arrivals`.
    """
    return _taken(request, LEADS)


@router.post("/events", url_name="events", response=_TAKEN, openapi_extra=shape.sent(EventIn, EventsIn))
def hand_in_events(request: Call) -> HttpResponse:
    """Tell what happened.

    One event of another tool (dialler, mail, CRM), or up to 1,000 as `events`, stored like leads. An event
    of a lead that is not there yet waits for it.
    """
    return _taken(request, EVENTS)


@router.get("/arrivals/{key}", url_name="arrival", response=shape.ArrivalAnswer)
def read_arrival(request: Call, key: str) -> Json:
    """Read what became of something that came in.

    By the key that was answered when it came.
    """
    del request
    found = Arrival.objects.select_related("lead").filter(key=key[:32]).first()
    if found is None:
        raise PageUnknown(key, noun="arrival")
    return {
        "key": found.key,
        "kind": found.kind,
        "id": found.origin_id,
        "status": found.status,
        "became": found.became,
        "lead": found.lead.key if found.lead else None,
        "received_at": found.received_at,
        "settled_at": found.settled_at,
        "tries": found.tries,
        "problem": found.problem,
    }


def _taken(request: Call, form: Form) -> HttpResponse:
    origin, said = origin_of(request.token, form), key_sent(request)
    side = request.token.owner.side
    received = receive(
        request.body, form, origin, now(), told_by=side, unless_said=said, stands_for_body=True
    )
    return HttpResponse(received.answer(), status=received.status, content_type="application/json")
