"""From what somebody typed into a page to the answers of a form, by the reader of forms itself.

What was typed is written as a form in YAML and read back by `accord.agreement.survey.form`, so that page and
command line refuse the same things in the same words.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from accord.agreement.clauses.people import Side
from accord.agreement.reading.wording import show_path
from accord.agreement.survey.form import Answer, Filled, parse_form
from accord.agreement.survey.questions import Form, Question
from accord.errors import FormInvalid

Kept = dict[str, str | list[str]]  # answers as JSON keeps them, by the key of the question


def read_typed(
    asked: Iterable[Question], typed: Mapping[str, str], *, name: str, side: Side, person: str
) -> Filled:
    """The answers among `typed`; FormInvalid has every problem, `by_question` says which belongs where."""
    given: Kept = {}
    for question in asked:
        text = _plain(typed.get(question.key, ""))
        if text.strip():
            given[question.key] = text.splitlines() if question.form is Form.LIST else text
    return parse_form(form_of(given, name=name, side=side, person=person), "the page")


def form_of(given: Mapping[str, str | list[str]], *, name: str, side: Side, person: str) -> str:
    """A filled form as YAML, as `accord survey` reads it."""
    head = ["accord_survey: 1", f"agreement: {_quoted(name)}", f"side: {side}", f"person: {_quoted(person)}"]
    if not given:
        return "\n".join(head) + "\n"
    return (
        "\n".join([*head, "answers:", *(f"  {_quoted(key)}: {_value(item)}" for key, item in given.items())])
        + "\n"
    )


def as_kept(form: Filled) -> Kept:
    """Answers as they are kept: texts and lists of texts, a number by its digits."""
    return {key: _kept(answer) for key, answer in form.answers.items()}


def as_typed(kept: Mapping[str, str | list[str]]) -> dict[str, str]:
    """The inverse of reading: what stands in the fields of the page."""
    return {key: "\n".join(value) if isinstance(value, list) else value for key, value in kept.items()}


def by_question(error: FormInvalid, asked: Iterable[Question]) -> tuple[dict[str, list[str]], list[str]]:
    """The problems by the key of their question, and those that belong to none."""
    paths = {show_path(("answers", question.key)): question.key for question in asked}
    found: dict[str, list[str]] = {}
    rest: list[str] = []
    for problem in error.problems:
        key = next((key for path, key in paths.items() if _under(problem.path, path)), None)
        said = f"{problem.what}; {problem.allowed}"
        found.setdefault(key, []).append(said) if key else rest.append(said)
    return found, rest


def _under(path: str, start: str) -> bool:
    return path == start or (path.startswith(start) and path[len(start)] in ".[")


def _kept(answer: Answer) -> str | list[str]:
    if isinstance(answer, Decimal):
        return f"{answer:f}"
    return list(answer) if isinstance(answer, tuple) else answer


def _plain(text: str) -> str:
    """Line ends as `\\n`, without NUL, which PostgreSQL has no place for."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _value(item: str | list[str]) -> str:
    return f"[{', '.join(map(_quoted, item))}]" if isinstance(item, list) else _quoted(item)


def _quoted(text: str) -> str:
    """A text in double quotes as YAML and JSON both read it; line separators that YAML folds are escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    for sign in "\x85\u2028\u2029":
        quoted = quoted.replace(sign, f"\\u{ord(sign):04x}")
    return quoted
