"""An erased person is nowhere: a rare marker goes in by every door, and nothing has it afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.alerts import noticing
from accord.server.alerts.gathering import gather
from accord.server.alerts.models import Notice
from accord.server.boards import texts
from accord.server.boards.models import Mailing, Text
from accord.server.desk import acts
from accord.server.desk.erasing import erase_person
from accord.server.desk.models import Account, Contact, Event, Lead
from accord.server.desk.recording import Fact, record_facts
from accord.server.intake import mending, uploads
from accord.server.intake.limits import BY_ADDRESS, BY_SOURCE
from accord.server.intake.models import Arrival, Source, Upload
from accord.server.intake.settling import settle_due
from accord.server.intake.sources import make_source
from accord.server.mail.models import Message
from accord.server.routing.assigning import reassign
from accord.server.score import archiving
from desk_fixture import a_hand
from server_fixture import People, actor, signed_in
from server_world import make_token

MARK = "zqxwv"
MAIL, PHONE = f"{MARK}@{MARK}.example", "+90 532 999 88 77"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uncounted() -> Iterator[None]:
    yield
    BY_ADDRESS.forget()
    BY_SOURCE.forget()


def everywhere(marks: tuple[str, ...] = (MARK, "9998877", "999 88 77")) -> list[str]:
    """Table and column of every row that has one of the marks, in any spelling of its letters."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            for name, value in row.items():
                said = (
                    bytes(value).decode("utf-8", "replace")
                    if isinstance(value, memoryview | bytes)
                    else value
                )
                if any(mark in str(said).casefold() for mark in marks):
                    found.append(f"{model._meta.db_table}.{name}: {said}")
    return found


def settle(at: datetime | None = None) -> None:
    """Until nothing is due."""
    while settle_due(at or timezone.now()):
        pass


def person(**more: Any) -> dict[str, Any]:
    return {
        "email": MAIL, "phone": PHONE, "name": f"Zoe {MARK}", "company": f"{MARK} Ltd",
        "role": f"{MARK} boss", "linkedin": f"https://linkedin.example/{MARK}", "country": "TR", **more,
    }  # fmt: skip


def through_the_doors(people: People) -> None:
    """The API, a form, a webhook's event, a file that went in, one that nobody confirmed, and trouble."""
    _, token = make_token(people.kai)
    client = Client(headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"{MARK[:3]}-key"})
    consent = {"channel": "email", "source": f"{MARK} fair", "wording": f"I, {MARK}, agree"}
    lead = person(
        id=f"crm-{MARK}", lead_type="demo", stream="smb", persona=MARK, segment=MARK, source=f"utm {MARK}",
        signals={"demo_requested": 1, f"saw {MARK}": 2}, consents=[consent], more={f"{MARK} size": MARK},
    )  # fmt: skip
    told = client.post("/api/v1/leads", lead, content_type="application/json")
    assert told.status_code == 202, told.content
    form = make_source(actor(people.sara), Source.Kind.FORM, {"name": "Demo page"})[0]
    assert Client().post(f"/in/{form.key}", person(**{"Why": f"because {MARK}"})).status_code == 200
    rows = (f"Zoe {MARK},{MAIL},{PHONE},{MARK}", f"Zoe {MARK},broken,,{MARK}", "Ada,ada@b.example,,x", "")
    csv = "\n".join(("Name,Email,Phone,Remark", *rows))
    browser = signed_in(people.sara)
    for again in ("", ","):
        raw = csv.replace("Remark", f"Remark{again}").encode()
        browser.post("/intake/files/new", {"file": SimpleUploadedFile("fair.csv", raw)})
    uploads.confirm(actor(people.sara), Upload.objects.order_by("pk")[0], timezone.now())
    for number, kind in enumerate(("waits", "aside")):
        Arrival.objects.create(
            key=f"E-{kind}", kind="event", origin="api:crm", origin_id=f"{MARK} {number}", tries=12,
            received_at=timezone.now(), problem=f"no lead {MAIL}", payload={"kind": "won", "email": MAIL},
        )  # fmt: skip
    mending.put_aside(
        actor(people.sara), Arrival.objects.get(key="E-aside").pk, f"{MARK} is ours", timezone.now()
    )
    settle()


def worked(people: People, lead: Lead) -> None:
    """Words of people and of other tools, mails to the person, and messages to our people about them."""
    leyla, sara, at = actor(people.leyla), actor(people.sara), timezone.now()
    for owner in (people.ines, people.leyla):
        reassign(actor(people.ines), lead.pk, owner, at, f"{MARK} asked for her")
    acts.note(leyla, lead.pk, f"{MARK} likes tulips", at)
    acts.commit(leyla, lead.pk, f"call {MARK}", at + timedelta(hours=2), f"at {MARK}'s", at)
    acts.attempt(leyla, lead.pk, "email", "sent", f"wrote {MARK}", at)
    outside = Fact(Kind.ATTEMPTED, at, channel="call", outcome=f"met {MARK}", reason=MARK, origin="api:crm",
                   origin_id=f"call-{MARK}")  # fmt: skip
    record_facts(lead.pk, [outside], at)
    acts.nudge(sara, lead.pk, f"remember {MARK}", at)
    noticing.tell(("owner",), lead, "signal", at, f"signal:form:{MARK}", words=f"{MARK} came again")
    gather(at + timedelta(days=3))
    text = texts.save(sara, texts.Wanted("asset", "customer story", 0, "A story", "Dear {name|friend},"), at)
    assert isinstance(text, Text)
    mail = Message.objects.create(to=MAIL, subject=f"For {MARK}", text=f"Dear {MARK}", problem=f"{MAIL}: no")
    event = Event.objects.filter(lead=lead).order_by("seq")[0]
    Mailing.objects.create(lead=lead, event=event, message=mail, text=text, dedupe="one", made_at=at)
    acts.accept(leyla, lead.pk, at)
    acts.open_opportunity(leyla, lead.pk, None, "", at)
    acts.lose(leyla, lead.pk, f"{MARK} bought elsewhere", f"said {MARK}", at)


def test_no_table_has_anything_of_an_erased_person(
    people: People, in_force: AgreementFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "log_folder", lambda: tmp_path)
    monkeypatch.setattr(archiving, "PART", 3)
    through_the_doors(people)
    lead = Lead.objects.exclude(contact=None).get(contact__email=MAIL)
    worked(people, lead)
    assert len({one.partition(":")[0] for one in everywhere()}) > 30, everywhere()
    archiving.archive(timezone.now() + timedelta(hours=1))
    assert MARK in kept_in(tmp_path)
    before = facts(lead)
    erase_person(actor(people.kai), lead.pk, timezone.now())
    assert everywhere() == []
    assert facts(lead)[: len(before)] == before, "facts are words and no more"
    archiving.archive(timezone.now() + timedelta(hours=1))
    assert MARK not in kept_in(tmp_path)
    assert Upload.objects.order_by("-pk")[0].rows == 1 and Account.objects.filter(name=MARK).count() == 0
    assert not Notice.objects.filter(state="waiting", lead=lead).exists()


def facts(lead: Lead) -> list[tuple[Any, ...]]:
    columns = ("seq", "kind", "occurred_at", "actor", "side", "channel", "amount", "value", "due_at")
    return list(Event.objects.filter(lead=lead).order_by("seq").values_list(*columns))


def kept_in(folder: Path) -> str:
    import duckdb

    with duckdb.connect() as con:
        rows = [
            con.execute(f"SELECT * FROM read_parquet('{folder}/{table}/*.parquet')").fetchall()
            for table in ("events", "leads")
        ]
    return str(rows)


def test_whatever_comes_of_an_erased_person_is_counted_and_not_kept(
    people: People, in_force: AgreementFile
) -> None:
    through_the_doors(people)
    lead = Lead.objects.exclude(contact=None).get(contact__email=MAIL)
    erase_person(actor(people.kai), lead.pk, timezone.now())
    many = Lead.objects.count()
    _, token = make_token(people.kai, "again")
    client = Client(headers={"Authorization": f"Bearer {token}"})
    for path, body in (
        ("leads", person(id=f"crm-{MARK}")),
        ("events", {"id": MARK, "kind": "won", "email": MAIL}),
        ("events", {"id": f"{MARK} 2", "kind": "lost", "lead": lead.key, "reason": f"{MARK} left"}),
    ):
        assert client.post(f"/api/v1/{path}", body, content_type="application/json").status_code == 202
    settle()
    assert everywhere() == []
    assert Lead.objects.count() == many + 1
    assert Arrival.objects.filter(settled_at=None).count() == 0


def test_the_same_fact_again_adds_nothing_although_its_name_is_veiled(
    people: People, in_force: AgreementFile
) -> None:
    from accord.server.desk.arriving import take_in

    hand = a_hand(timezone.now())
    lead = take_in(hand, timezone.now()).lead
    erase_person(actor(people.kai), lead.pk, timezone.now())
    again = take_in(hand, timezone.now())
    assert (again.lead.pk, again.new) == (lead.pk, False)
    assert Contact.objects.exclude(email="").count() == 0


def test_the_log_of_others_is_never_changed(people: People, in_force: AgreementFile) -> None:
    from django.db import DatabaseError, transaction

    from accord.server.desk.arriving import take_in

    lead = take_in(a_hand(timezone.now()), timezone.now()).lead
    for change in ({"reason": "x"}, {"origin_id": ""}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Event.objects.filter(lead=lead).update(**change)
    erase_person(actor(people.kai), lead.pk, timezone.now())
    for change in ({"kind": "won"}, {"actor": "x"}, {"amount": 1}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Event.objects.filter(lead=lead).update(**change)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM desk_event")
