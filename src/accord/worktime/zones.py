"""Time zones by name, and the UTC instant of a local time on every kind of day."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from accord.errors import BudgetUnreachable, CalendarInvalid, NaiveTime, TimeError, nearest

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1970, 2100  # what holiday lists and zone rules can reasonably cover
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_A_MINUTE = 60_000_000
MICROSECONDS_A_DAY = 86_400_000_000
_NO_ZONES = ("localtime", "posixrules", "Factory", "posix/", "right/")  # files that mean what a machine likes
_BEYOND = (LAST_DAY.toordinal() + 1 - date(1970, 1, 1).toordinal()) * MICROSECONDS_A_DAY


def find_zone(name: str) -> ZoneInfo:
    """The zone of that name; CalendarInvalid with the nearest name if there is none."""
    try:
        if not name.startswith(_NO_ZONES):
            return ZoneInfo(name)
    except (
        KeyError,
        ValueError,
        OSError,
    ):  # unknown, not a name at all, or a folder of zones such as `Europe`
        pass
    by_city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(_zone_names(), reverse=True)}
    near = by_city.get(name.strip().lower().replace(" ", "_").rpartition("/")[2])
    hint = f"; did you mean {near!r}?" if near else nearest(name, _zone_names())
    raise CalendarInvalid(f"no time zone named {name!r}{hint}")


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def microseconds(at: datetime) -> int:
    """Microseconds from 1970 to an instant; NaiveTime without a zone, TimeError outside 1970 to 2100."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise NaiveTime(f"{at.isoformat()} has no zone; add Z or an offset such as +02:00")
    count = (at - EPOCH) // MICROSECOND
    if not 0 <= count <= _BEYOND:
        raise TimeError(
            f"{at.isoformat()} is outside {FIRST_YEAR} to {LAST_YEAR}, the years a calendar covers"
        )
    return count


def instant(count: int) -> datetime:
    """The UTC instant so many microseconds after the start of 1970."""
    return EPOCH + timedelta(microseconds=count)


def length(count: Fraction) -> timedelta:
    """So many microseconds, rounded to whole ones; BudgetUnreachable if no calendar is that long."""
    if count > _BEYOND:
        raise BudgetUnreachable(
            f"{float(count / MICROSECONDS_A_DAY):g} days are more than calendars cover; ask for less"
        )
    return round(count) * MICROSECOND


def utc_of_local(on: date, minute: int, zone: ZoneInfo) -> int:
    """Microseconds from 1970 to a local time, `minute` minutes after midnight by the clock on the wall.

    A time that the clock skips is the instant of the skip; one that it shows twice is the first of the two.
    """
    days, rest = divmod(minute, 24 * 60)
    naive = datetime(on.year, on.month, on.day, rest // 60, rest % 60) + timedelta(days=days)  # noqa: DTZ001
    earlier, later = _offset(naive, zone, 0), _offset(naive, zone, 1)
    wall = (naive.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
    if later <= earlier:  # the usual case, or a time shown twice
        return wall - earlier
    return _transition(wall - later, wall - earlier, zone)


def offsets(zone: ZoneInfo, from_at: datetime, to_at: datetime) -> list[tuple[datetime, int]]:
    """How many microseconds local time is ahead of UTC from one instant to another, both naive and in UTC.

    Each item holds up to its instant, which comes after the first and is the last one's `to_at`.
    """
    start, end = ((at.replace(tzinfo=UTC) - EPOCH) // MICROSECOND for at in (from_at, to_at))
    found = []
    while start < end:
        ahead, stop = _offset_at(start // 1_000_000, zone), min(start + MICROSECONDS_A_DAY, end)
        while stop < end and _offset_at(stop // 1_000_000, zone) == ahead:
            stop = min(stop + MICROSECONDS_A_DAY, end)
        changed = _offset_at(stop // 1_000_000, zone) != ahead
        start = _transition(max(stop - MICROSECONDS_A_DAY, start), stop, zone) if changed else stop
        found.append((instant(start).replace(tzinfo=None), (ahead or timedelta()) // MICROSECOND))
    return found


def _offset(naive: datetime, zone: ZoneInfo, fold: int) -> int:
    offset = naive.replace(tzinfo=zone, fold=fold).utcoffset()
    return 0 if offset is None else offset // MICROSECOND


def _transition(before: int, after: int, zone: ZoneInfo) -> int:
    """The instant, to the second, between the two at which the zone's offset changes."""
    low, high = before // 1_000_000, after // 1_000_000
    old = _offset_at(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset_at(middle, zone) == old else (low, middle)
    return high * 1_000_000


def _offset_at(second: int, zone: ZoneInfo) -> timedelta | None:
    return (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
