"""`accord manage person export LEAD`, `person erase LEAD`: what somebody may ask for about themselves."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accord.errors import LeadUnknown
from accord.server.audit.trail import Actor
from accord.server.desk.arriving import find_lead
from accord.server.desk.erasing import erase_person, export_person


class Command(BaseCommand):
    help = "Export all that is known of a person as JSON, or erase it for good; counts stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("export", "erase"))
        parser.add_argument("whose", help="Key of a lead of the person, or an e-mail address or number.")
        parser.add_argument("--yes", action="store_true", help="Erase without asking.")

    def handle(self, *_args: Any, **options: Any) -> None:
        by, at = Actor(None, "command"), timezone.now()
        try:
            lead = find_lead(options["whose"])
        except LeadUnknown as error:
            raise CommandError(str(error)) from None
        if options["what"] == "export":
            self.stdout.write(json.dumps(export_person(by, lead.pk, at), ensure_ascii=False, indent=2))
            return
        if not options["yes"] and input("This cannot be undone. Type erase to go on: ").strip() != "erase":
            raise CommandError("nothing was erased")
        erased = erase_person(by, lead.pk, at)
        self.stdout.write(f"erased: {', '.join(one.key for one in erased)}")
