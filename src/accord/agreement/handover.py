"""The clauses about a lead's way: qualification, hand-off, follow-up, nurture, clocks and escalation."""

from typing import Annotated

from pydantic import BeforeValidator

from accord.agreement.clause import Clause, Name, one_or_many, shorthand
from accord.agreement.quantities import Length, Percent, Positive, Whole, parse_duration
from accord.worktime.duration import Duration

REJECT_REASONS = (
    "duplicate",
    "missing_data",
    "wrong_contact",
    "out_of_market",
    "below_threshold",
    "misrouted",
)
FIRST_TOUCH = {  # used where a lead type says nothing (DOMAIN Appendix B)
    "demo": Duration.parse("5 min"),
    "web_form": Duration.parse("60 min"),
    "content": Duration.parse("24 h"),
    "default": Duration.parse("60 min"),
}
DISQUALIFY_REASONS = ("unable_to_reach", "inaccurate_data", "no_need", "no_budget", "no_fit")


class Criterion(Clause):
    """One line of a score: when it holds, the points it gives (or takes, if negative) (S3.9)."""

    when: str
    points: int = 0
    half_life: Length | None = None
    reason: str | None = None


class Qualification(Clause):
    fit: tuple[Criterion, ...] = ()
    interest: tuple[Criterion, ...] = ()
    grades: dict[str, dict[str, int]] = {}
    mql: str | None = None
    auto_qualify: tuple[str, ...] = ()  # actions that qualify at once, such as asking for a demo
    route_around: tuple[str, ...] = ()  # leads that skip qualification or go elsewhere
    disqualify: tuple[Criterion, ...] = ()


class Receiver(Clause):
    """Who receives leads from marketing (S1.24, S1.25): a pool or a person, and who gets what nobody else got."""

    pool: Name | None = None
    person: Name | None = None
    catch_all: Name | None = None


class ReturnRule(Clause):
    attempts: Positive = 7
    to: Name | None = None  # the nurture track that a returned lead is enrolled in (S3.11)
    reasons: dict[str, Name] = {}  # another track by return reason


class Handoff(Clause):
    trigger: str = "mql"
    minimum_information: tuple[str, ...] = ("email", "company")
    carrier: str | None = None  # how the lead travels: CRM queue, e-mail, …
    notice: tuple[str, ...] = ()  # how the receiver hears of it
    receive: Receiver = Receiver()
    accept_within: Length = Duration.parse("24 h")  # then accepted by silence
    reject_reasons: tuple[str, ...] = REJECT_REASONS
    feedback_within: Length = Duration.parse("2 d")
    return_after: ReturnRule = ReturnRule()
    pull_back_after: Length | None = None  # dormant leads go back to marketing


class Checkpoint(Clause):
    """So many attempts by that age of the lead. The age is calendar time since delivery (S4.33, F13)."""

    by: Length
    attempts: Positive


class Touches(Clause):
    """Touches owed to one lead by channel (S0.28); all three counts must be met (F14)."""

    call: Whole = 6
    voicemail: Whole = 3
    email: Whole = 3
    minutes: dict[str, Length] = {}  # handling time of one touch of a channel, an assumption (F12)
    automated: tuple[str, ...] = ()  # channels that a machine sends


class FollowUpRule(Clause):
    """What one lead type asks differently; what is None follows the rule for all."""

    cadence: tuple[Checkpoint, ...] | None = None
    touches: Touches | None = None
    minimum_gap: Length | None = None
    decide_within: Length | None = None


class FollowUp(Clause):
    """Speed and depth that sales promises (S0.25): first touch by lead type, and a cadence."""

    first_touch: Annotated[dict[Name, Length], BeforeValidator(shorthand("default"))] = {}
    cadence: tuple[Checkpoint, ...] = (
        Checkpoint(by=parse_duration("14 d"), attempts=3),
        Checkpoint(by=parse_duration("28 d"), attempts=5),
        Checkpoint(by=parse_duration("56 d"), attempts=7),
    )
    touches: Touches = Touches()
    minimum_gap: Length = Duration.parse("4 h")
    decide_within: Length = Duration.parse("24 h")
    disqualify_reasons: tuple[str, ...] = DISQUALIFY_REASONS
    data_entry_within: Length | None = None
    automated_email_counts: str = "depth only"
    lead_types: dict[Name, FollowUpRule] = {}


class Step(Clause):
    after: Length
    asset: str


class Track(Clause):
    stage: str = "awareness"
    steps: tuple[Step, ...] = ()
    start_by_hand: bool = True


class Nurture(Clause):
    tracks: dict[Name, Track] = {}


class Escalation(Clause):
    """At a share of the window, or some time after the breach: whom to tell."""

    at: Percent | None = None
    after: Length | None = None
    tell: Annotated[tuple[str, ...], BeforeValidator(one_or_many)]


class Clocks(Clause):
    """How time is counted where the calendars leave it open (DOMAIN 5.11)."""

    pauses: tuple[str, ...] = ("prospect_callback", "system_outage")
    excused_by: str = "other side"
    quiet_hours: str | None = None
