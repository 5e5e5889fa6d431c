"""What both sides are asked, apart from each other, before a definition is agreed (S1.15, DOMAIN 2.4 and 3).

The questions are the same for both sides. They say nothing of what the agreement defines already: who reads
a definition first repeats it. A question is known by its key alone, so that forms can be compared without
the agreement that they were made from.
"""

from dataclasses import dataclass
from enum import StrEnum

from accord.agreement.plain import clean, folded
from accord.agreement.terms import Agreement


class Form(StrEnum):
    TEXT = "text"  # a definition in one's own words
    LIST = "list"  # items, in any order
    NUMBER = "number"  # none below 0
    CHOICE = "choice"  # one of a few


@dataclass(frozen=True)
class Question:
    """One question: the key of its answer, what is asked, and what helps to answer it."""

    key: str
    form: Form
    ask: str
    help: str = ""
    options: tuple[str, ...] = ()


_OWNERS = ("marketing", "sales", "both")

COMMON = (
    Question(
        "qualified_lead",
        Form.TEXT,
        "What is a qualified lead: one that marketing may hand to sales?",
        "In a sentence or two by which a new hire would sort ten leads as you would.",
    ),
    Question(
        "company_attributes",
        Form.LIST,
        "Which attributes of a company belong to a qualified lead?",
        "Such as its market, number of employees, revenue, country, kind of business.",
    ),
    Question(
        "person_attributes",
        Form.LIST,
        "Which attributes of the person belong to a qualified lead?",
        "Such as role, department, part in the decision.",
    ),
    Question(
        "behaviours",
        Form.LIST,
        "Which behaviours show that somebody is ready to talk to sales?",
        "Such as looking at prices, asking for a demo, sending the boss or colleagues to the site; "
        "say if two visits are enough.",
    ),
    Question(
        "qualifies_at_once",
        Form.LIST,
        "Which actions qualify a lead at once, whatever else is known?",
        "Such as a request for a price or a call.",
    ),
    Question(
        "discarded",
        Form.LIST,
        "Which rules discard a lead before it reaches sales?",
        "Such as competitors, students, countries where you do not sell.",
    ),
    Question(
        "rejected_because",
        Form.LIST,
        "For which reasons may sales reject a lead, before any contact?",
        "Such as duplicate, missing data, outside the market, sent to the wrong team.",
    ),
    Question(
        "disqualified_because",
        Form.LIST,
        "For which reasons is a lead given up, after contact attempts?",
        "Such as no need, no budget, not reached after all attempts.",
    ),
    Question(
        "minimum_information",
        Form.LIST,
        "What must be known about a lead before it is passed on?",
        "Such as name, e-mail, phone, company, what the person did.",
    ),
    Question(
        "attempt",
        Form.TEXT,
        "What counts as an attempt?",
        "Think of a call that nobody answers, a voicemail after it, an e-mail, a message on a network.",
    ),
    Question(
        "automated_mail",
        Form.CHOICE,
        "Does mail that a machine sends count as an attempt?",
        options=("counts", "does not count"),
    ),
    Question(
        "connect",
        Form.TEXT,
        "What counts as a connect?",
        "Think of a short answer by mail, a callback, a call with an assistant.",
    ),
    Question(
        "first_touch_minutes",
        Form.NUMBER,
        "Within how many working minutes after the hand-off should sales first get in touch?",
        "For an ordinary lead; the agreement may say another time for each type.",
    ),
    Question(
        "attempts_before_return",
        Form.NUMBER,
        "After how many attempts without a connect should a lead go back to marketing?",
    ),
)
_BY_KEY = {question.key: question for question in COMMON}


def questions(agreement: Agreement) -> tuple[Question, ...]:
    """The common questions, then meaning and owner of every stage, then every other word it defines."""
    asked = [*COMMON]
    stages = {folded(stage.name) for stage in agreement.stages}
    for stage in agreement.stages:
        asked += [_meaning(stage.name), _owner(stage.name)]
    for word in agreement.definitions:
        if folded(word) not in stages and word not in _BY_KEY:
            asked.append(_word(word))
    return tuple(asked)


def question_of(key: str) -> Question | None:
    """The question that a key stands for; None for a key that stands for none."""
    if key in _BY_KEY:
        return _BY_KEY[key]
    for prefix, suffix, make in _PATTERNS:
        name = key[len(prefix) : len(key) - len(suffix)]
        if name and key == f"{prefix}{name}{suffix}":
            return make(name)
    return None


def _meaning(stage: str) -> Question:
    ask = f"When is somebody at the stage “{clean(stage, 60)}”?"
    return Question(f"stage.{stage}.meaning", Form.TEXT, ask, "What must be true, and who can see it.")


def _owner(stage: str) -> Question:
    ask = f"Who answers for the stage “{clean(stage, 60)}”?"
    return Question(f"stage.{stage}.owner", Form.CHOICE, ask, options=_OWNERS)


def _word(word: str) -> Question:
    return Question(f"word.{word}", Form.TEXT, f"What does “{clean(word, 60)}” mean here?")


_PATTERNS = (("stage.", ".meaning", _meaning), ("stage.", ".owner", _owner), ("word.", "", _word))
