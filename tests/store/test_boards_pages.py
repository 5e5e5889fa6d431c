"""The boards' pages: what they show to whom, and what their buttons do."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accord.lead.events import Kind
from accord.server.audit.models import Action, Entry
from accord.server.boards import risk
from accord.server.boards.models import Enrolment, Reject, RiskRule, Text
from accord.server.boards.risk import agreed_rules
from accord.server.desk import acts
from accord.server.desk.models import Duty, Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, record_facts
from accord.server.desk.terms import in_force as version_now
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]
ClientOf = Callable[..., Client]
HOUR = timedelta(hours=1)
HOSTILE = "<script>alert(1)</script>\u202e=cmd|' /C calc'!A0"


def rejected(people: People, reason: str | None = "duplicate", note: str = "", **fields: Any) -> Reject:
    lead = a_delivered_lead(people.leyla, **fields)
    acts.reject(actor(people.leyla), lead.pk, reason, note, timezone.now())
    return Reject.objects.get(lead=lead)


def said(lead: Lead, kind: Kind, after: timedelta, **rest: Any) -> Lead:
    assert lead.delivered_at is not None
    at = lead.delivered_at + after
    return record_facts(lead.pk, [Fact(kind, at, **{"side": "sales", **rest})], at)


def page(client: Client, name: str, *args: object, **asked: str) -> str:
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def post(client: Client, name: str, *args: object, **sent: Any) -> str:
    """The page after a form was sent, with what it says above."""
    answer = client.post(reverse(name, args=args), sent, follow=True)
    assert answer.status_code == 200, (answer.status_code, answer.content[:800])
    return answer.content.decode()


def overdue(people: People) -> Lead:
    """A lead of Leyla whose first touch is late."""
    lead = a_delivered_lead(people.leyla)
    late = timezone.now() - timedelta(minutes=5)
    Duty.objects.filter(lead=lead, kind="first_touch_in_time").update(
        state="broken", broken_at=late, due_at=late, cause="rep_delay", broken_by=people.leyla
    )
    Lead.objects.filter(pk=lead.pk).update(due_at=late, due_kind="first_touch_in_time")
    return lead


def warned(people: People) -> Lead:
    """A lead of Leyla of whose first touch most of the time has gone."""
    lead = a_delivered_lead(people.leyla)
    soon = timezone.now() + timedelta(minutes=5)
    Duty.objects.filter(lead=lead, kind="first_touch_in_time").update(rung=1, due_at=soon)
    Lead.objects.filter(pk=lead.pk).update(due_at=soon, due_kind="first_touch_in_time")
    return lead


# At risk -------------------------------------------------------------------------------------------------


def test_the_board_shows_what_is_overdue_and_at_risk(people: People, client_of: ClientOf) -> None:
    lead = overdue(people)
    client = client_of(people.ines)
    text = page(client, "boards")
    assert lead.key in text and "its owner was late" in text and "Leyla Şahin" in text
    assert lead.key not in page(client, "boards", show="risk")
    Duty.objects.filter(lead=lead, kind="decided_in_time").update(rung=1)
    assert lead.key not in page(client, "boards", show="risk"), "it stands with what is overdue, once"
    assert warned(people).key in page(client, "boards", show="risk")


def test_owners_are_listed_for_whoever_leads_sales_and_to_others_only_themselves(
    people: People, client_of: ClientOf
) -> None:
    overdue(people)
    assert "With whom" in page(client_of(people.ines), "boards")
    assert "With whom" in page(client_of(people.leyla), "boards")
    assert "With whom" not in page(client_of(people.mina), "boards")


def test_a_board_reads_no_more_than_its_most_however_many_there_are(
    people: People, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(risk, "MOST", 3)
    for _number in range(4):
        overdue(people)
        warned(people)
    Lead.objects.update(delivered_at=timezone.now() - timedelta(days=30))
    late, near = risk.overdue(timezone.now()), risk.at_risk(timezone.now())
    assert late.more and near.more and len(late.rows) == len(near.rows) == 3
    assert risk.on_it([risk.Rule("", HOUR, 2)], timezone.now()).more
    text = page(client_of(people.ines), "boards")
    assert "Overdue (3+)" in text and "Counted among the 3 most urgent" in text


def test_viewers_see_leads_without_names(people: People, client_of: ClientOf) -> None:
    lead = overdue(people)
    assert lead.contact is not None
    text = page(client_of(people.vera), "boards")
    assert lead.key in text and lead.contact.name not in text and lead.contact.email not in text


def test_without_rules_the_checkpoints_hold_and_written_ones_take_their_place(
    people: People, client_of: ClientOf
) -> None:
    found = version_now(timezone.now())
    assert found
    assert ("demo", timedelta(days=3), 4) in [
        (rule.lead_type, rule.age, rule.attempts) for rule in agreed_rules(found[1])
    ]
    lead = a_delivered_lead(people.leyla)
    Lead.objects.filter(pk=lead.pk).update(delivered_at=timezone.now() - timedelta(hours=5))
    client = client_of(people.ines)
    assert lead.key not in page(client, "boards", show="rules")
    rule = {"lead_type-0": "web_form", "age-0": "4", "unit-0": "h", "attempts-0": "1"}
    post(client, "boards-rules", **rule)
    assert lead.key in page(client, "boards", show="rules")
    assert Entry.objects.filter(action=Action.RISK_RULES_CHANGED).count() == 1
    Lead.objects.filter(pk=lead.pk).update(attempts=1)
    assert lead.key not in page(client, "boards", show="rules")
    post(client, "boards-rules", reset="1")
    assert not RiskRule.objects.filter(removed_at=None).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"lead_type-0": "", "age-0": "0", "unit-0": "d", "attempts-0": "3"},
        {"lead_type-0": "", "age-0": "401", "unit-0": "d", "attempts-0": "3"},
        {"lead_type-0": "", "age-0": "3", "unit-0": "d", "attempts-0": "x"},
    ],
)
def test_rules_that_make_no_sense_are_refused_with_words(
    people: People, client_of: ClientOf, wrong: dict[str, str]
) -> None:
    answer = client_of(people.ines).post(reverse("boards-rules"), wrong)
    assert answer.status_code == 422 and "The rules were not saved" in answer.content.decode()
    assert not RiskRule.objects.exists()


def test_a_lead_is_given_away_from_the_board(people: People, client_of: ClientOf) -> None:
    lead = overdue(people)
    post(client_of(people.ines), "boards-reassign", lead.pk, to=str(people.ines.pk))
    lead.refresh_from_db()
    assert lead.owner == people.ines
    assert client_of(people.leyla).post(reverse("boards-reassign", args=[lead.pk])).status_code == 403


def test_an_owner_is_reminded_once_an_hour(people: People, client_of: ClientOf) -> None:
    lead, client = overdue(people), client_of(people.ines)
    assert "was reminded" in post(client, "boards-nudge", lead.pk)
    assert "within the last hour" in post(client, "boards-nudge", lead.pk)


# Rejects -------------------------------------------------------------------------------------------------


def test_the_inbox_shows_reason_clock_and_words(people: People, client_of: ClientOf) -> None:
    rejected(people, "out_of_market", note="They sell nothing here")
    rejected(people, None)
    text = page(client_of(people.sara), "rejects")
    assert "out of market" in text and "They sell nothing here" in text and "reason to come" in text
    assert "They sell nothing here" not in page(client_of(people.vera), "rejects")


def test_a_reject_is_disputed_once_and_waits_for_the_meeting(people: People, client_of: ClientOf) -> None:
    row, client = rejected(people), client_of(people.sara)
    assert "is disputed" in post(client, "reject-act", row.pk, "dispute", note="It is nobody we know")
    assert "disputed already" in post(client, "reject-act", row.pk, "dispute", note="Again")
    assert "the arbitration settles it" in post(client, "reject-act", row.pk, "close")
    assert "It is nobody we know" in page(client_of(people.ines), "disputes")


def test_a_reject_is_accepted_once(people: People, client_of: ClientOf) -> None:
    row, client = rejected(people), client_of(people.sara)
    post(client, "reject-act", row.pk, "close")
    row.refresh_from_db()
    assert (row.how, row.settled_by) == (Reject.How.CLOSED, people.sara)
    assert "settled already" in post(client, "reject-act", row.pk, "close")
    said(row.lead, Kind.FEEDBACK, HOUR, reason="misrouted")
    row.refresh_from_db()
    assert row.how == Reject.How.CLOSED, "what comes later does not open it again"


def test_a_reject_goes_into_a_track(people: People, client_of: ClientOf) -> None:
    row = rejected(people)
    post(client_of(people.sara), "reject-act", row.pk, "enrol", track="reengage")
    row.refresh_from_db()
    assert row.how == Reject.How.ENROLLED and Enrolment.objects.get().track == "reengage"


def test_a_lead_rejected_for_missing_data_is_mended_and_sent_again(
    people: People, client_of: ClientOf
) -> None:
    row = rejected(people, "missing_data", contact=a_contact(phone="", role=""))
    client = client_of(people.sara)
    assert "still missing" in post(client, "reject-act", row.pk, "send", role="director")
    row.refresh_from_db()
    assert row.settled_at is None
    text = post(client, "reject-act", row.pk, "send", role="director", phone="+90 532 123 45 67")
    assert "handed off again" in text
    row.refresh_from_db()
    assert row.how == Reject.How.SENT
    assert Lead.objects.get().standing in ("delivered", "assigned")


def test_sales_sees_the_inbox_and_cannot_settle(people: People, client_of: ClientOf) -> None:
    row, client = rejected(people), client_of(people.leyla)
    assert row.lead.key in page(client, "rejects")
    assert "Accept the reject" not in page(client, "reject", row.pk)
    assert client.post(reverse("reject-act", args=[row.pk, "close"])).status_code == 403


def test_the_table_of_rejects_runs_no_formula(people: People, client_of: ClientOf) -> None:
    rejected(people, source="=1+1")
    answer = client_of(people.sara).get(reverse("rejects-csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]
    assert len(rows) == 1 and rows[0]["source"] == "'=1+1" and rows[0]["reason"] == "duplicate"


# Disputes and excuses ------------------------------------------------------------------------------------


def test_both_sides_settle_a_dispute_and_both_names_stand_there(people: People, client_of: ClientOf) -> None:
    row = rejected(people)
    acts.dispute(actor(people.sara), row.lead_id, "They are new to us", timezone.now())
    client = client_of(people.omar)
    assert (
        "name the head or manager"
        in post(
            client, "dispute-settle", row.pk, verdict="overturned", with_whom=str(people.leyla.pk)
        ).lower()
    )
    post(client, "dispute-settle", row.pk, verdict="overturned", with_whom=str(people.mina.pk), note="New")
    row.refresh_from_db()
    row.lead.refresh_from_db()
    assert row.overturned is True and row.lead.standing == "assigned"
    text = page(client, "disputes", show="settled")
    assert "Decided by Omar Haddad and Mina Yılmaz. New" in text


def test_a_member_cannot_settle(people: People, client_of: ClientOf) -> None:
    row = rejected(people)
    answer = client_of(people.leyla).post(reverse("dispute-settle", args=[row.pk]))
    assert answer.status_code == 403


def test_marketing_excuses_a_breach_of_sales_and_the_count_is_shown_both_ways(
    people: People, client_of: ClientOf
) -> None:
    overdue(people)
    duty = Duty.objects.get(state="broken")
    client = client_of(people.mina)
    assert "first touch" in page(client, "excuses")
    post(client, "breach-excuse", duty.pk, reason="the phones were down")
    duty.refresh_from_db()
    assert duty.lead.events.filter(kind="excused", reason="the phones were down").count() == 1
    assert client_of(people.leyla).post(reverse("breach-excuse", args=[duty.pk])).status_code == 403


# Commitments ---------------------------------------------------------------------------------------------


def test_a_promise_to_a_prospect_is_noted_and_kept(people: People, client_of: ClientOf) -> None:
    lead, client = a_delivered_lead(people.leyla), client_of(people.leyla)
    post(client, "commitment-add", lead=lead.key, what="rfp", about="they sent 40 pages")
    duty = Duty.objects.get(kind="commitment")
    assert "rfp" in page(client, "commitments")
    post(client, "commitment-kept", duty.pk)
    duty.refresh_from_db()
    assert duty.state == "kept" and "rfp" in page(client, "commitments", show="kept")


@pytest.mark.parametrize("sent", [{"lead": "nobody"}, {"due": "tomorrow"}, {"due": "9999-99-99T00:00"}])
def test_a_promise_that_makes_no_sense_is_refused_with_words(
    people: People, client_of: ClientOf, sent: dict[str, str]
) -> None:
    lead = a_delivered_lead(people.leyla)
    text = post(client_of(people.leyla), "commitment-add", **{"lead": lead.key, "what": "rfp", **sent})
    assert 'data-tone="bad"' in text and not Duty.objects.filter(kind="commitment").exists()


# Nurture -------------------------------------------------------------------------------------------------


def test_the_tracks_are_explained_to_sales_and_started_where_it_may(
    people: People, client_of: ClientOf
) -> None:
    lead, client = a_delivered_lead(people.leyla), client_of(people.leyla)
    text = page(client, "nurture")
    assert "For people we could not reach" in text and "Sales may start it by hand" in text
    assert "Only marketing starts it" in text
    post(client, "nurture-start", lead=lead.key, track="long_term")
    assert not Enrolment.objects.exists(), "sales may not start that one"
    post(client, "nurture-start", lead=lead.key, track="reengage")
    assert Enrolment.objects.get().started_by == actor_text(people.leyla)


def test_a_due_step_is_sent_by_somebody_and_the_next_is_counted_from_then(
    people: People, client_of: ClientOf
) -> None:
    lead = a_delivered_lead(people.leyla)
    acts.start_track(actor(people.sara), lead.pk, "reengage", timezone.now())
    Enrolment.objects.update(next_at=None, due_at=timezone.now() - HOUR, held_back="no text")
    row, client = Enrolment.objects.get(), client_of(people.sara)
    assert "To be sent by somebody" in page(client, "nurture")
    post(client, "nurture-sent", row.pk)
    row.refresh_from_db()
    assert (row.step, row.asset) == (1, "customer story") and row.due_at and row.due_at > timezone.now()
    assert lead.events.get(kind="attempted").side == "marketing"
    post(client, "nurture-stop", row.pk)
    row.refresh_from_db()
    assert row.why == Enrolment.Why.BY_HAND
    assert "ended already" in post(client, "nurture-stop", row.pk)


def test_a_text_is_looked_at_kept_replaced_and_put_away(people: People, client_of: ClientOf) -> None:
    client = client_of(people.sara)
    sent = {"use": "asset", "asset": "guide", "subject": "For {company}", "text": "Dear {name|friend},"}
    text = post(client, "nurture-text-new", **sent, preview="1")
    assert "Dear Ada Byron," in text and "sent automatically" in text and not Text.objects.exists()
    post(client, "nurture-text-new", **sent)
    post(client, "nurture-text-new", **{**sent, "subject": "Another"})
    assert Text.objects.filter(replaced_at=None).get().subject == "Another"
    post(client, "nurture-text", Text.objects.get(replaced_at=None).pk)
    assert not Text.objects.filter(replaced_at=None).exists()
    assert client_of(people.leyla).post(reverse("nurture-text-new"), sent).status_code == 403


def test_looking_at_a_text_tells_of_a_place_that_nothing_is_known_for(
    people: People, client_of: ClientOf
) -> None:
    sent = {
        "use": "asset",
        "asset": "guide",
        "subject": "For {company}",
        "text": "Dear {nam},",
        "preview": "1",
    }
    answer = client_of(people.sara).post(reverse("nurture-text-new"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Nothing is known as {nam}; there are {name}" in page
    assert "Dear {nam}," in page and "/stop/…/" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", "Dear {email},"), ("subject", ""), ("text", "x" * 10_001), ("asset", ""), ("use", "spam")],
)
def test_a_text_that_cannot_go_out_is_refused_with_words(
    people: People, client_of: ClientOf, field: str, value: str
) -> None:
    sent = {"use": "asset", "asset": "guide", "subject": "Hello", "text": "Dear {name},", field: value}
    answer = client_of(people.sara).post(reverse("nurture-text-new"), sent)
    assert answer.status_code == 422 and "was not kept" in answer.content.decode()


# All of them ---------------------------------------------------------------------------------------------

PAGES = (
    "boards",
    "boards-rules",
    "rejects",
    "disputes",
    "excuses",
    "commitments",
    "nurture",
    "nurture-texts",
)


def much(people: People, count: int) -> None:
    """So much of everything, with words that would do harm if they could."""
    now = timezone.now()
    for number in range(count):
        contact = a_contact(name=HOSTILE, company=HOSTILE)
        row = rejected(people, "duplicate", note=HOSTILE, contact=contact, source=HOSTILE)
        acts.dispute(actor(people.sara), row.lead_id, HOSTILE, now)
        rejected(people, None, contact=a_contact())
        warned(people)
        lead = overdue(people)
        acts.commit(actor(people.leyla), lead.pk, f"promise {number}", now + HOUR, HOSTILE, now)
        acts.start_track(actor(people.sara), lead.pk, "reengage", now)
    Enrolment.objects.update(next_at=None, due_at=now - HOUR, held_back="no text")
    Duty.objects.filter(kind="decided_in_time").update(rung=1)


def test_pages_take_few_queries_and_no_more_when_there_is_more(people: People, client_of: ClientOf) -> None:
    client = client_of(people.mina)
    counted: list[dict[str, int]] = []
    for count in (1, 4):
        much(people, count)
        found = {}
        for name in PAGES:
            page(client, name)
            with CaptureQueriesContext(connection) as asked:
                text = page(client, name)
            found[name] = len(asked)
            assert "<script>alert" not in text and "\u202e" not in text
        counted.append(found)
    assert max(counted[1].values()) < 20
    assert counted[0] == counted[1]


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_installation_teaches(people: People, client_of: ClientOf, name: str) -> None:
    text = page(client_of(people.vera), name)
    assert 'aria-label="Boards"' in text or name in ("boards-rules", "nurture-texts")
    assert page(client_of(people.mina), name, show="settled", page="999999999", reason="x" * 300)


# Names ---------------------------------------------------------------------------------------------------


def test_people_stand_by_name_who_are_not_in_the_agreement(people: People, client_of: ClientOf) -> None:
    """The log calls them by their address (24)."""
    row = rejected(people)
    Reject.objects.update(by=people.omar.email)
    for name, arguments in (("rejects", ()), ("reject", (row.pk,))):
        text = page(client_of(people.sara), name, *arguments)
        assert people.omar.name in text and people.omar.email not in text
    acts.dispute(actor(people.sara), row.lead_id, "No", timezone.now())
    Reject.objects.update(by=people.omar.email)
    text = page(client_of(people.mina), "disputes")
    assert people.omar.name in text and people.omar.email not in text


def test_a_reason_is_spelled_as_in_the_form_that_gave_it(people: People, client_of: ClientOf) -> None:
    from accord.server.queue.forms import reasons

    rejected(people, "missing_data")
    [(_name, words)] = reasons(["missing_data"])
    assert str(words) in page(client_of(people.sara), "rejects")


def test_the_rules_leave_room_for_one_more(people: People, client_of: ClientOf) -> None:
    """Of what is in use and one row besides: empty rows in a heap tell nobody where to write (35)."""
    rule = {"lead_type-0": "web_form", "age-0": "4", "unit-0": "h", "attempts-0": "1"}
    text = post(client_of(people.ines), "boards-rules", **rule)
    assert text.count('name="attempts-') == 2
