"""What a page's time is held against: a bare view, and the empty page of the same server."""

import statistics
import sys
import time
from dataclasses import dataclass
from types import ModuleType
from typing import Any

EMPTY = "/nowhere/at-all/"  # the page for what is not there: the whole stack and the shell around no content
NOT_FOUND = 404


@dataclass(frozen=True)
class Asked:
    """Milliseconds of requests for one page, in order; `busy` is what this process itself worked."""

    taken: tuple[float, ...]
    busy: tuple[float, ...]
    status: int
    content: bytes

    @property
    def p50(self) -> float:
        return statistics.median(self.taken)

    @property
    def p95(self) -> float:
        """By nearest rank."""
        return sorted(self.taken)[-(-len(self.taken) * 95 // 100) - 1]

    @property
    def cpu(self) -> float:
        return statistics.median(self.busy)

    def after(self, first: int) -> "Asked":
        """Without the first so many, which fill caches."""
        return Asked(self.taken[first:], self.busy[first:], self.status, self.content)


def asked(path: str, user: Any, times: int) -> Asked:
    """Requests of one user, or of nobody, through everything that Django has installed."""
    from django.test import Client

    client, taken, busy, status, content = Client(), [], [], 0, b""
    if user is not None:
        client.force_login(user)
    for _ in range(times):
        start, cpu = time.perf_counter(), time.process_time()
        answer = client.get(path)
        status, content = answer.status_code, answer.getvalue()  # also of what is streamed
        taken.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - cpu) * 1000)
    return Asked(tuple(taken), tuple(busy), status, content)


def bare_view(times: int) -> Asked:
    """A view that does nothing, without any middleware."""
    from django.http import HttpResponse
    from django.test.utils import override_settings
    from django.urls import path

    table = ModuleType("bare")
    table.urlpatterns = [path("", lambda _request: HttpResponse("ok"))]  # type: ignore[attr-defined]
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF=table):
        return asked("/", None, times)


def empty_page(user: Any, times: int) -> Asked:
    """The floor: sign-in, session, rights and the shell with its navigation, around nothing."""
    found = asked(EMPTY, user, times)
    if found.status != NOT_FOUND:
        sys.exit(f"{EMPTY}: {found.status}, but nothing should be there")
    return found
