"""Proposals, withdrawals, renewals and resets: standing over time has one answer."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_fixture import (
    ALICE,
    CALCULATION,
    FULL,
    RENEWED,
    RESET,
    at,
    faults,
    proposed,
    raw,
    rehashed,
    second,
    sign_as,
    signed,
    written,
)

from accord.agreement.signing.chain import Chain, digest_of
from accord.agreement.signing.faults import Fault
from accord.agreement.signing.output import standing_json, standing_text
from accord.agreement.signing.sign import sign, withdraw
from accord.agreement.signing.standing import TRANSITIONS, courses, in_force, standing
from accord.agreement.signing.verify import verify
from accord.agreement.terms import Scope, Status
from accord.errors import InputError, SignatureRefused, VersionsOverlap


def test_only_one_version_waits_at_a_time():
    with pytest.raises(SignatureRefused, match="waits for signatures"):
        proposed(written(revenue="1"), proposed(), "2025-12-02")


def test_a_withdrawn_version_loses_its_signatures_and_may_be_proposed_again():
    chain = sign_as(proposed(), "alice", key=ALICE)
    back = withdraw(chain, by="bob", at=at("2025-12-13"), reason="the rates are those of last year")
    assert standing(back, at("2025-12-14"), written().agreement).status is Status.DRAFT
    assert verify(back).ok
    with pytest.raises(SignatureRefused, match="propose it first"):
        sign_as(back, "bob", "2025-12-14", typed="Bob Çelik")
    again = proposed(written(), back, "2025-12-14")
    assert len(verify(again).findings) == 2
    assert standing(again, at("2025-12-15"), written().agreement).status is Status.PROPOSED


def test_a_replayed_signature_of_a_withdrawn_proposal_is_forged():
    chain = sign_as(proposed(), "alice", key=ALICE)
    back = withdraw(chain, by="bob", at=at("2025-12-13"), reason="no")
    again = proposed(written(), back, "2025-12-14")
    replay = {**raw(chain)[1], "at": "2025-12-15T09:00:00Z"}
    assert Fault.FORGED in faults(rehashed([*raw(again), replay]))


@pytest.mark.parametrize(
    ("by", "reason", "why"),
    [
        ("carol", "x", "neither proposed it"),
        ("bob", " ", "without a reason"),
        ("vic", "x", "promises anything"),
    ],
)
def test_a_withdrawal_needs_a_head_or_the_proposer_and_a_reason(by, reason, why):
    with pytest.raises(SignatureRefused, match=why):
        withdraw(proposed(), by=by, at=at("2025-12-12"), reason=reason)


def test_what_both_sides_signed_is_not_withdrawn():
    with pytest.raises(SignatureRefused, match="no version waits"):
        withdraw(FULL, by="bob", at=at("2025-12-12"), reason="regret")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"more": ""}, "does not name the version that it supersedes"),
        ({"more": f"supersedes: {digest_of('x')}"}, "does not name the version that it supersedes"),
        ({"version": 1}, "does not come after version 1"),
        ({}, "say the reason for the reset"),
    ],
)
def test_a_version_must_follow_the_one_it_supersedes(more, why):
    with pytest.raises(SignatureRefused, match=why):
        proposed(second(**more), FULL, "2026-06-01")


def test_the_first_version_supersedes_nothing():
    with pytest.raises(SignatureRefused, match="none has been signed here"):
        proposed(written(more=f"supersedes: {digest_of('x')}"))


def test_a_reset_keeps_the_history_and_says_when_and_why():
    assert verify(RESET, [written(), second()]).ok
    old, new = written().agreement, second().agreement
    assert standing(RESET, at("2026-06-30"), old).status is Status.ACTIVE
    now = standing(RESET, at("2026-07-01"), old)
    assert now.status is Status.RESET
    assert now.sentence == "Reset on 2026-07-01 by version 2: the team grew by a quarter"
    assert standing(RESET, at("2026-07-01"), new).status is Status.ACTIVE
    assert standing(RESET, at("2026-06-30"), new).status is Status.SIGNED


def test_a_reset_that_is_withdrawn_leaves_the_old_version_alone():
    chain = proposed(second(), FULL, "2026-06-01", "we grew")
    back = withdraw(chain, by="alice", at=at("2026-06-02"), reason="not yet")
    assert in_force([back], at("2026-08-01")).proposal.number == 1
    again = signed(second(), back, "2026-06-20", "now we did")
    assert verify(again).ok
    assert in_force([again], at("2026-08-01")).proposal.number == 2


def test_a_reset_signed_late_holds_from_the_last_signature():
    late = signed(second(), FULL, "2026-08-15", "the team grew")
    assert in_force([late], at("2026-08-15T09:30:00")).proposal.number == 1
    assert in_force([late], at("2026-08-15T10:00:00")).proposal.number == 2
    assert verify(late).ok


def test_a_member_cannot_sign_a_version_after_it_was_reset():
    with pytest.raises(SignatureRefused, match="version 2 had reset it"):
        sign_as(RESET, "carol", "2026-07-02", typed="Carol")


def test_a_renewal_follows_without_a_gap_and_needs_no_reason():
    assert verify(RENEWED).ok
    assert in_force([RENEWED], at("2026-12-31T23:59:59.999999")).proposal.number == 1
    assert in_force([RENEWED], at("2027-01-01T00:00:00")).proposal.number == 2
    assert standing(RENEWED, at("2027-01-01"), written().agreement).status is Status.EXPIRED


def test_days_of_the_term_are_those_of_marketings_calendar():
    istanbul = written(more="calendars: {hq: {zone: Europe/Istanbul, hours: {mon-fri: '09:00-17:00'}}}")
    chain = signed(istanbul)
    assert in_force([chain], at("2025-12-31T20:59:59")).proposal is None
    assert in_force([chain], at("2025-12-31T21:00:00")).proposal.number == 1
    assert "holds from 2026-01-01" in in_force([chain], at("2025-12-31T20:00:00")).sentence
    assert in_force([chain], at("2026-12-31T21:00:00")).proposal is None


def test_a_reset_cannot_be_left_out_where_somebody_signed_with_a_key():
    entries = [entry for entry in raw(RESET) if entry["kind"] != "reset"]
    assert Fault.FORGED in faults(rehashed(entries))


def test_an_overlap_without_a_reset_is_found_and_never_silently_resolved():
    """All acknowledge: nothing but the rules stands against leaving the reset out."""
    chain = _by_name(written(), Chain(), "2025-12-01")
    new = second(more=f"supersedes: {chain.entries[0].agreement}")
    longer = _by_name(new, chain, "2026-06-01", "growth")
    without = rehashed([entry for entry in raw(longer) if entry["kind"] != "reset"])
    assert faults(without) == {Fault.OVERLAP}
    with pytest.raises(VersionsOverlap, match=r"version 1 and Paper boxes, version 2"):
        in_force([without], at("2026-08-01"))


def _by_name(text, chain, on, reason=""):
    chain = proposed(text, chain, on, reason)
    for person, name in (("alice", "آلیس رضایی"), ("bob", "bob çelik")):
        chain = sign(chain, text.agreement, person=person, at=at(on), calculation=CALCULATION, typed=name)
    return chain


def test_agreements_of_separate_scopes_are_in_force_side_by_side():
    smb = signed(written(more="scope: {segments: [smb]}"))
    big = signed(written(more="scope: {segments: [Enterprise]}"))
    both = signed(written(more="scope: {segments: [smb], regions: [DE]}"))
    when = at("2026-03-01")
    found = in_force([smb, big], when, Scope(segments=("enterprise",)))
    assert found.proposal.agreement.scope.segments == ("Enterprise",)
    assert in_force([smb, big], when, Scope(segments=("public",))).proposal is None
    with pytest.raises(VersionsOverlap):
        in_force([smb, both], when)
    with pytest.raises(InputError, match="say which stream, segment or region"):
        in_force([smb, big], when)


def test_when_nothing_is_in_force_that_is_said_with_what_was_and_what_comes():
    assert in_force([], at("2026-03-01")).sentence.startswith("No version is in force. None has been signed")
    assert in_force([proposed()], at("2026-03-01")).proposal is None
    later = in_force([FULL], at("2027-03-01"))
    assert later.sentence == "No version is in force. Paper boxes, version 1 held until 2026-12-31."
    gap = signed(second(start="2027-02-01", end="2027-12-31"), FULL, "2026-12-20")
    sentence = in_force([gap], at("2027-01-15")).sentence
    assert "held until 2026-12-31" in sentence
    assert "version 2 holds from 2027-02-01" in sentence


CHAINS = (proposed(), FULL, RESET, RENEWED, withdraw(proposed(), by="bob", at=at("2025-12-20"), reason="no"))


@given(st.sampled_from(CHAINS), st.integers(0, 900 * 24 * 60))
@settings(max_examples=150, deadline=None)
def test_standing_over_time_has_one_answer_and_moves_only_as_the_table_allows(chain, minutes):
    when = at("2025-10-01") + timedelta(minutes=minutes)
    held = in_force([chain], when)
    active = [course.proposal.number for course in courses(chain) if course.at(when).status is Status.ACTIVE]
    assert active == ([held.proposal.number] if held.proposal else [])
    for course in courses(chain):
        was = Status.DRAFT
        for step in course.standings:
            assert step.status in {new for (old, _), new in TRANSITIONS.items() if old is was}
            was = step.status
    assert standing_text(chain, when).startswith(str(standing(chain, when).status))
    assert json.loads(standing_json(chain, when))["status"] == standing(chain, when).status


@given(st.sampled_from(CHAINS), st.integers(0, 800))
@settings(max_examples=60, deadline=None)
def test_what_was_so_at_an_instant_stays_so_whatever_is_added_later(chain, days):
    """Asking about the past gives the answer of that day."""
    when = at("2025-11-20") + timedelta(days=days)
    known = Chain(links=tuple(link for link in chain.links if link.entry.at <= when))
    assert standing(chain, when) == standing(known, when)
