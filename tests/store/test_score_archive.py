"""The live log in Parquet: every fact once, wherever the archive was cut, and read as the score reads it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accord.lead.events import Kind
from accord.ledger.history import history
from accord.ledger.log import files_of, open_log
from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Event, Lead
from accord.server.desk.recording import Fact, as_domain, record_facts
from accord.server.score import archiving
from desk_fixture import a_delivered_lead
from server_fixture import People


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.server.score.making.log_folder", lambda: tmp_path / "log")
    monkeypatch.setattr(archiving, "log_folder", lambda: tmp_path / "log")
    monkeypatch.setattr(archiving, "PART", 5)


def archived(lead: Lead, folder: Path) -> None:
    """That the archive tells of a lead what the tables do."""
    known, events = history(open_log(folder), lead.key)
    assert known == as_domain(lead)
    assert sorted(events, key=lambda event: event.seq) == [
        row.fact(lead.key) for row in Event.objects.filter(lead=lead).order_by("seq")
    ]


def test_nothing_to_archive_makes_no_log(people: People) -> None:
    assert archiving.archive(timezone.now()) == 0
    assert not (archiving.log_folder() / "events").exists()


def test_every_fact_is_there_once_whether_in_a_part_or_in_the_tail(
    people: People, in_force: AgreementFile
) -> None:
    folder, now = archiving.log_folder(), timezone.now()
    leads = [a_delivered_lead(people.leyla) for _ in range(3)]
    total = Event.objects.count()
    assert archiving.archive(now) == total  # none has settled: all of it is tail
    assert [file.stem for file in files_of(folder, "events")] == ["tail"]
    assert archiving.archive(now) == 0  # nothing new

    later = now + archiving.SETTLED + timedelta(minutes=1)
    record_facts(leads[0].pk, [Fact(Kind.ATTEMPTED, later, side="sales", channel="call")], later)
    assert archiving.archive(later) == total + 1
    stems = [file.stem for file in files_of(folder, "events")]
    assert len(stems) == total // 5 + 1 and stems[-1] == "tail"
    for lead in leads:
        archived(lead, folder)


def test_a_tail_that_became_a_part_goes(people: People, in_force: AgreementFile) -> None:
    lead = a_delivered_lead()
    now = timezone.now() + archiving.SETTLED + timedelta(minutes=1)
    while Event.objects.count() % 5:
        record_facts(lead.pk, [Fact(Kind.SIGNALLED, lead.created_at, outcome="visits")], lead.created_at)
    archiving.archive(now - timedelta(hours=2))
    archiving.archive(now)
    assert "tail" not in {file.stem for file in files_of(archiving.log_folder(), "events")}
    archived(lead, archiving.log_folder())


def test_texts_that_look_like_a_file_s_own_signs_arrive_as_they_are(
    people: People, in_force: AgreementFile
) -> None:
    hostile = 'a "quoted", text\nof two lines, with ; and \\N and ตัวอย่าง'
    lead = a_delivered_lead(source=hostile, segment="NULL")
    record_facts(
        lead.pk, [Fact(Kind.LOST, timezone.now(), reason=hostile[:60], outcome="''")], timezone.now()
    )
    archiving.archive(timezone.now())
    archived(lead, archiving.log_folder())
