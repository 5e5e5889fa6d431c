"""The instant of a request, and the end of the day of whoever sent it."""

from datetime import datetime, time, timedelta

from django.utils import timezone


def midnight_after(at: datetime) -> datetime:
    """When the day of whoever looks ends."""
    tomorrow = timezone.localtime(at).date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min))


def month_of(at: datetime) -> datetime:
    """When the month of whoever looks began."""
    first = timezone.localtime(at).date().replace(day=1)
    return timezone.make_aware(datetime.combine(first, time.min))
