"""From a what-if to a draft: the agreement's text with what was changed, comments kept where that goes."""

from collections.abc import Mapping
from typing import Any

from accord.agreement.canonical import as_written, dump_yaml
from accord.agreement.comparing.diff import Kind, diff
from accord.agreement.parse import parse_agreement
from accord.agreement.reading.text import Path
from accord.agreement.terms import ONLY_STREAM, Agreement
from accord.agreement.writing.change import remove_at, set_at
from accord.errors import InputError


def text_with(text: str, before: Agreement, after: Agreement) -> str:
    """`text`, which says `before`, so that it says `after`, with all else of it left as it is.

    It is read again and taken only if it says exactly what is meant; else the canonical text is, which has no
    comments.
    """
    written, new = as_written(after), text
    try:
        for change in diff(before, after):
            path = _in_text(change.path)
            if change.kind is Kind.REMOVED and path == change.path:
                new = remove_at(new, path)
            else:
                new = set_at(new, _short(path, new), _at(written, path))
        if parse_agreement(new) == after:
            return new
    except (InputError, LookupError, TypeError):
        pass
    return dump_yaml(after)


def _at(written: Mapping[str, Any], path: tuple[str, ...]) -> object:
    value: Any = written
    for step in path:
        value = value[step]
    return value


def _in_text(path: tuple[str, ...]) -> tuple[str, ...]:
    """Rates, with what they were counted on, stand beside the mix: `mql_to_sql: 68 of 200`."""
    beside = path[:1] == ("lead_types",) and len(path) == 6 and path[4] in ("rates", "evidence")
    return (*path[:4], path[5]) if beside else path


def _short(path: tuple[str, ...], text: str) -> Path:
    """The path without the only stream, which texts leave out."""
    at = next((at for at in range(len(path)) if path[at : at + 2] == ("streams", ONLY_STREAM)), None)
    return path if at is None or f"{ONLY_STREAM}:" in text else (*path[:at], *path[at + 2 :])
