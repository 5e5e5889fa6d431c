"""Where a lead stands: one state, which follows from its facts whatever the order in which they came."""

from enum import StrEnum

from accord.lead.events import Event, Kind
from accord.lead.lifecycle import Cycle


class Standing(StrEnum):
    RAISED = "raised"  # came in; nobody said that it is ready
    QUALIFIED = "qualified"  # marketing says it is ready; not handed off: information is missing
    DELIVERED = "delivered"  # with sales, and nobody's yet
    ASSIGNED = "assigned"  # somebody's, who has not decided
    ACCEPTED = "accepted"  # sales took it, by hand or by silence
    SALES_QUALIFIED = "sales_qualified"  # confirmed as real
    OPPORTUNITY = "opportunity"
    PROPOSAL = "proposal"
    WON = "won"
    LOST = "lost"
    REJECTED = "rejected"  # refused before contact
    DISQUALIFIED = "disqualified"  # ended by sales after contact
    RETURNED = "returned"  # back with marketing
    MERGED = "merged"
    OPTED_OUT = "opted_out"
    ERASED = "erased"


_FINAL = {Kind.ERASED: Standing.ERASED, Kind.MERGED: Standing.MERGED, Kind.OPTED_OUT: Standing.OPTED_OUT}
_ENDS = {
    Kind.WON: Standing.WON,
    Kind.LOST: Standing.LOST,
    Kind.REJECTED: Standing.REJECTED,
    Kind.DISQUALIFIED: Standing.DISQUALIFIED,
    Kind.RETURNED: Standing.RETURNED,
}
_FORWARD = {
    Kind.CREATED: Standing.RAISED,
    Kind.QUALIFIED: Standing.QUALIFIED,
    Kind.HANDED_OFF: Standing.DELIVERED,
    Kind.ASSIGNED: Standing.ASSIGNED,
    Kind.ACCEPTED: Standing.ACCEPTED,
    Kind.SALES_QUALIFIED: Standing.SALES_QUALIFIED,
    Kind.OPPORTUNITY: Standing.OPPORTUNITY,
    Kind.PROPOSAL: Standing.PROPOSAL,
}
UNDECIDED = frozenset({Standing.DELIVERED, Standing.ASSIGNED})
IN_SALES = (  # sales has it and may act on it
    Standing.DELIVERED,
    Standing.ASSIGNED,
    Standing.ACCEPTED,
    Standing.SALES_QUALIFIED,
    Standing.OPPORTUNITY,
    Standing.PROPOSAL,
)
IN_MARKETING = (Standing.RAISED, Standing.QUALIFIED, Standing.REJECTED, Standing.RETURNED)
ENDED = frozenset(Standing) - {*IN_SALES, *IN_MARKETING}


def standing(cycle: Cycle) -> Standing:
    """The state of a lead as it was known then; RAISED for one about which there are no facts."""
    for kind, final in _FINAL.items():
        if cycle.first(kind):
            return final
    overturned = any(
        event.kind is Kind.ARBITRATED and event.outcome == "overturned" for event in cycle.events
    )
    facts = [event for event in cycle.events if not (overturned and event.kind is Kind.REJECTED)]
    ends = [place for place, event in enumerate(facts) if event.kind in _ENDS]
    last = ends[-1] if ends else -1
    again = _furthest([event for event in facts[last + 1 :] if not _follows_by_itself(event)])
    if last >= 0 and again is None:
        return _ENDS[facts[last].kind]
    return (again if last >= 0 else _furthest(facts)) or Standing.RAISED


def _furthest(facts: list[Event]) -> Standing | None:
    order = list(_FORWARD.values())
    reached = [_FORWARD[event.kind] for event in facts if event.kind in _FORWARD]
    return max(reached, key=order.index, default=None)


def _follows_by_itself(event: Event) -> bool:
    """What a machine notes after the end, such as an acceptance by silence, begins nothing anew."""
    return event.side == "machine" or event.kind in (Kind.CREATED, Kind.QUALIFIED)
