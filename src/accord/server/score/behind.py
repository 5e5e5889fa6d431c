"""Which measures speak of a promise, and which promises stand behind a measure."""

from accord.ledger.measures import MEASURES

_MEASURES = {  # promise: the measures that tell its figures apart
    "accepted_leads": ("pace", "pace_summary"),
    "delivered_leads": ("pace", "pace_summary"),
    "lead_value": ("pace", "pace_summary"),
    "revenue": ("pace", "pace_summary"),
    "first_touch_in_time": ("speed", "first_touch", "overdue"),
    "cadence_kept": ("cadence", "depth", "attempts"),
    "decided_in_time": ("outcomes",),
    "acceptance_rate": ("outcomes",),
    "feedback_in_time": ("outcomes",),
    "win_rate": ("conversion", "outcomes"),
}


def measures_of(promise: str) -> tuple[str, ...]:
    return tuple(name for name in _MEASURES.get(promise, ()) if name in MEASURES)


def promises_of(measure: str) -> frozenset[str]:
    """The kinds of promises whose leads a measure counts."""
    return frozenset(promise for promise, names in _MEASURES.items() if measure in names)
