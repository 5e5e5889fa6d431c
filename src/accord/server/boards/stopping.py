"""The link that stops mail: it works at once, for whoever has it, without signing in (8.1)."""

from datetime import datetime

from django.db import transaction

from accord.lead.events import Channel, Kind
from accord.server.desk import matching, refusing
from accord.server.desk.models import Consent, Lead
from accord.server.desk.people import ConsentGiven
from accord.server.desk.recording import Fact

SOURCE = "link in a mail"


@transaction.atomic
def no_more_mail(lead: Lead, at: datetime) -> None:
    """The person wants no more e-mail: noted, tracks end, what waits in the outbox is taken back."""
    matching.hold_all_of(lead.pk)
    if lead.contact is None:
        refusing.no_more_mail([lead], at)
        return
    refused = ConsentGiven(Channel.EMAIL, False, at, Consent.Basis.NONE, SOURCE)
    refusing.note_consents(lead.contact, [refused], at)


@transaction.atomic
def no_more_contact(lead: Lead, at: datetime) -> None:
    """The person wants no contact at all: every clock ends, and nobody takes them for somebody new later."""
    refusing.no_more_contact(lead.pk, Fact(Kind.OPTED_OUT, at, side="prospect"), at, SOURCE)
