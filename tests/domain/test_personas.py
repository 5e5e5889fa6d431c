"""The persona of somebody, by the role that they gave (5.6)."""

import pytest

from accord.lead.personas import persona_of

PRICED = {"ceo": 100, "director": 50, "manager": 40, "vice_president": 70, "marketing manager": 45}


@pytest.mark.parametrize(
    ("role", "persona"),
    [
        ("CEO", "ceo"),
        ("Founder & CEO", "ceo"),
        ("Director of Sales", "director"),
        ("Vice President, Sales", "vice_president"),
        ("Marketing Manager", "marketing manager"),
        ("Account manager", "manager"),
        ("DİRECTOR", "director"),
        ("Directorate", ""),
        ("Engineer", ""),
        ("", ""),
    ],
)
def test_a_role_says_its_persona_by_whole_words_and_the_longest_that_fits(role: str, persona: str) -> None:
    assert persona_of(role, PRICED) == persona


def test_the_order_of_the_prices_changes_nothing() -> None:
    both = ("alpha", "gamma")
    assert persona_of("gamma and alpha", both) == persona_of("gamma and alpha", both[::-1]) == "alpha"
