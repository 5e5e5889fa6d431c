"""What `accord replay --set` can change beside what `accord plan --set` can: clocks and hours.

first_touch=30min   first_touch.demo=5min   decide_within=8h   accept_within=2d   feedback_within=1d
hours.hq=08:00-20:00
"""

from collections.abc import Callable, Sequence
from functools import partial

from accord.agreement.clauses.hours import CalendarTerms
from accord.agreement.clauses.quantities import parse_window
from accord.agreement.terms import Agreement
from accord.errors import AccordError, CalendarInvalid, PlanImpossible, nearest
from accord.plan.changes.settings import balanced, settable, split_setting
from accord.promises.terms import known_types
from accord.worktime.weekly import DAY, parse_time, parse_week, parse_windows, show_window

Setter = Callable[[Agreement, str], Agreement]
_EVERY = "mon-sun"


def with_settings(agreement: Agreement, settings: Sequence[str]) -> Agreement:
    """A copy with settings such as `first_touch.demo=10min` or `win_rate=25%`, in order.

    PlanImpossible names the setting, what is wrong, and what can be set instead.
    """
    changed, known = agreement, {**settable(agreement), **clocks(agreement)}
    said = [split_setting(text) for text in settings]
    for setting in said:
        if setting.key not in known:
            raise PlanImpossible(
                f"--set {setting}: nothing here is called {setting.key}{nearest(setting.key, known)}"
            )
        try:
            changed = known[setting.key](changed, setting.value)
        except (ValueError, AccordError) as error:
            raise PlanImpossible(f"--set {setting}: {error}") from None
    return balanced(changed, said)


def clocks(agreement: Agreement) -> dict[str, Setter]:
    """Clocks and hours by the name under which they are set."""
    found: dict[str, Setter] = {"first_touch": every_touch, "decide_within": _decide}
    found |= {f"first_touch.{name}": partial(one_touch, name) for name in known_types(agreement) if name}
    found |= {name: partial(_handoff, name) for name in ("accept_within", "feedback_within")}
    return found | {f"hours.{name}": partial(hours, name) for name in agreement.calendars}


def every_touch(agreement: Agreement, value: str) -> Agreement:
    """The same time to the first touch for every lead type."""
    within = parse_window(value)
    said = dict.fromkeys((*agreement.follow_up.first_touch, "default"), within)
    return _follow_up(agreement, first_touch=said)


def one_touch(lead_type: str, agreement: Agreement, value: str) -> Agreement:
    """Another time to the first touch for one lead type; '' is every type without one of its own."""
    key = lead_type or "default"
    said = {**agreement.follow_up.first_touch, key: parse_window(value)}
    return _follow_up(agreement, first_touch=said)


def hours(calendar: str, agreement: Agreement, value: str) -> Agreement:
    """The same windows, such as `09:00-12:30, 13:30-18:00`, on every day that the calendar works.

    Versions of the calendar keep their zones and days and take the windows too. CalendarInvalid where the
    text is no windows, or the calendar could not be built.
    """
    windows = tuple(part.strip() for part in value.split(",") if part.strip())
    parse_week({_EVERY: windows})
    if not windows:
        raise CalendarInvalid(f"the hours {value!r} name no time; write them as 09:00-17:00")
    terms = agreement.calendars[calendar]

    def worked(week: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {days: windows if held else held for days, held in week.items()}

    versions = tuple(
        one.model_copy(update={"hours": worked(one.hours)}) if "hours" in one.model_fields_set else one
        for one in terms.versions
    )
    return _with_calendar(
        agreement, calendar, terms.model_copy(update={"hours": worked(terms.hours), "versions": versions})
    )


def _decide(agreement: Agreement, value: str) -> Agreement:
    within = parse_window(value)
    types = {
        name: rule.model_copy(update={"decide_within": within}) if rule.decide_within else rule
        for name, rule in agreement.follow_up.lead_types.items()
    }
    return _follow_up(agreement, decide_within=within, lead_types=types)


def _handoff(name: str, agreement: Agreement, value: str) -> Agreement:
    return agreement.model_copy(
        update={"handoff": agreement.handoff.model_copy(update={name: parse_window(value)})}
    )


def _follow_up(agreement: Agreement, **changes: object) -> Agreement:
    return agreement.model_copy(update={"follow_up": agreement.follow_up.model_copy(update=changes)})


def opened_between(agreement: Agreement, calendar: str, opens: str, closes: str) -> Agreement:
    """The calendar with its days beginning and ending earlier or later, breaks left where they are.

    `opens` and `closes` are the new times of its first working day; every other day moves by as much. A
    window that would lie outside goes. CalendarInvalid where a time is none, or a day would have no hours.
    """
    terms = agreement.calendars[calendar]
    week = agreement.calendar(calendar).rules_on(agreement.term.start).week
    usual = next(windows for windows in week if windows)
    start, end = parse_time(opens), parse_time(closes)
    end += DAY if end <= start else 0
    by = start - usual[0][0], end - usual[-1][1]

    def moved(held: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {days: _moved(texts, *by) for days, texts in held.items()}

    versions = tuple(
        one.model_copy(update={"hours": moved(one.hours)}) if "hours" in one.model_fields_set else one
        for one in terms.versions
    )
    return _with_calendar(
        agreement, calendar, terms.model_copy(update={"hours": moved(terms.hours), "versions": versions})
    )


def _moved(texts: tuple[str, ...], earlier: int, later: int) -> tuple[str, ...]:
    """A day's windows with its first opening and its last closing moved by so many minutes."""
    windows = parse_windows(texts)
    if not windows:
        return texts
    first, last = windows[0][0] + earlier, windows[-1][1] + later
    if first < 0 or last > first + DAY:
        raise CalendarInvalid(f"the day {', '.join(texts)} cannot begin or end so; choose other hours")
    spread = ((first, windows[0][1]), *windows[1:])
    spread = (*spread[:-1], (spread[-1][0], last))
    left = [(max(a, first), min(b, last)) for a, b in spread if max(a, first) < min(b, last)]
    if not left:
        raise CalendarInvalid(f"no hours would be left of {', '.join(texts)}; choose other hours")
    return tuple(show_window(window) for window in left)


def _with_calendar(agreement: Agreement, name: str, terms: CalendarTerms) -> Agreement:
    """A copy with another calendar of this name; CalendarInvalid where it cannot be built."""
    parse_week(terms.hours)
    terms.build(name)
    copy = agreement.model_copy(update={"calendars": {**agreement.calendars, name: terms}})
    copy.__dict__.pop("built_calendars", None)  # those of the original, which a copy takes along
    return copy
