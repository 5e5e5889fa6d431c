"""Rows of the measures on the way to a deal, made by hand: see `report_fixture`."""

from datetime import date
from decimal import Decimal


def pipeline() -> dict[str, list[dict[str, object]]]:
    """What the pages on the way to a deal show: reasons, large deals, times, coverage, customers."""
    reasons = [
        {
            "by": by,
            "key": key,
            "outcome": how,
            "reason": why,
            "deals": n,
            "of_outcome": n / 12,
            "of_closed": n / 20,
            "amount": Decimal(n * 2013),
            "average_amount": 2013.0,
            "unpriced": 1,
            "median_cycle": 18.0,
            "small": False,
        }
        for by, key in (("all", "all"), ("source", "search"), ("source", None))
        for how, why, n in (
            ("won", "fit", 8),
            ("won", None, 4),
            ("lost", "price", 5),
            ("no decision", "went dark", 3),
        )
    ]
    deals = [
        {
            "outcome": how,
            "place": place,
            "lead": f"L-{place}",
            "account": "Nordwind",
            "amount": Decimal(90000 - place),
            "reason": "price",
            "no_decision": None if how == "won" else False,
            "lead_type": "demo",
            "stream": "smb",
            "segment": "small",
            "source": "search",
            "closed_on": date(2026, 3, 12),
            "days": 31,
        }
        for how in ("won", "lost")
        for place in (1, 2)
    ]
    times = [
        {
            "by": by,
            "key": key,
            "start": start,
            "deals": 64,
            "timed": 60,
            "unknown": 4,
            "median_days": 31.5,
            "p90_days": 88,
            "mean_days": 40.2,
            "deal_value": 2013.0,
            "priced": 63,
            "order_value": 1500.0,
            "orders": 80,
            "small": by == "lead_type",
        }
        for by, key in (("all", "all"), ("lead_type", "demo"))
        for start in ("handed_off", "opportunity")
    ]
    covered = [
        {
            "by": by,
            "key": key,
            "open_deals": 46,
            "pipeline": Decimal(1000000),
            "unpriced": 2,
            "aged": Decimal(159289),
            "later": Decimal(276709),
            "usual_days": 31.0,
            "quota": quota,
            "won": Decimal(100000),
            "quota_left": left,
            "coverage": 2.5 if quota else None,
            "win_rate": 0.23,
            "rate_from": "agreement",
            "rate_won": 12,
            "rate_opened": 50,
            "needed": 1 / 0.23,
            "needed_pipeline": left / 0.23 if left else None,
            "enough": False if quota else None,
            "small": False,
        }
        for by, key, quota, left in (("all", "all", 500000.0, 400000.0), ("segment", "small", None, None))
    ]
    customers = [
        {
            "by": by,
            "key": key,
            "at_start": 40,
            "stayed": 38,
            "left": 2,
            "retention": 0.95,
            "retention_low": 0.83,
            "retention_high": 0.99,
            "joined": 9,
            "at_end": 47,
            "renewed": 3,
            "asked": 12,
            "answered": 10,
            "satisfied": 8,
            "satisfaction": 0.8,
            "satisfaction_low": 0.49,
            "satisfaction_high": 0.94,
            "small": False,
            "few_answers": False,
        }
        for by, key in (("all", "all"), ("stream", "smb"))
    ]
    cells = [
        {
            "from_stage": "mql",
            "to_stage": "sql",
            "by": by,
            "lead_type": kind,
            "stream": "smb",
            "segment": None,
            "entered": 400,
            "reached": n,
            "rate": n / 400,
            "low": 0.2,
            "high": 0.4,
            "rejected": 12,
            "young": 30,
            "young_reached": 2,
            "few": n < 30,
        }
        for by, kind, n in (("stream", None, 120), ("lead_type, stream", "demo", 20))
    ]
    return {
        "conversion_cells": cells,
        "win_loss": reasons,
        "key_deals": deals,
        "time_to_close": times,
        "coverage": covered,
        "customers": customers,
    }
