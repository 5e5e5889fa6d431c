"""Starting an agreement: eight questions, a file, or another agreement; errors stay with what was typed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accord.agreement.parse import parse_agreement
from accord.agreement.starting.init import TEMPLATES
from accord.agreement.starting.interview import questions
from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.audit.models import Action, Entry
from server_fixture import ACME, SMALL

pytestmark = pytest.mark.django_db
NEW = "/agreements/new"


def _asked(client, template="b2b_saas", **typed):
    answers = {f"ask-{key}": text for key, text in typed.items()}
    return client.post(NEW, {"way": "questions", "template": template, **answers})


# Eight questions


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_defaults_of_every_template_make_a_draft_without_problems(people, client_of, template):
    answer = _asked(client_of(people.kai), template)
    draft = Draft.objects.get()
    assert answer.headers["Location"] == acts.draft_link(draft)
    agreement = parse_agreement(draft.text)
    assert agreement.name == "Marketing and sales at Our company"


def test_the_page_asks_what_accord_init_asks(people, client_of):
    page = client_of(people.kai).get(NEW, {"template": "agency"}).content.decode()
    for question in questions(TEMPLATES["agency"].defaults):
        assert question.text.replace("'", "&#x27;") in page
        if question.key != "heads":
            assert question.default.replace("'", "&#x27;") in page


def test_heads_with_an_account_are_named_with_their_address_and_can_sign(people, client_of):
    client = client_of(people.kai)
    assert 'value="Mina Yılmaz, Omar Haddad"' in client.get(NEW).content.decode()
    _asked(client, heads="Mina Yılmaz, omar haddad")
    agreement = parse_agreement(Draft.objects.get().text)
    assert acts.party(agreement, people.mina) == "marketing_head"
    assert acts.party(agreement, people.omar) == "sales_head"


def test_a_head_without_account_is_taken_as_typed_and_it_is_said_that_he_cannot_sign_yet(people, client_of):
    client = client_of(people.kai)
    page = client.get(
        _asked(client, heads="Mina Yılmaz, Zoë O'Neill: {x}").headers["Location"] and NEW
    ).content.decode()
    agreement = parse_agreement(Draft.objects.get().text)
    assert agreement.people["sales_head"].name == "Zoë O'Neill: {x}"
    assert agreement.people["sales_head"].email is None
    assert "cannot sign here yet" in page


def test_every_answer_that_cannot_be_used_is_told_at_its_question_and_nothing_typed_is_lost(
    people, client_of
):
    answer = _asked(client_of(people.kai), company="Börek & Sons", goal="much", rates="34", heads="only one")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert set(answer.context["forms"]["questions"].errors) == {"goal", "rates", "heads"}
    for typed in ("Börek &amp; Sons", 'value="much"', 'value="only one"'):
        assert typed in page
    assert not Draft.objects.exists()


def test_a_template_that_there_is_none_of_is_not_found(people, client_of):
    assert client_of(people.kai).get(NEW, {"template": "../x"}).status_code == 404


# A file or text


def test_pasted_text_becomes_a_draft_as_it_is(people, client_of):
    client_of(people.mina).post(NEW, {"way": "text", "file-text": SMALL.replace("\n", "\r\n")})
    assert Draft.objects.get().text == SMALL
    assert Entry.objects.filter(action=Action.FILE_STARTED, who=people.mina).count() == 1


def test_an_uploaded_file_becomes_a_draft_also_with_a_byte_order_mark(people, client_of):
    upload = SimpleUploadedFile("acme.yaml", b"\xef\xbb\xbf" + ACME.encode())
    client_of(people.mina).post(NEW, {"way": "text", "file-file": upload})
    assert Draft.objects.get().text == ACME


def test_a_text_with_problems_becomes_a_draft_too(people, client_of):
    answer = client_of(people.mina).post(
        NEW, {"way": "text", "file-text": "name: Half done\ngoal: {revenue: much}\n"}
    )
    assert answer.status_code == 302
    assert AgreementFile.objects.get().title == "Half done"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"file-file": SimpleUploadedFile("a.yaml", "näme".encode("latin-1"))}, "not in UTF-8"),
        ({"file-file": SimpleUploadedFile("a.yaml", b"x" * 1_000_001)}, "too big"),
        ({"file-text": "a: \x00"}, "ull characters"),
        ({"file-text": "x" * 200_001}, "at most 200,000"),
        ({"file-text": "  \n"}, "nothing here yet"),
    ],
)
def test_what_is_no_text_of_an_agreement_is_told_at_its_field(people, client_of, sent, said):
    for upload in sent.values():
        if hasattr(upload, "seek"):
            upload.seek(0)
    answer = client_of(people.mina).post(NEW, {"way": "text", **sent})
    assert answer.status_code == 422
    assert said in str(answer.context["forms"]["text"].errors)
    assert not AgreementFile.objects.exists()


# Another agreement


def test_another_agreement_is_copied_under_a_new_name_with_its_comments(people, in_force, client_of):
    answer = client_of(people.omar).post(
        NEW, {"way": "copy", "copy-source": in_force.slug, "copy-name": "Acme: north"}
    )
    assert answer.status_code == 302
    draft = Draft.objects.exclude(file=in_force).get()
    agreement = parse_agreement(draft.text)
    assert (agreement.name, agreement.version, agreement.supersedes) == ("Acme: north", 1, None)
    assert "# 1. What we both want" in draft.text
    assert draft.file.slug != in_force.slug


def test_a_copy_without_source_or_name_is_told_at_its_fields(people, started, client_of):
    answer = client_of(people.omar).post(NEW, {"way": "copy", "copy-source": "nowhere", "copy-name": ""})
    assert answer.status_code == 422
    assert set(answer.context["forms"]["copy"].errors) == {"source", "name"}


# Who


def test_members_and_viewers_do_not_start_agreements(people, client_of):
    for who in ("leyla", "vera", "runa"):
        assert client_of(people[who]).get(NEW).status_code == 403
        assert _asked(client_of(people[who])).status_code == 403
    assert not Draft.objects.exists()


def test_a_form_that_is_sent_twice_starts_one_agreement_and_leads_to_its_draft(people, client_of):
    first, again = (_asked(client_of(people.kai), company="Acme") for _ in range(2))
    assert again.headers["Location"] == first.headers["Location"]
    assert AgreementFile.objects.count() == Draft.objects.count() == 1
    assert _asked(client_of(people.mina), company="Acme").headers["Location"] != first.headers["Location"]
    Draft.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    assert _asked(client_of(people.kai), company="Acme").headers["Location"] != first.headers["Location"]
    assert AgreementFile.objects.count() == 3
