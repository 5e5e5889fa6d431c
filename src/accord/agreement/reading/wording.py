"""Where a problem stands in the text, and the words for it: the schema's findings as people read them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from accord.agreement.clauses.clause import quoted
from accord.agreement.clauses.funnels import BETWEEN, STAGES, Funnel, LeadType
from accord.agreement.clauses.goals import Goal, Stream
from accord.agreement.reading.text import Node, Path
from accord.errors import nearest

_PLAIN_KEY = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Place:
    """A place in the text as it was written: levels that a shorthand leaves out are not in `path`."""

    path: Path
    line: int
    node: Node
    exact: bool  # whether all of what was looked for stands in the text


def find(root: Node, path: Path) -> Place:
    """Where `path`, as the model has it, stands in the text; levels that are not written are skipped."""
    node, written, line, exact = root, Path(), root.line, True
    for step in path:
        child = _child(node, step)
        exact = child is not None
        if child is not None:
            node, written, line = child, (*written, step), child.key_line or child.line
    return Place(written, line, node, exact)


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(str(step))
    if isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None


def show_path(path: Path) -> str:
    """`promises[2].side`: positions count from 0; keys with signs other than - and _ are quoted."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            key = step if _PLAIN_KEY.fullmatch(step) else quoted(step)
            shown += f".{key}" if shown else key
    return shown


def in_words(error: ErrorDetails, root: Node, top: type[BaseModel]) -> tuple[Place, str, str]:
    """Place, what is wrong and what is allowed, for one finding of the schema."""
    path: Path = error["loc"]
    kind = error["type"]
    if kind in ("missing", "extra_forbidden"):
        parent = find(root, path[:-1])
        place = find(root, path)
        if kind == "missing":
            missing = Place((*parent.path, path[-1]), parent.line, parent.node, exact=False)
            return missing, "this key is missing", _meaning(_field(top, path))
        return (place, "unknown key", _unknown(root, path, top))
    return (find(root, path), *_said(error, _field(top, path)))


def _said(error: ErrorDetails, info: FieldInfo | None) -> tuple[str, str]:
    """What is wrong and what is allowed, by the schema's kind of finding."""
    kind, value, context = error["type"], quoted(error["input"]), error.get("ctx", {})
    if kind == "value_error":
        what, _, allowed = str(context["error"]).partition("; ")
        return what, allowed
    if kind in ("enum", "literal_error"):
        options = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
        return f"{value} is not allowed here", f"allowed: {', '.join(options)}"
    if kind.startswith("date"):
        return f"{value} is no date", "write year, month and day, such as 2026-01-31"
    if kind in _SIZES:
        return _SIZES[kind], _meaning(info)
    if kind == "string_pattern_mismatch":
        return f"{value} is not in the form asked for", _PATTERNS.get(context["pattern"], _meaning(info))
    expected = _EXPECTED.get(kind)
    return (f"{expected}, not {value}" if expected else f"{value} cannot stand here"), _meaning(info)


_SIZES = {
    "too_short": "there are too few entries",
    "too_long": "there are too many entries",
    "string_too_short": "this is empty",
}
_PATTERNS = {
    "^[A-Z]{2}$": "write the two capital letters of a country, such as DE",
    "^[A-Z]{3}$": "write the three capital letters of a currency, such as EUR",
}
_EXPECTED = {
    "string_type": "a text is expected",
    "list_type": "a list is expected",
    "tuple_type": "a list is expected",
    "dict_type": "keys with values are expected",
    "model_type": "keys with values are expected",
    "model_attributes_type": "keys with values are expected",
    "int_parsing": "a whole number is expected",
    "int_type": "a whole number is expected",
}


def _meaning(info: FieldInfo | None) -> str:
    text = (info.description or "") if info is not None else ""
    return text[:1].lower() + text[1:]


_BELOW: dict[type[BaseModel], type[BaseModel]] = {LeadType: Funnel, Goal: Stream}


def _unknown(root: Node, path: Path, top: type[BaseModel]) -> str:
    """The nearest key that is known where the unknown one stands, or which there are."""
    key = str(path[-1])
    models = list(_models_at(root, path[:-1], top))
    below = _BELOW.get(models[0]) if len(models) == 1 else None
    if below is not None and (key in below.model_fields or (below is Funnel and BETWEEN in key)):
        return "the streams are named here, so write it under one of them"
    known = {name for model in models for name in _keys(model)}
    rates = (
        {f"{a}{BETWEEN}{b}" for i, a in enumerate(STAGES) for b in STAGES[i + 1 :]}
        if Funnel in models
        else set()
    )
    hint = nearest(key, known | rates)
    return (hint if "did you mean" in hint else nearest(key, known)).removeprefix("; ")


def _models_at(root: Node, path: Path, top: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models that share the mapping where `path` ends: several where a shorthand leaves levels out."""
    end = find(root, path).path
    for length in range(len(path) + 1):
        model = model_of(annotation_at(top, path[:length]))
        if model is not None and find(root, path[:length]).path == end:
            yield model


def _field(top: type[BaseModel], path: Path) -> FieldInfo | None:
    """The nearest field of a model on the way to `path`: what stands there is explained by it."""
    for length in range(len(path), 0, -1):
        model = model_of(annotation_at(top, path[: length - 1]))
        if model is not None:
            return next((info for key, info in _fields(model) if key == path[length - 1]), None)
    return None


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    return ((info.alias or name, info) for name, info in model.model_fields.items())


def _keys(model: type[BaseModel]) -> set[str]:
    return {key for key, _ in _fields(model)} - {"rates", "evidence"}


def annotation_at(top: type[BaseModel], path: Path) -> Any:
    """The type of what stands at `path`; None where the schema has nothing there."""
    kind: Any = top
    for step in path:
        kind = _inner(kind, step)
    return kind


def _inner(kind: Any, step: str | int) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _inner(arguments[0], step)
    if origin in (Union, UnionType):
        return next((inner for part in arguments if (inner := _inner(part, step)) is not None), None)
    if origin is not None and issubclass(origin, Mapping):
        return arguments[1]
    if origin is tuple:
        return arguments[0]
    model = model_of(kind)
    return next((info.annotation for key, info in _fields(model) if key == step), None) if model else None


def model_of(kind: Any) -> type[BaseModel] | None:
    origin = get_origin(kind)
    if origin is Annotated:
        return model_of(get_args(kind)[0])
    if origin in (Union, UnionType):
        return next((model for part in get_args(kind) if (model := model_of(part)) is not None), None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
