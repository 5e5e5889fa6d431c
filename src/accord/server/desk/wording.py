"""Words of people in the log: whoever may not see who prospects are sees facts without them."""

from copy import copy

from accord.lead.events import Kind
from accord.server.desk.models import Event

_IN_OWN_WORDS = frozenset(  # `reason` of these
    {Kind.LOST, Kind.EXCUSED, Kind.COMMITTED, Kind.FULFILLED, Kind.CHURNED}
)


def without_own_words(event: Event) -> Event:
    """The same fact without what somebody wrote: a person of ours, or another tool that told of it."""
    if event.kind not in _IN_OWN_WORDS and not event.origin:
        return event
    plain = copy(event)
    plain.reason = ""
    return plain
