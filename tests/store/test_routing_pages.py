"""The pages of routing: what they show to whom, what their buttons do, and what is refused."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.server.agreements.models import AgreementFile
from accord.server.audit.models import Action, Entry
from accord.server.desk.models import Account, Lead
from accord.server.people.models import Absence, User
from accord.server.routing import rules
from accord.server.routing.models import Move, Routing, RuleSet
from accord.server.routing.moving import move_leads
from accord.server.routing.rules import Rule
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

pytestmark = pytest.mark.django_db
Clients = Callable[..., Client]


def a_rep(name: str, **more: object) -> User:
    known = {"side": "sales", "pool": "inbound", "leads_per_month": 10_000, "zone": "Europe/Istanbul"}
    return User.objects.create(email=f"{name}@acme.example", name=name.title(), **{**known, **more})


def said_in(answer: HttpResponse) -> str:
    """The words of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", answer.content.decode())).split())


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return said_in(answer)


def last_month() -> datetime:
    return (timezone.now().replace(day=1, hour=12) - timedelta(days=5)).replace(microsecond=0)


# The team -----------------------------------------------------------------------------------------------


def test_a_manager_sees_everybody_and_a_rep_only_themselves(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    a_rep("ada"), a_delivered_lead(people.leyla)
    page = text(client_of(people.ines), "/team/")
    assert "Ada" in page and people.leyla.name in page and "Pools" in page
    own = text(client_of(people.leyla), "/team/")
    assert people.leyla.name in own and "Ada" not in own and "Pools" in own
    assert client_of(people.mina).get("/team/").status_code == 403


def test_one_click_moves_all_leads_of_whoever_is_away_and_another_moves_them_back(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    ada = a_rep("ada")
    ours = [a_delivered_lead(people.leyla) for _ in range(3)]
    today = timezone.localdate()
    Absence.objects.create(user=people.leyla, from_on=today, to_on=today + timedelta(2))
    client = client_of(people.ines)
    page = text(client, "/team/")
    assert "Reassign all by the rules" in page and "Dealt here this month" in page
    answer = client.post(f"/team/{people.leyla.pk}/", {"which": "all", "move": "1"}, follow=True)
    assert "3 leads moved: Ada (3)." in said_in(answer)
    assert set(Lead.objects.values_list("owner", flat=True)) == {ada.pk}
    assert Entry.objects.filter(action=Action.LEADS_MOVED).count() == 1
    move = Move.objects.get()
    answer = client.post(f"/team/undo/{move.pk}/", follow=True)
    assert set(Lead.objects.values_list("owner", flat=True)) == {people.leyla.pk}
    assert client.post(f"/team/undo/{move.pk}/").status_code == 409
    assert Routing.objects.filter(lead=ours[0]).count() == 2


def test_a_preview_says_who_would_get_what_and_writes_nothing(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    a_rep("ada"), a_rep("ben")
    ours = [a_delivered_lead(people.leyla) for _ in range(4)]
    sent = {"which": "some", "lead": [str(one.pk) for one in ours[:2]], "preview": "1"}
    answer = client_of(people.ines).post(f"/team/{people.leyla.pk}/", sent)
    said = said_in(answer)
    assert answer.status_code == 200 and "Ada: 1" in said and "Ben: 1" in said
    assert not Move.objects.exists() and not Routing.objects.exists()
    sent |= {"move": "1", "to": str(people.omar.pk)}
    client_of(people.ines).post(f"/team/{people.leyla.pk}/", sent)
    owners = [Lead.objects.get(pk=one.pk).owner for one in ours]
    assert owners == [people.omar, people.omar, people.leyla, people.leyla]


def test_the_preview_is_what_then_happens(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    for name in ("ada", "ben", "cem"):
        a_rep(name)
    ours = [a_delivered_lead(people.leyla) for _ in range(7)]
    answer = client_of(people.ines).post(f"/team/{people.leyla.pk}/", {"which": "all", "preview": "1"})
    said = said_in(answer)
    move_leads(actor(people.ines), people.leyla, timezone.now())
    for lead in Lead.objects.filter(pk__in=[one.pk for one in ours]):
        assert f"{lead.key} → {lead.owner.name}" in said  # type: ignore[union-attr]


@pytest.mark.parametrize("sent", [{"to": "no"}, {"to": "999999"}, {"to": "leyla"}])
def test_a_target_that_is_none_is_refused_beside_the_field(
    people: People, in_force: AgreementFile, client_of: Clients, sent: dict[str, str]
) -> None:
    a_delivered_lead(people.leyla)
    sent = {"to": str(people.leyla.pk)} if sent["to"] == "leyla" else sent
    answer = client_of(people.ines).post(f"/team/{people.leyla.pk}/", {"which": "all", "move": "1", **sent})
    assert answer.status_code == 422 and "to-error" in answer.content.decode()


def test_who_leads_nobody_of_sales_moves_no_leads(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    a_delivered_lead(people.leyla)
    for key in ("leyla", "mina", "vera", "runa"):
        answer = client_of(people[key]).post(f"/team/{people.leyla.pk}/", {"which": "all", "move": "1"})
        assert answer.status_code == 403
    with pytest.raises(NotAllowed):
        move_leads(actor(people.mina), people.leyla, timezone.now())


# Unassigned ---------------------------------------------------------------------------------------------


def test_a_lead_that_nobody_has_stands_there_and_one_click_gives_it(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    client = client_of(people.ines)
    assert "Every lead has an owner" in text(client, "/unassigned/")
    lead, other = a_delivered_lead(), a_delivered_lead()
    assert lead.key in text(client, "/unassigned/")
    client.post("/unassigned/", {"lead": [str(lead.pk)], "to": str(people.omar.pk)})
    client.post("/unassigned/", {"lead": [str(other.pk)], "to": ""})
    lead.refresh_from_db(), other.refresh_from_db()
    assert (lead.owner, other.owner) == (people.omar, people.leyla)
    assert client_of(people.leyla).post("/unassigned/", {"lead": [str(lead.pk)]}).status_code == 403
    assert "Assign those ticked" not in text(client_of(people.vera), "/unassigned/")


def test_why_nobody_could_take_it_stands_beside_each(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    lead, today = a_delivered_lead(), timezone.localdate()
    Absence.objects.create(user=people.leyla, from_on=today, to_on=today)
    User.objects.filter(pk=people.ines.pk).update(is_active=False)
    client = client_of(people.omar)
    client.post("/unassigned/", {"lead": [str(lead.pk)], "to": ""})
    page = text(client, "/unassigned/")
    assert f"{people.leyla.name} : away" in page.replace(" :", " :") or f"{people.leyla.name}: away" in page


# Rules --------------------------------------------------------------------------------------------------


def a_draft(people: People, *labels: str) -> RuleSet:
    found = rules.begin(actor(people.ines), timezone.now())
    for label in labels:
        rule = Rule(label, person=people.omar.pk, countries=("JP",))
        found = rules.add(actor(people.ines), rule, found.saved, timezone.now())
    return found


def test_rules_are_written_as_a_draft_tried_and_then_used(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    client = client_of(people.ines)
    client.post("/routing/change/", {"do": "begin"})
    sent = {"saved": "1", "label": "Far east", "countries": "jp, kr", "to": f"person:{people.omar.pk}"}
    assert client.post("/routing/change/", {"do": "add", **sent}).status_code == 302
    page = text(client, "/routing/")
    assert "country JP or KR" in page and "not in force" in page
    a_delivered_lead(people.leyla, delivered_at=None, contact=a_contact(country="JP"))
    Lead.objects.update(delivered_at=last_month())
    answer = client.post("/routing/try/", {})
    said = said_in(answer)
    assert "1 of 1 lead would have gone to somebody else" in said and "The rule “Far east” says so." in said
    Lead.objects.update(delivered_at=timezone.now() - timedelta(seconds=1))
    assert "Try the rules on this month" in said_in(client.post("/routing/try/", {}))
    assert "1 of 1 lead would have gone" in said_in(client.post("/routing/try/", {"month": "this"}))
    draft = RuleSet.objects.get()
    client.post("/routing/change/", {"do": "use", "saved": str(draft.saved)})
    assert "Far east" in text(client_of(people.vera), "/routing/")
    assert RuleSet.objects.get().state == "used"
    assert {one.action for one in Entry.objects.filter(about__contains="set")} >= {Action.ROUTING_USED}


def test_the_order_of_rules_changes_and_a_stale_page_changes_nothing(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    draft, client = a_draft(people, "one", "two", "three"), client_of(people.ines)
    client.post("/routing/change/", {"do": "up:2", "saved": str(draft.saved)})
    client.post("/routing/change/", {"do": "down:0", "saved": str(draft.saved + 1)})
    assert [row["label"] for row in RuleSet.objects.get().rules] == ["three", "one", "two"]
    assert client.post("/routing/change/", {"do": "remove:0", "saved": str(draft.saved)}).status_code == 409
    client.post("/routing/change/", {"do": "remove:0", "saved": str(draft.saved + 2)})
    assert [row["label"] for row in RuleSet.objects.get().rules] == ["one", "two"]
    client.post("/routing/change/", {"do": "discard", "saved": str(draft.saved + 3)})
    assert not RuleSet.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"label": ""}, "label"),
        ({"person": None}, "to"),
        ({"pool": "inbound"}, "to"),
        ({"countries": ("Japan",)}, "countries"),
        ({"countries": ()}, "streams"),
        ({"regions": ("x" * 81,)}, "regions"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused_with_its_field(
    people: People, in_force: AgreementFile, wrong: dict[str, object], field: str
) -> None:
    draft = a_draft(people)
    known = {"label": "x", "person": people.omar.pk, "countries": ("JP",), **wrong}
    with pytest.raises(EntryInvalid) as refused:
        rules.add(actor(people.ines), Rule(**known), draft.saved, timezone.now())  # type: ignore[arg-type]
    assert field in {problem.path for problem in refused.value.problems}


def test_weights_are_numbers_above_nothing(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    draft, client = a_draft(people), client_of(people.ines)
    key = f"weight-{people.leyla.pk}"
    answer = client.post("/routing/change/", {"do": "weigh", "saved": str(draft.saved), key: "many"})
    assert answer.status_code == 422
    client.post("/routing/change/", {"do": "weigh", "saved": str(draft.saved), key: "0,5"})
    assert RuleSet.objects.get().weights == {str(people.leyla.pk): "1/2"}


def test_the_rules_are_for_who_leads_sales_or_operations(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    for key in ("leyla", "mina", "vera", "runa"):
        assert client_of(people[key]).post("/routing/change/", {"do": "begin"}).status_code == 403
        assert "Change the rules" not in text(client_of(people[key]), "/routing/")
    with pytest.raises(NotAllowed):
        rules.begin(actor(people.mina), timezone.now())
    with pytest.raises(EditConflict):
        rules.use(actor(people.ines), 7, timezone.now())


def test_a_try_shows_what_would_be_with_somebody_away_or_another_capacity(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    ada, draft = a_rep("ada"), a_draft(people)
    for _ in range(4):
        a_delivered_lead(people.leyla)
    Lead.objects.update(delivered_at=last_month())
    client = client_of(people.ines)
    answer = client.post("/routing/try/", {"away": [str(ada.pk)]})
    assert answer.status_code == 200
    said = said_in(answer)
    assert "of 4 leads would have gone to somebody else" in said
    wrong = client.post("/routing/try/", {f"capacity-{ada.pk}": "-3"})
    assert wrong.status_code == 422
    assert RuleSet.objects.get().saved == draft.saved and not Routing.objects.exists()


# Records and accounts -----------------------------------------------------------------------------------


def test_every_assignment_is_on_record_with_who_else_was_considered(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    a_rep("ada")
    lead = a_delivered_lead()
    client_of(people.ines).post("/unassigned/", {"lead": [str(lead.pk)], "to": ""})
    page = text(client_of(people.vera), "/routing/records/")
    assert lead.key in page and "Next in turn in “inbound”." in page and "it was not their turn" in page
    owner = Lead.objects.get(pk=lead.pk).owner_id
    assert lead.key in text(client_of(people.vera), f"/routing/records/?who={owner}&by=pool")
    assert "Nothing like that" in text(client_of(people.vera), "/routing/records/?who=nobody")
    assert client_of(people.vera).get("/routing/records/?page=99").status_code == 404


def test_the_owner_of_an_account_is_set_and_cleared(
    people: People, in_force: AgreementFile, client_of: Clients
) -> None:
    account = Account.objects.create(domain="big.example", name="Big")
    client = client_of(people.ines)
    client.post("/team/accounts/", {"account": str(account.pk), "to": str(people.omar.pk)})
    account.refresh_from_db()
    assert account.owner == people.omar and "Big" in text(client, "/team/accounts/?q=big&owned=yes")
    client.post("/team/accounts/", {"account": str(account.pk), "to": ""})
    account.refresh_from_db()
    assert account.owner is None
    assert Entry.objects.filter(action=Action.ACCOUNT_OWNED).count() == 2
    refused = client.post("/team/accounts/", {"account": str(account.pk), "to": str(people.mina.pk)})
    assert refused.status_code == 422
    assert client.post("/team/accounts/", {"account": "x"}).status_code == 404
