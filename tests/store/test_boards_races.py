"""Two at the same moment, each in a thread with a connection of its own: one mail, one settlement."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from accord.errors import AccordError, EditConflict
from accord.server.boards import rejects, texts
from accord.server.boards.models import Automatic, Mailing, Reject
from accord.server.desk import acts, cadence
from accord.server.desk.models import Consent
from accord.server.mail.models import Message
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_force")]


def at_once(*doings: Callable[[], object]) -> list[object]:
    """Start all together; what each gave back, or raised."""
    ready = Barrier(len(doings))

    def run(do: Callable[[], object]) -> object:
        try:
            ready.wait(timeout=60)
            return do()
        except AccordError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))


def test_two_workers_write_a_mail_once(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = {"backend": "django.core.mail.backends.dummy.EmailBackend"}
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, url="https://accord.example", mail=mail))
    contact = a_contact()
    since = timezone.now() - timedelta(days=1)
    Consent.objects.create(contact=contact, channel="email", allowed=True, basis="consent", at=since)
    lead = a_delivered_lead(people.leyla, contact=contact)
    texts.save(actor(people.sara), texts.Wanted("follow-up", "", 1, "Hello", "Dear {name},"), timezone.now())
    at = Automatic.objects.get().due_at
    assert at is not None
    counts = at_once(*[lambda: cadence.send_due(at)] * 3)
    assert sorted(counts) == [0, 0, 1], counts  # type: ignore[type-var]
    assert Message.objects.count() == Mailing.objects.count() == 1
    assert lead.events.filter(kind="attempted").count() == 1


def test_a_reject_is_settled_by_one_of_two(people: People) -> None:
    lead = a_delivered_lead(people.leyla)
    acts.reject(actor(people.leyla), lead.pk, "duplicate", "", timezone.now())
    row = Reject.objects.get()
    found = at_once(
        lambda: rejects.close(actor(people.sara), row, timezone.now()),
        lambda: rejects.close(actor(people.mina), row, timezone.now()),
    )
    assert sum(isinstance(one, EditConflict) for one in found) == 1
    row.refresh_from_db()
    assert row.how == Reject.How.CLOSED and row.settled_by in (people.sara, people.mina)
