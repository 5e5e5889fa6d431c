"""The walk through a version before it is signed, and what is remembered of it (S4.9)."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest

from accord.agreement.terms import Agreement
from accord.plan.walk import Step, Style, walk
from accord.server.agreements.acts import must_be_party
from accord.server.agreements.frame import Version, user_of
from accord.server.agreements.models import AgreementFile, StepRead
from accord.server.agreements.views.calculation import PlanShown, plan_shown
from accord.server.look import figures as say

_STYLE = Style(
    lambda amount, currency: say.or_dash(say.money(amount, currency)), lambda day: say.or_dash(say.day(day))
)  # as all pages write them
NUMBERS = 2  # the step that shows the plan, by number


@dataclass(frozen=True)
class Walk:
    """The steps of one person, and which of them the person has confirmed to have read."""

    person: str
    agreement: Agreement
    steps: tuple[Step, ...]
    read: frozenset[int]

    @property
    def left(self) -> list[int]:
        """Numbers of the steps that are not confirmed yet."""
        return [number for number in range(1, len(self.steps) + 1) if number not in self.read]

    @property
    def is_done(self) -> bool:
        return not self.left


@dataclass(frozen=True)
class StepPage:
    """One step as its page shows it: paragraphs and a list, or the plan in tables."""

    walk: Walk
    number: int  # from 1

    @property
    def step(self) -> Step:
        return self.walk.steps[self.number - 1]

    @property
    def title(self) -> str:
        return self.step.title

    @property
    def text(self) -> str:
        return self.step.text

    @cached_property
    def figures(self) -> PlanShown | None:
        """The plan in tables, on the step that is about it; None where no plan follows from the numbers."""
        return plan_shown(self.walk.agreement) if self.number == NUMBERS else None

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self.text.splitlines() if line and not line.startswith("- ")]

    @property
    def items(self) -> list[tuple[str, tuple[str, ...]]]:
        """Each item with what it comes to in figures."""
        found = [line.removeprefix("- ") for line in self.text.splitlines() if line.startswith("- ")]
        behind = (*self.step.meanings, *[()] * len(found))  # only promises have any
        return list(zip(found, behind, strict=False))

    @property
    def mine(self) -> tuple[str, ...]:
        """What it means for the person who reads it."""
        return self.step.mine

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < len(self.walk.steps) else None

    @property
    def contents(self) -> list[tuple[str, int, bool]]:
        """Every step: its title, its number, whether it was read."""
        return [(step.title, at, at in self.walk.read) for at, step in enumerate(self.walk.steps, 1)]


def walk_of(request: HttpRequest, file: AgreementFile, version: Version) -> Walk:
    """The walk of whoever asks; SignatureRefused for somebody whom the version does not name."""
    agreement, user = version.proposal.agreement, user_of(request)
    person = must_be_party(agreement, user)
    kept = StepRead.objects.filter(file=file, user=user, digest=version.proposal.digest)
    steps = walk(agreement, person, _STYLE)
    return Walk(person, agreement, steps, frozenset(kept.values_list("step", flat=True)))


def confirm(request: HttpRequest, file: AgreementFile, version: Version, number: int) -> None:
    """Remember that this step was read, for exactly this text: another version starts anew."""
    read = StepRead(file=file, user=user_of(request), digest=version.proposal.digest, step=number)
    StepRead.objects.bulk_create([read], ignore_conflicts=True)
