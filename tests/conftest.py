"""What holds for all tests: properties explore on a developer's machine and repeat themselves in CI.

A change must not fail to land because of an example that it has nothing to do with; what a developer's run
finds stays in Hypothesis's database and is tried first from then on.

A test that starts processes or a browser and fails is run once more, and the summary says so: the machine may
be shared and slow, and what is really broken fails twice. No other test has a second try.
"""

import os

import pytest
from hypothesis import settings

_PROCESSES = {"installation", "migrated", "up_to_date"}  # fixtures of `accord serve` and its kin

settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        starts_processes = _PROCESSES & set(getattr(item, "fixturenames", ()))
        if starts_processes or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
