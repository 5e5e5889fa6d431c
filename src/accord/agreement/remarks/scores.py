"""Remarks on scores: grades and thresholds that no lead can reach.

Looked at are `grade in [A1, B1]`, `grade is A1`, `fit >= 60`, `interest >= 40` and `score >= 100` (fit and
interest together), wherever they stand but after `not`. Whatever else a condition asks is taken to be
possible. Every criterion counts once, at its full points.
"""

from decimal import Decimal

from accord.agreement.clauses.handover import Criterion
from accord.agreement.conditions.reading import read_condition
from accord.agreement.conditions.tree import All, Among, Compare, Either, Node, Sign, parts
from accord.agreement.reading.text import Path
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.terms import Agreement
from accord.errors import nearest

_AXES = ("fit", "interest")


def grades_can_be_reached(case: Case) -> Remarks:
    terms = case.agreement.qualification
    for axis, grades in terms.grades.items():
        criteria = terms.fit if axis == "fit" else terms.interest
        most, path = _most(criteria), ("qualification", "grades", axis)
        if not criteria:
            what = f"there are grades of {axis}, but nothing gives points"
            yield Remark(path, what, f"add criteria of {axis}")
            continue
        for grade, points in grades.items():
            if points > most:
                what = f"grade {grade} of {axis} takes {points} points, but all criteria together give {most}"
                yield Remark((*path, grade), what, "lower it, or add criteria")


def grades_differ(case: Case) -> Remarks:
    for axis, grades in case.agreement.qualification.grades.items():
        seen: dict[int, str] = {}
        for grade, points in grades.items():
            if points in seen:
                what = f"grades {seen[points]} and {grade} of {axis} both start at {points} points"
                yield Remark(("qualification", "grades", axis, grade), what, "give each its own points")
            seen.setdefault(points, grade)


def criteria_count_once(case: Case) -> Remarks:
    terms = case.agreement.qualification
    for axis, criteria in zip(_AXES, (terms.fit, terms.interest), strict=True):
        seen: set[str] = set()
        for at, rule in enumerate(criteria):
            path: Path = ("qualification", axis, at)
            if rule.when in seen:
                yield Remark(path, f"{rule.when} stands twice", "keep one, with the points of both")
            if not rule.points:
                yield Remark(path, f"{rule.when} gives no points", "give it some, or drop it")
            seen.add(rule.when)


def thresholds_can_be_reached(case: Case) -> Remarks:
    """The condition of an MQL and of an SQL: impossible only if each of its alternatives is."""
    for stage in ("mql", "sql"):
        tree = read_condition(getattr(case.agreement.qualification, stage) or "").tree
        if tree is None:
            continue
        path: Path = ("qualification", stage)
        yield from _unknown_grades(case.agreement, tree, path)
        if reasons := ", and ".join(_impossible(case.agreement, tree)):
            what = f"no lead can become an {stage.upper()}: {reasons}"
            yield Remark(path, what, "lower it, or add criteria")


def _impossible(agreement: Agreement, node: Node) -> list[str]:
    """Why no lead can meet it, each reason once; empty if one can, or nobody can tell."""
    match node:
        case All(of):
            return next(filter(None, (_impossible(agreement, one) for one in of)), [])
        case Either(of):
            found = [_impossible(agreement, one) for one in of]
            return list(dict.fromkeys(why for one in found for why in one)) if all(found) else []
        case _:
            return [why] if (why := _why_not(agreement, node)) else []


def _why_not(agreement: Agreement, node: Node) -> str:
    terms = agreement.qualification
    if names := _grades_in(node):
        known = _reachable(agreement)
        return f"no lead gets grade {' or '.join(names)}" if known and not known & set(names) else ""
    if not isinstance(node, Compare) or node.field.name not in ("fit", "interest", "score", "points"):
        return ""
    if node.sign not in (Sign.ABOVE, Sign.AT_LEAST) or not isinstance(node.value, Decimal):
        return ""
    name, number = node.field.name, node.value
    criteria = {"fit": terms.fit, "interest": terms.interest}.get(name, (*terms.fit, *terms.interest))
    most = _most(criteria)
    short = number > most or (node.sign is Sign.ABOVE and number == most)
    return (
        f"{name} {node.sign} {number:f}, but all criteria together give {most}" if criteria and short else ""
    )


def _most(criteria: tuple[Criterion, ...]) -> int:
    return sum(rule.points for rule in criteria if rule.points > 0)


def _grades_in(node: Node) -> list[str]:
    """The grades that one test asks for."""
    if isinstance(node, Among) and node.field.name == "grade":
        return [str(value) for value in node.values]
    if isinstance(node, Compare) and node.field.name == "grade":
        return [str(node.value)]
    return []


def _known(agreement: Agreement, *, reachable: bool) -> set[str]:
    """Grades as conditions write them: A1 of fit A and interest 1, or A where only that axis has grades."""
    terms, axes = agreement.qualification, []
    for axis, criteria in zip(_AXES, (terms.fit, terms.interest), strict=True):
        most = _most(criteria)
        grades = terms.grades.get(axis, {})  # type: ignore[call-overload]
        axes.append([name for name, points in grades.items() if not reachable or points <= most])
    fit, interest = axes
    return {*fit, *interest, *(f"{one}{other}" for one in fit for other in interest)}


def _reachable(agreement: Agreement) -> set[str]:
    return _known(agreement, reachable=True)


def _unknown_grades(agreement: Agreement, tree: Node, path: Path) -> Remarks:
    known = _known(agreement, reachable=False)
    names = [name for node in parts(tree) for name in _grades_in(node)]
    for name in dict.fromkeys(names):
        if name not in known:
            hint = nearest(name, known).removeprefix("; ") or "qualification.grades defines none"
            yield Remark(path, f"no grade is called {name!r}", hint)
