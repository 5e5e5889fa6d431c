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
    """`find` looks over the entries of `over`, of which some may have been left out, and needs `whole` parts."""

    find: Callable[[Agreement, Names], Findings]
    over: str
    whole: tuple[str, ...] = ()


RULES = (
    Rule(by_name.people_fit, over="people"),
    Rule(by_name.lead_types_fit, over="lead_types"),
    Rule(by_name.scope_fits, over="scope", whole=("scope",)),
    Rule(by_name.stages_fit, over="stages", whole=("stages",)),
    Rule(by_name.handoff_fits, over="handoff", whole=("handoff",)),
    Rule(by_name.return_reasons_fit, over="handoff", whole=("handoff", "follow_up")),
    Rule(by_name.follow_up_fits, over="follow_up", whole=("follow_up",)),
    Rule(by_name.contacts_fit, over="contacts"),
    Rule(by_name.escalation_fits, over="escalation"),
    Rule(by_name.prices_fit, over="value", whole=("value",)),
    Rule(by_name.segments_priced_fit, over="value", whole=("value", "scope")),
    Rule(sums.calendars_work, over="calendars"),
    Rule(sums.streams_make_a_whole, over="goal", whole=("goal",)),
    Rule(sums.mixes_make_a_whole, over="lead_types", whole=("lead_types",)),
    Rule(sums.rates_make_a_chain, over="lead_types", whole=("stages",)),
    Rule(sums.improvements_fit, over="goal", whole=("goal", "stages")),
    Rule(sums.improvements_fall_in_the_term, over="goal", whole=("goal", "term")),
    Rule(sums.promises_fit, over="promises"),
    Rule(sums.revenue_is_named, over="promises", whole=("goal",)),
)


@dataclass(frozen=True)
class Draft:
    """What could be read of an agreement with errors.

    `broken` are the sections of which something had to be left out; `kept` gives, for sections that are lists,
    the positions in the text of the entries that are left.
    """

    agreement: Agreement
    names: Names
    broken: frozenset[str] = frozenset()
    kept: Mapping[str, tuple[int, ...]] | None = None


def contradictions(draft: Draft) -> Iterator[Finding]:
    """Everything in which the parts do not fit together, with paths as in the text."""
    for rule in RULES:
        if not draft.broken.intersection(rule.whole):
            for finding in rule.find(draft.agreement, draft.names):
                yield _where_written(finding, draft.kept or {})


def _where_written(finding: Finding, kept: Mapping[str, tuple[int, ...]]) -> Finding:
    section, *rest = finding.path
    if rest and isinstance(rest[0], int) and section in kept:
        return Finding((section, kept[str(section)][rest[0]], *rest[1:]), finding.what, finding.allowed)
    return finding
