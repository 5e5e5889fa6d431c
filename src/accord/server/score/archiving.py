"""The live log copied into Parquet, so that the score reads columns: whole parts once, the newest facts anew.

    events/part-000000000001-000000050000.parquet   facts that have settled, written once
    events/tail.parquet                             those after the last part, written anew each time
    leads/…                                         the leads of which a part tells, as they were known then

How far the parts reach is the number in the last one's name; nothing else is kept, so a restored folder goes
on where it ends. A fact counts as settled ten minutes after it was recorded: on PostgreSQL a transaction may
be seen later than one with a higher number.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, QuerySet

from accord.lead.events import EVENT_COLUMNS, LEAD_COLUMNS
from accord.ledger.log import LogWriter, Table, files_of, sql_name, sql_path
from accord.server.desk.models import Event, Lead
from accord.server.score.making import log_folder

PART = 50_000  # facts of one part
SETTLED = timedelta(minutes=10)
_DIALECT = """auto_detect = false, delim = ',', quote = '"', escape = '"', header = false, nullstr = '',
    new_line = '\\n', parallel = false"""
_AT_ONCE = 500  # leads asked for in one query
_PART_NAME = re.compile(r"part-\d{12}-(\d{12})")
_PART_RANGE = re.compile(r"part-(\d{12})-(\d{12})")
_CLOCKS_DIFFER = timedelta(minutes=1)  # the database's and the files'
_TAIL = "tail"
_EVENT_FIELDS = [name if name != "lead" else "lead__key" for name in EVENT_COLUMNS]
_LEAD_FIELDS = ["key", "contact_id", "account_name", *list(LEAD_COLUMNS)[3:]]


def archive(at: datetime) -> int:
    """Bring the Parquet files up to date with the live log; how many facts were written, 0 if none is new."""
    folder = log_folder()
    written = _write_anew(folder)
    while (part := _whole_part(folder, at)) is not None:
        written += _write(folder, *part)
    rest = Event.objects.filter(seq__gt=_reached(folder)).order_by("seq")
    known = rest.aggregate(last=Max("seq"), number=Count("seq"))
    if not known["number"]:
        _without_tail(folder)
    elif (known["last"], known["number"]) != _tail(folder):
        written += _write(folder, _TAIL, rest)
    return written


def _write_anew(folder: Path) -> int:
    """Parts that tell of leads which were erased since: without the words that were taken out of the log."""
    written = 0
    for file in files_of(folder, "events"):
        if not (found := _PART_RANGE.fullmatch(file.stem)):
            continue
        since = datetime.fromtimestamp(file.stat().st_mtime, UTC) - _CLOCKS_DIFFER
        facts = Event.objects.filter(seq__gte=int(found[1]), seq__lte=int(found[2])).order_by("seq")
        if facts.filter(lead__standing="erased", lead__changed_at__gte=since).exists():
            written += _write(folder, file.stem, facts)
    return written


def _tail(folder: Path) -> tuple[int, int] | None:
    """Last number and count of the facts in the tail; None if there is none."""
    import duckdb  # noqa: PLC0415 - the pages do without the engine

    file = folder / "events" / f"{_TAIL}.parquet"
    if not file.exists():
        return None
    with duckdb.connect() as con:
        ask = f"SELECT max(seq), count(*) FROM read_parquet({sql_path(file)})"  # noqa: S608 - our own path
        return con.execute(ask).fetchone()


def _reached(folder: Path) -> int:
    """The number of the last fact that stands in a part; 0 where there is no part."""
    ends = [found[1] for file in files_of(folder, "events") if (found := _PART_NAME.fullmatch(file.stem))]
    return max(map(int, ends), default=0)


def _whole_part(folder: Path, at: datetime) -> tuple[str, QuerySet[Event]] | None:
    """Name and facts of the next part, if so many have settled."""
    after = _reached(folder)
    settled = Event.objects.filter(seq__gt=after, recorded_at__lt=at - SETTLED).order_by("seq")
    last = settled.values_list("seq", flat=True)[PART - 1 : PART].first()
    if last is None:
        return None
    return f"part-{after + 1:012}-{last:012}", Event.objects.filter(seq__gt=after, seq__lte=last).order_by(
        "seq"
    )


def _write(folder: Path, name: str, facts: QuerySet[Event]) -> int:
    """One part of events and of the leads that they tell of; how many facts."""
    import duckdb  # noqa: PLC0415

    with LogWriter(folder, name) as writer, duckdb.connect() as con:
        rows = facts.values_list(*_EVENT_FIELDS).iterator(chunk_size=5000)
        count = _add(writer, con, "events", rows)
        told = sorted(set(facts.order_by().values_list("lead_id", flat=True)))
        _add(writer, con, "leads", _leads(told))
        writer.commit()
    return count


def _leads(numbers: list[int]) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(numbers), _AT_ONCE):
        some = Lead.objects.filter(pk__in=numbers[start : start + _AT_ONCE])
        yield from some.order_by("pk").values_list(*_LEAD_FIELDS)


def _add(writer: LogWriter, con: Any, table: Table, rows: Iterable[tuple[Any, ...]]) -> int:
    """Rows by way of a CSV file, which the engine reads many times faster than values one by one."""
    columns = LEAD_COLUMNS if table == "leads" else EVENT_COLUMNS
    path = writer.scratch / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    names = ", ".join(map(sql_name, columns))
    source = (
        f"read_csv({sql_path(path)}, columns = {{{types}}}, header = false, nullstr = '', parallel = false)"
    )
    order = "ORDER BY seq" if table == "events" else "ORDER BY lead"
    count = writer.add(con, table, f"SELECT {names} FROM {source} {order}")  # noqa: S608 - our own constants
    path.unlink()
    return count


def _cell(value: object) -> object:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else value


def _without_tail(folder: Path) -> None:
    for table in ("events", "leads"):
        (folder / table / f"{_TAIL}.parquet").unlink(missing_ok=True)
