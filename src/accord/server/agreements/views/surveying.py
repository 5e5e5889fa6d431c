"""The definitions survey's pages: ask, answer, close, compare."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.agreement.clauses.people import Side
from accord.agreement.survey.form import MOST_BYTES, SIDES, form_text, parse_form
from accord.agreement.survey.output import comparison_json, comparison_text
from accord.agreement.survey.questions import Question
from accord.errors import EditConflict, FormInvalid, InputError, PageUnknown
from accord.server.agreements import surveys, surveys_reading
from accord.server.agreements.finding import find_file
from accord.server.agreements.frame import user_of
from accord.server.agreements.models import AgreementFile, Draft, Survey
from accord.server.agreements.surveys_showing import shown_rows
from accord.server.agreements.uploads import text_in
from accord.server.audit.trail import actor_of


@dataclass(frozen=True)
class Field:
    """One question as the page asks it."""

    question: Question
    number: int
    typed: str
    errors: list[str]

    @property
    def name(self) -> str:
        return f"q.{self.question.key}"

    @property
    def how(self) -> str:
        return str(self.question.form)


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, slug: str) -> HttpResponse:
    """The survey that is open, else the one closed last, else the one that `of` names; POST answers it."""
    file = find_file(slug)
    found = surveys.find_survey(file, request.GET.get("of", ""))
    if request.method == "POST":
        return _answer(request, file, found)
    if found is not None and (form := request.GET.get("form", "")):
        return _download(request, found, form)
    return _page(request, file, found)


@require_POST
def open_survey(request: HttpRequest, slug: str) -> HttpResponse:
    opened = surveys.open_survey(actor_of(request), find_file(slug))
    messages.success(request, _("Both sides can answer now, each for itself."))
    return redirect(surveys.survey_link(opened))


@require_POST
def close_survey(request: HttpRequest, slug: str) -> HttpResponse:
    file = find_file(slug)
    found = surveys.find_survey(file)
    if found is None:
        raise PageUnknown(f"survey about {slug}")
    try:
        surveys.close(actor_of(request), found, without=bool(request.POST.get("without")))
    except EditConflict:
        raise
    except InputError as error:
        return _page(request, file, found, not_closed=str(error), status=409)
    return redirect(surveys.survey_link(found))


def _answer(request: HttpRequest, file: AgreementFile, found: Survey | None) -> HttpResponse:
    if found is None:
        raise PageUnknown(f"survey about {file.slug}")
    typed = {
        key.removeprefix("q."): str(value) for key, value in request.POST.items() if key.startswith("q.")
    }
    try:
        if "filled" in request.FILES:
            typed = _handed_in(request, found)
        surveys.answer(actor_of(request), found, typed)
    except FormInvalid as error:
        return _page(request, file, found, typed=typed, wrong=error, status=422)
    except EditConflict as error:
        found.refresh_from_db()
        return _page(request, file, found, typed=typed, not_kept=str(error), status=409)
    messages.success(request, _("Your answers are kept. You can change them until the survey is closed."))
    return redirect(surveys.survey_link(found))


def _handed_in(request: HttpRequest, found: Survey) -> dict[str, str]:
    """The answers of a form that was filled in elsewhere; it must be for the side that hands it in."""
    upload = cast("UploadedFile[Any]", request.FILES["filled"])
    form = parse_form(text_in(upload, MOST_BYTES), upload.name or "form")
    if form.side != user_of(request).side:
        raise InputError(f"this form speaks for {form.side}, and you are on the other side; hand in your own")
    return surveys_reading.as_typed(surveys_reading.as_kept(form))


def _page(
    request: HttpRequest,
    file: AgreementFile,
    found: Survey | None,
    *,
    typed: dict[str, str] | None = None,
    wrong: FormInvalid | None = None,
    not_kept: str = "",
    not_closed: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, object] = {
        "file": file,
        "survey": found,
        "not_kept": not_kept,
        "not_closed": not_closed,
    }
    context["past"] = Survey.objects.filter(file=file, closed_at__isnull=False).select_related("opened_by")
    if found is not None:
        context |= _of_survey(found)
        if found.closed_at is None:
            context |= _of_open(request, found, typed, wrong)
        else:
            context |= _of_closed(found)
            context["typed"] = typed
    return render(request, "agreements/survey.html", context, status=status)


def _of_survey(found: Survey) -> dict[str, object]:
    answered = surveys.progress(found)
    people = [(side, [one for one in answered if one.side is side]) for side in SIDES]
    return {"people": people, "silent": surveys.silent_sides(answered)}


def _of_open(
    request: HttpRequest, found: Survey, typed: dict[str, str] | None, wrong: FormInvalid | None
) -> dict[str, object]:
    if not surveys.is_asked(user_of(request)):
        return {"asked": False}
    mine = surveys.own_answers(found, user_of(request))
    values = surveys_reading.as_typed(mine.answers) if typed is None and mine else typed or {}
    questions = surveys.asked(found)
    errors, rest = surveys_reading.by_question(wrong, questions) if wrong else ({}, [])
    fields = [
        Field(one, number, values.get(one.key, ""), errors.get(one.key, []))
        for number, one in enumerate(questions, 1)
    ]
    return {"asked": True, "mine": mine, "fields": fields, "errors": rest, "wrong": bool(wrong)}


def _of_closed(found: Survey) -> dict[str, object]:
    comparison = surveys.compared(found)
    draft = found.file.drafts.filter(state=Draft.State.OPEN).order_by("-number").first()
    return {"comparison": comparison, "groups": shown_rows(comparison), "draft": draft}


def _download(request: HttpRequest, found: Survey, form: str) -> HttpResponse:
    """The empty form of the viewer's side, the viewer's own answers, or, once closed, all of it compared."""
    name = f"{slugify(found.file.title) or 'survey'}-{found.pk}"
    if form == "txt":
        return _file(comparison_text(surveys.compared(found)), f"{name}.txt", "text/plain")
    if form == "json":
        return _file(comparison_json(surveys.compared(found)), f"{name}.json", "application/json")
    if form not in ("empty", "mine") or not surveys.is_asked(user_of(request)):
        raise PageUnknown(form, ("empty", "mine", "txt", "json"))
    side = Side(user_of(request).side)
    if form == "empty":
        agreement = surveys.agreement_asked_about(found)
        if agreement is None:
            raise InputError("the draft that this survey asks about still has problems; answer on the page")
        return _file(form_text(agreement, side), f"{name}-{side}.yaml", "application/yaml")
    mine = surveys.own_answers(found, user_of(request))
    given = mine.answers if mine else {}
    text = surveys_reading.form_of(given, name=found.file.title, side=side, person=user_of(request).name)
    return _file(text, f"{name}-{side}-answers.yaml", "application/yaml")


def _file(text: str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
