"""What a browser makes of a page's HTML: its elements and forms, for tests of what must not be in it."""

import base64
import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser

RUNS = ("javascript:", "vbscript:", "data:text/html")


@dataclass
class Form:
    """One form: where it goes, and its fields by name with the values that a browser would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)  # names of fields that people type text into


class Seen(HTMLParser):
    """The parsed page; `inline` lists whatever a strict content policy forbids."""

    def __init__(self, html: str, allowed_styles: str = "") -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.inline: list[str] = []
        self._policy, self._block, self._select, self._textarea = allowed_styles, "", "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes |= set(given)
        self._look(tag, given)
        if tag in ("script", "style") and "src" not in given and given.get("type") != "application/json":
            self._block = tag
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self._read(tag, given)

    def _look(self, tag: str, given: dict[str, str]) -> None:
        for name, value in given.items():
            runs = value.strip().lower().startswith(RUNS) and name in ("href", "src", "action", "formaction")
            if name == "style" or name.startswith(("on", "hx-on")) or runs:
                self.inline.append(f"<{tag} {name}={value[:60]!r}>")

    def _read(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        name, form = given.get("name", ""), self.forms[-1] if self.forms else None
        if form is None:
            return
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if self._select not in form.fields or "selected" in given:
                form.fields[self._select] = given.get("value", "")
        elif tag == "textarea" and name:
            form.fields[name], self._textarea = "", name
            form.typed.add(name)
        elif tag in ("input", "button") and name:
            self._input(form, name, given, tag)

    def _input(self, form: Form, name: str, given: dict[str, str], tag: str) -> None:
        kind = given.get("type", "text" if tag == "input" else "submit").lower()
        if kind in ("checkbox", "radio"):
            if "checked" in given or name not in form.fields:
                form.fields[name] = given.get("value", "on")
            return
        form.fields.setdefault(name, given.get("value", ""))
        if kind in ("text", "search", "url", "email", "password"):
            form.typed.add(name)

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1].fields[self._textarea] += data
        if self._block and data.strip():
            digest = base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()
            if digest not in self._policy:
                self.inline.append(f"<{self._block}>{data.strip()[:60]}")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._block:
            self._block = ""
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._textarea = ""


def seen(answer) -> Seen:
    """The page of an answer of the test client."""
    return Seen(answer.content.decode(), answer.headers.get("Content-Security-Policy", ""))


def is_page(answer) -> bool:
    return answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html")
