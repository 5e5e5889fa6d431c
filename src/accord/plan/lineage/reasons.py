"""The steps of an explanation: what each says, and the places in the agreement that it rests on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.plan.layout import figure, money, printable
from accord.plan.rounding import decimal_text, up

Path = tuple[str | int, ...]  # where the agreement says something: keys from its top down
Place = Callable[[Path], tuple[int, str]]  # line and path in the text, as `agreement.parse.Written.place`


@dataclass(frozen=True)
class Reason:
    """One step of an explanation, with the places that say what goes into it."""

    says: str
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """What a number is, and the steps that lead to it, first things first."""

    name: str
    answer: str
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...] = ()


def as_text(explanation: Explanation, agreement: Agreement, file: str, place: Place | None) -> str:
    """The explanation as numbered steps, each with its sources below it."""
    lines = [f"{printable(explanation.name)}: {printable(explanation.answer)}.", ""]
    for at, reason in enumerate(explanation.reasons, 1):
        lines.append(f"{at:>2}. {printable(reason.says)}")
        lines += [f"      {printable(source)}" for source in _sources(agreement, reason.paths, file, place)]
    if explanation.notes:
        lines += ["", *(f"- {printable(note)}" for note in explanation.notes)]
    return "\n".join(lines) + "\n"


def _sources(agreement: Agreement, paths: Sequence[Path], file: str, place: Place | None) -> list[str]:
    """Places of one line of the text together; what the agreement does not say comes last."""
    said: dict[str, list[str]] = {}
    silent = []
    for path in dict.fromkeys(paths):
        if not is_said(agreement, path):
            silent.append(_plain(path))
            continue
        line, shown = place(_in_text(path)) if place else (0, _plain(path))
        said.setdefault(f"{file}:{line}" if line else file, []).append(shown)
    found = [f"{where}: {', '.join(dict.fromkeys(shown))}" for where, shown in said.items()]
    return [*found, f"by default: {', '.join(silent)}"] if silent else found


def is_said(agreement: Agreement, path: Path) -> bool:
    """Whether the agreement itself says this; else a default of Appendix B holds."""
    at: Any = agreement
    for step in path:
        if isinstance(at, Mapping):
            if step not in at:
                return False
            at = at[step]
        elif at is None or step not in at.model_fields_set:
            return False
        else:
            at = getattr(at, str(step))
    return True


def _in_text(path: Path) -> Path:
    """Rates stand beside `mix` in the text, though the model keeps them together."""
    return tuple(step for step in path if step != "rates")


def _plain(path: Path) -> str:
    """A path as people write it: the only stream is not named."""
    steps = [str(step) for step in _in_text(path)]
    for at in range(len(steps) - 1):
        if steps[at : at + 2] == ["streams", ONLY_STREAM]:
            return ".".join([*steps[:at], *steps[at + 2 :]])
    return ".".join(steps)


# Words for numbers


def product(amount: Fraction, share: Fraction) -> str:
    return f"{money(amount)} × {show_percent(share)} = {money(amount * share)}"


def rounded(value: Fraction) -> str:
    """A needed count with its rounding: `8`, or `33.33, rounded up 34`."""
    return f"{value.numerator:,}" if value.denominator == 1 else f"{figure(value)}, rounded up {up(value):,}"


def percent(rate: Fraction) -> str:
    return f"{decimal_text(rate * 100, 4)}%"
