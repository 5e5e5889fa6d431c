"""The definitions survey: asked apart, compared once it is closed."""

import json

from ninja import Query, Router, Status

from accord.agreement.survey.output import comparison_json
from accord.errors import PageUnknown
from accord.server.agreements import surveys
from accord.server.agreements.finding import find_file
from accord.server.agreements.models import Survey
from accord.server.agreements.surveys_reading import as_typed
from accord.server.api.operations.calling import Call, actor, owner
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of_rows
from accord.server.api.shapes import surveys as shape
from accord.server.api.shapes.common import Json, Page
from accord.server.api.showing import person_short

router = Router(tags=["Surveys"])
SURVEYS = "/agreements/{slug}/surveys"
SURVEY = f"{SURVEYS}/{{int:number}}"


@router.get(SURVEYS, url_name="surveys", response=Page[shape.SurveyShort])
def list_surveys(request: Call, slug: str, paging: Query[Paging]) -> PageOf:
    """List surveys.

    Every survey about an agreement, newest first.
    """
    rows = Survey.objects.filter(file=find_file(slug)).select_related("opened_by").defer("text")
    return page_of_rows(request, rows, paging, _short, by="-id")


@router.post(SURVEYS, url_name="surveys", response={201: shape.SurveyAnswer})
def open_survey(request: Call, slug: str) -> Status[Json]:
    """Open a survey.

    Asks both sides about the words of the newest draft, else of the version proposed last. One at a time.
    """
    return Status(201, _in_full(surveys.open_survey(actor(request), find_file(slug))))


@router.get(SURVEY, url_name="survey", response=shape.SurveyAnswer)
def read_survey(request: Call, slug: str, number: int) -> Json:
    """Read a survey.

    Its questions, and who has answered; what they answered is shown once it is closed.
    """
    return _in_full(_found(slug, number))


@router.get(f"{SURVEY}/answers", url_name="survey-answers", response=shape.OwnAnswers)
def read_answers(request: Call, slug: str, number: int) -> Json:
    """Read your own answers.

    Those of the token's owner; nobody else's while the survey is open.
    """
    kept = surveys.own_answers(_found(slug, number), owner(request))
    return {"at": kept.at if kept else None, "answers": kept.answers if kept else {}}


@router.put(f"{SURVEY}/answers", url_name="survey-answers", response=shape.OwnAnswers)
def answer(request: Call, slug: str, number: int, body: shape.OwnAnswersIn) -> Json:
    """Answer a survey.

    Your answers by the key of the question, instead of what you answered before.
    """
    kept = surveys.answer(actor(request), _found(slug, number), as_typed(body.answers))
    return {"at": kept.at, "answers": kept.answers}


@router.post(f"{SURVEY}/close", url_name="survey-close", response=shape.SurveyAnswer)
def close_survey(request: Call, slug: str, number: int, body: shape.SurveyCloseIn) -> Json:
    """Close a survey.

    From then on both sides see all answers, and nobody changes one.
    """
    survey = _found(slug, number)
    surveys.close(actor(request), survey, without=body.without)
    return _in_full(_found(slug, number))


@router.get(f"{SURVEY}/comparison", url_name="survey-comparison", response=shape.ComparisonAnswer)
def compare_answers(request: Call, slug: str, number: int) -> Json:
    """Compare the answers.

    Question by question where both sides agree and differ; refused while the survey is open.
    """
    found: Json = json.loads(comparison_json(surveys.compared(_found(slug, number))))
    return found


def _found(slug: str, number: int) -> Survey:
    survey = surveys.find_survey(find_file(slug), str(number))
    if survey is None:
        raise PageUnknown(str(number), noun=f"survey of {slug}")
    return survey


def _short(survey: Survey) -> Json:
    return {
        "id": survey.pk,
        "opened_by": person_short(survey.opened_by),
        "opened_at": survey.opened_at,
        "closed_at": survey.closed_at,
    }


def _in_full(survey: Survey) -> Json:
    asked = [
        {
            "key": one.key,
            "form": str(one.form),
            "ask": one.ask,
            "help": one.help,
            "options": list(one.options),
        }
        for one in surveys.asked(survey)
    ]
    answered = [{"name": one.name, "side": str(one.side), "at": one.at} for one in surveys.progress(survey)]
    return {**_short(survey), "questions": asked, "answered": answered}
