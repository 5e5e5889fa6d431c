"""`accord manage api_token kai@acme.example`: a token for somebody, by whoever has the server's shell."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accord.errors import EntryInvalid
from accord.server.api.tokens import MOST_DAYS, SCOPES, USUAL_DAYS, make_token
from accord.server.audit.trail import Actor
from accord.server.people.addresses import normal_address
from accord.server.people.models import User


class Command(BaseCommand):
    help = "Print a new token of the API for somebody; it is kept nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="Whom the token acts for.")
        parser.add_argument("--name", default="shell", help="The integration, as the audit names it.")
        parser.add_argument(
            "--scope", action="append", choices=list(SCOPES), help="Repeatable; all if not said."
        )
        parser.add_argument(
            "--days", type=int, default=USUAL_DAYS, help=f"Until it expires, at most {MOST_DAYS}."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        owner = User.objects.filter(email=normal_address(options["email"]), is_active=True).first()
        if owner is None:
            raise CommandError(f"nobody with the address {options['email']} can sign in; invite them first")
        by, scopes = Actor(None, "command"), options["scope"] or list(SCOPES)
        try:
            made = make_token(by, name=options["name"], scopes=scopes, days=options["days"], owner=owner)
        except EntryInvalid as error:
            raise CommandError(str(error)) from None
        self.stdout.write(made.text)
