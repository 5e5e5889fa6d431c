"""What a person may ask for: all that is known of them, and that it be forgotten (DOMAIN 8.4).

Forgetting empties every text that is about the person; leads and events stay, which name nobody, so that
every count stays. Whoever looks at the audit sees who did it and about which leads.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.forms.models import model_to_dict

from accord.errors import LeadUnknown, NotAllowed
from accord.lead.events import Kind
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.desk import matching, naming, suppressing
from accord.server.desk.acts.disputing import link_of
from accord.server.desk.forgetting import forget_leads, forget_people
from accord.server.desk.models import Consent, Contact, Event, HandOff, Lead, Note, Signal
from accord.server.desk.recording import Fact, append, one_step, refresh
from accord.server.people.models import Role, Side


@one_step()
def export_person(by: Actor, lead: int, at: datetime) -> dict[str, Any]:
    """All that is kept about the person behind a lead, as plain values; the audit notes that it was asked."""
    _must_keep(by)
    found = _lead(lead)
    people = _people(found)
    leads = _leads(found, people)
    record(by, Action.PERSON_EXPORTED, found, link=link_of(found), leads=[one.key for one in leads])
    return {
        "exported_at": at.isoformat(),
        "people": [_plain(one) for one in people],
        "consents": [_plain(one) for one in Consent.objects.filter(contact__in=people).order_by("pk")],
        "signals": [_plain(one) for one in Signal.objects.filter(contact__in=people).order_by("pk")],
        "leads": [_told(one) for one in leads],
        "came_in": _came_in(leads),
        "mails": _mails(leads),
    }


@one_step()
def erase_person(by: Actor, lead: int, at: datetime, *, reason: str = "asked") -> list[Lead]:
    """Forget the person behind a lead for good; their leads afterwards.

    What is kept is a keyed digest of address and number, so that nobody enters them again. `reason` is one of
    `forms.REASONS`: own words could name whoever is forgotten.
    """
    _must_keep(by)
    found = _lead(lead)
    people = matching.hold_people(one.pk for one in _people(found))
    leads = _leads(found, people)
    held = list(Lead.objects.select_for_update().filter(pk__in=[one.pk for one in leads]).order_by("pk"))
    for who in people:
        suppressing.suppress(who, suppressing.ERASED, at)
    _forget_elsewhere(people, held, at)
    for one in held:
        if not one.events.filter(kind=Kind.ERASED.value).exists():
            actor = naming.actor_text(by.user, at) if by.user else naming.MACHINE
            append(one, [Fact(Kind.ERASED, at, actor=actor)], at)
    forget_people(people, held, at)
    forget_leads(held, at)
    for one in held:
        one.refresh_from_db()
        refresh(one, at)
    _forget_messages(held, at)
    told = {"leads": [one.key for one in held], "reason": reason}
    record(by, Action.PERSON_ERASED, found, link=link_of(found), **told)
    return held


def _must_keep(by: Actor) -> None:
    """Operations alone, by those who lead it; the shell of the server may too."""
    user = by.user
    if user is None or (user.side == Side.OPERATIONS and user.role in (Role.HEAD, Role.MANAGER)):
        return
    raise NotAllowed("personal data is exported and erased by operations (head, manager)", by_rights=True)


def _lead(lead: int) -> Lead:
    found = Lead.objects.select_related("contact").filter(pk=lead).first()
    if found is None:
        raise LeadUnknown(str(lead))
    return found


def everything_of(lead: Lead) -> tuple[list[Contact], list[Lead]]:
    """The records of the person behind a lead, and all leads that they have."""
    people = _people(lead)
    return people, _leads(lead, people)


def _people(lead: Lead) -> list[Contact]:
    """The person of a lead, with the records that were found to be the same person."""
    contact = lead.contact
    if contact is None:
        return []
    same = Q(pk=contact.pk) | Q(merged_into=contact)
    if contact.email_key:
        same |= Q(email_key=contact.email_key)
    found = set(Contact.objects.filter(same).values_list("pk", flat=True))
    return list(Contact.objects.filter(Q(pk__in=found) | Q(merged_into__in=found)).order_by("pk"))


def _leads(lead: Lead, people: Iterable[Contact]) -> list[Lead]:
    found = {one.pk: one for one in Lead.objects.filter(contact__in=list(people))}
    return [one for _, one in sorted({lead.pk: lead, **found}.items())]


def _forget_elsewhere(people: list[Contact], leads: list[Lead], at: datetime) -> None:
    """What came in carries the same data: while it is still known by what to find it."""
    from accord.server.intake.forgetting import forget  # noqa: PLC0415 - intake stands on the desk

    forget(people, leads, at)


def _forget_messages(leads: list[Lead], at: datetime) -> None:
    """So does what went out, to the person and to our own people about them."""
    from accord.server.alerts.forgetting import forget  # noqa: PLC0415 - alerts stand on the desk
    from accord.server.boards.mailing import forget_mails  # noqa: PLC0415 - as boards do

    forget(leads, at)
    forget_mails(leads)


def _came_in(leads: list[Lead]) -> list[dict[str, Any]]:
    from accord.server.intake.models import Arrival  # noqa: PLC0415 - intake stands on the desk

    rows = Arrival.objects.filter(lead__in=leads).order_by("pk")
    return [
        {name: _value(value) for name, value in row.items()}
        for row in rows.values("key", "kind", "origin", "origin_id", "received_at", "payload", "aside_why")
    ]


def _mails(leads: list[Lead]) -> list[dict[str, Any]]:
    from accord.server.boards.models import Mailing  # noqa: PLC0415 - boards stand on the desk

    rows = Mailing.objects.filter(lead__in=leads).exclude(message=None).order_by("pk")
    wanted = {"to": "message__to", "subject": "message__subject", "text": "message__text",
              "made_at": "made_at", "sent_at": "message__sent_at"}  # fmt: skip
    return [
        {name: _value(row[column]) for name, column in wanted.items()}
        for row in rows.values(*wanted.values())
    ]


def _told(lead: Lead) -> dict[str, Any]:
    return {
        **_plain(lead),
        "events": [_plain(one) for one in Event.objects.filter(lead=lead).order_by("seq")],
        "notes": [_plain(one) for one in Note.objects.filter(lead=lead).order_by("pk")],
        "handed_off": [_plain(one) for one in HandOff.objects.filter(lead=lead).order_by("pk")],
    }


def _plain(row: Any) -> dict[str, Any]:
    """A row as values that JSON has; rows of other tables by their number."""
    return {name: _value(value) for name, value in model_to_dict(row).items()}


def _value(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | list | dict | None):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
