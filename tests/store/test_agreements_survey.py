"""The definitions survey: both sides answer apart; nobody reads other answers before it is closed (S1.15)."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accord.agreement.clauses.people import Side
from accord.agreement.survey.compare import Verdict
from accord.errors import EditConflict, FormInvalid, InputError, NotAllowed
from accord.server.agreements import acts, surveys, surveys_reading
from accord.server.agreements.models import Survey, SurveyAnswer
from accord.server.audit.models import Action, Entry
from accord.server.mail.models import Message
from api_fixture import Api
from server_fixture import actor

pytestmark = pytest.mark.django_db
WORDS = "a-lead-that-marketing-loves"


@pytest.fixture
def survey(people, started) -> Survey:
    return surveys.open_survey(actor(people.kai), started)


def _answered(people, survey, **by):
    for who, typed in by.items():
        surveys.answer(actor(people[who]), survey, typed)


def _address(survey) -> str:
    return f"/agreements/{survey.file.slug}/survey"


def _close(people, survey, **rest):
    surveys.close(actor(people.kai), survey, **rest)


# Asking


def test_it_asks_about_the_stages_and_words_of_the_draft(survey):
    keys = [question.key for question in surveys.asked(survey)]
    assert keys[0] == "qualified_lead"
    assert "stage.mql.meaning" in keys


def test_a_draft_with_problems_can_be_asked_about_by_the_common_questions(people):
    draft = acts.start_file(actor(people.kai), "accord: 1\nname: Not done yet\n")
    survey = surveys.open_survey(actor(people.kai), draft.file)
    assert {question.key for question in surveys.asked(survey)} >= {"qualified_lead", "attempt"}


def test_a_second_survey_is_refused_while_one_is_open_and_welcome_after(people, survey):
    with pytest.raises(EditConflict, match="open already"):
        surveys.open_survey(actor(people.kai), survey.file)
    _answered(people, survey, mina={"attempt": "a call"}, omar={"attempt": "a call"})
    _close(people, survey)
    assert surveys.open_survey(actor(people.kai), survey.file).pk != survey.pk


# Answering


def test_answers_are_kept_by_person_and_can_be_changed_until_it_is_closed(people, survey):
    _answered(people, survey, mina={"attempt": "a call", "discarded": "students\n- Students\ncompetitors"})
    _answered(people, survey, mina={"attempt": "a call or a mail", "first_touch_minutes": "1,060"})
    kept = SurveyAnswer.objects.get(survey=survey)
    assert kept.answers == {"attempt": "a call or a mail", "first_touch_minutes": "1060"}
    assert kept.side == "marketing"
    _answered(people, survey, omar={"attempt": "a call"})
    _close(people, survey)
    with pytest.raises(EditConflict, match="closed in the meantime"):
        surveys.answer(actor(people.mina), survey, {"attempt": "other"})
    assert surveys.own_answers(survey, people.mina).answers["attempt"] == "a call or a mail"


@pytest.mark.parametrize(
    "text",
    ["one: two # three", "- a\n- b", '"quoted" \\ back', "  leading", "|", "{a: b}", "a\u2028x", "😀 فارسی"],
)
def test_what_was_typed_comes_back_as_it_was_typed(people, survey, text):
    _answered(people, survey, mina={"qualified_lead": text})
    kept = surveys.own_answers(survey, people.mina).answers["qualified_lead"]
    assert kept == text.strip() or kept.split() == text.split()


def test_every_answer_that_cannot_be_read_is_told_at_its_question_and_nothing_is_kept(people, survey):
    typed = {
        "first_touch_minutes": "soon",
        "automated_mail": "maybe",
        "attempt": "x" * 6000,
        "connect": "talk",
    }
    with pytest.raises(FormInvalid) as told:
        surveys.answer(actor(people.mina), survey, typed)
    errors, rest = surveys_reading.by_question(told.value, surveys.asked(survey))
    assert set(errors) == {"first_touch_minutes", "automated_mail", "attempt"}
    assert rest == []
    assert not SurveyAnswer.objects.exists()


def test_the_page_shows_errors_at_their_questions_with_what_was_typed(people, survey, client_of):
    answer = client_of(people.mina).post(
        _address(survey), {"q.first_touch_minutes": "soon", "q.connect": "a talk"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="soon"' in page
    assert "is no number; write digits" in page
    assert ">a talk</textarea>" in page


def test_an_answer_without_a_word_is_refused_and_nothing_is_kept(people, survey, client_of):
    answer = client_of(people.mina).post(_address(survey), {"q.attempt": "  ", "q.connect": ""})
    assert answer.status_code == 422
    assert "answer at least one question" in answer.content.decode()
    assert not SurveyAnswer.objects.exists()


def test_both_sides_are_told_of_an_open_survey_until_they_have_answered(people, started, client_of, settings):
    settings.EMAIL_BACKEND = "accord.server.mail.backend.Outbox"
    survey = surveys.open_survey(actor(people.mina), started)
    mails = {mail.to: mail.text for mail in Message.objects.all()}
    assert {"omar@acme.example", "leyla@acme.example", "sara@acme.example"} <= set(mails)
    assert not {"mina@acme.example", "kai@acme.example", "vera@acme.example"} & set(mails)
    assert _address(survey) in mails["omar@acme.example"]
    pages = ("/agreements/", f"/agreements/{started.slug}/", f"/agreements/{started.slug}/drafts/")
    told = ("A survey is open that you have not answered.", *["A survey is open: both sides are asked"] * 2)
    for page, words in zip(pages, told, strict=True):
        assert words in client_of(people.omar).get(page).content.decode()
        assert words not in client_of(people.kai).get(page).content.decode()
    _answered(people, survey, omar={"attempt": "a call"})
    for page, words in zip(pages, told, strict=True):
        assert words not in client_of(people.omar).get(page).content.decode()


def test_operations_and_viewers_are_not_asked(people, survey, client_of):
    for who in ("kai", "vera"):
        with pytest.raises(NotAllowed):
            surveys.answer(actor(people[who]), survey, {"attempt": "a call"})
        page = client_of(people[who]).get(_address(survey)).content.decode()
        assert 'name="q.' not in page


# Nobody sees what others said before it is closed


def _everything_reachable(client, survey) -> str:
    base, of = _address(survey), {"of": survey.pk}
    pages = [
        client.get(base),
        client.get(base, of),
        client.get("/audit/"),
        client.get("/audit/", {"text": WORDS[:-4]}),
    ]
    pages += [client.get(base, {**of, "form": form}) for form in ("empty", "mine", "txt", "json", "all", "x")]
    pages += [client.get(f"/agreements/{survey.file.slug}/"), client.get("/agreements/")]
    csv = b"".join(client.get("/audit/", {"form": "csv"}).streaming_content).decode()
    return csv + "".join(page.content.decode() for page in pages)


@pytest.mark.parametrize("reader", ["omar", "leyla", "sara", "kai", "hedda", "vera"])
def test_no_page_file_or_audit_shows_anybody_elses_answer_while_it_is_open(people, survey, client_of, reader):
    _answered(people, survey, mina={"qualified_lead": WORDS, "discarded": WORDS}, omar={"attempt": "a call"})
    client = client_of(people[reader])
    client.raise_request_exception = False
    assert WORDS not in _everything_reachable(client, survey)


def test_the_same_look_around_finds_the_answer_once_it_is_closed(people, survey, client_of):
    _answered(people, survey, mina={"qualified_lead": WORDS}, omar={"attempt": "a call"})
    _close(people, survey)
    client = client_of(people.omar)
    client.raise_request_exception = False
    assert WORDS in _everything_reachable(client, survey)


@pytest.mark.parametrize("reader", ["omar", "sara", "kai"])
def test_no_answer_of_the_api_shows_anybody_elses_answer_while_it_is_open(people, survey, reader):
    _answered(people, survey, mina={"qualified_lead": WORDS, "discarded": WORDS}, omar={"attempt": "a call"})
    api, path = Api(people[reader]), f"/agreements/{survey.file.slug}/surveys"
    one = f"{path}/{survey.pk}"
    told = [api.get(place) for place in (path, one, f"{one}/answers", f"{one}/comparison", "/audit")]
    assert WORDS not in "".join(answer.content.decode() for answer in told)
    assert told[3].status_code == 403
    assert "mina" not in told[2].content.decode()
    _close(people, survey)
    assert WORDS in api.get(f"{one}/comparison").content.decode()


def test_a_closing_and_an_answer_at_the_same_moment_leave_no_answer_behind_the_closing(people, survey):
    _answered(people, survey, mina={"attempt": "a call"}, omar={"attempt": "a call"})
    seen_open = Survey.objects.get(pk=survey.pk)
    _close(people, survey)
    with pytest.raises(EditConflict):
        surveys.answer(actor(people.leyla), seen_open, {"attempt": WORDS})
    assert not SurveyAnswer.objects.filter(user=people.leyla).exists()


def test_the_service_refuses_to_read_or_compare_while_it_is_open(people, survey):
    _answered(people, survey, mina={"qualified_lead": WORDS}, omar={"attempt": "a call"})
    for read in (surveys.filled, surveys.compared):
        with pytest.raises(NotAllowed, match="once the survey is closed"):
            read(survey)
    survey.closed_at = timezone.now()  # only in memory: what the database says counts
    with pytest.raises(NotAllowed):
        surveys.filled(survey)


def test_the_audit_says_who_answered_and_nothing_of_what(people, survey):
    _answered(people, survey, mina={"qualified_lead": WORDS})
    entry = Entry.objects.filter(action=Action.SURVEY_ANSWERED).get()
    assert entry.who == people.mina
    assert WORDS not in json.dumps(entry.detail) + entry.about + entry.link


def test_progress_names_people_and_sides_only(people, survey):
    _answered(
        people, survey, omar={"attempt": "a call"}, mina={"attempt": "a mail"}, sara={"attempt": "a fax"}
    )
    told = surveys.progress(survey)
    assert [(one.side, one.name) for one in told] == [
        (Side.MARKETING, people.mina.name), (Side.MARKETING, people.sara.name), (Side.SALES, people.omar.name)
    ]  # fmt: skip
    assert not hasattr(told[0], "answers")


# Closing


def test_a_side_that_is_silent_is_a_warning_before_closing(people, survey, client_of):
    _answered(people, survey, mina={"attempt": "a call"})
    with pytest.raises(InputError, match="nobody has answered for sales"):
        _close(people, survey)
    client = client_of(people.kai)
    warned = client.post(f"{_address(survey)}/close")
    assert warned.status_code == 409
    assert "nobody has answered for sales" in warned.content.decode()
    assert Survey.objects.get(pk=survey.pk).closed_at is None
    assert client.post(f"{_address(survey)}/close", {"without": "1"}).status_code == 302
    page = client.get(_address(survey)).content.decode()
    assert "Nobody answered for sales" in page
    assert "a call" in page


def test_closing_twice_is_told(people, survey):
    _answered(people, survey, mina={"attempt": "a call"}, omar={"attempt": "a call"})
    again = Survey.objects.get(pk=survey.pk)
    _close(people, survey)
    with pytest.raises(EditConflict, match="closed already"):
        _close(people, again)


def test_members_answer_but_do_not_open_or_close(people, survey, client_of):
    client = client_of(people.leyla)
    assert client.post(f"{_address(survey)}/close", {"without": "1"}).status_code == 403
    assert client.post(f"{_address(survey)}/open").status_code == 403
    assert client.post(_address(survey), {"q.attempt": "a call"}).status_code == 302


def test_answers_typed_while_it_was_closed_are_shown_again(people, survey, client_of):
    _answered(people, survey, mina={"attempt": "a call"}, omar={"attempt": "a call"})
    _close(people, survey)
    answer = client_of(people.leyla).post(
        f"{_address(survey)}?of={survey.pk}", {"q.attempt": "two calls and a mail"}
    )
    assert answer.status_code == 409
    assert "two calls and a mail" in answer.content.decode()
    assert SurveyAnswer.objects.filter(user=people.leyla).count() == 0


# Comparing


def test_it_says_where_sides_agree_differ_and_where_one_is_silent(people, survey, client_of):
    _answered(
        people, survey,
        mina={"attempt": "a call", "automated_mail": "counts", "discarded": "students", "connect": "a talk"},
        omar={"attempt": "a call", "automated_mail": "does not count", "discarded": "students\ncompetitors"},
    )  # fmt: skip
    _close(people, survey)
    verdicts = {row.question.key: row.verdict for row in surveys.compared(survey).rows}
    assert verdicts["attempt"] is Verdict.AGREE
    assert verdicts["automated_mail"] is Verdict.DIFFER
    assert verdicts["discarded"] is Verdict.DIFFER
    assert verdicts["connect"] is Verdict.ONE_SIDE
    page = client_of(people.vera).get(_address(survey)).content.decode()
    for words in ("They agree", "They differ", "One side only", "competitors", "does not count"):
        assert words in page
    assert f"/agreements/{survey.file.slug}/drafts/1/?section=definitions" in page


def test_two_people_of_one_name_are_told_apart(people, survey):
    people.tomas.name = people.mina.name
    people.tomas.save()
    _answered(people, survey, mina={"attempt": "a"}, tomas={"attempt": "b"}, omar={"attempt": "c"})
    _close(people, survey)
    assert len(set(surveys.compared(survey).people[Side.MARKETING])) == 2


def test_closed_surveys_stay_to_be_read_when_a_new_one_is_open(people, survey, client_of):
    _answered(people, survey, mina={"attempt": WORDS}, omar={"attempt": "a call"})
    _close(people, survey)
    surveys.open_survey(actor(people.kai), survey.file)
    client = client_of(people.omar)
    assert WORDS not in client.get(_address(survey)).content.decode()
    assert WORDS in client.get(_address(survey), {"of": survey.pk}).content.decode()
    assert client.get(_address(survey), {"of": "999999"}).status_code == 404


def test_stored_script_is_shown_as_text(people, survey, client_of):
    bad = "<script>alert(1)</script>"
    _answered(
        people, survey, mina={"attempt": bad, "discarded": bad}, omar={"attempt": "a call", "discarded": "x"}
    )
    _close(people, survey)
    assert bad not in client_of(people.omar).get(_address(survey)).content.decode()


# Files


def test_the_form_as_a_file_can_be_filled_in_and_handed_in(people, survey, client_of):
    client = client_of(people.mina)
    empty = client.get(_address(survey), {"form": "empty"}).content.decode()
    filled = empty.replace("person:  # your name", "person: Mina").replace(
        "  attempt: |", "  attempt: |\n    a call"
    )
    upload = SimpleUploadedFile("form.yaml", filled.encode())
    assert client.post(_address(survey), {"filled": upload}).status_code == 302
    assert surveys.own_answers(survey, people.mina).answers == {"attempt": "a call"}
    assert '"attempt": "a call"' in client.get(_address(survey), {"form": "mine"}).content.decode()


def test_a_form_of_the_other_side_or_in_another_encoding_is_refused(people, survey, client_of):
    client = client_of(people.omar)
    text = "accord_survey: 1\nagreement: Acme\nside: marketing\nperson: Mina\nanswers: {attempt: a call}\n"
    other = client.post(_address(survey), {"filled": SimpleUploadedFile("a.yaml", text.encode())})
    odd = client.post(_address(survey), {"filled": SimpleUploadedFile("a.yaml", text.encode("utf-16"))})
    assert (other.status_code, odd.status_code) == (400, 400)
    assert not SurveyAnswer.objects.exists()


def test_more_answers_take_no_more_queries(people, survey, client_of, django_assert_max_num_queries):
    client, counts = client_of(people.kai), []
    for more in (("mina", "omar"), ("sara", "tomas", "ines", "leyla")):
        _answered(people, survey, **{who: {"attempt": f"by {who}"} for who in more})
        with django_assert_max_num_queries(12) as queries:
            client.get(_address(survey))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    _close(people, survey)
    with django_assert_max_num_queries(12):
        client.get(_address(survey))
