"""All open leads scored anew: as if one by one, in a fixed number of queries, and never twice (S3.9)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.server.desk import terms
from accord.server.desk.models import Event, Lead, Signal
from accord.server.qualify import rescoring
from accord.server.qualify.assessing import assess
from accord.server.qualify.models import Rescoring
from desk_fixture import a_contact, a_delivered_lead, a_lead
from server_fixture import People

pytestmark = pytest.mark.usefixtures("in_force")
KEPT = ("fit", "interest", "grade", "reasons", "missing", "scored_by")


def signal(lead: Lead, name: str, count: int = 1, days_ago: float = 0) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    assert lead.contact
    Signal.objects.create(contact=lead.contact, name=name, count=count, occurred_at=at, recorded_at=at)


def some_leads(count: int) -> list[Lead]:
    """Leads of many kinds, none of them ready."""
    made = []
    for number in range(count):
        more = {"employees": str(number)} if number % 2 else {"company.employees": "11-50"}
        role = ("Director", "", "assistant")[number % 3]
        contact = a_contact(role=role, more=more, phone="" if number % 4 else "+49 30 1")
        lead = a_lead(contact=contact, source="fair" if number % 5 else "site")
        if number % 3:
            signal(lead, "visits", number % 7, days_ago=number)
        if number % 6 == 5:
            signal(lead, "Visits", 1, days_ago=1)
        made.append(lead)
    return made


def said(lead: Lead) -> dict[str, Any]:
    return {name: getattr(lead, name) for name in KEPT}


def test_scoring_many_is_scoring_them_one_by_one() -> None:
    leads, at = some_leads(23), timezone.now()
    assert rescoring.go_on(at) == 23
    for lead in leads:
        one = Lead.objects.get(pk=lead.pk)
        together = said(one)
        assert one.scored_at == at
        assess(one, at)
        assert said(one) == together
        assert together["scored_by"]
    assert len({tuple(said(Lead.objects.get(pk=lead.pk))["grade"]) for lead in leads}) > 3
    run = Rescoring.objects.get()
    assert (run.scored, run.readied, run.ended_at) == (23, 0, at)


def test_a_grade_that_changes_is_an_event_and_one_that_stays_is_none() -> None:
    lead = a_lead()
    rescoring.go_on(timezone.now())
    lead.refresh_from_db()
    assert lead.grade == "B–"
    (event,) = Event.objects.filter(lead=lead, kind="scored")
    assert (event.outcome, event.side, event.actor) == ("B–", "machine", "accord")
    changed_at = lead.changed_at
    assert changed_at == event.recorded_at  # whoever asks what has changed since then is told
    rescoring.go_on(timezone.now() + rescoring.EVERY)
    lead.refresh_from_db()
    assert lead.changed_at == changed_at
    assert Rescoring.objects.count() == 2
    assert Event.objects.filter(lead=lead, kind="scored").count() == 1


def test_interest_fades_by_the_day_and_the_grade_with_it() -> None:
    lead = a_lead()
    signal(lead, "price_page_seen")
    rescoring.go_on(timezone.now())
    lead.refresh_from_db()
    assert (lead.interest, lead.grade) == (20, "B3")
    rescoring.go_on(timezone.now() + timedelta(days=14))
    lead.refresh_from_db()
    assert (lead.interest, lead.grade) == (10, "B–")
    assert [event.outcome for event in lead.events.filter(kind="scored")] == ["B3", "B–"]


def test_a_lead_that_turns_out_to_be_ready_is_handed_off(people: People) -> None:
    lead = a_lead(contact=a_contact(phone="+90 212 1234567", phone_key="+902121234567"))
    signal(lead, "demo_requested")
    rescoring.go_on(timezone.now())
    lead.refresh_from_db()
    assert lead.standing in ("delivered", "assigned")
    assert lead.grade == "B1"
    assert Rescoring.objects.get().readied == 1


def test_one_that_is_ready_but_lacks_information_waits_for_it() -> None:
    lead = a_lead()
    signal(lead, "demo_requested")
    rescoring.go_on(timezone.now())
    lead.refresh_from_db()
    assert (lead.standing, lead.missing) == ("qualified", ["phone or linkedin"])


def test_what_sales_has_keeps_the_grade_it_came_with(people: People) -> None:
    lead = a_delivered_lead(people.leyla)
    Lead.objects.filter(pk=lead.pk).update(grade="A1", fit=60)
    signal(lead, "visits", 3)
    assert rescoring.go_on(timezone.now()) == 0
    held = Lead.objects.get(pk=lead.pk)
    assert not assess(held, timezone.now()).changed
    assert (held.grade, held.fit) == ("A1", 60)


def test_what_qualified_a_lead_once_is_used_up(people: People) -> None:
    """A lead of the same person has to earn it anew: signals before the hand-off count no more (5.3)."""
    first = a_delivered_lead(people.leyla)
    signal(first, "demo_requested", days_ago=1)
    again = a_lead(contact=first.contact, cycle=2)
    held = Lead.objects.get(pk=again.pk)
    assert assess(held, timezone.now()).ready is False
    signal(again, "demo_requested", days_ago=-0.001)
    assert assess(held, timezone.now() + timedelta(hours=1)).ready is True


def test_the_same_rules_are_asked_once_a_day_and_other_rules_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    a_lead()
    at = timezone.now()
    assert [rescoring.go_on(at), rescoring.go_on(at + timedelta(hours=23))] == [1, 0]
    found = terms.in_force(at)
    assert found
    monkeypatch.setattr(terms, "in_force", lambda _at: ("another", found[1]))
    assert rescoring.go_on(at + timedelta(minutes=1)) == 1
    assert list(Rescoring.objects.order_by("pk").values_list("mark", flat=True)) == [found[0], "another"]


def test_a_run_that_was_cut_off_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    some_leads(10)
    monkeypatch.setattr(rescoring, "BATCH", 4)
    monkeypatch.setattr(rescoring, "MOST_BATCHES", 1)
    at = timezone.now()
    assert [rescoring.go_on(at + timedelta(seconds=one)) for one in range(5)] == [4, 4, 2, 0, 0]
    run = Rescoring.objects.get()
    assert (run.scored, run.began_at) == (10, at)
    rescoring.go_on(at + timedelta(minutes=1))
    assert Rescoring.objects.get().ended_at


def test_another_version_in_the_middle_of_a_run_begins_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    some_leads(6)
    monkeypatch.setattr(rescoring, "BATCH", 4)
    monkeypatch.setattr(rescoring, "MOST_BATCHES", 1)
    at = timezone.now()
    rescoring.go_on(at)
    found = terms.in_force(at)
    assert found
    monkeypatch.setattr(terms, "in_force", lambda _at: ("another", found[1]))
    monkeypatch.setattr(rescoring, "MOST_BATCHES", 9)
    assert rescoring.go_on(at + timedelta(minutes=1)) == 6
    assert set(Lead.objects.values_list("scored_by", flat=True)) == {"another"}


def test_a_batch_takes_as_many_queries_for_few_leads_as_for_many() -> None:
    def queries(count: int, days: int) -> int:
        some_leads(count)
        with CaptureQueriesContext(connection) as asked:
            rescoring.go_on(timezone.now() + timedelta(days=days))
        return len(asked)

    queries(1, 0)  # fills what is kept
    few, many = queries(3, 2), queries(40, 4)
    assert many <= few
    assert few < 25


def test_one_lead_that_cannot_be_handed_off_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    from accord.errors import NotAllowed
    from accord.server.desk import readying

    odd, good = a_lead(), a_lead()
    for lead in (odd, good):
        signal(lead, "demo_requested")
    usual = readying.ready_or_not

    def sometimes(held: Lead, at: Any, **said: Any) -> Lead:
        if held.pk == odd.pk:
            raise NotAllowed("no")
        return usual(held, at, **said)

    monkeypatch.setattr(readying, "ready_or_not", sometimes)
    rescoring.go_on(timezone.now())
    assert Rescoring.objects.get().ended_at
    assert Lead.objects.get(pk=good.pk).standing == "qualified"
    assert Lead.objects.get(pk=odd.pk).standing == "raised"
