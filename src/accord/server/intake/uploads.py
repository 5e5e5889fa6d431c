"""Files of leads: looked at, mapped, confirmed or dropped; fed in by the worker, no row twice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accord.agreement.plain import clean
from accord.errors import EditConflict, EntryInvalid, NotSignedIn, PageUnknown, Problem
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.intake.accepting import accept
from accord.server.intake.agreed import Words, words_at
from accord.server.intake.fields import FIELDS, field_of, lead_of
from accord.server.intake.files import Sheet, sheet_of, sheet_of_text
from accord.server.intake.forms import WORDS
from accord.server.intake.models import Mapping as Remembered
from accord.server.intake.models import Upload
from accord.server.intake.reading import LEADS, Read, rows_of
from accord.server.intake.shapes import LeadIn
from accord.server.look.saving import csv_lines

WHOLE = ("lead_type", "stream", "source", "source_owner")  # what may be said of a whole file
ORIGIN = "upload"  # of all files: a row that came in another file is the same row
_FED_AT_ONCE = 2_000
_STATE = Upload.State


@dataclass(frozen=True)
class Looked:
    """One row with what would become of it."""

    cells: dict[str, str]
    lead: LeadIn | None
    reason: str


def hand_in(by: Actor, name: str, raw: bytes, at: datetime, encoding: str = "") -> Upload:
    """Read a file and look at all of its rows; nothing of it is a lead yet."""
    if by.user is None:
        raise NotSignedIn("a file belongs to whoever hands it in; sign in first")
    sheet = sheet_of(raw, encoding)
    before = Remembered.objects.filter(header=sheet.mark).first()
    upload = Upload(
        name=clean(name or "file", 200),
        body=sheet.text,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        mapping=before.mapping if before else {column: field_of(column) for column in sheet.header},
        whole=before.whole if before else {},
        by=by.user,
        at=at,
    )
    _count(upload, sheet, at)
    upload.save()
    return upload


@transaction.atomic
def map_columns(upload: Upload, mapping: Mapping[str, str], whole: Mapping[str, str], at: datetime) -> Upload:
    """Read the columns otherwise, and look at all rows anew; two columns cannot be the same field."""
    held = _held(upload.pk, _STATE.LOOKED_AT)
    sheet = sheet_in(held)
    chosen = {column: mapping.get(column, "") for column in sheet.header}
    taken = [field for field in chosen.values() if field and field != "more"]
    if twice := next((field for field in taken if taken.count(field) > 1), ""):
        what = f"two columns are read as {twice}"
        raise EntryInvalid([Problem("", 0, "mapping", what, "leave one of them to the other fields")])
    if unknown := next((field for field in taken if field not in FIELDS), ""):
        raise EntryInvalid([Problem("", 0, "mapping", f"no field is called {clean(unknown, 40)}")])
    held.mapping = chosen
    held.whole = {name: clean(whole.get(name, ""), 80) for name in WHOLE if whole.get(name)}
    _count(held, sheet, at)
    held.save()
    return held


@transaction.atomic
def confirm(by: Actor, upload: Upload, at: datetime) -> Upload:
    """Have the good rows taken in; from here on it cannot be undone."""
    held = _held(upload.pk, _STATE.LOOKED_AT)
    if not held.good:
        raise EntryInvalid([Problem("", 0, "file", "no row of it can be taken in", "map its columns first")])
    held.state, held.confirmed_at = _STATE.GOING_IN, at
    held.save()
    told = {"mapping": held.mapping, "whole": held.whole, "at": at}
    Remembered.objects.update_or_create(header=sheet_in(held).mark, defaults=told)
    record(by, Action.UPLOAD_CONFIRMED, held.name, link=_link(held), rows=held.rows, good=held.good)
    return held


@transaction.atomic
def drop(by: Actor, upload: Upload) -> Upload:
    """Forget a file that was not confirmed; its text goes at once."""
    held = _held(upload.pk, _STATE.LOOKED_AT)
    held.state, held.body = _STATE.DROPPED, ""
    held.save()
    record(by, Action.UPLOAD_DROPPED, held.name, link=_link(held), rows=held.rows)
    return held


def looked_at(
    upload: Upload, at: datetime, sheet: Sheet | None = None, first: int = 0, most: int | None = None
) -> Iterator[Looked]:
    """Every row with what becomes of it, or `most` rows from the `first` on."""
    zone, words = _zone(upload), words_at(at)
    rows = (sheet or sheet_in(upload)).rows()
    for cells in islice(rows, first, None if most is None else first + most):
        said: dict[str, str] = {}
        for column, text in cells.items():
            field = upload.mapping.get(column, "")
            said.setdefault(field if field and field != "more" else column, text)
        lead, problems = lead_of(said, at, strict=True, zone=zone, **upload.whole)
        lead, problems = _under_agreed_words(lead, problems, words)
        yield Looked(cells, lead, "; ".join(map(told, problems[:3])))


def told(problem: Problem) -> str:
    """What is wrong with a row, with the name that people know the field by."""
    field = problem.path.removeprefix("field").strip(".")
    name = str(WORDS.get(field, field))
    return (f"{name}: " if name else "") + problem.what + (f"; {problem.allowed}" if problem.allowed else "")


def _under_agreed_words(
    lead: LeadIn | None, problems: list[Problem], words: Words
) -> tuple[LeadIn | None, list[Problem]]:
    if lead is None:
        return None, problems
    try:
        return lead.model_copy(update={"lead_type": words.meant(lead.lead_type)}), problems
    except EntryInvalid as error:
        return None, [*error.problems]


def rejects(upload: Upload) -> Iterator[str]:
    """The rows that cannot be taken in, as a file: the columns as they were, and why."""
    sheet = sheet_in(upload)
    at = upload.confirmed_at or upload.at
    wrong = ([*one.cells.values(), one.reason] for one in looked_at(upload, at, sheet) if one.lead is None)
    return csv_lines(chain([[*sheet.header, "Reason"]], wrong))


def feed_due(at: datetime) -> int:
    """Take in the next rows of files that were confirmed; how many rows were looked at."""
    fed = 0
    for upload in Upload.objects.filter(state=_STATE.GOING_IN).select_related("by").order_by("id")[:1]:
        fed += _feed(upload, at)
    return fed


def _feed(upload: Upload, at: datetime) -> int:
    """A row is known by its digest, so whoever feeds it a second time after a crash adds nothing."""
    began = upload.fed
    part = list(looked_at(upload, upload.confirmed_at or at, first=began, most=_FED_AT_ONCE))
    good = [_named(one, one.lead) for one in part if one.lead is not None]
    found = Read(dict(enumerate(good)), {}, alone=False)
    stored = accept(rows_of(found, LEADS, ORIGIN, at, upload=upload.pk), at) if good else []
    known = sum(not one.new for one in stored)
    done = began + len(part) >= upload.rows
    Upload.objects.filter(pk=upload.pk, fed=began, state=_STATE.GOING_IN).update(
        fed=began + len(part), known=F("known") + known, state=_STATE.IN if done else _STATE.GOING_IN
    )
    return len(part)


def _named(one: Looked, lead: LeadIn) -> LeadIn:
    """The row's digest is its name: the same row never comes twice, in this file or in another."""
    text = "\x1e".join(f"{column}\x1f{cell.strip()}" for column, cell in sorted(one.cells.items()))
    return lead.model_copy(update={"id": sha256(text.encode("utf-8", "replace")).hexdigest()})


def sheet_in(upload: Upload) -> Sheet:
    """The file as it was handed in."""
    if not upload.body:
        raise PageUnknown(upload.name, noun="file, it was dropped,")
    return sheet_of_text(upload.body, upload.encoding, upload.delimiter)


def _count(upload: Upload, sheet: Sheet, at: datetime) -> None:
    found = [one.lead is not None for one in looked_at(upload, at, sheet)]
    upload.rows, upload.good = len(found), sum(found)


def count(upload: Upload, at: datetime) -> None:
    """Look at all rows anew; the caller saves."""
    _count(upload, sheet_in(upload), at)


def _zone(upload: Upload) -> str:
    """Whose clock a time without a zone is read on."""
    try:
        return ZoneInfo(upload.by.zone).key if upload.by.zone else "UTC"
    except (OSError, ValueError, LookupError):
        return "UTC"


def _held(pk: int, state: Any) -> Upload:
    found = Upload.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise PageUnknown(str(pk), noun="file")
    if found.state != state:
        raise EditConflict("this file was confirmed or dropped meanwhile; look at it again")
    return found


def _link(upload: Upload) -> str:
    return reverse("upload", args=[upload.pk])
