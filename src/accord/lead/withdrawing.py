"""What was logged by mistake is taken back by another fact: which facts that can be, and what is left.

A log is never changed, so a withdrawn fact stays in it, and a view as of an instant before it was taken back
still has it. Whoever reads the log leaves out the facts that were taken back by then, and nothing else.
"""

from collections.abc import Iterable

from accord.lead.events import Event, Kind

STAYS = frozenset(  # what others rely on from that moment, or what ends a person's data: nobody takes it back
    {
        Kind.CREATED,
        Kind.HANDED_OFF,
        Kind.OPTED_OUT,
        Kind.ERASED,
        Kind.MERGED,
        Kind.BREACHED,
        Kind.EXCUSED,
        Kind.ARBITRATED,
        Kind.WITHDRAWN,
    }
)


def withdrawn(events: Iterable[Event]) -> frozenset[Event]:
    """The facts among these, all of one lead, that others among them take back."""
    events = tuple(events)
    named = {event.outcome for event in events if event.kind is Kind.WITHDRAWN}
    if not named:
        return frozenset()
    return frozenset(event for event in events if event.kind not in STAYS and str(event.seq) in named)
