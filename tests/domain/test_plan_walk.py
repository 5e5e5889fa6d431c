"""What a person goes through before signing."""

from pathlib import Path

import pytest

from accord.agreement.parse import parse_agreement, read_agreement
from accord.errors import SignatureRefused
from accord.plan.walk import calculation, walk

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_walk_shows_goal_numbers_own_promises_then_theirs_and_what_a_miss_means():
    agreement = read_agreement(EXAMPLES / "acme.yaml")
    titles = [step.title for step in walk(agreement, "omar")]
    assert titles == [
        "What we want",
        "Where the numbers come from",
        "What my side promises: Field sales",
        "What Growth team promises",
        "What both sides promise together",
        "If a promise is missed",
    ]
    assert "My side promises" not in walk(agreement, "kai")[2].title
    own = walk(agreement, "mina")[2].text
    assert own.startswith("- M1: 1,386 leads that sales accepts")
    assert all(step.text.endswith("\n") for step in walk(agreement, "mina"))


def test_every_number_promised_stands_in_the_calculation_that_is_signed():
    agreement = read_agreement(EXAMPLES / "acme.yaml")
    said = calculation(agreement)
    for step in walk(agreement, "mina")[1:5]:
        assert all(line in said for line in step.text.splitlines() if line.strip())


def test_an_agreement_without_rates_can_still_be_walked_through():
    text = "accord: 1\nname: x\nterm: 2026-01-01\ngoal: 5000\nlead_types: {web: {}}\npeople: {ann: sales}\n"
    agreement = parse_agreement(text)
    assert "No plan follows" in calculation(agreement)
    assert "a number that the plan cannot tell" in calculation(agreement)
    with pytest.raises(SignatureRefused, match="did you mean 'ann'"):
        walk(agreement, "anne")
