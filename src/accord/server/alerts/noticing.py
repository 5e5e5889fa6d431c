"""Writing down who has to be told what: within the transaction of the change, sent afterwards.

One notice a recipient for one moment: its `dedupe` is unique, so a moment that is told again tells nobody
again. When it goes out follows from the recipient's hours and from when they were told last; `gathering.py`
puts together what waits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accord.agreement.terms import Side as Party
from accord.errors import CalendarUnknown
from accord.server.alerts.hours import Hours
from accord.server.alerts.models import URGENT_FOR, Notice, Recipient
from accord.server.alerts.whom import Roster, reached, zone_of
from accord.server.desk.models import Duty, Lead
from accord.server.mail.models import Channel
from accord.server.people.models import User
from accord.worktime import Calendar

URGENT = frozenset({"breach", "escalate", "unassigned"})
TEST = "test"  # somebody waits for it: neither hours nor gathering hold it back


@dataclass(frozen=True)
class Matter:
    """One thing to be told. `tell` are words of the ladder, names of the agreement, or accounts."""

    what: str
    dedupe: str
    happened_at: datetime
    tell: tuple[str | User, ...] = ()
    lead: Lead | None = None
    duty: Duty | None = None
    about: str = ""
    but: int | None = None  # the number of whoever did it, and knows

    @property
    def urgent(self) -> bool:
        return self.what in URGENT


@dataclass
class Desk:
    """What one round needs to know of its recipients, looked up once."""

    at: datetime
    roster: Roster = field(init=False)
    _people: dict[int, Recipient] = field(default_factory=dict)
    _hours: dict[tuple[int, bool], Hours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roster = Roster(self.at)

    def recipients(self, users: Iterable[User]) -> dict[int, Recipient]:
        """By the number of their account; those who were never told anything get their row."""
        missing = {user.pk: user for user in users if user.pk not in self._people}
        if missing:
            there = {one.user_id: one for one in Recipient.objects.filter(user__in=missing)}
            if fresh := [Recipient(user=user) for pk, user in missing.items() if pk not in there]:
                Recipient.objects.bulk_create(fresh, ignore_conflicts=True)
                there = {one.user_id: one for one in Recipient.objects.filter(user__in=missing)}
            for pk, recipient in there.items():
                recipient.user = missing[pk or 0]
                self._people[pk or 0] = recipient
        return self._people

    def hours_of(self, recipient: Recipient, *, urgent: bool) -> Hours:
        """When this recipient is told: also outside their hours what is urgent, where they asked for that."""
        known = (recipient.pk, urgent)
        if known not in self._hours:
            self._hours[known] = _hours(recipient, self.roster, urgent=urgent)
        return self._hours[known]


def tell(
    whom: Iterable[User | str],
    about: Duty | Lead | None,
    what: str,
    at: datetime,
    dedupe: str,
    *,
    words: str = "",
) -> int:
    """Tell people, or those whom words of the ladder reach, one thing; how many notices are new.

    `what` is a key of `saying.SENTENCES`; `words` are shown as they stand. Call it in the transaction of the
    change. The same `dedupe` reaches nobody a second time.
    """
    duty = about if isinstance(about, Duty) else None
    lead = about if isinstance(about, Lead) else duty.lead if duty else None
    return write([Matter(what, dedupe, at, tuple(whom), lead, duty, words)], at)


def write(matters: Sequence[Matter], at: datetime) -> int:
    """Write the notices of several matters; how many are new."""
    if not matters:
        return 0
    desk = Desk(at)
    desk.roster.learn(number for one in matters for number in _owners(one))
    meant = [(one, _meant(one, desk.roster)) for one in matters]
    recipients = desk.recipients({user.pk: user for _, users in meant for user in users}.values())
    rows = [_notice(one, recipients[user.pk], desk) for one, users in meant for user in users]
    rows += _into_chats(matters, desk)
    before = set(
        Notice.objects.filter(dedupe__in=[row.dedupe for row in rows]).values_list("dedupe", flat=True)
    )
    fresh = [row for row in rows if row.dedupe not in before]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def write_to(recipient: Recipient, matter: Matter, at: datetime) -> bool:
    """Write one notice to one recipient; False if it was written before."""
    row = _notice(matter, recipient, Desk(at))
    if Notice.objects.filter(dedupe=row.dedupe).exists():
        return False
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    return True


def _owners(matter: Matter) -> Iterator[int | None]:
    if matter.duty is not None:
        yield matter.duty.owner_id
    if matter.lead is not None:
        yield matter.lead.owner_id


def _meant(matter: Matter, roster: Roster) -> list[User]:
    words = [one for one in matter.tell if isinstance(one, str)]
    found = {user.pk: user for user in reached(words, matter.lead, matter.duty, roster)} if words else {}
    for one in matter.tell:
        if isinstance(one, User) and (there := roster.present(one)) is not None:
            found[there.pk] = there
    return [user for pk, user in found.items() if pk != matter.but]


def _notice(matter: Matter, recipient: Recipient, desk: Desk) -> Notice:
    opening, ready = desk.at, None
    if matter.what != TEST:
        opening = desk.hours_of(recipient, urgent=matter.urgent).opening(desk.at)
        ready = ready_at(recipient, urgent=matter.urgent)
    whom = f"c{recipient.channel_id}" if recipient.channel_id else f"u{recipient.user_id}"
    return Notice(
        recipient=recipient,
        lead=matter.lead,
        duty=matter.duty,
        what=matter.what,
        about=matter.about[:200],
        urgent=matter.urgent,
        dedupe=f"{matter.dedupe[:180]}>{whom}",
        happened_at=matter.happened_at,
        made_at=desk.at,
        quiet_until=opening,
        due_at=max(opening, ready or opening),
    )


def ready_at(recipient: Recipient, *, urgent: bool) -> datetime | None:
    """From when on another message may follow the last one; None if there was none."""
    if recipient.told_at is None:
        return None
    minutes = min(recipient.gather_minutes, URGENT_FOR) if urgent else recipient.gather_minutes
    return recipient.told_at + timedelta(minutes=minutes)


def _hours(recipient: Recipient, roster: Roster, *, urgent: bool) -> Hours:
    agreement = roster.agreement
    agreed = agreement.clocks.quiet_hours if agreement else None
    user = recipient.user
    if user is None:
        zone = agreement.calendar_of(Party.SALES).zone_on(roster.at.date()) if agreement else ZoneInfo("UTC")
        return Hours(zone, quiet=_texts(agreed))
    if recipient.at_any_hour and urgent:
        return Hours(zone_of(user), quiet=_texts(recipient.quiet))
    return Hours(zone_of(user), _calendar(user, roster), _texts(agreed, recipient.quiet))


def _texts(*hours: str | None) -> tuple[str, ...]:
    return tuple(one for one in hours if one)


def _calendar(user: User, roster: Roster) -> Calendar | None:
    """The working hours of somebody: their own, else those of their side; None where nothing is agreed."""
    if roster.agreement is None:
        return None
    if name := user.calendar or roster.calendar_named(user):
        try:
            return roster.agreement.calendar(name)
        except CalendarUnknown:
            pass
    side = Party.SALES if user.side == Party.SALES else Party.MARKETING
    return roster.agreement.calendar_of(side)


# Chats --------------------------------------------------------------------------------------------------


def _into_chats(matters: Sequence[Matter], desk: Desk) -> list[Notice]:
    """What chat channels are told: breaches and the ladder after them, warnings where they want them."""
    about = [one for one in matters if one.duty is not None]
    if not about:
        return []
    channels = Channel.objects.filter(is_active=True).select_related("recipient")
    rows = []
    for channel in channels:
        recipient = _of_channel(channel)
        rows += [_notice(one, recipient, desk) for one in about if _concerns(channel, one, desk.roster)]
    return rows


def _of_channel(channel: Channel) -> Recipient:
    found = getattr(channel, "recipient", None)
    return found or Recipient.objects.get_or_create(channel=channel)[0]


def _concerns(channel: Channel, matter: Matter, roster: Roster) -> bool:
    assert matter.duty is not None  # noqa: S101 - `_into_chats` asks for no other
    if matter.what == "warn" and not channel.warnings:
        return False
    if channel.side and channel.side != matter.duty.side:
        return False
    if not channel.pool:
        return True
    owner = roster.user(matter.duty.owner_id)
    pool = roster.pool_of(owner) if owner else roster.pool_for(matter.lead)
    return pool == channel.pool
