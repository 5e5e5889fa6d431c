"""The link that stops mail: it works at once, for whoever has it, without signing in (8.1)."""

from datetime import datetime

from django.db import transaction

from accord.lead.acting import Act, may
from accord.lead.events import Channel, Kind
from accord.lead.lifecycle import Cycle
from accord.server.boards.following import cancel, stop_track
from accord.server.boards.models import Automatic, Enrolment, HeldBack
from accord.server.desk import people
from accord.server.desk.models import Consent, Contact, Lead
from accord.server.desk.people import ConsentGiven
from accord.server.desk.recording import Fact, append, cycle_of, refresh

SOURCE = "link in a mail"


@transaction.atomic
def no_more_mail(lead: Lead, at: datetime) -> None:
    """The person wants no more e-mail: noted, tracks end, what waits in the outbox is taken back."""
    contact = lead.contact
    leads = _held(contact, lead)
    if contact is not None:
        refused = ConsentGiven(Channel.EMAIL, False, at, Consent.Basis.NONE, SOURCE)
        people.note_consents(contact, [refused])
    for held in leads:
        for row in Enrolment.objects.filter(lead=held, stopped_at=None):
            stop_track(row, at, Enrolment.Why.OPTED_OUT)
            row.save()
        Automatic.objects.filter(lead=held).update(next_at=None, held_back=HeldBack.REFUSED)
        cancel(held, at)


@transaction.atomic
def no_more_contact(lead: Lead, at: datetime) -> None:
    """The person wants no contact at all: every clock ends, and nobody takes them for somebody new later."""
    contact = lead.contact
    leads = _held(contact, lead)
    if contact is not None:
        people.opted_out(contact, at, source=SOURCE)
    for held in leads:
        cycle = cycle_of(held, at)
        if _may_end(cycle):
            append(held, [Fact(Kind.OPTED_OUT, at, side="prospect")], at)
            refresh(held, at)
        cancel(held, at)


def _may_end(cycle: Cycle) -> bool:
    return not may(Act.OPT_OUT, cycle)


def _held(contact: Contact | None, lead: Lead) -> list[Lead]:
    """Every lead of the person, locked in one order."""
    rows = Lead.objects.select_for_update(of=("self",)).order_by("pk")
    return list(rows.filter(contact=contact) if contact is not None else rows.filter(pk=lead.pk))
