"""What both sides promise, as one frozen value (DESIGN 3, DOMAIN Appendix A).

Nothing here reads a file or a clock: `parse.py` makes these from YAML, `references.py` holds what one part
says against the others, `check.py` judges what is allowed but foolish. The clauses stand in `people.py`,
`goals.py`, `funnels.py`, `handover.py`, `hours.py` and `promised.py`; their names can be had from here.
"""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from accord.agreement.clauses.clause import Clause, Name, shorthand
from accord.agreement.clauses.funnels import (
    MOST_STAGES,
    STAGES,
    Funnel,
    LeadType,
    Stage,
    Value,
    with_only_stream,
)
from accord.agreement.clauses.goals import (
    ONLY_STREAM,
    Capacity,
    Delivery,
    Goal,
    GoalLine,
    GoalTerms,
    Improvement,
    Interval,
    Stream,
    Term,
)
from accord.agreement.clauses.handover import (
    FIRST_TOUCH,
    Clocks,
    Escalation,
    FollowUp,
    Handoff,
    Nurture,
    Qualification,
    Texts,
)
from accord.agreement.clauses.hours import CalendarTerms
from accord.agreement.clauses.people import Meeting, Meetings, Parties, People, Person, Role, Side
from accord.agreement.clauses.promised import Kpi, Promise, usual_promises
from accord.agreement.clauses.prospects import Commitments, Profiles
from accord.agreement.clauses.quantities import Positive, parse_whole
from accord.errors import CalendarUnknown
from accord.worktime.calendar import Calendar
from accord.worktime.duration import Duration

__all__ = [
    "ONLY_STREAM",
    "STAGES",
    "Agreement",
    "Capacity",
    "Delivery",
    "Funnel",
    "Goal",
    "GoalLine",
    "Improvement",
    "Interval",
    "Kpi",
    "LeadType",
    "Meeting",
    "Parties",
    "Person",
    "Promise",
    "Role",
    "Scope",
    "Side",
    "Stage",
    "Status",
    "Stream",
    "Term",
    "Value",
]


class Status(StrEnum):
    DRAFT = "draft"  # being written
    PROPOSED = "proposed"  # laid before both sides
    SIGNED = "signed"  # by both heads, not yet in force
    ACTIVE = "active"  # in force
    EXPIRED = "expired"  # its term has ended
    RESET = "reset"  # replaced before its end


class Scope(Clause):
    """What the agreement covers, and in words what it does not. Empty lists mean: everything."""

    about: str = Field(default="", description="The scope in words")
    streams: tuple[Name, ...] = Field(default=(), description="Revenue streams covered")
    segments: tuple[str, ...] = Field(default=(), description="Segments of customers covered")
    regions: tuple[str, ...] = Field(default=(), description="Regions covered")


class Agreement(Clause):
    """The whole agreement of one version. `docs/reference/agreement.md` explains each key.

    `model_validate` holds the form of every part; whether the parts fit together is for `parse.py`, which
    reports with the line. `promises` is never empty: where none are written, `usual_promises` hold.
    """

    accord: Annotated[Literal[1], BeforeValidator(parse_whole)] = Field(
        description="Version of this file format: always 1"
    )
    name: str = Field(min_length=1, description="What the agreement is called")
    version: Positive = Field(default=1, description="Counts up with every change that both sides sign")
    supersedes: str | None = Field(default=None, description="Digest of the version before")
    status: Status = Field(default=Status.DRAFT, description="How far it has come")
    parties: Parties = Field(default=Parties(), description="What the two teams are called")
    scope: Annotated[Scope, BeforeValidator(shorthand("about"), json_schema_input_type=Scope | str)] = Field(
        default=Scope(), description="What it covers: in words, or by stream, segment and region"
    )
    term: Term = Field(description="From when to when it holds, or only its first day")
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$", description="Three letters, such as EUR")
    calendars: dict[Name, CalendarTerms] = Field(
        default_factory=lambda: {"office": CalendarTerms()},
        min_length=1,
        description="Working hours by name; Monday to Friday, 09:00 to 17:00 UTC if not said",
    )
    people: People = Field(default={}, description="People and pools of both sides")
    goal: GoalTerms = Field(description="What both sides want to reach in one interval, or only the revenue")
    goal_line: GoalLine = Field(
        default=GoalLine.CALENDAR_DAYS,
        description="By which days the goal is spread over the interval (S0.34)",
    )
    stages: tuple[
        Annotated[Stage, BeforeValidator(shorthand("name"), json_schema_input_type=Stage | str)], ...
    ] = Field(
        default=tuple(Stage(name=name) for name in STAGES),
        min_length=2,
        max_length=MOST_STAGES,
        description="The funnel from first to last stage",
    )
    lead_types: dict[Name, LeadType] = Field(min_length=1, description="Kinds of leads with their rates")
    value: Value = Field(default=Value(), description="What one lead is worth")
    definitions: dict[str, str] = Field(default={}, description="What words mean here: mql, sql, attempt, …")
    profiles: Profiles = Field(default={}, description="Whom both sides accept as prospects (S1.10)")
    qualification: Qualification = Field(default=Qualification(), description="When a lead is ready")
    handoff: Handoff = Field(default=Handoff(), description="From marketing to sales, and back")
    follow_up: FollowUp = Field(default=FollowUp(), description="How fast and how often sales follows up")
    commitments: Commitments = Field(
        default={}, description="What prospects are promised, such as an answer to an RFP (S0.40)"
    )
    nurture: Nurture = Field(default=Nurture(), description="What marketing does with leads not ready")
    delivery: Delivery = Field(default=Delivery(), description="How evenly marketing's leads flow")
    promises: tuple[Promise, ...] = Field(
        default=(), description="What each side promises; the usual promises if not said"
    )
    kpis: dict[
        Literal["marketing", "sales", "both"],
        tuple[Annotated[Kpi, BeforeValidator(shorthand("name"), json_schema_input_type=Kpi | str)], ...],
    ] = Field(default={}, description="Figures that each side watches without promising them")
    capacity: Capacity = Field(default=Capacity(), description="What one rep can do, as assumed")
    escalation: tuple[Escalation, ...] = Field(default=(), description="Who is told when")
    clocks: Clocks = Field(default=Clocks(), description="Pauses, excuses, absence")
    attribution: Literal["recorded source", "first touch", "touch before sales"] = Field(
        default="recorded source", description="Whose lead it is (DOMAIN 5.9)"
    )
    contacts: dict[str, Name] = Field(default={}, description="Whom to ask about what")
    meetings: Meetings = Field(default={}, description="Regular meetings")
    assumptions: Texts = Field(default=(), description="What the numbers rest on")
    calculation: Texts = Field(default=(), description="How the numbers were worked out, in words")

    @model_validator(mode="before")
    @classmethod
    def _only_stream(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "lead_types" not in value:
            return value
        return {**value, "lead_types": with_only_stream(value["lead_types"], value.get("goal"))}

    @model_validator(mode="after")
    def _has_promises(self) -> "Agreement":
        if not self.promises:  # set once, before anybody can have seen the value
            object.__setattr__(self, "promises", usual_promises(self.goal, self.lead_types))
        return self

    @cached_property
    def built_calendars(self) -> dict[str, Calendar]:
        """The working calendars by name, ready to count with; CalendarInvalid if one cannot be built."""
        return {name: terms.build(name) for name, terms in self.calendars.items()}

    def calendar(self, name: str) -> Calendar:
        """One calendar by name; CalendarUnknown names the nearest."""
        try:
            return self.built_calendars[name]
        except KeyError:
            raise CalendarUnknown(name, self.calendars) from None

    def calendar_of(self, side: Side) -> Calendar:
        """The calendar of a side: its first member's with one, else the first of the agreement."""
        named = (who.calendar for who in self.people.values() if who.side is side and who.calendar)
        return self.calendar(next(named, next(iter(self.calendars))))

    def first_touch(self, lead_type: str) -> Duration:
        """Time to the first touch of a lead of this type (S0.25); Appendix B where nothing is said."""
        said = self.follow_up.first_touch
        return (
            said.get(lead_type) or said.get("default") or FIRST_TOUCH.get(lead_type, FIRST_TOUCH["default"])
        )

    @property
    def in_force_label(self) -> str:
        """The version as pages cite it."""
        return f"{self.name}, version {self.version}, {self.term.start} to {self.term.end} ({self.status})"
