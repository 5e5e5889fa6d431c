"""Django's settings for tests: a folder of their own, quick passwords, a right-to-left language to look at."""

import os
import tempfile

os.environ["ACCORD_DATA"] = os.environ.get("ACCORD_TEST_DATA") or tempfile.mkdtemp(prefix="accord-test-")
os.environ.setdefault("ACCORD_SECRET_KEY", "only-for-tests-" * 5)
os.environ["ACCORD_LANGUAGES"] = "en,fa"
os.environ["ACCORD_HOSTS"] = "localhost,127.0.0.1,testserver"

from accord.server.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
