"""What is signed, by whom, and how a signature that would not verify is refused."""

from datetime import datetime
from pathlib import Path

import pytest
from signing_fixture import (
    ALICE,
    BOB,
    CALCULATION,
    FULL,
    MALLORY,
    at,
    proposed,
    sign_as,
    written,
)

from accord.agreement.canonical import signed_text
from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.signing.chain import Chain, parse_chain
from accord.agreement.signing.judge import judge
from accord.agreement.signing.keys import new_key
from accord.agreement.signing.sign import propose, sign
from accord.agreement.signing.verify import verify
from accord.errors import InputError, NaiveTime, SignatureRefused
from accord.plan.walk import calculation

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_layout_comments_line_ends_mark_and_shorthand_leave_the_signed_text_alone():
    text = (EXAMPLES / "small.yaml").read_text(encoding="utf-8")
    same = signed_text(parse_agreement(text))
    for other in (
        "\ufeff" + text,
        text.replace("\n", "\r\n"),
        "# a comment\n" + text,
        text + "status: active\n",
        text + "handoff: {accept_within: 24 hours}\n",
    ):
        assert signed_text(parse_agreement(other)) == same


def test_the_signed_text_reads_back_as_the_same_agreement_and_says_no_status():
    agreement = read_agreement(EXAMPLES / "acme.yaml")
    text = signed_text(agreement)
    assert signed_text(parse_agreement(text)) == text
    assert "status:" not in text


def test_amounts_that_are_equal_are_one_text():
    assert signed_text(written(revenue="500000.00").agreement) == signed_text(written().agreement)
    assert signed_text(written(revenue="500001").agreement) != signed_text(written().agreement)


def test_what_both_heads_signed_verifies():
    report = verify(FULL, [written()])
    assert report.ok, report.findings
    assert verify(parse_chain(FULL.text), [written()]).ok


def test_the_examples_can_be_signed_after_their_walk():
    agreement = read_agreement(EXAMPLES / "acme.yaml")
    said = calculation(agreement)
    chain = propose(Chain(), agreement, by="kai", at=at("2025-12-01"), calculation=said)
    for person, name in (("mina", "MINA YILMAZ"), ("omar", " omar  haddad "), ("sara", "سارا رضایی")):
        chain = sign(chain, agreement, person=person, at=at("2025-12-02"), calculation=said, typed=name)
    assert verify(chain).ok


@pytest.mark.parametrize(
    ("person", "how", "why"),
    [
        ("vic", {"typed": "Vic"}, "promises anything"),
        ("erin", {"typed": "Erin"}, "promises anything"),
        ("reps", {"typed": "reps"}, "stands for 6 people"),
        ("nobody", {"typed": "x"}, "not among the people"),
        ("carol", {"typed": "Caroline"}, "type Carol"),
        ("carol", {"typed": ""}, "not their full name"),
        ("carol", {"key": MALLORY, "on": "2027-01-01"}, "after its term ended"),
        ("carol", {"key": MALLORY, "on": "2025-11-30"}, "before it was proposed"),
        ("carol", {"key": MALLORY, "calculation": "another"}, "another calculation"),
        ("carol", {}, "either with a key or by typing"),
        ("carol", {"key": MALLORY, "typed": "Carol"}, "either with a key or by typing"),
        ("bob", {"typed": "Bob Çelik"}, "signed version 1 before"),
        ("alice", {"key": MALLORY}, "another key than theirs"),
        ("alice", {"typed": "آلیس رضایی"}, "without their key"),
        ("carol", {"typed": "Carol\x1b[2J"}, "U+001B"),
    ],
)
def test_a_signature_that_would_not_verify_is_refused_with_its_reason(person, how, why):
    with pytest.raises(SignatureRefused, match=why.replace("+", r"\+")):
        sign_as(FULL, person, **how)


def test_a_naive_instant_is_refused():
    with pytest.raises(NaiveTime):
        sign(
            FULL,
            written().agreement,
            person="carol",
            at=datetime(2025, 12, 12),  # noqa: DTZ001
            calculation=CALCULATION,
            typed="Carol",
        )


def test_members_may_sign_too_and_others_still_count():
    chain = sign_as(FULL, "carol", key=new_key())
    assert verify(chain).ok
    assert len(judge(chain).proposals[0].signatures) == 3


def test_a_text_that_changed_since_it_was_proposed_is_not_signed():
    with pytest.raises(SignatureRefused, match=r"goal\.revenue changed since"):
        sign(
            proposed(),
            written(revenue="400,000").agreement,
            person="alice",
            at=at("2025-12-12"),
            calculation=CALCULATION,
            key=ALICE,
        )


def test_a_key_named_in_the_agreement_is_the_only_one_that_signs():
    own = written(people=f"  dan: {{side: sales, name: Dan, key: '{BOB.public}'}}\n")
    chain = proposed(own)
    given = {"person": "dan", "at": at("2025-12-12"), "calculation": CALCULATION}
    for how in ({"typed": "Dan"}, {"key": MALLORY}):
        with pytest.raises(SignatureRefused, match="key"):
            sign(chain, own.agreement, **given, **how)
    assert judge(sign(chain, own.agreement, **given, key=BOB)).findings == ()


@pytest.mark.parametrize(
    "bad", ["ed25519:", "ed25519:xx", "rsa:" + "A" * 43 + "=", "ed25519:" + "A" * 42 + "B="]
)
def test_what_is_no_public_key_is_a_problem_of_the_agreement(bad):
    with pytest.raises(InputError, match="no public key"):
        written(people=f"  dan: {{side: sales, key: '{bad}'}}\n")
