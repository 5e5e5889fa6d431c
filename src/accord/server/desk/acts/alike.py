"""People who may be one: somebody who leads looks at both, and says whether they are."""

from datetime import datetime

from accord.errors import EditConflict, PageUnknown
from accord.lead.acting import Act, may
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.desk import matching
from accord.server.desk.acts.disputing import link_of
from accord.server.desk.acts.doing import person
from accord.server.desk.acts.keeping import merge, one_person
from accord.server.desk.models import Lead, Likeness
from accord.server.desk.recording import held_cycle, one_step


@one_step()
def the_same(by: Actor, likeness: int, at: datetime) -> Lead | None:
    """Make one person of two: who was known first stays. Their last leads become one, where both may still.

    What cannot be merged, such as a lead of somebody who objected, stays a cycle of the one person. The lead
    that stays; None where neither has one.
    """
    row = Likeness.objects.filter(pk=likeness).first()
    if row is not None:
        matching.hold_all_of(
            *Lead.objects.filter(contact__in=(row.contact_id, row.other_id)).values_list("pk", flat=True)
        )
    row = _settled(by, likeness, at, same=True)
    gone, kept = matching.last_lead(row.contact), matching.last_lead(row.other)
    if gone is None or kept is None:
        return gone or kept
    if not (may(Act.MERGE, held_cycle(gone, at)) or may(Act.MERGE, held_cycle(kept, at))):
        return merge(by, gone.pk, kept.pk, at)
    one_person(gone, kept, at)
    record(by, Action.PEOPLE_JOINED, kept, link=link_of(kept), other=gone.key)
    return kept


@one_step()
def two_people(by: Actor, likeness: int, at: datetime) -> None:
    """Settle that two who are alike are two people."""
    row = _settled(by, likeness, at, same=False)
    lead = matching.last_lead(row.contact)
    if lead is not None:
        record(by, Action.PEOPLE_APART, lead, link=link_of(lead))


def _settled(by: Actor, likeness: int, at: datetime, *, same: bool) -> Likeness:
    """The pair, settled by somebody; EditConflict where somebody else was first."""
    user = person(by)
    row = Likeness.objects.select_for_update(of=("self",)).filter(pk=likeness).first()
    if row is None:
        raise PageUnknown(str(likeness), noun="pair")
    if row.settled_at is not None or row.contact.merged_into_id or row.other.merged_into_id:
        raise EditConflict("somebody has settled this pair meanwhile; look at the list again")
    row.settled_at, row.settled_by, row.same = at, user, same
    row.save(update_fields=["settled_at", "settled_by", "same"])
    return row
