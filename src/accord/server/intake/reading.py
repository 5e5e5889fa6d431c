"""Bodies of the API and of signed webhooks, understood: good items as rows, bad ones as problems.

A whole batch is checked in one step. Only where that fails, each item is looked at by itself, so that the
good ones are kept and each bad one is told where and why.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError

from accord.errors import EntryInvalid, InputError, Problem
from accord.server.intake.accepting import Row
from accord.server.intake.countries import country_code
from accord.server.intake.keys import new_keys
from accord.server.intake.models import Arrival
from accord.server.intake.shapes import MOST_ITEMS, ConsentIn, EventIn, EventsIn, LeadIn, LeadsIn

_LONGEST_SAID = 190  # so that a place fits behind it
_NUL = b"\\u0000"  # the one sign that JSON may hold and no database keeps
_NO_JSON = "the body cannot be read (it is no JSON in UTF-8); send JSON"


@dataclass(frozen=True)
class Form:
    """One kind of item: alone, and in a batch."""

    kind: Arrival.Kind
    one: type[BaseModel]
    several: type[BaseModel]
    name: str  # of the list in a batch
    letter: str  # with which its keys begin


LEADS = Form(Arrival.Kind.LEAD, LeadIn, LeadsIn, "leads", "L")
EVENTS = Form(Arrival.Kind.EVENT, EventIn, EventsIn, "events", "E")


@dataclass(frozen=True)
class Read:
    """Items by their place in the batch; `refused` has the problems of those that cannot be used."""

    items: Mapping[int, Any]
    refused: Mapping[int, Sequence[Problem]]
    alone: bool  # not sent as a batch

    @property
    def many(self) -> int:
        return len(self.items) + len(self.refused)


def read(body: bytes, form: Form, at: datetime) -> Read:
    """What a body holds. InputError for no JSON, EntryInvalid for what is neither an item nor a batch."""
    return quickly(body, form, at) or _one_by_one(body, form, at)


def quickly(body: bytes, form: Form, at: datetime) -> Read | None:
    """The whole body in one step; None if anything about it needs a closer look."""
    if _NUL in body:
        return None
    many = f'"{form.name}"'.encode() in body[:200]
    try:
        found = (form.several if many else form.one).model_validate_json(body, context={"at": at})
    except ValidationError:
        return None
    items = getattr(found, form.name) if many else [found]
    return Read(dict(enumerate(items)), {}, alone=not many)


def _one_by_one(body: bytes, form: Form, at: datetime) -> Read:
    sent = _parsed(body)
    alone = not (isinstance(sent, dict) and form.name in sent)
    listed = [sent] if alone else _listed(sent, form)
    items, refused = {}, {}
    for place, one in enumerate(listed):
        where = "body" if alone else f"body.{form.name}.{place}"
        try:
            items[place] = _understood(one, form, at, where)
        except EntryInvalid as error:
            refused[place] = error.problems
    return Read(items, refused, alone)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InputError(_NO_JSON) from None


def _refuse(name: str) -> None:
    raise ValueError(name)


def _listed(sent: dict[str, Any], form: Form) -> list[Any]:
    where, listed = f"body.{form.name}", sent[form.name]
    if others := [name for name in sent if name != form.name]:
        raise EntryInvalid(
            [Problem("", 0, f"body.{others[0]}", f"a batch holds {form.name} and nothing else")]
        )
    if not isinstance(listed, list) or not listed:
        raise EntryInvalid(
            [Problem("", 0, where, "is no list with something in it", "send 1 to 1,000 items")]
        )
    if len(listed) > MOST_ITEMS:
        said = f"has {len(listed):,} items"
        raise EntryInvalid([Problem("", 0, where, said, f"send at most {MOST_ITEMS:,} at once")])
    return listed


def _understood(one: object, form: Form, at: datetime, where: str) -> BaseModel:
    text = json.dumps(by_code(one))
    if "\\u0000" in text:
        raise EntryInvalid([Problem("", 0, where, "holds U+0000, which is no text", "leave it out")])
    try:
        return form.one.model_validate_json(text, context={"at": at})
    except ValidationError as error:
        raise EntryInvalid(problems_of(error, where, form.one)) from None


def by_code(one: object) -> object:
    """An item with its country as a code, where it came by name; asked only where a first look failed."""
    if not isinstance(one, dict) or not isinstance(said := one.get("country"), str):
        return one
    return {**one, "country": country_code(said) or said}


def problems_of(error: ValidationError, where: str, shape: type[BaseModel]) -> list[Problem]:
    """What pydantic found, with each field as the sender wrote it."""
    found = error.errors(include_url=False, include_input=False)
    return [Problem("", 0, _place(where, one["loc"]), _words(one), _allowed(one, shape)) for one in found]


def _allowed(found: Any, shape: type[BaseModel]) -> str:
    """The fields there are, where one is called that nothing is called."""
    known = ConsentIn if "consents" in found["loc"][:-1] else shape
    return ", ".join(known.model_fields) if found["type"] == "extra_forbidden" else ""


def _place(where: str, steps: Sequence[int | str]) -> str:
    inner = [
        str(step) for step in steps if not str(step).startswith(("constrained-", "literal", "function-"))
    ]
    return ".".join([where, *inner])[:300].encode("utf-8", "replace").decode()


_NO_PATTERN = ("string_pattern_mismatch", "string_too_long")
_NONE_OF_ITS_KIND = {  # what a pattern of `shapes.py` says, to people
    "email": _("is no e-mail address; write one as ada@buyer.example"),
    "country": _("is no country; write its two letters, as TR, or its name"),
    "zone": _("is no time zone; write one as Europe/Istanbul"),
    "language": _("is no code of a language; write one as pt-BR"),
}


def _words(found: Any) -> str:
    field = str(found["loc"][-1]) if found["loc"] else ""
    if found["type"] in _NO_PATTERN and field in _NONE_OF_ITS_KIND:
        return str(_NONE_OF_ITS_KIND[field])
    if found["type"] == "extra_forbidden":
        return gettext("nothing here is called that")
    return str(found["msg"])[:400].encode("utf-8", "replace").decode()


def rows_of(
    found: Read, form: Form, origin: str, at: datetime, *, unless_said: str = "", **more: Any
) -> list[Row]:
    """The good items as rows. Each is known by its own id, else by `unless_said` and its place, else by its
    key alone: then nobody can tell that it comes again."""
    said = unless_said if len(unless_said) <= _LONGEST_SAID else sha256(unless_said.encode()).hexdigest()
    keys = new_keys(form.letter, len(found.items), at)
    to_json = form.one.__pydantic_serializer__.to_json
    return [
        Row(
            key,
            form.kind.value,
            origin,
            item.id or (f"{said}#{place}" if said else key),
            to_json(item, exclude_defaults=True).decode(),
            **more,
        )
        for key, (place, item) in zip(keys, found.items.items(), strict=True)
    ]
