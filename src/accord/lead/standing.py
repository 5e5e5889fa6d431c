"""Where a lead stands: one state, which follows from its facts whatever the order in which they came."""

from enum import StrEnum

from accord.lead.events import Event, Kind
from accord.lead.lifecycle import Cycle
from accord.lead.rounds import overturned, place_of


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
    taken_back = overturned(cycle.events)
    facts = [event for event in cycle.events if event not in taken_back]
    ends = [place for place, event in enumerate(facts) if event.kind in _ENDS]
    if not ends:
        return _furthest(facts) or Standing.RAISED
    return _furthest(_since(facts, ends[-1])) or _ENDS[facts[ends[-1]].kind]


def _since(facts: list[Event], end: int) -> list[Event]:
    """What leads on after an end: everything from the next hand-off on, before it only what people did."""
    after = facts[end + 1 :]
    handed = next((event for event in after if event.kind is Kind.HANDED_OFF), None)
    again = place_of(after, handed) if handed else len(after)
    return [event for event in after[:again] if not _follows_by_itself(event)] + after[again:]


def _furthest(facts: list[Event]) -> Standing | None:
    order = list(_FORWARD.values())
    reached = [_FORWARD[event.kind] for event in facts if event.kind in _FORWARD]
    return max(reached, key=order.index, default=None)


def _follows_by_itself(event: Event) -> bool:
    """What a machine notes after the end, such as an acceptance by silence, begins nothing anew."""
    return event.side == "machine" or event.kind in (Kind.CREATED, Kind.QUALIFIED)
