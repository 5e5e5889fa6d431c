"""What somebody may take back of a lead just now, in words: for the line that offers it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accord.lead.events import Kind
from accord.server.desk.acts.undoing import WITHIN, last_act
from accord.server.desk.models import Event, Lead
from accord.server.desk.terms import terms_of
from accord.server.people.models import User
from accord.server.queue.rights import sees_people
from accord.server.queue.showing import name_of
from accord.server.queue.story import names_of, sentence


@dataclass(frozen=True)
class Offer:
    """An act that can be taken back: of which lead, what was logged, its facts, and for how many seconds."""

    key: str
    called: str
    words: str
    seqs: list[int]
    seconds: int


def offer(lead: Lead, viewer: User, at: datetime) -> Offer | None:
    """What the viewer logged last about a lead, if they may take it back now; two queries where there is."""
    if lead.changed_at is None or at - lead.changed_at > WITHIN:
        return None
    rows = list(Event.objects.filter(lead=lead).order_by("seq"))
    found = last_act(rows, viewer, at)
    if found is None:
        return None
    main = next((fact for fact in found.facts if fact.kind != Kind.ASSIGNED), found.facts[0])
    what = sentence(main, names_of([main.actor], None), terms_of(lead, at))
    called = name_of(lead) if sees_people(viewer) else lead.key
    left = max(0, int((found.until - at).total_seconds()))
    return Offer(lead.key, called, _("Logged: %(what)s") % {"what": what}, found.seqs, left)


def offer_of(key: str, viewer: User, at: datetime) -> Offer | None:
    """The same by the lead's key, as a queue without script is asked with; None for other texts."""
    if not key or not key.isprintable():
        return None
    lead = Lead.objects.select_related("contact").filter(key=key[:64]).first()
    return offer(lead, viewer, at) if lead else None
