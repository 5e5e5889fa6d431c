"""Surveys: what is asked, who has answered, what the token's owner said, and both sides compared."""

from typing import Any

from ninja import Field, Schema

from accord.server.api.shapes.common import Instant, PersonRef, Sent


class QuestionAnswer(Schema):
    """One question of a survey."""

    key: str
    form: str = Field(description="text, list, number or choice.")
    ask: str
    help: str
    options: list[str]


class Answered(Schema):
    """That somebody answered, and when last: not what."""

    name: str
    side: str
    at: Instant


class SurveyShort(Schema):
    """Both sides asked apart what they mean by their words."""

    id: int
    opened_by: PersonRef
    opened_at: Instant
    closed_at: Instant | None


class SurveyAnswer(SurveyShort):
    questions: list[QuestionAnswer]
    answered: list[Answered]


class OwnAnswers(Schema):
    """The answers of the token's owner, by the key of the question."""

    at: Instant | None
    answers: dict[str, str | list[str]]


class OwnAnswersIn(Sent):
    """A list is a list of texts; a number is written as text."""

    answers: dict[str, str | list[str]] = Field(max_length=500)


class SurveyCloseIn(Sent):
    without: bool = Field(False, description="Close it although a side has not answered at all.")


class ComparisonAnswer(Schema):
    """Where both sides agree and differ; docs/how-to/agree-on-definitions.md describes each key."""

    layout: int
    agreement: str
    people: dict[str, list[str]]
    counts: dict[str, int]
    questions: list[dict[str, Any]]
