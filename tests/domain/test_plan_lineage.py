"""Every number of the plan can say where it comes from (S4.7)."""

import re

import pytest
from plan_agreements import FORM, agreement, mixed, one_type, packhelp, split_quota

from accord.agreement.parse import parse_written
from accord.errors import NumberUnknown, PlanImpossible
from accord.plan.changes.whatif import compare
from accord.plan.funnel import plan
from accord.plan.lineage.lineage import explain, explain_number, numbers

TEXT = """accord: 1
name: Boxes
term: 2026-01-01
goal:
  revenue: 500000
  retention_share: 20%
  streams:
    smb: {share: 60%, deal_value: 2000}
    enterprise: {share: 40%, deal_value: 20000, from_marketing: 50%}
lead_types:
  web_form:
    streams:
      smb: {mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}
      enterprise: {mql_to_sql: 25%, sql_to_opportunity: 60%, opportunity_to_customer: 40 of 200}
"""


def test_a_stage_is_explained_from_the_goal_up_with_each_line_of_the_file() -> None:
    written = parse_written(TEXT, "boxes.yaml")
    assert explain_number(written.agreement, "enterprise.mql", file=written.file, place=written.place) == (
        """enterprise.mql: 136 must reach mql each month.

 1. The goal of one month is 500,000 USD.
      boxes.yaml:5: goal.revenue
      by default: term.interval
 2. Existing customers bring 20% of it, which asks for no leads; 500,000 × 80% = 400,000 is new business.
      boxes.yaml:6: goal.retention_share
 3. enterprise carries 40% of it: 400,000 × 40% = 160,000.
      boxes.yaml:9: goal.streams.enterprise.share
 4. Marketing's leads bring 50% of that: 160,000 × 50% = 80,000; sales finds the rest itself.
      boxes.yaml:9: goal.streams.enterprise.from_marketing
 5. A customer brings 20,000 USD: 80,000 ÷ 20,000 = 4 customers.
      boxes.yaml:9: goal.streams.enterprise.deal_value
 6. 20% (counted on 200) get from opportunity to customer: 4 ÷ 20% = 20 at opportunity.
      boxes.yaml:14: lead_types.web_form.streams.enterprise.opportunity_to_customer
 7. 60% get from sql to opportunity: 20 ÷ 60% = 33.33, rounded up 34 at sql.
      boxes.yaml:14: lead_types.web_form.streams.enterprise.sql_to_opportunity
 8. 25% get from mql to sql: 34 ÷ 25% = 136 at mql.
      boxes.yaml:14: lead_types.web_form.streams.enterprise.mql_to_sql

- Every stage rounds up, and the next goes on from there. Without any rounding on the way it would be 133.33.
"""
    )


def test_f3_is_told_step_by_step_without_a_file_too() -> None:
    text = explain_number(one_type(FORM), "mql")
    for part in (
        "mql: 3,900 must reach mql each month.",
        "500,000 ÷ 2,000 = 250 customers.\n      the agreement: goal.deal_value",
        "250 ÷ 23% = 1,086.96, rounded up 1,087 at opportunity.\n"
        "      the agreement: lead_types.web_form.opportunity_to_customer",
        "1,087 ÷ 82% = 1,325.61, rounded up 1,326 at sql",
        "1,326 ÷ 34% = 3,900 at mql",
        "Without any rounding on the way it would be 3,898.70.",
        "by default: goal.retention_share",
    ):
        assert part in text


def test_a_number_goes_by_several_names_in_either_order() -> None:
    terms = split_quota()
    for one, other in (
        ("web_form.smb.sql", "smb.web_form.sql"),
        ("leads.smb", "smb.leads"),
        ("value.web_form.smb", "value.smb.web_form"),
    ):
        assert explain(terms, one).reasons == explain(terms, other).reasons
    assert explain(packhelp(), "web_form.sql").reasons == explain(packhelp(), "web_form.all.sql").reasons


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("goal", "500,000 USD a month"),
        ("retention", "100,000 USD a month"),
        ("new_business", "400,000 USD a month"),
        ("leads", "2,142 leads a month"),
        ("smb.leads", "1,874 must reach mql each month"),
        ("enterprise.customers", "8 customers a month"),
        ("marketing_revenue", "400,000 USD"),
        ("smb.marketing_revenue", "240,000 USD"),
        ("value.web_form.enterprise", "600 USD"),
        ("coverage.smb", "4.35 times the revenue must lie in the pipeline"),
        ("reps", "17 reps are needed"),
        ("minutes.web_form", "45 minutes of a rep's time for one lead"),
    ],
)
def test_the_numbers_of_f10_are_what_the_plan_says(name: str, answer: str) -> None:
    terms = split_quota(capacity={"hours_per_month": 160, "for_marketing_leads": "60%"})
    assert explain(terms, name).answer == answer


def test_a_mix_is_told_type_by_type_and_added_up() -> None:
    text = explain_number(mixed(), "mql")
    assert "mql: 3,537 must reach mql each month." in text
    assert "web_form is to bring 70% of the 250 customers: 175." in text
    assert "Together 2,733 + 804 = 3,537." in text
    leads = explain_number(mixed(), "leads.outbound")
    assert "leads.outbound: 804 must reach mql each month." in leads
    assert "Marketing delivers at mql.\n      by default: handoff.trigger" in leads


def test_alternatives_are_told_apart_and_not_added_up() -> None:
    assert explain(packhelp(), "mql").answer == (
        "3,900 by web_form or 2,675 by outbound must reach mql each month: don't add them up"
    )
    assert explain(packhelp(), "leads").answer == "unknown"
    assert "Suppose that outbound brings all of them" in explain_number(packhelp(), "outbound.mql")
    assert explain(packhelp(), "coverage").answer == "4.35 by web_form or 5.00 by outbound, times the revenue"
    assert "alternatives" in explain(packhelp(), "reps").answer


def test_coverage_of_a_mix_is_its_pipeline_over_its_revenue_f17() -> None:
    text = explain_number(mixed(), "coverage")
    assert "1 ÷ 23% = 4.35; 350,000 of revenue takes 1,521,739 of pipeline" in text
    assert "coverage: 4.54 times the revenue must lie in the pipeline." in text
    assert "unknown" in explain(one_type({"lead_to_customer": "2%"}), "coverage").answer


def test_the_value_of_a_lead_says_both_readings_and_which_one_sums_use() -> None:
    text = explain_number(packhelp(), "value.web_form")
    assert "34% × 82% × 23% = 6.4124% become customers" in text
    assert "6.4124% × 2,000 = 128.248." in text
    assert "500,000 ÷ 3,900 leads = 128.205: less, since the leads are rounded up." in text
    assert "Sums use the unrounded value" in text
    by_type = packhelp(value={"by": "lead_type", "prices": {"web_form": 130}})
    assert "the price list by lead type" in explain_number(by_type, "value.web_form")
    by_persona = packhelp(value={"by": "persona", "prices": {"ceo": 100}})
    assert "counted by the price list by persona" in explain_number(by_persona, "value.web_form")


def test_reps_are_told_from_hours_and_touches_f12() -> None:
    terms = one_type(
        FORM,
        capacity={"hours_per_month": 160, "for_marketing_leads": "60%"},
        follow_up={"touches": {"automated": "email"}},
    )
    text = explain_number(terms, "reps")
    assert "A rep has 160 h × 60 × 60% = 5,760 minutes a month" in text
    assert "6 call × 5 min + 3 voicemail × 1 min + 3 email by machine = 33 minutes" in text
    assert "5,760 ÷ 33 = 174.55, rounded down 174 leads a month" in text
    assert "3,900 leads of web_form ÷ 174 = 22.41 reps" in text
    assert "reps: 23 reps are needed." in text
    assert "the agreement: follow_up.touches.automated" in text
    assert "follow_up.touches.minutes.call" in text.split("by default: ")[1]


def test_deal_values_of_their_own_are_named_as_the_source_of_the_mean() -> None:
    types = {"a": {"mix": "50%", "deal_value": 1000, **FORM}, "b": {"mix": "50%", **FORM}}
    text = explain_number(agreement({"revenue": 300000, "deal_value": 3000}, types), "customers")
    assert "A customer brings 2,000 USD on average of the mix: 300,000 ÷ 2,000 = 150 customers." in text
    assert "goal.deal_value, lead_types.a.deal_value" in text


def test_a_goal_in_customers_is_told_in_customers() -> None:
    terms = one_type({"lead_to_customer": "5%"}, {"customers": 7, "retention_share": "10%"})
    text = explain_number(terms, "lead")
    assert "The goal of one month is 7 customers." in text
    assert "That is 6.30, rounded up 7 customers." in text
    assert "7 ÷ 5% = 140 at lead." in text


def test_an_unknown_number_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        NumberUnknown, match=r"no number of the plan named 'enterprise\.mqls'; did you mean 'enterprise\.mql'"
    ):
        explain_number(split_quota(), "enterprise.mqls")
    with pytest.raises(NumberUnknown, match="known are"):
        explain_number(packhelp(), "zzz")


def test_without_a_plan_nothing_is_explained() -> None:
    with pytest.raises(PlanImpossible):
        explain_number(one_type({"lead_to_customer": "0%"}), "leads")


def test_where_machines_do_all_no_reps_are_needed() -> None:
    machines = {"touches": {"automated": ["call", "voicemail", "email"]}}
    terms = one_type(FORM, follow_up=machines, capacity={"hours_per_month": 160})
    assert explain(terms, "minutes.web_form").answer == "0 minutes of a rep's time for one lead"
    assert explain(terms, "reps").answer == "0 reps are needed"


def test_everything_known_can_be_told_and_everything_compared_is_known() -> None:
    people = {"a": {"side": "sales", "minutes_per_month": 5760, "count": 9}}
    for terms in (
        packhelp(),
        mixed(people=people),
        split_quota(people=people),
        one_type({"lead_to_customer": "2%"}),
    ):
        known = numbers(terms)
        for name in known:
            text = explain_number(terms, name)
            assert text.startswith(f"{name}: ")
            assert not re.search(r"Fraction|None|\bfalse\b", text)
        assert {row.key for row in compare(terms, terms).rows} <= known.keys()


def test_what_is_told_of_a_stage_is_what_the_plan_has() -> None:
    terms = mixed()
    for demand in plan(terms).demands():
        for step in demand.steps:
            assert explain(terms, f"{demand.lead_type}.{step.stage}").answer.startswith(f"{step.stepwise:,} ")


def test_a_name_cannot_smuggle_control_characters_into_the_terminal() -> None:
    types = {"a\x1b[2J": {"mix": "50%", **FORM}, "b": {"mix": "50%", **FORM}}
    assert "\x1b" not in explain_number(agreement({"revenue": 500000, "deal_value": 2000}, types), "mql")
