"""How many leads of this month count against whose capacity, and how many are open."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from accord.lead.events import Kind
from accord.lead.standing import IN_SALES
from accord.server.desk.models import Duty, Event, Lead
from accord.server.desk.withdrawn import left
from accord.server.people.models import User
from accord.server.routing.models import Routing
from accord.server.routing.staff import Staff

MISROUTED = "misrouted"  # a lead refused for this reason was never meant for whoever got it
IN_SALES_VALUES = [one.value for one in IN_SALES]


@dataclass(frozen=True)
class Load:
    """What somebody has: open leads, those due today or overdue now."""

    open: int = 0
    due_today: int = 0
    overdue: int = 0


def used(staff: Staff, users: Iterable[User], at: datetime) -> Counter[int]:
    """Leads assigned to people this month, by account: not those that went on to others before they were
    accepted, nor those refused as misrouted."""
    began = defaultdict(list)
    for user in users:
        began[staff.month_began(user, at)].append(user.pk)
    mine = Q(pk__in=[])
    for since, numbers in began.items():
        mine |= Q(to__in=numbers, at__gte=since)
    refused = left(
        Event.objects.filter(
            lead=OuterRef("lead"), kind=Kind.REJECTED, reason=MISROUTED, occurred_at__gte=OuterRef("at")
        )
    )
    rows = (
        Routing.objects.filter(mine, counts=True)
        .exclude(Exists(refused))
        .values_list("to")
        .annotate(leads=Count("lead", distinct=True))
    )
    return Counter({number: count for number, count in rows if number is not None})


def open_load(users: Iterable[User], at: datetime) -> dict[int, Load]:
    """What people have now, by number of their account."""
    numbers = [user.pk for user in users]
    tonight = at + timedelta(days=1)
    rows = (
        Lead.objects.filter(owner__in=numbers, standing__in=IN_SALES_VALUES)
        .values_list("owner")
        .annotate(
            count=Count("pk"),
            today=Count("pk", filter=Q(due_at__gte=at, due_at__lt=tonight)),
            late=Count("pk", filter=Q(due_at__lt=at)),
        )
    )
    found = {number: Load(count, today, late) for number, count, today, late in rows if number is not None}
    return {number: found.get(number, Load()) for number in numbers}


def broken_now(numbers: Iterable[int]) -> Counter[int]:
    """Duties of people that are broken and not made good yet."""
    rows = (
        Duty.objects.filter(broken_by__in=list(numbers), broken_at__isnull=False, met_at=None, ended_at=None)
        .values_list("broken_by")
        .annotate(count=Count("pk"))
    )
    return Counter({number: count for number, count in rows if number is not None})
