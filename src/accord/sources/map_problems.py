"""What a model says about a map that does not fit it, as problems with line and remedy."""

from typing import Any, get_args

from pydantic import ValidationError

from accord.agreement.clauses.clause import Clause
from accord.errors import Problem, nearest
from accord.sources.marked import Marked
from accord.sources.marked import Path as MapPath


def problems_of(error: ValidationError, marked: Marked, model: type[Clause]) -> list[Problem]:
    """All that pydantic found, placed in the text that `marked` remembers."""
    return [_problem(each, marked, model) for each in error.errors(include_url=False)]


def _problem(each: Any, marked: Marked, model: type[Clause]) -> Problem:
    path = tuple("import" if step == "version" else step for step in each["loc"] if step != "[key]")
    if each["type"] == "extra_forbidden":
        keys = _model_at(model, path[:-1]).model_fields
        return marked.problem(path, "unknown key", nearest(str(path[-1]), keys).removeprefix("; "))
    if each["type"] == "missing":
        return marked.problem(path, "is missing", _NEEDED.get(str(path[-1]), "write it"))
    if each["type"] in _SHAPES:
        return marked.problem(path, f"is not {_SHAPES[each['type']]}")
    what, _, allowed = str(each["msg"]).removeprefix("Value error, ").partition("; ")
    return marked.problem(path, what, allowed)


_SHAPES = {
    "string_type": "a text",
    "dict_type": "a mapping of names to values",
    "tuple_type": "a list",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}
_NEEDED = {
    "import": "begin with `import: 1`",
    "files": "list the exports to read",
    "read": "name a file or a pattern such as exports/*.csv",
    "lead": "name the column of the lead's id",
    "kind": "name a kind of event, or the column that says it",
    "at": "name the column of the time",
}


def _model_at(model: type[Clause], path: MapPath) -> type[Clause]:
    """The model that stands at a path of the map, to name the keys it knows."""
    for step in path:
        field = model.model_fields.get(str(step))
        model = _inner(field.annotation) or model if field else model
    return model


def _inner(annotation: Any) -> type[Clause] | None:
    """The clause inside an annotation such as `tuple[EventRule, ...]` or `Time | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Clause):
        return annotation
    found = (_inner(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)
