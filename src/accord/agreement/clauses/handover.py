"""The clauses about a lead's way: qualification, hand-off, follow-up, nurture, clocks and escalation."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from accord.agreement.clauses.clause import Clause, Name, one_or_many, shorthand
from accord.agreement.clauses.hours import read_by
from accord.agreement.clauses.quantities import Flag, Gap, Percent, Points, Positive, Whole, Window
from accord.worktime.duration import Duration
from accord.worktime.weekly import parse_window

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
TOLD = (
    "owner",
    "backup",
    "manager",
    "heads",
    "marketing",
    "sales",
)  # whom escalations reach beside people by name

Texts = Annotated[
    tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])
]  # one or several


class Criterion(Clause):
    """One line of a score: when it holds, the points it gives (or takes, if negative) (S3.9)."""

    when: str = Field(description='The condition, such as "company.employees > 10"')
    points: Points = Field(default=0, description="Points given, or taken where negative")
    half_life: Window | None = Field(default=None, description="Time after which the points count half")
    reason: str | None = Field(default=None, description="What to say where it disqualifies")


class Qualification(Clause):
    """When a lead is ready: two axes, fit and interest, and the rules that follow from them (S3.9)."""

    fit: tuple[Criterion, ...] = Field(default=(), description="Who the lead is: role, company, market")
    interest: tuple[Criterion, ...] = Field(
        default=(), description="What the lead does: visits, forms, requests"
    )
    grades: dict[Literal["fit", "interest"], dict[str, Points]] = Field(
        default={}, description="Least points for each grade of an axis, such as fit: {A: 60, B: 40}"
    )
    mql: str | None = Field(default=None, description="When marketing may call a lead qualified")
    sql: str | None = Field(default=None, description="When sales confirms it")
    auto_qualify: Texts = Field(
        default=(), description="Actions that qualify at once, such as asking for a demo"
    )
    route_around: Texts = Field(default=(), description="Leads that skip qualification or go elsewhere")
    disqualify: tuple[Criterion, ...] = Field(
        default=(), description="What rules a lead out, with the reason"
    )
    lists: dict[Name, Texts] = Field(
        default={},
        description="Lists that conditions name after `in`, such as decision_makers: [ceo, director]",
    )


class Receiver(Clause):
    """Who receives leads (S1.24, S1.25): a pool or a person, and who gets what nobody else got."""

    pool: Name | None = Field(default=None, description="A pool that people belong to")
    person: Name | None = Field(default=None, description="Or one person who assigns: a name under `people`")
    catch_all: Name | None = Field(default=None, description="Who gets what nobody else got")
    streams: dict[Name, Name] = Field(
        default={}, description="Another pool for the leads of one stream, such as enterprise: key_accounts"
    )

    @model_validator(mode="after")
    def _one_receiver(self) -> "Receiver":
        if self.pool is not None and self.person is not None:
            raise ValueError(
                "both a pool and a person receive; leads have one way in, so drop one of the two"
            )
        return self


class ReturnRule(Clause):
    """When and how a lead goes back to marketing (S3.11)."""

    attempts: Positive = Field(default=7, description="After how many attempts without a connect")
    to: Name | None = Field(default=None, description="Nurture track that a returned lead is enrolled in")
    reasons: dict[str, Name] = Field(default={}, description="Another track by reason of return or reject")


class Handoff(Clause):
    """From marketing to sales, and back (S3.10, S1.21, S1.24 to S1.27)."""

    trigger: str = Field(default="mql", min_length=1, description="What hands a lead off: a stage or a rule")
    minimum_information: tuple[str, ...] = Field(
        default=("email", "company"),
        description='Fields that must be filled; "phone or linkedin" is one entry',
    )
    shared: dict[str, Texts] = Field(
        default={}, description="What else is passed on, by stage, such as mql: [pages seen, forms filled]"
    )
    carrier: str | None = Field(default=None, description="How the lead travels: CRM queue, e-mail, …")
    notice: Texts = Field(default=(), description="How the receiver hears of it")
    deliver_within: Window | None = Field(
        default=None, description="Time from the trigger until sales has the lead: marketing's own clock"
    )
    receive: Receiver = Field(default=Receiver(), description="Who receives leads")
    accept_within: Window = Field(
        default=Duration.parse("24 h"), description="Time to accept or reject; then accepted by silence"
    )
    reject_reasons: tuple[str, ...] = Field(
        default=REJECT_REASONS, min_length=1, description="The only reasons for which sales may refuse a lead"
    )
    feedback_within: Window = Field(
        default=Duration.parse("2 d"), description="Time for the reason of a reject (S1.21)"
    )
    return_after: ReturnRule = Field(default=ReturnRule(), description="When a lead goes back to marketing")
    pull_back_after: Window | None = Field(
        default=None, description="Time without any activity after which marketing takes a dormant lead back"
    )


class Checkpoint(Clause):
    """So many attempts by that age of the lead. The age is calendar time since delivery (S4.33, F13)."""

    by: Window = Field(description="Age of the lead in calendar time, such as 14 d")
    attempts: Positive = Field(description="Attempts made by then, all counted together")


def _rising(cadence: tuple[Checkpoint, ...] | None) -> tuple[Checkpoint, ...] | None:
    for earlier, later in pairwise(cadence or ()):
        if later.by.seconds <= earlier.by.seconds:
            raise ValueError(
                f"the checkpoint at {later.by} follows the one at {earlier.by}; order them by age"
            )
        if later.attempts < earlier.attempts:
            raise ValueError(
                f"{later.attempts} attempts by {later.by} are fewer than {earlier.attempts} by {earlier.by}; "
                "attempts are counted together, so they cannot fall"
            )
    return cadence


class Touches(Clause):
    """Touches owed to one lead by channel (S0.28); all counts must be met (F14)."""

    call: Whole = Field(default=6, description="Calls")
    voicemail: Whole = Field(default=3, description="Voicemails; a call that ends in one counts as both")
    email: Whole = Field(default=3, description="E-mails")
    video: Whole = Field(default=0, description="Video messages (S3.14)")
    minutes: dict[str, Window] = Field(
        default={}, description="Handling time of one touch by channel: an assumption (F12)"
    )
    automated: Texts = Field(default=(), description="Channels that a machine sends; they cost no rep's time")


class FollowUpRule(Clause):
    """What one lead type asks differently; what is not said follows the rule for all."""

    cadence: tuple[Checkpoint, ...] | None = Field(default=None, description="Attempts by age of the lead")
    touches: Touches | None = Field(default=None, description="Touches by channel")
    minimum_gap: Gap | None = Field(
        default=None, description="Least time between two attempts that both count"
    )
    decide_within: Window | None = Field(default=None, description="Time for a verdict")
    dispose_within: Window | None = Field(
        default=None, description="Time from acceptance until the lead is qualified, given up or returned"
    )

    _cadence_rises = field_validator("cadence")(_rising)

    @field_validator("touches")
    @classmethod
    def _says_channels(cls, touches: Touches | None) -> Touches | None:
        """An empty list would read as "nothing by machine", and yet be the same text as none said."""
        if touches is not None and "automated" in touches.model_fields_set and not touches.automated:
            raise ValueError(
                "an empty `automated` changes nothing, for the rule for all holds then; "
                "leave it out, and name the channels by lead type instead of for all"
            )
        return touches


class FollowUp(Clause):
    """Speed and depth that sales promises (S0.25): first touch by lead type, and a cadence."""

    first_touch: Annotated[
        dict[Name, Window],
        BeforeValidator(shorthand("default"), json_schema_input_type=dict[str, Window] | Window),
    ] = Field(default={}, description="Time to the first touch by lead type, or one time for all")
    cadence: tuple[Checkpoint, ...] = Field(
        default=(
            Checkpoint(by=Duration.parse("14 d"), attempts=3),
            Checkpoint(by=Duration.parse("28 d"), attempts=5),
            Checkpoint(by=Duration.parse("56 d"), attempts=7),
        ),
        description="Attempts owed to a lead that has not been reached, by its age (S4.33)",
    )
    touches: Touches = Field(default=Touches(), description="Touches owed to one lead by channel (S0.28)")
    minimum_gap: Gap = Field(
        default=Duration.parse("4 h"), description="Least time between two attempts that both count"
    )
    decide_within: Window = Field(
        default=Duration.parse("24 h"), description="Time for a verdict: accepted or rejected"
    )
    dispose_within: Window | None = Field(
        default=None, description="Time from acceptance until a lead is qualified, given up or returned"
    )
    disqualify_reasons: tuple[str, ...] = Field(
        default=DISQUALIFY_REASONS, description="Reasons to give a lead up after contact attempts"
    )
    only_after_minimum: Texts = Field(
        default=("unable_to_reach",),
        description="Reasons that hold only once `handoff.return_after.attempts` were made",
    )
    sub_reasons: dict[str, Texts] = Field(
        default={}, description="What is asked beside a reason, such as no_fit: [too small, wrong industry]"
    )
    data_entry: Texts = Field(default=(), description="What a rep records of every attempt")
    data_entry_within: Window | None = Field(default=None, description="How soon after the attempt")
    automated_email_counts: Literal["depth only", "never"] = Field(
        default="depth only",
        description="Whether mail sent by a machine is an attempt; it never stops a speed clock",
    )
    lead_types: dict[Name, FollowUpRule] = Field(
        default={}, description="What one lead type asks differently"
    )

    _cadence_rises = field_validator("cadence")(_rising)


class Step(Clause):
    """One send of a nurture track (S3.12)."""

    after: Gap = Field(description="Time after the step before, or after enrolment")
    asset: str = Field(description="What is sent")


class Track(Clause):
    """A planned series for one stage of the buyer's journey (S3.12, S3.13)."""

    stage: str = Field(default="awareness", description="Awareness, consideration or decision")
    about: str = Field(default="", description="What sales should know about it")
    steps: tuple[Step, ...] = Field(default=(), description="What is sent when")
    start_by_hand: Flag = Field(default=True, description="Whether sales may start it for a lead by hand")


class Nurture(Clause):
    """Tracks that educate leads which are not ready (S3.12)."""

    tracks: dict[Name, Track] = Field(default={}, description="Tracks by name")


class Escalation(Clause):
    """At a share of the window, or some time after the breach: whom to tell."""

    at: Percent | None = Field(
        default=None, description="Share of the window that has passed; 100% is the breach"
    )
    after: Window | None = Field(default=None, description="Or time after the breach")
    tell: Annotated[tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])] = (
        Field(min_length=1, description=f"Whom: {', '.join(TOLD)}, or people by name")
    )

    @model_validator(mode="after")
    def _at_one_moment(self) -> "Escalation":
        if (self.at is None) == (self.after is None):
            raise ValueError("say either `at` (a share of the window) or `after` (time past the breach)")
        return self


class Clocks(Clause):
    """How time is counted where the calendars leave it open (DOMAIN 5.11)."""

    pauses: tuple[str, ...] = Field(
        default=("prospect_callback", "system_outage"),
        description="The only reasons for which a clock stands still",
    )
    excused_by: Literal["other side"] = Field(
        default="other side", description="Who may excuse a breach: a manager of the other side"
    )
    excuse_within: Window | None = Field(
        default=None, description="How long after a breach it can be excused"
    )
    quiet_hours: Annotated[str, read_by(parse_window)] | None = Field(
        default=None, description='When nobody is alerted, such as "19:00-08:00"'
    )
    on_leave: Literal["reassign", "pause"] = Field(
        default="reassign", description="What happens to the leads of somebody who is away"
    )
    reassign_after: Window | None = Field(
        default=None,
        description="Time after a breach at which the lead goes to somebody else; never if not said",
    )
    most_moves: Positive = Field(default=2, description="Moves after which the manager decides")
