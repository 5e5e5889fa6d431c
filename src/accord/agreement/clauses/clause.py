"""What all parts of an agreement have in common: frozen, strict about names, tolerant of nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

Name = str  # the key a thing goes by inside the agreement: any script, no surrounding blanks


class Clause(BaseModel):
    """One part of an agreement. Unknown keys are errors; values never change once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)


def shorthand(key: str) -> Callable[[Any], Any]:
    """A before-validator: a bare value where a mapping is expected stands for `{key: value}`."""

    def expand(value: Any) -> Any:
        return {key: value} if isinstance(value, str | int | float) else value

    return expand


def one_or_many(value: Any) -> Any:
    """A before-validator: a bare value where a list is expected is a list of one."""
    return value if isinstance(value, list | tuple) or value is None else [value]


def quoted(value: object) -> str:
    """A value as problems cite it: text in quotes, cut at 60 characters; a list or mapping by its kind."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:59] + "…")
