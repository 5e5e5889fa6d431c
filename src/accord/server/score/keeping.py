"""Scores and pictures as bytes: what the worker made, kept in the database, bounded in size."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any

from django.db.models import F, Sum, Window
from pydantic import TypeAdapter

from accord import __version__
from accord.ledger.measures import every
from accord.ledger.score import MeasureResult, Score, Table
from accord.report.as_json import LISTED
from accord.report.chart_parts import Spec
from accord.report.drawing import svg
from accord.server.score.models import Drawn, Reading

_PACKED = 2  # raised where what is kept of a score changes
MOST_ROWS = 20_000  # of any other kept measure: a chart of all days of a term has them all
MOST_BYTES = 100_000_000  # of all kept scores together
MOST_DRAWN = 4000
_TYPES: dict[str, Any] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "fraction": Fraction,
    "seconds": lambda text: timedelta(seconds=float(text)),
}


@cache
def release() -> str:
    """What a kept score depends on besides its fold: another release may count otherwise."""
    total = hashlib.sha256(f"{__version__} {_PACKED}".encode())
    for measure in every():
        total.update(measure.sql.encode())
    return total.hexdigest()[:16]


def pack(score: Score) -> bytes:
    """The score compressed; of long lists of leads their beginning and how much was left out, since their
    pages read them from the fold itself."""
    measures = {name: _shortened(result) for name, result in score.measures.items()}
    said = _plain(replace(score, measures=measures))
    return gzip.compress(json.dumps(said, default=_tagged).encode(), compresslevel=3)


def unpack(body: bytes) -> Score:
    return _scores().validate_python(json.loads(gzip.decompress(body), object_hook=_untagged))


@cache
def _scores() -> TypeAdapter[Score]:
    return TypeAdapter(Score)


def _shortened(result: MeasureResult) -> MeasureResult:
    columns, rows = result.table.columns, result.table.rows
    most = LISTED if "lead" in columns else MOST_ROWS
    if len(rows) <= most:
        return result
    return replace(result, table=Table(columns, rows[:most]), left_out=len(rows) - most)


def _plain(value: object) -> object:
    """Dataclasses as dicts, without copying what is in them."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def _tagged(value: object) -> object:
    if isinstance(value, datetime):
        return {"~datetime": value.isoformat()}
    if isinstance(value, date):
        return {"~date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"~decimal": str(value)}
    if isinstance(value, Fraction):
        return {"~fraction": str(value)}
    if isinstance(value, timedelta):
        return {"~seconds": str(value.total_seconds())}
    return str(value)


def _untagged(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        name, value = next(iter(found.items()))
        if name.startswith("~") and name[1:] in _TYPES:
            return _TYPES[name[1:]](value)
    return found


# Pictures


@dataclass(frozen=True)
class Picture:
    """One chart to draw: its specification and what it says to whoever does not see it."""

    spec: Spec
    alt: str

    @property
    def digest(self) -> str:
        said = json.dumps([self.spec, self.alt], sort_keys=True, default=str)
        return hashlib.sha256(f"{release()}{said}".encode()).hexdigest()


def drawn(pictures: Sequence[Picture]) -> dict[str, str]:
    """The pictures by digest: those that are kept, the others drawn now and kept."""
    wanted = {picture.digest: picture for picture in pictures}
    kept = Drawn.objects.in_bulk(list(wanted))
    today = datetime.now(UTC).date()
    Drawn.objects.filter(pk__in=[pk for pk, one in kept.items() if one.used_on != today]).update(
        used_on=today
    )
    made = {digest: svg(one.spec, one.alt) for digest, one in wanted.items() if digest not in kept}
    Drawn.objects.bulk_create(
        [Drawn(digest=pk, body=gzip.compress(text.encode(), 3), used_on=today) for pk, text in made.items()],
        ignore_conflicts=True,
    )
    return made | {digest: gzip.decompress(one.body).decode() for digest, one in kept.items()}


# How much is kept


def tidy() -> None:
    """Let go of what was not looked at for longest, once more is kept than the bounds allow."""
    _forget(_beyond_bytes())
    spare = Drawn.objects.order_by("-used_on").values_list("pk", flat=True)[MOST_DRAWN:]
    Drawn.objects.filter(pk__in=list(spare)).delete()


def _beyond_bytes() -> Iterable[int]:
    running = Window(Sum("size"), order_by=[F("standing").desc(), F("used_at").desc(), F("pk").desc()])
    kept = Reading.objects.annotate(so_far=running).values_list("pk", "so_far")
    return [pk for pk, so_far in kept if so_far > MOST_BYTES]


def _forget(readings: Iterable[int]) -> None:
    Reading.objects.filter(pk__in=list(readings), standing=False).delete()
