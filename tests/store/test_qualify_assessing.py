"""One lead of the desk under the rules in force: facts, score, reasons, what is missing (S3.9, S1.21b)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.server.agreements.models import AgreementFile
from accord.server.desk.models import Account, Lead, Signal
from accord.server.qualify.assessing import Assessment, assess
from accord.server.qualify.facts import facts_of
from accord.server.qualify.information import missing_of
from desk_fixture import a_contact, a_delivered_lead, a_lead
from server_fixture import ACME, People

KNOWN = {"email": "ada@acme.example", "company": "Acme", "role": "CEO", "phone": "+49 30 1"}


def assessed(lead: Lead) -> tuple[Lead, Assessment]:
    held = Lead.objects.get(pk=lead.pk)
    return held, assess(held, timezone.now())


def signalled(lead: Lead, **counts: int) -> Lead:
    at = timezone.now()
    for name, count in counts.items():
        Signal.objects.create(contact=lead.contact, name=name, count=count, occurred_at=at, recorded_at=at)
    return lead


@pytest.mark.django_db
def test_without_an_agreement_in_force_nothing_is_said_of_a_lead() -> None:
    lead, said = assessed(a_lead())
    assert not said.ready and not said.words
    assert (lead.grade, lead.scored_at) == ("", None)


def test_the_row_keeps_score_grade_and_reasons(people: People, in_force: AgreementFile) -> None:
    lead = a_lead(contact=a_contact(**KNOWN, more={"employees": "11-50"}))
    lead, said = assessed(signalled(lead, demo_requested=1, visits=3))
    assert (lead.fit, lead.interest, lead.grade) == (60, 80, "A1")
    assert said.ready and said.changed and said.missing == ()
    assert said.words == ("did what qualifies at once: demo request",)
    reasons = [(one["axis"], one["points"], one["words"]) for one in lead.reasons]
    assert reasons == [
        ("interest", 60, "demo requested"),
        ("fit", 40, "role of the contact is one of decision makers"),
        ("fit", 20, "employees of the company is above 10"),
        ("interest", 20, "visits at least 3"),
    ]
    assert all(one["since"] for one in lead.reasons if one["axis"] == "interest")
    assert lead.scored_by and lead.scored_at


def test_nothing_changed_is_no_change(people: People, in_force: AgreementFile) -> None:
    lead, first = assessed(a_lead())
    assert first.changed and lead.grade == "B–"
    lead.save()
    lead, again = assessed(lead)
    assert not again.changed


def test_a_reason_holds_no_personal_data(people: People, in_force: AgreementFile) -> None:
    lead, _said = assessed(a_lead(contact=a_contact(**KNOWN, name="Ada Byron")))
    assert not [one for one in lead.reasons if "Ada" in str(one) or "acme" in str(one)]


def test_whoever_is_ruled_out_is_not_ready_and_the_reason_is_said_once(
    people: People, in_force: AgreementFile
) -> None:
    lead, said = assessed(signalled(a_lead(contact=a_contact(**KNOWN, country="KP")), demo_requested=1))
    assert (said.ready, said.ruled_out, said.changed) == (False, "out_of_market", True)
    assert said.words == ("ruled out, out of market: country of the company is one of embargoed",)
    lead.save()
    _lead, again = assessed(lead)
    assert again.ruled_out and not again.changed


def test_what_was_qualified_stays_ready_while_something_is_missing(
    people: People, in_force: AgreementFile
) -> None:
    lead = a_lead()
    Lead.objects.filter(pk=lead.pk).update(standing="qualified")
    _lead, said = assessed(lead)
    assert said.ready and said.missing == ("phone or linkedin",)


def test_the_grade_of_a_lead_that_sales_has_is_frozen_but_what_is_missing_is_not(
    people: People, in_force: AgreementFile
) -> None:
    lead = signalled(a_delivered_lead(people.leyla), demo_requested=1)
    Lead.objects.filter(pk=lead.pk).update(grade="C3", missing=[])
    held, said = assessed(lead)
    assert (held.grade, held.missing, said.ready) == ("C3", ["phone or linkedin"], False)


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({"employees": "40"}, "company.employees"),
        ({"company.employees": "40"}, "company.employees"),
        ({"company_employees": "40"}, "company.employees"),
        ({"Company Employees": 40}, "company.employees"),
        ({"Job title": "x"}, "contact.job_title"),
        ({"newsletter": True}, "newsletter"),
    ],
)
@pytest.mark.django_db
def test_other_fields_are_asked_for_by_their_names(more: dict[str, Any], asked: str) -> None:
    facts = facts_of(a_lead(contact=a_contact(more=more)))
    assert asked in facts.fields


@pytest.mark.django_db
def test_the_company_is_known_by_its_own_address_and_country() -> None:
    facts = facts_of(a_lead(contact=a_contact(email="ada@acme.example", country="DE"), segment="software"))
    assert facts.fields["company.domain"] == "acme.example"
    assert facts.fields["company.country"] == "DE"
    assert facts.fields["lead.segment"] == "software" and facts.fields["lead.type"] == "web_form"
    other = a_contact(email="ada@gmail.com", country="DE", more={"company_country": "FR"})
    facts = facts_of(a_lead(contact=other))
    assert "company.domain" not in facts.fields
    assert facts.fields["company.country"] == "FR"
    account = Account.objects.create(domain="engines.example", name="Engines")
    facts = facts_of(a_lead(contact=a_contact(account=account, company="")))
    assert (facts.fields["company.domain"], facts.fields["company.name"]) == ("engines.example", "Engines")


@pytest.mark.django_db
def test_further_fields_never_hide_what_the_columns_say() -> None:
    contact = a_contact(
        role="CEO", more={"contact.role": "clerk", "lead.type": "demo", "odd": ["a"], "n": None}
    )
    fields = facts_of(a_lead(contact=contact)).fields
    assert (fields["contact.role"], fields["lead.type"]) == ("CEO", "web_form")
    assert "odd" not in fields and "n" not in fields


@pytest.mark.django_db
def test_signals_of_one_name_are_counted_together_however_it_is_written() -> None:
    lead = signalled(a_lead(), visits=2, Visits=1)
    signalled(lead, **{"price page-seen": 1})
    signals = facts_of(lead).signals
    assert signals["visits"].count == 3
    assert signals["price_page_seen"].count == 1


@pytest.mark.django_db
def test_a_lead_of_nobody_is_scored_too() -> None:
    lead = a_lead()
    lead.contact = None
    assert facts_of(lead).signals == {}
    assert missing_of(parse_agreement(ACME), None) == ("email", "company", "role", "phone or linkedin")


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, ()),
        ({"phone": ""}, ("phone or linkedin",)),
        ({"phone": "", "linkedin": "in/ada"}, ()),
        ({"role": "  "}, ("role",)),
        ({"role": "", "more": {"Role": "CEO"}}, ()),
        (
            {"email": "", "company": "", "role": "", "phone": ""},
            ("email", "company", "role", "phone or linkedin"),
        ),
    ],
)
@pytest.mark.django_db
def test_what_is_missing_is_said_as_the_agreement_writes_it(
    fields: dict[str, Any], missing: tuple[str, ...]
) -> None:
    contact = a_contact(**{**KNOWN, **fields})
    assert missing_of(parse_agreement(ACME), contact) == missing


@pytest.mark.django_db
def test_minimum_information_may_name_any_field() -> None:
    text = ACME.replace(
        "[email, company, role, phone or linkedin]", "[Contact.Email, task, Phone OR Job title]"
    )
    agreement = parse_agreement(text)
    assert missing_of(agreement, a_contact()) == ("task", "Phone OR Job title")
    assert missing_of(agreement, a_contact(more={"Task": "a film", "job-title": "CMO"})) == ()


def test_an_assessment_takes_few_queries(people: People, in_force: AgreementFile) -> None:
    lead = Lead.objects.select_related("contact__account").get(pk=a_lead().pk)
    assess(lead, timezone.now())
    with CaptureQueriesContext(connection) as asked:
        assess(lead, timezone.now() + timedelta(seconds=1))
    assert len(asked) <= 3
