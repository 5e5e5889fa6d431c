"""What operators do about an arrival in trouble: mend it, try it again, put it aside with a reason."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from pydantic import ValidationError

from accord.agreement.plain import clean
from accord.errors import EditConflict, EntryInvalid, PageUnknown, Problem
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.intake.models import Arrival
from accord.server.intake.reading import EVENTS, LEADS, Form, by_code, problems_of

_NOT_MENDED = frozenset({"id", "signals", "consents", "more", "kind", "automated", "count", "amount"})


def form_of(arrival: Arrival) -> Form:
    return LEADS if arrival.kind == Arrival.Kind.LEAD else EVENTS


def mendable(arrival: Arrival) -> dict[str, str]:
    """Fields that can be written anew, with what they say now."""
    names = [name for name in form_of(arrival).one.model_fields if name not in _NOT_MENDED]
    return {name: str(arrival.payload.get(name) or "") for name in names}


@transaction.atomic
def mend(by: Actor, pk: int, fields: Mapping[str, str], at: datetime) -> Arrival:
    """Write fields anew and try again at once; EntryInvalid for what cannot be."""
    held = _held(pk)
    before = mendable(held)
    payload = dict(held.payload)
    changed = [name for name in before if name in fields and fields[name].strip() != before[name]]
    for name in changed:
        payload[name] = clean(fields[name], 500)
    try:
        found = form_of(held).one.model_validate(
            by_code({name: value for name, value in payload.items() if value != ""}),
            context={"at": held.received_at},
        )
    except ValidationError as error:
        raise EntryInvalid(problems_of(error, "field", form_of(held).one)) from None
    held.payload = found.model_dump(mode="json", exclude_defaults=True)
    _again(held, at)
    record(by, Action.ARRIVAL_MENDED, held.key, link=_link(held), fields=changed)
    return held


@transaction.atomic
def try_again(by: Actor, pk: int, at: datetime) -> Arrival:
    """Have another try made now, whatever was tried before."""
    held = _held(pk)
    _again(held, at)
    record(by, Action.ARRIVAL_TRIED, held.key, link=_link(held))
    return held


@transaction.atomic
def put_aside(by: Actor, pk: int, why: str, at: datetime) -> Arrival:
    """No further try: it stays on record with the reason."""
    held = _held(pk)
    if not (said := clean(why, 400)):
        raise EntryInvalid([Problem("", 0, "why", "there is no reason", "say why it is put aside")])
    held.became, held.next_at, held.settled_at = Arrival.Became.ASIDE, None, at
    held.aside_by, held.aside_why, held.problem = by.user, said, ""
    held.save()
    record(
        by, Action.ARRIVAL_ASIDE, held.key, link=_link(held)
    )  # the reason may name people: it stands there
    return held


def _again(held: Arrival, at: datetime) -> None:
    held.next_at, held.tries = at, 0
    held.save()


def _held(pk: int) -> Arrival:
    found = Arrival.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise PageUnknown(str(pk), noun="arrival")
    if found.settled_at is not None:
        raise EditConflict("this has been settled meanwhile; see what became of it")
    return found


def _link(arrival: Arrival) -> str:
    return reverse("arrival", args=[arrival.pk])
