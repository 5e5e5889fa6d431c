"""`accord manage setup_address`: the set-up page's address with a fresh token."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accord.server.running.setting_up import fresh_token


class Command(BaseCommand):
    help = "Print the address of the set-up page with a fresh one-time token."

    def handle(self, *_args: Any, **_options: Any) -> None:
        token = fresh_token()
        if token is None:
            raise CommandError("somebody has an account already; sign in, and invite others from there")
        self.stdout.write(f"{settings.ENV.url or 'http://ADDRESS-OF-THE-SERVER'}/setup?token={token}")
