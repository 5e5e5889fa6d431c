"""What came in and what was told is not kept for ever; names stay, so that everything still comes once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.alerts import noticing, tidying
from accord.server.alerts.models import Notice
from accord.server.intake import uploads
from accord.server.intake.accepting import accept
from accord.server.intake.models import Arrival, Upload
from accord.server.intake.reading import LEADS, Read, rows_of
from accord.server.intake.settling import settle_due
from accord.server.intake.shapes import LeadIn
from accord.server.intake.tidying import forget_old
from accord.server.running.chores import CHORES
from desk_fixture import a_delivered_lead
from server_fixture import People, actor, signed_in

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)


def sent(name: str, email: str) -> list[bool]:
    found = Read({0: LeadIn(id=name, email=email)}, {}, alone=True)
    at = timezone.now()
    return [one.new for one in accept(rows_of(found, LEADS, "api:crm", at), at)]


def test_what_a_settled_arrival_brought_goes_and_its_name_stays(
    people: People, in_force: AgreementFile
) -> None:
    assert sent("1", "ada@buyer.example") == [True]
    at = timezone.now()
    settle_due(at)
    arrival = Arrival.objects.get()
    forget_old(at + 29 * DAYS)
    assert Arrival.objects.get().payload["email"] == "ada@buyer.example"
    assert forget_old(at + 31 * DAYS) == 1 and forget_old(at + 31 * DAYS) == 0
    assert (Arrival.objects.get().payload, Arrival.objects.get().lead) == ({}, arrival.lead)
    assert sent("1", "ada@buyer.example") == [False]
    page = signed_in(people.sara).get(f"/intake/arrivals/{arrival.pk}/").content.decode()
    assert "not kept any more" in page


def test_what_is_in_trouble_waits_for_somebody(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    Arrival.objects.create(
        key="E", kind="event", origin="api:crm", origin_id="1", received_at=at, payload={"kind": "won"},
        problem="no lead", tries=12,
    )  # fmt: skip
    assert forget_old(at + 400 * DAYS) == 0 and Arrival.objects.get().payload == {"kind": "won"}


def test_files_go_too_and_those_that_nobody_confirmed_are_dropped(
    people: People, in_force: AgreementFile
) -> None:
    at = timezone.now()
    for name in ("in", "looked at", "new"):
        uploads.hand_in(actor(people.sara), name, b"name,email\nAda,ada@b.example\n", at)
    uploads.confirm(actor(people.sara), Upload.objects.get(name="in"), at)
    while settle_due(timezone.now()):
        pass
    Upload.objects.filter(name="new").update(at=at + 20 * DAYS)
    forget_old(at + 31 * DAYS)
    assert dict(Upload.objects.values_list("name", "state")) == {
        "in": "in", "looked at": "dropped", "new": "looked at",
    }  # fmt: skip
    assert list(Upload.objects.exclude(body="").values_list("name", flat=True)) == ["new"]


def test_notices_go_after_a_while_but_not_those_that_wait(people: People, in_force: AgreementFile) -> None:
    at, lead = timezone.now(), a_delivered_lead(people.leyla)
    for name in ("told", "waiting"):
        noticing.tell((people.leyla,), lead, "nudge", at, name)
        Notice.objects.filter(dedupe__startswith=name).update(state=name)
    before = Notice.objects.count()
    assert tidying.forget_old(at + 89 * DAYS) == 0 and Notice.objects.count() == before
    tidying.forget_old(at + 91 * DAYS)
    assert set(Notice.objects.values_list("state", flat=True)) == {"waiting"}


def test_the_worker_does_both() -> None:
    assert {"old arrivals", "old notices", "old mail"} <= {task.name for task in CHORES}


def test_a_file_goes_in_part_by_part_and_each_row_is_looked_at_once(
    people: People, in_force: AgreementFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"P {number},p{number}@b{number}.example\n" for number in range(7))
    upload = uploads.hand_in(actor(people.sara), "x", f"name,email\n{rows}".encode(), timezone.now())
    uploads.confirm(actor(people.sara), upload, timezone.now())
    monkeypatch.setattr(uploads, "_FED_AT_ONCE", 3)
    looked: list[object] = []
    before = uploads.lead_of
    monkeypatch.setattr(uploads, "lead_of", lambda *some, **more: looked.append(1) or before(*some, **more))
    fed = [uploads.feed_due(timezone.now()) for _ in range(4)]
    assert (fed, len(looked), Arrival.objects.count()) == ([3, 3, 1, 0], 7, 7)
