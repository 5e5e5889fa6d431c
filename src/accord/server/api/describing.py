"""The description of the API as people read it: operations by subject, each with what goes in and out."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accord.server.api import openapi

Json = dict[str, Any]
_DEEPEST = 2  # levels of fields within fields
_CODE = re.compile(r"`([^`]*)`")


@dataclass(frozen=True)
class Field:
    """One value that is sent or answered."""

    name: str
    where: str  # path, query, header, body
    kind: str
    needed: bool
    about: SafeString


@dataclass(frozen=True)
class Shown:
    """One operation."""

    key: str
    method: str
    path: str
    title: str
    about: SafeString
    scope: str
    sent: tuple[Field, ...]
    answered: tuple[Field, ...]
    answers: tuple[tuple[str, SafeString], ...]


@dataclass(frozen=True)
class Group:
    """Operations on one subject."""

    title: str
    about: str
    operations: tuple[Shown, ...]


@lru_cache(maxsize=1)
def described() -> tuple[Group, ...]:
    """All operations, in the order in which the description has them."""
    made = openapi.schema()
    shown = [(one["tags"][0], _shown(made, path, method, one)) for path, method, one in openapi.each(made)]
    return tuple(
        Group(tag["name"], tag["description"], tuple(one for of, one in shown if of == tag["name"]))
        for tag in made["tags"]
    )


def _shown(made: Json, path: str, method: str, operation: Json) -> Shown:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    good = next(one for status, one in operation["responses"].items() if str(status).startswith("2"))
    answer = good.get("content", {}).get("application/json", {}).get("schema", {})
    sent = [_parameter(one) for one in operation["parameters"]]
    return Shown(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"].rstrip("."),
        _marked(operation["description"]),
        operation.get("x-scope", ""),
        tuple(sent + _fields(made, body)),
        tuple(_fields(made, answer)),
        tuple((str(status), _marked(one["description"])) for status, one in operation["responses"].items()),
    )


def _parameter(one: Json) -> Field:
    schema = one["schema"]
    return Field(one["name"], one["in"], _kind(schema), one["required"], _marked(one.get("description", "")))


def _fields(made: Json, schema: Json, before: str = "") -> list[Field]:
    """The fields of a body, each followed by those within it: `items[].slug`."""
    found = _followed(made, schema)
    needed, fields = found.get("required", []), list[Field]()
    for name, one in found.get("properties", {}).items():
        within, mark = _within(one)
        about = one.get("description", "")
        fields.append(Field(before + name, "body", _kind(one), name in needed, _marked(about)))
        if within and before.count(".") < _DEEPEST:
            fields += _fields(made, within, f"{before}{name}{mark}.")
    return fields


def _within(schema: Json) -> tuple[Json, str]:
    """What a field holds that has fields itself, and how its name goes on."""
    for one in schema.get("anyOf", [schema]):
        if "$ref" in one:
            return one, ""
        if "$ref" in one.get("items", {}):
            return one["items"], "[]"
    return {}, ""


def _followed(made: Json, schema: Json) -> Json:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found: Json = made["components"]["schemas"][name]
        return found
    return schema


def _marked(text: str) -> SafeString:
    """Our own words about a field, with what stands between backticks as code."""
    return mark_safe(_CODE.sub(r'<code dir="ltr">\1</code>', escape(text)))  # noqa: S308 - escaped before


def _kind(schema: Json) -> str:
    """What a value is, in few words: `text`, `list of object`, `text or null`."""
    if "$ref" in schema:
        return "object"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "allOf" in schema:
        return " and ".join(_kind(one) for one in schema["allOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "object")
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or {"string": "text", "integer": "whole number"}.get(kind, kind))
