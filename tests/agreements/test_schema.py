"""The published JSON Schema is the one that the terms give, and the examples keep it."""

import copy
import json
import os
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from accord.agreement.schema import json_schema

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "reference" / "agreement.schema.json"
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


class EditorLoader(yaml.SafeLoader):
    """As editors read YAML 1.2 against a JSON Schema: numbers and booleans by their look, dates as text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith((":timestamp", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def in_editor(text: str) -> object:
    return yaml.load(text, EditorLoader)  # noqa: S506 - it builds no objects


def as_text(value: object) -> object:
    """The same with every scalar as text, as a program that quotes everything would write it."""
    if isinstance(value, dict):
        return {str(key): as_text(item) for key, item in value.items()}
    return [as_text(item) for item in value] if isinstance(value, list) else str(value)


def keyed_by_text(value: object) -> object:
    return json.loads(json.dumps(value))


VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def complaints(value: object) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(value)]


def test_the_published_schema_is_the_one_of_the_terms():
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("ACCORD_REGENERATE"):
        PUBLISHED.write_text(text, encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == text


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_keep_the_schema(path):
    assert complaints(keyed_by_text(in_editor(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_keep_the_schema_with_every_value_as_text(path):
    raw = as_text(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader))  # noqa: S506
    assert isinstance(raw, dict)
    assert complaints({**raw, "accord": 1}) == []


SMALL = keyed_by_text(in_editor((ROOT / "examples" / "small.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("people",), {"mina": "marketing"}),
        (("goal",), 500000),
        (("term",), {"start": "2026-01-01"}),
        (("follow_up", "first_touch"), {"web_form": "60 min"}),
        (("meetings",), {"review": "monthly"}),
        (("stages",), ["lead", {"name": "mql", "owner": "marketing"}]),
        (("calendars", "office", "closed"), "2026-07-15"),
        (("calendars", "office", "hours"), {"mon": ["09:00-12:00", "13:00-17:00"]}),
        (("scope",), "new business"),
        (("lead_types", "web_form"), {"streams": {"all": {"mql_to_sql": "34%"}}}),
    ],
)
def test_every_shorthand_keeps_the_schema(path, value):
    assert complaints(changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("people",), {"mina": "both"}),
        (("people", "mina", "rolle"), "head"),
        (("goal", "revenue"), "lots"),
        (("goal", "retention_share"), 0.2),
        (("term",), "January"),
        (("lead_types", "web_form", "mql_to_sql"), "34"),
        (("lead_types", "web_form", "colour"), "blue"),
        (("follow_up", "first_touch"), "soon"),
        (("handoff",), {"accept_within": "1 month"}),
        (("accord",), 2),
        (("currency",), None),
        (("promises",), [{"id": "M1", "side": "marketing", "measure": "accepted_lead", "from": "plan"}]),
        (("promises",), [{"id": "M1", "side": "viewer", "measure": "accepted_leads", "from": "plan"}]),
        (("calendars", "office", "holidays"), "Germany"),
    ],
)
def test_what_the_parser_refuses_by_form_the_schema_refuses_too(path, value):
    assert complaints(changed(path, value))


def changed(path: tuple[str, ...], value: object) -> object:
    agreement = copy.deepcopy(SMALL)
    part = agreement
    for key in path[:-1]:
        part = part.setdefault(key, {})
    part[path[-1]] = value
    return agreement


def test_every_key_is_explained():
    schema = json_schema()
    parts = {"agreement": schema, **schema["$defs"]}
    parts = {name: part.get("anyOf", [part])[0] for name, part in parts.items()}
    unexplained = [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, item in part.get("properties", {}).items()
        if not item.get("description") and not re.search(r'"description"', json.dumps(item))
    ]
    assert unexplained == []
