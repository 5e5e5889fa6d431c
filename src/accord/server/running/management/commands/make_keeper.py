"""`accord manage make_keeper EMAIL`: the way out where nobody is left who can let others in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accord.server.audit.trail import Actor
from accord.server.people.addresses import normal_address
from accord.server.people.keeping import make_keeper
from accord.server.people.models import User

_FEW = 10  # addresses after which the list of those who could is cut


class Command(BaseCommand):
    help = "Make somebody who has an account the head of operations, and switch the account on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address by which the person signs in")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        person = User.objects.filter(email=normal_address(email)).first()
        if person is None:
            raise CommandError(_nobody(email))
        was = f"{person.get_side_display()}, {person.get_role_display()}".lower()
        make_keeper(Actor(None, "command"), person)
        self.stdout.write(f"{person.email} keeps this installation now: head of operations (was {was})")


def _nobody(email: str) -> str:
    known = list(User.objects.order_by("-is_active", "pk").values_list("email", flat=True)[: _FEW + 1])
    if not known:
        return "nobody has an account yet; `accord manage setup_address` shows where the first one is made"
    names = ", ".join(known[:_FEW]) + (" …" if len(known) > _FEW else "")
    return f"nobody has an account with the address {email!r}; these have one: {names}"
