"""Whose turn it is: who came by themselves comes before the rows of files."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accord.server.intake import settling
from accord.server.intake.models import Arrival, Upload
from server_fixture import People

pytestmark = pytest.mark.django_db


def arrivals(many: int, name: str, upload: Upload | None = None, **fields: object) -> list[int]:
    at = timezone.now() - timedelta(minutes=5 if upload else 1)
    told = {"kind": "lead", "origin": name, "payload": {"email": "x@y.example"}, "received_at": at}
    rows = [
        Arrival(key=f"{name}-{n}", origin_id=str(n), upload=upload, **{"next_at": at, **told, **fields})
        for n in range(many)
    ]
    return [row.pk for row in Arrival.objects.bulk_create(rows)]


@pytest.fixture
def upload(people: People) -> Upload:
    return Upload.objects.create(name="fair.csv", body="", by=people.kai, state="in")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was settled, in order; nothing becomes of it."""
    order: list[int] = []

    def settle(pk: int, at: object) -> bool:
        order.append(pk)
        return bool(Arrival.objects.filter(pk=pk).update(next_at=None))

    monkeypatch.setattr(settling, "settle", settle)
    return order


def test_who_came_by_themselves_waits_for_no_file(upload: Upload, settled: list[int]) -> None:
    rows, live = arrivals(30, "upload", upload), arrivals(3, "form")
    assert settling.settle_due(timezone.now()) == 33
    assert settled == [*live, *rows]


def test_a_file_gives_way_to_who_comes_meanwhile(upload: Upload, settled: list[int]) -> None:
    arrivals(100, "upload", upload)
    late = timezone.now() + timedelta(seconds=1)
    (live,) = arrivals(1, "form", next_at=late)
    assert settling.settle_due(timezone.now()) == 10 and live not in settled
    settling.settle_due(late)
    assert settled[10] == live


def test_rows_are_fed_in_no_faster_than_they_are_settled(
    upload: Upload, settled: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[object] = []
    monkeypatch.setattr(settling, "feed_due", fed.append)
    arrivals(250, "upload", upload)
    settling.settle_due(timezone.now(), 100)
    assert not fed
    settling.settle_due(timezone.now(), 100)
    assert len(fed) == 1 and len(settled) == 200
