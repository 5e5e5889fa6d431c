"""The plan as people and programs read it: table, JSON, CSV, and the documents that show them."""

import csv
import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from plan_agreements import FORM, agreement, mixed, one_type, packhelp, split_quota

from accord.agreement.parse import parse_agreement, read_agreement
from accord.agreement.terms import Agreement
from accord.plan.funnel import plan
from accord.plan.output import CSV_COLUMNS, as_csv, as_json, as_table

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to" / "plan-from-quota.md"
REFERENCE = ROOT / "docs" / "reference" / "plan.md"
EXAMPLE = ROOT / "examples" / "packhelp.yaml"


def keys_of(terms: Agreement) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(as_json(plan(terms)))
    return loaded


def rows_of(terms: Agreement) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(plan(terms)))))


class TestTable:
    def test_f3_can_be_read_line_by_line(self) -> None:
        table = as_table(plan(one_type(FORM)))
        for line in (
            "500,000 ÷ 2,000  customer       250.00       250       250.00",
            "250 ÷ 23%        opportunity  1,086.96     1,087     1,086.96",
            "1,087 ÷ 82%      sql          1,325.61     1,326     1,325.56",
            "1,326 ÷ 34%      mql          3,900.00     3,900     3,898.70",
            "Leads to deliver (mql): 3,900; rounded up only once: 3,899",
            "Value of one lead: 128 USD (128.205 by quota, 128.248 by rates)",
            "Expected revenue: 500,167.20 from 3,900 leads, 500,038.95 from 3,899 leads",
            "Pipeline needed: 2,173,913 USD (4.35 times that revenue)",
            "Total: 3,900 leads; 500,000 USD from marketing",
        ):
            assert f"{line}\n" in table

    def test_alternatives_are_explained_and_not_summed(self) -> None:
        table = as_table(plan(packhelp()))
        assert (
            "3,900 web_form or 2,675 outbound leads would each carry it alone, so don't add them up" in table
        )
        assert "Total: not summed, because lead types are alternatives; 500,000 USD from marketing" in table
        assert "6,575" not in table

    def test_a_mix_shows_its_shares_and_each_type_alone(self) -> None:
        table = as_table(plan(mixed()))
        assert "web_form: 70% of the customers" in table
        assert "70% of 250" in table
        assert "Alone, without the other lead types: 3,900" in table
        assert "Total: 3,537 leads" in table

    def test_retention_streams_and_assumptions_are_named(self) -> None:
        table = as_table(plan(split_quota(assumptions=["Rates are those of 2025."])))
        assert "- from existing customers: 100,000 (20%)" in table
        assert "Stream enterprise: 40% of new business, 100% of it from marketing" in table
        assert "20% of the goal comes from existing customers and asks for no leads." in table
        assert table.endswith("- Rates are those of 2025.\n")

    def test_a_goal_in_customers_needs_no_money(self) -> None:
        table = as_table(plan(one_type({"lead_to_customer": "5%"}, {"customers": 7})))
        assert "Goal: 7 customers" in table
        assert "Leads to deliver (lead): 140; rounded up only once: 140" in table
        assert "Value of one lead" not in table

    def test_columns_stay_aligned_under_wide_letters_and_marks(self) -> None:
        stages = ["見込み客", "ลูกค้า"]
        table = as_table(plan(one_type({"見込み客_to_ลูกค้า": "5%"}, stages=stages)))
        assert (
            "  500,000 ÷ 2,000  ลูกค้า        250.00       250       250.00\n" in table
        )  # four cells and four blanks
        assert "  250 ÷ 5%         見込み客  5,000.00     5,000     5,000.00\n" in table  # eight cells

    def test_names_cannot_send_commands_to_a_terminal(self) -> None:
        types = {"form": {"label": "Form\x1b[31m\nforged: 1", "streams": {"all": FORM}}}
        table = as_table(plan(agreement({"revenue": 500000, "deal_value": 2000}, types)))
        assert "\x1b" not in table
        assert "\nforged" not in table


class TestJson:
    def test_counts_are_integers_and_fractions_are_text_with_their_exact_form(self) -> None:
        keys = keys_of(one_type(FORM))
        demand = keys["streams"][0]["lead_types"][0]
        assert [step["stepwise"] for step in demand["steps"]] == [250, 1087, 1326, 3900]
        assert demand["steps"][1]["quotient"] == {"decimal": "1086.956522", "exact": "25000/23"}
        assert demand["lead_value"]["by_quota"] == {"decimal": "128.205128", "exact": "5000/39"}
        assert demand["lead_value"]["expected"]["decimal"] == "128.248"
        assert (demand["lead_value"]["by_quota_shown"], demand["lead_value"]["expected_shown"]) == (128, 128)
        assert (demand["leads"], demand["leads_fewest"], keys["total"]["leads"]) == (3900, 3899, 3900)
        assert [step["handoff"] for step in demand["steps"]] == [False, False, False, True]

    def test_expected_revenue_stands_beside_the_leads_it_comes_from(self) -> None:
        rows = keys_of(one_type(FORM))["streams"][0]["lead_types"][0]["expected_revenue"]
        assert {row["leads"]: row["revenue"]["decimal"] for row in rows} == {
            3898: "499910.704",
            3899: "500038.952",
            3900: "500167.2",
        }

    def test_no_float_is_ever_written(self) -> None:
        for terms in (
            packhelp(),
            mixed(),
            split_quota(),
            one_type({"lead_to_customer": "5%"}, {"customers": 7}),
        ):
            json.loads(as_json(plan(terms)), parse_float=lambda text: pytest.fail(f"a float: {text}"))

    def test_exact_forms_can_be_read_back(self) -> None:
        demand = keys_of(mixed())["streams"][0]["lead_types"][0]
        assert Fraction(demand["leads_exact"]["exact"]) == plan(mixed()).demands()[0].leads_exact

    def test_what_is_unknown_is_null_and_never_zero(self) -> None:
        keys = keys_of(packhelp())
        assert keys["total"]["leads"] is None
        assert keys["streams"][0]["split"] == "alternatives"
        lone = keys_of(one_type({"lead_to_customer": "5%"}, {"customers": 7}))["streams"][0]["lead_types"][0]
        assert (lone["revenue"], lone["lead_value"]["by_quota"], lone["win_rate"]) == (None, None, None)
        assert lone["leads"] == 140

    def test_every_key_is_in_the_reference(self) -> None:
        reference = REFERENCE.read_text(encoding="utf-8")

        def names(value: object) -> set[str]:
            if isinstance(value, dict):
                return set(value).union(*map(names, value.values()))
            return set().union(*map(names, value)) if isinstance(value, list) else set()

        assert not {name for name in names(keys_of(mixed())) if f"`{name}`" not in reference}


class TestCsv:
    def test_each_stage_of_each_lead_type_is_a_row(self) -> None:
        rows = rows_of(split_quota())
        assert len(rows) == 8
        assert tuple(rows[0]) == CSV_COLUMNS
        assert [row["stepwise"] for row in rows if row["handoff"] == "yes"] == ["1874", "268"]

    def test_rates_read_as_in_the_agreement_and_counts_without_separators(self) -> None:
        row = rows_of(one_type(FORM))[-1]
        assert (row["stage"], row["onward"], row["rate"]) == ("mql", "sql", "34%")
        assert (row["quotient"], row["stepwise"], row["exact"]) == ("3900", "3900", "3898.696276")
        assert Fraction(row["exact_fraction"]) == Fraction(62500000, 16031)

    @pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1"])
    def test_a_name_that_a_spreadsheet_would_run_is_neutralised(self, name: str) -> None:
        worked = plan(one_type(FORM))
        (stream,) = worked.streams
        odd = replace(stream, demands=(replace(stream.demands[0], lead_type=name),))
        text = as_csv(replace(worked, streams=(odd,)))
        assert {row["lead_type"] for row in csv.DictReader(io.StringIO(text))} == {
            "'" + name.replace("\r", " ")
        }

    def test_ordinary_names_in_any_script_stay_as_they_are(self) -> None:
        terms = agreement({"revenue": 500000, "deal_value": 2000}, {'فرم, "وب"': FORM})
        assert rows_of(terms)[0]["lead_type"] == 'فرم, "وب"'

    def test_every_column_is_in_the_reference(self) -> None:
        reference = REFERENCE.read_text(encoding="utf-8")
        assert not [column for column in CSV_COLUMNS if f"`{column}`" not in reference]


def test_the_how_to_shows_what_its_agreements_give() -> None:
    page = HOW_TO.read_text(encoding="utf-8")
    texts = re.findall(r"```yaml\n(.*?)```.*?```text\n(.*?)```", page, flags=re.DOTALL)
    assert len(texts) == page.count("```text") == 3
    for written, shown in texts:
        assert as_table(plan(parse_agreement(written))) == shown


def test_the_example_gives_the_article_s_figures() -> None:
    worked = plan(read_agreement(EXAMPLE))
    form, outbound = worked.demands()
    assert [step.stepwise for step in form.steps] == [250, 1087, 1326, 3900]
    assert [step.stepwise for step in outbound.steps] == [250, 1250, 1471, 2675]
    assert worked.leads is None
