"""The import map: how exports of other systems become the log, as text (docs/reference/import-map.md).

`read_map` gives the whole map or, as MapInvalid, everything that is wrong with it.
"""

import codecs
import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, ValidationError, model_validator

from accord.agreement.clauses.clause import Clause, one_or_many
from accord.errors import MapInvalid, Problem
from accord.lead.events import LEAD_COLUMNS, Side
from accord.sources.fields import (
    ISO,
    ChannelOf,
    Clock,
    Count,
    Decimals,
    Formats,
    KindOf,
    LeadId,
    Number,
    SideOf,
    Text,
    TextField,
    Texts,
    Time,
    Zone,
)
from accord.sources.map_problems import problems_of
from accord.sources.marked import Marked, read_marked
from accord.sources.marked import Path as MapPath

VERSION = "1"
_NAME = re.compile(r"\w[\w.\- ]{0,99}")


def _encoding(name: str) -> str:
    try:
        "".encode(name)  # refuses what is no encoding of texts
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise ValueError(f"no encoding named {name!r}; write such as utf-8, utf-16, cp1252") from None


def _delimiter(text: str) -> str:
    sign = {"tab": "\t", r"\t": "\t"}.get(text, text)
    if len(sign) != 1 or sign in '"\r\n' or not sign.isascii():
        raise ValueError(f"{text!r} cannot part columns; write one sign such as ; or the word tab")
    return sign


def _named(value: Any) -> Any:
    if isinstance(value, str):
        return {value: value}
    if isinstance(value, list):
        return {name: name for name in value if isinstance(name, str)}
    return value


def _version(text: str) -> str:
    if text != VERSION:
        raise ValueError(f"this release reads maps of version {VERSION}, not {text!r}")
    return text


Encoding = Annotated[str, AfterValidator(_encoding)]
Delimiter = Annotated[str, AfterValidator(_delimiter)]


class Condition(Clause):
    """What a row's column must be: one of `among`, none of `no`, empty or not; all that are given hold."""

    among: Texts | None = None
    no: Texts | None = None
    empty: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, str | list):
            return {"among": value}
        if isinstance(value, dict) and set(value) <= {"is", "not", "empty"}:
            return {{"is": "among", "not": "no"}.get(key, key): part for key, part in value.items()}
        return value

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.among is None and self.no is None and self.empty is None:
            raise ValueError("tests nothing; write a value, a list of values, `not:` or `empty:`")
        if self.empty is not None and self.empty.lower() not in ("yes", "no", "true", "false"):
            raise ValueError(f"{self.empty!r} is neither yes nor no")
        return self

    @property
    def wants_empty(self) -> bool | None:
        return None if self.empty is None else self.empty.lower() in ("yes", "true")


Conditions = dict[str, Condition]


class Join(Clause):
    """Columns looked up in another file by a key: a row without a match keeps them empty."""

    read: str
    on: Annotated[dict[str, str], BeforeValidator(lambda v: {v: v} if isinstance(v, str) else v)]
    take: Annotated[dict[str, str], BeforeValidator(_named)]
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if len(self.on) != 1:
            raise ValueError("needs exactly one key; write `on: column` or `on: {our_column: their_column}`")
        return self


class EventRule(Clause):
    """One event that a row can tell of."""

    kind: KindOf
    at: Time
    recorded_at: Time | None = None
    actor: Text | None = None
    side: SideOf | None = None
    channel: ChannelOf | None = None
    outcome: Text | None = None
    reason: Text | None = None
    amount: Number | None = None
    value: Number | None = None
    agreement: Text | None = None
    calendar: Text | None = None
    due_at: Time | None = None
    when: Conditions = Field(default_factory=dict)
    first_per: str | None = None  # only the earliest row for each value of this column
    repeat: Count | None = None  # as many events as this column says
    if_empty: str | None = None  # skip or reject rows without a time

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        if self.if_empty not in (None, "skip", "reject"):
            raise ValueError(f"if_empty is {self.if_empty!r}; write skip or reject")
        return self

    @property
    def needs_time(self) -> bool:
        """A row says by its kind or by `when` that this happened: a missing time is a fault, not a no."""
        if self.if_empty is not None:
            return self.if_empty == "reject"
        return self.kind.constant is None or bool(self.when)


class Attributes(Clause):
    """What is known about the lead itself."""

    contact: Text | None = None
    account: Text | None = None
    created_at: Time | None = None
    lead_type: Text | None = None
    stream: Text | None = None
    segment: Text | None = None
    persona: Text | None = None
    source: Text | None = None
    source_owner: Text | None = None

    def given(self) -> dict[str, TextField]:
        """The attributes that the map names, in the log's order."""
        fields = ((name, getattr(self, name)) for name in LEAD_COLUMNS if name != "lead")
        return {name: found for name, found in fields if found is not None}


class FileMap(Clause):
    """One kind of export: which files, how to read them, what their rows say."""

    read: Texts
    lead: LeadId
    attributes: Attributes = Attributes()
    events: tuple[EventRule, ...] = ()
    join: Annotated[tuple[Join, ...], BeforeValidator(one_or_many)] = ()
    where: Conditions = Field(default_factory=dict)
    translate: dict[str, dict[str, str]] = Field(
        default_factory=dict
    )  # column → as it stands → as it should stand
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    zone: Zone | None = None
    times: Formats | None = None
    date_only: Clock | None = None
    decimal: Decimals | None = None
    empty: Texts | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.events and not self.attributes.given():
            raise ValueError("makes neither events nor attributes of its rows; give `events` or `attributes`")
        return self


class ImportMap(Clause):
    """A whole map. `base` is the folder that its paths are relative to."""

    version: Annotated[str, AfterValidator(_version)]
    name: str = ""
    files: tuple[FileMap, ...]
    sides: dict[Side, Texts] = Field(
        default_factory=dict
    )  # who acts for which side: names, or patterns with *
    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    zone: Zone | None = None
    times: Formats = (ISO,)
    date_only: Clock = "00:00"
    decimal: Decimals = "."
    empty: Texts = ()

    _marked: Marked = PrivateAttr(default_factory=lambda: Marked("map"))
    _base: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.files:
            raise ValueError("reads no file; give `files`")
        if self.name and not _NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r} cannot name a file; use letters, digits, - and _")
        return self

    @property
    def base(self) -> Path:
        return self._base

    def problem(self, path: MapPath, what: str, allowed: str = "") -> Problem:
        """A problem at a place of the map, for what only shows when the files are read."""
        return self._marked.problem(path, what, allowed)


def read_map(path: Path | str) -> ImportMap:
    """The import map at `path`. Its paths are relative to its own folder; its name defaults to the file's.

    Raises MapInvalid with every problem as `file:line: path: what is wrong; what is allowed`.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        remedy = "name the map's file"
        raise MapInvalid([Problem(str(path), 1, "", f"cannot be read: {error.strerror}", remedy)]) from error
    except UnicodeDecodeError as error:
        raise MapInvalid([Problem(str(path), 1, "", "is no UTF-8 text", "save it as UTF-8")]) from error
    return parse_map(text, file=str(path), base=file.parent, name=file.stem)


def parse_map(text: str, *, file: str = "map.yaml", base: Path = Path(), name: str = "import") -> ImportMap:
    """The same for a text: paths relative to `base`, `name` where the text gives none."""
    marked = read_marked(text, file)
    if marked.problems:
        raise MapInvalid(marked.problems)
    if not isinstance(marked.value, dict):
        raise MapInvalid([marked.problem((), "is no map", "start with `import: 1`")])
    if "accord" in marked.value and "import" not in marked.value:
        raise MapInvalid([marked.problem((), "is an agreement, not an import map", "name the map here")])
    value = {"version" if key == "import" else key: part for key, part in marked.value.items()}
    try:
        found = ImportMap.model_validate({"name": name, **value})
    except ValidationError as error:
        raise MapInvalid(problems_of(error, marked, ImportMap)) from error
    found._marked, found._base = marked, base
    return found
