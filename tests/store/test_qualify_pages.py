"""What is missing is asked of marketing, not passed on; the rules can be read and tried (S1.21b, S3.9)."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accord.server.agreements import acts as agreement_acts
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.desk import terms
from accord.server.desk.models import Duty, Lead
from accord.server.desk.recording import record_facts
from desk_fixture import a_contact, a_delivered_lead, a_lead, a_waiting_lead
from server_fixture import People, actor

ClientOf = Callable[..., Client]
SCRIPT = "<script>alert(1)</script>"


def seen(html: str) -> str:
    """What people read on a page."""
    html = re.sub(r"</?bdi>", "", html.partition("<main")[2])
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def page(client: Client, path: str = "/incomplete/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return seen(answer.content.decode())


def test_nothing_missing_is_said_and_so_is_no_agreement(people: People, client_of: ClientOf) -> None:
    assert "No agreement is in force" in page(client_of(people.tomas))


def test_what_is_missing_is_shown_with_a_form_for_it(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    assert "Nothing is missing" in page(client_of(people.tomas))
    lead = a_waiting_lead(contact=a_contact(name="Ada Byron", role=""))
    shown = page(client_of(people.tomas))
    assert "Ada Byron" in shown and "role, phone or linkedin" in shown
    assert "Fill in" in shown and "Send it anyway" not in shown
    answer = client_of(people.tomas).post(
        f"/incomplete/{lead.pk}/", {"role": "Director", "phone": "+49 30 1234567"}, follow=True
    )
    assert "was handed off" in seen(answer.content.decode())
    lead.refresh_from_db()
    assert lead.standing in ("delivered", "assigned")
    assert lead.contact and (lead.contact.role, lead.contact.phone) == ("Director", "+49 30 1234567")
    assert lead.events.get(kind="handed_off").outcome == "complete"


def test_either_of_two_is_enough_and_one_entry_after_another(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead = a_waiting_lead(contact=a_contact(role=""))
    client = client_of(people.sara)
    answer = client.post(f"/incomplete/{lead.pk}/", {"linkedin": "in/ada"}, follow=True)
    assert "still waits for: role" in seen(answer.content.decode())
    lead.refresh_from_db()
    assert (lead.standing, lead.missing) == ("qualified", ["role"])
    client.post(f"/incomplete/{lead.pk}/", {"role": "CEO"})
    lead.refresh_from_db()
    assert lead.standing in ("delivered", "assigned")


def test_what_cannot_be_kept_stays_typed_with_the_reason(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead = a_waiting_lead(contact=a_contact(email="", email_key=""))
    answer = client_of(people.tomas).post(
        f"/incomplete/{lead.pk}/", {"email": "no address", "phone": "+49 301"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "is no e-mail address" in seen(text) and 'value="no address"' in text and 'value="+49 301"' in text
    answer = client_of(people.tomas).post(f"/incomplete/{lead.pk}/", {"odd": "x"})
    assert answer.status_code == 422 and "at least one field" in answer.content.decode()


def test_a_manager_of_marketing_sends_it_anyway_and_says_why(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead = a_waiting_lead()
    assert "Send it anyway" in page(client_of(people.sara))
    assert client_of(people.sara).post(f"/incomplete/{lead.pk}/send/", {"reason": " "}).status_code == 422
    client_of(people.sara).post(f"/incomplete/{lead.pk}/send/", {"reason": "asked for a call today"})
    lead.refresh_from_db()
    assert lead.standing in ("delivered", "assigned")
    assert lead.events.get(kind="handed_off").outcome == "incomplete"
    assert [note.text for note in lead.notes.all()] == [
        "Sent without all information: asked for a call today"
    ]


@pytest.mark.parametrize("key", ["tomas", "omar", "leyla", "kai", "vera"])
def test_nobody_else_sends_it_anyway(
    key: str, people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead = a_waiting_lead()
    assert client_of(people[key]).post(f"/incomplete/{lead.pk}/send/", {"reason": "x"}).status_code == 403
    lead.refresh_from_db()
    assert lead.standing == "qualified"


def test_a_viewer_sees_what_is_missing_but_not_of_whom(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead = a_waiting_lead(contact=a_contact(name="Ada Byron", company="Engines"))
    shown = page(client_of(people.vera))
    assert lead.key in shown and "phone or linkedin" in shown
    assert "Ada" not in shown and "Engines" not in shown and "Fill in" not in shown


def test_what_prospects_typed_is_text_on_every_page(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    a_waiting_lead(contact=a_contact(name=SCRIPT, company=SCRIPT), lead_type=SCRIPT)
    for path in ("/incomplete/", f"/qualification/?try=1&contact.role={SCRIPT}&draft="):
        text = client_of(people.sara).get(path).content.decode()
        assert SCRIPT not in text and "alert(1)" in text


def test_marketings_own_clock_stands_beside_the_lead(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead = a_waiting_lead(created_at=timezone.now() - timedelta(days=9))
    record_facts(lead.pk, [], timezone.now())
    if Duty.objects.filter(lead=lead, kind="delivered_in_time", state="broken").exists():
        assert "hand-off is late" in page(client_of(people.sara))


def test_a_rule_in_words_leaves_it_to_marketing_to_say_who_is_ready(
    people: People, in_force: AgreementFile, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = terms.in_force(timezone.now())
    assert found
    words = found[1].qualification.model_copy(update={"mql": "who wants to buy", "auto_qualify": ()})
    agreement = found[1].model_copy(update={"qualification": words})
    monkeypatch.setattr(terms, "in_force", lambda _at: (found[0], agreement))
    lead = a_lead(contact=a_contact(phone="+49 30 1234567"))
    shown = page(client_of(people.tomas))
    assert "Waiting for your judgement" in shown and "who wants to buy" in shown
    client_of(people.tomas).post(f"/incomplete/{lead.pk}/qualify/")
    lead.refresh_from_db()
    assert lead.standing in ("delivered", "assigned")
    assert lead.events.get(kind="qualified").actor == "tomas@acme.example"


def test_the_rules_in_force_are_said_in_words(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    shown = page(client_of(people.vera), "/qualification/")
    assert "employees of the company is above 10" in shown
    assert "grade is A1, A2 or B1, or demo requested" in shown
    assert "judged by people" in shown  # existing customers go to their account manager
    assert "30 days of wall time" in shown and "satış müdürü" in shown and "gmail.com" in shown


def test_a_lead_that_somebody_makes_up_is_scored_with_reasons(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    typed = {
        "try": "1",
        "contact.role": "Head of Sales",
        "company.employees": "40",
        "visits": "3",
        "days": "30",
    }
    shown = page(client_of(people.leyla), f"/qualification/?{urlencode(typed)}")
    assert "not ready" in shown and "A–" in shown
    typed |= {"demo_requested": "1"}
    shown = page(client_of(people.leyla), f"/qualification/?{urlencode(typed)}")
    assert "ready" in shown and "A1" in shown and "not ready" not in shown
    shown = page(client_of(people.leyla), "/qualification/?try=1&company.country=KP")
    assert "ruled out" in shown and "out of market" in shown


@pytest.mark.parametrize(
    "odd", ["days=-1", "days=9999999", "days=x", "visits=9999999999", "visits=%00", "try="]
)
def test_odd_things_typed_are_no_error(
    odd: str, people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    page(client_of(people.leyla), f"/qualification/?try=1&{odd}")


@pytest.mark.parametrize("wanted", ["acme/99", "nobody/1", "x", "/", "a/b", "acme/%00", "%00acme/1"])
def test_a_draft_that_is_not_there_is_said(
    wanted: str, people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    assert client_of(people.leyla).get(f"/qualification/?draft={wanted}").status_code == 404


def _draft(people: People, file: AgreementFile, old: str, new: str) -> Draft:
    draft = agreement_acts.start_draft(actor(people.kai), file)
    assert old in draft.text
    return agreement_acts.save_draft(actor(people.kai), draft, draft.text.replace(old, new), started_from=1)


def test_a_drafts_rules_are_tried_on_the_open_leads_before_anybody_signs(
    people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    director = a_lead()
    a_lead(contact=a_contact(role="clerk"))
    sold = a_delivered_lead(people.leyla)
    draft = _draft(people, in_force, 'mql: "grade in [A1, A2, B1] or demo_requested"', "mql: fit >= 40")
    before = list(Lead.objects.order_by("pk").values())
    shown = page(client_of(people.vera), f"/qualification/?draft={in_force.slug}/{draft.number}")
    assert "Among all 2 open leads" in shown
    assert director.key in shown and sold.key not in shown
    assert list(Lead.objects.order_by("pk").values()) == before
    broken = _draft(people, in_force, "accord: 1", "accord: 9")
    shown = page(client_of(people.vera), f"/qualification/?draft={in_force.slug}/{broken.number}")
    assert "has errors" in shown


def test_without_an_agreement_in_force_a_draft_can_still_be_tried(
    people: People, draft: Draft, client_of: ClientOf
) -> None:
    a_lead()
    shown = page(client_of(people.vera), f"/qualification/?draft={draft.file.slug}/{draft.number}")
    assert "No agreement is in force" in shown and "Among all 1 open leads" in shown


@pytest.mark.parametrize("act", ["", "send/", "qualify/"])
def test_odd_forms_and_leads_that_are_not_there_are_no_error(
    act: str, people: People, in_force: AgreementFile, client_of: ClientOf
) -> None:
    lead, client = a_waiting_lead(), client_of(people.sara)
    odd = {"phone": "\x00+49", "linkedin": "\x00", "reason": "\x00", "note": "\x00"}
    assert client.post(f"/incomplete/{lead.pk}/{act}", odd).status_code in (302, 422)
    assert client.get(f"/incomplete/{lead.pk}/{act}").status_code in (403, 405)
    assert client.post(f"/incomplete/{10**20}/{act}", {"phone": "+49 30 1", "reason": "x"}).status_code == 404
    gone = a_delivered_lead(people.leyla)
    answer = client.post(f"/incomplete/{gone.pk}/{act}", {"reason": "x", "phone": "+49 30 1234567"})
    assert answer.status_code == 302
