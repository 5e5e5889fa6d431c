"""Remarks on scores: grades and thresholds that no lead can reach.

Read are conditions made of `grade in [A1, B1]`, `grade is A1`, `fit >= 60`, `interest >= 40` and
`score >= 100` (fit and interest together), joined by `and` and `or` without brackets. Whatever else is
written is taken to be possible. Every criterion counts once, at its full points.
"""

import re

from accord.agreement.clauses.handover import Criterion
from accord.agreement.reading.text import Path
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.agreement.terms import Agreement
from accord.errors import nearest

_GRADES = re.compile(r"grade\s+in\s+\[([^\]]*)\]|grade\s*(?:==|=|\bis\b)\s*(\w+)", re.IGNORECASE)
_POINTS = re.compile(r"(fit|interest|score|points)\s*(>=|>)\s*(\d{1,9})", re.IGNORECASE)
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
        text = getattr(case.agreement.qualification, stage)
        if text is None:
            continue
        path: Path = ("qualification", stage)
        yield from _unknown_grades(case.agreement, text, path)
        if "(" in text or re.search(r"\bnot\b", text, re.IGNORECASE):
            continue
        found = [_impossible(case.agreement, part) for part in _split(r"\bor\b", text)]
        if all(found):
            reasons = ", and ".join(dict.fromkeys(found))
            what = f"no lead can become an {stage.upper()}: {reasons}"
            yield Remark(path, what, "lower it, or add criteria")


def _impossible(agreement: Agreement, alternative: str) -> str:
    """Why no lead can meet it; empty if one can, or nobody can tell."""
    return next(filter(None, (_why_not(agreement, part) for part in _split(r"\band\b", alternative))), "")


def _split(word: str, text: str) -> list[str]:
    return re.split(rf"{word}(?![^\[]*\])", text, flags=re.IGNORECASE)  # not inside a list


def _why_not(agreement: Agreement, condition: str) -> str:
    terms = agreement.qualification
    if points := _POINTS.fullmatch(condition.strip()):
        name, sign, number = points[1].lower(), points[2], int(points[3])
        criteria = {"fit": terms.fit, "interest": terms.interest}.get(name, (*terms.fit, *terms.interest))
        most = _most(criteria)
        short = number > most or (sign == ">" and number == most)
        return f"{name} {sign} {number}, but all criteria together give {most}" if criteria and short else ""
    if _GRADES.fullmatch(condition.strip()):
        names, known = _grades_in(condition), _reachable(agreement)
        if known and names and not known & set(names):
            return f"no lead gets grade {' or '.join(names)}"
    return ""


def _most(criteria: tuple[Criterion, ...]) -> int:
    return sum(rule.points for rule in criteria if rule.points > 0)


def _grades_in(text: str) -> list[str]:
    found = [match[1] or match[2] or "" for match in _GRADES.finditer(text)]
    return [name.strip() for part in found for name in part.split(",") if name.strip()]


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


def _unknown_grades(agreement: Agreement, text: str, path: Path) -> Remarks:
    known = _known(agreement, reachable=False)
    for name in dict.fromkeys(_grades_in(text)):
        if name not in known:
            hint = nearest(name, known).removeprefix("; ") or "qualification.grades defines none"
            yield Remark(path, f"no grade is called {name!r}", hint)
