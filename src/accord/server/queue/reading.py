"""A queue as one looks at it: every open lead of somebody, what is due first and worth most on top.

A constant number of queries, whatever the number of leads. What is owed comes from the duties, which follow
from the agreement; this module only puts them in order and words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum

from accord.agreement.terms import Agreement
from accord.lead.cadence import channel_after, suggested_at
from accord.lead.events import Channel, Kind
from accord.lead.standing import IN_SALES, UNDECIDED
from accord.promises.duties import DutyKind
from accord.promises.verdict import State
from accord.server.desk.models import Consent, Duty, Event, Lead
from accord.server.desk.terms import in_force, terms_of
from accord.server.queue.rights import Whose
from accord.server.queue.timing import Clocks, Left, There, there

MOST = 500  # leads of one queue; more than that nobody works, and the page says so
SHOWN = 60  # of them on the page, until all are asked for
SOON = timedelta(hours=1)
_OPEN = [one.value for one in IN_SALES]
_UNDECIDED = frozenset(one.value for one in UNDECIDED)
_TOUCHES = [Kind.ATTEMPTED.value, Kind.CONNECTED.value]
_PAUSES = [Kind.PAUSED.value, Kind.RESUMED.value]
_NEVER = datetime.max.replace(tzinfo=UTC)


_NEEDED = (  # of a lead, its person and its owner; a queue is long, and each column costs
    *(
        "key",
        "account_name",
        "lead_type",
        "reasons",
        "grade",
        "standing",
        "delivered_at",
        "agreement",
        "value",
    ),
    *("attempts", "touched_at", "connected_at", "due_at", "broken", "version", "owner__name"),
    *(f"contact__{name}" for name in ("name", "email", "phone", "company", "role", "zone")),
)


class Group(StrEnum):
    OVERDUE = "overdue"  # owed, and its time is over
    NOW = "now"  # due within a working hour, or warned of
    TODAY = "today"  # to be seen to before the day ends for whoever looks
    NEXT = "next"  # due another day, and not decided or never tried yet
    WAITING = "waiting"  # paused, tried and due another day, or nothing is owed


class Due(NamedTuple):
    """A duty of sales that is neither done nor over: as much of it as a list needs, since there are many."""

    lead_id: int
    kind: str
    number: int
    state: str
    due_at: datetime
    calendar: str
    rung: int


@dataclass(frozen=True)
class Row:
    """One lead of a queue. `left` is None where nothing is owed; `paused_until` may be unknown."""

    lead: Lead
    group: Group
    kind: str  # accord.promises.duties.DutyKind of what is owed next; empty: nothing
    left: Left | None
    to_make: int  # attempts until the checkpoint that is owed next; 0 where something else is owed
    warned: bool
    paused: bool
    paused_until: datetime | None
    wanted: int  # attempts that the agreement asks for before a lead may be given back
    channel: str  # best next
    there: There | None
    barred: frozenset[str]  # channels that the person refused
    why: str
    last: str  # channel of the last touch

    @property
    def undecided(self) -> bool:
        return self.lead.standing in _UNDECIDED


@dataclass(frozen=True)
class Queue:
    """`version` changes with whatever the page shows; `beyond` are leads that are not on the page."""

    rows: tuple[Row, ...]
    beyond: int
    version: str
    agreement: Agreement | None
    counts: Mapping[Group, int] = field(default_factory=dict)

    def grouped(self) -> list[tuple[Group, list[Row]]]:
        return [
            (group, rows) for group in Group if (rows := [row for row in self.rows if row.group is group])
        ]


def leads_of(whose: Whose) -> QuerySet[Lead]:
    """The open leads of a person or a pool, by the index of queues."""
    open_leads = Lead.objects.filter(standing__in=_OPEN)
    if whose.user is not None:
        return open_leads.filter(owner=whose.user)
    return open_leads.filter(owner__pool=whose.pool, owner__side="sales")


def version_of(whose: Whose, at: datetime, shown: str = "") -> str:
    """What a page compares with what it shows, by one query; new after every recording and minute."""
    found = leads_of(whose).aggregate(
        count=Count("pk"), versions=Sum("version"), mixed=Sum(F("version") * F("pk"))
    )
    return _version(found["count"], found["versions"] or 0, found["mixed"] or 0, at, shown)


def _version(count: int, versions: int, mixed: int, at: datetime, shown: str) -> str:
    return f"{count}-{versions}-{mixed}-{int(at.timestamp()) // 60}{shown}"


def read_queue(whose: Whose, at: datetime, midnight: datetime, *, every: bool = False) -> Queue:
    """The queue as of `at`; `midnight` is when the day of whoever looks ends."""
    found = in_force(at)
    worst_first = (
        F("broken").desc(),
        F("due_at").asc(nulls_last=True),
        F("value").desc(nulls_last=True),
        "pk",
    )
    rows_of = leads_of(whose).select_related("contact", "owner").only(*_NEEDED).order_by(*worst_first)
    leads = list(rows_of[: MOST + 1])
    version = version_of(whose, at) if len(leads) > MOST else _version(
        len(leads), sum(one.version for one in leads), sum(one.version * one.pk for one in leads), at, ""
    )  # fmt: skip
    rows = sorted(_rows(leads[:MOST], at, midnight), key=_order)
    counts = Counter(row.group for row in rows)
    shown = rows if every else rows[:SHOWN]
    return Queue(tuple(shown), len(leads) - len(shown), version, found[1] if found else None, counts)


def read_row(lead: Lead, at: datetime, midnight: datetime) -> Row:
    """One lead as its queue shows it."""
    return next(_rows([lead], at, midnight))


_GROUPS = list(Group)


def _order(row: Row) -> tuple[Any, ...]:
    """What is due first, then what is worth most; what waits comes by when it goes on."""
    due_at = row.left.due_at if row.left else row.paused_until or _NEVER
    worth = -(row.lead.value or Decimal(0))
    return (_GROUPS.index(row.group), due_at, worth, row.lead.pk)


def _rows(leads: Sequence[Lead], at: datetime, midnight: datetime) -> Iterator[Row]:
    facts = _Facts(leads, at)
    for lead in leads:
        yield _row(lead, facts, at, midnight)


def _row(lead: Lead, facts: "_Facts", at: datetime, midnight: datetime) -> Row:
    duty, clocks = next_owed(facts.duties[lead.pk], lead), facts.clocks(lead)
    left = clocks.left(duty.kind, duty.calendar, lead.lead_type, duty.due_at) if duty and clocks else None
    paused, until = facts.paused(lead.pk, at)
    warned = bool(duty and duty.rung)  # the first moment on the way is the warning
    barred, contact = facts.barred(lead), lead.contact
    to_make = _to_make(duty, lead, clocks)
    place = there(contact.zone, at) if contact else None
    return Row(
        lead=lead,
        group=_group(lead, left, to_make, midnight, waits=paused, warned=warned),
        kind=duty.kind if duty else "",
        left=left,
        to_make=to_make,
        warned=warned,
        paused=paused,
        paused_until=until,
        wanted=clocks.agreement.handoff.return_after.attempts if clocks else 0,
        channel=_channel(lead, facts, clocks, barred, place),
        there=place,
        barred=barred,
        why=why_it_came(lead),
        last=facts.last_channel.get(lead.pk, ""),
    )


def _to_make(duty: Due | None, lead: Lead, clocks: Clocks | None) -> int:
    """How many attempts are missing to the checkpoint that is owed next."""
    if duty is None or clocks is None or duty.kind != DutyKind.CHECKPOINT:
        return 0
    points = clocks.rules(lead.lead_type).checkpoints
    needed = points[duty.number - 1][1] if 0 < duty.number <= len(points) else 0
    return max(needed - lead.attempts, 1)


def _begins(left: Left, lead: Lead, to_make: int) -> datetime:
    """From when on one should see to it: attempts are spread over the time to their checkpoint."""
    last = lead.touched_at or lead.delivered_at
    return suggested_at(last, left.due_at, to_make) if to_make and last else left.due_at


def _group(
    lead: Lead, left: Left | None, to_make: int, midnight: datetime, *, waits: bool, warned: bool
) -> Group:
    if waits or left is None:
        return Group.WAITING
    if left.over:
        return Group.OVERDUE
    if warned or left.span <= SOON:
        return Group.NOW
    if _begins(left, lead, to_make) < midnight:
        return Group.TODAY
    return Group.WAITING if lead.touched_at and lead.standing not in _UNDECIDED else Group.NEXT


_BY_ITSELF = frozenset({DutyKind.CADENCE, DutyKind.RETURN, DutyKind.PULL_BACK})  # of nobody to do


def _open_duties(leads: Sequence[int]) -> dict[int, list[Due]]:
    """The open duties of each lead, what is due first on top."""
    found: dict[int, list[Due]] = defaultdict(list)
    duties = Duty.objects.filter(lead_id__in=leads, side="sales", met_at=None, ended_at=None)
    wanted = duties.exclude(kind__in=_BY_ITSELF).filter(
        state__in=[State.PENDING, State.BROKEN, State.EXCUSED]
    )
    for values in wanted.order_by("due_at", "kind", "number").values_list(*Due._fields):
        found[values[0]].append(Due(*values))
    return found


def next_owed(duties: Iterable[Due], lead: Lead) -> Due | None:
    """What sales owes next about a lead: a breach that nobody has made good yet comes before what is due."""
    return next((duty for duty in duties if _is_owed(duty, lead)), None)


def _is_owed(duty: Due, lead: Lead) -> bool:
    """Nobody has to decide any more about a lead that is decided, though it was late."""
    return duty.state == State.PENDING or duty.kind != DutyKind.DECIDED or lead.standing in _UNDECIDED


def why_it_came(lead: Lead) -> str:
    """What speaks most for a lead, in the words of the agreement's rules; empty if nothing does."""
    found = [one for one in lead.reasons if isinstance(one, dict) and one.get("words")]
    best = max(found, key=lambda one: one.get("points") or 0, default=None)
    return str(best["words"]) if best else ""


def _channel(
    lead: Lead, facts: "_Facts", clocks: Clocks | None, barred: frozenset[str], place: There | None
) -> str:
    """The best channel now: what cannot be reached, was refused, or may not ring at this hour, is out."""
    contact = lead.contact
    if clocks is None or contact is None or lead.connected_at is not None:
        return ""
    rules = clocks.rules(lead.lead_type)
    out = {*barred, *rules.automated}
    if Channel.CALL in barred or not contact.phone or (place is not None and not place.may_call):
        out |= {Channel.CALL, Channel.VOICEMAIL}
    if not contact.email:
        out |= {Channel.EMAIL, Channel.VIDEO}
    blocked = frozenset(Channel(one) for one in out if one in set(Channel))
    return str(channel_after(rules, facts.made[lead.pk], blocked) or "")


class _Facts:
    """What is known of several leads beside their own rows: duties, touches, pauses and consents."""

    def __init__(self, leads: Sequence[Lead], at: datetime) -> None:
        self.at, keys = at, [lead.pk for lead in leads]
        self.duties = _open_duties(keys)
        self.made: dict[int, Counter[str]] = defaultdict(Counter)
        self.last_channel: dict[int, str] = {}
        self._pauses: dict[int, tuple[datetime | None] | None] = {}
        self._read_events(keys, at)
        self._refused: dict[int, frozenset[str]] = _refused({lead.contact_id for lead in leads})
        self._clocks: dict[str, Clocks | None] = {}

    def _read_events(self, keys: list[int], at: datetime) -> None:
        wanted = Event.objects.filter(lead_id__in=keys, kind__in=_TOUCHES + _PAUSES, occurred_at__lte=at)
        for lead, kind, channel, due_at in wanted.order_by("occurred_at", "seq").values_list(
            "lead_id", "kind", "channel", "due_at"
        ):
            if kind in _PAUSES:
                self._pauses[lead] = (due_at,) if kind == Kind.PAUSED else None
                continue
            self.last_channel[lead] = channel
            if kind == Kind.ATTEMPTED:
                self.made[lead][channel] += 1

    def paused(self, lead: int, at: datetime) -> tuple[bool, datetime | None]:
        pause = self._pauses.get(lead)
        if pause is None or (pause[0] is not None and pause[0] <= at):
            return False, None
        return True, pause[0]

    def barred(self, lead: Lead) -> frozenset[str]:
        return self._refused.get(lead.contact_id or 0, frozenset())

    def clocks(self, lead: Lead) -> Clocks | None:
        """The clocks of the version that holds for a lead; looked up once for all leads of that version."""
        if lead.agreement not in self._clocks:
            agreement = terms_of(lead, self.at)
            self._clocks[lead.agreement] = Clocks(agreement, self.at) if agreement else None
        return self._clocks[lead.agreement]


def _refused(contacts: set[int | None]) -> dict[int, frozenset[str]]:
    """The channels that people refused: the latest word about a channel holds."""
    latest: dict[tuple[int, str], bool] = {}
    found = Consent.objects.filter(contact_id__in=[one for one in contacts if one]).order_by("at", "pk")
    for contact, channel, allowed in found.values_list("contact_id", "channel", "allowed"):
        latest[contact, channel] = allowed
    refused: dict[int, set[str]] = defaultdict(set)
    for (contact, channel), allowed in latest.items():
        if not allowed:
            refused[contact].add(channel)
    return {contact: frozenset(channels) for contact, channels in refused.items()}


@dataclass(frozen=True)
class Share:
    """First touches of one's own that fell due in a stretch of time: in time, and all that are settled."""

    in_time: int
    settled: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.in_time, self.settled) if self.settled else None


def first_touches(whose: Whose, start: datetime, at: datetime) -> Share | None:
    """One person's first touches due since `start`, without those excused; None for pools."""
    if whose.user is None:
        return None
    mine = Duty.objects.filter(kind=DutyKind.FIRST_TOUCH, due_at__gte=start, due_at__lte=at)
    mine = mine.filter(Q(owner=whose.user, broken_by=None) | Q(broken_by=whose.user))
    found = mine.aggregate(
        kept=Count("pk", filter=Q(state=State.KEPT)),
        settled=Count("pk", filter=Q(state__in=[State.KEPT, State.BROKEN])),
    )
    return Share(found["kept"], found["settled"])
