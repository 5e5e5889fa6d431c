"""What an ASGI server runs, where a company has one already."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.server.settings")
application = get_asgi_application()
