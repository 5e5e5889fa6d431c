"""Every foolish agreement beside this file is without errors and gets exactly the remarks of its report.

`ACCORD_REGENERATE=1 pytest tests/agreements` writes the reports anew; read the difference before keeping it.
All are read as on 1 March 2026.
"""

import os
from datetime import date
from pathlib import Path

import pytest

from accord.agreement.check import RULES, worst
from accord.agreement.parse import parse_written
from accord.errors import Severity
from accord.plan.remarks import RULES as WITH_PLAN
from accord.plan.remarks import check_all
from accord.plan.remarks_page import rules_markdown

FOOLISH = sorted((Path(__file__).parent / "foolish").glob("*.yaml"))
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "check.md"
TODAY = date(2026, 3, 1)


def found(path: Path):
    return check_all(parse_written(path.read_text(encoding="utf-8"), path.name), TODAY)


@pytest.mark.parametrize("path", FOOLISH, ids=lambda path: path.stem)
def test_a_foolish_agreement_is_reported_line_by_line(path):
    report = "".join(f"{problem}\n" for problem in found(path))
    expected = path.with_suffix(".txt")
    if os.environ.get("ACCORD_REGENERATE"):
        expected.write_text(report, encoding="utf-8")
    assert report == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FOOLISH, ids=lambda path: path.stem)
def test_every_remark_has_its_line_and_says_what_to_do(path):
    problems = found(path)
    assert problems
    assert all(problem.file and problem.line and problem.what and problem.allowed for problem in problems)
    assert all(problem.severity is not Severity.ERROR for problem in problems)


def test_broken_and_foolish_agreements_together_are_more_than_sixty():
    assert len(FOOLISH) + len(list((Path(__file__).parent / "broken").glob("*.yaml"))) >= 60


def test_no_report_is_left_without_its_agreement():
    reports = (Path(__file__).parent / "foolish").glob("*.txt")
    assert {path.stem for path in reports} == {path.stem for path in FOOLISH}


def test_the_page_on_rules_is_the_one_of_the_tables():
    if os.environ.get("ACCORD_REGENERATE"):
        PAGE.write_text(rules_markdown(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == rules_markdown()


def test_every_rule_stands_once_in_the_tables():
    finders = [rule.find for rule in (*RULES, *WITH_PLAN)]
    assert len(finders) == len(set(finders))
    assert len({rule.finds for rule in (*RULES, *WITH_PLAN)}) == len(finders)


def test_the_worst_of_no_problems_is_none_and_else_the_gravest():
    warned = found(Path(__file__).parent / "foolish" / "one_side_only.yaml")
    advised = found(Path(__file__).parent / "foolish" / "nobody_signs.yaml")
    assert worst([]) is None
    assert worst(advised) is Severity.ADVICE
    assert worst([*advised, *warned]) is Severity.WARNING
