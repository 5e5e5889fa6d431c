"""A score made by hand, with every state in it, for tests of what is drawn. No number here is computed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from pipeline_fixture import pipeline

from accord.agreement.terms import Agreement
from accord.ledger.score import MeasureResult, PromiseScore, PromiseState, Score, SideScore, Table

AS_OF = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
FROM_ON, TO_ON = date(2026, 3, 1), date(2026, 3, 31)


def agreement(**changes: object) -> Agreement:
    terms: dict[str, object] = {
        "accord": 1,
        "name": "Acme marketing and sales",
        "term": "2026-01-01",
        "goal": {"revenue": "500000", "deal_value": "2000"},
        "lead_types": {
            "web_form": {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"},
            "demo": {"mql_to_sql": "55%", "sql_to_opportunity": "85%", "opportunity_to_customer": "20%"},
        },
        "definitions": {"connect": "A two-way live conversation with the person, whoever began it."},
    }
    return Agreement.model_validate({**terms, **changes})


def promise(
    id: str,
    side: str,
    title: str,
    measure: str,
    state: PromiseState,
    *,
    unit: str = "share",
    target: float | None = 0.9,
    due: float | None = None,
    actual: float | None = None,
    counted: tuple[int, int] | None = None,
    pending: int | None = None,
    note: str = "",
) -> PromiseScore:
    due = target if due is None else due
    numerator, denominator = counted or (None, None)
    attainment = None if actual is None or not due else actual / due
    definition = f"What {title.lower()} counts, by date of delivery"
    return PromiseScore(
        id, side, title, measure, unit, target, due, actual, attainment, state, numerator, denominator,
        pending, definition, note,
    )  # fmt: skip


def promises() -> list[PromiseScore]:
    state = PromiseState
    return [
        promise("M1", "marketing", "Accepted leads", "accepted_leads", state.KEPT, unit="leads", target=3900,
                due=2013.0, actual=1961, pending=48),
        promise("M2", "marketing", "Value of accepted leads", "lead_value", state.OVER, unit="USD",
                target=300000, due=154838.7, actual=178210),
        promise("M3", "marketing", "Complete hand-offs", "complete_handoffs", state.UNMEASURED, target=0.95,
                note="The log holds no field for phone or role."),
        promise("S1", "sales", "First touch in time", "first_touch_in_time", state.BROKEN, actual=0.7143,
                counted=(1340, 1876), pending=37),
        promise("S2", "sales", "Cadence kept", "cadence_kept", state.AT_RISK, target=0.8, actual=0.742,
                counted=(689, 928), pending=1049),
        promise("S3", "sales", "Leads decided in time", "decided_in_time", state.KEPT, target=0.95,
                actual=0.968, counted=(1816, 1876), pending=101),
        promise("J1", "both", "Revenue", "revenue", state.AT_RISK, unit="USD", target=500000, due=258064.5,
                actual=231400),
    ]  # fmt: skip


def side(name: str, attainment: float | None) -> SideScore:
    mine = tuple(p for p in promises() if p.side == name)
    measured = [p for p in mine if p.state is not PromiseState.UNMEASURED]
    kept = sum(p.state is PromiseState.KEPT for p in mine)
    return SideScore(name, attainment, kept, len(measured), mine)


def measure(name: str, title: str, rows: list[dict[str, object]]) -> MeasureResult:
    columns = tuple(rows[0]) if rows else ("nothing",)
    table = Table(columns, tuple(tuple(row[c] for c in columns) for row in rows))
    meaning = f"What {title.lower().partition(' by ')[0]} means"  # groupings share their measure's meaning
    return MeasureResult(name, title, f"a row of {title.lower()}", "leads", meaning, ("S0.36",), table)


def score(**changes: object) -> Score:
    values: dict[str, object] = {
        "agreement": "Acme marketing and sales, version 3, 2026-01-01 to 2026-12-31 (active)",
        "from_on": FROM_ON,
        "to_on": TO_ON,
        "as_of": AS_OF,
        "zone": "Europe/Istanbul",
        "currency": "USD",
        "leads": 1977,
        "events": 14210,
        "sides": (side("marketing", 0.987), side("sales", 0.907), side("both", 0.897)),
        "measures": {},
        "definitions": {"in time": "Within the promised working time, the last instant included."},
        "warnings": ("Week of 16 March rests on fewer than 10 judged leads.",),
    }
    return Score(**{**values, **changes})  # type: ignore[arg-type]


def empty_score() -> Score:
    nothing = tuple(SideScore(name, None, 0, 0, ()) for name in ("marketing", "sales"))
    return score(leads=0, events=0, sides=nothing, measures={}, definitions={}, warnings=())


def days(count: int) -> list[date]:
    return [FROM_ON + timedelta(days=i) for i in range(count)]


def speed_row(group: str, key: object, kept: int, broken: int, pending: int) -> dict[str, object]:
    judged = kept + broken
    return {
        group: key, "delivered": judged + pending, "kept": kept, "broken": broken, "judged": judged,
        "pending": pending, "excused": 0, "share_in_time": kept / judged, "budget": 3600.0,
        "responded": judged - 14, "median": 2160.0, "p90": 14400.0, "mean": 5400.0, "wall_median": 16200.0,
        "wall_p90": 90000.0, "wall_mean": 31000.0, "censored_median": 2460.0, "open_overdue": 14,
        "oldest_overdue": 55000.0, "before_delivery": 3, "small": judged < 10,
    }  # fmt: skip


def depth_row(group: str, key: str, leads: int) -> dict[str, object]:
    return {
        group: key, "leads": leads, "mean": 3.6, "median": 3.0, "without": 12, "share_without": 12 / leads,
        "given_up": 4, "calls": 2.1, "voicemails": 0.9, "emails": 1.4, "whole": 23, "small": False,
    }  # fmt: skip


def outcome(basis: str, by: str, key: str | None, won: int) -> dict[str, object]:
    return {
        "basis": basis, "by": by, "key": key, "leads": won * 9, "won": won, "lost": won * 3, "open": won * 5,
        "win_rate": 0.25, "low": 0.2, "high": 0.31, "won_of_all": 1 / 9, "won_within_30": won // 2,
        "won_within_90": won,
        "revenue": Decimal(won * 2013), "average_deal": 2013.0, "median_deal": 1900.0, "unpriced": 0,
        "median_cycle": 31.0, "mean_cycle": 38.4, "lost_median_cycle": 44.0, "lost_mean_cycle": 50.2,
        "small": False,
    }  # fmt: skip


def by_type(name: str, rows: list[dict[str, object]]) -> dict[str, list[dict[str, object]]]:
    """As the ledger parts them: all types together, and each type."""
    return {
        name: [row for row in rows if row["lead_type"] is None],
        f"{name}_by_lead_type": [row for row in rows if row["lead_type"] is not None],
    }


def measures() -> dict[str, MeasureResult]:
    pace = [
        {
            "promise": "M1", "on": on, "line": 3900 * (i + 1) / 31, "low": 3510 * (i + 1) / 31,
            "high": 4290 * (i + 1) / 31, "actual": 118 * (i + 1) + (i % 5) * 12 if i < 16 else None,
            "projection": 3799.4 * (i + 1) / 31 if i >= 15 else None,
        }
        for i, on in enumerate(days(31))
    ]  # fmt: skip
    speed = [{"by": "all", **speed_row("key", "all", 1340, 536, 37)}]
    counts = [(71, 25, 0), (520, 184, 0), (634, 256, 4), (5, 2, 33)]
    weeks = [speed_row("week", date(2026, 2, 23) + timedelta(days=7 * i), *n) for i, n in enumerate(counts)]
    types = [
        speed_row("lead_type", "demo", 310, 60, 2),
        speed_row("lead_type", "web_form", 1030, 476, 35),
        speed_row("lead_type", None, 4, 1, 0),
    ]
    owners = [speed_row("owner", "ayşe.demir", 700, 300, 10)]
    spread = [
        {
            "attempts": a, "leads": n + open_, "share": (n + open_) / 1913, "connected": n,
            "never_connected": open_, "won": n // 9, "win_share": 0.08, "share_of_wins": 0.1 * a,
        }
        for a, (n, open_) in enumerate(
            [(0, 12), (640, 31), (402, 58), (188, 96), (90, 88), (41, 60), (20, 34), (9, 23)]
        )
    ]  # fmt: skip
    depth = [{"by": "all", **depth_row("key", "all", 402)}]
    depth_types = [depth_row("lead_type", "demo", 96), depth_row("lead_type", "web_form", 306)]
    checks = [
        {"lead_type": kind, "step": step, "by_days": age, "attempts": attempts, "judged": 300 - 90 * step,
         "kept": 230 - 80 * step, "share": 0.7, "pending": 40, "small": False}
        for kind in (None, "demo") for step, (age, attempts) in enumerate([(14, 3), (28, 5)], 1)
    ]  # fmt: skip
    months = [date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), *(date(2026, m, 1) for m in (1, 2, 3))]
    conversion = [
        {
            "from_stage": a, "to_stage": b, "lead_type": kind, "cohort": month, "entered": 800 + 40 * i,
            "reached": 270 - 38 * i,
            "rate": (270 - 38 * i) / (800 + 40 * i),
            "low": (240 - 38 * i) / (800 + 40 * i),
            "high": (302 - 38 * i) / (800 + 40 * i), "mature": i < 4, "median_days": 9.5, "in_period": i == 5,
            "small": False,
        }
        for a, b in [("mql", "sql"), ("sql", "opportunity")]
        for kind in (None, "demo")
        for i, month in enumerate(months)
    ]  # fmt: skip
    estimates = [
        {
            "from_stage": a, "to_stage": b, "lead_type": kind, "estimate": 0.34, "low": 0.31, "high": 0.37,
            "months": 3, "watched": 4100, "conversions": 1200, "mature_entered": 2900, "mature_reached": 980,
            "mature_rate": 980 / 2900, "mature_low": 0.32, "mature_high": 0.36, "in_period_ratio": 0.2,
            "to_date_ratio": 0.25, "few": kind is not None,
        }
        for a, b in [("mql", "sql"), ("sql", "opportunity")]
        for kind in (None, "demo")
    ]  # fmt: skip
    outcomes = [
        outcome(basis, by, key, won)
        for basis, won in (("closed", 64), ("cohort", 11), ("log", 302))
        for by, key in (("all", "all"), ("stream", "smb"), ("stream", None), ("owner", "ayşe.demir"))
    ]
    outcomes += [
        outcome("closed", by, key, won)
        for by, key, won in (
            ("origin", "inbound", 40),
            ("inbound_source", "search", 30),
            ("source_owner", "sales", 24),
        )
    ]
    delivered = [datetime(2026, 3, 12, 7, 10 + i, tzinfo=UTC) for i in range(14)]
    late = [
        {
            "lead": f"L-{1000 + i}", "lead_type": "web_form", "owner": "ayşe.demir", "delivered_at": at,
            "due_at": at + timedelta(hours=1), "overdue": 55000.0 - 900 * i,
        }
        for i, at in enumerate(delivered)
    ]  # fmt: skip
    summary = {
        "promise": "M1", "goal": 3900, "line": 2013, "actual": 1961, "gap": -52, "of_pace": 0.974,
        "needed_per_day": 129.27, "projection": 3799.4, "days_outside": 2, "state": "within",
        "largest_gap": -211.4, "largest_gap_on": date(2026, 3, 10), "undecided": 48,
    }  # fmt: skip
    found = {
        "pace": pace,
        "pace_summary": [summary],
        "speed": speed,
        "speed_by_week": weeks,
        "speed_by_lead_type": types,
        "speed_by_owner": owners,
        "depth": depth,
        "depth_by_lead_type": depth_types,
        "attempts": spread,
        **by_type("cadence", checks),
        **by_type("conversion", conversion),
        **by_type("conversion_estimate", estimates),
        "outcomes": outcomes,
        "overdue": late,
        **pipeline(),
    }  # fmt: skip
    return {name: measure(name, name.replace("_", " ").capitalize(), rows) for name, rows in found.items()}
