"""What happens to a lead by itself: it goes back, mails go out once, and stop when they should."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accord.lead.events import Kind
from accord.server.boards import mailing, texts
from accord.server.boards.models import Automatic, Enrolment, HeldBack, Mailing, Text
from accord.server.desk import acts, cadence
from accord.server.desk.models import Consent, Contact, Duty, Event, Lead
from accord.server.desk.recording import Fact, record_facts
from accord.server.desk.ticking import tick
from accord.server.mail.models import Message
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that sends mail and knows its own address."""
    mail = {"backend": "django.core.mail.backends.dummy.EmailBackend"}
    known = replace(settings.ENV, url="https://accord.example", mail=mail)
    monkeypatch.setattr(settings, "ENV", known)


def allowed(**fields: Any) -> Contact:
    """Somebody who gave consent for e-mail."""
    contact = a_contact(**fields)
    Consent.objects.create(
        contact=contact, channel="email", allowed=True, basis="consent", at=timezone.now() - DAY
    )
    return contact


def said(lead: Lead, kind: Kind, at: datetime, **rest: Any) -> Lead:
    return record_facts(lead.pk, [Fact(kind, at, **{"side": "sales", **rest})], at)


def written(people: People, use: str, name: str, step: int = 0, text: str = "Dear {name|friend},") -> Text:
    wanted = texts.Wanted(use, name, step, "For {company}", text)
    return texts.save(actor(people.sara), wanted, timezone.now())


def due_mail(people: People) -> tuple[Lead, datetime]:
    """A lead whose first follow-up mail has a text, and the instant at which it is due."""
    lead = a_delivered_lead(people.leyla, contact=allowed(name="Ada"))
    written(people, "follow-up", "web_form", 1)
    row = Automatic.objects.get()
    assert row.due_at is not None
    return lead, row.due_at


# Back to marketing ---------------------------------------------------------------------------------------


def test_after_the_agreed_attempts_a_lead_goes_back_into_its_track_by_itself(people: People) -> None:
    lead = a_delivered_lead(people.leyla)
    assert lead.delivered_at is not None
    for number in range(1, 8):
        said(lead, Kind.ATTEMPTED, lead.delivered_at + number * 7 * DAY, channel="call", outcome="no_answer")
    duty = Duty.objects.get(lead=lead, kind="return")
    assert duty.next_at is not None
    tick(duty.next_at - timedelta(seconds=1), limit=1000)
    lead.refresh_from_db()
    assert lead.standing != "returned"
    for _ in range(2):
        tick(duty.next_at, limit=1000)
    lead.refresh_from_db()
    assert lead.standing == "returned"
    back = lead.events.get(kind="returned")
    assert (back.side, back.reason) == ("machine", "unable_to_reach")
    row = Enrolment.objects.get()
    assert (row.track, row.asset, row.stopped_at) == ("reengage", "guide", None)


def test_a_lead_that_nobody_touches_is_pulled_back_once(people: People) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = Duty.objects.get(lead=lead, kind="pull_back")
    assert duty.next_at is not None
    for _ in range(2):
        cadence.pull_back(duty, duty.next_at)
    assert lead.events.filter(kind="returned").count() == 1
    assert lead.events.get(kind="returned").reason == "dormant"


def test_a_lead_that_was_decided_meanwhile_does_not_go_back(people: People) -> None:
    lead = a_delivered_lead(people.leyla)
    duty = Duty.objects.get(lead=lead, kind="pull_back")
    said(lead, Kind.REJECTED, timezone.now() + HOUR, reason="duplicate")
    cadence.pull_back(duty, timezone.now() + 2 * HOUR)
    assert not lead.events.filter(kind="returned").exists()


# Mails of the follow-up ----------------------------------------------------------------------------------


def test_a_mail_that_is_due_goes_out_once_and_counts_for_depth_alone(people: People) -> None:
    lead, at = due_mail(people)
    assert cadence.send_due(at - timedelta(seconds=1)) == 0
    assert [cadence.send_due(at) for _ in range(3)] == [1, 0, 0]
    message = Message.objects.get()
    assert lead.contact is not None
    assert (message.to, message.subject) == (lead.contact.email_key, f"For {lead.contact.company}")
    assert message.text.startswith("Dear Ada,")
    assert "sent automatically for Leyla Şahin" in message.text
    assert f"https://accord.example/stop/{mailing.token_of(lead)}/" in message.text
    event = lead.events.get(kind="attempted")
    assert (event.side, event.channel, event.outcome) == ("machine", "email", "sent")
    touch = Duty.objects.get(lead=lead, kind="first_touch_in_time")
    assert touch.met_at is None, "a machine's mail is no first touch"
    assert Automatic.objects.get().number == 2


@pytest.mark.parametrize(
    ("kind", "rest"),
    [
        (Kind.CONNECTED, {"side": "prospect"}),
        (Kind.OPTED_OUT, {"side": "prospect"}),
        (Kind.REJECTED, {"reason": "duplicate"}),
        (Kind.RETURNED, {"reason": "no_need"}),
    ],
)
def test_nothing_goes_out_after_a_reply_an_opt_out_a_reject_or_a_return(
    people: People, kind: Kind, rest: dict[str, str]
) -> None:
    lead, at = due_mail(people)
    said(lead, kind, at - HOUR, **rest)
    assert cadence.send_due(at) == 0 and not Message.objects.exists()


def test_a_mail_that_was_written_is_taken_back_if_the_person_answers_before_it_went(people: People) -> None:
    lead, at = due_mail(people)
    cadence.send_due(at)
    said(lead, Kind.CONNECTED, at + timedelta(minutes=1), side="prospect")
    message = Message.objects.get()
    assert (message.state, message.text) == ("failed", "") and "taken back" in message.problem
    assert Mailing.objects.get().cancelled_at is not None


def test_a_mail_that_went_out_stays_as_it_was(people: People) -> None:
    lead, at = due_mail(people)
    cadence.send_due(at)
    Message.objects.update(state="sent")
    said(lead, Kind.CONNECTED, at + timedelta(minutes=1), side="prospect")
    assert Message.objects.get().state == "sent" and Mailing.objects.get().cancelled_at is None


def test_what_dies_in_the_middle_writes_nothing_and_is_done_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, at = due_mail(people)

    def dies(*args: object) -> None:
        raise RuntimeError("the process died here")

    with monkeypatch.context() as broken:
        broken.setattr(cadence, "refresh", dies)
        assert cadence.send_due(at) == 0
    assert not Message.objects.exists() and not lead.events.filter(kind="attempted").exists()
    assert cadence.send_due(at) == 0, "what failed waits for an hour"
    assert cadence.send_due(at + HOUR) == 1 and Message.objects.count() == 1


def test_a_mail_that_was_written_before_is_not_written_again(people: People) -> None:
    lead, at = due_mail(people)
    due = Automatic.objects.get()
    cadence.send_due(at)
    Automatic.objects.update(
        number=1, due_at=due.due_at, next_at=due.due_at
    )  # as if the row had not moved on
    cadence.send_due(at)
    assert Message.objects.count() == 1 and lead.events.filter(kind="attempted").count() == 1


@pytest.mark.parametrize(
    ("why", "change"),
    [
        (HeldBack.TEXT, lambda: Text.objects.update(step=9)),
        (HeldBack.ADDRESS, lambda: Contact.objects.update(email_key="")),
        (HeldBack.BASIS, lambda: Consent.objects.all().delete()),
        (HeldBack.REFUSED, lambda: Consent.objects.update(allowed=False, basis="none")),
    ],
)
def test_a_mail_that_may_not_go_out_is_held_back_and_says_why(people: People, why: str, change: Any) -> None:
    _, at = due_mail(people)
    change()
    assert cadence.send_due(at) == 0
    row = Automatic.objects.get()
    assert (row.held_back, row.next_at) == (why, None)
    assert not Message.objects.exists() and not Event.objects.filter(kind="attempted").exists()


def test_a_suppressed_address_gets_no_mail(people: People) -> None:
    from accord.server.desk.suppressing import suppress

    lead, at = due_mail(people)
    assert lead.contact is not None
    suppress(lead.contact, "opted out", at)
    assert cadence.send_due(at) == 0 and Automatic.objects.get().held_back == HeldBack.REFUSED


def test_without_a_way_to_send_a_mail_is_looked_at_again_later(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, at = due_mail(people)
    with monkeypatch.context() as dumb:
        dumb.setattr(settings, "ENV", replace(settings.ENV, url=""))
        assert cadence.send_due(at) == 0 and Automatic.objects.get().held_back == HeldBack.WAY
    assert cadence.send_due(at + HOUR) == 1


def test_a_mail_of_a_lead_without_terms_keeps_no_other_waiting(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, at = due_mail(people)
    said(lead, Kind.ENROLLED, at, outcome="reengage", side="marketing")
    track = Enrolment.objects.get()
    monkeypatch.setattr(cadence, "terms_of", lambda *_: None)
    rows = (Automatic, Enrolment)
    Automatic.objects.update(due_at=at, next_at=at)
    assert track.due_at is not None
    assert cadence.send_due(track.due_at) == 0
    for row in rows:
        assert not row._default_manager.filter(next_at__lte=track.due_at).exists(), row


def test_a_text_that_comes_later_wakes_what_waited_for_it(people: People) -> None:
    a_delivered_lead(people.leyla, contact=allowed())
    at = Automatic.objects.get().due_at
    assert at is not None
    cadence.send_due(at)
    assert Automatic.objects.get().held_back == HeldBack.TEXT
    written(people, "follow-up", "", 1)
    assert cadence.send_due(at) == 1


def test_hostile_words_of_a_prospect_stay_words(people: People) -> None:
    hostile = "Ada {sender}\r\nBcc: all@victim.example\u202e"
    lead = a_delivered_lead(people.leyla, contact=allowed(name=hostile, company=hostile))
    written(people, "follow-up", "", 1)
    at = Automatic.objects.get().due_at
    assert at is not None and cadence.send_due(at) == 1
    message = Message.objects.get()
    assert "\n" not in message.subject and "\r" not in message.subject and "\u202e" not in message.text
    assert "Ada {sender} Bcc: all@victim.example" in message.subject, "a name is not read as a text"
    assert lead.events.filter(kind="attempted").count() == 1


# Nurture -------------------------------------------------------------------------------------------------


def test_the_steps_of_a_track_go_out_one_after_the_other_and_then_it_ends(people: People) -> None:
    lead = a_delivered_lead(people.leyla, contact=allowed())
    for asset in ("guide", "customer story", "invitation"):
        written(people, "asset", asset)
    said(lead, Kind.RETURNED, timezone.now(), reason="no_need")
    said(lead, Kind.ENROLLED, timezone.now(), outcome="reengage", side="marketing")
    for step in range(1, 4):
        at = Enrolment.objects.get().next_at
        assert at is not None and cadence.send_due(at) == 1
        assert Message.objects.count() == step
    assert Enrolment.objects.get().why == Enrolment.Why.FINISHED
    sent = lead.events.filter(kind="attempted")
    assert [event.reason for event in sent.order_by("seq")] == ["guide", "customer story", "invitation"]
    assert {event.side for event in sent} == {"marketing"}, "marketing's mails are no attempts of sales"


def test_a_step_without_a_text_waits_for_somebody(people: People) -> None:
    lead = a_delivered_lead(people.leyla, contact=allowed())
    said(lead, Kind.ENROLLED, timezone.now(), outcome="reengage", side="marketing")
    at = Enrolment.objects.get().next_at
    assert at is not None and cadence.send_due(at) == 0
    row = Enrolment.objects.get()
    assert (row.held_back, row.next_at, row.due_at) == (HeldBack.TEXT, None, at)
    written(people, "asset", "guide")
    assert cadence.send_due(at) == 1


# The link that stops mail --------------------------------------------------------------------------------


def test_the_link_stops_all_mail_at_once_without_signing_in(people: People) -> None:
    lead, at = due_mail(people)
    cadence.send_due(at)
    said(lead, Kind.ENROLLED, at, outcome="reengage", side="marketing")
    path = f"/stop/{mailing.token_of(lead)}/"
    stranger = Client()
    assert "No more mail?" in stranger.get(path).content.decode()
    assert Message.objects.get().state == "waiting", "programs open links: asking stops nothing"
    assert "You get no more mail" in stranger.post(path).content.decode()
    assert Message.objects.get().state == "failed"
    assert Enrolment.objects.get().why == Enrolment.Why.OPTED_OUT
    consent = Consent.objects.order_by("-pk").first()
    assert consent is not None and (consent.channel, consent.allowed) == ("email", False)
    assert cadence.send_due(at + 100 * DAY) == 0
    stranger.post(path)


def test_the_link_can_end_every_contact(people: People) -> None:
    lead, _ = due_mail(people)
    other = a_delivered_lead(people.leyla, contact=lead.contact)
    assert (
        "Nobody here will contact you"
        in Client().post(f"/stop/{mailing.token_of(lead)}/", {"all": "1"}).content.decode()
    )
    for one in (lead, other):
        one.refresh_from_db()
        assert one.standing == "opted_out"


@pytest.mark.parametrize("token", ["", "1", "1~x", "abc~def", "1:2", "9" * 400, "1~%00"])
def test_a_link_that_is_not_ours_stops_nothing(people: People, token: str) -> None:
    assert Client().get(f"/stop/{token}/").status_code == 404


def test_a_mail_in_a_transaction_that_is_taken_back_was_never_written(people: People) -> None:
    _, at = due_mail(people)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert cadence.send_due(at) == 1
        raise RuntimeError
    assert not Message.objects.exists() and not Mailing.objects.exists()
    assert cadence.send_due(at) == 1


def test_a_mail_is_taken_back_if_somebody_notes_that_the_person_wants_none(people: People) -> None:
    lead, at = due_mail(people)
    cadence.send_due(at)
    acts.opt_out(actor(people.leyla), lead.pk, "email", at + timedelta(minutes=1))
    assert Message.objects.get().state == "failed"
    assert cadence.send_due(at + 100 * DAY) == 0 and Message.objects.count() == 1
