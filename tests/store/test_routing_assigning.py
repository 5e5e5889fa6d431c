"""Who gets a lead: chosen and recorded in one transaction, with the reason."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Lead
from accord.server.desk.recording import locked, refresh
from accord.server.routing.assigning import Assignment, assign
from accord.server.routing.models import Routing
from desk_fixture import a_delivered_lead
from server_fixture import People

pytestmark = pytest.mark.django_db


def given(lead: Lead, **how: object) -> Assignment | None:
    """A lead assigned as the desk does it."""
    at = timezone.now() + timedelta(seconds=1)
    with transaction.atomic():
        held = locked(lead.pk)
        done = assign(held, at, **how)  # type: ignore[arg-type]
        refresh(held, at)
    return done


def test_a_lead_goes_to_the_pool_of_the_agreement_and_the_record_says_so(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_delivered_lead()
    done = given(lead)
    assert done is not None and (done.to, done.rule) == (people.leyla, "pool")
    lead.refresh_from_db()
    assert (lead.owner, lead.standing) == (people.leyla, "assigned")
    assert Routing.objects.get(lead=lead).event == lead.events.get(kind="assigned")


def test_what_nobody_of_the_pool_can_take_goes_to_the_catch_all(
    people: People, in_force: AgreementFile
) -> None:
    done = given(a_delivered_lead(), exclude=frozenset({people.leyla.pk}))
    assert done is not None and (done.to, done.rule) == (people.ines, "catch_all")
