"""What reading and signing a chain costs at most: findings, bytes, and texts that are spelled out."""

import json

import pytest
from signing_fixture import CALCULATION, FULL, RENEWED, at, faults, proposed, second, written

from accord.agreement.signing import alike as alike_module
from accord.agreement.signing.alike import alike
from accord.agreement.signing.chain import HEADER, MOST_FLAWS, parse_chain
from accord.agreement.signing.faults import Fault, Finding
from accord.agreement.signing.judge import judge
from accord.agreement.signing.output import MOST_SHOWN, report_json, report_text
from accord.agreement.signing.sign import propose, sign, withdraw
from accord.agreement.signing.standing import standing
from accord.agreement.signing.verify import Report, verify
from accord.agreement.terms import Status
from accord.errors import ChainInvalid, Problem


def test_a_file_of_malformed_lines_is_read_until_nobody_can_trust_it_any_more() -> None:
    chain = parse_chain(HEADER + "\n" + "{}\n" * 500_000)
    assert len(chain.flaws) == MOST_FLAWS + 1
    assert "499,950 more lines were not read" in chain.flaws[-1].problem.what
    assert chain.flaws[-1].problem.line == MOST_FLAWS + 2
    with pytest.raises(ChainInvalid):
        chain.must_be_sound()


def test_entries_below_so_many_flaws_are_not_read_either() -> None:
    good = FULL.text.split("\n", 1)[1]
    chain = parse_chain(HEADER + "\n" + "{}\n" * MOST_FLAWS + good)
    assert chain.flaws and not chain.links
    assert "3 more lines were not read" in chain.flaws[-1].problem.what


def test_one_line_less_is_read_to_its_end() -> None:
    chain = parse_chain(HEADER + "\n" + "{}\n" * MOST_FLAWS)
    assert len(chain.flaws) == MOST_FLAWS
    assert all("not read" not in flaw.problem.what for flaw in chain.flaws)


def test_changed_and_moved_entries_count_as_malformed_lines_do() -> None:
    line = FULL.links[1].raw  # follows another entry, so every copy after the first breaks the chain
    chain = parse_chain(HEADER + "\n" + f"{line}\n" * 5_000)
    assert len(chain.flaws) == MOST_FLAWS + 1
    assert chain.flaws[0].fault is Fault.BROKEN_LINK


def test_reports_show_fifty_faults_and_say_how_many_more_there_are() -> None:
    wrong = Finding(Problem("boxes.signatures", 7, "", "this is wrong", "mend it"), Fault.MALFORMED)
    report = Report("boxes.signatures", 3, FULL.head, (), (wrong,) * (MOST_SHOWN + 31))
    told = json.loads(report_json(report))
    assert (len(told["faults"]), told["more_faults"]) == (MOST_SHOWN, 31)
    text = report_text(report)
    assert text.count("this is wrong") == MOST_SHOWN
    assert "81 faults:" in text and "31 more faults, not shown" in text


def test_a_report_with_few_faults_has_no_more() -> None:
    report = verify(proposed())
    assert json.loads(report_json(report))["more_faults"] == 0
    assert "not shown" not in report_text(report)


@pytest.fixture
def spelled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the versions that were spelled out to compare them."""
    found: list[int] = []
    really = alike_module.signed_text

    def counted(agreement):  # type: ignore[no-untyped-def]
        found.append(agreement.version)
        return really(agreement)

    monkeypatch.setattr(alike_module, "signed_text", counted)
    return found


def test_signing_spells_out_no_version_of_the_chain(spelled: list[int]) -> None:
    second_text = second(start="2027-01-01", end="2027-12-31")
    chain = propose(FULL, second_text.agreement, by="erin", at=at("2026-12-01"), calculation=CALCULATION)
    known = judge(chain).proposals[-1].agreement
    sign(chain, known, person="bob", at=at("2026-12-02"), calculation=CALCULATION, typed="Bob Çelik")
    assert spelled == []
    again = second(start="2027-01-01", end="2027-12-31").agreement  # read anew, from its file
    sign(chain, again, person="bob", at=at("2026-12-02"), calculation=CALCULATION, typed="Bob Çelik")
    assert spelled == [2]


def test_standing_and_verifying_spell_out_the_text_that_is_asked_about_alone(spelled: list[int]) -> None:
    text = second(start="2027-01-01", end="2027-12-31")
    assert standing(RENEWED, at("2027-02-01"), text.agreement).status is Status.ACTIVE
    assert faults(RENEWED, text) == set()
    assert set(spelled) == {2} and len(spelled) <= 3


def test_a_version_of_another_number_is_not_even_spelled(spelled: list[int]) -> None:
    assert alike(judge(FULL).proposals, written(version=9).agreement) == []
    assert spelled == []


def test_what_another_release_spelled_in_other_signs_still_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proposals = judge(proposed()).proposals
    monkeypatch.setattr(alike_module, "digest_of", lambda _text: "sha256:" + "0" * 64)
    assert alike(proposals, written().agreement) == list(proposals)
    assert alike(proposals, written(revenue="500,001").agreement) == []


def test_a_version_proposed_again_is_found_as_it_was_proposed_last() -> None:
    chain = withdraw(proposed(), by="erin", at=at("2025-12-02"), reason="a slip")
    chain = proposed(chain=chain, on="2025-12-03")
    assert [item.line for item in alike(judge(chain).proposals, written().agreement)] == [2, 4]
    assert standing(chain, at("2025-12-03"), written().agreement).status is Status.PROPOSED
