"""The sheet: the book and the measured inputs, worked out by the worker so that a page only reads.

It is read from the fold that the score's pages read, so both say the same as of the same instant.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accord.agreement.terms import Agreement, Side, Status
from accord.errors import AccordError
from accord.ledger import book_output
from accord.server.agreements.finding import InForce, mark_of, version_in_force
from accord.server.book.models import Sheet
from accord.server.score import folding
from accord.server.score.models import Fold

if TYPE_CHECKING:
    from accord.ledger.engine import Ledger

_EVER = date(1970, 1, 1)


def refresh_sheet(at: datetime | None = None) -> bool:
    """Work the book out anew once the worker has another fold, or another version holds; whether it did.

    What keeps it from being made is kept with it, for people to read.
    """
    found = version_in_force(at or timezone.now())
    fold = folding.newest(mark_of(found.proposal.digest)) if found else None
    if found is None or fold is None:
        return False
    agreement = found.agreement.model_copy(update={"status": Status.ACTIVE})
    sheet = Sheet.objects.order_by("-id").first()
    tried = (agreement.in_force_label, fold.name)
    if sheet is not None and (sheet.agreement, sheet.fold) == tried:
        return False
    _keep(found, agreement, fold, sheet)
    return True


def _keep(found: InForce, agreement: Agreement, fold: Fold, sheet: Sheet | None) -> None:
    about: dict[str, Any] = {
        "file": found.file,
        "agreement": agreement.in_force_label,
        "fold": fold.name,
        "tried_at": timezone.now(),
    }
    try:
        book, inputs = measure(agreement, fold)
    except AccordError as error:
        values = {**about, "problem": str(error)}
        if sheet is None:
            values |= {"as_of": fold.as_of, "made_at": timezone.now()}
    else:
        values = {
            **about, "as_of": fold.as_of, "watermark": fold.log, "made_at": timezone.now(), "book": book,
            "inputs": inputs, "problem": "",
        }  # fmt: skip
    if sheet is None:
        Sheet.objects.create(**values)
    else:
        Sheet.objects.filter(pk=sheet.pk).update(**values)


def measure(agreement: Agreement, fold: Fold) -> tuple[dict[str, Any], dict[str, Any]]:
    """The book of the term so far, and the inputs measured from all that the log holds."""
    from accord.ledger.book import read_book  # noqa: PLC0415 - brings DuckDB
    from accord.ledger.recalibrating import proposals_of  # noqa: PLC0415

    term = agreement.term
    last = max(min(_today(agreement, fold.as_of), term.end), term.start)
    with _opened(fold, agreement, term.start, last) as ledger:
        book = json.loads(book_output.book_json(read_book(ledger)))
    with _opened(fold, agreement, _EVER, last) as ledger:
        found = proposals_of(ledger)
        inputs = json.loads(book_output.proposals_json(found))
        for item, proposal in zip(inputs["proposals"], found.proposals, strict=True):
            item["path"] = list(proposal.path)
            item["why"] = f"{book_output.evidence_words(proposal)}; {book_output.verdict(proposal)}"
        response = ledger.measure("response_curve").table.dicts()
        inputs["response"] = [row for row in response if row["lead_type"] is None]
        inputs["attempts"] = ledger.measure("attempts_curve").table.dicts()
    return book, inputs


@contextmanager
def _opened(fold: Fold, agreement: Agreement, from_on: date, to_on: date) -> "Iterator[Ledger]":
    from accord.ledger.engine import Ledger  # noqa: PLC0415

    with Ledger.of_fold(
        folding.path_of(fold),
        agreement,
        from_on=from_on,
        to_on=to_on,
        memory=folding.MEMORY,
        threads=folding.THREADS,
    ) as ledger:
        yield ledger


def _today(agreement: Agreement, at: datetime) -> date:
    return at.astimezone(agreement.calendar_of(Side.MARKETING).zone_on(at.date())).date()
