"""The API put together: every operation behind the door, and the addresses that Django serves."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.operation import Operation

from accord.errors import EntryInvalid, PageUnknown, Problem, nearest
from accord.server.api import openapi, problems
from accord.server.api.door import door
from accord.server.api.operations import (
    agreements,
    drafts,
    intake,
    lead_acts,
    leads,
    people,
    qualification,
    records,
    routing,
    surveys,
    working_out,
)
from accord.server.api.reading import StrictParser

ROOT = "api/v1/"
NAMESPACE = "api"
ROUTERS = (
    agreements,
    drafts,
    working_out,
    qualification,
    surveys,
    leads,
    intake,
    lead_acts,
    routing,
    people,
    records,
)


class _Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of its function: each is there once."""
        return operation.view_func.__name__


def build() -> NinjaAPI:
    """The API with all its operations; what they raise is answered by the one table of problems."""
    api = _Api(
        title="Accord",
        version="1",
        description=openapi.ABOUT,
        openapi_url=None,
        docs_url=None,
        urls_namespace=NAMESPACE,
        parser=StrictParser(),
    )
    for module in ROUTERS:
        api.add_router("", module.router)
    for kind in problems.TABLE:
        api.add_exception_handler(kind, problems.answer_to)  # type: ignore[arg-type]
    return api


def operations(api: NinjaAPI) -> list[tuple[str, Operation]]:
    """Every operation with the path that it stands under."""
    return [
        (route, operation)
        for bound in api._get_bound_routers()
        for route, view in bound.path_operations.items()
        for operation in view.operations
    ]


def patterns(api: NinjaAPI) -> list[URLPattern]:
    """One address a path, each behind the door, and one for whatever else is asked for."""
    found: dict[str, URLPattern] = {}
    for bound in api._get_bound_routers():
        views = list(bound.path_operations.values())
        routes = {str(one.pattern): one for one in bound.urls_paths("")}
        for pattern, view in zip(routes.values(), views, strict=True):
            methods = {method for operation in view.operations for method in operation.methods}
            behind = door(_asked_what_is_known(pattern.callback, view.operations), methods)
            found[str(pattern.pattern)] = path(str(pattern.pattern), behind, name=pattern.name)
    schema = path("openapi.json", door(_schema, {"GET"}), name="openapi")
    return [schema, *found.values(), re_path(r"^(?P<rest>.*)$", door(_unknown, ()), name="unknown")]


def _asked_what_is_known(
    view: Callable[..., HttpResponse], answered: list[Operation]
) -> Callable[..., HttpResponse]:
    """The view, which refuses what stands behind the question mark and means nothing to it."""
    known = {method: _query_of(one) for one in answered for method in one.methods}

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        names = known.get(request.method or "", set())
        wrong = [
            Problem("", 0, f"query.{name}", f"nothing here is asked by that name{nearest(name, names)}")
            for name in request.GET
            if name not in names
        ]
        if wrong:
            raise EntryInvalid(wrong)
        return view(request, *args, **kwargs)

    return asked


def _query_of(operation: Operation) -> set[str]:
    """The names that an operation takes behind the question mark."""
    return {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    }


def _schema(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(openapi.schema_text(), content_type="application/json")


def _unknown(request: HttpRequest, rest: str) -> HttpResponse:
    del rest
    raise PageUnknown(request.path, noun="address of the API")


API = build()
