"""A sheet of the book as the worker keeps it, made up: three intervals over and one running."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from accord.server.agreements.models import AgreementFile
from accord.server.book.models import Sheet

MARCH, APRIL, MAY, JUNE = "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01"
_LAST = {MARCH: "2026-03-31", APRIL: "2026-04-30", MAY: "2026-05-31", JUNE: "2026-06-09"}


def line(basis: str, on: str, number: int | None, **said: Any) -> dict[str, Any]:
    """One line of the book, as `accord ledger --format json` has it."""
    return {
        "basis": basis, "interval": number, "from": on, "to": _LAST[on], "leads": 100, "customers": 5,
        "revenue": "10000", "total_revenue": "16000", "unpriced": 0, "conversion": "0.05",
        "average_deal": "2000", "share": "0.625", "median_cycle": 21.0, "mean_cycle": 24.5,
        "cycle_starts": "hand-off", "accepted": 90 if basis == "cohort" else None,
        "by_silence": 10 if basis == "cohort" else None, "rejected": 10 if basis == "cohort" else None,
        "undecided": 0 if basis == "cohort" else None, "acceptance": "0.9" if basis == "cohort" else None,
        "value": "7500" if basis == "cohort" else None, "complete": on != JUNE, "mature": on < MAY,
        "unrecorded": 0, "pooled": on < MAY, **said,
    }  # fmt: skip


def book(**changed: dict[str, Any]) -> dict[str, Any]:
    """The book; `close_4={"revenue": "12000"}` changes the close line of interval 4, `goal_4` a goal."""
    lines = []
    for basis in ("cohort", "close"):
        for number, on in enumerate((MARCH, APRIL, MAY, JUNE), start=2):
            lines.append(line(basis, on, number, **changed.get(f"{basis}_{number}", {})))
        lines.append(line(basis, MARCH, None, leads=200, customers=10, pooled=True))
    goal = {
        "promise": "M1", "measure": "accepted_leads", "lead_type": None, "stream": None, "goal": 100.0,
        "low": 90.0, "high": 110.0, "actual": 90.0, "deviation": -0.1, "state": "within",
    }  # fmt: skip
    return {
        "name": "Acme", "interval": "month", "currency": "USD", "lines": lines, "warnings": ["few customers"],
        "goals": [{"number": number, **goal, **changed.get(f"goal_{number}", {})} for number in range(2, 6)],
    }  # fmt: skip


def proposal(path: tuple[str, ...], kind: str, agreed: str, measured: str, **said: Any) -> dict[str, Any]:
    return {
        "input": ".".join(path), "path": list(path), "kind": kind, "agreed": agreed, "measured": measured,
        "n": 300, "of": "leads", "from": MARCH, "to": "2026-05-31", "cohorts": 3, "low": 0.1, "high": 0.2,
        "few": False, "noise": False, "advised": True, **said,
    }  # fmt: skip


_RATE = ("lead_types", "web_form", "streams", "smb", "mql_to_sql")
_CYCLE = ("goal", "streams", "smb", "cycle")
WEIGHED = [  # 100 × 100 + 50 × 50 = 12,500 were promised 75,000
    {"key": "ceo", "leads": 100, "agreed": "100", "measured": "150", "taken": True},
    {"key": "director", "leads": 50, "agreed": "50", "measured": "70", "taken": True},
]
PRICED = [
    proposal(("value", "prices", "ceo"), "price", "100", "150"),
    proposal(("value", "prices", "director"), "price", "50", "70"),
    proposal(("promises", "M2", "target"), "target", "75000", "111000", weighed=WEIGHED),
]
_RATES = [f"{what}_{which}" for what in ("connect", "sql", "win") for which in ("rate", "low", "high")]
INPUTS: dict[str, Any] = {
    "proposals": [
        proposal(("goal", "streams", "smb", "deal_value"), "deal value", "2000", "2310", of="customers"),
        proposal(_RATE, "rate", "340 of 1000", "90 of 300"),
        proposal(_CYCLE, "cycle", "1 month", "41 d wall", noise=True, advised=False),
    ],
    "unchanged": ["value.prices.ceo"],
    "unmeasured": ["goal.streams.enterprise.deal_value"],
    "response": [
        {"lead_type": None, "place": 1, "within": 300, "touched": True, "leads": 40, "small": False,
         **dict.fromkeys(_RATES, 0.5)},
        {"lead_type": None, "place": 8, "within": None, "touched": False, "leads": 4, "small": True,
         **dict.fromkeys(_RATES, 0.0)},
    ],
    "attempts": [
        {"attempt": 1, "tried": 40, "connected": 10, "connect_rate": 0.25, "low": 0.1, "high": 0.4,
         "cumulative": 0.25, "small": False},
    ],
}  # fmt: skip


def keep_sheet(file: AgreementFile, **changed: dict[str, Any]) -> Sheet:
    """Put the sheet where the worker keeps it, instead of any that is there."""
    Sheet.objects.all().delete()
    now = timezone.now()
    return Sheet.objects.create(
        file=file,
        agreement="version 1",
        as_of=datetime(2026, 6, 10, tzinfo=UTC),
        watermark="a" * 64,
        fold="made-up",
        made_at=now,
        tried_at=now,
        book=book(**changed),
        inputs=INPUTS,
    )
