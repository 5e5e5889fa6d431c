"""The description of the API in OpenAPI, completed: problems, scopes, headers, names.

What an operation says itself (path, body, answer) comes from its code; what holds for all comes from here.
The summary is the first line of its docstring, the description all below.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from accord.server.access import access_to
from accord.server.api.answers import HEADER, REPLAYED
from accord.server.api.problems import MEDIA_TYPE
from accord.server.api.shapes.common import ProblemAnswer
from accord.server.api.shapes.intake import components
from accord.server.api.tokens import SCOPES

Json = dict[str, Any]
ABOUT = (
    "Leads, agreements, people, audit and score of an Accord server. Amounts and shares are exact: decimals "
    "as text or the fraction itself. Instants are ISO 8601 in UTC, days are ISO dates, unknown is null."
)
SCHEME = "token"
_FILES = ("application/yaml", "text/html", "application/pdf", "text/plain")
_TAGS = {
    "Agreements": "Agreements, their versions, and the chain of signatures.",
    "Drafts": "Texts that nobody signed yet.",
    "Working out": "What follows from a text.",
    "Surveys": "What both sides mean by their words.",
    "Leads": "Leads and events: handed in, and what became of them.",
    "People": "Accounts, invitations and absences.",
    "Records": "The audit, the score, the book, decisions, and the token itself.",
}
_ALWAYS = {
    401: "No token, or none that holds.",
    403: "The token's scopes or its owner's side and role do not allow it.",
    422: "Fields, a text or numbers with errors; `problems` has each with its place.",
    500: "Something broke; nothing was changed.",
}
_NAMED = {404: "There is nothing of this name."}
_WRITING = {
    400: "The body cannot be read.",
    409: "Somebody was faster, or the agreement's rules forbid it.",
    413: "The body is too big.",
    415: "The body is no JSON.",
}
_READING = {400: "An instant or the query makes no sense."}


@lru_cache(maxsize=1)
def schema_text() -> str:
    return json.dumps(schema(), ensure_ascii=False)


@lru_cache(maxsize=1)
def schema() -> Json:
    """The whole description, complete."""
    from accord.server.api.building import API, operations  # noqa: PLC0415 - they need this module

    names = {operation.view_func.__name__: operation.url_name for _, operation in operations(API)}
    made: Json = dict(API.get_openapi_schema(path_prefix="/api/v1"))
    made["components"]["schemas"] |= {"ProblemAnswer": _problem_schema(made["components"]["schemas"])}
    made["components"]["schemas"] |= components()
    made["components"]["securitySchemes"] = {SCHEME: _scheme()}
    made["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
    made["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    made["servers"] = [{"url": "/"}]
    for path, method, operation in each(made):
        _complete(path, method, operation, names[operation["operationId"]])
    made["paths"]["/api/v1/openapi.json"] = {"get": _of_itself()}
    return made


def each(made: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation of a description, with path and method."""
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _problem_schema(known: Json) -> Json:
    made = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    known.update(made.pop("$defs", {}))
    return made


def _scheme() -> Json:
    scopes = "".join(f"\n- `{scope}`: {meaning}" for scope, meaning in SCOPES.items())
    return {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "acc_…",
        "description": f"A token made under Tokens; it acts as its owner. Its scopes:\n{scopes}",
    }


_PATHS = {
    "slug": "The agreement's name in addresses, as lists have it.",
    "mark": "The first twelve digits of the version's digest.",
    "form": "Which kind of file.",
    "measure": "The name of the measure, as the score has it.",
    "number": "The number of the draft, or of the survey.",
    "saving": "The number of the saving.",
    "clash": "The number of the clash.",
    "name": "The calendar's name.",
    "key": "The key of the lead, or of what came in.",
    "person": "The number of the person.",
    "absence": "The number of the absence.",
    "invitation": "The number of the invitation.",
}


def _complete(path: str, method: str, operation: Json, name: str) -> None:
    writes = method not in ("get", "head")
    scope = access_to(f"api:{name}").scope_of(method.upper())
    summary, _, rest = operation.get("description", "").partition("\n")
    operation["summary"], about = summary.strip(), " ".join(rest.split())
    needs = f"Needs the scope `{scope}`." if scope else "Any token will do."
    operation["description"] = f"{about} {needs}".strip()
    operation["security"] = [{SCHEME: [scope] if scope else []}]
    operation["x-scope"] = scope
    for one in operation["parameters"]:
        if one["in"] == "path":
            one["description"] = _PATHS[one["name"]]
    kinds = {**_ALWAYS, **(_WRITING if writes else _READING), **(_NAMED if "{" in path else {})}
    for status, said in kinds.items():
        operation["responses"].setdefault(status, _problem(said))
    operation["responses"]["default"] = _problem("Any other refusal.")
    if writes:
        operation["parameters"].append(_key_parameter())
    _of_one(name, method, operation)
    operation["responses"] = dict(sorted(operation["responses"].items(), key=lambda one: str(one[0])))


def _of_one(name: str, method: str, operation: Json) -> None:
    """What single operations have beside."""
    good = next(answer for status, answer in operation["responses"].items() if str(status).startswith("2"))
    if any(one["name"] == "after" for one in operation["parameters"]):
        good["headers"] = {"Link": _header('The next page: `<…>; rel="next"`; not there on the last one.')}
    if name == "version-download":
        good["content"] = {kind: {} for kind in _FILES}
    if name == "draft" and method == "put":
        operation["responses"][412] = _problem("The draft was saved since; `current` has the other's text.")
    if name == "draft":
        good["headers"] = {"ETag": _header("The number of the saving, for If-Match.")}
    if name in ("score", "score-measure"):
        operation["responses"].setdefault(400, _problem("Something in the address cannot be read."))
        operation["responses"].setdefault(404, _problem("No log, no agreement in force, or no such measure."))
        operation["responses"].setdefault(503, _problem("It is being counted; come again."))
    if name == "book":
        operation["responses"].setdefault(404, _problem("The book has not been worked out yet."))
    if method not in ("get", "head"):
        good.setdefault("headers", {})[REPLAYED] = _header(
            "`true` where this is the answer of an earlier request."
        )


def _header(said: str) -> Json:
    return {"description": said, "schema": {"type": "string"}}


def _problem(said: str) -> Json:
    reference = {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}
    return {"description": said, "content": {MEDIA_TYPE: reference}}


def _key_parameter() -> Json:
    return {
        "in": "header",
        "name": HEADER,
        "required": False,
        "description": "A key of your own, such as a UUID: the same request with it is done once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
    }


def _of_itself() -> Json:
    return {
        "operationId": "read_openapi",
        "summary": "This description.",
        "description": "The API in OpenAPI. Needs no token.",
        "tags": ["Records"],
        "parameters": [],
        "security": [],
        "responses": {
            200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}},
            "default": _problem("Any refusal."),
        },
    }
