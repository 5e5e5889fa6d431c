"""What the pages of routing share."""

from collections.abc import Iterable, Mapping
from typing import cast

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.errors import EntryInvalid, Problem
from accord.server.look import figures as say
from accord.server.people.models import User
from accord.server.routing.moving import Outcome

MOST = 10**12  # numbers of rows that a request may name


def viewer_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def number_of(text: str) -> int | None:
    """A row's number as a form sends it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def numbers_of(texts: Iterable[str]) -> list[int]:
    return [number for text in texts if (number := number_of(text)) is not None]


def chosen(request: HttpRequest, field: str = "to") -> User | None:
    """The person that a form names; None for an empty choice. EntryInvalid for somebody who is not there."""
    text = request.POST.get(field, "")
    if not text:
        return None
    number = number_of(text)
    found = User.objects.filter(pk=number).first() if number is not None else None
    if found is None:
        raise EntryInvalid([Problem("", 0, field, _("this person is not there; choose one from the list"))])
    return found


def said(request: HttpRequest, outcome: Outcome) -> None:
    """What became of a move, as messages."""
    if outcome.moved:
        names = ", ".join(f"{name} ({say.number(count)})" for name, count in outcome.got.items())
        words = ngettext(
            "%(count)s lead moved: %(names)s.", "%(count)s leads moved: %(names)s.", outcome.moved
        )
        messages.success(request, words % {"count": say.number(outcome.moved), "names": names})
    for why in outcome.stayed[:5]:
        messages.warning(request, _("Not moved: %(why)s.") % {"why": why})


def errors_of(error: EntryInvalid) -> Mapping[str, str]:
    """What is wrong by field."""
    return {problem.path: f"{problem.what[:1].upper()}{problem.what[1:]}." for problem in error.problems}
