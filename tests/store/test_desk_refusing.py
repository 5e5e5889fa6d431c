"""Who wants no more is left in peace at once and everywhere, whoever passes it on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.boards import mailing
from accord.server.boards.models import Automatic, Enrolment, Mailing, Text
from accord.server.desk import acts, cadence, people
from accord.server.desk.arriving import take_event, take_in
from accord.server.desk.models import Consent, Contact, Event, Lead
from accord.server.desk.recording import Fact
from accord.server.mail import sending
from accord.server.mail.models import Message
from desk_fixture import a_contact, a_delivered_lead, a_hand
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]
DAY = timedelta(days=1)
Way = Callable[[People, Lead, datetime], object]


@pytest.fixture(autouse=True)
def sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that sends mail and knows its own address."""
    mail = {"backend": "django.core.mail.backends.dummy.EmailBackend"}
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, url="https://accord.example", mail=mail))


class Server:
    """A mail server that takes everything, and does something while it takes the first."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.sent, self.meanwhile = list[EmailMessage](), meanwhile

    def open(self) -> bool:
        return True

    def close(self) -> None: ...

    def send_messages(self, mails: list[EmailMessage]) -> int:
        if not self.sent:
            self.meanwhile()
        self.sent += mails
        return len(mails)


def allowed() -> Contact:
    contact = a_contact()
    basis = {"channel": "email", "allowed": True, "basis": "consent"}
    Consent.objects.create(contact=contact, at=timezone.now() - DAY, **basis)
    return contact


def written_to(people: People, many: int = 2) -> tuple[list[Lead], datetime]:
    """Leads of one person, to each of whom a mail was written that has not gone out."""
    Text.objects.create(use="follow-up", name="web_form", step=1, subject="Hello", text="Dear {name|friend},")
    contact = allowed()
    leads = [a_delivered_lead(people.leyla, contact=contact) for _ in range(many)]
    at = max(row.due_at for row in Automatic.objects.all() if row.due_at)
    cadence.send_due(at)
    assert Message.objects.filter(state="waiting", pk__in=Mailing.objects.values("message")).count() == many
    Message.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    return leads, at


def by_act(people: People, lead: Lead, at: datetime) -> object:
    return acts.opt_out(actor(people.leyla), lead.pk, None, at)


def by_tool(_: People, lead: Lead, at: datetime) -> object:
    return take_event("api:crm", "77", lead.key, Fact(Kind.OPTED_OUT, at, side="prospect"), at)


def by_link(_: People, lead: Lead, at: datetime) -> object:
    return Client().post(f"/stop/{mailing.token_of(lead)}/", {"all": "1"})


def act_no_mail(people: People, lead: Lead, at: datetime) -> object:
    return acts.opt_out(actor(people.leyla), lead.pk, "email", at)


def link_no_mail(_: People, lead: Lead, at: datetime) -> object:
    return Client().post(f"/stop/{mailing.token_of(lead)}/")


def form_no_mail(_: People, lead: Lead, at: datetime) -> object:
    assert lead.contact
    refused = (people.ConsentGiven("email", False, at, "none"),)
    return take_in(a_hand(at, contact={"email": lead.contact.email}, consents=refused), at)


EVERYTHING: list[Way] = [by_act, by_tool, by_link]
MAIL: list[Way] = [act_no_mail, link_no_mail, form_no_mail]


@pytest.mark.parametrize("told", EVERYTHING)
def test_who_wants_no_contact_has_no_open_lead_left(people: People, told: Way) -> None:
    leads, at = written_to(people)
    told(people, leads[0], at)
    for lead in leads:
        lead.refresh_from_db()
        assert (lead.standing, lead.due_at) == ("opted_out", None)
        assert Event.objects.filter(lead=lead, kind="opted_out").count() == 1
        assert not lead.duties.filter(side="sales").exclude(next_at=None).exists()


@pytest.mark.parametrize("told", [*EVERYTHING, *MAIL])
def test_no_mail_goes_out_any_more_of_any_of_their_leads(people: People, told: Way) -> None:
    leads, at = written_to(people)
    Enrolment.objects.update(next_at=at)
    told(people, leads[0], at)
    server = Server()
    assert sending.send_due(server) == 0 and not server.sent  # type: ignore[arg-type]
    assert Mailing.objects.filter(cancelled_at=None).count() == 0
    assert cadence.send_due(at + 100 * DAY) == 0


@pytest.mark.parametrize("told", [*EVERYTHING, *MAIL])
def test_a_mail_that_somebody_is_about_to_send_stays(people: People, told: Way) -> None:
    leads, at = written_to(people)
    server = Server(lambda: told(people, leads[0], at))  # while the first is on its way, the second leased
    assert sending.send_due(server) == 1  # type: ignore[arg-type]
    first, second = Message.objects.filter(pk__in=Mailing.objects.values("message")).order_by("pk")
    assert (first.state, second.state, second.text) == ("sent", "failed", "")
    assert "taken back" in second.problem


@pytest.mark.parametrize("told", [*EVERYTHING, *MAIL])
def test_a_mail_that_was_given_up_is_not_tried_again(people: People, told: Way) -> None:
    leads, at = written_to(people)
    Message.objects.update(state="failed")
    told(people, leads[0], at)
    for message in Message.objects.filter(pk__in=Mailing.objects.values("message")):
        assert not sending.try_again(actor(people.kai), message.pk)


def test_what_another_tool_says_again_is_one_fact(people: People, in_force: AgreementFile) -> None:
    lead, at = a_delivered_lead(people.leyla), timezone.now()
    for _ in range(2):
        by_tool(people, lead, at)
    assert Event.objects.filter(kind="opted_out").count() == 1
