"""Errors as `application/problem+json` (RFC 9457): the one tree of `accord.errors`, and what HTTP refuses.

`TABLE` at the end says which answer follows from which exception. An error of the tree has a type of its own,
made from its name; what only HTTP refuses, such as a wrong method, is `about:blank` as the RFC asks.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from ninja.errors import HttpError, ValidationError

from accord.errors import (
    AccordError,
    EntryInvalid,
    NotReady,
    NotSignedIn,
    PageUnknown,
    Problem,
    ScopeMissing,
    Severity,
    TooManyTries,
)
from accord.server.api.shapes.common import UNKNOWN_KEY

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:accord:problem:"
_log = logging.getLogger(__name__)
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def type_of(kind: type[AccordError]) -> str:
    """`urn:accord:problem:agreement-invalid` for AgreementInvalid."""
    return PREFIX + _CAPITAL.sub("-", kind.__name__).lower()


def title_of(kind: type[AccordError]) -> str:
    """`Agreement invalid` for AgreementInvalid."""
    return _CAPITAL.sub(" ", kind.__name__).capitalize()


def items(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as answers list them; a line is null where nothing has lines."""
    return [
        {
            "line": one.line or None,
            "path": one.path,
            "what": one.what,
            "allowed": one.allowed,
            "severity": str(one.severity),
        }
        for one in problems
    ]


def of_error(
    request: HttpRequest, error: AccordError, status: int | None = None, **more: Any
) -> HttpResponse:
    """The answer to an error of the tree; `more` are members that only this kind of problem has."""
    kind = next(one for one in type(error).__mro__ if one.__module__ == AccordError.__module__)
    found: tuple[Problem, ...] = getattr(error, "problems", ())
    said = str(error) if len(found) < 2 else f"{len(found)} problems; `problems` has each with its place"
    body = {
        "type": type_of(kind),
        "title": title_of(kind),
        "status": status or error.http_status,
        "detail": said,
        "instance": request.path,
        "problems": items(found),
        **more,
    }
    return _answer(body, _headers(error))


def of_status(
    request: HttpRequest, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer to what HTTP itself refuses."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "problems": [],
    }
    return _answer(body, headers or {})


def _answer(body: dict[str, Any], headers: Mapping[str, str]) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return HttpResponse(text, status=body["status"], content_type=MEDIA_TYPE, headers=dict(headers))


def _headers(error: AccordError) -> dict[str, str]:
    """When to come again; what RFC 6750 asks beside a refusal: how to sign in, or which scope is missing."""
    if isinstance(error, NotReady | TooManyTries):
        return {"Retry-After": str(error.wait)}
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": 'Bearer realm="accord", error="invalid_token"'}
    if isinstance(error, ScopeMissing):
        challenge = f'Bearer realm="accord", error="insufficient_scope", scope="{error.scope}"'
        return {"WWW-Authenticate": challenge}
    return {}


# From exceptions to answers ----------------------------------------------------------------------------


def _of_fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return of_error(request, EntryInvalid(map(_field, error.errors)))


def _field(found: Mapping[str, Any]) -> Problem:
    """A field with its path as the client wrote it: `body.text`, `query.limit`."""
    source, *path = found["loc"]
    if source == "body":
        path = path[1:]  # the name that our function has for the body
    if found["type"] == UNKNOWN_KEY:
        path = [*path, found["ctx"]["key"]]
    where = ".".join(str(step) for step in (source, *path))
    return Problem("", 0, where, str(found["msg"]).encode("utf-8", "replace").decode(), "", Severity.ERROR)


def _of_parsing(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, Exception) and error.status_code == HTTPStatus.BAD_REQUEST:
        return answer_to(request, error.__cause__)
    return of_status(request, error.status_code, str(error))


def _of_missing(request: HttpRequest, _: Exception) -> HttpResponse:
    return of_error(request, PageUnknown(request.path, noun="address"))


def _of_size(request: HttpRequest, _: Exception) -> HttpResponse:
    return of_status(request, 413, "the body is too big; at most 2,500,000 bytes are read: send less at once")


def _of_nonsense(request: HttpRequest, _: Exception) -> HttpResponse:
    return of_status(request, 400, "the request cannot be read; mend it and send it again")


def _of_bug(request: HttpRequest, error: Exception) -> HttpResponse:
    route = request.resolver_match.route if request.resolver_match else ""  # an address may name somebody
    _log.error("API request failed: %s /%s", request.method, route, exc_info=error)
    return of_status(request, 500, "something broke here, and nothing was changed; the server's log has it")


Answerer = Callable[[HttpRequest, Any], HttpResponse]
TABLE: dict[type[Exception], Answerer] = {
    AccordError: of_error,
    ValidationError: _of_fields,
    HttpError: _of_parsing,
    Http404: _of_missing,
    RequestDataTooBig: _of_size,
    SuspiciousOperation: _of_nonsense,
    UnreadablePostError: _of_nonsense,
    Exception: _of_bug,
}


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to any exception, by the nearest of its classes in the table."""
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)(request, error)
