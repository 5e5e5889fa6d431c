"""A real browser for the page tests: the system's Chromium. Without one they are skipped, and say so.

`live` is the server on this machine's loopback with pages opened by it. When a test ends, it fails if a page
asked another host for anything, or complained in its console: a script that threw, a broken content policy.
"""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from accord.server.people.models import User
from score_fixture import log, scored, undrawn, year_of_acme  # noqa: F401
from server_fixture import (  # noqa: F401
    acme_text,
    client_of,
    draft,
    in_force,
    people,
    plain_templates,
    proposed,
    signed_in,
    started,
)
from server_world import world  # noqa: F401

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK, PHONE = 1440, 390


@pytest.fixture(scope="session")
def browser() -> Iterator:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: the pages were not looked at; `make browser` installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGS)
        yield opened
        opened.close()


class Live:
    """The served pages: `live.page(people.mina)` is one where she is signed in, in a browser of her own."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser, self.url = browser, url
        self.foreign: list[str] = []  # requests that left this server
        self.complaints: list[str] = []  # errors and broken policies in a console
        self._expected: list[str] = []
        self._contexts: list[Any] = []

    def page(
        self,
        user: User | None = None,
        *,
        at: str = "",
        width: int = DESK,
        scheme: str = "light",
        confirmed: bool = False,
        **options: Any,
    ) -> Any:
        """A page of a new browser profile, opened at path `at` if one is given.

        `confirmed`: as if the password had been typed just now, so that it is not asked for again.
        """
        context = self.browser.new_context(
            base_url=self.url, viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        if user is not None:
            key = signed_in(user, confirmed=confirmed).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": key, "url": self.url}])
        context.on("request", lambda request: self._asked(request.url))
        page = context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if at:
            page.goto(at)
        return page

    def expect(self, part: str) -> None:
        """A complaint with these words is no fault here, such as `409` where a conflict is provoked."""
        self._expected.append(part)

    def close(self) -> list[str]:
        """Close all pages; what went wrong on any of them."""
        for context in self._contexts:
            context.close()
        unexpected = [words for words in self.complaints if not any(part in words for part in self._expected)]
        return [f"asked {url}" for url in self.foreign] + unexpected

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.url}/", "data:", "blob:")):
            self.foreign.append(url)

    def _said(self, message: Any) -> None:
        if message.location["url"].endswith("/favicon.ico"):
            return  # Chromium asks for one on its own where the answer is no page
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def live(browser, live_server) -> Iterator[Live]:
    opened = Live(browser, live_server.url)
    yield opened
    assert opened.close() == []


def overflow(page: Any) -> int:
    """How many pixels the page is wider than its window: people would have to scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def shut_out(page: Any) -> list[tuple[str, str, str]]:
    """What axe finds on the page that is serious or critical: rule, weight and the first element.

    Open the page with `bypass_csp=True`: axe itself is a script that our policy would refuse.
    """
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (each["id"], each["impact"], each["nodes"][0]["html"][:200])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
