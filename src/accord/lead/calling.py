"""When a person may be called: 8 to 21 o'clock where the person is (DOMAIN 8.3, the federal rule of the US).

Where the zone is unknown nothing can be said, so nothing is refused.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accord.lead.events import Channel

OPENS, CLOSES = time(8), time(21)
ASKED = "asked"  # the reason of an attempt at a time that the person asked for
RINGS = frozenset({Channel.CALL, Channel.VOICEMAIL, Channel.SMS})  # what disturbs; mail waits to be read


def may_ring(at: datetime, zone: ZoneInfo | None) -> bool:
    """Whether a phone may ring there at that instant: from 8:00, before 21:00."""
    return zone is None or OPENS <= at.astimezone(zone).time() < CLOSES


def rings_again(at: datetime, zone: ZoneInfo | None) -> datetime:
    """The next instant at which a phone may ring; `at` itself if it may now."""
    if zone is None or may_ring(at, zone):
        return at
    there = at.astimezone(zone)
    day = there.date() + timedelta(days=there.time() >= CLOSES)
    return datetime.combine(day, OPENS, zone).astimezone(UTC)


def refusal(channel: str, at: datetime, zone: ZoneInfo | None) -> str:
    """Why an attempt is not made then, in a sentence; empty if it may be."""
    if channel not in RINGS or zone is None or may_ring(at, zone):
        return ""
    there = at.astimezone(zone)
    return (
        f"it is {there:%H:%M} where this person is ({zone.key}); call between {OPENS:%H:%M} and "
        f"{CLOSES:%H:%M} there, or say that the person asked for this time"
    )
