"""The demo's desk: what had happened is there, the rest happens in time, and nobody acts for a visitor."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accord.ledger.log import open_log
from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Event, Lead
from accord.server.desk.terms import in_force as terms_in_force
from accord.server.people.models import User
from accord.server.running import demo_desk
from accord.server.running.demo_people import buyer
from accord.simulate.company import simulate
from server_fixture import People


@pytest.fixture
def told(people: People, in_force: AgreementFile, tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    """A data folder with a parted log of about 600 leads a year."""
    settings.ENV = replace(settings.ENV, data=tmp_path)
    now = timezone.now()
    found = terms_in_force(now)
    assert found
    simulate(found[1], leads=600, seed=3, into=tmp_path / "log", replace=True)
    User.objects.create_user("reps-1@acme.example", name="Emre", side="sales", pool="inbound")
    since = demo_desk.begins(now, UTC)
    demo_desk.part(tmp_path / "log", tmp_path, since, {"reps-1": "reps-1@acme.example"})
    demo_desk.load(tmp_path, now)
    return tmp_path


def test_every_lead_of_the_story_is_in_the_archive_or_on_the_desk_and_none_in_both(told: Path) -> None:
    import duckdb

    log = open_log(told / "log")
    archived = {key for (key,) in duckdb.sql(f"SELECT lead FROM ({log.leads_sql})").fetchall()}
    on_desk = set(Lead.objects.values_list("key", flat=True))
    assert len(archived) > 300 and not archived & on_desk
    assert not Event.objects.filter(recorded_at__gt=timezone.now()).exists()


def test_one_person_has_one_name_in_the_archive_and_on_the_desk(told: Path) -> None:
    """Else everything by owner has them twice."""
    import duckdb

    log = open_log(told / "log")
    actors = {who for (who,) in duckdb.sql(f"SELECT DISTINCT actor FROM ({log.events_sql})").fetchall()}
    assert "reps-1@acme.example" in actors and "reps-1" not in actors
    assert not Event.objects.filter(actor="reps-1").exists()


def test_all_that_sales_got_this_month_is_on_the_desk(told: Path) -> None:
    """So that queue, board and score say the same of this month, however old a lead is."""
    import duckdb

    since = demo_desk.begins(timezone.now(), UTC).replace(tzinfo=None)
    late = (
        f"SELECT * FROM ({open_log(told / 'log').events_sql}) WHERE kind = 'handed_off' AND occurred_at >= ?"
    )
    assert not duckdb.execute(late, [since]).fetchall()


def test_the_desk_begins_with_the_month_or_two_weeks_ago() -> None:
    assert demo_desk.begins(datetime(2026, 11, 22, 9, tzinfo=UTC), UTC) == datetime(2026, 11, 1, tzinfo=UTC)
    assert demo_desk.begins(datetime(2026, 11, 3, 9, tzinfo=UTC), UTC) == datetime(
        2026, 10, 20, 9, tzinfo=UTC
    )


def test_what_is_to_come_happens_once_at_its_time_and_the_rep_one_visits_works_alone(told: Path) -> None:
    at, before = timezone.now(), Lead.objects.count()
    hers = Lead.objects.filter(owner__email="leyla@acme.example", standing="accepted").first()
    for days in (1, 3, 7):
        demo_desk.feed(at + timedelta(days=days))
    assert Lead.objects.count() > before or at.month == 12  # the simulated year may end within the week
    seen = Event.objects.count()
    demo_desk.feed(at + timedelta(days=7))
    assert Event.objects.count() == seen
    if hers:
        assert not hers.events.filter(side="sales", recorded_at__gt=at).exists()


def test_an_invented_buyer_is_the_same_each_time_and_reachable_by_nobody() -> None:
    one = buyer("L1", "Zorlu Ğ & Co", "ceo")
    assert one == buyer("L1", "Zorlu Ğ & Co", "ceo")
    assert one.email.endswith(".example") and one.role == "CEO"
