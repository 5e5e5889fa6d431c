"""Notices are not kept for ever."""

from datetime import datetime, timedelta

from accord.server.alerts.models import Notice

KEPT_FOR = timedelta(days=90)  # as mail
_AT_ONCE = 1_000  # rows that one statement deletes
State = Notice.State


def forget_old(at: datetime) -> int:
    """Delete what was told, shown or settled long ago; how many notices."""
    old = Notice.objects.filter(made_at__lt=at - KEPT_FOR).exclude(state=State.WAITING)
    deleted = 0
    while some := list(old.order_by("made_at").values_list("pk", flat=True)[:_AT_ONCE]):
        deleted += Notice.objects.filter(pk__in=some).exclude(state=State.WAITING).delete()[0]
    return deleted
