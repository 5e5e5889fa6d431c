"""Gathers every message of the server into the catalogue of a language, for translators.

    .venv/bin/python tools/messages.py fa     new messages come in, translated ones stay, gone ones go

It does what `makemessages` and `compilemessages` do, by Babel: GNU gettext is not everywhere. The server
reads the compiled file beside the written one; commit both. English needs none: its messages are the keys.
"""

import ast
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "src/accord/server"
REPORT = ROOT / "src/accord/report"
TOLD = {  # of the report's parts, the texts that pages of the server say in their own language: place, name
    "Section": {1: "title", 2: "question"},
    "Part": {0: "title"},
    "Figure": {0: "label"},
    "Chart": {0: "title"},
    "grid": {1: "caption"},
    "Column": {1: "title"},
    "Item": {1: "text"},
    "Key": {1: "text"},
}
STATES = REPORT / "scoreboard.py", "WORDS"  # the words of a promise's states, in a table of that name
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(n?p?gettext)\((\s*{_STRING}(?:\s*,\s*(?:{_STRING}|\w+))*)\s*\)")

Message = tuple[str, int, tuple[str, ...], str | None]  # file, line, one or two forms, context


@cache
def gathered() -> tuple[Message, ...]:
    """Every message with its place, by file."""
    return tuple(_gathered())


def _gathered() -> Iterator[Message]:
    for path in sorted(SERVER.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _in_python(path)
    for path in sorted(REPORT.rglob("*.py")):
        yield from _in_report(path)
    for path in sorted(SERVER.rglob("templates/**/*")):
        if path.suffix in (".html", ".txt"):
            yield from _in_template(path)


def _in_python(path: Path) -> Iterator[Message]:
    with path.open("rb") as source:
        for line, forms, _comments, context in extract("python", source, keywords=KEYWORDS):
            yield _place(path), line, forms if isinstance(forms, tuple) else (forms,), context


def _in_report(path: Path) -> Iterator[Message]:
    """The report knows no gettext: the server's pages translate its texts as they show them (`told`).

    Texts with figures in them are left: no catalogue can have them.
    """
    module = ast.parse(path.read_text("utf-8"))
    everywhere = _named(module.body)
    if path == STATES[0]:
        yield from _all_of(path, [ast.Name(STATES[1])], everywhere)
    for outer in module.body:
        names = everywhere | _named(ast.walk(outer))
        for node in ast.walk(outer):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TOLD:
                places = TOLD[node.func.id]
                told = [node.args[at] for at in places if at < len(node.args)]
                told += [one.value for one in node.keywords if one.arg in places.values()]
                yield from _all_of(path, told, names)


def _named(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """What names stand for, by all assignments to them."""
    found = dict[str, list[ast.expr]]()
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _all_of(path: Path, told: Iterable[ast.expr], names: dict[str, list[ast.expr]]) -> Iterator[Message]:
    for text, line in (found for one in told for found in _plain_texts(one, names)):
        yield _place(path), line, (text,), None


def _plain_texts(node: ast.expr, names: dict[str, list[ast.expr]]) -> Iterator[tuple[str, int]]:
    """A text as it stands or under a name, either of two, or any of a table."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text, node.lineno
        case ast.IfExp(body=one, orelse=other):
            yield from _plain_texts(one, names)
            yield from _plain_texts(other, names)
        case ast.Dict(values=values):
            for value in values:
                yield from _plain_texts(value, names)
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name) if name in names:
            for value in names[name]:
                yield from _plain_texts(value, {known: names[known] for known in names if known != name})


def _in_template(path: Path) -> Iterator[Message]:
    """Django turns a template into calls between blanks; these are read as they stand."""
    plain = templatize(path.read_text("utf-8"))
    for found in _CALL.finditer(plain):
        texts = [ast.literal_eval(text) for text in re.findall(_STRING, found[2])]
        context = texts.pop(0) if "p" in found[1].split("gettext")[0] else None
        yield _place(path), plain.count("\n", 0, found.start()) + 1, tuple(texts), context


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def catalogue(language: str, written: Path) -> Catalog:
    """All messages, with the translations that the file has so far."""
    source = Catalog(charset="utf-8")
    for file, _line, forms, context in gathered():
        source.add(forms if len(forms) > 1 else forms[0], locations=[(file, None)], context=context)
    kept = Catalog(locale=language)
    if written.exists():
        with written.open("rb") as file:
            kept = read_po(file, locale=language)
    kept.project, kept.version, kept.fuzzy, kept.header_comment = "Accord", "", False, ""
    kept.update(source, no_fuzzy_matching=True, update_creation_date=False)
    kept.obsolete.clear()
    return kept


def main(language: str, locales: Path = SERVER / "locale") -> int:
    written = locales / language.replace("-", "_") / "LC_MESSAGES/django.po"
    written.parent.mkdir(parents=True, exist_ok=True)
    made = catalogue(language.replace("-", "_"), written)
    _replace(written, lambda file: write_po(file, made, width=110, include_lineno=False, sort_by_file=True))
    _replace(written.with_suffix(".mo"), lambda file: write_mo(file, made))
    left = sum(1 for message in made if message.id and not message.string)
    print(f"{written}: {len(made)} messages, {left} to translate")
    return 0


def _replace(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        write(file)
    Path(name).chmod(0o644)
    Path(name).replace(path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("say which language, such as: tools/messages.py fa")
    sys.exit(main(sys.argv[1]))
