"""Who gets a lead: the order of DOMAIN 5.12, exact turns, and the reason for everybody passed over."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import accumulate, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worktime_calendars import calendar

from accord.lead.quota import allowed
from accord.lead.routing import Asked, By, Case, Choice, Person, Rule, Skip, by_name, choose
from accord.lead.turns import Turns, deal

OFFICE = calendar()
WHO = ("ada", "ben", "cem", "dina", "eva", "farid", "gul")
weights = st.dictionaries(
    st.sampled_from(WHO),
    st.fractions(min_value=Fraction(1, 50), max_value=500, max_denominator=50),
    min_size=1,
)


def dealt(turns: Turns, each: dict[str, Fraction], count: int) -> list[str]:
    chosen = []
    for _ in range(count):
        who, turns = deal(turns, each)
        chosen.append(who)
    return chosen


@given(weights, st.integers(1, 120))
def test_after_every_turn_nobody_is_a_lead_away_from_their_exact_share(
    each: dict[str, Fraction], count: int
) -> None:
    chosen, whole = dealt(Turns(), each, count), sum(each.values())
    for who, weight in each.items():
        got = accumulate(one == who for one in chosen)
        assert all(abs(had - turn * weight / whole) < 1 for turn, had in enumerate(got, 1))


def test_the_plain_rule_most_owed_first_would_leave_somebody_a_lead_behind() -> None:
    each = dict(zip(WHO, map(Fraction, (60, 1, 60, 3, 3, 1, 1)), strict=True))
    assert _furthest(_most_owed_first(each, 80), each) > 1
    assert _furthest(dealt(Turns(), each, 80), each) < 1


def _most_owed_first(each: dict[str, Fraction], count: int) -> list[str]:
    whole, owed, chosen = sum(each.values()), dict.fromkeys(each, Fraction(0)), []
    for _ in range(count):
        owed = {who: owed[who] + weight / whole for who, weight in each.items()}
        chosen.append(max(owed, key=lambda who: owed[who]))
        owed[chosen[-1]] -= 1
    return chosen


def _furthest(chosen: list[str], each: dict[str, Fraction]) -> Fraction:
    whole, turns = sum(each.values()), range(1, len(chosen) + 1)
    return max(abs(turn * each[who] / whole - chosen[:turn].count(who)) for who in each for turn in turns)


@given(st.lists(weights, min_size=1, max_size=60))
def test_claims_stay_small_and_short_when_people_come_and_go(runs: list[dict[str, Fraction]]) -> None:
    turns = Turns()
    for each in runs:
        who, turns = deal(turns, each)
        assert who in each
        assert all(abs(owed) < len(WHO) for owed in turns.owed.values())
        assert abs(sum(turns.owed.values())) < Fraction(len(WHO) * len(runs), 1_000_000)
    assert all(owed.denominator < 10**40 for owed in turns.owed.values())


@given(weights)
def test_who_was_away_is_owed_nothing_for_that_time(each: dict[str, Fraction]) -> None:
    _, turns = deal(Turns(), {**each, "zoe": Fraction(1)})
    for _ in range(20):
        _, turns = deal(turns, each)
    assert abs(turns.owed["zoe"]) <= 1


people = st.builds(
    Person,
    who=st.just(""),
    weight=st.none() | st.sampled_from([Fraction(1), Fraction(10), Fraction(7, 3)]),
    active=st.booleans() | st.just(True),
    present=st.booleans(),
    excluded=st.booleans(),
    in_hours=st.booleans(),
    used=st.integers(0, 4),
    so_far=st.none() | st.fractions(min_value=0, max_value=4, max_denominator=5),
    month=st.none() | st.integers(1, 5).map(Fraction),
    cover=st.sampled_from(["", *WHO]),
)
pools = st.dictionaries(st.sampled_from(WHO), people).map(
    lambda found: {who: replace(person, who=who) for who, person in found.items()}
)


def case_of(people: dict[str, Person], **more: object) -> Case:
    return Case(Asked(), people, members={"": tuple(people)}, **more)  # type: ignore[arg-type]


@given(pools, st.randoms())
def test_nobody_who_cannot_gets_a_lead_while_somebody_can(people: dict[str, Person], order) -> None:
    choice = choose(case_of(people))
    able = {who for who, one in people.items() if one.hindrance is None and not one.full}
    within = {who for who in able if not people[who].ahead}
    assert (choice.who is None) == (not able)
    if choice.who:
        assert choice.who in (within or able)
        awake = {who for who in (within or able) if people[who].in_hours}
        assert choice.who in (awake or within or able)
    assert {one.who for one in choice.passed} | {choice.who} - {None} == set(people)
    shuffled = list(people.items())
    order.shuffle(shuffled)
    assert choose(case_of(dict(shuffled))) == choice


ADA, BEN, CEM = (Person(who) for who in ("ada", "ben", "cem"))


def asked(*people: Person, **more: object) -> Choice:
    known = {"catch_all": ("cem",), "members": {"": ("ben",)}, **more}
    return choose(Case(Asked(stream="smb", country="TR"), {one.who: one for one in people}, **known))  # type: ignore[arg-type]


def test_the_owner_of_another_lead_comes_before_the_account_before_a_rule_before_the_pool() -> None:
    rule = Rule("north", person="cem", countries=("tr",))
    steps = {"duplicate": "ada", "account": "cem", "rules": (rule,)}
    assert asked(ADA, BEN, CEM, **steps).by is By.DUPLICATE
    del steps["duplicate"]
    assert asked(ADA, BEN, CEM, **steps).by is By.ACCOUNT
    del steps["account"]
    found = asked(ADA, BEN, CEM, **steps)
    assert (found.who, found.by, found.about) == ("cem", By.RULE, "north")
    assert asked(ADA, BEN, CEM).by is By.POOL


def test_a_rule_that_asks_for_what_is_unknown_does_not_fit() -> None:
    assert not Rule("", segments=("banks",)).fits(Asked(stream="smb"))
    assert Rule("", segments=("Banks",), streams=("smb",)).fits(Asked(stream="smb", segment="banks"))


def test_the_first_rule_that_fits_decides_the_pool() -> None:
    rules = (Rule("far", pool="far", countries=("JP",)), Rule("near", pool="near"), Rule("", pool=""))
    found = asked(ADA, BEN, CEM, rules=rules, members={"near": ("ada",), "": ("ben",)})
    assert (found.who, found.about, found.pool) == ("ada", "near", "near")


def test_who_covers_gets_what_is_for_whoever_is_away() -> None:
    away = replace(ADA, present=False, cover="cem")
    found = asked(away, BEN, CEM, duplicate="ada")
    assert (found.who, found.by, found.instead_of) == ("cem", By.DUPLICATE, "ada")
    assert [(one.who, one.why) for one in found.passed] == [("ada", Skip.AWAY)]


def test_away_without_cover_goes_on_to_the_next_step() -> None:
    found = asked(replace(ADA, present=False), BEN, CEM, duplicate="ada")
    assert (found.who, found.by) == ("ben", By.POOL)


def test_what_nobody_of_the_pool_can_take_goes_to_the_catch_all_with_every_reason() -> None:
    full = replace(BEN, used=3, month=Fraction(5, 2), so_far=Fraction(1))
    found = asked(full, CEM)
    assert (found.who, found.by) == ("cem", By.CATCH_ALL)
    (passed,) = found.passed
    assert (passed.why, passed.used, passed.allowed) == (Skip.FULL, 3, Fraction(5, 2))


def test_a_catch_all_who_is_away_has_it_rather_than_nobody() -> None:
    assert asked(replace(CEM, present=False)).who == "cem"
    assert asked(replace(CEM, active=False)).who is None


def test_off_hours_counts_only_while_somebody_works() -> None:
    night = replace(BEN, in_hours=False)
    members = {"": ("ada", "ben")}
    assert asked(ADA, night, CEM, members=members).who == "ada"
    assert asked(replace(ADA, in_hours=False), night, CEM, members=members).by is By.POOL


def test_whoever_is_named_needs_no_pool() -> None:
    assert by_name(Case(Asked(), {"ada": ADA}, account="ada")) == Choice("ada", By.ACCOUNT)
    assert by_name(Case(Asked(), {"ada": ADA})) is None


def test_unknown_capacities_count_as_the_mean_of_the_known() -> None:
    people = [Person("ada", Fraction(30)), Person("ben", Fraction(10)), Person("cem")]
    turns, got = {}, []
    for _ in range(60):
        found = choose(Case(Asked(), {p.who: p for p in people}, members={"": WHO}, turns=turns))
        turns = {"": found.turns}
        got.append(found.who)
    assert [got.count(who) for who in ("ada", "ben", "cem")] == [30, 10, 20]


def test_ten_leads_a_month_are_not_none_a_day() -> None:
    """March 2026 has 22 working days: 10/22 of a lead on the first, more than one on the third."""
    office = OFFICE
    assert allowed(office, date(2026, 3, 2), Fraction(10)) == Fraction(10, _days(office))
    given_on, used = [], 0
    for day in range(1, 32):
        while used < allowed(office, date(2026, 3, day), Fraction(10)):
            used += 1
            given_on.append(day)
    assert used == 10 and given_on[0] == 2
    assert len(set(given_on)) == 10


def _days(office) -> int:
    return office.working_days(date(2026, 3, 1), date(2026, 3, 31))


def test_days_of_absence_take_their_part_of_the_month() -> None:
    office, last = OFFICE, date(2026, 3, 31)
    away = ((date(2026, 3, 16), date(2026, 4, 10)),)
    there = office.working_days(date(2026, 3, 1), date(2026, 3, 15))
    assert allowed(office, last, Fraction(10), away) == Fraction(10 * there, _days(office))


@pytest.mark.parametrize("nobody", [{}, {"ada": Fraction(0)}])
def test_turns_need_somebody(nobody: dict[str, Fraction]) -> None:
    with pytest.raises(ValueError, match="at least one person"):
        deal(Turns(), nobody)


def test_long_runs_stay_exact_in_long_fractions() -> None:
    each = {"ada": Fraction(10, 7), "ben": Fraction(22, 3), "cem": Fraction(1, 9)}
    turns = Turns()
    for _ in repeat(None, 3000):
        _, turns = deal(turns, each)
    assert sum(turns.owed.values()) == 0 and max(map(abs, turns.owed.values())) < 1
