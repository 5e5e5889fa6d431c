"""The texts of mails that go out by themselves: kept by whoever leads marketing or sales.

A text may name the person, the company and the sender: `{name}`, `{company}`, `{sender}`; `{name|there}` says
what stands there where nothing is known. Who wrote, that a machine did, and how to stop it is added to every
mail and is no part of the text, so nobody can leave it out (8.1, 8.8).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.agreement.plain import clean
from accord.errors import EditConflict, EntryInvalid, PageUnknown, Problem
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.boards.models import Automatic, Enrolment, HeldBack, Text

PLACES = ("name", "company", "sender")
_PLACE = re.compile(r"\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}")
MOST_SUBJECT, MOST_TEXT = 150, 10_000


@dataclass(frozen=True)
class Wanted:
    """A text as somebody typed it."""

    use: str
    name: str
    step: int
    subject: str
    text: str


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str


@transaction.atomic
def save(by: Actor, wanted: Wanted, at: datetime) -> Text:
    """Keep a text; the one that it replaces stays on record. EntryInvalid names every field that is wrong."""
    subject = clean(wanted.subject, most=MOST_SUBJECT + 1)
    text = plain(wanted.text)
    if problems := _problems(wanted, subject, text):
        raise EntryInvalid(problems)
    key = {"use": wanted.use, "name": wanted.name, "step": wanted.step}
    Text.objects.select_for_update().filter(**key, replaced_at=None).update(replaced_at=at)
    row = Text.objects.create(**key, subject=subject, text=text, saved_at=at, saved_by=by.user)
    record(by, Action.TEXT_SAVED, title(row), link=reverse("nurture-text", args=[row.pk]))
    _wake(row)
    return row


@transaction.atomic
def put_away(by: Actor, pk: int, at: datetime) -> None:
    """Stop using a text: from then on nobody gets it. EditConflict where that was done before."""
    row = find(pk)
    if not Text.objects.filter(pk=pk, replaced_at=None).update(replaced_at=at):
        raise EditConflict(_("this text is not used any more; open the list of texts"))
    record(by, Action.TEXT_PUT_AWAY, title(row), link=reverse("nurture"))


def find(pk: int) -> Text:
    row = Text.objects.select_related("saved_by").filter(pk=pk).first()
    if row is None:
        raise PageUnknown(_("text %(number)s") % {"number": pk})
    return row


def plain(text: str) -> str:
    """A text as it is kept: its lines without signs that steer or turn them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean(line, most=MOST_TEXT + 1) for line in lines).strip()


def title(row: Text) -> str:
    """What people call a text."""
    if row.use == Text.Use.ASSET:
        return row.name
    words = {"type": row.name or _("every lead type"), "step": row.step}
    return _("follow-up of %(type)s, mail %(step)s") % words


def of_follow_up(lead_type: str, step: int) -> Text | None:
    """The text of a step of the follow-up: of the lead type, else of every type."""
    rows = Text.objects.filter(use=Text.Use.FOLLOW_UP, name__in=(lead_type, ""), step=step, replaced_at=None)
    return max(rows, key=lambda row: row.name != "", default=None)


def of_asset(asset: str) -> Text | None:
    return Text.objects.filter(use=Text.Use.ASSET, name=asset[:200], replaced_at=None).first()


def filled(row: Text, known: Mapping[str, str]) -> Mail:
    """Subject and text with what is known in their places; everything else stands as it was typed.

    So does a place of an unknown name: nobody can keep one, but it is looked at.
    """
    said = {name: clean(known.get(name, ""), most=200) for name in PLACES}

    def put(found: re.Match[str]) -> str:
        if found[1] not in said:
            return found[0]
        return said.get(found[1]) or (found[2] or "").strip()

    return Mail(clean(_PLACE.sub(put, row.subject), most=200), _PLACE.sub(put, row.text))


def _wake(row: Text) -> None:
    """What waits for this text is looked at again."""
    if row.use == Text.Use.ASSET:
        waiting = Enrolment.objects.filter(asset=row.name, held_back=HeldBack.TEXT, stopped_at=None)
        for enrolment in waiting.iterator():
            Enrolment.objects.filter(pk=enrolment.pk, held_back=HeldBack.TEXT).update(
                next_at=enrolment.due_at, held_back=""
            )
        return
    mails = Automatic.objects.filter(number=row.step, held_back=HeldBack.TEXT)
    mails = mails.filter(lead__lead_type=row.name) if row.name else mails
    for mail in mails.iterator():
        Automatic.objects.filter(pk=mail.pk, held_back=HeldBack.TEXT).update(
            next_at=mail.due_at, held_back=""
        )


def _problems(wanted: Wanted, subject: str, text: str) -> list[Problem]:
    found = []
    if wanted.use not in Text.Use.values:
        found.append(_problem("use", _("choose follow-up or nurture")))
    if wanted.use == Text.Use.FOLLOW_UP and not 1 <= wanted.step <= 100:
        found.append(_problem("step", _("the number of the mail is from 1 to 100")))
    if wanted.use == Text.Use.ASSET and not wanted.name.strip():
        found.append(_problem("name", _("choose the asset that this text sends")))
    return [*found, *problems_of(subject, text)]


def problems_of(subject: str, text: str) -> list[Problem]:
    """What is wrong with the words themselves: with those that are looked at as with those that are kept."""
    found = []
    for field, value, most in (("subject", subject, MOST_SUBJECT), ("text", text, MOST_TEXT)):
        if not value.strip():
            found.append(_problem(field, _("write something here")))
        elif len(value) > most:
            what = _("at most %(most)s characters; these are %(is)s") % {"most": most, "is": len(value)}
            found.append(_problem(field, what))
        elif unknown := sorted({m[1] for m in _PLACE.finditer(value)} - set(PLACES)):
            known = ", ".join(f"{{{name}}}" for name in PLACES)
            what = _("nothing is known as {%(place)s}; there are %(known)s")
            found.append(_problem(field, what % {"place": unknown[0][:40], "known": known}))
    return found


def _problem(field: str, what: str) -> Problem:
    return Problem("", 0, field, what)
