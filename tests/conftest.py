"""What holds for all tests: properties explore on a developer's machine and repeat themselves in CI.

A change must not fail to land because of an example that it has nothing to do with; what a developer's run
finds stays in Hypothesis's database and is tried first from then on.
"""

import os

from hypothesis import settings

settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")
