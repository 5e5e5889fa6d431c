"""Who gets a lead: chosen, recorded with its reason, and written to the log, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accord.lead.events import Kind
from accord.lead.standing import IN_SALES
from accord.server.desk.models import Lead
from accord.server.desk.naming import actor_text
from accord.server.desk.recording import Fact, append
from accord.server.desk.terms import terms_of
from accord.server.people.models import User
from accord.server.routing.models import Pool, Routing


@dataclass(frozen=True)
class Assignment:
    """Who got the lead, by which rule, and the record that says why."""

    to: User
    rule: str
    routing: Routing


def assign(
    held: Lead, at: datetime, *, exclude: frozenset[int] = frozenset(), why: str = ""
) -> Assignment | None:
    """Give a locked lead to somebody; None where nobody could take it. The caller refreshes it afterwards.

    Nobody whose number is in `exclude` gets it. `why` says what made it move, where it was somebody's.
    """
    agreement = terms_of(held, at)
    if agreement is None:
        return None
    name = agreement.handoff.receive.streams.get(held.stream) or agreement.handoff.receive.pool or ""
    Pool.objects.get_or_create(name=name)
    Pool.objects.select_for_update().get(name=name)
    emails = {who.email.lower() for who in agreement.people.values() if who.email and who.pool == name}
    catch_all = agreement.people.get(agreement.handoff.receive.catch_all or "")
    open_leads = Count("leads", filter=Q(leads__standing__in=[one.value for one in IN_SALES]))
    people = User.objects.filter(side="sales", is_active=True).exclude(pk__in=exclude)
    fit = people.filter(Q(pool=name) | Q(pool="", email__in=emails)).annotate(load=open_leads)
    found, rule = fit.order_by("load", "pk").first(), "pool"
    if found is None and catch_all is not None and catch_all.email:
        found, rule = people.filter(email=catch_all.email.lower()).first(), "catch_all"
    if found is None:
        return None
    event = append(held, [Fact(Kind.ASSIGNED, at, actor_text(found, at), "machine", reason=rule)], at)[0]
    record = Routing.objects.create(
        lead=held, event=event, at=at, to=found, left=held.owner, rule=rule, why=why[:200], about=name
    )
    return Assignment(found, rule, record)
