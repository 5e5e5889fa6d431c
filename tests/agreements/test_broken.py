"""Every broken agreement beside this file is reported exactly as its report says.

`ACCORD_REGENERATE=1 pytest tests/agreements` writes the reports anew; read the difference before keeping it.
"""

import os
import re
from pathlib import Path

import pytest

from accord.agreement.parse import parse_agreement
from accord.errors import AgreementInvalid

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
FOREIGN_WORDS = re.compile(r"Input should|pydantic|https?:|validation error|Value error|\bdict|\btuple")


def report(path: Path) -> str:
    with pytest.raises(AgreementInvalid) as caught:
        parse_agreement(path.read_text(encoding="utf-8"), path.name)
    return f"{caught.value}\n"


def test_there_are_at_least_forty_broken_agreements():
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_agreement_is_reported_line_by_line(path):
    expected = path.with_suffix(".txt")
    if os.environ.get("ACCORD_REGENERATE"):
        expected.write_text(report(path), encoding="utf-8")
    assert report(path) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_reports_speak_of_agreements_not_of_the_library_that_reads_them(path):
    assert not FOREIGN_WORDS.findall(report(path))


def test_no_report_is_left_without_its_agreement():
    reports = (Path(__file__).parent / "broken").glob("*.txt")
    assert {path.stem for path in reports} == {path.stem for path in BROKEN}
