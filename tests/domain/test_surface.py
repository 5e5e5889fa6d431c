"""What the library shows to the outside, and what it costs to import."""

import importlib
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import accord
from accord import errors

HEAVY = {"duckdb", "numpy", "altair", "pydantic", "yaml", "holidays", "rich", "click", "vl_convert", "jinja2"}


def test_every_public_name_can_be_imported() -> None:
    missing = [name for name in accord.__all__ if getattr(accord, name, None) is None]
    assert not missing


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = accord.nonsense


def test_importing_accord_loads_nothing_heavy() -> None:
    code = "import sys, json, accord; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.check_output([sys.executable, "-c", code], text=True))
    assert not HEAVY & {name.partition(".")[0] for name in loaded}


def _leaves(cls: type) -> list[type]:
    below = cls.__subclasses__()
    return [leaf for sub in below for leaf in _leaves(sub)] if below else [cls]


def test_every_error_is_drawn_in_the_tree_and_has_codes_of_its_own() -> None:
    drawing = errors.__doc__ or ""
    leaves = [leaf for leaf in _leaves(errors.AccordError) if leaf.__module__ == "accord.errors"]
    assert all(leaf.__name__ in drawing for leaf in leaves)
    codes = [leaf.exit_code for leaf in leaves]
    assert len(set(codes)) == len(codes)
    assert all(2 < code < 64 for code in codes)
    assert all(400 <= leaf.http_status < 500 for leaf in leaves if leaf is not errors.NotReady)
    assert (errors.NotReady.http_status, errors.NotReady.wait) == (503, 2)  # nothing is wrong: ask again


SPARK = ("accord.ledger.spark", "accord.ledger.spelling")


def test_errors_are_raised_only_from_the_one_tree() -> None:
    """No room defines an error of its own: what users meet is drawn in one place."""
    root = Path(accord.__file__).parent
    for path in root.rglob("*.py"):
        name = ".".join(["accord", *path.relative_to(root).with_suffix("").parts]).removesuffix(".__init__")
        if name in SPARK and not all(map(find_spec, ("pyspark", "sqlglot"))):
            continue  # an extra, tried by tests/contracts/test_engines_agree.py
        module = importlib.import_module(name)
        own = [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, errors.AccordError)
            and value.__module__ == module.__name__
        ]
        assert module.__name__ == "accord.errors" or not own
