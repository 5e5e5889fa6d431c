"""All that is known of one lead, read for its card in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.agreement.terms import Agreement
from accord.errors import LeadUnknown
from accord.lead.acting import Act, Depth, may, open_commitments, paused
from accord.lead.cadence import Plan, plan_of, rules_for
from accord.lead.events import Channel
from accord.lead.lifecycle import Cycle, fold
from accord.lead.rounds import last_round
from accord.promises.duty import DutyKind
from accord.promises.owed import is_owed
from accord.promises.terms import calendar_for
from accord.promises.verdict import State
from accord.server.desk.acts.doing import depth_of
from accord.server.desk.identity import zone_info
from accord.server.desk.models import Consent, Duty, HandOff, Lead, Signal
from accord.server.desk.recording import as_domain
from accord.server.desk.terms import terms_of
from accord.server.look import figures as say
from accord.server.people.models import User
from accord.server.queue import acting, forms, story
from accord.server.queue.placing import IN_SALES_NOW
from accord.server.queue.reading import Row, read_row
from accord.server.queue.rights import sees_people
from accord.server.queue.showing import duty_word, state_words
from accord.server.queue.timing import Clocks, Left, There, there
from accord.server.routing.models import Routing

_MOST_SIGNALS = 20
_MOST_CYCLES = 20
_UNTOLD = frozenset({DutyKind.CADENCE})  # its checkpoints tell the same more closely


@dataclass(frozen=True)
class Owed:
    """One duty of either side. `left` is None where its time does not run any more."""

    duty: Duty
    left: Left | None
    excused: bool
    idle: bool  # it is judged for the record only: nobody can do it any more
    step: tuple[timedelta, int] | None = None  # of a checkpoint: the lead's age, and touches made by then

    @property
    def words(self) -> str:
        """What it is. A credit is by silence only while nobody has decided."""
        if self.step:
            age, touches = self.step
            count = {"count": say.number(touches), "age": say.length(age.total_seconds(), wall=True)}
            return ngettext("%(count)s touch by %(age)s", "%(count)s touches by %(age)s", touches) % count
        credit = self.duty.kind == DutyKind.CREDIT and self.duty.state != State.PENDING
        return _("credit for an accepted lead") if credit else duty_word(self.duty.kind)

    @property
    def clock(self) -> str:
        """Of which time the rest is: the same instant is days in one and hours in the other."""
        if self.left is None:
            return ""
        return _("calendar time, weekends count") if self.left.wall else _("working time")

    @property
    def state(self) -> tuple[str, str]:
        """How it stands, and the tone of that."""
        if self.idle and self.duty.state == State.PENDING:
            return _("no longer owed"), "muted"
        if self.duty.kind == DutyKind.CREDIT and self.duty.state == State.BROKEN:
            return _("not given"), "muted"  # nobody broke a promise about this lead: it does not count
        return state_words(self.duty.state)


@dataclass(frozen=True)
class Consented:
    """What holds for a channel; `known` is None where nobody said anything."""

    channel: str
    known: Consent | None
    source: str = ""  # by name where it is somebody of ours


@dataclass(frozen=True)
class Card:
    lead: Lead
    row: Row
    cycle: Cycle
    agreement: Agreement | None
    depth: Depth
    plan: Plan | None
    there: There | None
    paused: bool
    owed: tuple[Owed, ...]
    story: tuple[story.Told, ...]
    consents: tuple[Consented, ...]
    signals: tuple[Signal, ...]
    routing: Routing | None
    handoff: HandOff | None
    others: tuple[Lead, ...]  # earlier and later cycles of the same person
    offers: dict[str, acting.Offer]
    private: bool  # whether personal data is shown


def find_lead(key: str) -> Lead:
    """The lead by its key; LeadUnknown where there is none."""
    found = Lead.objects.select_related("contact", "contact__account", "owner").filter(key=key[:64]).first()
    if found is None:
        raise LeadUnknown(key[:64])
    return found


def read_card(lead: Lead, viewer: User, at: datetime, midnight: datetime) -> Card:
    """The card of a lead as somebody may see it."""
    private = sees_people(viewer)
    agreement = terms_of(lead, at)
    events = list(lead.events.order_by("occurred_at", "seq"))
    cycle = fold(as_domain(lead), [event.fact(lead.key) for event in events], at)
    duties = list(lead.duties.select_related("owner", "broken_by").order_by("due_at", "kind", "number"))
    notes = list(lead.notes.select_related("by").order_by("at")) if private else []
    setting, depth = _setting(lead, agreement, cycle, duties)
    return Card(
        lead=lead,
        row=read_row(lead, at, midnight),
        cycle=cycle,
        agreement=agreement,
        depth=depth,
        plan=_plan(agreement, cycle, lead),
        there=there(lead.contact.zone, at) if lead.contact else None,
        paused=paused(cycle) and lead.standing in IN_SALES_NOW,
        owed=tuple(_owed(duties, lead, agreement, at)),
        story=tuple(story.tell(events, notes, agreement, private=private, zone=_zone_of(lead))),
        consents=_consents(lead, agreement),
        signals=_signals(lead),
        routing=lead.routings.select_related("to", "by").order_by("-at", "-pk").first(),
        handoff=lead.handoffs.select_related("by", "to", "anyway_by").order_by("-at").first(),
        others=_others(lead),
        offers=acting.offers(viewer, setting, cycle, depth),
        private=private,
    )


def setting_of(lead: Lead, at: datetime) -> forms.Setting:
    """What the form of one act is made for."""
    agreement = terms_of(lead, at)
    cycle = fold(as_domain(lead), [event.fact(lead.key) for event in lead.events.all()], at)
    return _setting(lead, agreement, cycle, list(lead.duties.all()))[0]


def _setting(
    lead: Lead, agreement: Agreement | None, cycle: Cycle, duties: Sequence[Duty]
) -> tuple[forms.Setting, Depth]:
    depth = depth_of(lead, cycle, agreement)
    early = {
        reason: why
        for reason in depth.only_after
        if (why := may(Act.DISQUALIFY, cycle, depth, reason)) and not may(Act.DISQUALIFY, cycle, depth)
    }
    broken = [duty for duty in duties if duty.state == State.BROKEN]
    promised = [event.reason or "" for event in open_commitments(cycle)]
    return forms.Setting(lead, agreement, broken, promised, early), depth


def _plan(agreement: Agreement | None, cycle: Cycle, lead: Lead) -> Plan | None:
    """What the cadence still asks for; None once it is over, or where nothing is agreed."""
    if agreement is None or cycle.delivered is None:
        return None
    calendar = calendar_for(agreement, last_round(cycle).delivered)
    return plan_of(rules_for(agreement, lead.lead_type or None), cycle, calendar)


def _zone_of(lead: Lead) -> ZoneInfo | None:
    return zone_info(lead.contact.zone) if lead.contact else None


def _owed(duties: Sequence[Duty], lead: Lead, agreement: Agreement | None, at: datetime) -> list[Owed]:
    clocks = Clocks(agreement, at) if agreement else None
    return [
        Owed(
            duty,
            clocks.left(duty.kind, duty.calendar, lead.lead_type, duty.due_at)
            if clocks and _is_open(duty, lead)
            else None,
            duty.state == State.EXCUSED,
            not is_owed(duty.kind, duty.side, lead.standing),
            clocks.step(duty.kind, duty.number, lead.lead_type) if clocks else None,
        )
        for duty in duties
        if duty.kind not in _UNTOLD
    ]


def _is_open(duty: Duty, lead: Lead) -> bool:
    done = duty.met_at or duty.ended_at or duty.kind == DutyKind.COMPLETE
    return not done and is_owed(duty.kind, duty.side, lead.standing)


def _consents(lead: Lead, agreement: Agreement | None) -> tuple[Consented, ...]:
    """The channels that matter, and those about which something is known."""
    if lead.contact is None:
        return ()
    known = {one.channel: one for one in lead.contact.consents.order_by("at", "pk")}
    shown = dict.fromkeys([Channel.CALL.value, Channel.EMAIL.value, *known])
    sources = {channel: one.source.removeprefix("told ") for channel, one in known.items()}
    names = story.names_of(sources.values(), agreement)
    sources = {channel: names.get(source, source) for channel, source in sources.items()}
    return tuple(Consented(channel, known.get(channel), sources.get(channel, "")) for channel in shown)


def _signals(lead: Lead) -> tuple[Signal, ...]:
    if lead.contact is None:
        return ()
    return tuple(lead.contact.signals.order_by("-occurred_at", "-pk")[:_MOST_SIGNALS])


def _others(lead: Lead) -> tuple[Lead, ...]:
    if lead.contact_id is None:
        return ()
    same = Lead.objects.filter(contact_id=lead.contact_id).exclude(pk=lead.pk)
    return tuple(same.select_related("owner").order_by("-cycle", "-pk")[:_MOST_CYCLES])
