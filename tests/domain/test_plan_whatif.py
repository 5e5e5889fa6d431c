"""What another rate, goal, mix or number of reps would change, side by side (S4.19, S4.29, S4.39)."""

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_agreements import FORM, agreement, mixed, one_type, packhelp, split_quota

from accord.agreement.parse import parse_agreement, parse_written, read_agreement
from accord.agreement.terms import Agreement
from accord.errors import NumberUnknown, PlanImpossible
from accord.plan.changes.improvements import effects, improved
from accord.plan.changes.output import comparison_csv, comparison_json, comparison_table
from accord.plan.changes.settings import settable
from accord.plan.changes.whatif import apply, compare, side_by_side, with_improvements
from accord.plan.funnel import plan
from accord.plan.lineage.lineage import explain_number
from accord.plan.reps.capacity import capacity_plan, minutes_per_lead

BETTER = [{"rate": "opportunity_to_customer", "from": "23%", "to": "25%", "by": "2026-07-01"}]
PEOPLE = {
    "ann": {"side": "sales", "name": "Ann", "pool": "inbound", "minutes_per_month": 5760},
    "others": {"side": "sales", "pool": "inbound", "minutes_per_month": 5760, "count": 4},
}
INBOUND = {"people": PEOPLE, "handoff": {"receive": {"pool": "inbound"}}}


def leads(terms: Agreement) -> dict[tuple[str, str], int]:
    return {(demand.stream, demand.lead_type): demand.leads for demand in plan(terms).demands()}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("win_rate=25%", {("all", "web_form"): 3589, ("all", "outbound"): 2140}),
        ("win_rate.web_form=25%", {("all", "web_form"): 3589, ("all", "outbound"): 2675}),
        (
            "opportunity_to_customer.web_form.all = 25%",
            {("all", "web_form"): 3589, ("all", "outbound"): 2675},
        ),
        ("mql_to_sql.all.web_form=17 of 100", {("all", "web_form"): 7800, ("all", "outbound"): 2675}),
        ("deal_value=1000", {("all", "web_form"): 7800, ("all", "outbound"): 5350}),
        ("deal_value.outbound=4000", {("all", "web_form"): 3900, ("all", "outbound"): 1339}),
        ("goal.revenue=250,000", {("all", "web_form"): 1953, ("all", "outbound"): 1339}),
        ("retention_share=50%", {("all", "web_form"): 1953, ("all", "outbound"): 1339}),
        ("from_marketing=50%", {("all", "web_form"): 1953, ("all", "outbound"): 1339}),
    ],
)
def test_a_setting_changes_the_leads_of_what_it_names(
    setting: str, expected: dict[tuple[str, str], int]
) -> None:
    before = packhelp()
    found = leads(apply(before, [setting]))
    assert found == expected
    assert before == packhelp()


def test_a_win_rate_of_25_percent_needs_3589_leads_instead_of_3900() -> None:
    assert leads(apply(packhelp(), ["win_rate.web_form=25%"]))["all", "web_form"] == 3589


def test_a_rate_of_one_stream_leaves_the_other_stream_alone() -> None:
    found = leads(apply(split_quota(), ["win_rate.smb=25%"]))
    assert found["enterprise", "web_form"] == 268
    assert found["smb", "web_form"] < 1874


def test_what_was_measured_is_forgotten_where_a_rate_is_only_supposed() -> None:
    terms = one_type({**FORM, "mql_to_sql": "68 of 200"})
    assert terms.lead_types["web_form"].streams["all"].evidence == {"mql_to_sql": 200}
    assert apply(terms, ["mql_to_sql=40%"]).lead_types["web_form"].streams["all"].evidence == {}
    assert apply(terms, ["win_rate=40%"]).lead_types["web_form"].streams["all"].evidence == {
        "mql_to_sql": 200
    }


def test_settings_are_applied_in_order_and_the_last_one_holds() -> None:
    assert apply(packhelp(), ["win_rate=25%", "win_rate=23%"]) == apply(packhelp(), ["win_rate=23%"])


def test_the_rest_of_a_mix_gives_way_in_proportion() -> None:
    changed = apply(mixed(), ["mix.outbound=40%"])
    assert [demand.mix for demand in plan(changed).demands()] == [Fraction(3, 5), Fraction(2, 5)]
    both = apply(mixed(), ["mix.outbound=40%", "mix.web_form.all=60%"])
    assert both == changed
    three = agreement(
        {"revenue": 500000, "deal_value": 2000},
        {name: {"mix": mix, **FORM} for name, mix in (("a", "50%"), ("b", "30%"), ("c", "20%"))},
    )
    scaled = plan(apply(three, ["mix.a=0%"])).demands()
    assert [demand.mix for demand in scaled] == [0, Fraction(3, 5), Fraction(2, 5)]


def test_a_mix_makes_alternatives_share_the_goal() -> None:
    changed = plan(apply(packhelp(), ["mix.outbound=30%"]))
    assert changed.leads == plan(mixed()).leads


def test_the_other_streams_give_way_to_a_share() -> None:
    changed = apply(split_quota(), ["share.enterprise=25%"])
    assert [stream.share for stream in plan(changed).streams] == [Fraction(3, 4), Fraction(1, 4)]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (["win_rat=25%"], r"--set win_rat=25%: nothing here is called win_rat; did you mean 'win_rate'\?"),
        (["colour=blue"], "what can be set begins with automated, capacity, connect_rate, cycle, deal_value"),
        (["win_rate"], "that is no setting; write it as win_rate=25% or reps=12"),
        (["win_rate=25"], "--set win_rate=25: '25' is no percentage; write it with its sign"),
        (["reps=none"], "'none' is no whole number"),
        (["automated=pigeon"], "'pigeon' is no channel"),
        (["goal.customers=7"], "nothing here is called goal.customers"),
        (["mix.web_form=70%", "mix.outbound=40%"], "that makes 110% in all; set no more than 100%"),
        (["share.all=50%"], "nothing here is called share.all"),
    ],
)
def test_a_setting_that_cannot_be_says_what_can(said: list[str], message: str) -> None:
    with pytest.raises(PlanImpossible, match=message):
        apply(packhelp(), said)


def test_a_mix_that_leaves_something_nobody_carries_is_refused() -> None:
    alone = mixed(form="100%", outbound="0%")
    with pytest.raises(PlanImpossible, match="30% is left, and nothing else there carries any"):
        apply(alone, ["mix.web_form=70%"])


def test_reps_come_and_go_where_nobody_in_particular_is_meant() -> None:
    terms = one_type(FORM, **INBOUND)
    more = apply(terms, ["reps.inbound=12"])
    assert (more.people["ann"].count, more.people["others"].count) == (1, 11)
    fewer = apply(terms, ["reps=2"])
    assert (fewer.people["ann"].count, fewer.people["others"].count) == (1, 1)
    none = apply(terms, ["reps=0"])
    assert none.people == {}
    named = apply(one_type(FORM, people={"ann": PEOPLE["ann"]}, handoff=INBOUND["handoff"]), ["reps=3"])
    assert {key: person.count for key, person in named.people.items()} == {"ann": 1, "further reps": 2}
    assert capacity_plan(named).pools[0].reps == 3


def test_reps_of_several_pools_are_set_by_their_pool() -> None:
    receive = {"pool": "inbound", "streams": {"enterprise": "key"}}
    terms = split_quota(people=PEOPLE, handoff={"receive": receive})
    assert capacity_plan(apply(terms, ["reps.key=3", "hours_per_month=100"])).pools[1].reps == 3


def test_reps_of_no_pool_in_particular_are_shared_as_those_of_today_are() -> None:
    receive = {"pool": "inbound", "streams": {"enterprise": "key"}}
    two = {"side": "sales", "pool": "key", "minutes_per_month": 5760, "count": 2}
    terms = split_quota(people={**PEOPLE, "key": two}, handoff={"receive": receive})
    assert [pool.reps for pool in capacity_plan(apply(terms, ["reps=12"])).pools] == [9, 3]
    assert [pool.reps for pool in capacity_plan(apply(terms, ["reps=0"])).pools] == [0, 0]
    with pytest.raises(PlanImpossible, match=r"there are none yet; name the pool, such as reps\.inbound=3"):
        apply(terms, ["reps=0", "reps=3"])


def test_time_touches_and_machines_change_what_a_rep_can_do() -> None:
    terms = one_type(FORM, **INBOUND)
    assert minutes_per_lead(apply(terms, ["automated=email"]), "web_form") == 33
    assert minutes_per_lead(apply(terms, ["touches.call=4", "minutes.call=10"]), "web_form") == 55
    assert minutes_per_lead(apply(terms, ["automated=email", "automated=none"]), "web_form") == 45
    halved = apply(terms, ["hours_per_month=48", "for_marketing_leads=100%"])
    assert capacity_plan(halved).pools[0].minutes_each == 2880
    assert apply(terms, ["connect_rate=20%"]).capacity.connect_rate == Fraction(1, 5)


def test_a_price_of_the_list_can_be_set() -> None:
    listed = packhelp(value={"by": "persona", "prices": {"ceo": 100}})
    assert apply(listed, ["price.ceo=120"]).value.prices == {"ceo": 120}


def test_where_all_reps_go_none_are_there_and_where_none_were_named_nobody_knows() -> None:
    acme = read_agreement(Path(__file__).parents[2] / "examples" / "acme.yaml")
    gone = compare(acme, apply(acme, ["reps.inbound=0"])).row("reps_there.inbound")
    assert gone.values[:2] == (10, 0)
    assert gone.change == -10
    unsaid = compare(one_type(FORM), apply(one_type(FORM), ["win_rate=25%"]))
    assert unsaid.row("reps_there").values == (None, None)


def test_both_plans_stand_side_by_side_with_leads_value_reps_load_and_coverage() -> None:
    terms = one_type(FORM, **INBOUND)
    found = compare(terms, apply(terms, ["win_rate=25%", "reps=29"]))
    assert found.columns == ("before", "after")
    assert found.row("leads").values == (3900, 3589)
    assert found.row("leads.web_form").change == -311
    assert found.row("value.web_form").values == (Fraction("128.248"), Fraction("139.4"))
    assert found.row("coverage.web_form").values == (Fraction(100, 23), 4)
    assert found.row("reps.inbound").values == (31, 29)
    assert found.row("reps_there.inbound").values == (5, 29)
    assert found.row("leads_per_rep.inbound").values == (780, Fraction(3589, 29))
    assert found.row("load.inbound").values == (Fraction(3900 * 45, 5 * 5760), Fraction(3589 * 45, 29 * 5760))
    assert found.row("customers").changes is False


def test_a_number_that_is_not_compared_is_refused_with_the_nearest() -> None:
    with pytest.raises(NumberUnknown, match="did you mean 'leads'"):
        compare(packhelp(), packhelp()).row("lead")


def test_improvements_agreed_stand_beside_as_a_second_line() -> None:
    terms = one_type(FORM, {"revenue": 500000, "deal_value": 2000, "improvements": BETTER})
    now = with_improvements(terms)
    assert now is not None
    assert now.columns == ("now", "with the improvements agreed")
    assert now.row("leads").values == (3900, 3589)
    assert with_improvements(packhelp()) is None
    three = compare(terms, apply(terms, ["deal_value=4000"]))
    assert three.columns == ("before", "after", "after, improved")
    assert three.row("leads").values == (3900, 1953, 1795)


def test_improvements_hold_from_their_day_and_forget_the_counts() -> None:
    terms = one_type(
        {**FORM, "opportunity_to_customer": "23 of 100"},
        {"revenue": 500000, "deal_value": 2000, "improvements": BETTER},
    )
    assert improved(terms, BETTER_DAY.replace(day=30, month=6)) is terms
    better = improved(terms, BETTER_DAY)
    assert leads(better)["all", "web_form"] == 3589
    assert better.lead_types["web_form"].streams["all"].evidence == {}
    assert [(name, stream, rate) for _, name, stream, rate in effects(terms)] == [
        ("web_form", "all", Fraction("0.23"))
    ]
    assert list(effects(better)) == []


BETTER_DAY = one_type(
    FORM, {"revenue": 1, "deal_value": 1, "improvements": BETTER}
).goal.improvements[0].by  # fmt: skip


def test_rows_of_a_plan_that_lacks_them_are_unknown_there() -> None:
    found = side_by_side([("form", one_type(FORM)), ("both", mixed())])
    assert found.row("leads.outbound").values == (None, 804)
    assert found.row("leads.outbound").change is None


def test_the_table_shows_what_changes_with_its_sign() -> None:
    terms = one_type(FORM, **INBOUND)
    found = compare(terms, apply(terms, ["win_rate=25%"]))
    text = comparison_table(found, all_rows=False)
    assert "Leads, all together" in text
    assert "−311" in text
    assert "−48.6 points" in text
    assert "Customers" not in text
    assert "Customers" in comparison_table(found)
    assert "Nothing changes." in comparison_table(compare(terms, terms), all_rows=False)


def test_json_and_csv_hold_the_same_numbers() -> None:
    found = compare(packhelp(), apply(packhelp(), ["win_rate.web_form=25%"]))
    keys = json.loads(comparison_json(found))
    assert keys["columns"] == ["before", "after"]
    row = next(row for row in keys["rows"] if row["key"] == "leads.web_form")
    assert row["change"] == {"decimal": "-311", "exact": "-311"}
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(comparison_csv(found)))}
    assert (rows["leads.web_form"]["before"], rows["leads.web_form"]["after"]) == ("3900", "3589")
    assert rows["leads"]["before"] == ""


PAGES = Path(__file__).parents[2] / "docs" / "how-to"


def test_the_how_to_shows_what_the_agreements_of_its_neighbours_give() -> None:
    texts = {
        name: re.findall(r"```(?:yaml|text)\n(.*?)```", (PAGES / f"{name}.md").read_text("utf-8"), re.DOTALL)
        for name in ("capacity", "lag", "what-if")
    }
    changed, improvements, explained = texts["what-if"]
    terms, planned = parse_agreement(texts["capacity"][0]), parse_written(texts["lag"][0], "boxes.yaml")
    assert (
        comparison_table(compare(terms, apply(terms, ["win_rate=25%", "reps=22"])), all_rows=False) == changed
    )
    found = with_improvements(planned.agreement)
    assert found is not None
    assert comparison_table(found) == improvements
    assert explain_number(planned.agreement, "sql", file=planned.file, place=planned.place) == explained


def test_every_setting_that_the_how_to_names_can_be_set() -> None:
    acme = read_agreement(PAGES.parents[1] / "examples" / "acme.yaml")
    small = one_type({"lead_to_customer": "2%"}, {"customers": 200})
    page = (PAGES / "what-if.md").read_text("utf-8")
    table = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
    said = [setting for row in table for setting in re.findall(r"`([^`]+)`", row)]
    assert len(said) > 20
    for setting in said:
        assert setting.split("=")[0] in settable(small if "customers" in setting else acme).keys() | {"reps"}


moderately = settings(deadline=None, max_examples=50)
RATE_KEYS = ["win_rate", "mql_to_sql", "sql_to_opportunity", "win_rate.web_form", "mql_to_sql.outbound.all"]


@moderately
@given(st.sampled_from(RATE_KEYS), st.integers(1, 100), st.integers(1, 100))
def test_a_better_rate_never_needs_more_leads_and_never_makes_one_worth_less(
    key: str, one: int, other: int
) -> None:
    low, high = sorted((one, other))
    found = compare(apply(mixed(), [f"{key}={low}%"]), apply(mixed(), [f"{key}={high}%"]))
    for row in found.rows:
        worse, better = row.values
        if row.key.startswith("leads."):
            assert worse is not None
            assert better is not None
            assert better <= worse
        if row.key.startswith("value."):
            assert better >= worse  # type: ignore[operator]


@moderately
@given(st.integers(1, 50))
def test_scaling_the_quota_scales_the_exact_demand(by: int) -> None:
    once = plan(mixed()).demands()
    scaled = plan(apply(mixed(), [f"goal.revenue={500000 * by}"])).demands()
    assert [demand.leads_exact * by for demand in once] == [demand.leads_exact for demand in scaled]


@moderately
@given(st.integers(0, 100), st.sampled_from(["smb", "enterprise"]))
def test_whatever_share_is_set_the_streams_still_make_the_whole(share: int, stream: str) -> None:
    worked = plan(apply(split_quota(), [f"share.{stream}={share}%"]))
    assert sum(each.share for each in worked.streams) == 1
    assert worked.marketing_revenue == 400_000
    assert worked.leads == sum(each.leads or 0 for each in worked.streams)


@moderately
@given(st.data())
def test_everything_that_can_be_set_can_be_set(data: st.DataObject) -> None:
    terms = split_quota(capacity={"hours_per_month": 160}, value={"by": "persona", "prices": {"ceo": 100}})
    key = data.draw(st.sampled_from(sorted(settable(terms))))
    for value in ("50%", "10", "2 months", "email"):
        try:
            changed = apply(terms, [f"{key}={value}"])
        except PlanImpossible:
            continue
        assert plan(changed).leads
        return
    raise AssertionError(f"no value suits {key}")
