"""Accord keeps the agreement between a company's marketing and its sales.

    import accord

    agreement = accord.read_agreement("agreement.yaml")
    score = accord.score(agreement, "log", from_on=date(2026, 1, 1), to_on=date(2026, 1, 31), as_of=now)
    page = accord.render_page(score, agreement)

Each name loads its part of the library when it is first used, so that importing `accord` costs next to
nothing. The rooms of the library are packages of their own: `accord.worktime`, `accord.plan`, ….
"""

from importlib import import_module
from typing import TYPE_CHECKING

from accord.errors import AccordError

if TYPE_CHECKING:
    from accord.agreement.check import check
    from accord.agreement.parse import parse_agreement, read_agreement
    from accord.agreement.rendering.render import render_markdown
    from accord.agreement.terms import Agreement
    from accord.ledger.engine import Ledger
    from accord.ledger.scoring import score
    from accord.ledger.why import explain
    from accord.report.as_json import score_json
    from accord.report.page import render_page
    from accord.sources.importing import run_import
    from accord.sources.map import read_map
    from accord.worktime import Calendar

__version__ = "0.1.0"

_HOME = {
    "Agreement": "accord.agreement.terms",
    "Calendar": "accord.worktime",
    "Ledger": "accord.ledger.engine",
    "check": "accord.agreement.check",
    "explain": "accord.ledger.why",
    "parse_agreement": "accord.agreement.parse",
    "read_agreement": "accord.agreement.parse",
    "read_map": "accord.sources.map",
    "render_markdown": "accord.agreement.rendering.render",
    "render_page": "accord.report.page",
    "run_import": "accord.sources.importing",
    "score": "accord.ledger.scoring",
    "score_json": "accord.report.as_json",
}

__all__ = [
    "AccordError",
    "Agreement",
    "Calendar",
    "Ledger",
    "__version__",
    "check",
    "explain",
    "parse_agreement",
    "read_agreement",
    "read_map",
    "render_markdown",
    "render_page",
    "run_import",
    "score",
    "score_json",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'accord' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
