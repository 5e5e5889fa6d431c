"""Measured inputs written into the text of an agreement: a draft, which both sides read, amend and sign."""

from collections.abc import Iterable

from accord.agreement.reading.text import Path
from accord.agreement.writing.places import value_at, values_in
from accord.agreement.writing.several import set_all
from accord.errors import InputError
from accord.plan.recalculation import Input, Proposal
from accord.plan.revaluing import moves, settled


def draft_text(text: str, chosen: Iterable[Proposal]) -> str:
    """The agreement's text with the chosen proposals written in; comments and layout of the rest stay.

    A promised value follows from the prices that are chosen with it. InputError names the first place that
    cannot be changed by itself.
    """
    says = values_in(text)
    changing = (item for item in settled(chosen) if item.kind is not Input.TARGET or moves(item))
    changes = [(_place(says, item), _written(item)) for item in changing]
    new, refused = set_all(text, changes)
    if refused:
        raise next(iter(refused.values()))
    if not changes:
        raise InputError("no proposal is chosen; choose at least one, or leave the agreement as it is")
    return new


def _written(item: Proposal) -> object:
    return item.new.split(", ") if item.kind is Input.PROFILE else item.new


def _place(says: object, item: Proposal) -> Path:
    """Where the text has what the terms have at the proposal's path: an only stream is not spelled out."""
    if item.kind is Input.PRICE:
        return item.path
    if item.kind is Input.TARGET:
        return _of_promise(says, item.path)
    if item.kind is not Input.RATE:
        named = isinstance(value_at(says, ("goal", "streams")), dict)
        return item.path if named else ("goal", item.path[-1])
    *_, lead_type, _streams_key, stream, rate = item.path
    base: Path = ("lead_types", lead_type)
    if isinstance(value_at(says, (*base, "streams")), dict):
        base = (*base, "streams", stream)
    apart = value_at(says, (*base, "rates"))
    return (*base, "rates", rate) if isinstance(apart, dict) and rate in apart else (*base, rate)


def _of_promise(says: object, path: tuple[str, ...]) -> Path:
    """The place of a promise's field: promises stand in a list, and are known by their id."""
    listed = value_at(says, ("promises",))
    ids = (
        [one.get("id") if isinstance(one, dict) else None for one in listed]
        if isinstance(listed, list)
        else []
    )
    return ("promises", ids.index(path[1]) if path[1] in ids else path[1], path[2])
