"""The win and the block in the words of those who stand there, instead of what the figures say."""

from django.db import transaction
from django.urls import reverse

from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.fitting import must_fit, one_line
from accord.server.rituals.models import Sheet


@transaction.atomic
def say(by: Actor, sheet: Sheet, win: str, block: str) -> None:
    """Keep words for the win and the block of a day; empty ones let the figures speak again."""
    sheet.win, sheet.block = one_line(win), one_line(block)
    must_fit(sheet, ("win", "block"))
    sheet.save(update_fields=("win", "block"))
    link = reverse("stand-up-day", args=[sheet.on])
    record(by, Action.SHEET_SAID, str(sheet.on), link=link, win=sheet.win, block=sheet.block)
