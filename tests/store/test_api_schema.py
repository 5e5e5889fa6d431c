"""The description of the API is complete, and every answer is one that it describes."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accord.server.access import TABLE
from accord.server.agreements.finding import mark_of
from accord.server.api import openapi
from accord.server.api.building import API, operations
from accord.server.api.tokens import SCOPES
from accord.server.wsgi import application
from api_fixture import Api
from desk_fixture import a_delivered_lead

pytestmark = pytest.mark.django_db
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
EXAMPLES = int(os.environ.get("ACCORD_EXAMPLES", "3"))  # an operation


def described() -> list[tuple[str, str, dict[str, Any]]]:
    return list(openapi.each(openapi.schema()))


def test_every_operation_is_described() -> None:
    said = {(path, method): one for path, method, one in described()}
    for route, operation in operations(API):
        path = "/api/v1" + re.sub(r"{\w+:", "{", route)
        for method in operation.methods:
            one = said[path, method.lower()]
            assert one["summary"] and one["description"] and one["operationId"] and one["tags"]
            scope = TABLE[f"api:{operation.url_name}"].scope_of(method)
            assert one["security"] == [{"token": [scope] if scope else []}]
    names = [one["operationId"] for _, _, one in described()]
    assert len(set(names)) == len(names) == len(operations(API)) + 1


def test_every_answer_has_a_shape_and_every_refusal_is_a_problem() -> None:
    for path, method, one in described():
        for status, answer in one["responses"].items():
            kinds = answer["content"]
            if str(status).startswith("2"):
                assert all("schema" in kind for kind in kinds.values()) or "download" in path
            else:
                assert list(kinds) == ["application/problem+json"], (path, method, status)
        if method in ("put", "post", "patch"):
            assert any(each["name"] == "Idempotency-Key" for each in one["parameters"])


def test_lists_say_how_they_are_walked() -> None:
    walked = [one for _, _, one in described() if any(each["name"] == "after" for each in one["parameters"])]
    assert len(walked) == 14
    assert all("Link" in one["responses"][200]["headers"] for one in walked)


def test_scopes_are_explained_where_the_token_is(people) -> None:
    said = Api(None).get("/openapi.json").json()["components"]["securitySchemes"]["token"]
    assert (said["type"], said["scheme"]) == ("http", "bearer")
    assert all(scope in said["description"] for scope in SCOPES)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction, as those of Django's own client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_what_is_asked_by_chance_is_answered_as_described(people, in_force, one_connection) -> None:
    """Each operation is asked with values out of its own description, and by names that are really there."""
    api = Api(people.kai)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    mark = mark_of(in_force.course[-1]["digest"])
    names = {
        "slug": in_force.slug,
        "mark": mark,
        "number": 1,
        "saving": 1,
        "name": "hq",
        "person": people.leyla.pk,
        "key": a_delivered_lead(people.leyla).key,
    }
    asked = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        asked.add((operation.path, operation.method))
        _ask(operation, api.text, names)
    there = {(path, method) for path, method, _ in described()}
    assert asked == there - {("/api/v1/openapi.json", "get")}  # it was read to know of the others


def _ask(operation: Any, token: str, names: dict[str, Any]) -> None:
    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        case.path_parameters.update({name: names[name] for name in case.path_parameters if name in names})
        case.headers["Authorization"] = f"Bearer {token}"
        case.call_and_validate(checks=CHECKS)

    one()
