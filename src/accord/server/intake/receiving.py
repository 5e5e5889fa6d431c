"""What API, signed webhooks and the quick way before Django have in common: a body in, an answer out."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accord.errors import EntryInvalid, KeyReused, Problem
from accord.server.api.models import Token
from accord.server.intake.accepting import Accepted, Row, accept
from accord.server.intake.models import Arrival
from accord.server.intake.reading import Form, Read, read, rows_of
from accord.server.intake.telling import only_told_by

WHOLE, PARTLY = 202, 207  # the status where everything was kept, and where something was refused


@dataclass(frozen=True)
class Received:
    """What a body held, and under which key each good item is stored, in the order of their places."""

    read: Read
    stored: Sequence[Accepted]

    @property
    def status(self) -> int:
        return PARTLY if self.read.refused else WHOLE

    def answer(self, *, told_apart: bool = True) -> bytes:
        """The body of the answer, as `shapes/intake.py` of the API describes it.

        Where what is new and what had come before are not `told_apart`, the same body has the same answer.
        """
        if not told_apart:
            same = [Accepted(key, new=True) for key, _ in self.stored]
            return Received(self.read, same).answer()
        new = sum(one.new for one in self.stored)
        counts = {
            "accepted": new,
            "duplicates": len(self.stored) - new,
            "refused": len(self.read.refused),
        }
        items = (
            sorted(self._items(), key=lambda item: item["place"]) if self.read.refused else [*self._items()]
        )
        return json.dumps({**counts, "items": items}, ensure_ascii=False).encode()

    def _items(self) -> Iterator[dict[str, Any]]:
        for (place, item), (key, new) in zip(self.read.items.items(), self.stored, strict=True):
            status = "accepted" if new else "duplicate"
            yield {"place": place, "id": item.id, "key": key, "status": status, "problems": []}
        for place, problems in self.read.refused.items():
            yield _refused(place, problems)


def _refused(place: int, problems: Sequence[Problem]) -> dict[str, Any]:
    said = [{"path": one.path, "what": one.what, "allowed": one.allowed} for one in problems]
    return {"place": place, "id": "", "key": None, "status": "refused", "problems": said}


def receive(
    body: bytes,
    form: Form,
    origin: str,
    at: datetime,
    *,
    told_by: str,
    unless_said: str = "",
    each: Callable[[Any], Any] | None = None,
    **more: Any,
) -> Received:
    """Understand a body and store what is good of it; EntryInvalid for a single item that is not.

    `told_by` is the side of whoever sends it. `each` completes an item before it is stored.
    """
    found = only_told_by(read(body, form, at), form, told_by)
    if found.alone and found.refused:
        raise EntryInvalid(found.refused[0])
    if each is not None:
        found = replace(found, items={place: each(item) for place, item in found.items.items()})
    return store(found, form, origin, at, unless_said=unless_said, **more)


def store(
    found: Read,
    form: Form,
    origin: str,
    at: datetime,
    *,
    unless_said: str = "",
    stands_for_body: bool = False,
    **more: Any,
) -> Received:
    """Store the good items of a body that was understood.

    Where `unless_said` is a sender's word for one body, and so `stands_for_body`, an item that came with
    another body under it is refused: KeyReused if it came alone.
    """
    rows = rows_of(found, form, origin, at, unless_said=unless_said, **more)
    received = Received(found, accept(rows, at) if rows else [])
    if unless_said and stands_for_body and (others := _others(received, rows)):
        return _without(received, others)
    return received


def _others(received: Received, rows: Sequence[Row]) -> frozenset[int]:
    """The places of items that are known by the sender's word alone, and were something else before."""
    known = {
        stored.key: (place, row)
        for (place, item), stored, row in zip(received.read.items.items(), received.stored, rows, strict=True)
        if not stored.new and not item.id
    }
    if not known:
        return frozenset()
    before = Arrival.objects.filter(key__in=list(known)).exclude(payload={})  # emptied: of somebody erased
    told = before.values_list("key", "payload")
    return frozenset(known[key][0] for key, payload in told if payload != json.loads(known[key][1].payload))


def _without(received: Received, others: frozenset[int]) -> Received:
    what = "this Idempotency-Key came with something else before"
    if received.read.alone:
        raise KeyReused(f"{what}; send a new key with a new request")
    items = received.read.items
    refused = {place: [Problem("", 0, "header.Idempotency-Key", what, "send a new key")] for place in others}
    stored = [one for place, one in zip(items, received.stored, strict=True) if place not in others]
    left = {place: item for place, item in items.items() if place not in others}
    return Received(replace(received.read, items=left, refused={**received.read.refused, **refused}), stored)


def origin_of(token: Token, form: Form) -> str:
    """Under which name a token's items come once. A token of the same owner and name takes the other's place.

    A lead and an event of the same id are two things. The name stands last, so it may hold any sign.
    """
    return f"api:{token.owner_id}:{form.name}:{token.name}"
