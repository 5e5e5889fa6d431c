"""The calculator: what-ifs side by side, all of it in the address, every figure explained."""

import csv
import html
import io
import re
from urllib.parse import quote

import pytest

from accord.agreement.parse import parse_agreement
from accord.plan.changes.settings import settable
from accord.plan.changes.whatif import apply
from accord.server.agreements import acts
from accord.server.agreements.calculator_fields import fields_of, groups
from accord.server.agreements.calculator_text import text_with
from accord.server.agreements.models import Draft
from server_fixture import ACME, SMALL, actor

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PACKHELP = """\
accord: 1
name: Paper boxes
term: 2026-01-01
currency: USD
calendars: {office: {zone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}}}
people:
  mina: {side: marketing, role: head}
  omar: {side: sales, role: head}
goal: {revenue: 500000, deal_value: 2000, closing_profile: [50%, 37.5%, 12.5%]}   # of one month
lead_types:
  web_form: {mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}
capacity: {hours_per_month: 160, for_marketing_leads: 60%}
follow_up:
  touches: {call: 6, voicemail: 3, email: 3, minutes: {call: 5 min, voicemail: 1 min, email: 4 min}}
"""
STREAMS = """\
accord: 1
name: Two streams
term: 2026-01-01
currency: USD
calendars: {office: {zone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}}}
people: {mina: {side: marketing, role: head}, omar: {side: sales, role: head}}
goal:
  revenue: 500000
  retention_share: 20%
  streams: {smb: {share: 60%, deal_value: 2000}, enterprise: {share: 40%, deal_value: 20000}}
lead_types:
  web_form:
    streams:
      smb: {mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}
      enterprise: {mql_to_sql: 25%, sql_to_opportunity: 60%, opportunity_to_customer: 20%}
"""


@pytest.fixture
def of(people, client_of):
    """`of(text)(query)` is the page of a draft with that text, as Kai sees it: words without tags."""

    def made(text: str):
        draft = acts.start_file(actor(people.kai), text)
        client = client_of(people.kai)

        def page(query: str = "", **options):
            return client.get(f"/agreements/{draft.file.slug}/calculator{query}", **options)

        return page

    return made


def _words(answer) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(text).replace("\N{NO-BREAK SPACE}", " ").split())


def _set(*settings: str, name: str = "set") -> str:
    return "&".join(f"{name}={quote(setting, safe='')}" for setting in settings)


def _row(answer, key: str):
    return next(row for row in answer.context["rows"] if row.number == key)


# The figures of DOMAIN


def test_f1_a_goal_of_which_marketing_brings_60_percent_needs_7500_leads(of):
    text = re.sub(r"\{mql_to_sql.*\}", "{lead_to_customer: 2%}", PACKHELP)
    answer = of(text.replace("deal_value: 2000,", "deal_value: 2000, from_marketing: 60%,"))()
    assert _row(answer, "leads").agreed == "7,500"
    assert _row(answer, "customers").agreed == "150"


def test_f3_the_chain_reads_250_1087_1326_3900_and_a_lead_is_worth_128(of):
    answer = of(PACKHELP)()
    (stream,) = answer.context["streams"]
    assert stream.stages == ("customer", "opportunity", "sql", "mql")
    assert [cell.text for cell in stream.kinds[0].cells] == ["250", "1,087", "1,326", "3,900"]
    assert stream.kinds[0].value.text.replace("\N{NO-BREAK SPACE}", " ") == "USD 128.25"
    assert "3,900" in _words(answer)


def test_f4_the_outbound_rates_need_2675_leads(of):
    sets = _set("mql_to_sql=55%", "sql_to_opportunity=85%", "opportunity_to_customer=20%")
    answer = of(PACKHELP)(f"?{sets}")
    row = _row(answer, "leads")
    assert (row.agreed, row.beside[0].text, row.beside[0].change) == ("3,900", "2,675", "−1,225")


def test_f10_streams_are_worked_out_apart_1874_and_268_leads(of):
    answer = of(STREAMS)()
    assert _row(answer, "leads.web_form.smb").agreed == "1,874"
    assert _row(answer, "leads.web_form.enterprise").agreed == "268"
    assert _row(answer, "leads").agreed == "2,142"


def test_f11_the_first_months_close_125_and_21875_customers(of):
    answer = of(PACKHELP)("?view=months")
    rows = answer.context["months"][0].rows
    assert [row.cells[2] for row in rows[:3]] == ["125.00", "218.75", "250.00"]
    assert [row.missed for row in rows[:3]] == [True, True, False]
    assert rows[0].cells[-1] == "3,900"


def test_f12_31_reps_and_23_once_a_machine_sends_the_mails(of):
    page = of(PACKHELP)
    assert _row(page(), "reps").agreed == "31"
    row = _row(page(f"?{_set('automated=email')}"), "reps")
    assert (row.beside[0].text, row.beside[0].change) == ("23", "−8")
    pool = page("?view=capacity").context["pools"][0]
    assert pool.loads[0][1:4] == ("3,900", "45", "128")


# What can be set


@pytest.mark.parametrize("text", [ACME, SMALL, PACKHELP, STREAMS])
def test_every_input_sets_what_it_is_called_by_and_what_is_agreed_changes_nothing(text):
    agreement = parse_agreement(text)
    fields = fields_of(groups(agreement))
    assert len({field.key for field in fields}) == len(fields)
    assert {field.key for field in fields} <= set(settable(agreement))
    for field in fields:
        if field.agreed and not field.key.startswith(("hours_per", "for_mark", "minutes.")):
            same = apply(agreement, [f"{field.key}={field.agreed}"])
            assert same.goal == agreement.goal, field.key
            assert same.people == agreement.people, field.key


def test_whatever_can_be_set_has_an_input_or_is_a_name_for_several():
    agreement = parse_agreement(ACME)
    shown = {field.key for field in fields_of(groups(agreement))}
    kinds = {key.partition(".")[0] for key in settable(agreement)} - {"revenue", "capacity", "win_rate"}
    assert kinds == {key.partition(".")[0] for key in shown}


def test_an_address_says_everything_and_gives_the_same_page_to_somebody_else(people, in_force, client_of):
    query = f"?{_set('win_rate.smb=25%')}&{_set('reps.inbound=8', name='set2')}&at=2&view=capacity"
    rows = [
        client_of(people[who]).get(f"/agreements/{in_force.slug}/calculator{query}").context["rows"]
        for who in ("kai", "vera")
    ]
    assert rows[0] == rows[1]
    assert [one.at for one in rows[0][0].beside] == [1, 2]


def test_the_form_without_script_leads_to_the_address_with_what_was_changed_only(of):
    page = of(PACKHELP)
    fields = fields_of(groups(parse_agreement(PACKHELP)))
    typed = {field.key: field.agreed for field in fields} | {"goal.revenue": "600000"}
    query = "&".join(f"v.{key}={quote(value, safe='')}" for key, value in typed.items())
    answer = page(f"?of=draft-1&at=2&{_set('reps=12')}&{query}&more=")
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert "set2=goal.revenue%3D600000" in location
    assert "set=reps%3D12" in location
    assert location.count("set2=") == 1


def test_the_live_update_answers_at_once_and_names_its_address(of):
    answer = of(PACKHELP)("?of=draft-1&v.goal.revenue=600000", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["HX-Replace-Url"].endswith("?of=draft-1&set=goal.revenue%3D600000")
    assert _row(answer, "leads").beside[0].text == "4,683"


def test_settings_for_several_at_once_are_typed_as_lines(of):
    answer = of(PACKHELP)("?v.goal.revenue=500000&more=win_rate%3D25%25%0D%0Areps%3D12")
    assert "set=win_rate%3D25%25&set=reps%3D12" in answer.headers["Location"]


def test_what_cannot_be_set_is_told_at_its_input_all_at_once_and_what_was_typed_stays(of):
    answer = of(PACKHELP)(f"?{_set('mql_to_sql.web_form=300%', 'goal.revenue=much', 'win_rat=3%')}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="300%"' in page
    assert 'value="much"' in page
    words = _words(answer)
    assert "is not between 0% and 100%" in words
    assert "is no amount" in words
    assert "nothing here is called win_rat" in words
    assert "--set" not in words


def test_a_rate_of_nothing_is_told_and_the_other_what_if_still_stands(of):
    answer = of(PACKHELP)(f"?{_set('mql_to_sql.web_form=0%')}&{_set('goal.revenue=600000', name='set2')}")
    assert [one.at for one in _row(answer, "leads").beside] == [2]
    assert "no number of leads ever makes a customer" in _words(answer)


@pytest.mark.parametrize(
    "query",
    [
        "?at=9&view=x&in=7&explain=leads", "?set=&set=%3D&set=a%3D", "?set=" + "x" * 5000, "?of=draft-1&now=",
        "?set=%00%3D1&explain=%00", "?" + "set=win_rate%3D25%25&" * 300, "?explain=nothing.like.that",
        "?v.unknown=1", "?set=goal.revenue%3D999999999999999", "?set=reps%3D999999999999999",
    ],
)  # fmt: skip
def test_an_odd_address_breaks_nothing(of, query):
    assert of(PACKHELP)(query).status_code in (200, 302)


@pytest.mark.parametrize("name", ["draft-7", "draft-x", "0123456789ab", "../x", "draft-" + "9" * 30])
def test_what_is_not_there_cannot_be_calculated_with(of, name):
    assert of(PACKHELP)(f"?of={quote(name, safe='')}").status_code == 404


def test_a_draft_with_problems_says_so_and_names_them(of):
    answer = of("name: Half done\n")()
    assert answer.status_code == 422
    assert "still has problems" in _words(answer)


def test_an_agreement_from_which_no_plan_follows_says_why(of):
    answer = of(PACKHELP.replace("deal_value: 2000, ", ""))()
    assert answer.status_code == 200
    assert "No plan follows from the agreement as it is" in _words(answer)
    assert 'name="v.deal_value"' in answer.content.decode()


def test_what_is_missing_in_the_agreement_can_be_set_in_a_what_if_only_once_it_is_said(of):
    answer = of(PACKHELP.replace("deal_value: 2000, ", ""))(f"?{_set('deal_value=2000')}")
    assert answer.status_code == 200


# Where a number comes from


def test_every_figure_of_every_view_opens_where_it_comes_from(of):
    page = of(PACKHELP)
    numbers = set()
    for view in ("plan", "capacity"):
        numbers |= set(
            re.findall(r"explain=([^&\"#]+)&amp;in=(\d)#why", page(f"?view={view}").content.decode())
        )
    assert len(numbers) > 10
    for number, within in numbers:
        answer = page(f"?{_set('goal.revenue=1')}&explain={number}&in={within}")
        assert answer.context["told"].steps or answer.context["told"].answer, number


def test_a_figure_of_a_what_if_is_explained_with_what_was_set(of):
    answer = of(PACKHELP)(f"?{_set('goal.revenue=600000')}&explain=leads&in=1")
    assert "600,000" in _words(answer).split("Where it comes from")[1]


def test_names_are_shown_as_text_whatever_they_hold(of):
    bad = "<script>alert(1)</script>"
    text = PACKHELP.replace("web_form: {", f'web_form: {{label: "{bad}", ').replace("Paper boxes", bad)
    for query in ("", "?view=months", "?view=capacity", f"?explain={quote(bad)}", f"?set={quote(bad)}=1"):
        assert bad not in of(text)(query).content.decode()


# Certainty


def test_certainty_is_asked_for_apart_and_shows_both_chances(of):
    page = of(PACKHELP)
    assert "chances" not in page("?view=certainty").context
    answer = page(f"?view=certainty&now=1&{_set('goal.revenue=450000')}")
    names = [name for name, _ in answer.context["chances"]]
    assert names == ["As agreed", "What if 1"]
    assert re.search(r"\d%", answer.context["chances"][0][1][0].chance)


# CSV


def test_the_csv_has_every_number_and_no_formula(of):
    text = PACKHELP.replace("web_form: {", "web_form: {label: '=HYPERLINK(1)', ")
    answer = of(text)(f"?{_set('goal.revenue=600000')}&form=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["key", "label", "measured", "As agreed", "What if 1"]
    assert next(row for row in rows if row[0] == "leads")[3:] == ["3900", "4683"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


# A draft of it


def test_a_what_if_becomes_a_text_that_says_it_with_comments_kept(of):
    page = of(PACKHELP)
    answer = page(f"?{_set('goal.revenue=600000')}&make=1")
    assert "600,000" in _words(answer).split("as a draft would change")[1].split("Make it a draft")[0]
    made = answer.client.post(f"{answer.request['PATH_INFO']}?{_set('goal.revenue=600000')}")
    draft = Draft.objects.get(number=2)
    assert made.headers["Location"] == acts.draft_link(draft)
    assert draft.text == PACKHELP.replace("500000", "600000")


def test_a_what_if_on_a_version_is_numbered_as_the_next_one(people, in_force, client_of):
    client_of(people.kai).post(f"/agreements/{in_force.slug}/calculator?{_set('goal.revenue=600000')}")
    agreement = parse_agreement(in_force.drafts.get(number=2).text)
    assert agreement.version == 2
    assert agreement.supersedes == in_force.course[-1]["digest"]
    assert agreement.goal.revenue == 600000


@pytest.mark.parametrize(
    "settings",
    [
        ["win_rate=25%"], ["mix.outbound.smb=40%"], ["reps=20"], ["share.smb=50%"],
        ["hours_per_month=150"], ["minutes.video=3", "automated=none"], ["price.ceo=1", "cycle=2 months"],
        ["deal_value=1500", "retention_share=0%", "from_marketing=100%", "connect_rate=12.5%"],
    ],
)  # fmt: skip
def test_the_text_of_any_what_if_says_exactly_what_is_meant(settings):
    agreement = parse_agreement(ACME)
    meant = apply(agreement, settings)
    assert parse_agreement(text_with(ACME, agreement, meant)) == meant


def test_nothing_set_or_nothing_that_can_be_makes_no_draft(people, in_force, client_of):
    for query in ("", f"?{_set('win_rate=300%')}"):
        answer = client_of(people.kai).post(f"/agreements/{in_force.slug}/calculator{query}")
        assert answer.status_code == 422
    assert in_force.drafts.count() == 1


def test_only_writers_are_offered_a_draft(people, in_force, client_of):
    query = f"/agreements/{in_force.slug}/calculator?{_set('goal.revenue=600000')}&make=1"
    offered = {
        who: "Make it a draft" in _words(client_of(people[who]).get(query))
        for who in ("kai", "leyla", "vera")
    }
    assert offered == {"kai": True, "leyla": False, "vera": False}


def test_it_takes_few_queries_whatever_is_set(people, in_force, client_of, django_assert_max_num_queries):
    client, base = client_of(people.kai), f"/agreements/{in_force.slug}/calculator"
    for query in (
        "",
        f"?{_set('win_rate=25%')}&{_set('reps=9', name='set2')}",
        "?view=months",
        "?view=capacity&now=1",
    ):
        with django_assert_max_num_queries(10):
            client.get(base + query)


def test_an_amount_that_may_mean_two_things_is_refused_with_both(of) -> None:
    """600.000 was taken for six hundred, and the plan fell from thousands of leads to a few."""
    words = _words(of(PACKHELP)("?" + _set("goal.revenue=600.000")))
    assert "600.000 is taken for 600, not for 600,000" in words
    assert "write 600000 or 600,000 if thousands are meant" in words


@pytest.mark.parametrize("typed", ["۶۰۰۰۰۰", "۶۰۰٬۰۰۰", "٦٠٠٠٠٠", "६०००००"])
def test_digits_of_any_script_are_read_as_they_are_shown(of, typed: str) -> None:
    ask = of(PACKHELP)
    there, ours = (
        _row(ask("?" + _set(f"goal.revenue={text}")), "leads").beside[0].text for text in (typed, "600000")
    )
    assert there == ours


def test_what_was_worked_out_is_not_worked_out_again(of, monkeypatch) -> None:
    ask = of(PACKHELP)
    first = _row(ask("?" + _set("reps=17")), "load")
    monkeypatch.setattr("accord.server.agreements.calculator.apply", None)
    assert _row(ask("?" + _set("reps=17")), "load") == first
