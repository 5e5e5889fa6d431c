"""What a WSGI server runs: `granian --interface wsgi accord.server.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
_django = get_wsgi_application()

from accord.server.intake.front import before  # noqa: E402 - it reads models, which stand only now

application = before(_django)
