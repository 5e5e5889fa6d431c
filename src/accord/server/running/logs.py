"""What the server writes to standard error: one line an event, JSON unless a person watches.

No address of anybody stands in it, no query string, no token: what a line says of a request is the pattern of
its address in `urls.py`, never the address itself.
"""

import logging
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Each begins where a run of such signs begins, and gives nothing back: a long run is read once.
_MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]++)+")
_TOKEN = re.compile(r"(token=|/join/|/reset/key/|/confirm-email/)[^\s/&\"'<]+", re.IGNORECASE)
_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s@/]+@")


def without_secrets(text: str) -> str:
    """Text with addresses of people, tokens in links and passwords in connection strings struck out."""
    return _MAIL.sub("[address]", _TOKEN.sub(r"\1[token]", _PASSWORD.sub(r"\1[password]@", text)))


def _scrubbed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: without_secrets(value) if isinstance(value, str) else value for key, value in event.items()}


class _Routes(logging.Filter):
    """Django's own lines about a request name its path; they name its pattern instead.

    Those about a page that is missing or a form with errors go: the line of `requests` says as much.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if (request := getattr(record, "request", None)) is not None:
            status = getattr(record, "status_code", 0)
            if record.name == "django.request" and status < 500:
                return False
            record.msg = "request failed" if status >= 500 else "request refused"
            record.args = ()
            record.route, record.status = _route(request), status
        return True


_BEFORE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def config(*, people_watch: bool | None = None) -> dict[str, Any]:
    """`logging`'s dictionary: structlog's events and those of Django and granian in one form."""
    watched = sys.stderr.isatty() if people_watch is None else people_watch
    after: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        *([] if watched else [structlog.processors.format_exc_info]),
        _scrubbed,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if watched
        else structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    lines = {
        "()": "structlog.stdlib.ProcessorFormatter",
        "processors": after,
        "foreign_pre_chain": [*_BEFORE, structlog.stdlib.ExtraAdder({"route", "status"})],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"routes": {"()": _Routes}},
        "formatters": {"lines": lines},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["routes"]}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "accord": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "_granian": {"handlers": [], "level": "WARNING", "propagate": True},
            "granian.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }


def structured() -> None:
    """Let structlog speak through `logging`, so that `config` rules all of it."""
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> Any:
    """A logger whose events are words and values: `logger(__name__).info("sent", messages=3)`."""
    return structlog.stdlib.get_logger(name)


def requests(
    get_response: "Callable[[HttpRequest], HttpResponse]",
) -> "Callable[[HttpRequest], HttpResponse]":
    """Middleware: one line a request, with its pattern, its status and how long it took."""
    log = logger("accord.requests")

    def middleware(request: "HttpRequest") -> "HttpResponse":
        began = time.perf_counter()
        response = get_response(request)
        route = _route(request)
        say = log.debug if route == "health" or not route else log.info
        ms = round((time.perf_counter() - began) * 1000, 1)
        say("request", method=request.method, route=f"/{route}", status=response.status_code, ms=ms)
        return response

    return middleware


def _route(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return match.route if match else ""
