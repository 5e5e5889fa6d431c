"""Whatever an agreement says is said in its rendered text too: no term changes behind the reader's back."""

import copy
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from accord.agreement.parse import parse_agreement
from accord.agreement.rendering.render import render_markdown
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid

FILE = Path(__file__).parents[2] / "examples" / "acme.yaml"
RAW = yaml.load(FILE.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - every scalar as text
ACME = Agreement.model_validate(RAW)
TEXT = render_markdown(ACME)
NUMBERS = ["17", "17%", "17 min", "17 d wall", "2026-05-17", "2026-12-30", "2026-05", "4", "6", "57 d"]
WORDS = ["other words", "true", "false", "12:15", "14:30-17:00", "05:00-06:00", "a@b.example", "Europe/Paris"]
KEYS = [
    "year",
    "month",
    "quarter",
    "working days",
    "segment",
    "first touch",
    "never",
    "pause",
    "draft",
    "EUR",
]
NAMES = ["operations", "sales", "marketing", "member", "head", "leyla", "hq", "smb", "reengage", "BY", "mql"]
OTHER_VALUES = (*NUMBERS, *WORDS, *KEYS, *NAMES)
NOT_ALONE = {"closing_profile", "excused_by", "country"}  # what cannot change without something else
NOR_IN_A_PROMISE = {"side", "measure", "from"}


def leaves(value, path=()):
    """Every single value of a tree of mappings, lists and texts, by its path."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))
    else:
        yield path


def changed(path, text=None):
    """The agreement with another text at `path`, or without it; None if that is no agreement."""
    raw = copy.deepcopy(RAW)
    above = raw
    for step in path[:-1]:
        above = above[step]
    if text is None:
        del above[path[-1]]
    else:
        above[path[-1]] = text
    try:
        agreement = Agreement.model_validate(raw)
        return agreement if path[0] != "promises" else parse_agreement(yaml.safe_dump(raw))
    except (ValidationError, AgreementInvalid):
        return None


def moves_alone(path) -> bool:
    """Whether the value can change without something else changing too."""
    return not set(path) & (NOT_ALONE | (NOR_IN_A_PROMISE if path[0] == "promises" else set()))


KEYED = [path for path in leaves(RAW) if isinstance(path[-1], str) and len(path) > 1]
LEAVES = [path for path in leaves(RAW) if path != ("accord",) and moves_alone(path)]


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_a_value_that_changes_changes_the_text_that_people_read(path):
    tried = (changed(path, text) for text in OTHER_VALUES)
    other = next((agreement for agreement in tried if agreement is not None and agreement != ACME), None)
    assert other is not None, "no other value could be found for this place"
    assert render_markdown(other) != TEXT


@pytest.mark.parametrize("path", KEYED, ids=lambda path: ".".join(map(str, path)))
def test_a_value_that_is_taken_out_changes_the_text_unless_it_is_the_usual_one(path):
    without = changed(path)
    touch = path[:2] == ("follow_up", "first_touch")
    is_usual = touch and without.first_touch(path[2]) == ACME.first_touch(path[2])
    if without is not None and without != ACME and not is_usual:
        assert render_markdown(without) != TEXT
