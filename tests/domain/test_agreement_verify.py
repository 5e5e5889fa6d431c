"""Every way in which a chain of signatures can be wrong is found and named."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_fixture import (
    ALICE,
    CALCULATION,
    FULL,
    MALLORY,
    RESET,
    at,
    faults,
    proposed,
    raw,
    rehashed,
    rewritten,
    second,
    sign_as,
    signed,
    written,
)

from accord.agreement.canonical import signed_text
from accord.agreement.parse import parse_written
from accord.agreement.signing.chain import HEADER, Chain, digest_of, parse_chain
from accord.agreement.signing.faults import Fault
from accord.agreement.signing.sign import sign
from accord.agreement.signing.standing import in_force, standing
from accord.agreement.signing.verify import verify
from accord.agreement.terms import Status
from accord.errors import ChainInvalid


def test_each_missing_head_is_named():
    report = verify(proposed())
    assert set(report.faults) == {Fault.MISSING_SIGNATURE}
    assert "آلیس رضایی (alice), head of marketing" in str(report.findings[0])
    assert "Bob Çelik (bob), head of sales" in str(report.findings[1])


def test_a_side_without_a_head_is_named():
    text = parse_written(_headless(), "x.yaml")
    report = verify(proposed(text))
    assert "nobody can sign version 1 for sales" in "\n".join(map(str, report.findings))


def _headless() -> str:
    from signing_fixture import TEXT

    said = TEXT.format(version=1, start="2026-01-01", end="2026-12-31", revenue="5", more="")
    return said.replace("side: sales, role: head", "side: sales")


def test_all_heads_of_a_side_must_sign():
    two = written(people="  dan: {side: sales, role: head, name: Dan}\n")
    report = verify(signed(two))
    assert [finding.fault for finding in report.findings] == [Fault.MISSING_SIGNATURE]
    assert "Dan" in str(report.findings[0])


def test_a_changed_agreement_is_named_with_version_line_and_part():
    now = written(revenue="400,000")
    (finding,) = verify(FULL, [now]).findings
    assert finding.fault is Fault.CHANGED_TEXT
    assert (finding.problem.file, finding.problem.line, finding.problem.path) == (
        "boxes-1.yaml",
        6,
        "goal.revenue",
    )
    assert "version 1 says" in finding.problem.what
    assert "400" in finding.problem.what


def test_a_text_of_a_version_nobody_proposed_is_named():
    assert faults(FULL, second()) == {Fault.NOT_PROPOSED}
    assert faults(Chain()) == {Fault.NOT_PROPOSED}
    assert faults(Chain(), written()) == {Fault.NOT_PROPOSED}


def test_a_swapped_text_in_the_chain_is_named():
    other = signed_text(written(revenue="1").agreement)
    assert Fault.CHANGED_TEXT in faults(rewritten(FULL, 2, text=other))
    both = rewritten(FULL, 2, text=other, agreement=digest_of(other))
    assert Fault.UNKNOWN_VERSION in faults(both)


@pytest.mark.parametrize(
    ("line", "changes", "fault"),
    [
        (3, {"person": "mallory"}, Fault.NOT_PARTY),
        (4, {"person": "vic", "typed": "Vic"}, Fault.NOT_PARTY),
        (4, {"person": "reps", "typed": "reps"}, Fault.NOT_PARTY),
        (4, {"side": "marketing"}, Fault.WRONG_SIDE),
        (4, {"person": "carol", "typed": "Carol"}, Fault.NOT_HEAD),
        (4, {"role": "member"}, Fault.NOT_HEAD),
        (3, {"key": MALLORY.public}, Fault.FORGED),
        (3, {"at": "2025-12-10T09:00:01Z"}, Fault.FORGED),
        (3, {"signature": "AAAA"}, Fault.FORGED),
        (3, {"signature": None}, Fault.FORGED),
        (4, {"way": "ed25519"}, Fault.FORGED),
        (4, {"key": MALLORY.public}, Fault.FORGED),
        (4, {"typed": "Robert"}, Fault.NOT_ACKNOWLEDGED),
        (4, {"typed": None}, Fault.NOT_ACKNOWLEDGED),
        (4, {"at": "2025-11-10T09:00:00Z"}, Fault.TOO_EARLY),
        (4, {"at": "2025-12-09T09:00:00Z"}, Fault.WRONG_ORDER),
        (4, {"at": "2027-01-01T00:00:00Z"}, Fault.TOO_LATE),
        (4, {"agreement": digest_of("x")}, Fault.UNKNOWN_VERSION),
        (4, {"supersedes": digest_of("x")}, Fault.CHANGED_TEXT),
        (4, {"version": 2}, Fault.CHANGED_TEXT),
        (4, {"calculation": digest_of("x")}, Fault.CHANGED_CALCULATION),
        (2, {"text": "accord: 1", "agreement": digest_of("accord: 1")}, Fault.MALFORMED),
        (2, {"version": 3}, Fault.CHANGED_TEXT),
        (2, {"person": "vic"}, Fault.NOT_PARTY),
    ],
)
def test_an_entry_forged_with_all_hashes_mended_is_named_and_does_not_count(line, changes, fault):
    chain = rewritten(FULL, line, **changes)
    found = faults(chain)
    assert fault in found
    assert standing(chain, at("2026-03-01"), written().agreement).status is not Status.ACTIVE


def test_another_key_for_the_same_person_is_named():
    mail = written(
        version=2, start="2027-01-01", end="2027-12-31", more=f"supersedes: {FULL.entries[0].agreement}"
    )
    again = sign(
        proposed(mail, FULL, "2026-12-01"),
        mail.agreement,
        person="alice",
        at=at("2026-12-02"),
        calculation=CALCULATION,
        key=ALICE,
    )
    forged = rewritten(again, again.links[-1].line, key=MALLORY.public)
    assert {Fault.WRONG_KEY, Fault.FORGED} <= faults(forged)


def test_a_signature_written_twice_is_named():
    entries = raw(FULL)
    assert faults(rehashed([*entries, entries[2]])) == {Fault.DUPLICATE}


def test_the_same_signature_cannot_be_moved_to_another_place():
    entries = raw(FULL)
    moved = rehashed([entries[0], entries[2], entries[1]])
    assert Fault.FORGED in faults(moved)


def test_entries_taken_from_the_end_are_seen_by_whoever_noted_the_head():
    shorter = parse_chain("\n".join(RESET.text.split("\n")[:-3]) + "\n")
    assert Fault.CUT_OFF not in faults(shorter)
    assert Fault.CUT_OFF in faults(shorter, head=RESET.head)
    assert faults(RESET, head=FULL.head) == set()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.UNKNOWN_FORMAT),
        ("nonsense\n", Fault.UNKNOWN_FORMAT),
        ('{"format":"accord signatures","layout":2}\n', Fault.UNKNOWN_FORMAT),
        ("[" * 100_000 + "\n", Fault.UNKNOWN_FORMAT),
        (HEADER, Fault.UNKNOWN_FORMAT),
        (HEADER + "\n" + "[" * 100_000 + "\n", Fault.MALFORMED),
        (HEADER + "\n\n", Fault.MALFORMED),
        (HEADER + "\n{}\n", Fault.MALFORMED),
        (HEADER + '\n{"kind":"signed"}\n', Fault.MALFORMED),
        (HEADER + '\n{"kind":["signed"]}\n', Fault.MALFORMED),
        (HEADER + "\n" + "9" * 5000 + "\n", Fault.MALFORMED),
        (HEADER + "\n\udcff\n", Fault.MALFORMED),
        (FULL.text[:-1], Fault.CUT_OFF),
        (FULL.text[:-40], Fault.CUT_OFF),
        (FULL.text + "x", Fault.CUT_OFF),
        (FULL.text + FULL.links[-1].raw + "\n", Fault.BROKEN_LINK),
        (FULL.text.replace('"version":1', '"version": 1', 1), Fault.MALFORMED),
        (FULL.text.replace('"version":1', '"version":1,"version":1', 1), Fault.MALFORMED),
        (FULL.text.replace('"version":1', '"version":true', 1), Fault.MALFORMED),
        (FULL.text.replace('"version":1', '"version":1e999', 1), Fault.MALFORMED),
        (FULL.text.replace('"side":"sales"', '"side":"both"', 1), Fault.CHANGED_ENTRY),
        (FULL.text.replace("2025-12-10T09", "2025-13-10T09"), Fault.MALFORMED),
        ("\n".join([*FULL.text.split("\n")[:2], *FULL.text.split("\n")[3:]]), Fault.BROKEN_LINK),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_taken_from_it(text, fault):
    chain = parse_chain(text, "x.signatures")
    assert fault in faults(chain)
    for use in (
        lambda: standing(chain, at("2026-03-01")),
        lambda: in_force([chain], at("2026-03-01")),
        lambda: sign_as(chain, "carol", typed="Carol"),
        lambda: proposed(written(), chain),
    ):
        with pytest.raises(ChainInvalid, match=r"x\.signatures"):
            use()


def test_a_mark_and_windows_line_ends_do_no_harm():
    assert verify(parse_chain("\ufeff" + FULL.text.replace("\n", "\r\n"))).ok


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_changed_byte_of_a_chain_is_found(data):
    before = RESET.text.encode()
    place = data.draw(st.integers(0, len(before) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != before[place]))
    after = before[:place] + bytes([byte]) + before[place + 1 :]
    assert parse_chain(after.decode("utf-8", "surrogateescape")).flaws


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_changed_byte_of_the_signed_text_is_found_even_if_every_hash_is_mended(data):
    text = str(raw(FULL)[0]["text"])
    place = data.draw(st.integers(0, len(text) - 1))
    sign_ = data.draw(st.characters(codec="utf-8").filter(lambda value: value != text[place]))
    changed = text[:place] + sign_ + text[place + 1 :]
    assert faults(rewritten(FULL, 2, text=changed))
    found = faults(rewritten(FULL, 2, text=changed, agreement=digest_of(changed)))
    assert found - {Fault.MISSING_SIGNATURE}


@given(st.permutations(range(len(RESET.links))))
@settings(max_examples=60, deadline=None)
def test_moved_entries_are_found_with_and_without_mended_hashes(order):
    if list(order) == sorted(order):
        return
    lines = [HEADER, *(RESET.links[at].raw for at in order)]
    assert Fault.BROKEN_LINK in faults(parse_chain("\n".join(lines) + "\n"))
    assert faults(rehashed([raw(RESET)[at] for at in order]))


@given(st.sets(st.integers(0, len(RESET.links) - 1), max_size=len(RESET.links) - 1))
@settings(max_examples=40, deadline=None)
def test_entries_taken_out_of_the_middle_are_found(kept):
    prefix = sorted(kept) == list(range(len(kept)))
    lines = [HEADER, *(RESET.links[at].raw for at in sorted(kept))]
    flaws = parse_chain("\n".join(lines) + "\n").flaws
    assert bool(flaws) is not prefix


def test_random_rubbish_between_lines_is_always_found():
    dice = random.Random(7)  # noqa: S311
    lines = RESET.text.split("\n")
    for _ in range(100):
        at_ = dice.randrange(1, len(lines))
        rubbish = "".join(dice.choice('{}[]":,x0 ') for _ in range(dice.randrange(0, 20)))
        assert parse_chain("\n".join([*lines[:at_], rubbish, *lines[at_:]])).flaws
