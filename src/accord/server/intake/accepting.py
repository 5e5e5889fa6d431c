"""Accepting: one insert, on disk before the sender hears of it, and never twice.

Requests that come at the same moment share one transaction: whoever gets to write writes for all who wait,
and each hears only after the commit. So a disk that is slow to sync holds up a moment, not every sender in
turn; and the threads of a process never fight for SQLite's one lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from django.db import connection, transaction

from accord.server.intake.models import Arrival

_COLUMNS = (
    "key",
    "kind",
    "origin",
    "origin_id",
    "payload",
    "source_id",
    "upload_id",
    "received_at",
    "next_at",
)
_CONSTANT = {"tries": 0, "problem": "", "became": "", "aside_why": ""}
_NAMES = ", ".join((*_COLUMNS, *_CONSTANT))
_SAME = ", ".join("0" if value == 0 else "''" for value in _CONSTANT.values())
_VALUES = f"({', '.join(['%s'] * len(_COLUMNS))}, {_SAME})"
_TYPES = ("text",) * 4 + ("jsonb", "bigint", "bigint", "timestamptz", "timestamptz")
_ONCE = "ON CONFLICT (origin, origin_id) DO NOTHING"
_IN_A_STATEMENT = 500  # of its values SQLite takes some thousand at once
_AT_ONCE = 2_000  # rows that share a transaction at most, unless one request alone brings more
_ASKED_AT_ONCE = 500


class Row(NamedTuple):
    """One arrival as it is inserted; `payload` is JSON already."""

    key: str
    kind: str
    origin: str
    origin_id: str
    payload: str
    source: int | None = None
    upload: int | None = None


class Accepted(NamedTuple):
    """The key by which the sender may ask later; `new` is False for what had come before."""

    key: str
    new: bool


@dataclass
class _Waiting:
    rows: Sequence[Row]
    at: datetime
    answer: "list[Accepted] | BaseException | None" = None


@dataclass
class _Gate:
    """Those who wait to be written, and the lock of whoever writes."""

    writing: Lock = field(default_factory=Lock)
    entering: Lock = field(default_factory=Lock)
    waiting: list[_Waiting] = field(default_factory=list)


_gate = _Gate()


def accept(rows: Sequence[Row], at: datetime) -> list[Accepted]:
    """Store what came in, all or nothing: when this returns it is on disk. One answer a row, in order."""
    mine = _Waiting(rows, at)
    with _gate.entering:
        _gate.waiting.append(mine)
    with _gate.writing:
        while mine.answer is None:
            _write_for(_taken())
    if isinstance(mine.answer, BaseException):
        raise mine.answer
    return mine.answer


def _taken() -> list[_Waiting]:
    """Whoever waits longest, and as many after them as one transaction should hold."""
    with _gate.entering:
        rows, many = 0, 0
        for one in _gate.waiting:
            rows += len(one.rows)
            if many and rows > _AT_ONCE:
                break
            many += 1
        taken, _gate.waiting = _gate.waiting[:many], _gate.waiting[many:]
        return taken


def _write_for(group: list[_Waiting]) -> None:
    try:
        with transaction.atomic(durable=True):  # or those who wait would hear of it too early
            answers = _written([(row, one.at) for one in group for row in one.rows])
    except BaseException as error:
        for one in group:
            one.answer = error
        return
    for one in group:
        one.answer, answers = answers[: len(one.rows)], answers[len(one.rows) :]


def _written(rows: list[tuple[Row, datetime]]) -> list[Accepted]:
    insert = _in_postgresql if connection.vendor == "postgresql" else _in_sqlite
    if insert(rows) == len(rows):
        return [Accepted(row.key, new=True) for row, _ in rows]
    return _compared([row for row, _ in rows])


def _in_sqlite(rows: list[tuple[Row, datetime]]) -> int:
    """Many rows in one statement, during which no other thread gets between: so they cost half."""
    adapted, done = connection.ops.adapt_datetimefield_value, 0
    with connection.cursor() as cursor:
        for first in range(0, len(rows), _IN_A_STATEMENT):
            part = rows[first : first + _IN_A_STATEMENT]
            given = ", ".join([_VALUES] * len(part))
            values = [value for row, at in part for value in (*row, adapted(at), adapted(at))]
            cursor.execute(f"{_into()} VALUES {given} {_ONCE}", values)
            done += cursor.rowcount
    return done


def _in_postgresql(rows: list[tuple[Row, datetime]]) -> int:
    """Whole columns in one statement: a row costs a third of what it costs alone."""
    columns = zip(*([*row, at, at] for row, at in rows), strict=True)
    given = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_into()} SELECT *, {_SAME} FROM unnest({given}) {_ONCE}",  # noqa: S608
            [list(column) for column in columns],
        )
        return int(cursor.rowcount)


def _compared(rows: list[Row]) -> list[Accepted]:
    """Which rows are ours, and under which key the others came before."""
    there: dict[tuple[str, str], str] = {}
    for origin in {row.origin for row in rows}:
        ids = [row.origin_id for row in rows if row.origin == origin]
        for first in range(0, len(ids), _ASKED_AT_ONCE):
            asked = Arrival.objects.filter(origin=origin, origin_id__in=ids[first : first + _ASKED_AT_ONCE])
            there |= {(origin, one): key for one, key in asked.values_list("origin_id", "key")}
    keys = [there[row.origin, row.origin_id] for row in rows]
    return [Accepted(key, new=key == row.key) for row, key in zip(rows, keys, strict=True)]


def _into() -> str:
    """Only names that stand above; every value is a parameter."""
    return f"INSERT INTO {connection.ops.quote_name(Arrival._meta.db_table)} ({_NAMES})"
