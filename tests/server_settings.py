"""Django's settings for tests: a folder of their own, quick passwords, a right-to-left language."""

import atexit
import os
import shutil
import tempfile

if not (_folder := os.environ.get("ACCORD_TEST_DATA")):
    _folder = tempfile.mkdtemp(prefix="accord-test-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["ACCORD_DATA"] = _folder
os.environ.setdefault("ACCORD_SECRET_KEY", "only-for-tests-" * 5)
os.environ["ACCORD_LANGUAGES"] = "en,fa"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the tests
os.environ["ACCORD_HOSTS"] = "localhost,127.0.0.1,testserver"

from accord.server.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A file as in production, not memory: threads then have connections of their own, locks and a WAL.
DATABASES["default"].setdefault("TEST", {}).setdefault("NAME", f"{_folder}/test.sqlite3")
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["TEST"]["NAME"] = "accord_test"
    DATABASES["default"]["CONN_MAX_AGE"] = 0
