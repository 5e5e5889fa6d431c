"""Who has an account: set by hand, asked before any rule (5.9)."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.agreement.terms import Side
from accord.errors import EntryInvalid, Problem
from accord.report.format import name as shown
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.desk.models import Account
from accord.server.people.models import User
from accord.server.routing.assigning import must_reassign


def accounts(words: str = "", *, owned: bool = False) -> QuerySet[Account]:
    """Accounts whose name or domain has these words, by domain; only those with an owner if `owned`."""
    found = Account.objects.select_related("owner").order_by("domain")
    if words.strip():
        found = found.filter(Q(domain__icontains=words.strip()) | Q(name__icontains=words.strip()))
    return found.filter(owner__isnull=False) if owned else found


@transaction.atomic
def set_owner(by: Actor, account: Account, owner: User | None) -> Account:
    """Say who has an account, or that nobody has (None). Leads that are there already stay where they are."""
    must_reassign(by)
    if owner is not None and (owner.side != Side.SALES or not owner.is_active):
        what = _("%(name)s cannot get leads; choose somebody of sales whose account is on")
        raise EntryInvalid([Problem("", 0, "to", what % {"name": shown(owner.name) or "?"})])
    held = Account.objects.select_for_update().get(pk=account.pk)
    if held.owner_id != (owner.pk if owner else None):
        held.owner = owner
        held.save(update_fields=["owner"])
        record(
            by, Action.ACCOUNT_OWNED, str(held), link=reverse("accounts"), owner=owner.name if owner else ""
        )
    return held
