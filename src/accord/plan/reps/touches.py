"""A rep's time for one lead, and what that makes of a rep's month (S0.31, S0.32, F12).

The minutes of a touch are assumptions; where the agreement says none, the usual ones are taken and marked so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from accord.agreement.clauses.handover import Touches
from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.plan.rounding import Exact, exact, up

CHANNELS = ("call", "voicemail", "email", "video")
USUAL_MINUTES: Mapping[str, int] = {
    "call": 5,
    "voicemail": 1,
    "email": 4,
    "video": 5,
}  # of F12; video is ours


@dataclass(frozen=True)
class TouchTime:
    """The touches of one channel that a lead is owed, and the rep's time that they take."""

    channel: str
    touches: int
    each: Fraction  # minutes
    automated: bool  # sent by a machine: takes no rep's time (S0.32)
    assumed: bool  # the agreement says no minutes for this channel

    @property
    def minutes(self) -> Fraction:
        return Fraction(0) if self.automated else self.touches * self.each


def touch_times(agreement: Agreement, lead_type: str) -> tuple[TouchTime, ...]:
    """Channels that a lead of this type is owed touches on; minutes and automation fall back to the rule for
    all lead types.
    """
    general = agreement.follow_up.touches
    rule = agreement.follow_up.lead_types.get(lead_type)
    own = rule.touches if rule and rule.touches else general
    said = {**general.minutes, **own.minutes}
    automated = own.automated or general.automated
    return tuple(
        TouchTime(
            channel=channel,
            touches=_count(own, channel),
            each=said[channel].seconds / 60 if channel in said else Fraction(USUAL_MINUTES[channel]),
            automated=channel in automated,
            assumed=channel not in said,
        )
        for channel in CHANNELS
        if _count(own, channel)
    )


def _count(touches: Touches, channel: str) -> int:
    return {
        "call": touches.call, "voicemail": touches.voicemail, "email": touches.email, "video": touches.video,
    }[channel]  # fmt: skip


def minutes_per_lead(agreement: Agreement, lead_type: str) -> Fraction:
    """Rep's minutes that one lead takes if it is never reached: 6 × 5 + 3 × 1 + 3 × 4 = 45 (F12).

    The safe side: a lead that is reached takes fewer calls.
    """
    return sum((touch.minutes for touch in touch_times(agreement, lead_type)), Fraction(0))


def expected_calls(connect_rate: Exact, calls: int) -> Fraction:
    """Calls until one connects, or until all are made: (1 − 0.9⁶) ÷ 0.1 = 4.68559 (F12); all of them at 0 %.

    PlanImpossible for a chance outside 0 to 100 %.
    """
    chance = exact(connect_rate)
    if not 0 <= chance <= 1:
        raise PlanImpossible(f"connect rate {chance}: a chance lies between 0% and 100%")
    return (1 - (1 - chance) ** calls) / chance if chance else Fraction(calls)


def expected_minutes(agreement: Agreement, lead_type: str) -> Fraction | None:
    """As `minutes_per_lead`, but calls end at the first connect; None where no connect rate is said."""
    rate = agreement.capacity.connect_rate
    if rate is None:
        return None
    return sum(
        (
            expected_calls(rate, touch.touches) * touch.each
            if touch.channel == "call" and not touch.automated
            else touch.minutes
            for touch in touch_times(agreement, lead_type)
        ),
        Fraction(0),
    )


def leads_per_rep(minutes: Exact, per_lead: Exact) -> int:
    """Leads that one rep can follow up in those minutes, rounded down: 5,760 ÷ 33 is 174 (F12).

    PlanImpossible for a lead that takes no time, of which nobody can have enough.
    """
    if exact(per_lead) <= 0:
        raise PlanImpossible("follow_up.touches: a lead takes no rep any time; leave one touch to a person")
    return floor(exact(minutes) / exact(per_lead))


def reps_needed(leads: Exact, per_rep: int) -> int:
    """Reps for so many leads, rounded up: 3,900 ÷ 128 is 31 (F12). PlanImpossible if one rep manages none."""
    if per_rep < 1:
        raise PlanImpossible(
            "one lead takes more time than a rep has in a month; grant more time, or fewer touches"
        )
    return up(exact(leads) / per_rep)
