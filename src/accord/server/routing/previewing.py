"""Who would get the leads of somebody, before they move: by the rules as they stand, without writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accord.errors import EditConflict
from accord.server.desk.models import Lead
from accord.server.look import figures as say
from accord.server.people.models import User
from accord.server.routing import rules
from accord.server.routing.cases import turns_of
from accord.server.routing.counting import used
from accord.server.routing.dry_run import Dealer, settings_in_force
from accord.server.routing.models import Pool
from accord.server.routing.moving import MOST_AT_ONCE, open_leads
from accord.server.routing.staff import Staff


@dataclass(frozen=True)
class Would:
    """One lead, and who would get it; `to` is empty where nobody could."""

    lead: Lead
    to: str


def would(of: User, leads: Sequence[int] | None, to: User | None, at: datetime) -> list[Would]:
    """The leads that would move, in the order in which they would."""
    mine = open_leads(of).select_related("contact__account")
    wanted = list((mine if leads is None else mine.filter(pk__in=leads))[:MOST_AT_ONCE])
    if not wanted:
        raise EditConflict(_("none of these leads is open with them any more; look at the page again"))
    if to is not None:
        name = say.name(to.name, 80) or "?"
        return [Would(lead, name) for lead in wanted]
    return _by_rules(of, wanted, at)


def _by_rules(of: User, wanted: list[Lead], at: datetime) -> list[Would]:
    ruleset = rules.in_force()
    staff = Staff(at, weights=ruleset.weights if ruleset else {})
    dealer = Dealer(staff, settings_in_force())
    everybody = list(User.objects.filter(side="sales", is_active=True))
    staff.learn(everybody)
    dealer.used = used(staff, everybody, at)
    dealer.turns = {pool.name: turns_of(pool) for pool in Pool.objects.all()}
    dealer.owners = _owners(wanted, of)
    found = [(lead, dealer.deal(lead, at, exclude=frozenset({of.pk}))) for lead in wanted]
    return [
        Would(lead, (say.name(staff.users[int(choice.who)].name, 80) or "?") if choice.who else "")
        for lead, choice in found
    ]


def _owners(wanted: list[Lead], of: User) -> dict[int, int]:
    """Who has, or had last, another lead of the same people."""
    people = [lead.contact_id for lead in wanted if lead.contact_id]
    others: QuerySet[Lead] = Lead.objects.filter(contact__in=people, owner__isnull=False).exclude(owner=of)
    rows = others.exclude(standing__in=("rejected", "merged")).order_by("cycle", "assigned_at")
    return {
        contact: owner for contact, owner in rows.values_list("contact_id", "owner_id") if contact and owner
    }
