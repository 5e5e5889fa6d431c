"""The follow-up that holds for each lead type, and how its windows compare."""

from collections.abc import Iterator
from dataclasses import dataclass

from accord.agreement.clauses.handover import Checkpoint, Touches
from accord.agreement.reading.text import Path
from accord.agreement.remarks.week import Week
from accord.agreement.terms import Agreement
from accord.worktime.duration import Duration


@dataclass(frozen=True)
class Held:
    """The follow-up that holds for one lead type, or for all that say nothing of their own."""

    lead_type: str | None
    cadence: tuple[Checkpoint, ...]
    cadence_path: Path
    gap: Duration
    touches: Touches
    touches_path: Path

    @property
    def name(self) -> str:
        return f" of {self.lead_type}" if self.lead_type else ""


def held(agreement: Agreement) -> Iterator[Held]:
    """What holds for all, then each lead type that says something of its own."""
    terms, base = agreement.follow_up, ("follow_up",)
    own = terms.lead_types
    if set(agreement.lead_types) - {key for key, rule in own.items() if rule.cadence is not None}:
        yield Held(
            None, terms.cadence, (*base, "cadence"), terms.minimum_gap, terms.touches, (*base, "touches")
        )
    for key, rule in own.items():
        path: Path = ("follow_up", "lead_types", key)
        if rule.cadence is not None or rule.minimum_gap is not None or rule.touches is not None:
            yield Held(
                key,
                terms.cadence if rule.cadence is None else rule.cadence,
                path if rule.cadence is None else (*path, "cadence"),
                terms.minimum_gap if rule.minimum_gap is None else rule.minimum_gap,
                rule.touches or terms.touches,
                path if rule.touches is None else (*path, "touches"),
            )


def wall_time(age: Duration) -> Duration:
    """Ages of a lead are calendar time (F13)."""
    return Duration(age.count, age.unit, wall=True)


def always_later(every: list[Week], one: Duration, other: Duration) -> bool:
    return bool(every) and all(week.always_later(one, other) for week in every)


def tries(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count} attempts"


def are_due(point: Checkpoint, of: str = "") -> str:
    """`3 attempts are due`, or `3 attempts of demo are due` where `of` is ` of demo`."""
    return f"{tries(point.attempts)}{of} {'is' if point.attempts == 1 else 'are'} due"
