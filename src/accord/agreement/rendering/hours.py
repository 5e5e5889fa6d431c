"""Calendars and clock rules in the rendered agreement."""

from collections.abc import Iterable

from accord.agreement.clauses.hours import CalendarTerms, Span, Version
from accord.agreement.comparing.saying_words import length
from accord.agreement.rendering.markdown import bullets, escaped, listed, spoken
from accord.agreement.terms import Agreement


def calendars(agreement: Agreement) -> str:
    said = [
        f"**{escaped(name)}** ({escaped(terms.zone)}): {_hours(terms)}"
        for name, terms in agreement.calendars.items()
    ]
    clocks = agreement.clocks
    rules = [
        "Times are working time of these calendars, unless they say wall; the last second is still in time."
    ]
    if clocks.pauses:
        rules.append(f"A clock stands still only for {listed(map(spoken, clocks.pauses), 'or')}.")
    within = f" within {length(clocks.excuse_within)}" if clocks.excuse_within else ""
    rules.append(f"Only the {clocks.excused_by} may excuse a breach{within}; it stays on record.")
    leave = {"reassign": "go to somebody else", "pause": "wait, with their clocks"}[clocks.on_leave]
    rules.append(f"Leads of somebody who is away {leave}.")
    if clocks.reassign_after:
        rules.append(
            f"{length(clocks.reassign_after)} after a breach a lead goes to somebody else; "
            f"after {clocks.most_moves} moves the manager decides."
        )
    else:
        rules.append(f"After {clocks.most_moves} moves of a lead the manager decides.")
    if clocks.quiet_hours:
        rules.append(f"Nobody is alerted during {escaped(clocks.quiet_hours)}.")
    return f"{bullets(said)}\n\n{' '.join(rules)}"


def _hours(terms: CalendarTerms) -> str:
    parts = [*_week(terms), *_holidays(terms), *_days(terms)]
    return "; ".join(parts + [f"from {later.start} {_later(later)}" for later in terms.versions])


def _later(version: Version) -> str:
    """What a later version of a calendar changes: what it leaves unsaid goes on as before."""
    said = version.model_fields_set
    parts = [escaped(version.zone)] if "zone" in said else []
    parts += _week(version) if "hours" in said else []
    parts += _holidays(version, "no holidays") if "holidays" in said else []
    return "; ".join([*parts, *_days(version)])


def _days(version: Version) -> list[str]:
    """Single days that differ."""
    parts = []
    if version.closed:
        parts.append(f"closed {listed(map(shown_span, version.closed))}")
    if version.open:
        parts.append(f"open {listed(f'{day.on}{_windows(day.hours)}' for day in version.open)}")
    if version.half_days:
        half = (f"{day}{_windows(hours)}" for day, hours in version.half_days.items())
        parts.append(f"half days {listed(half)}")
    return parts


def _week(version: Version) -> list[str]:
    return [f"{escaped(days)}{_windows(windows)}" for days, windows in version.hours.items()]


def _holidays(version: Version, without: str = "") -> list[str]:
    national = version.holidays
    if national is None:
        return [without] if without else []
    region = f" ({escaped(national.subdivision)})" if national.subdivision else ""
    until = f", half days until {national.half_days_until}" if national.half_days_until else ""
    return [f"holidays of {national.country}{region}{until}"]


def _windows(windows: Iterable[str]) -> str:
    said = listed(map(escaped, windows))
    return f" {said}" if said else ""


def shown_span(span: Span) -> str:
    days = f"{span.start}" if span.start == span.end else f"{span.start} to {span.end}"
    return f"{days} ({escaped(span.name)})" if span.name else days
