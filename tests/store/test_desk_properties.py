"""Through the desk's one door as in the domain: whatever order facts come in, what follows is the same."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accord.lead.events import Kind
from accord.lead.standing import standing
from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Duty, Event, Lead
from accord.server.desk.recording import Fact, cycle_of, record_facts
from desk_fixture import a_delivered_lead
from server_fixture import People

_NAMES = count(1)
KINDS = (  # but for pauses, which count from when they were recorded
    *(Kind.ATTEMPTED, Kind.CONNECTED, Kind.ACCEPTED, Kind.REJECTED, Kind.RETURNED, Kind.DISQUALIFIED),
    *(Kind.FEEDBACK, Kind.SALES_QUALIFIED, Kind.WON, Kind.LOST, Kind.OPTED_OUT, Kind.SIGNALLED),
)
stories = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 60 * 24 * 3)), min_size=1, max_size=7)


def facts_of(story: list[tuple[Kind, int]], start: datetime) -> list[Fact]:
    return [
        Fact(
            kind, start + timedelta(minutes=minutes), actor="leyla", side="sales",
            channel="call" if kind is Kind.ATTEMPTED else "",
            origin="story", origin_id=str(next(_NAMES)),
        )
        for kind, minutes in story
    ]  # fmt: skip


def seen(lead: Lead) -> dict[str, Any]:
    """What stands about a lead, but for how it is called and when what was recorded."""
    lead.refresh_from_db()
    names = ("standing", "owner_id", "delivered_at", "assigned_at", "attempts", "touched_at", "connected_at",
             "due_at", "due_kind", "broken")  # fmt: skip
    duties = Duty.objects.filter(lead=lead).exclude(state="void")  # one that was owed for a while only
    fields = ("kind", "number", "side", "state", "due_at", "met_at", "ended_at", "owner_id")
    return {
        **{name: getattr(lead, name) for name in names},
        "duties": sorted(map(str, duties.values_list(*fields))),
    }


def test_facts_twice_late_and_in_any_order_end_in_one_state(people: People, in_force: AgreementFile) -> None:
    now = timezone.now()
    start = now - timedelta(days=4)

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(stories, st.randoms(use_true_random=False))
    def holds(story: list[tuple[Kind, int]], dice: Any) -> None:
        one, other = (a_delivered_lead(people.leyla, delivered_at=start) for _ in range(2))
        facts, same = facts_of(story, start), facts_of(story, start)
        record_facts(one.pk, facts, now)
        mixed = [*same, *same[:2]]
        dice.shuffle(mixed)
        for place, fact in enumerate(mixed):
            record_facts(other.pk, [fact], now if place % 2 else max(fact.occurred_at, start))
        record_facts(other.pk, [], now)
        assert seen(one) == seen(other)
        assert other.standing == standing(cycle_of(other, now))
        told = Event.objects.filter(lead=other).exclude(kind=Kind.BREACHED.value)
        assert told.filter(origin="story").count() == len(story)  # nothing is lost, nothing is there twice
        found = Duty.objects.filter(lead=other, broken_at__isnull=False)
        assert Event.objects.filter(lead=other, kind=Kind.BREACHED.value).count() == found.count()

    holds()
