"""The queue, the card and the list: their order, who sees what, hostile text, and what they cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Lead
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People

pytestmark = pytest.mark.django_db
Signed = Callable[..., Client]


def test_pages_open(people: People, in_force: AgreementFile, client_of: Signed) -> None:
    lead = a_delivered_lead(people.leyla)
    client = client_of(people.leyla)
    for path in (
        "/queue/",
        "/queue/list",
        f"/leads/{lead.key}/",
        "/leads/",
        "/leads/?form=csv",
        f"/leads/{lead.key}/reject/",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
