"""The walk through a version before it is signed, and what the session remembers of it (S4.9)."""

from dataclasses import dataclass

from django.http import HttpRequest

from accord.plan.walk import Step, walk
from accord.server.agreements.acts import must_be_party
from accord.server.agreements.views.frame import Version, user_of

_KEY = "walked"  # in the session: digest of a version → the steps that were read, by number from 1
_MOST = 5  # versions that are remembered


@dataclass(frozen=True)
class Walk:
    """The steps of one person, and which of them the person has confirmed to have read."""

    person: str
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
    """One step as its page shows it: a table as it is set, or paragraphs and a list."""

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

    @property
    def is_table(self) -> bool:
        """Whether its lines stand below each other on purpose."""
        return any(line.startswith("  ") for line in self.text.splitlines())

    @property
    def paragraphs(self) -> list[str]:
        return [line for line in self.text.splitlines() if line and not line.startswith("- ")]

    @property
    def items(self) -> list[str]:
        return [line.removeprefix("- ") for line in self.text.splitlines() if line.startswith("- ")]

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


def walk_of(request: HttpRequest, version: Version) -> Walk:
    """The walk of whoever asks; SignatureRefused for somebody whom the version does not name."""
    agreement = version.proposal.agreement
    person = must_be_party(agreement, user_of(request))
    kept = request.session.get(_KEY, {}).get(version.proposal.digest, [])
    return Walk(person, walk(agreement, person), frozenset(kept))


def confirm(request: HttpRequest, version: Version, number: int) -> None:
    """Remember that this step was read, for exactly this text: another version starts anew."""
    kept: dict[str, list[int]] = request.session.get(_KEY, {})
    digest = version.proposal.digest
    read = sorted({*kept.pop(digest, []), number})
    newest = [*kept.items()][-(_MOST - 1) :]
    request.session[_KEY] = {**dict(newest), digest: read}
