"""A map's text as plain values that know their lines: how problems found in values get their place."""

from dataclasses import dataclass, field
from typing import Any

from accord.agreement.reading.text import Flaw, Node, Unreadable, read_tree
from accord.errors import Problem

Path = tuple[str | int, ...]


@dataclass
class Marked:
    """`value` is made of dict, list and str; `lines` gives the line (from 1) of each path in it."""

    file: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path, what: str, allowed: str = "") -> Problem:
        return Problem(self.file, self.line(path), show_path(path), what, allowed)


def show_path(path: Path) -> str:
    """`('files', 0, 'read')` as `files[0].read`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read_marked(text: str, file: str) -> Marked:
    """Values and lines of one YAML document; what is wrong with the YAML itself stands in `problems`."""
    marked = Marked(file)
    try:
        tree, flaws = read_tree(text)
    except Unreadable as error:
        flaws = [error.flaw]
    else:
        marked.value = tree.plain()
        marked.lines = dict(_lines(tree, ()))
    marked.problems = [_problem(file, flaw) for flaw in flaws]
    return marked


def _lines(node: Node, path: Path) -> list[tuple[Path, int]]:
    inner: list[tuple[str | int, Node]] = []
    if isinstance(node.value, dict):
        inner = list(node.value.items())
    elif isinstance(node.value, list):
        inner = list(enumerate(node.value))
    found = [(path, node.key_line or node.line)]
    for step, part in inner:
        found += _lines(part, (*path, step))
    return found


def _problem(file: str, flaw: Flaw) -> Problem:
    allowed = "" if "agreement" in flaw.allowed else flaw.allowed  # written for another kind of text
    return Problem(file, flaw.line, show_path(flaw.path), flaw.what, allowed)
