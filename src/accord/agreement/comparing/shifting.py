"""Which changes are only dates that moved along with the term: a day off a year later is no new duty."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from accord.agreement.clauses.clause import Clause
from accord.agreement.comparing.diff import Change, Kind
from accord.agreement.terms import Agreement

_DATE = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_TERM = (("term", "start"), ("term", "end"))  # these are the move itself
Move = Callable[[date], date]


def moved_along(changes: Sequence[Change], before: Agreement, after: Agreement) -> tuple[bool, ...]:
    """Of each change whether it says the same as before once its dates are moved as far as the term's start.

    An entry that is dropped and comes again moved counts with both its changes; none where the term stays.
    """
    move = _move(before.term.start, after.term.start)
    alike = set() if move is None else {change.path for change in _alike(changes, move)}
    return tuple(change.path in alike and change.kind is not Kind.REORDERED for change in changes)


def _alike(changes: Sequence[Change], move: Move) -> Iterator[Change]:
    added = {change.path: change for change in changes if change.kind is Kind.ADDED}
    for change in changes:
        if change.kind is Kind.CHANGED and change.path not in _TERM:
            if _has_dates(change.before) and _moved(change.before, move) == change.after:
                yield change
        elif change.kind is Kind.REMOVED:
            twin = added.get((*change.path[:-1], _moved_text(change.path[-1], move)))
            if twin is not None and _moved(change.before, move) == twin.after:
                yield from (change, twin)


def _move(before: date, after: date) -> Move | None:
    """By whole months where the day of the month is the same, so that leap days do nothing; else by days."""
    if before == after:
        return None
    if before.day == after.day:
        months = (after.year - before.year) * 12 + after.month - before.month
        return lambda day: _months_later(day, months)
    return lambda day: _days_later(day, (after - before).days)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return day
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days_later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def _has_dates(value: object) -> bool:
    return isinstance(value, date | Clause | tuple | Mapping)


def _moved(value: object, move: Move) -> object:
    """The value with every date in it moved; all else as it is."""
    if isinstance(value, date):
        return move(value)
    if isinstance(value, Clause):
        fields = {name: _moved(getattr(value, name), move) for name in type(value).model_fields}
        return value.model_copy(update=fields)
    if isinstance(value, tuple):
        return tuple(_moved(item, move) for item in value)
    if isinstance(value, Mapping):
        return {_moved_key(key, move): _moved(item, move) for key, item in value.items()}
    return value


def _moved_key(key: object, move: Move) -> object:
    return _moved_text(key, move) if isinstance(key, str) else _moved(key, move)


def _moved_text(text: str, move: Move) -> str:
    """A key with its dates moved: `2026-07-16 to 2026-07-17`, or a month such as `2026-01`."""

    def later(found: re.Match[str]) -> str:
        year, month, on = found.groups()
        try:
            moved = move(date(int(year), int(month), int(on or 1)))
        except ValueError:
            return found[0]
        return f"{moved}" if on else f"{moved:%Y-%m}"

    return _DATE.sub(later, text)
