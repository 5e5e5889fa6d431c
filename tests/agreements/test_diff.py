"""What changed between two versions: complete, exact, and weighed the right way."""

import copy
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import written_agreements
from pydantic import ValidationError

from accord.agreement.clauses.people import Side
from accord.agreement.comparing.diff import Kind, apply, diff
from accord.agreement.comparing.saying import gathered, groups, sentences, summary
from accord.agreement.comparing.saying_rules import RULES
from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.reading.wording import annotation_at
from accord.agreement.terms import Agreement
from accord.errors import InputError
from accord.plan.changes.effect import Measure, effect
from accord.plan.changes.effect_output import as_json, as_markdown, as_text

EXAMPLES = Path(__file__).parents[2] / "examples"
ACME = (EXAMPLES / "acme.yaml").read_text(encoding="utf-8")
RAW = yaml.load(ACME, Loader=yaml.BaseLoader)  # noqa: S506 - every scalar as text, as the parser reads it


def edited(*edits: tuple[str, str]) -> Agreement:
    """Acme's agreement with pieces of its text replaced."""
    text = ACME
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return parse_agreement(text)


def said(*edits: tuple[str, str]) -> list[tuple[str, str]]:
    """Text and verdict of what those edits change."""
    before, after = parse_agreement(ACME), edited(*edits)
    return [(one.text, one.verdict) for one in sentences(diff(before, after), before, after)]


def places(value, path=()):
    """Every place of a tree of mappings, lists and texts."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


@st.composite
def mutants(draw):
    """Acme's agreement after some careless edits; those that break its form are taken back."""
    raw, agreement = RAW, Agreement.model_validate(RAW)
    for _ in range(draw(st.integers(1, 6))):
        tried = copy.deepcopy(raw)
        mutate(draw, tried)
        try:
            agreement, raw = Agreement.model_validate(tried), tried
        except ValidationError:
            continue
    return agreement


def mutate(draw, raw):
    """Drop, shuffle or overwrite one place of the tree."""
    path = draw(st.sampled_from([place for place in places(raw) if place]))
    above = raw
    for step in path[:-1]:
        above = above[step]
    here = above[path[-1]]
    how = draw(st.sampled_from(["drop", "shuffle", "copy"]))
    if how == "drop":
        del above[path[-1]]
    elif how == "shuffle" and isinstance(here, dict):
        above[path[-1]] = dict(draw(st.permutations(list(here.items()))))
    elif how == "shuffle" and isinstance(here, list):
        above[path[-1]] = draw(st.permutations(here))
    else:
        siblings = list(above.values()) if isinstance(above, dict) else above
        above[path[-1]] = copy.deepcopy(draw(st.sampled_from(siblings)))


def holds(before: Agreement, after: Agreement) -> None:
    changes = diff(before, after)
    assert apply(changes, before) == after
    assert not diff(apply(changes, before), after)  # the order of entries too
    assert len({(change.path, change.kind) for change in changes}) == len(changes)
    sentences_ = sentences(changes, before, after)
    assert [one.change for one in sentences_] == list(changes)
    assert sum(len(group.sentences) for group in groups(sentences_)) == len(gathered(sentences_))


@given(written_agreements())
@settings(max_examples=30, deadline=None)
def test_an_agreement_does_not_differ_from_itself(raw):
    agreement = Agreement.model_validate(raw)
    assert diff(agreement, agreement) == ()


@given(written_agreements(), written_agreements())
@settings(max_examples=40, deadline=None)
def test_applying_what_differs_gives_the_other_agreement(one, other):
    holds(Agreement.model_validate(one), Agreement.model_validate(other))


@given(mutants(), mutants())
@settings(max_examples=60, deadline=None)
def test_applying_what_differs_gives_the_other_version_of_a_full_agreement(one, other):
    holds(one, other)


@pytest.mark.parametrize("one", ["acme", "small", "packhelp", "quota"])
@pytest.mark.parametrize("other", ["acme", "small", "packhelp", "quota"])
def test_the_examples_turn_into_each_other(one, other):
    holds(read_agreement(EXAMPLES / f"{one}.yaml"), read_agreement(EXAMPLES / f"{other}.yaml"))


def test_changes_made_for_another_agreement_are_refused():
    acme, small = read_agreement(EXAMPLES / "acme.yaml"), read_agreement(EXAMPLES / "small.yaml")
    changes = diff(acme, edited(("revenue: 500000", "revenue: 600000"), ("leyla: {", "leila: {")))
    with pytest.raises(InputError):
        apply(
            [one for one in changes if one.path[0] == "goal"], edited(("revenue: 500000", "revenue: 700000"))
        )
    with pytest.raises(InputError):
        apply(changes, small)


def test_an_entry_is_matched_by_its_name_wherever_it_stands():
    moved = (
        "  - {id: M1, side: marketing, measure: accepted_leads, from: plan, band: 10%}\n"
        "  - {id: M2, side: marketing, measure: lead_value, target: 75000, band: 10%}\n"
    )
    swapped = (
        "  - {id: M2, side: marketing, measure: lead_value, target: 80000, band: 10%}\n"
        "  - {id: M1, side: marketing, measure: accepted_leads, from: plan, band: 10%}\n"
    )
    changes = diff(parse_agreement(ACME), edited((moved, swapped)))
    assert [(change.where, change.kind) for change in changes] == [
        ("promises.M2.target", Kind.CHANGED),
        ("promises", Kind.REORDERED),
    ]


def test_an_entry_put_in_the_middle_is_one_change_and_reorders_nothing():
    (change,) = diff(
        parse_agreement(ACME), edited(("[email, company, role", "[email, budget, company, role"))
    )
    assert (change.path[-1], change.kind, change.place) == ("budget", Kind.ADDED, 1)


def test_amounts_that_are_equal_as_numbers_are_no_change():
    assert said(("revenue: 500000", 'revenue: "500,000.00"')) == []


WEIGHED = [  # edit, sentence, verdict; a row is a line
    # ruff: noqa: E501
    ("web_form: 60 min", "web_form: 30 min", "First touch for Web form: 60 min → 30 min", "Sales owes more."),
    ("web_form: 60 min", "web_form: 2 h", "First touch for Web form: 60 min → 2 h", "Sales owes less."),
    ("web_form: 60 min", "web_form: 1 h", "First touch for Web form: 60 min → 1 h", ""),
    ("demo: 5 min, ", "", "First touch for Demo request: 5 min → 5 min (by default)", ""),
    ("accept_within: 24 h", "accept_within: 12 h", "Accepted or rejected within: 24 h → 12 h", "Sales owes more."),
    ("feedback_within: 2 d", "feedback_within: 3 d", "Reason of a reject within: 2 d → 3 d", "Sales owes less."),
    ("accept_within: 24 h", "accept_within: 1 d", "Accepted or rejected within: 24 h → 1 d", ""),
    ("{call: 6, voice", "{call: 8, voice", "Calls owed to a lead: 6 → 8", "Sales owes more."),
    ("automated: [email]", "automated: [email, video]", "Sent by a machine: “video” is new", "Sales owes less."),
    ("revenue: 500000", "revenue: 400000", "Revenue goal: 500,000 USD → 400,000 USD", "Both owe less."),
    ("retention_share: 20%", "retention_share: 10%", "Share kept with existing customers: 20% → 10%", "Marketing owes more."),
    ("from_marketing: 60%", "from_marketing: 50%", "Share from marketing in smb: 60% → 50%", "Marketing owes less, sales owes more."),
    ("mql_to_sql: 34%", "mql_to_sql: 30%", "Web form in smb, mql to sql: 34% → 30%", "Marketing owes more."),
    ("deal_value: 20000", "deal_value: 25000", "Deal value in enterprise: 20,000 USD → 25,000 USD", "Marketing owes less."),
    ("[email, company, role", "[email, company, budget, role", "Minimum information: “budget” is new", "Marketing owes more."),
    ("[duplicate, missing_data", "[missing_data", "Reasons to reject: “duplicate” is dropped", "Sales owes more, marketing owes less."),
    ("target: 75000", "target: 80000", "Promise M2 (value of leads), target: 75000 → 80000", "Marketing owes more."),
    ("cadence_kept, target: 80%", "cadence_kept, target: 70%", "Promise S2 (cadence kept), target: 80% → 70%", "Sales owes less."),
    ("target: 75000, band: 10%", "target: 75000, band: 5%", "Promise M2 (value of leads), band: 10% → 5%", "Marketing owes more."),
    ("  - {id: J2, side: both, measure: retention, target: 90%, measured_by: the billing system at the end of the year}\n", "", "Promise J2 (retention): dropped (was both: retention 90%)", "Both owe less."),
    ("id: J2, side: both", "id: J2, side: sales", "Promise J2 (retention), given by: both → sales", "Both owe less, sales owes more."),
    ("persona, prices: {ceo: 100", "persona, prices: {ceo: 90", "Price of a lead, ceo: 100 USD → 90 USD", "Marketing owes more."),
    ("grades: {fit: {A: 60", "grades: {fit: {A: 70", "Least points for grade A of fit: 60 → 70", "Marketing owes more, sales owes less."),
    ("free_mail\", points: -20", "free_mail\", points: -30", "Points for fit, “contact.email in free_mail”: -20 → -30", "Marketing owes more, sales owes less."),
    ('hours: {mon-thu: "09:00-17:30", fri', 'hours: {mon-thu: "09:00-18:30", fri', "Weekly hours of berlin: mon-thu 09:00-17:30, fri 09:00-15:00 → mon-thu 09:00-18:30, fri 09:00-15:00", "Sales owes more."),
    ("reengage, reasons: {no_need: long_term", "reengage, reasons: {no_need: reengage", "Track after no_need: long_term → reengage", ""),
    ("on_leave: reassign", "on_leave: pause", "Leads of somebody who is away: reassign → pause", ""),
    ("sales took it, by hand or by silence", "sales took it", "What sal means: sales took it, by hand or by silence → sales took it", ""),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "text", "verdict"), WEIGHED, ids=[row[2][:40] for row in WEIGHED])
def test_a_change_is_said_in_plain_words_and_weighed_the_right_way(old, new, text, verdict):
    assert said((old, new)) == [(text, verdict)]


@pytest.mark.parametrize(
    ("cadence", "verdict"),
    [
        ("[{by: 14 d, attempts: 4}, {by: 28 d, attempts: 5}, {by: 56 d, attempts: 7}]", "Sales owes more."),
        ("[{by: 7 d, attempts: 3}, {by: 28 d, attempts: 5}, {by: 56 d, attempts: 7}]", "Sales owes more."),
        ("[{by: 14 d, attempts: 3}, {by: 56 d, attempts: 7}]", "Sales owes less."),
        ("[{by: 14 d, attempts: 5}, {by: 28 d, attempts: 5}, {by: 56 d, attempts: 6}]", ""),
    ],
)
def test_a_cadence_weighs_more_only_where_it_asks_more_at_some_age_and_less_at_none(cadence, verdict):
    old = "[{by: 14 d, attempts: 3}, {by: 28 d, attempts: 5}, {by: 56 d, attempts: 7}]"
    ((_, found),) = said((old, cadence))
    assert found == verdict


def test_who_owes_more_makes_the_other_side_gain():
    before, after = parse_agreement(ACME), edited(("web_form: 60 min", "web_form: 30 min"))
    (sentence,) = sentences(diff(before, after), before, after)
    assert sentence.gains == (Side.MARKETING,)


def test_customers_expected_are_a_number_and_no_money():
    ((text, _),) = said(("2026-02: 9}", "2026-02: 1200}"))
    assert text == "Customers expected in 2026-02 from earlier leads, smb: 9 → 1,200"


def test_nobody_owing_more_and_no_verdict_are_told_apart():
    edits = (("on_leave: reassign", "on_leave: pause"), ('quiet_hours: "19:00', 'quiet_hours: "18:00'))
    before, after = parse_agreement(ACME), edited(*edits)
    found = sentences(diff(before, after), before, after)
    assert {one.burdens for one in found} == {None, ()}
    assert [group.title for group in groups(found)] == [
        "No verdict: read these together",
        "Nobody owes more or less",
    ]


def test_a_part_that_no_rule_knows_is_said_by_its_path_without_a_verdict():
    before, after = parse_agreement(ACME), edited(("most_moves: 2", "most_moves: 3"))
    kept = [rule for rule in RULES if rule.pattern != "clocks.most_moves"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accord.agreement.comparing.saying.RULES", tuple(kept))
        (sentence,) = sentences(diff(before, after), before, after)
    assert (sentence.text, sentence.burdens) == ("clocks, most moves: 2 → 3", None)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.pattern)
def test_every_rule_stands_for_a_part_that_an_agreement_can_have(rule):
    """So that a renamed part cannot leave a dead rule behind."""
    steps = tuple(step for step in rule.pattern.split(".") if step != "**")
    known = annotation_at(Agreement, tuple("x" if step.startswith("<") else step for step in steps))
    assert known is not None or rule.pattern.endswith(FREE)


FREE = (
    ".<field>",
    "scope.<any>",
    "scope.<any>.<item>",
    "touches.<item>",
)  # any field of these


def test_paths_are_those_of_the_file():
    changes = diff(
        parse_agreement(ACME), edited(("measure: revenue, from: plan", "measure: revenue, from: goal"))
    )
    assert [change.where for change in changes] == ["promises.J1.from"]
    promises = {promise.id: promise for promise in apply(changes, parse_agreement(ACME)).promises}
    assert promises["J1"].source == "goal"


def test_the_summary_counts_each_side():
    before, after = (
        parse_agreement(ACME),
        edited(("web_form: 60 min", "web_form: 30 min"), ("revenue: 500000", "revenue: 600000")),
    )
    text = summary(sentences(diff(before, after), before, after))
    assert text == "2 changes: sales owes more in 1; both sides owe more in 1."
    assert summary(()) == "Nothing changed: the two agreements mean the same."


PACKHELP = (EXAMPLES / "packhelp.yaml").read_text(encoding="utf-8")


def test_the_numbers_stand_before_and_after():
    """F3: at a win rate of 25 % instead of 23 %, 3,589 web-form leads do instead of 3,900."""
    before = parse_agreement(PACKHELP)
    after = parse_agreement(PACKHELP.replace("opportunity_to_customer: 23%", "opportunity_to_customer: 25%"))
    found = {(figure.measure, figure.key): figure for figure in effect(before, after).changed}
    leads = found[Measure.LEADS, ("all", "web_form")]
    assert (leads.before, leads.after) == (3900, 3589)
    assert leads.growth == (3589 - 3900) / leads.before
    assert (Measure.LEADS, ("all", "outbound")) not in found


def test_a_lead_type_that_only_one_version_has_stands_alone():
    before, after = parse_agreement(PACKHELP), read_agreement(EXAMPLES / "small.yaml")
    found = {(figure.measure, figure.key): figure for figure in effect(before, after).figures}
    assert found[Measure.LEADS, ("all", "outbound")].after is None
    assert found[Measure.LEADS, ("all", "outbound")].before == 2675


def test_reps_and_their_load_are_compared():
    """F12: 5,760 minutes ÷ 45 a lead are 128 leads a rep; with the e-mails sent by a machine 174."""
    numbers = effect(parse_agreement(ACME), edited(("automated: [email]", "automated: []")))
    changed = {(figure.measure, figure.key) for figure in numbers.changed}
    assert (Measure.REPS, ("inbound",)) in changed
    assert (Measure.LOAD, ("inbound",)) in changed


def test_a_version_without_a_plan_is_still_compared_and_a_note_says_why():
    after = parse_agreement(PACKHELP.replace("deal_value: 2000", "cycle: 1 month"))
    assert after.goal.streams["all"].deal_value is None
    numbers = effect(parse_agreement(PACKHELP), after)
    assert any(note.startswith("No plan follows from B") for note in numbers.notes)
    assert "No plan follows from B" in as_text(parse_agreement(PACKHELP), after)


def test_amounts_in_two_currencies_are_not_compared():
    before, after = parse_agreement(ACME), edited(("currency: USD", "currency: EUR"))
    text = as_text(before, after)
    assert "amounts cannot be compared" in text
    assert "Currency: USD → EUR" in text


def test_text_markdown_and_json_say_the_same_changes():
    before, after = parse_agreement(ACME), read_agreement(EXAMPLES / "small.yaml")
    count = len(diff(before, after))
    told = json.loads(as_json(before, after))
    assert len(told["changes"]) == count
    changes_of_text = as_text(before, after).split("What it does to the numbers")[0]
    assert changes_of_text.count("\n- ") == count
    assert as_markdown(before, after).split("## What it does")[0].count("\n- ") == count + 2  # A and B


def test_a_hostile_name_stays_a_name():
    name = '"<script>alert(1)</script> | **x** \u202e ]("'
    before, after = parse_agreement(ACME), edited(("name: Acme marketing and sales", f"name: {name}"))
    assert "<script>" not in as_markdown(before, after)
    assert (
        json.loads(as_json(before, after))["changes"][0]["after"]
        == "<script>alert(1)</script> | **x** \u202e ]("
    )


@pytest.mark.parametrize("form", [as_text, as_markdown])
def test_two_equal_agreements_are_said_to_mean_the_same(form):
    text = form(parse_agreement(ACME), parse_agreement(ACME))
    assert "Nothing changed" in text
    assert "The numbers stay as they are." in text


def test_dates_that_only_move_along_with_the_term_burden_nobody_and_count_as_one():
    before = parse_agreement(ACME)
    after = parse_agreement(re.sub(r"\b(2026)-(\d\d)", r"2027-\2", ACME))
    found = sentences(diff(before, after), before, after)
    assert sum(one.moved for one in found) > 10
    assert all(one.burdens == () for one in found)
    (group,) = groups(found)
    assert group.title == "Nobody owes more or less"
    texts = [one.text for one in group.sentences]
    assert texts[:2] == ["First day: 2026-01-01 → 2027-01-01", "Last day: 2026-12-31 → 2027-12-31"]
    (moved,) = texts[2:]
    for place in ("Reset review", "Days off in hq", "Half days of berlin", "Jonas Weiß, away", "Planned"):
        assert place in moved
    assert summary(found) == "3 changes; nobody owes more or less."


def test_a_date_that_moves_otherwise_than_the_term_is_a_change_of_its_own():
    dates = re.sub(r"\b(2026)-(\d\d)", r"2027-\2", ACME)
    before, after = (
        parse_agreement(ACME),
        parse_agreement(dates.replace("by: 2027-07-01, stream: smb", "by: 2027-04-01, stream: smb")),
    )
    found = sentences(diff(before, after), before, after)
    (burden,) = [one for one in found if one.burdens]
    assert burden.text.endswith("by: 2026-07-01 → 2027-04-01")
    same_term = said(("{from: 2026-08-03, to: 2026-08-14}", "{from: 2026-08-10, to: 2026-08-21}"))
    assert len(same_term) == 2
