"""Every visible word goes through gettext: pages are drawn in a made-up language that puts ⟦…⟧ around it."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import accord.server
from accord.agreement.terms import Agreement
from accord.server.agreements.models import AgreementFile
from accord.server.running.setting_up import forget_whom_we_met
from look_tour import Stop, stops
from server_fixture import People

SERVER = Path(accord.server.__file__).parent
pytestmark = [pytest.mark.usefixtures("plain_templates"), pytest.mark.any_database]
TEMPLATES = sorted(path for path in SERVER.rglob("templates/**/*.html"))
SAID = ("title", "alt", "placeholder", "aria-label", "data-confirm", "data-done", "content")
UNSEEN = {"script", "style", "textarea", "pre", "code", "kbd", "svg", "template"}
VOID = {"input", "br", "hr", "meta", "link", "img", "col", "source", "wbr"}


class Visible(HTMLParser):
    """Text that somebody sees or hears, without what computers write for computers."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._path: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.parts.append("\n")
        for name in SAID:
            if name in given and tag != "meta":
                self.parts.append(f"\n{given[name]}\n")
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.parts.append(f"\n{given.get('value', '')}\n")
        if tag not in VOID:
            self._path.append("pre" if given.get("translate") == "no" else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._path:
            self._path.pop()

    def handle_data(self, data: str) -> None:
        self.parts.append("\n" if UNSEEN & set(self._path) else data)


def visible(html: str) -> str:
    reader = Visible()
    reader.feed(html)
    return "".join(reader.parts)


def outside_brackets(text: str) -> str:
    kept, depth = [], 0
    for character in text:
        depth += (character == "⟦") - (character == "⟧")
        if depth == 0:
            kept.append("\n" if character == "⟧" else character)
    return "".join(kept)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", text.lower()))


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language in which every message stands in brackets, as it was written."""
    catalogue = translation._trans
    monkeypatch.setattr(
        catalogue, "gettext", lambda message: f"⟦{message}⟧" if message else "", raising=False
    )
    monkeypatch.setattr(
        catalogue, "ngettext", lambda one, many, count: f"⟦{one if count == 1 else many}⟧", raising=False
    )
    monkeypatch.setattr(catalogue, "pgettext", lambda _context, message: f"⟦{message}⟧", raising=False)
    monkeypatch.setattr(
        catalogue, "npgettext", lambda _c, one, many, count: f"⟦{one if count == 1 else many}⟧", raising=False
    )
    yield


def literals(*folders: Path) -> set[str]:
    """Words and sentences that stand in Python modules."""
    found: set[str] = set()
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        if "migrations" not in path.parts and not path.name.startswith("demo"):  # invented people are data
            found |= set(_strings(ast.parse(path.read_text())))
    return {" ".join(text.split()) for text in found if _reads_like_words(text)}


def _strings(node: ast.AST) -> Iterator[str]:
    """Without those that are asked of gettext, and without docstrings' kin: an expression by itself."""
    called = getattr(getattr(node, "func", None), "id", "")
    if called in {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def _reads_like_words(text: str) -> bool:
    return bool(re.fullmatch(r"\W*[A-Z][a-z]{3,}\W*", text) or re.search(r"[a-z]{2,} [a-z]{2,}", text))


LIBRARY = literals(*(folder for folder in SERVER.parent.iterdir() if folder.is_dir() and folder != SERVER))
NAMES = {"Accord", "Slack", "Microsoft Teams", "Mattermost"}  # the same in every language
OURS = literals(SERVER) - LIBRARY - NAMES - {name.capitalize() for name in Agreement.model_fields}


def untranslated(html: str) -> list[str]:
    """What is seen outside the brackets and was written in the server: that was to be translated.

    What the library says (its problems and sentences) and what people typed is data here.
    """
    lines = [" ".join(line.split()) for line in outside_brackets(visible(html)).split("\n")]
    return [line for line in lines if line not in LIBRARY and any(_stands_in(said, line) for said in OURS)]


def _stands_in(said: str, line: str) -> bool:
    """As whole words, and as most of the line; the pattern, which costs most, comes last."""
    if 2 * len(said) <= len(line) or said not in line:
        return False
    return bool(re.search(rf"(?<!\w){re.escape(said)}(?!\w)", line))


@pytest.mark.django_db
@pytest.mark.usefixtures("undrawn", "scored", "bracketed")
def test_every_word_on_every_page_can_be_translated(
    people: People, in_force: AgreementFile, client_of
) -> None:
    found = {}
    for stop in stops(people, in_force):
        if stop.name == "api-docs":  # shows the schema, which is English like the names in it
            continue
        answer = _visit(stop, people, client_of)
        if answer is not None and (left := untranslated(answer)):
            found[stop.name] = left
    assert found == {}


@pytest.mark.django_db
def test_every_word_of_the_first_page_of_all_can_be_translated(client_of, bracketed: None) -> None:
    """An empty installation shows its set-up and nothing else."""
    forget_whom_we_met()
    answer = client_of(None).get("/setup")
    assert answer.status_code == 200
    assert untranslated(answer.content.decode()) == []


def _visit(stop: Stop, people: People, client_of) -> str | None:
    """The page as it looks in the made-up language; None where it sends one elsewhere."""
    client: Client = client_of(people[stop.who], confirmed=True) if stop.who else client_of(None)
    client.raise_request_exception = False
    answer = client.get(stop.address)
    return answer.content.decode() if answer.status_code in (200, 404) else None


def test_the_look_for_words_finds_one_that_was_forgotten() -> None:
    html = '<p>⟦Save <b>%(x)s</b>⟧ Forgotten</p><a title="Also">⟦a⟧</a><script>never</script><p>⟦x ⟦y⟧ z⟧</p>'
    assert [line.strip() for line in outside_brackets(visible(html)).split("\n") if words(line)] == [
        "Forgotten",
        "Also",
    ]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(SERVER)))
def test_a_template_writes_no_word_by_itself(template: Path) -> None:
    """Whatever the page's data are: text between tags stands in `translate` or `blocktranslate`."""
    text = template.read_text()
    text = re.sub(r"{%\s*(comment|verbatim)\b.*?{%\s*end\1\s*%}", "", text, flags=re.S)
    text = re.sub(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", "", text, flags=re.S)
    text = re.sub(r"{%\s*block wide\s*%}.*?{%\s*endblock[^%]*%}", "", text, flags=re.S)
    text = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}", "", text, flags=re.S)
    left = [line.strip() for line in visible(text).split("\n") if words(line) - {"accord"}]
    assert left == []
