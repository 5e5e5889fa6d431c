"""The picture in the README: the top of a report page as a browser shows it.

python tools/picture.py PAGE.html PICTURE.png
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
VIEW = {"width": 1280, "height": 830}


def main(page: Path, picture: Path) -> None:
    with sync_playwright() as playwright:
        program = next((path for path in BROWSERS if Path(path).exists()), None)
        browser = playwright.chromium.launch(executable_path=program, args=ARGS)
        view = browser.new_page(viewport=VIEW, device_scale_factor=1.5, color_scheme="light")
        view.goto(page.resolve().as_uri())
        picture.parent.mkdir(parents=True, exist_ok=True)
        view.screenshot(path=picture)
        browser.close()
    print(f"{picture}: {picture.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
