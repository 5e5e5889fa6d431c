"""The door of the API: every request passes it on its way in, every answer on its way out.

A token stands for its owner, who is held against the same table as on pages; then come the token's scopes.
Cookies are not looked at: nothing here can be done by a browser that is only signed in.
"""

from collections.abc import Callable, Collection
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accord.errors import NotAllowed, NotSignedIn, ScopeMissing
from accord.server.access import Access, access_to, refusal
from accord.server.api import answers, problems
from accord.server.api.answers import Caller
from accord.server.api.preparing import KEEPS_NOTHING, prepare
from accord.server.api.reading import has_wrong_type, must_be_readable
from accord.server.api.tokens import mark_used, token_with
from accord.server.audit.trail import Actor, address_of

View = Callable[..., HttpResponse]
_READING = ("GET", "HEAD")
_NO_JSON = "the body is no JSON; send it with Content-Type: application/json"


def door(view: View, methods: Collection[str]) -> View:
    """The view behind the door; `methods` are those that it answers."""

    @wraps(view)
    def behind(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        asked = request.method
        try:
            response = _admitted(request, methods, lambda: view(request, *args, **kwargs))
        except Exception as error:
            response = problems.answer_to(request, error)
        request.method = asked
        return _on_the_way_out(request, response)

    behind.csrf_exempt = True  # type: ignore[attr-defined] # cookies do not count here
    return behind


def _admitted(
    request: HttpRequest, methods: Collection[str], act: Callable[[], HttpResponse]
) -> HttpResponse:
    if request.method == "HEAD" and "GET" in methods:
        request.method = "GET"  # the server sends the head of the answer alone
    must_be_readable(request)
    if methods and request.method not in methods:
        allowed = ", ".join(sorted(methods))
        return problems.of_status(request, 405, f"this address answers {allowed}", {"Allow": allowed})
    name = request.resolver_match.view_name if request.resolver_match else ""
    access = access_to(name)
    if access.of(request.method or "").public:
        return act()
    caller = _caller(request)
    _hold(caller, name, access, request.method or "")
    if request.method in _READING:
        return act()
    if has_wrong_type(request):
        return problems.of_status(request, 415, _NO_JSON)
    if name in KEEPS_NOTHING:
        return act()
    prepare(request, name)
    return answers.once(request, caller, act)


def _caller(request: HttpRequest) -> Caller:
    """Whose token came with the request, which from here on acts as its owner."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise NotSignedIn("no token came with this request; send Authorization: Bearer acc_…")
    at = timezone.now()
    caller = Caller(token_with(text.strip(), at), text.strip())
    mark_used(caller.token, at)
    request.user = caller.token.owner
    request.token = caller.token  # type: ignore[attr-defined]
    request.actor = Actor(caller.token.owner, f"api:{caller.token.name}", address_of(request))  # type: ignore[attr-defined]
    return caller


def _hold(caller: Caller, name: str, access: Access, method: str) -> None:
    needed = access.scope_of(method)
    if needed and needed not in caller.token.scopes:
        raise ScopeMissing(needed)
    if not access.of(method).allows(caller.token.owner):
        raise NotAllowed(refusal(name, method))


def _on_the_way_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Cache-Control", "no-store")
    if following := getattr(request, "next_page", None):
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
