"""Who may tell what: a side decides for itself, and a touch is of the side that made it.

What comes through a token or a webhook is told by whoever owns it. Marketing's tools tell what prospects do,
and what marketing itself sends; what sales did with a lead is told by tools of sales or operations.
"""

from collections.abc import Mapping
from dataclasses import replace

from accord.errors import Problem
from accord.server.intake.models import Arrival
from accord.server.intake.reading import EVENTS, Form, Read
from accord.server.intake.shapes import Told
from accord.server.people.models import Side, User

TELL_DECISIONS = (Side.SALES, Side.OPERATIONS)
_ANYBODYS = (Told.ATTEMPTED, Told.CONNECTED, Told.OPTED_OUT, Told.SIGNALLED, Told.RATED)
_BY_API = "api:"


def may_all_be_told(found: Read, form: Form, side: str) -> bool:
    """Whether somebody of a side may tell all of this."""
    return form is not EVENTS or side in TELL_DECISIONS or not _refused(found)


def only_told_by(found: Read, form: Form, side: str) -> Read:
    """What came, with what is not for this side to tell among what is refused."""
    if may_all_be_told(found, form, side):
        return found
    refused = _refused(found, alone=found.alone)
    items = {place: item for place, item in found.items.items() if place not in refused}
    return replace(found, items=items, refused={**found.refused, **refused})


def teller_of(arrival: Arrival) -> str:
    """The side of whoever owns the token or made the webhook by which something came; empty if unknown."""
    if arrival.source is not None:
        return arrival.source.made_by.side
    number = arrival.origin.removeprefix(_BY_API).partition(":")[0]
    if not arrival.origin.startswith(_BY_API) or not (number.isascii() and number.isdigit()):
        return ""
    return User.objects.filter(pk=int(number)).values_list("side", flat=True).first() or ""


def _refused(found: Read, *, alone: bool = False) -> Mapping[int, list[Problem]]:
    what = "this is for sales to say"
    allowed = "a token or webhook of sales or operations; of marketing: " + ", ".join(_ANYBODYS)
    return {
        place: [Problem("", 0, "body.kind" if alone else f"body.events.{place}.kind", what, allowed)]
        for place, item in found.items.items()
        if item.kind not in _ANYBODYS
    }
