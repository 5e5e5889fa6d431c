"""Who wants no more: what the word of a person ends, at once and everywhere, whoever passes it on (8.1).

An act of ours, a fact that another tool tells, the link in a mail, a form that is filled in again: all of
them come here, so that it cannot hold in one place and not in another.
"""

from collections.abc import Iterable
from datetime import datetime

from accord.lead.acting import Act, may
from accord.lead.events import Channel
from accord.lead.standing import IN_MARKETING, IN_SALES
from accord.server.boards.following import cancel, stop_track
from accord.server.boards.models import Automatic, Enrolment, HeldBack
from accord.server.desk import matching, people
from accord.server.desk.models import Contact, Lead
from accord.server.desk.people import ConsentGiven
from accord.server.desk.recording import Fact, append, held_cycle, locked, refresh

_OPEN = frozenset({*IN_SALES, *IN_MARKETING})


def no_more_contact(told: int, said: Fact, at: datetime, source: str) -> None:
    """A person wants no contact at all: every lead of theirs that is open ends, and every clock with it.

    `told` is the lead by which we know; its end is recorded where the rules of acts have it. Nobody takes the
    person for somebody new later. Call `matching.hold_all_of` first, before anything of the person is locked.
    """
    matching.hold_all_of(told)
    contact = Contact.objects.filter(leads=told).first()
    if contact is not None:
        people.opted_out(contact, said.occurred_at, source)
    for held in _leads_of(contact) if contact else [locked(told)]:
        if _may_end(held, at) if held.pk == told else held.standing in _OPEN:
            append(held, [said], at)
            refresh(held, at)
        cancel(held, at)


def note_consents(contact: Contact, consents: Iterable[ConsentGiven], at: datetime) -> None:
    """What a person allows and refuses, through whichever channel; a refusal of mail ends all that is written
    to them by itself."""
    given = tuple(consents)
    people.note_consents(contact, given)
    if any(one.channel == Channel.EMAIL and not one.allowed for one in given):
        no_more_mail(_leads_of(contact), at)


def no_more_mail(leads: Iterable[Lead], at: datetime) -> None:
    """Tracks end, nothing more is written by itself, and what was written and has not gone is taken back."""
    for held in leads:
        for row in Enrolment.objects.filter(lead=held, stopped_at=None):
            stop_track(row, at, Enrolment.Why.OPTED_OUT)
            row.save()
        Automatic.objects.filter(lead=held).update(next_at=None, held_back=HeldBack.REFUSED)
        cancel(held, at)


def _may_end(held: Lead, at: datetime) -> bool:
    return not may(Act.OPT_OUT, held_cycle(held, at))


def _leads_of(contact: Contact) -> list[Lead]:
    rows = Lead.objects.select_for_update(of=("self",)).select_related("contact")
    return list(rows.filter(contact=contact).order_by("pk"))
