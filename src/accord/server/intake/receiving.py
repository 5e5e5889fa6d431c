"""What API, signed webhooks and the quick way before Django have in common: a body in, an answer out."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accord.errors import EntryInvalid, Problem
from accord.server.intake.accepting import Accepted, accept
from accord.server.intake.reading import Form, Read, read, rows_of

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
    unless_said: str = "",
    each: Callable[[Any], Any] | None = None,
    **more: Any,
) -> Received:
    """Understand a body and store what is good of it; EntryInvalid for a single item that is not.

    `each` completes an item before it is stored.
    """
    found = read(body, form, at)
    if found.alone and found.refused:
        raise EntryInvalid(found.refused[0])
    if each is not None:
        found = replace(found, items={place: each(item) for place, item in found.items.items()})
    return store(found, form, origin, at, unless_said=unless_said, **more)


def store(
    found: Read, form: Form, origin: str, at: datetime, *, unless_said: str = "", **more: Any
) -> Received:
    """Store the good items of a body that was understood."""
    rows = rows_of(found, form, origin, at, unless_said=unless_said, **more)
    return Received(found, accept(rows, at) if rows else [])


def origin_of(token_name: str, form: Form) -> str:
    """Under which name a token's items come once. Tokens of the same name share it: a token can be replaced.

    A lead and an event of the same id are two things.
    """
    return f"api:{token_name}" if form.name == "leads" else f"api:{token_name}:{form.name}"
