"""A number of the plan, step by step, with the places of the signed text that it rests on."""

import re
from dataclasses import dataclass
from functools import lru_cache

from accord.agreement.parse import Written, parse_written
from accord.agreement.reading.wording import show_path
from accord.agreement.signing.proposals import Proposal
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.lineage.lineage import numbers
from accord.plan.lineage.reasons import Explanation, Path, is_said

_SEE = re.compile(r"\(see ([^()]+)\)")


@dataclass(frozen=True)
class Source:
    """A place of the text; line 0 for what the agreement leaves to its default."""

    path: str
    line: int


@dataclass(frozen=True)
class Step:
    """One step of an explanation with what goes into it."""

    says: str
    sources: tuple[Source, ...]
    see: tuple[str, ...] = ()  # other numbers that it names


def steps(proposal: Proposal, told: Explanation) -> list[Step]:
    """The steps in order; lines are those of the signed text, as it is downloaded."""
    written, known = _written(proposal.entry.text), numbers(proposal.agreement)
    return [
        Step(
            says=reason.says,
            sources=tuple(_source(written, path) for path in dict.fromkeys(reason.paths)),
            see=tuple(name for name in _SEE.findall(reason.says) if name in known),
        )
        for reason in told.reasons
    ]


def others(agreement: Agreement) -> list[str]:
    """The names of all numbers that can be explained, each number by one name."""
    by_tell: dict[int, str] = {}
    for name, tell in numbers(agreement).items():
        by_tell.setdefault(id(tell), name)
    return sorted(by_tell.values())


def _source(written: Written, path: Path) -> Source:
    in_text = tuple(step for step in path if step not in ("rates", ONLY_STREAM))
    if not is_said(written.agreement, path):
        return Source(show_path(in_text), 0)
    line, shown = written.place(in_text)
    return Source(shown, line)


@lru_cache(maxsize=16)
def _written(text: str) -> Written:
    return parse_written(text)
