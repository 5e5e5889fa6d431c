"""Reminders, each told once: that an interval is not closed yet, that the inputs want measuring (S4.28)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accord.agreement.terms import Agreement
from accord.agreement.terms import Side as Party
from accord.plan.periods import MONTHS
from accord.server.agreements.finding import InForce, version_in_force
from accord.server.agreements.standings import stood
from accord.server.alerts.noticing import tell
from accord.server.book.models import Look, Reminder
from accord.server.book.reading import Row, Standing, rows, sheet
from accord.server.people.models import Role, Side, User

WORKING_DAYS = 5  # after the end of an interval, by marketing's calendar
_DAY = timedelta(days=1)


def remind(at: datetime | None = None) -> int:
    """Tell heads of both sides and operations what is due and was not told before; how many notices."""
    at = at or timezone.now()
    found = version_in_force(at)
    if found is None:
        return 0
    agreement = found.agreement
    today = day_of(agreement, at)
    told = sum(_once(f"open {row.key}", "book", row.label, at) for row in _late(agreement, today))
    measured_on, due_on, number = refresh_due(found, today)
    if today >= due_on:
        name = f"inputs {found.proposal.digest} {measured_on} {number}"
        told += _once(name, "inputs", measured_on.isoformat(), at)
    return told


def day_of(agreement: Agreement, at: datetime) -> date:
    """The day by marketing's calendar: what holds from midnight on was not agreed the day before."""
    return at.astimezone(agreement.calendar_of(Party.MARKETING).zone_on(at.date())).date()


def _late(agreement: Agreement, today: date) -> list[Row]:
    """Intervals of the term that have been over for some working days, and are not closed."""
    return [
        row
        for row in rows(sheet())
        if row.standing in (Standing.OPEN, Standing.HALF)
        and row.from_on >= agreement.term.start
        and today >= _after(row.to_on, agreement.calendar_of(Party.MARKETING).is_working_day)
    ]


def _after(day: date, works: Callable[[date], bool]) -> date:
    """The day after so many working days that follow `day`; a calendar without any gives a fortnight."""
    left, on = WORKING_DAYS, day
    while left and on < day + 14 * _DAY:
        on += _DAY
        left -= works(on)
    return on + _DAY


def refresh_due(found: InForce, today: date) -> tuple[date, date, int]:
    """When the inputs were measured last, when that is due again, and the how-manieth time it is by now.

    They were measured when the version in force came into force, or somebody looked at them since.
    """
    versions = {one.digest: one for one in stood(found.file.course)}
    version = versions.get(found.proposal.digest)
    since = [state for state in (version.standings if version else ()) if state[0].value == "active"]
    last = max((at for _status, at, _why in since), default=None)
    look = Look.objects.filter(file=found.file).order_by("-at").values_list("at", flat=True).first()
    known = max([at for at in (last, look) if at is not None], default=None)
    measured_on = day_of(found.agreement, known) if known else found.agreement.term.start
    months = MONTHS[found.agreement.term.refresh]
    number = 1
    while _later(measured_on, months * (number + 1)) <= today:
        number += 1
    return measured_on, _later(measured_on, months), number


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    month = day.year * 12 + day.month - 1 + months
    for back in range(4):
        try:
            return date(month // 12, month % 12 + 1, day.day - back)
        except ValueError:
            continue
    return day


def _once(name: str, what: str, words: str, at: datetime) -> int:
    """Tell it unless it was told under this name before, by whichever worker."""
    if Reminder.objects.filter(name=name[:120]).exists():
        return 0
    with transaction.atomic():
        made = Reminder.objects.bulk_create([Reminder(name=name[:120], at=at)], ignore_conflicts=True)
        del made  # says nothing of conflicts; the notices' own names hold what two workers write at once
        return tell(_whom(), None, what, at, f"book:{name}"[:150], words=words)


def _whom() -> list[User]:
    """Heads of both sides, and who leads operations."""
    heads = Q(side__in=[Side.MARKETING, Side.SALES], role=Role.HEAD)
    operations = Q(side=Side.OPERATIONS, role__in=[Role.HEAD, Role.MANAGER])
    return list(User.objects.filter(heads | operations, is_active=True))
