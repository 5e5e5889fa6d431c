"""A client of the API: it speaks JSON with a token, as an integration does."""

import json
import re
from typing import Any

import jsonschema
from django.test import Client

from accord.server.api import openapi
from accord.server.api.tokens import SCOPES, make_token
from accord.server.audit.trail import Actor
from accord.server.people.models import User

ROOT = "/api/v1"


class Api:
    """Somebody's token at work; without a user nobody's."""

    def __init__(self, user: User | None, *scopes: str, name: str = "crm", days: int = 90) -> None:
        self.client, self.text = Client(), ""
        if user is not None:
            made = make_token(Actor(user, "page"), name=name, scopes=scopes or tuple(SCOPES), days=days)
            self.text, self.token = made.text, made.token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer; header names have underscores: `If_Match`."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.text:
            said.setdefault("Authorization", f"Bearer {self.text}")
        content = b"" if body is None else json.dumps(body).encode()
        answer = self.client.generic(
            method,
            path if path.startswith("http") else ROOT + path,
            content,
            "application/json",
            headers=said,
        )
        must_be_described(method, answer)
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("PUT", path, body, **headers)


def must_be_described(method: str, answer: Any) -> None:
    """That the description of the API has this answer: its status, its media type, the shape of its body."""
    route = answer.resolver_match.route
    if route.endswith("$") or answer.status_code == 405 or method == "HEAD":
        return
    schema = openapi.schema()
    said = schema["paths"]["/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)][method.lower()]["responses"]
    content = said.get(answer.status_code, said["default"])["content"]
    kind = answer.headers["Content-Type"].partition(";")[0]
    assert kind in content, (route, answer.status_code, kind)
    if "schema" in content[kind]:
        whole = {**content[kind]["schema"], "components": schema["components"]}
        jsonschema.validate(answer.json(), whole, cls=jsonschema.Draft202012Validator)


def is_problem(answer: Any, status: int, name: str) -> bool:
    """Whether an answer is this problem in the form of RFC 9457."""
    said = answer.json()
    kind = f"urn:accord:problem:{name}" if name else "about:blank"
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    assert (answer.status_code, said["status"], said["type"]) == (status, status, kind), said
    assert said["title"] and said["detail"] and said["instance"].startswith("/api/v1/")
    assert all(set(one) == {"line", "path", "what", "allowed", "severity"} for one in said["problems"])
    return True
