"""What becomes of a customer: said on the lead that was won, with its day; taken back like all sayings."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accord.errors import EntryInvalid, NotAllowed
from accord.lead.events import Kind
from accord.server.agreements.models import AgreementFile
from accord.server.desk import acts
from accord.server.desk.models import Lead
from accord.server.desk.recording import Fact, record_facts
from api_fixture import Api
from desk_fixture import a_delivered_lead
from server_fixture import People, actor, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DAY = timedelta(days=1)
ISTANBUL = ZoneInfo("Europe/Istanbul")


@pytest.fixture
def customer(people: People, in_force: AgreementFile) -> Lead:
    """One of Leyla's, won ten days ago."""
    at = timezone.now() - 10 * DAY
    lead = a_delivered_lead(people.leyla, delivered_at=at)
    return record_facts(lead.pk, [Fact(Kind.WON, at, side="sales", amount=Decimal(900))], timezone.now())


def days_ago(days: int) -> date:
    return (timezone.now().astimezone(ISTANBUL) - days * DAY).date()


def told(lead: Lead) -> list[tuple[str, str, date]]:
    rows = lead.events.filter(kind__in=("renewed", "churned", "rated")).order_by("occurred_at")
    return [
        (row.kind, row.reason or row.outcome, row.occurred_at.astimezone(ISTANBUL).date()) for row in rows
    ]


def test_a_customer_buys_again_says_how_it_is_leaves_and_comes_back(people: People, customer: Lead) -> None:
    by, at = actor(people.leyla), timezone.now()
    acts.renew(by, customer.pk, Decimal("450.50"), days_ago(5), "on the telephone", at)
    acts.rate(actor(people.sara), customer.pk, False, days_ago(4), "", at)
    lead = acts.churn(by, customer.pk, "moved  to a rival", days_ago(3), "", at)
    assert lead.standing == "won"
    assert told(lead) == [
        ("renewed", "", days_ago(5)),
        ("rated", "not satisfied", days_ago(4)),
        ("churned", "moved to a rival", days_ago(3)),
    ]
    assert lead.events.get(kind="renewed").amount == Decimal("450.50")
    assert lead.events.get(kind="rated").side == "prospect"
    for refused in (
        lambda: acts.churn(by, customer.pk, "again", None, "", at),
        lambda: acts.rate(by, customer.pk, True, None, "", at),
    ):
        with pytest.raises(NotAllowed, match="this customer has left; record a renewal"):
            refused()
    acts.renew(by, customer.pk, None, None, "", at)
    acts.rate(by, customer.pk, True, None, "", at)
    assert told(customer)[-2:] == [("renewed", "", days_ago(0)), ("rated", "satisfied", days_ago(0))]


def test_what_is_said_of_one_day_stands_in_the_order_in_which_it_was_said(
    people: People, customer: Lead
) -> None:
    by, at = actor(people.leyla), timezone.now()
    on = days_ago(10)
    acts.renew(by, customer.pk, None, on, "", at)
    lead = acts.churn(by, customer.pk, "went out of business", on, "", at)
    kinds = lead.events.filter(kind__in=("won", "renewed", "churned")).order_by("occurred_at")
    assert list(kinds.values_list("kind", flat=True)) == ["won", "renewed", "churned"]
    noon = datetime.combine(days_ago(5), time(12), ISTANBUL).astimezone(UTC)
    acts.renew(by, customer.pk, None, days_ago(5), "", at)
    assert lead.events.filter(kind="renewed", occurred_at=noon).exists()


def test_of_two_ratings_of_one_past_day_the_later_said_is_the_later(people: People, customer: Lead) -> None:
    by, at = actor(people.leyla), timezone.now()
    acts.rate(by, customer.pk, False, days_ago(4), "", at)
    acts.rate(by, customer.pk, True, days_ago(4), "", at)
    assert told(customer) == [("rated", "not satisfied", days_ago(4)), ("rated", "satisfied", days_ago(4))]
    first, second = customer.events.filter(kind="rated").order_by("seq")
    assert first.occurred_at < second.occurred_at


def test_a_day_before_the_last_word_on_whether_they_stay_is_refused_with_that_day(
    people: People, customer: Lead
) -> None:
    by, at = actor(people.leyla), timezone.now()
    acts.renew(by, customer.pk, None, days_ago(4), "", at)
    with pytest.raises(EntryInvalid, match=f"before the customer renewed, on {days_ago(4)}"):
        acts.churn(by, customer.pk, "moved to a rival", days_ago(5), "", at)
    acts.rate(by, customer.pk, True, days_ago(5), "", at)
    sent = {"reason": "price", "on": days_ago(5).isoformat()}
    path = f"/leads/{customer.key}"
    assert signed_in(people.leyla).post(f"{path}/churned/", sent).status_code == 422
    refused = Api(people.leyla).post(f"{path}/churn", sent)
    assert refused.status_code == 422 and f"on {days_ago(4)}" in refused.content.decode()
    acts.churn(by, customer.pk, "moved to a rival", days_ago(3), "", at)
    with pytest.raises(EntryInvalid, match=f"before the customer left, on {days_ago(3)}"):
        acts.renew(by, customer.pk, None, days_ago(4), "", at)
    acts.renew(by, customer.pk, None, days_ago(3), "", at)
    assert [kind for kind, _said, _on in told(customer)] == ["rated", "renewed", "churned", "renewed"]


def test_a_day_before_the_win_or_ahead_is_refused_at_its_field(people: People, customer: Lead) -> None:
    by, at = actor(people.leyla), timezone.now()
    for on, what in (
        (days_ago(11), "before the lead was won"),
        (days_ago(-1), "lies ahead"),
        (date.max, "ahead"),
        (date.min, "before"),
    ):
        with pytest.raises(EntryInvalid, match=what):
            acts.renew(by, customer.pk, None, on, "", at)
    with pytest.raises(EntryInvalid, match="why they left"):
        acts.churn(by, customer.pk, "  ", None, "", at)
    with pytest.raises(EntryInvalid, match="amount of money"):
        acts.renew(by, customer.pk, Decimal(-1), None, "", at)


def test_only_who_has_a_customer_says_that_it_stays_or_left_and_both_sides_how_it_is(
    people: People, customer: Lead
) -> None:
    at = timezone.now()
    with pytest.raises(NotAllowed, match="sales decides"):
        acts.renew(actor(people.sara), customer.pk, None, None, "", at)
    with pytest.raises(NotAllowed, match="marketing"):
        acts.rate(actor(people.vera), customer.pk, True, None, "", at)
    lead = a_delivered_lead(people.leyla)
    with pytest.raises(NotAllowed, match="you cannot record a renewal now"):
        acts.renew(actor(people.leyla), lead.pk, None, None, "", at)


def test_it_is_taken_back_like_any_other_saying(people: People, customer: Lead) -> None:
    by, at = actor(people.leyla), timezone.now()
    lead = acts.churn(by, customer.pk, "a mix-up", days_ago(1), "", at)
    seq = lead.events.get(kind="churned").seq
    acts.undo(by, customer.pk, [seq], at + timedelta(minutes=1))
    acts.rate(by, customer.pk, True, None, "", at + timedelta(minutes=2))
    assert not lead.duties.filter(state="pending").exists()


def test_the_card_of_a_customer_offers_it_and_tells_it(people: People, customer: Lead) -> None:
    client = signed_in(people.leyla)
    address = f"/leads/{customer.key}"
    page = client.get(f"{address}/").content.decode()
    assert "As a customer" in page and 'id="do-renewed"' in page and 'type="date"' in page
    assert "It goes on" not in page
    sent = {"reason": "<script>", "on": days_ago(2).isoformat(), "note": ""}
    assert client.post(f"{address}/churned/", sent).status_code == 302
    page = client.get(f"{address}/").content.decode()
    assert "is a customer no more: &lt;script&gt;" in page
    assert 'id="do-churned"' not in page and 'id="do-renewed"' in page
    assert client.post(f"{address}/renewed/", {"on": "soon"}).status_code == 422
    assert client.post(f"{address}/renewed/", {"on": days_ago(30).isoformat()}).status_code == 422
    assert (
        "a customer no more"
        not in signed_in(people.vera).get(f"{address}/").content.decode().partition("The story so far")[0]
    )


def test_programs_say_it_too(people: People, customer: Lead) -> None:
    api = Api(people.leyla)
    path = f"/leads/{customer.key}"
    assert api.post(f"{path}/renew", {"amount": 300, "on": days_ago(6).isoformat()}).status_code == 200
    assert api.post(f"{path}/rate", {"satisfied": True}).status_code == 200
    assert api.post(f"{path}/rate", {"satisfied": "perhaps"}).status_code == 422
    assert api.post(f"{path}/churn", {"reason": "", "on": None}).status_code == 422
    assert api.post(f"{path}/churn", {"reason": "price", "on": "9999-12-31"}).status_code == 422
    assert api.post(f"{path}/churn", {"reason": "price"}).status_code == 200
    assert [kind for kind, _said, _on in told(customer)] == ["renewed", "rated", "churned"]
