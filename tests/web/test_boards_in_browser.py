"""The boards in a real browser: the inbox of rejects, and the arbitration."""

import pytest
from django.utils import timezone

from accord.server.boards.models import Reject
from accord.server.desk import acts
from accord.server.desk.models import Lead
from conftest import PHONE, Live
from desk_fixture import a_contact, a_delivered_lead
from server_fixture import People, actor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_force"),
]


def test_marketing_mends_a_reject_and_disputes_another_and_both_sides_settle_it(
    live: Live, people: People
) -> None:
    now, leyla = timezone.now(), actor(people.leyla)
    poor = a_delivered_lead(people.leyla, contact=a_contact(name="Ada Byron", phone="", role=""))
    acts.reject(leyla, poor.pk, "missing_data", "no number to call", now)
    good = a_delivered_lead(people.leyla, contact=a_contact(name="Grace Murray"))
    acts.reject(leyla, good.pk, "out_of_market", "they sell nothing here", now)

    sara = live.page(people.sara, at="/rejects/")
    assert sara.get_by_text("no number to call").count() == 1
    sara.get_by_role("row", name="Ada Byron").get_by_role("link", name="Open").click()
    sara.get_by_label("Phone").fill("+90 532 123 45 67")
    sara.get_by_label("Role").fill("director")
    sara.get_by_role("button", name="Save and send again").click()
    sara.get_by_text("was handed off again").wait_for()
    assert Lead.objects.get(pk=poor.pk).standing in ("delivered", "assigned")

    sara.get_by_role("row", name="Grace Murray").get_by_role("link", name="Open").click()
    sara.get_by_label("Why the reject is wrong").fill("They opened an office in May")
    sara.get_by_role("button", name="Dispute").click()
    sara.get_by_role("link", name="monthly arbitration").click()
    assert sara.get_by_text("They opened an office in May").count() == 1

    omar = live.page(people.omar, at="/disputes/", width=PHONE)
    omar.get_by_label("Decided with").select_option(label="Mina Yılmaz")
    omar.get_by_role("button", name="Overturn it").click()
    omar.get_by_text("The dispute is settled").wait_for()
    assert Reject.objects.get(lead=good).overturned is True
    assert Lead.objects.get(pk=good.pk).standing == "assigned"
