"""The form of one person: written for people to fill in as YAML, and read with every problem and its line."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path as FilePath

from accord.agreement.clauses.clause import quoted
from accord.agreement.clauses.people import Side
from accord.agreement.plain import clean, folded
from accord.agreement.reading.text import Flaw, Node, Path, Unreadable, read_tree
from accord.agreement.reading.wording import find, show_path
from accord.agreement.survey.questions import Form, Question, question_of, questions
from accord.agreement.terms import Agreement
from accord.errors import FormInvalid, InputError, Problem, nearest

SIDES = (Side.MARKETING, Side.SALES)
MOST_BYTES = 800_000
MOST_CHARACTERS = 5_000  # of one text
MOST_ITEMS = 200  # of one list
_KEYS = ("accord_survey", "agreement", "side", "person", "answers")
_PLAIN = re.compile(r"[A-Za-z_][\w.]*")
_NUMBER = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")

Answer = str | Decimal | tuple[str, ...]


@dataclass(frozen=True)
class Filled:
    """What one person answered: `asked` are the keys of the form, those left empty are not in `answers`.

    A list holds each item once, in the spelling that came first.
    """

    file: str
    agreement: str
    side: Side
    person: str
    asked: tuple[str, ...]
    answers: Mapping[str, Answer]


# Writing -----------------------------------------------------------------------------------------------


def form_text(agreement: Agreement, side: Side) -> str:
    """An empty form for one person of a side: what is asked stands in comments above each answer."""
    if side not in SIDES:
        raise InputError(f"{side} is no side that is asked; make a form for marketing or for sales")
    name = clean(getattr(agreement.parties, side), 80)
    head = [
        f"Definitions survey: {clean(agreement.name, 200)}",
        f"For {name} ({side}). Answer for yourself, before you talk to the other side about it.",
        "Leave empty what you cannot say. Texts go on lines of their own under the question, lists take "
        "one item a line after `- `, both indented by four blanks.",
    ]
    lines = [*_comment(" ".join(head[:1]), ""), *_comment(head[1], ""), *_comment(head[2], "")]
    lines += ["accord_survey: 1", f"agreement: {json.dumps(agreement.name, ensure_ascii=False)}"]
    lines += [f"side: {side}", "person:  # your name", "", "answers:"]
    for number, question in enumerate(questions(agreement), 1):
        lines += ["", *_asked(number, question)]
    return "\n".join(lines) + "\n"


def _asked(number: int, question: Question) -> Iterator[str]:
    how = {
        Form.TEXT: "",
        Form.LIST: " (a list)",
        Form.NUMBER: " (a number)",
        Form.CHOICE: f" ({' / '.join(question.options)})",
    }[question.form]
    yield from _comment(f"{number}. {question.ask}{how}", "  ")
    if question.help:
        yield from _comment(question.help, "  ")
    key = question.key if _PLAIN.fullmatch(question.key) else json.dumps(question.key, ensure_ascii=False)
    yield f"  {key}: |" if question.form is Form.TEXT else f"  {key}:"


def _comment(text: str, indent: str) -> list[str]:
    start = f"{indent}# "
    return textwrap.wrap(text, 110, initial_indent=start, subsequent_indent=start, break_long_words=False)


# Reading -----------------------------------------------------------------------------------------------


def read_form(path: str | FilePath) -> Filled:
    """The filled form in a file; FormInvalid with every problem, InputError where it is no text."""
    try:
        raw = FilePath(path).read_bytes()
        if len(raw) > MOST_BYTES:
            raise InputError(f"{path} is too big for a form ({len(raw):,} bytes); name the right file")
        return parse_form(raw.decode("utf-8-sig"), str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); name a filled form") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not in UTF-8; save it as UTF-8") from None


def parse_form(text: str, file: str = "<form>") -> Filled:
    """The filled form that `text` holds; FormInvalid carries every problem, each with line and path."""
    try:
        tree, flaws = read_tree(text)
    except Unreadable as stopped:
        raise FormInvalid([_of_text(file, stopped.flaw)]) from None
    reader = _Reader(file, tree)
    reader.problems += [_of_text(file, flaw) for flaw in flaws if not _left_empty(tree, flaw.path)]
    filled = reader.form()
    if reader.problems or filled is None:
        raise FormInvalid(dict.fromkeys(reader.problems))
    return filled


def _left_empty(tree: Node, path: Path) -> bool:
    """Whether a flaw is only that an answer, or an item of one, was left empty."""
    place = find(tree, path)
    depth = len(path)
    answer = depth == 2 or (depth == 3 and isinstance(path[2], int))
    return place.exact and place.node.value is None and path[:1] == ("answers",) and answer


def _of_text(file: str, flaw: Flaw) -> Problem:
    if flaw.path == ("person",) and flaw.what == "no value is given":
        return Problem(file, flaw.line, "person", "nobody's name is given", "fill in the form first")
    allowed = flaw.allowed.replace("an agreement starts with `accord: 1`", "make one with accord survey")
    return Problem(file, flaw.line, show_path(flaw.path), flaw.what, allowed.replace("agreement", "form"))


@dataclass
class _Reader:
    file: str
    tree: Node
    problems: list[Problem] = field(default_factory=list)

    def form(self) -> Filled | None:
        root = self.tree.value
        if not isinstance(root, dict):
            self._problem((), "a form is a mapping of keys to values", "make one with accord survey")
            return None
        for key in root:
            if key not in _KEYS:
                self._problem((key,), "unknown key", nearest(key, _KEYS).removeprefix("; "))
        if self._word(root, "accord_survey", "write `accord_survey: 1`") not in ("1", ""):
            self._problem(("accord_survey",), "forms of this kind are not known", "write 1")
        name = self._word(root, "agreement", "write the agreement's name")
        side = self._word(root, "side", "write marketing or sales")
        person = self._word(root, "person", "write your name")
        asked, answers = self._answers(root.get("answers"))
        if side and side not in SIDES:
            self._problem(("side",), f"{quoted(side)} is no side that is asked", "write marketing or sales")
        if self.problems:
            return None
        return Filled(self.file, name, Side(side), " ".join(person.split()), asked, answers)

    def _word(self, root: Mapping[str, Node], key: str, allowed: str) -> str:
        """The text under a key at the top; empty, with a problem, where there is none."""
        node = root.get(key)
        if node is None:
            self._problem((key,), "this key is missing", allowed)
        elif node.value is not None and (not isinstance(node.value, str) or not node.value.strip()):
            self._problem((key,), "a text is expected", allowed)
        return node.value.strip() if node is not None and isinstance(node.value, str) else ""

    def _answers(self, node: Node | None) -> tuple[tuple[str, ...], dict[str, Answer]]:
        if node is None or node.value is None:
            return (), {}
        if not isinstance(node.value, dict):
            self._problem(("answers",), "answers are keys with values", "make a form with accord survey")
            return (), {}
        found: dict[str, Answer] = {}
        for key, given in node.value.items():
            question = question_of(key)
            if question is None:
                self._problem(("answers", key), "no question goes by this key", "keep the keys of the form")
                continue
            answer = self._answer(question, given)
            if answer is not None and answer not in ("", ()):
                found[key] = answer
        return tuple(node.value), found

    def _answer(self, question: Question, node: Node) -> Answer | None:
        path: Path = ("answers", question.key)
        if node.value is None:
            return None
        if question.form is Form.LIST:
            return self._items(path, node)
        if not isinstance(node.value, str):
            self._problem(path, f"a {question.form} is expected", "write one value, in quotes if need be")
            return None
        text = node.value.strip()
        if question.form is Form.TEXT:
            return self._short(path, text, MOST_CHARACTERS)
        return (
            self._number(path, text) if question.form is Form.NUMBER else self._choice(path, text, question)
        )

    def _items(self, path: Path, node: Node) -> tuple[str, ...]:
        lines = node.value.splitlines() if isinstance(node.value, str) else []
        items = {at: line.strip().removeprefix("- ") for at, line in enumerate(lines)}
        if isinstance(node.value, dict):
            self._problem(path, "a list is expected", "write one item a line, each after `- `")
        if isinstance(node.value, list):
            for at, item in enumerate(node.value):
                if isinstance(item.value, str):
                    items[at] = item.value
                elif item.value is not None:
                    self._problem((*path, at), "an item is one text", "put it in quotes if it has a colon")
        if len(items) > MOST_ITEMS:
            self._problem(path, f"the list has {len(items):,} items", f"at most {MOST_ITEMS} are read")
        kept: dict[str, str] = {}
        for at, text in items.items():
            if item_key(text):
                kept.setdefault(item_key(text), self._short((*path, at), " ".join(text.split()), 300))
        return tuple(kept.values())

    def _short(self, path: Path, text: str, most: int) -> str:
        if len(text) > most:
            self._problem(path, f"this has {len(text):,} characters", f"say it in {most:,}")
        return text[:most]

    def _number(self, path: Path, text: str) -> Decimal | None:
        if not text:
            return None
        if _NUMBER.fullmatch(text) and len(text) <= 20:
            return Decimal(text.replace(",", ""))
        self._problem(path, f"{quoted(text)} is no number", "write digits, such as 60")
        return None

    def _choice(self, path: Path, text: str, question: Question) -> str | None:
        chosen = [option for option in question.options if item_key(option) == item_key(text)]
        if not chosen and text:
            self._problem(path, f"{quoted(text)} is not one of the answers", f"write {_or(question.options)}")
        return chosen[0] if chosen else None

    def _problem(self, path: Path, what: str, allowed: str) -> None:
        line = find(self.tree, path).line
        self.problems.append(Problem(self.file, line, show_path(path), what, allowed))


def item_key(text: str) -> str:
    """What makes two items one: `Missing_data` and `missing data` are."""
    return folded(text.replace("_", " ").replace("-", " ")).strip(" .,;:")


def _or(options: tuple[str, ...]) -> str:
    *most, last = options
    return f"{', '.join(most)} or {last}"
