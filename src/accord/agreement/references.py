"""Which rules hold the parts of an agreement against each other, and which parts each rule needs to be sound.

A rule runs only where all its parts could be read: what it would say about a part with errors might be wrong.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from accord.agreement import names as by_name
from accord.agreement import sums
from accord.agreement.names import Finding, Findings, Names
from accord.agreement.terms import Agreement


@dataclass(frozen=True)
class Rule:
    """What `find` says holds only where nothing was left out of the sections that it `needs`."""

    find: Callable[[Agreement, Names], Findings]
    needs: tuple[str, ...] = ()


RULES = (
    Rule(by_name.people_fit),
    Rule(by_name.lead_types_fit),
    Rule(by_name.scope_fits, needs=("scope",)),
    Rule(by_name.stages_fit, needs=("stages",)),
    Rule(by_name.handoff_fits, needs=("handoff",)),
    Rule(by_name.return_reasons_fit, needs=("handoff", "follow_up")),
    Rule(by_name.follow_up_fits, needs=("follow_up",)),
    Rule(by_name.contacts_fit),
    Rule(by_name.escalation_fits),
    Rule(by_name.prices_fit, needs=("value",)),
    Rule(by_name.segments_priced_fit, needs=("value", "scope")),
    Rule(sums.calendars_work),
    Rule(sums.streams_make_a_whole, needs=("goal",)),
    Rule(sums.mixes_make_a_whole, needs=("lead_types",)),
    Rule(sums.rates_make_a_chain, needs=("stages",)),
    Rule(sums.improvements_fit, needs=("goal", "stages")),
    Rule(sums.improvements_fall_in_the_term, needs=("goal", "term")),
    Rule(sums.promises_fit),
    Rule(sums.revenue_is_named, needs=("goal",)),
)


@dataclass(frozen=True)
class Draft:
    """What could be read of an agreement with errors.

    `broken` are the sections of which something had to be left out; `kept` gives, for sections that are
    lists, the positions in the text of the entries that are left.
    """

    agreement: Agreement
    names: Names
    broken: frozenset[str] = frozenset()
    kept: Mapping[str, tuple[int, ...]] | None = None


def contradictions(draft: Draft) -> Iterator[Finding]:
    """Everything in which the parts do not fit together, with paths as in the text."""
    for rule in RULES:
        if not draft.broken.intersection(rule.needs):
            for finding in rule.find(draft.agreement, draft.names):
                yield _where_written(finding, draft.kept or {})


def _where_written(finding: Finding, kept: Mapping[str, tuple[int, ...]]) -> Finding:
    section, *rest = finding.path
    if rest and isinstance(rest[0], int) and section in kept:
        return Finding((section, kept[str(section)][rest[0]], *rest[1:]), finding.what, finding.allowed)
    return finding
