"""What a promise comes to in figures, and what an agreement means for one person: read in the walk (S4.9)."""

from collections.abc import Callable, Iterator, Mapping

from accord.agreement.clauses.handover import Checkpoint, Touches
from accord.agreement.clauses.hours import Version
from accord.agreement.clauses.people import Person, Role, Side
from accord.agreement.comparing.saying_words import days, length
from accord.agreement.plain import clean
from accord.agreement.rendering.markdown import listed
from accord.agreement.terms import Agreement, Promise
from accord.plan.demand import Plan

Tell = Callable[[Agreement, Promise, Plan | None], Iterator[str]]


def meaning(agreement: Agreement, promise: Promise, needed: Plan | None) -> tuple[str, ...]:
    """The terms behind the words of a promise, one sentence each; empty where its sentence says it all."""
    tell = _MEANINGS.get(promise.measure)
    return () if tell is None else tuple(tell(agreement, promise, needed))


def for_person(agreement: Agreement, key: str) -> tuple[str, ...]:
    """What the agreement asks of one of its people: hours, leads, time for them, first touch, who helps."""
    who = agreement.people[key]
    said = [*_hours(agreement, who), *_work(who)]
    if who.side is Side.SALES:
        said += _leads(agreement, who)
    if who.backup:
        said.append(f"While you are away {_name(agreement, who.backup)} takes over.")
    said += [
        f"You are asked about {clean(about)}."
        for about, person in agreement.contacts.items()
        if person == key
    ]
    return tuple(said)


# Promises ----------------------------------------------------------------------------------------------


def _by_type(_: Agreement, promise: Promise, needed: Plan | None) -> Iterator[str]:
    if needed is None or promise.source != "plan":
        return
    demands = needed.demands(stream=promise.stream, lead_type=promise.lead_type)
    for demand in demands:
        where = "" if len(needed.streams) == 1 else f", {clean(demand.stream)}"
        yield f"{clean(demand.label)}{where}: {demand.leads:,}"


def _worth(agreement: Agreement, *_: object) -> Iterator[str]:
    prices = agreement.value.prices or {}
    each = listed(f"{clean(who)} {price:,}" for who, price in prices.items())
    if each:
        yield f"What one lead is worth, in {agreement.currency}: {each}"


def _complete(agreement: Agreement, *_: object) -> Iterator[str]:
    yield f"Filled with every lead: {listed(map(clean, agreement.handoff.minimum_information))}"
    if (within := agreement.handoff.deliver_within) is not None:
        yield f"Handed off within {length(within)}"


def _refusals(agreement: Agreement, *_: object) -> Iterator[str]:
    yield f"The only reasons to reject one: {listed(map(_spoken, agreement.handoff.reject_reasons), 'or')}"


def _touched(agreement: Agreement, promise: Promise, _: Plan | None) -> Iterator[str]:
    for kind in [promise.lead_type] if promise.lead_type else agreement.lead_types:
        yield f"{_type(agreement, kind)}: within {_worked(length(agreement.first_touch(kind)))}"


def _cadence(agreement: Agreement, promise: Promise, _: Plan | None) -> Iterator[str]:
    terms = agreement.follow_up
    if promise.lead_type is None:
        yield f"{_attempts(terms.cadence)}, {length(terms.minimum_gap)} apart at least"
        yield f"For one lead: {_touches(terms.touches)}"
    for kind, rule in terms.lead_types.items():
        if rule.cadence is not None and promise.lead_type in (None, kind):
            yield f"{_type(agreement, kind)}: {_attempts(rule.cadence)}"


def _decided(agreement: Agreement, *_: object) -> Iterator[str]:
    yield f"The window: {_worked(length(agreement.handoff.accept_within))} from the hand-off"
    yield "A lead that nobody decides on by then counts as accepted"


def _told_why(agreement: Agreement, *_: object) -> Iterator[str]:
    yield f"The reason within {_worked(length(agreement.handoff.feedback_within))} of the reject"


_MEANINGS: Mapping[str, Tell] = {
    "accepted_leads": _by_type,
    "delivered_leads": _by_type,
    "lead_value": _worth,
    "complete_handoffs": _complete,
    "acceptance_rate": _refusals,
    "first_touch_in_time": _touched,
    "cadence_kept": _cadence,
    "decided_in_time": _decided,
    "feedback_in_time": _told_why,
}


# People ------------------------------------------------------------------------------------------------


def _hours(agreement: Agreement, who: Person) -> Iterator[str]:
    name = who.calendar or next(iter(agreement.calendars))
    terms: Version = agreement.calendars[name]
    week = "; ".join(f"{day} {', '.join(_windows(windows))}" for day, windows in terms.hours.items())
    yield f"Clocks run in the hours of {clean(name)} ({terms.zone}): {week or 'as usual'}."


def _windows(windows: object) -> list[str]:
    return (
        [clean(str(one)) for one in windows] if isinstance(windows, list | tuple) else [clean(str(windows))]
    )


def _work(who: Person) -> Iterator[str]:
    if who.pool:
        yield f"You work on the leads of the pool {clean(who.pool)}."
    if who.minutes_per_month is not None:
        yield f"{who.minutes_per_month:,} minutes of your month belong to marketing's leads."
    if who.role is Role.MANAGER:
        yield "You may excuse a breach of the other side."
    yield from (f"You are away from {span.start} to {span.end}." for span in who.away)


def _leads(agreement: Agreement, who: Person) -> Iterator[str]:
    """Whoever takes leads, or answers for those who do, is told how fast and how often."""
    times = listed(
        f"{_type(agreement, kind)} {length(agreement.first_touch(kind))}" for kind in agreement.lead_types
    )
    whose = "you" if who.pool else "your team"
    yield f"First touch by {whose}: {times}."
    yield f"A lead that is not reached gets {_attempts(agreement.follow_up.cadence)}."


# Words -------------------------------------------------------------------------------------------------


def _attempts(cadence: tuple[Checkpoint, ...]) -> str:
    return listed(f"{point.attempts} attempts by day {days(point.by)}" for point in cadence)


def _touches(touches: Touches) -> str:
    counts = {"calls": touches.call, "voicemails": touches.voicemail, "e-mails": touches.email}
    counts["videos"] = touches.video
    return listed(f"{count} {kind}" for kind, count in counts.items() if count) or "no touches"


def _worked(text: str) -> str:
    """Windows run in working hours unless they say otherwise."""
    return text if text.endswith("wall time") else f"{text} of working time"


def _type(agreement: Agreement, lead_type: str) -> str:
    kind = agreement.lead_types.get(lead_type)
    return clean(kind.label) if kind is not None and kind.label else _spoken(lead_type)


def _spoken(key: str) -> str:
    return clean(key).replace("_", " ")


def _name(agreement: Agreement, key: str) -> str:
    who = agreement.people.get(key)
    return clean(who.name if who is not None and who.name else key)
