"""A queue as one looks at it: every open lead of somebody, what is due first and worth most on top.

A constant number of queries, whatever the number of leads. What is owed comes from the duties, which follow
from the agreement; this module only puts them in order and words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from django.db.models import Count, F, Q, QuerySet, Sum

from accord.agreement.terms import Agreement
from accord.lead.cadence import channel_after
from accord.lead.events import Channel, Kind
from accord.lead.standing import IN_SALES
from accord.promises.duties import DutyKind
from accord.promises.verdict import State
from accord.server.desk.models import Consent, Duty, Lead
from accord.server.desk.terms import in_force
from accord.server.desk.withdrawn import told
from accord.server.queue.placing import UNDECIDED_NOW, Brief, Group, Place, Placing
from accord.server.queue.rights import Whose
from accord.server.queue.timing import Clocks, Left, There, there

__all__ = ["Group", "Queue", "Row", "first_touches", "read_queue", "read_row", "version_of"]
MOST = 500  # leads of one queue; more than that nobody works, and the page says so
SHOWN = 60  # of them on the page, until all are asked for
_OPEN = [one.value for one in IN_SALES]
_TOUCHES = [Kind.ATTEMPTED.value, Kind.CONNECTED.value]
_NEEDED = (  # of a lead, its person and its owner where they are shown; each column costs
    *("key", "account_name", "lead_type", "reasons", "grade", "standing", "agreement", "value", "attempts"),
    *("connected_at", "version", "owner__name"),
    *(f"contact__{name}" for name in ("name", "email", "phone", "company", "role", "zone")),
)


@dataclass(frozen=True)
class Row:
    """One lead of a queue. `left` is None where nothing is owed; `paused_until` may be unknown."""

    lead: Lead
    group: Group
    kind: str  # accord.promises.duties.DutyKind of what is owed next; empty: nothing
    left: Left | None
    to_make: int  # attempts until the checkpoint that is owed next; 0 where something else is owed
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
        return self.lead.standing in UNDECIDED_NOW


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
    leads = list(leads_of(whose).order_by(*worst_first).values_list(*Brief._fields)[: MOST + 1])
    briefs = [Brief(*values) for values in leads]
    version = version_of(whose, at) if len(briefs) > MOST else _version(
        len(briefs), sum(one.version for one in briefs), sum(one.version * one.pk for one in briefs), at, ""
    )  # fmt: skip
    placing = Placing(briefs[:MOST], at, midnight)
    places = placing.in_order()
    shown = places if every else places[:SHOWN]
    counts = Counter(place.group for place in places)
    rows = tuple(_rows(shown, placing))
    return Queue(rows, len(briefs) - len(rows), version, found[1] if found else None, counts)


def read_row(lead: Lead, at: datetime, midnight: datetime) -> Row:
    """One lead as its queue shows it."""
    placing = Placing([Brief(*(getattr(lead, name) for name in Brief._fields))], at, midnight)
    return _row(lead, placing.places[0], _Facts([lead], at), placing.clocks(lead.agreement))


def _rows(places: Sequence[Place], placing: Placing) -> Iterator[Row]:
    wanted = [place.lead.pk for place in places]
    leads = Lead.objects.select_related("contact", "owner").only(*_NEEDED).in_bulk(wanted)
    facts = _Facts(list(leads.values()), placing.at)
    for place in places:
        if (lead := leads.get(place.lead.pk)) is not None:
            yield _row(lead, place, facts, placing.clocks(place.lead.agreement))


def _row(lead: Lead, place: Place, facts: "_Facts", clocks: Clocks | None) -> Row:
    barred = facts.barred(lead)
    where = there(lead.contact.zone, facts.at) if lead.contact else None
    return Row(
        lead=lead,
        group=place.group,
        kind=place.kind,
        left=place.left,
        to_make=place.to_make,
        paused=place.paused,
        paused_until=place.paused_until,
        wanted=clocks.agreement.handoff.return_after.attempts if clocks else 0,
        channel=_channel(lead, facts, clocks, barred, where),
        there=where,
        barred=barred,
        why=why_it_came(lead),
        last=facts.last_channel.get(lead.pk, ""),
    )


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
    """What is known of several leads beside their own rows and places: touches and consents."""

    def __init__(self, leads: Sequence[Lead], at: datetime) -> None:
        self.at = at
        self.made: dict[int, Counter[str]] = defaultdict(Counter)
        self.last_channel: dict[int, str] = {}
        self._read_touches([lead.pk for lead in leads])
        self._refused = _refused({lead.contact_id for lead in leads})

    def _read_touches(self, keys: list[int]) -> None:
        for lead, kind, channel in told(keys, _TOUCHES, self.at, "channel"):
            self.last_channel[lead] = channel
            if kind == Kind.ATTEMPTED:
                self.made[lead][channel] += 1

    def barred(self, lead: Lead) -> frozenset[str]:
        return self._refused.get(lead.contact_id or 0, frozenset())


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
