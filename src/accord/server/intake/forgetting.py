"""What an erasure takes out of intake: what came in of a person, also what nobody could make anything of."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import connection

from accord.agreement.plain import folded
from accord.errors import EditConflict
from accord.server.desk import suppressing
from accord.server.desk.identity import email_key, phone_key
from accord.server.desk.models import Contact, Lead
from accord.server.intake import uploads
from accord.server.intake.models import Arrival, Upload

ERASED = "erased"  # why an arrival was put aside


@dataclass(frozen=True)
class Marks:
    """By what a person is found in what came in: addresses, numbers and whole names, as they are compared."""

    emails: frozenset[str]
    phones: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, people: Iterable[Contact]) -> "Marks":
        known = list(people)
        return cls(
            frozenset(one.email_key for one in known if one.email_key),
            frozenset(one.phone_key for one in known if one.phone_key),
            frozenset(one.name_key for one in known if one.name_key),
        )

    def fit(self, texts: Sequence[str], country: str = "") -> bool:
        """Whether one of these texts, or two that stand side by side, is one of the marks."""
        names = {folded(text) for text in texts} | {
            folded(f"{one} {other}") for one, other in pairwise(texts)
        }
        return (
            not self.names.isdisjoint(names)
            or any("@" in text and email_key(text) in self.emails for text in texts)
            or (bool(self.phones) and any(phone_key(text, country) in self.phones for text in texts if text))
        )  # fmt: skip


def forget(people: Sequence[Contact], leads: Sequence[Lead], at: datetime) -> None:
    """Empty what came in of people; EditConflict while a file that has them is going in."""
    marks = Marks.of(people)
    for upload in Upload.objects.select_for_update().exclude(body="").order_by("pk"):
        _forget_rows(upload, marks, at)
    for arrival in Arrival.objects.filter(lead__in=leads).only("origin", "origin_id"):
        name = suppressing.veiled(arrival.origin, arrival.origin_id)
        Arrival.objects.filter(pk=arrival.pk).update(payload={}, problem="", origin_id=name)
    _put_aside(marks, at)


def _put_aside(marks: Marks, at: datetime) -> None:
    """What could not be settled or was put aside, and what waits to be, which nobody would work."""
    loose = Arrival.objects.filter(lead=None).exclude(payload={})
    for pk, origin, name, payload in loose.values_list("pk", "origin", "origin_id", "payload").iterator():
        if marks.fit(_texts(payload), str(payload.get("country", ""))) and _is_free(pk):
            Arrival.objects.filter(pk=pk, lead=None).update(
                payload={}, problem="", next_at=None, settled_at=at, became=Arrival.Became.ASIDE,
                aside_why=ERASED, origin_id=suppressing.veiled(origin, name),
            )  # fmt: skip


def _is_free(pk: int) -> bool:
    """Held now unless somebody else has it: who settles it waits for this erasure, and then keeps nothing."""
    free = Arrival.objects.select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked, of=("self",)
    )
    return free.filter(pk=pk, lead=None).first() is not None


def _texts(payload: Mapping[str, Any]) -> list[str]:
    more = payload.get("more")
    values = [*payload.values(), *(more.values() if isinstance(more, dict) else ())]
    return [one for one in values if isinstance(one, str)]


def _forget_rows(upload: Upload, marks: Marks, at: datetime) -> None:
    """Take the rows that fit out of a file. What was counted of it stays, unless nothing of it is in yet."""
    reader = csv.reader(io.StringIO(upload.body), delimiter=upload.delimiter, skipinitialspace=True)
    rows = list(reader)
    kept = [row for place, row in enumerate(rows) if place == 0 or not marks.fit(row)]
    if len(kept) == len(rows):
        return
    if upload.state == Upload.State.GOING_IN:
        raise EditConflict(
            f"the file {upload.name} has this person and is going in now; erase them again in a minute"
        )
    text = io.StringIO()
    csv.writer(text, delimiter=upload.delimiter, lineterminator="\n").writerows(kept)
    upload.body = text.getvalue()
    if upload.state == Upload.State.LOOKED_AT:
        uploads.count(upload, at)
    upload.save(update_fields=["body", "rows", "good"])
