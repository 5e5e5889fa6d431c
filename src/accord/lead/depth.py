"""How often a lead was tried, as the promise of depth counts it (5.2)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from accord.lead.events import Event
from accord.lead.lifecycle import is_attempt


def attempts_that_count(
    events: Iterable[Event], *, automated: frozenset[str], machines: bool
) -> list[datetime]:
    """The instants of attempts, in order.

    Touches through several channels at one instant are one attempt, several through the same channel as many.
    """
    touches = Counter[tuple[datetime, str | None]]()
    for event in events:
        if is_attempt(event, automated=automated, machines=machines):
            touches[event.occurred_at, event.channel] += 1
    most: dict[datetime, int] = {}
    for (instant, _), number in touches.items():
        most[instant] = max(most.get(instant, 0), number)
    return [instant for instant in sorted(most) for _ in range(most[instant])]
