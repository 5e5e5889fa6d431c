"""Which measures speak of a promise, and which promises stand behind a measure."""

_MEASURES = {  # promise: the measures that tell its figures apart, first the one that has its own if one has
    "accepted_leads": ("pace", "pace_summary"),
    "delivered_leads": ("pace", "pace_summary"),
    "lead_value": ("pace", "pace_summary"),
    "revenue": ("pace", "pace_summary"),
    "first_touch_in_time": ("speed", "first_touch", "overdue"),
    "cadence_kept": ("cadence", "depth", "attempts"),
    # no measure has its share, which is counted from the table `verdict`; this one has what broke, by cause
    "decided_in_time": ("breach_causes",),
    "acceptance_rate": ("handoff_quality", "delivery", "rejections"),
    "complete_handoffs": ("handoff_quality", "delivery", "rejections"),
    # by the day of the hand-off, the promise by that of the reject
    "feedback_in_time": ("handoff_quality", "rejections"),
    "win_rate": ("conversion", "outcomes"),
    "retention": ("customers",),
    "satisfaction": ("customers",),
}


def measures_of(promise: str) -> tuple[str, ...]:
    """None where nothing of the log speaks of it."""
    return _MEASURES.get(promise, ())


def promises_of(measure: str) -> frozenset[str]:
    """The kinds of promises whose leads a measure counts."""
    return frozenset(promise for promise, names in _MEASURES.items() if measure in names)
