"""The leads behind a figure as their page lists them; their file has what the log holds."""

from datetime import datetime

from django.utils.translation import gettext as _

from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.terms import Agreement
from accord.ledger.score import PromiseScore
from accord.report.naming import person, stream
from accord.report.view import label
from accord.server.look import figures as say


def listed(row: dict[str, object], agreement: Agreement, measure: str) -> dict[str, object]:
    """A row with its lead type and its owner by the names that people give them, what it counts for in its
    unit, and how late it was done where the clock of a page would not show it.
    """
    kind, points = row.get("lead_type"), row.get("points")
    told = row if kind is None else {**row, "lead_type": label(kind, agreement)}
    if is_money(measure):
        told = {**told, "points": say.money(points, agreement.currency)}
    names = {"owner": person(row.get("owner"), agreement), "stream": stream(row.get("stream"))}
    return {**told, **names, "later": _later(row.get("due_at"), row.get("met_at"))}


def is_money(measure: str) -> bool:
    """Whether what a lead counts for is money: what was promised, or what its deal brought."""
    promised = PROMISABLE.get(measure)
    return measure == "win_rate" or (promised is not None and promised.unit is MeasureUnit.MONEY)


def kept_so_far(made: PromiseScore | None) -> int:
    """Of the kept, how many can still break: a cadence with checkpoints to come."""
    return made.budget.open - (made.pending or 0) if made and made.budget else 0


def _later(due: object, met: object) -> str:
    """How long after it was due something was done, where both are of the same minute."""
    if not isinstance(due, datetime) or not isinstance(met, datetime) or met <= due:
        return ""
    if due.replace(second=0, microsecond=0) != met.replace(second=0, microsecond=0):
        return ""
    seconds = (met - due).total_seconds()
    return say.or_dash(say.length(seconds)) if seconds >= 1 else _("less than a second")
