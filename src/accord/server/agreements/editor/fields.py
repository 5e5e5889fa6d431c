"""The form of one section of an agreement, filled with what its text says.

A section is a clause of the top, or `general`, which holds the single words of the top, or `file`, which
shows what nobody writes by hand. What is shown follows from the model and from what is written: a bare value
that stands for a clause stands in the clause's first field, and what describes the only stream stands where
the text has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2s
from json import dumps
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from accord.agreement.clauses.funnels import BETWEEN, Funnel, LeadType
from accord.agreement.clauses.goals import Goal, Stream
from accord.agreement.reading.text import Path
from accord.agreement.reading.wording import show_path
from accord.agreement.terms import Agreement
from accord.agreement.writing.shorthands import written_out
from accord.agreement.writing.spelling import lines_of, spell
from accord.errors import Problem
from accord.server.agreements.editor.kinds import Kind, Term, label_of, terms_of

GENERAL, FILE = "general", "file"
_BY_SERVER: dict[str, str | Promise] = {  # shown, with why nobody writes it here
    "accord": _("The version of the file format. It is always 1."),
    "version": _("Set when the draft of a next version is started: one more than the version before."),
    "supersedes": _(
        "The digest of the version before, set when the draft is started. A first version has none."
    ),
    "status": _("How far a version has come follows from its signatures and its term, not from the text."),
}
MANY, MOST = 40, 150  # entries: beyond, only what is written is shown; beyond, nothing more
_DEEPEST = 8
_LIFTED: dict[type[BaseModel], type[BaseModel]] = {Goal: Stream, LeadType: Funnel}  # under `streams`, or here


@dataclass
class Part:
    """One control, or a group of controls, at one place of the text."""

    path: Path
    kind: Kind
    label: str
    help: str | Promise = ""
    value: str = ""  # as the text has it
    typed: str | None = None  # what was typed instead, and could not be taken into the text
    written: object = None  # as the text has it; None where it says nothing
    usual: str = ""
    example: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    parts: list["Part"] = field(default_factory=list)
    wanted: list["Part"] = field(default_factory=list)  # controls of a new entry
    left_out: int = 0  # entries that are not shown
    removable: bool = False
    inner: bool = False  # one of several alike: its help is not repeated for the eye
    fixed: bool = False  # only shown
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"at:{dumps(self.path, ensure_ascii=False)}"

    @property
    def switch(self) -> str:
        """What is sent beside a switch, so that one that is off can be told from one that is not there."""
        return f"switch:{self.place}"

    @property
    def place(self) -> str:
        """The path as buttons send it."""
        return dumps(self.path, ensure_ascii=False)

    @property
    def id(self) -> str:
        return id_of(self.place)

    @property
    def seal(self) -> str:
        """A short print of what the text says here: a control that comes with another was typed in."""
        return sealed(("true" if self.is_on else "false") if self.kind is Kind.FLAG else self.value)

    @property
    def shown(self) -> str:
        return show_path(self.path)

    @property
    def is_control(self) -> bool:
        return self.kind not in (Kind.CLAUSE, Kind.NAMED, Kind.LISTED, Kind.PAIRS)

    @property
    def is_long(self) -> bool:
        return "\n" in self.value or "\r" in self.value or len(self.value) > 60

    @property
    def is_on(self) -> bool:
        return (self.value or self.usual) == "true"

    @property
    def rows(self) -> int:
        return min(12, max(2, (self.typed or self.value).count("\n") + 2))

    def all(self) -> Iterator["Part"]:
        """Itself and all below."""
        yield self
        for part in self.parts:
            yield from part.all()

    def controls(self) -> Iterator["Part"]:
        return (part for part in self.all() if part.is_control and not part.fixed)


def sealed(value: str) -> str:
    """The print of a value, whichever line ends a browser gave it."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "surrogatepass")
    return blake2s(plain, digest_size=5).hexdigest()


def id_of(place: str) -> str:
    """The id of the part at a place, as the page has it."""
    return f"f-{blake2s(place.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


@lru_cache(maxsize=1)
def section_names() -> tuple[str, ...]:
    """The sections in the order of the file; last what the server writes."""
    return (GENERAL, *(term.key for term in terms_of(Agreement) if not _single(term)), FILE)


def section_of(key: str) -> str:
    """The section in which a key of the top stands."""
    if key in _BY_SERVER:
        return FILE
    return key if key in section_names() else GENERAL


def build(section: str, says: dict[str, Any]) -> Part:
    """The form of a section, from the plain values of the whole text."""
    if section == GENERAL:
        terms = [term for term in terms_of(Agreement) if _single(term) and term.key not in _BY_SERVER]
        known = {term.key for term in terms_of(Agreement)}
        parts = [_part(term, (term.key,), says.get(term.key)) for term in terms]
        parts += [_loose((key,), item) for key, item in says.items() if key not in known]
        return Part((), Kind.CLAUSE, GENERAL, parts=parts, written=says)
    if section == FILE:
        return Part((), Kind.CLAUSE, FILE, parts=[_shown_only(key, says.get(key)) for key in _BY_SERVER])
    term = next(term for term in terms_of(Agreement) if term.key == section)
    return _part(term, (section,), says.get(section))


def _shown_only(key: str, written: object) -> Part:
    value = written if isinstance(written, str) else in_box(written)
    return Part((key,), Kind.LINE, label_of(key), help=_BY_SERVER[key], value=value, fixed=True)


def _single(term: Term) -> bool:
    return term.kind in (Kind.LINE, Kind.CHOICE, Kind.FLAG)


def _part(term: Term, path: Path, written: object, *, inner: bool = False) -> Part:
    """The part for a term and what is written there; what does not fit the kind is shown as a small text."""
    part = Part(
        path,
        term.kind,
        label_of(term.key),
        term.help,
        written=written,
        usual=term.usual,
        example=term.example,
        required=term.required,
        choices=term.choices,
        inner=inner,
    )
    if len(path) > _DEEPEST or not _FILL[term.kind](part, term, written):
        part.kind, part.value, part.parts, part.wanted = Kind.BOX, in_box(written), [], []
    return part


def _line(part: Part, _: Term, written: object) -> bool:
    part.value = written if isinstance(written, str) else ""
    return written is None or isinstance(written, str)


def _flag(part: Part, term: Term, written: object) -> bool:
    if written not in (None, "true", "false"):
        part.kind = Kind.LINE
    return _line(part, term, written)


def _words(part: Part, _: Term, written: object) -> bool:
    items = [written] if isinstance(written, str) else written or []
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return False
    part.value = "\n".join(items)
    return not any("\n" in item or item != item.strip() or not item for item in items) and written != []


def _clause(part: Part, term: Term, written: object) -> bool:
    if isinstance(written, str):
        written = written_out(part.path, written)
        if written is None:
            return False
    if term.model is None or not (written is None or isinstance(written, dict)):
        return False
    part.parts = list(_parts_of(term.model, part.path, written or {}, inner=part.inner, brief=False))
    return True


def _pairs(part: Part, _: Term, written: object) -> bool:
    if isinstance(written, str):
        written = written_out(part.path, written)
        if written is None:
            return False
    if not (written is None or isinstance(written, dict)):
        return False
    pairs = dict(written or {})
    part.parts = [_loose((*part.path, key), item) for key, item in list(pairs.items())[:MOST]]
    part.left_out = max(0, len(pairs) - MOST)
    part.wanted = [_new_key(), Part(("=",), Kind.LINE, "Value", inner=True)]
    return True


def _several(part: Part, term: Term, written: object) -> bool:
    named = term.kind is Kind.NAMED
    if isinstance(written, str) and not named:
        written = [written]
    if term.model is None or not (written is None or isinstance(written, dict if named else list)):
        return False
    entries = list(written.items() if isinstance(written, dict) else enumerate(written or []))
    part.left_out = max(0, len(entries) - MOST)
    part.parts = [
        _entry(term.model, (*part.path, step), item, brief=len(entries) > MANY)
        for step, item in entries[:MOST]
    ]
    asked = [term for term in terms_of(term.model) if term.required]
    part.wanted = [_new_key()] if named else []
    part.wanted += [_part(term, (term.key,), None, inner=True) for term in asked]
    return True


def _entry(model: type[BaseModel], path: Path, written: object, *, brief: bool) -> Part:
    label = str(path[-1]) if isinstance(path[-1], str) else f"{path[-1] + 1}"
    part = Part(path, Kind.CLAUSE, label, written=written, removable=True, inner=True)
    says = written_out(path, written) if isinstance(written, str) else written
    if isinstance(says, dict):
        part.parts = list(_parts_of(model, path, says, inner=True, brief=brief))
    else:
        part.kind, part.value = Kind.BOX, in_box(written)
    return part


def _parts_of(
    model: type[BaseModel], path: Path, says: dict[str, Any], *, inner: bool, brief: bool
) -> Iterator[Part]:
    """The parts of a clause; keys that the model lacks stand below, to be taken away."""
    terms = {term.key: term for term in terms_of(model)}
    below = _LIFTED.get(model)
    if below is not None and "streams" not in says:
        terms.update({term.key: term for term in terms_of(below) if term.key not in (*terms, "share")})
    for key, term in terms.items():
        if key in ("rates", "evidence") and key not in says:
            continue  # rates stand beside this key
        if key in says or not brief:
            yield _part(term, (*path, key), says.get(key), inner=inner)
    loose = {key: item for key, item in says.items() if key not in terms}
    if model is Funnel or (below is Funnel and "streams" not in says):
        yield _rates(path, loose)
    else:
        yield from (_loose((*path, key), item) for key, item in loose.items())


def _rates(path: Path, loose: dict[str, Any]) -> Part:
    part = Part(path, Kind.PAIRS, "Rates", "Rates such as mql_to_sql, as 34% or 68 of 200.", inner=True)
    part.parts = [_loose((*path, key), item) for key, item in loose.items()]
    for rate in part.parts:
        rate.label = label_of(rate.label) if BETWEEN in rate.label else rate.label
    part.wanted = [_new_key(f"mql{BETWEEN}sql"), Part(("=",), Kind.LINE, "Value", example="34%", inner=True)]
    return part


def _loose(path: Path, written: object) -> Part:
    """One key with its value, whatever it is, that can be taken away."""
    kind = Kind.LINE if isinstance(written, str) or written is None else Kind.BOX
    value = written if isinstance(written, str) else in_box(written)
    return Part(path, kind, str(path[-1]), value=value, written=written, removable=True, inner=True)


def _new_key(example: str = "") -> Part:
    return Part(("",), Kind.LINE, "New name", example=example, required=True, inner=True)


def in_box(written: object) -> str:
    """A value as a small text of its own; empty for nothing."""
    if written is None:
        return ""
    line = spell(written, in_braces=False)
    below = lines_of(written, 0) if len(line) > 60 else None
    return "\n".join(below) if below else line


def _box(part: Part, _: Term, written: object) -> bool:
    part.value = in_box(written)
    return True


_FILL = {
    Kind.LINE: _line,
    Kind.CHOICE: _line,
    Kind.FLAG: _flag,
    Kind.WORDS: _words,
    Kind.PAIRS: _pairs,
    Kind.CLAUSE: _clause,
    Kind.NAMED: _several,
    Kind.LISTED: _several,
    Kind.BOX: _box,
}


def attach(form: Part, problems: list[Problem]) -> None:
    """Each problem at its control, or at the nearest group around it."""
    places = {part.shown: part for part in reversed(list(form.all()))}
    for problem in problems:
        path = problem.path
        while path and path not in places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        if path in places and (path or not form.path):
            places[path].problems.append(problem)
