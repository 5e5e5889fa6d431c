"""The sheet: the book and the measured inputs, worked out by the worker so that a page only reads."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accord.agreement.terms import Agreement, Status
from accord.errors import AccordError
from accord.ledger import book_output
from accord.ledger.log import open_log
from accord.server.agreements.finding import InForce, version_in_force
from accord.server.book.models import Sheet
from accord.server.score.making import has_log, log_folder

FRESH = timedelta(minutes=5)  # a sheet is left alone for so long
STALE = timedelta(hours=1)  # and made anew then, though nothing came in: windows close by themselves


def refresh_sheet(at: datetime | None = None) -> bool:
    """Work the book out anew if something has come in, another version holds, or time has passed; whether.

    What keeps it from being made is kept with it, for people to read.
    """
    at = (at or timezone.now()).replace(second=0, microsecond=0)
    found = version_in_force(at)
    if found is None or not has_log():
        return False
    agreement = found.agreement.model_copy(update={"status": Status.ACTIVE})
    sheet = Sheet.objects.order_by("-id").first()
    mark = watermark()
    if sheet is not None and not _is_stale(sheet, agreement, mark, at):
        return False
    _keep(found, agreement, mark, at, sheet)
    return True


def watermark() -> str:
    """How far the log reaches, in one word: names and sizes of its files."""
    log = open_log(log_folder())
    told = [
        (path.name, path.stat().st_size, path.stat().st_mtime_ns)
        for path in (*log.leads_files, *log.events_files)
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _is_stale(sheet: Sheet, agreement: Agreement, mark: str, at: datetime) -> bool:
    if sheet.agreement != agreement.in_force_label:
        return True
    since = at - sheet.tried_at
    return since >= STALE or (since >= FRESH and sheet.watermark != mark)


def _keep(found: InForce, agreement: Agreement, mark: str, at: datetime, sheet: Sheet | None) -> None:
    try:
        book, inputs = measure(agreement, at)
    except AccordError as error:
        if sheet is not None:
            Sheet.objects.filter(pk=sheet.pk).update(problem=str(error), tried_at=at)
        else:
            about = {"file": found.file, "agreement": agreement.in_force_label, "as_of": at}
            Sheet.objects.create(
                **about, watermark="", made_at=timezone.now(), tried_at=at, problem=str(error)
            )
        return
    values = {
        "file": found.file, "agreement": agreement.in_force_label, "as_of": at, "watermark": mark,
        "made_at": timezone.now(), "tried_at": at, "book": book, "inputs": inputs, "problem": "",
    }  # fmt: skip
    if sheet is None:
        Sheet.objects.create(**values)
    else:
        Sheet.objects.filter(pk=sheet.pk).update(**values)


def measure(agreement: Agreement, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """The book of the term so far, and the inputs measured from all that the log holds."""
    from accord.ledger.book import read_book  # noqa: PLC0415 - brings DuckDB
    from accord.ledger.engine import Ledger  # noqa: PLC0415
    from accord.ledger.recalibrating import read_measured  # noqa: PLC0415
    from accord.plan.recalculation import recalculate  # noqa: PLC0415

    log, term = open_log(log_folder()), agreement.term
    first, last = term.start, max(min(_today(agreement, at), term.end), term.start)
    with Ledger(agreement, log, from_on=first, to_on=last, as_of=at) as ledger:
        book = json.loads(book_output.book_json(read_book(ledger)))
    with Ledger(agreement, log, from_on=first.replace(year=1970), to_on=last, as_of=at) as ledger:
        found = recalculate(agreement, read_measured(ledger))
        inputs = json.loads(book_output.proposals_json(found))
        for item, proposal in zip(inputs["proposals"], found.proposals, strict=True):
            item["path"] = list(proposal.path)
        inputs["response"] = _table(ledger.measure("response_curve").table.dicts(), "lead_type")
        inputs["attempts"] = _table(ledger.measure("attempts_curve").table.dicts(), "")
    return book, inputs


def _table(rows: Any, only_all: str) -> list[dict[str, Any]]:
    return [dict(row) for row in rows if not only_all or row[only_all] is None]


def _today(agreement: Agreement, at: datetime) -> Any:
    from accord.agreement.terms import Side  # noqa: PLC0415

    return at.astimezone(agreement.calendar_of(Side.MARKETING).zone_on(at.date())).date()
