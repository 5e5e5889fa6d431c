"""The documents about agreements: the reference is that of the terms, and the guide can be followed."""

import os
import re
from pathlib import Path

import pytest
import yaml

from accord.agreement.check import check
from accord.agreement.parse import parse_agreement
from accord.agreement.rendering.reference import reference_markdown
from accord.errors import Severity

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference" / "agreement.md"
GUIDE = (ROOT / "docs" / "how-to" / "write-an-agreement.md").read_text(encoding="utf-8")
FIRST, *CHANGES = [
    block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.S) if not block.startswith("#")
]


def test_the_reference_is_the_one_of_the_terms():
    if os.environ.get("ACCORD_REGENERATE"):
        REFERENCE.write_text(reference_markdown(), encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == reference_markdown()


def test_every_link_inside_the_reference_leads_somewhere():
    text = reference_markdown()
    headings = {line[3:].lower().replace(" ", "-") for line in text.splitlines() if line.startswith("## ")}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings


def test_the_first_agreement_of_the_guide_is_sound_and_only_its_hours_are_left_to_say():
    (advice,) = check(parse_agreement(FIRST))
    assert (advice.path, advice.severity) == ("calendars", Severity.ADVICE)


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_of_the_guide_can_be_put_into_its_first_agreement(change):
    raw = {**yaml.load(FIRST, yaml.BaseLoader), **yaml.load(change, yaml.BaseLoader)}  # noqa: S506
    assert parse_agreement(yaml.safe_dump(raw)).name == "Acme marketing and sales"
