"""The book as pages show it: each interval with what stands for it, what became of it, and who confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.utils.formats import date_format

from accord.agreement.signing.judge import judge
from accord.agreement.terms import Agreement, Status
from accord.errors import PageUnknown
from accord.ledger.restating import Difference, differences, digest, intervals
from accord.plan.recalculation import Evidence, Input, Proposal, Weighed
from accord.server.book.models import (
    Confirmation,
    Interval,
    Restatement,
    Sheet,
    day_of,
    frozen,
    version_of,
)
from accord.server.look import figures as say


class Standing(StrEnum):
    RUNNING = "running"  # its last day is not over
    OPEN = "open"  # over, and nobody has confirmed
    HALF = "half"  # one side has confirmed
    CLOSED = "closed"  # both have
    DIFFERS = "differs"  # closed, and its figures have been corrected since


@dataclass(frozen=True)
class Row:
    """One interval of the book. `now` is None where the sheet does not reach back to it any more."""

    from_on: date
    to_on: date
    now: dict[str, Any] | None
    interval: Interval | None
    revalued: bool = False  # leads are worth otherwise than by the version that it was closed by

    @property
    def key(self) -> str:
        """What addresses call it."""
        return self.from_on.isoformat()

    @property
    def label(self) -> str:
        return label(self.from_on, self.to_on)

    @cached_property
    def kept(self) -> dict[str, Any] | None:
        """The figures that both sides agreed on; None while it is open."""
        return frozen(self.interval) if self.interval else None

    @property
    def figures(self) -> dict[str, Any]:
        return self.kept or self.now or {}

    @property
    def acceptance(self) -> float | None:
        """Of the leads that anybody has decided on; None where nothing is decided."""
        said = self.figures.get("cohort", {}).get("acceptance")
        return None if said is None else float(said)

    @property
    def complete(self) -> bool:
        return self.kept is not None or bool(self.now and self.now["close"]["complete"])

    @property
    def seen(self) -> str:
        """What somebody confirms who confirms the figures as they are now."""
        return digest(self.now) if self.now else ""

    @cached_property
    def confirmations(self) -> tuple[Confirmation, ...]:
        """Those that hold."""
        held = self.interval.confirmations.all() if self.interval else ()
        return tuple(one for one in held if one.ended_at is None)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        if not self.kept or not self.now:
            return ()
        return differences(self.kept, self.now, revalued=self.revalued)

    @property
    def standing(self) -> Standing:
        if self.kept is not None:
            return Standing.DIFFERS if any(one.held for one in self.differences) else Standing.CLOSED
        if not self.complete:
            return Standing.RUNNING
        return Standing.HALF if self.confirmations else Standing.OPEN


def label(from_on: date, to_on: date) -> str:
    """`May 2026` for a month, else its first and last day."""
    whole = (from_on.year, from_on.month) == (to_on.year, to_on.month)
    return date_format(from_on, "F Y") if whole else say.period(from_on, to_on)


def sheet() -> Sheet | None:
    """What the worker worked out last."""
    return Sheet.objects.select_related("file").order_by("-id").first()


def rows(kept: Sheet | None) -> list[Row]:
    """Every interval of the sheet, and those closed before it begins, the newest first."""
    known = {interval.from_on: interval for interval in _intervals()}
    found = {row.from_on: row for row in _of_sheet(kept, known)}
    for from_on, interval in known.items():
        found.setdefault(from_on, Row(from_on, interval.to_on, None, interval))
    return [found[from_on] for from_on in sorted(found, reverse=True)]


def row_of(kept: Sheet | None, on: str) -> Row:
    """The interval that an address names; PageUnknown where the book has none."""
    day, held = day_of(on), rows(kept)
    found = next((row for row in held if row.from_on == day or f"{row.from_on:%Y-%m}" == on), None)
    if found is None:
        raise PageUnknown(on, [row.key for row in held], noun="interval of the book")
    return found


def _of_sheet(kept: Sheet | None, known: dict[date, Interval]) -> Iterator[Row]:
    if kept is None or not kept.book:
        return
    others = _revaluing(kept, {label for one in known.values() if (label := version_of(one))})
    for figures in intervals(kept.book):
        from_on = date.fromisoformat(figures["from"])
        interval = known.get(from_on)
        to_on = interval.to_on if interval else date.fromisoformat(figures["to"])
        revalued = interval is not None and version_of(interval) in others
        yield Row(from_on, to_on, figures, interval, revalued)


def _revaluing(kept: Sheet, labels: set[str]) -> set[str]:
    """Of the versions that figures were closed by, those that value leads otherwise than the sheet's does."""
    others = labels - {kept.agreement}
    if not others:
        return set()
    worth = {_label(one.agreement): _worth(one.agreement) for one in judge(kept.file.chain()).proposals}
    now = worth.get(kept.agreement)
    return {label for label in others if now is None or worth.get(label) != now}


def _label(agreement: Agreement) -> str:
    return agreement.model_copy(update={"status": Status.ACTIVE}).in_force_label


def _worth(agreement: Agreement) -> tuple[object, ...]:
    """All that says what a lead is worth: prices, or what a value by conversion is worked out from."""
    if agreement.value.by == "conversion":
        return agreement.value, agreement.goal, agreement.lead_types
    return (agreement.value,)


def _intervals() -> list[Interval]:
    confirmed = Confirmation.objects.select_related("by")
    restated = Restatement.objects.select_related("by")
    return list(
        Interval.objects.select_related("closing").prefetch_related(
            Prefetch("confirmations", confirmed), Prefetch("restatements", restated), "notes__by"
        )
    )


def pooled(kept: Sheet | None, basis: str) -> dict[str, Any] | None:
    """The pooled line of a basis; None where no interval is old enough."""
    lines = kept.book.get("lines", []) if kept else []
    return next((line for line in lines if line["basis"] == basis and line["interval"] is None), None)


def proposal_of(item: dict[str, Any]) -> Proposal:
    """A proposal as the sheet has it."""
    known = Evidence(item["n"], item["of"], cohorts=item["cohorts"], few=item["few"])
    return Proposal(
        Input(item["kind"]), tuple(item["path"]), item["agreed"], item["measured"], known, item["noise"],
        tuple(map(_weighed, item.get("weighed", ()))),
    )  # fmt: skip


def _weighed(one: dict[str, Any]) -> Weighed:
    return Weighed(
        one["key"], one["leads"], Decimal(one["agreed"]), Decimal(one["measured"]), taken=one["taken"]
    )
