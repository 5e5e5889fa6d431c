"""The terms that apply to one lead: what an agreement says for its type, on its calendar."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from accord.agreement.clauses.handover import FIRST_TOUCH, Checkpoint
from accord.agreement.terms import Agreement, Side
from accord.lead.events import Event
from accord.worktime import Calendar
from accord.worktime.duration import Duration

ANY_TYPE = ""  # stands for every lead type about which the agreement says nothing


@dataclass(frozen=True)
class LeadTerms:
    """`cadence` pairs a calendar age with the attempts due by then, in order of age."""

    calendar: Calendar
    first_touch: Duration
    decide_within: Duration
    accept_within: Duration  # the window to reject; then accepted by silence
    feedback_within: Duration
    dispose_within: Duration | None
    cadence: tuple[tuple[timedelta, int], ...]
    minimum: int  # attempts before sales may give a lead back
    automated: frozenset[str]  # channels that a machine sends
    machines_count: bool  # whether automated attempts count for depth
    minimum_gap: Duration  # between two attempts that both count
    pauses: tuple[str, ...]  # reasons for which the clocks stand still
    excuse_within: Duration | None  # after the breach


def terms_for(agreement: Agreement, lead_type: str | None, calendar: Calendar) -> LeadTerms:
    """What holds for a lead of this type; None and unknown types follow the rules for all."""
    follow_up = agreement.follow_up
    own = follow_up.lead_types.get(lead_type or ANY_TYPE)
    touches = own.touches if own and own.touches else follow_up.touches
    cadence = own.cadence if own and own.cadence is not None else follow_up.cadence
    return LeadTerms(
        calendar=calendar,
        first_touch=agreement.first_touch(lead_type or ANY_TYPE),
        decide_within=(own and own.decide_within) or follow_up.decide_within,
        accept_within=agreement.handoff.accept_within,
        feedback_within=agreement.handoff.feedback_within,
        dispose_within=(own and own.dispose_within) or follow_up.dispose_within,
        cadence=tuple(sorted((age(point), point.attempts) for point in cadence)),
        minimum=agreement.handoff.return_after.attempts,
        automated=frozenset(touches.automated or follow_up.touches.automated),
        machines_count=follow_up.automated_email_counts.strip().lower().startswith("depth"),
        minimum_gap=(own and own.minimum_gap) or follow_up.minimum_gap,
        pauses=agreement.clocks.pauses,
        excuse_within=agreement.clocks.excuse_within,
    )


def known_types(agreement: Agreement) -> tuple[str, ...]:
    """The lead types with terms of their own; every other one follows ANY_TYPE, which is in the list too."""
    follow_up = agreement.follow_up
    named = {*agreement.lead_types, *follow_up.first_touch, *follow_up.lead_types, *FIRST_TOUCH}
    return (ANY_TYPE, *sorted(named - {ANY_TYPE}))


def calendar_for(agreement: Agreement, delivered: Event | None) -> Calendar:
    """The calendar frozen at hand-off, if the agreement knows it; else the one of sales."""
    frozen = delivered.calendar if delivered else None
    if frozen is not None and frozen in agreement.calendars:
        return agreement.calendar(frozen)
    return agreement.calendar_of(Side.SALES)


def age(point: Checkpoint) -> timedelta:
    """The calendar age of a checkpoint; InputError for months, whose length varies (F13)."""
    return timedelta(microseconds=round(point.by.seconds * Fraction(1_000_000)))
