"""What kind of control a term gets, by its type in the model: a new term has its control by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, TypeAdapter, WithJsonSchema
from pydantic.fields import FieldInfo


class Kind(StrEnum):
    LINE = "line"  # text in the agreement's own notation, such as 34% or 60 min
    CHOICE = "choice"  # one of a few words
    FLAG = "flag"  # true or false
    WORDS = "words"  # a list of words, one a line
    PAIRS = "pairs"  # words with values, such as definitions
    CLAUSE = "clause"  # a part with terms of its own
    NAMED = "named"  # several such parts, each under a name
    LISTED = "listed"  # several such parts in order
    BOX = "box"  # anything deeper: a small text of its own


@dataclass(frozen=True)
class Term:
    """One key of a clause: what it is, what it means, and what holds where it is not written."""

    key: str
    kind: Kind
    help: str
    usual: str  # what holds where nothing is written; empty where nothing does
    example: str
    required: bool
    choices: tuple[str, ...] = ()
    model: type[BaseModel] | None = None  # of a clause, or of each of several


@lru_cache(maxsize=200)
def terms_of(model: type[BaseModel]) -> tuple[Term, ...]:
    """The terms of a clause in the order of the file."""
    return tuple(_term(info.alias or name, info) for name, info in model.model_fields.items())


_SHORT = {
    word.lower(): word
    for word in ("MQL", "SQL", "SAL", "KPI", "KPIs", "SLA", "CRM", "RFP", "CAC", "ROI", "ID", "UTC", "URL")
}


@lru_cache(maxsize=500)
def label_of(key: str) -> str:
    """A key as a label: `reject_reasons` is `Reject reasons`, `mql_to_sql` is `MQL to SQL`."""
    words = " ".join(_SHORT.get(word, word) for word in key.split("_"))
    return words[:1].upper() + words[1:]


_REQUIREMENTS = re.compile(r" \((?:[SF]\d|DOMAIN)[^)]*\)")  # for developers, not for whoever fills in a form


def _sentence(description: str) -> str:
    """A term's description as its field explains it: without the ids of requirements, with a full stop."""
    words = _REQUIREMENTS.sub("", description).strip()
    return f"{words}." if (words and words[-1].isalnum()) or words.endswith(")") else words


def _term(key: str, info: FieldInfo) -> Term:
    kind, model, choices = _kind(info.annotation, tuple(info.metadata))
    return Term(
        key,
        kind,
        _sentence(info.description or ""),
        usual(info),
        _example(info.annotation, tuple(info.metadata)),
        info.is_required(),
        choices,
        model,
    )


def _kind(annotation: Any, metadata: tuple[Any, ...]) -> tuple[Kind, type[BaseModel] | None, tuple[str, ...]]:
    annotation, metadata = _bare(annotation, metadata)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if choices := _choices(annotation, metadata):
        return Kind.CHOICE, None, choices
    if annotation is bool:
        return Kind.FLAG, None, ()
    if _is_clause(annotation):
        return Kind.CLAUSE, annotation, ()
    if origin is tuple or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _of_several(origin, arguments[0] if origin is tuple else arguments[1])
    return Kind.LINE, None, ()


def _of_several(origin: Any, inner: Any) -> tuple[Kind, type[BaseModel] | None, tuple[str, ...]]:
    kind, model, _ = _kind(inner, ())
    if kind is Kind.CLAUSE:
        return (Kind.LISTED if origin is tuple else Kind.NAMED), model, ()
    if kind in (Kind.LINE, Kind.CHOICE, Kind.FLAG):
        return (Kind.WORDS if origin is tuple else Kind.PAIRS), None, ()
    return Kind.BOX, None, ()


def _bare(annotation: Any, metadata: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """A type without what is said about it, and without the None of what may be left out."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *said = get_args(annotation)
            metadata = (*metadata, *said)
        elif get_origin(annotation) in (Union, UnionType):
            parts = [part for part in get_args(annotation) if part is not NoneType]
            if len(parts) != 1:
                return annotation, metadata
            annotation = parts[0]
        else:
            return annotation, metadata


def _choices(annotation: Any, metadata: tuple[Any, ...]) -> tuple[str, ...]:
    for said in metadata:
        meant = getattr(said, "json_schema_input_type", None) if isinstance(said, BeforeValidator) else None
        if get_origin(meant) is Literal:
            return tuple(map(str, get_args(meant)))
    if get_origin(annotation) is Literal and all(isinstance(item, str) for item in get_args(annotation)):
        return get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(item.value) for item in annotation)
    return ()


def _is_clause(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def usual(info: FieldInfo) -> str:
    """The default as people would write it; empty where there is none, or where it is a whole clause."""
    if info.is_required() or info.default_factory is not None or info.default in (None, "", (), {}):
        return ""
    if isinstance(info.default, BaseModel):
        return ""
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return in_a_line(TypeAdapter(kind).dump_python(info.default, mode="json", by_alias=True))


def in_a_line(value: object) -> str:
    """A default on one line: `3 by 14 d` would need words, so mappings are shown as they are written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(
            f"{key}: {in_a_line(item)}" for key, item in value.items() if item not in (None, "", [], {})
        )
    if isinstance(value, list):
        return "; ".join(map(in_a_line, value))
    return str(value)


def _example(annotation: Any, metadata: tuple[Any, ...]) -> str:
    annotation, metadata = _bare(annotation, metadata)
    for said in metadata:
        if isinstance(said, WithJsonSchema) and (examples := (said.json_schema or {}).get("examples")):
            return str(examples[0])
    return ""
