"""The definitions survey: both sides answer apart, and then see how their words differ (S1.15).

While a survey is open nobody reads anybody else's answers: `own_answers` is the only way to any, and it hands
out one person's own. Whatever shows what others said goes through `filled`, which refuses until it is closed.
Pages, API and audit hold to that, so that the first answer read does not become everybody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accord.agreement.clauses.people import Side
from accord.agreement.parse import parse_agreement
from accord.agreement.signing.judge import judge
from accord.agreement.survey import compare as comparing
from accord.agreement.survey.form import SIDES, Answer, Filled
from accord.agreement.survey.questions import COMMON, Form, Question, questions
from accord.agreement.terms import Agreement
from accord.errors import (
    AgreementInvalid,
    EditConflict,
    FormInvalid,
    InputError,
    NotAllowed,
    PageUnknown,
    Problem,
)
from accord.server.agreements import letters_survey
from accord.server.agreements.models import AgreementFile, Draft, Survey, SurveyAnswer
from accord.server.agreements.surveys_reading import as_kept, read_typed
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.models import User


@dataclass(frozen=True)
class Answered:
    """That somebody answered, and when last: not what."""

    name: str
    side: Side
    at: datetime


# Opening, answering, closing ---------------------------------------------------------------------------


@transaction.atomic
def open_survey(by: Actor, file: AgreementFile) -> Survey:
    """Ask both sides about the words of the newest draft, else of the version proposed last.

    EditConflict where a survey is open already: there is one at a time.
    """
    try:
        with transaction.atomic():
            survey = Survey.objects.create(file=file, text=_text_to_ask_about(file), opened_by=_user(by))
    except IntegrityError:
        raise EditConflict("a survey about this agreement is open already; answer that one") from None
    record(by, Action.SURVEY_OPENED, file, link=survey_link(survey))
    letters_survey.ask(survey, _user(by))
    return survey


@transaction.atomic
def answer(by: Actor, survey: Survey, typed: Mapping[str, str]) -> SurveyAnswer:
    """Keep somebody's answers, by the key of the question, instead of what the person answered before.

    A list has one item a line; what is left empty is no answer, and one at least is asked for. FormInvalid
    with every problem, NotAllowed for somebody of neither side, EditConflict once the survey is closed.
    """
    user = _must_be_asked(_user(by))
    kept = as_kept(
        read_typed(asked(survey), typed, name=survey.file.title, side=Side(user.side), person=user.name)
    )
    if not kept:
        raise _nothing_answered()
    _must_stay_open(survey)
    found, _ = SurveyAnswer.objects.update_or_create(
        survey=survey, user=user, defaults={"side": user.side, "answers": kept, "at": timezone.now()}
    )
    record(by, Action.SURVEY_ANSWERED, survey.file, link=survey_link(survey))
    return found


@transaction.atomic
def close(by: Actor, survey: Survey, *, without: bool = False) -> None:
    """Close it: from now on both sides see all answers, and nobody changes one.

    InputError where a side has not answered at all, unless that is meant: `without`.
    """
    silent = silent_sides(progress(survey))
    if silent and not without:
        raise InputError(
            f"nobody has answered for {' or '.join(silent)}, so there will be nothing to compare; "
            "wait for them, or say that you close it without them"
        )
    if not Survey.objects.filter(pk=survey.pk, closed_at=None).update(closed_at=timezone.now()):
        raise EditConflict("this survey is closed already; read what both sides said")
    survey.refresh_from_db(fields=["closed_at"])
    record(by, Action.SURVEY_CLOSED, survey.file, link=survey_link(survey))


# Reading -----------------------------------------------------------------------------------------------


def own_answers(survey: Survey, user: User) -> SurveyAnswer | None:
    """What somebody answered themselves."""
    return SurveyAnswer.objects.filter(survey=survey, user=user).first()


def progress(survey: Survey) -> tuple[Answered, ...]:
    """Who has answered so far, by side and name."""
    rows = SurveyAnswer.objects.filter(survey=survey).values_list("user__name", "side", "at")
    return tuple(
        sorted(
            (Answered(name, Side(side), at) for name, side, at in rows), key=lambda one: (one.side, one.name)
        )
    )


def silent_sides(answered: tuple[Answered, ...]) -> tuple[Side, ...]:
    """The sides for which nobody has answered yet."""
    return tuple(side for side in SIDES if all(one.side is not side for one in answered))


def filled(survey: Survey) -> tuple[Filled, ...]:
    """Everybody's answers as filled forms; NotAllowed while the survey is open."""
    if not Survey.objects.filter(pk=survey.pk, closed_at__isnull=False).exists():
        raise NotAllowed("answers are shown once the survey is closed, so that each side speaks for itself")
    rows = list(SurveyAnswer.objects.filter(survey=survey).select_related("user"))
    names = [row.user.name for row in rows]
    keys = tuple(question.key for question in asked(survey))
    return tuple(
        _filled(survey, row, keys, row.user.name if names.count(row.user.name) == 1 else _apart(row.user))
        for row in rows
    )


def compared(survey: Survey) -> comparing.Comparison:
    """Question by question where both sides agree and differ; a side that is silent has no answers.

    NotAllowed while the survey is open.
    """
    forms = list(filled(survey))
    for side in SIDES:
        if all(form.side is not side for form in forms):
            keys = tuple(question.key for question in asked(survey))
            forms.append(Filled("", survey.file.title, side, "nobody", keys, {}))
    return comparing.compare(forms)


def find_survey(file: AgreementFile, number: str = "") -> Survey | None:
    """A survey by its number, else the open one, else the one closed last; None where there never was one."""
    surveys = Survey.objects.filter(file=file).select_related("file", "opened_by")
    if number:
        found = surveys.filter(pk=int(number)).first() if _is_number(number) else None
        if found is None:
            raise PageUnknown(f"survey {number}")
        return found
    return surveys.order_by(F("closed_at").desc(nulls_first=True)).first()


def unanswered(user: User) -> frozenset[int]:
    """The files with an open survey that somebody is asked in and has not answered."""
    if not is_asked(user):
        return frozenset()
    answered = SurveyAnswer.objects.filter(user=user).values("survey")
    waiting = Survey.objects.filter(closed_at__isnull=True).exclude(pk__in=answered)
    return frozenset(waiting.values_list("file", flat=True))


def agreement_asked_about(survey: Survey) -> Agreement | None:
    """The agreement whose words are asked about; None where its text still has problems."""
    return _agreement(survey.text)


def asked(survey: Survey) -> tuple[Question, ...]:
    """The questions: the common ones, and those about stages and words of an agreement that can be read."""
    agreement = agreement_asked_about(survey)
    return COMMON if agreement is None else questions(agreement)


def is_asked(user: User) -> bool:
    return user.side in SIDES


def survey_link(survey: Survey) -> str:
    return f"{reverse('survey', args=[survey.file.slug])}?of={survey.pk}"


# Within ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _agreement(text: str) -> Agreement | None:
    try:
        return parse_agreement(text)
    except AgreementInvalid:
        return None


def _text_to_ask_about(file: AgreementFile) -> str:
    draft = file.drafts.filter(state=Draft.State.OPEN).order_by("-number").first()
    if draft is not None:
        return draft.text
    proposals = judge(file.chain()).proposals
    return proposals[-1].entry.text if proposals else ""


def _nothing_answered() -> FormInvalid:
    return FormInvalid([Problem("the page", 0, "", "nothing is answered", "answer at least one question")])


def _must_stay_open(survey: Survey) -> None:
    """Hold the survey open to the end of the transaction: a closing waits, or came first."""
    if not Survey.objects.filter(pk=survey.pk, closed_at=None).update(opened_at=F("opened_at")):
        raise EditConflict("the survey was closed in the meantime; your answers were not kept")


def _must_be_asked(user: User) -> User:
    if not is_asked(user):
        raise NotAllowed("this survey asks marketing and sales; ask one of them to answer it")
    return user


def _user(by: Actor) -> User:
    if by.user is None:
        raise InputError("a survey is answered by a person; sign in first")
    return by.user


def _filled(survey: Survey, row: SurveyAnswer, keys: tuple[str, ...], name: str) -> Filled:
    forms = {question.key: question.form for question in asked(survey)}
    answers = {key: _value(forms[key], value) for key, value in row.answers.items() if key in forms}
    return Filled(name, survey.file.title, Side(row.side), name, keys, answers)


def _value(form: Form, kept: Any) -> Answer:
    if form is Form.LIST:
        return tuple(kept)
    return Decimal(kept) if form is Form.NUMBER else str(kept)


def _apart(user: User) -> str:
    """Two people of one name are told apart by their addresses."""
    return f"{user.name} ({user.email})"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
