"""The published JSON Schema of the agreement file: what editors complete, explain and check as people type.

It comes from the same terms that the parser reads by. What pydantic cannot know of is added here: shorthands,
and which keys may stand one level higher. It holds the form only: whether parts fit, the parser says.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from accord.agreement.clauses.clause import Clause
from accord.agreement.clauses.funnels import BETWEEN
from accord.agreement.clauses.hours import NO_HOLIDAYS
from accord.agreement.measures import PROMISABLE
from accord.agreement.terms import Agreement

Schema = dict[str, Any]

_BARE_DAY = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_BY_DAY = ("Term", "Span", "OpenDay")  # clauses that a bare date can stand for
_CALENDARS = ("CalendarTerms", "Version", "OpenDay")  # where a list of one may be written without brackets


def json_schema() -> Schema:
    """The schema as JSON values; JSON Schema draft 2020-12."""
    schema = Agreement.model_json_schema(by_alias=True)
    parts: Schema = schema["$defs"]
    _show_defaults(schema, parts)
    _lift(parts, "Stream", into="Goal")
    rate = parts["Funnel"]["properties"]["rates"]["additionalProperties"]
    meaning = "Share of the first stage that reaches the second"
    parts["Funnel"]["patternProperties"] = {f"^.+{BETWEEN}.+$": {**rate, "description": meaning}}
    _lift(parts, "Funnel", into="LeadType")
    promise = parts["Promise"]["properties"]
    promise["measure"]["enum"] = list(PROMISABLE)
    promise["target"] = {"type": ["string", "number"], "description": promise["target"]["description"]}
    _no_nulls(schema)
    _numbers_are_text(schema)
    _short_calendars(parts)
    parts["Term"]["required"] = ["start"]
    for name in _BY_DAY:
        parts[name] = {"anyOf": [parts[name], {**_BARE_DAY, "title": f"{name}, by its day"}]}
    schema["properties"]["accord"] = {"const": 1, "description": "Version of this file format: always 1"}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Accord agreement",
        "description": "What marketing and sales promise each other.",
    }
    return {**schema, **head}


def _show_defaults(schema: Schema, parts: Schema) -> None:
    """Defaults as people would write them; none for whole clauses, which explain themselves."""
    models = {model.__name__: model for model in _models(Clause)}
    for name, part in (*parts.items(), ("Agreement", schema)):
        for field, info in models[name].model_fields.items() if name in models else ():
            shown = part["properties"][info.alias or field]
            shown.pop("default", None)
            if (default := _default(info)) not in (None, "", [], {}):
                shown["default"] = default


def _default(info: FieldInfo) -> Any:
    if info.is_required() or isinstance(info.default, BaseModel) or info.default_factory is not None:
        return None
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(kind).dump_python(info.default, mode="json", by_alias=True, exclude_defaults=True)


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for below in model.__subclasses__():
        yield from _models(below)


def _lift(parts: Schema, name: str, *, into: str) -> None:
    """What one part may say, its holder may say too, where there is only one such part."""
    for kind in ("properties", "patternProperties"):
        if kind in parts[name]:
            parts[into][kind] = {**parts[name][kind], **parts[into].get(kind, {})}


def _no_nulls(schema: Schema) -> None:
    """A key without a value is refused by the parser, so the schema offers no null either."""
    for item in _objects(schema):
        options = [option for option in item.get("anyOf", ()) if option != {"type": "null"}]
        if options and len(options) < len(item["anyOf"]):
            del item["anyOf"]
            item.update({**options[0], **item} if len(options) == 1 else {"anyOf": options})


def _numbers_are_text(schema: Schema) -> None:
    """To the parser every value is the text that was written, so where text may stand, a number may."""
    for item in _objects(schema):
        if item.get("type") == "string" and not item.keys() & {"pattern", "enum", "format"}:
            item["type"] = ["string", "number", "boolean"]


def _short_calendars(parts: Schema) -> None:
    """Calendars take one window or day where they take several, and a bare country as its holidays."""
    for name in _CALENDARS:
        for key, item in parts[name]["properties"].items():
            for inner in (
                item,
                item.get("additionalProperties"),
                *item.get("patternProperties", {}).values(),
            ):
                if isinstance(inner, dict) and inner.get("type") == "array" and key != "versions":
                    del inner["type"]
                    inner["anyOf"] = [{"type": "array", "items": inner["items"]}, inner.pop("items")]
            if key == "holidays":
                country = {"type": "string", "pattern": f"^([A-Z]{{2}}|{NO_HOLIDAYS})$"}
                about = {"description": item.pop("description", "")}
                parts[name]["properties"][key] = {**about, "anyOf": [item, country]}


def _objects(value: Any) -> list[Schema]:
    """Every object inside a schema, itself first."""
    if isinstance(value, list):
        return [found for item in value for found in _objects(item)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for item in value.values() for found in _objects(item))]
