"""What `accord replay --set` can change beside what `accord plan --set` can: clocks and hours.

first_touch=30min   first_touch.demo=5min   decide_within=8h   accept_within=2d   feedback_within=1d
hours.hq=08:00-20:00
"""

from collections.abc import Callable, Sequence
from functools import partial

from accord.agreement.clauses.quantities import parse_window
from accord.agreement.terms import Agreement
from accord.errors import AccordError, CalendarInvalid, PlanImpossible, nearest
from accord.plan.changes.settings import balanced, settable, split_setting
from accord.promises.terms import known_types
from accord.worktime.weekly import parse_week

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
    changed = terms.model_copy(update={"hours": worked(terms.hours), "versions": versions})
    changed.build(calendar)
    copy = agreement.model_copy(update={"calendars": {**agreement.calendars, calendar: changed}})
    copy.__dict__.pop("built_calendars", None)  # those of the original, which a copy takes along
    return copy


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
