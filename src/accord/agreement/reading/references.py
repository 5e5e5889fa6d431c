"""Which rules hold the parts of an agreement against each other.

A rule sees what could be read; what it finds is told only where all that it rests on could be read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from accord.agreement.reading import names as by_name
from accord.agreement.reading import sums
from accord.agreement.reading.names import Finding, Findings, Names
from accord.agreement.reading.text import Path
from accord.agreement.starting.draft import Draft
from accord.agreement.terms import Agreement

RULES: tuple[Callable[[Agreement, Names], Findings], ...] = (
    by_name.people_fit,
    by_name.lead_types_fit,
    by_name.scope_fits,
    by_name.stages_fit,
    by_name.owners_fit,
    by_name.handoff_fits,
    by_name.return_reasons_fit,
    by_name.follow_up_fits,
    by_name.contacts_fit,
    by_name.escalation_fits,
    by_name.prices_fit,
    by_name.segments_priced_fit,
    sums.calendars_work,
    sums.streams_make_a_whole,
    sums.mixes_make_a_whole,
    sums.rates_make_a_chain,
    sums.improvements_fit,
    sums.improvements_fall_in_the_term,
    sums.promises_fit,
    sums.revenue_is_named,
)


def contradictions(draft: Draft, written: Callable[[Path], Path]) -> Iterator[Finding]:
    """Everything in which the parts do not fit together, with paths as the model has them.

    `written` turns such a path into the one that stands in the text.
    """
    for rule in RULES:
        for finding in rule(draft.agreement, draft.names):
            path = _in_text(finding.path, draft.kept)
            bases = [_in_text(basis, draft.kept) for basis in finding.rests_on]
            unsure = any(_touches(written(basis) or basis, draft.without) for basis in bases)
            if not unsure and not _inside(written(path) or path, draft.without):
                yield Finding(path, finding.what, finding.allowed)


def _in_text(path: Path, kept: Mapping[str, tuple[int, ...]]) -> Path:
    """A path into a list of which entries may have been left out, with the position in the text."""
    section, *rest = path
    positions = kept.get(str(section), ())
    if rest and isinstance(rest[0], int) and rest[0] < len(positions):
        return (section, positions[rest[0]], *rest[1:])
    return path


def _inside(path: Path, others: Iterable[Path]) -> bool:
    return any(path[: len(other)] == other for other in others)


def _touches(path: Path, others: Iterable[Path]) -> bool:
    """Whether `path` lies in one of `others`, or one of them in it."""
    return any(path[: len(other)] == other[: len(path)] for other in others)
