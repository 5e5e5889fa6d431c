"""What the editor tells of a text: its problems, and the figures that follow from it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from accord.agreement.comparing.diff import diff
from accord.agreement.comparing.saying import Sentence, sentences, summary
from accord.agreement.parse import parse_written
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, PlanImpossible, Problem, Severity
from accord.plan.demand import LeadDemand, Plan
from accord.plan.funnel import plan
from accord.plan.remarks import check_all
from accord.server.agreements.editor.merging import Line, line_diff

MOST_SHOWN = 100  # problems


@dataclass(frozen=True)
class Checked:
    """A text with what is to be said of it, gravest first within a line; no agreement where it has errors."""

    agreement: Agreement | None
    problems: tuple[Problem, ...]

    @property
    def shown(self) -> tuple[Problem, ...]:
        return self.problems[:MOST_SHOWN]

    @property
    def left_out(self) -> int:
        return max(0, len(self.problems) - MOST_SHOWN)

    def count(self, severity: str) -> int:
        return Counter(problem.severity for problem in self.problems)[Severity(severity)]

    @property
    def errors(self) -> int:
        return self.count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        return self.count(Severity.WARNING)

    @property
    def advice(self) -> int:
        return self.count(Severity.ADVICE)


@lru_cache(maxsize=64)
def checked(text: str, on: date) -> Checked:
    """The problems of a text on a day. Kept a while: a text is looked at more often than changed."""
    try:
        written = parse_written(text, "")
    except AgreementInvalid as error:
        return Checked(None, error.problems)
    return Checked(written.agreement, tuple(check_all(written, on)))


@dataclass(frozen=True)
class Demanded:
    """One row of the figures: what a lead type must bring, and what it was by the saved text."""

    demand: LeadDemand
    before: LeadDemand | None

    @property
    def moved(self) -> bool:
        return self.before is not None and self.before.leads != self.demand.leads


@dataclass(frozen=True)
class Figures:
    """The plan of the text as it stands beside that of the saved text; `why` where none follows."""

    plan: Plan | None
    before: Plan | None
    rows: tuple[Demanded, ...] = ()
    why: str = ""


def figures(text: str, saved: str, on: date) -> Figures:
    """What follows from a text in numbers."""
    agreement, earlier = checked(text, on).agreement, checked(saved, on).agreement if saved != text else None
    before = _plan(earlier)[0] if earlier is not None else None
    if agreement is None:
        return Figures(None, before)
    now, why = _plan(agreement)
    if now is None:
        return Figures(None, before, why=why)
    known = {(item.stream, item.lead_type): item for item in before.demands()} if before else {}
    rows = (Demanded(item, known.get((item.stream, item.lead_type))) for item in now.demands())
    return Figures(now, before, tuple(rows))


def _plan(agreement: Agreement) -> tuple[Plan | None, str]:
    try:
        return plan(agreement), ""
    except PlanImpossible as error:
        return None, str(error)


@dataclass(frozen=True)
class Difference:
    """From one text to another: in sentences where both are agreements, and by line."""

    summary: str
    sentences: tuple[Sentence, ...]
    lines: tuple[Line, ...]
    too_long: bool  # to compare line by line

    @property
    def none(self) -> bool:
        return not self.lines and not self.too_long


@lru_cache(maxsize=32)
def difference(before: str, after: str) -> Difference:
    """What changed between two texts."""
    lines = line_diff(before, after)
    try:
        old, new = parse_written(before, "").agreement, parse_written(after, "").agreement
    except AgreementInvalid:
        return Difference("", (), tuple(lines or ()), lines is None)
    said = sentences(diff(old, new), old, new)
    return Difference(summary(said), said, tuple(lines or ()), lines is None)
