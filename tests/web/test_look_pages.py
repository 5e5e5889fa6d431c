"""Every page in a real browser: wide and light, on a phone in the dark, and from right to left.

With `ACCORD_SHOTS=folder` each page is also kept as a picture, to be looked at.
"""

import os
from pathlib import Path

import pytest

from conftest import DESK, PHONE, overflow, shut_out
from look_tour import stops

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("ACCORD_SHOTS", "")
VIEWS = {  # by language: each page is opened once and looked at twice
    "en": (("desk", DESK, "light"), ("phone", PHONE, "dark")),
    "fa": (("right-to-left", DESK, "dark"), ("right-to-left-phone", PHONE, "light")),
}


@pytest.mark.parametrize("language", VIEWS)
def test_every_page_fits_its_window_and_shuts_nobody_out(language: str, live, people, in_force) -> None:
    for user in people.values():
        user.language = language
        user.save()
    every, found = stops(people, in_force), {}
    live.expect("404")  # pages that are missing are pages too
    for who in sorted({stop.who or "" for stop in every}):
        page = live.page(
            people[who] if who else None,
            confirmed=bool(who),
            bypass_csp=True,
            locale=language,
            reduced_motion="reduce",
        )
        for stop in (stop for stop in every if (stop.who or "") == who):
            page.goto(stop.address)
            for view, width, scheme in VIEWS[language]:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way
                page.set_viewport_size({"width": width, "height": 900})
                if wrong := _wrong(page, language):
                    found[f"{view}: {stop.name}"] = wrong
                if SHOTS:
                    page.screenshot(path=Path(SHOTS) / f"{view}-{stop.name}.png", full_page=True)
    assert found == {}


def _wrong(page, language: str) -> list[object]:
    found: list[object] = [] if overflow(page) <= 0 else [f"{overflow(page)} px too wide"]
    if page.locator("html").get_attribute("dir") != ("rtl" if language == "fa" else "ltr"):
        found.append("wrong direction")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} headings of the first level")
    if language == "en":  # what axe looks for does not depend on the direction, and it takes its time
        found += shut_out(page)
    return found
