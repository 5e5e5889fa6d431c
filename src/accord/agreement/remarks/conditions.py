"""Remarks on conditions: those that nobody can evaluate, and the lists that they name."""

from collections.abc import Iterator

from accord.agreement.clauses.clause import quoted
from accord.agreement.conditions.lists import known_lists
from accord.agreement.conditions.reading import read_condition
from accord.agreement.conditions.tree import PREFIXES, Among, Field, Node, fields_of, parts
from accord.agreement.reading.text import Path
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.terms import Agreement
from accord.errors import nearest

_LEAD = ("lead.type", "lead.stream", "lead.segment", "lead.persona", "lead.source", "lead.source_owner")


def conditions_can_be_read(case: Case) -> Remarks:
    """Plain prose is for people and needs no reading; what looks like a rule does."""
    for path, text in _conditions(case.agreement):
        if problem := read_condition(text).problem:
            what = f"{quoted(text)} cannot be read as a condition, so it never holds: {problem}"
            yield Remark(path, what, "write it like company.employees > 10, or in plain words")


def fields_are_known(case: Case) -> Remarks:
    for path, tree in _trees(case.agreement):
        for about in fields_of(tree):
            if what := _what_is_wrong(about):
                yield Remark(
                    path, what, "begin a field with contact., company. or lead.; a signal has no dot"
                )


def lists_are_known(case: Case) -> Remarks:
    known = known_lists(case.agreement.qualification.lists)
    for path, tree in _trees(case.agreement):
        for name in dict.fromkeys(_lists_in(tree)):
            if name.casefold() not in known:
                what = f"no list is called {name!r}, so nobody is on it{nearest(name, known)}"
                yield Remark(path, what, "write it under qualification.lists")


def lists_are_used(case: Case) -> Remarks:
    used = {name.casefold() for _, tree in _trees(case.agreement) for name in _lists_in(tree)}
    for name, values in case.agreement.qualification.lists.items():
        path: Path = ("qualification", "lists", name)
        if name.casefold() not in used:
            yield Remark(path, f"no condition names the list {name}", "use it, or drop it")
        elif not values:
            yield Remark(path, f"the list {name} is empty", "fill it, or drop what asks for it")


def rules_count_by_themselves(case: Case) -> Remarks:
    terms = case.agreement.qualification
    axes = (("fit", terms.fit), ("interest", terms.interest), ("disqualify", terms.disqualify))
    for axis, criteria in axes:
        for at, rule in enumerate(criteria):
            condition = read_condition(rule.when)
            if condition.prose and not condition.problem:
                what = f"{quoted(rule.when)} is in words for people, so it counts for no lead by itself"
                yield Remark(
                    ("qualification", axis, at), what, "write a condition, or a signal such as fair_visited"
                )
    mql = read_condition(terms.mql or "grade")
    if mql.prose and not mql.problem:
        what = "an MQL is described in words, so somebody has to say of each lead that it is one"
        yield Remark(("qualification", "mql"), what, "write a condition, such as grade in [A1, B1]")


def _what_is_wrong(about: Field) -> str:
    if "." not in about.name:
        return ""
    if not about.name.startswith(PREFIXES):
        return f"{about.name} is no field"
    if about.name.startswith("lead.") and about.name not in _LEAD:
        return f"a lead has no field {about.name}{nearest(about.name, _LEAD)}"
    return ""


def _lists_in(tree: Node) -> list[str]:
    return [node.listed for node in parts(tree) if isinstance(node, Among) and node.listed]


def _conditions(agreement: Agreement) -> Iterator[tuple[Path, str]]:
    """Every place of an agreement that holds a condition, with its text."""
    terms = agreement.qualification
    axes = (("fit", terms.fit), ("interest", terms.interest), ("disqualify", terms.disqualify))
    for axis, criteria in axes:
        yield from ((("qualification", axis, at, "when"), rule.when) for at, rule in enumerate(criteria))
    for key, text in (("mql", terms.mql), ("sql", terms.sql)):
        if text is not None:
            yield ("qualification", key), text
    for key, rules in (("auto_qualify", terms.auto_qualify), ("route_around", terms.route_around)):
        yield from ((("qualification", key, at), text) for at, text in enumerate(rules))
    yield ("handoff", "trigger"), agreement.handoff.trigger


def _trees(agreement: Agreement) -> Iterator[tuple[Path, Node]]:
    for path, text in _conditions(agreement):
        if (tree := read_condition(text).tree) is not None:
            yield path, tree
