"""Taken back at the moment at which somebody else goes on: one of the two orders, never something between."""

from datetime import timedelta

import pytest
from django.utils import timezone
from test_desk_races import at_once

from accord.errors import NotAllowed
from accord.server.agreements.models import AgreementFile
from accord.server.boards.models import Reject
from accord.server.desk import acts
from accord.server.desk.models import Lead
from desk_fixture import a_delivered_lead
from server_fixture import People, actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("round_", range(3))
def test_a_reject_is_disputed_or_was_never_there(
    people: People, in_force: AgreementFile, round_: int
) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla)
    acts.reject(actor(people.leyla), lead.pk, "misrouted", "", at)
    seq = lead.events.get(kind="rejected").seq
    later = at + timedelta(seconds=1)
    back, disputed = at_once(
        lambda: acts.undo(actor(people.leyla), lead.pk, [seq], later),
        lambda: acts.dispute(actor(people.sara), lead.pk, "It is theirs.", later),
    )
    lead.refresh_from_db()
    assert {type(back), type(disputed)} == {Lead, NotAllowed}
    if isinstance(back, Lead):
        assert lead.standing == "assigned" and not Reject.objects.filter(lead=lead).exists()
    else:
        assert lead.standing == "rejected" and Reject.objects.get(lead=lead).disputed_at


def test_pressed_twice_it_is_taken_back_once(people: People, in_force: AgreementFile) -> None:
    at = timezone.now()
    lead = a_delivered_lead(people.leyla)
    acts.accept(actor(people.leyla), lead.pk, at)
    seq = lead.events.get(kind="accepted").seq
    came = at_once(*[lambda: acts.undo(actor(people.leyla), lead.pk, [seq], at + timedelta(seconds=1))] * 2)
    assert {type(one) for one in came} == {Lead, NotAllowed}
    assert lead.events.filter(kind="withdrawn").count() == 1
