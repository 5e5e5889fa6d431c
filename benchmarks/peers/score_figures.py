"""The same figures as `score_pandas` from a score, its terms as plain values, and where the two differ."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import isclose, isnan

from accord.agreement.terms import Agreement, Side
from accord.ledger.lines import owed
from accord.ledger.score import Score
from accord.ledger.terms import term_rows
from accord.plan.periods import interval_of
from accord.worktime import Calendar
from peers.score_pandas import UNKNOWN, Figures, Terms, Windows

YEAR = timedelta(days=366)
Row = dict[str, object]


def terms_of(agreement: Agreement, as_of: datetime) -> Terms:
    """What the agreement says, worked out as far as it can be without the log."""
    term, rows = agreement.term, term_rows(agreement)
    budget = {row[:3]: timedelta(microseconds=row[5]) for row in rows["term_clock"]}
    name, kinds = agreement.calendar_of(Side.SALES).name, (*agreement.lead_types, UNKNOWN)
    goals = {
        item.promise.measure: item.line.at(interval_of(term, term.start)[1])
        for item in owed(agreement, term.start, term.end)
        if item.line
    }
    return Terms(
        as_of=as_of.astimezone(UTC).replace(tzinfo=None),
        from_on=term.start,
        to_on=term.end,
        zone=str(agreement.calendar_of(Side.MARKETING).zone_on(term.start)),
        windows={name: _windows(calendar, agreement) for name, calendar in agreement.built_calendars.items()},
        touch_within={kind: budget["first_touch_in_time", name, kind] for kind in kinds},
        accept_within=budget["accepted_leads", name, ""],
        automated={
            kind: frozenset(channel for named, channel in rows["term_automated"] if named == kind)
            for kind in kinds
        },
        prices={str(key): float(price) for key, price in agreement.value.prices.items()},
        steps=tuple((str(begin), str(end)) for begin, end, _ in rows["stage_step"]),
        goals={measure: float(goal) for measure, goal in goals.items()},
        band=0.1,
    )


def _windows(calendar: Calendar, agreement: Agreement) -> Windows:
    """Working windows of every day that a lead of the term may need, in UTC without a zone."""
    first, last = agreement.term.start - YEAR, agreement.term.end + YEAR
    days = (first + timedelta(days=n) for n in range((last - first).days))
    return {
        on: [tuple(at.astimezone(UTC).replace(tzinfo=None) for at in pair) for pair in calendar.hours_on(on)]
        for on in days
    }


def figures(score: Score) -> Figures:
    """The figures out of the measures of a score."""
    tables = {name: list(found.table.dicts()) for name, found in score.measures.items()}
    kinds = {"all": tables["speed"][0], **_by(tables["speed_by_lead_type"], "lead_type")}
    types = _by(tables["delivery_by_lead_type"], "lead_type")
    quality = _by(tables["handoff_quality_by_lead_type"], "lead_type")
    attempts = tables["attempts"]
    tries = sum(row["attempts"] * row["leads"] for row in attempts)
    return {
        "first touch in time": {key: row["share_in_time"] for key, row in kinds.items()},
        "first touch missed": {key: row["broken"] for key, row in kinds.items()},
        "hours to first touch, median": {key: row["median"] / 3600 for key, row in kinds.items()},
        "hours to first touch, p90": {key: row["p90"] / 3600 for key, row in kinds.items()},
        "accepted leads by type": {key: row["accepted"] for key, row in types.items()},
        "accepted by hand by type": {key: row["by_hand"] for key, row in types.items()},
        "acceptance by type": {key: row["acceptance"] for key, row in quality.items()},
        "worth of accepted leads by type": {key: row["value"] for key, row in types.items()},
        "handed over complete": {key: row["completeness"] for key, row in quality.items()},
        "rejections by reason": {
            row["reason"] or "not said": row["rejected"] for row in tables["rejections"] if row["by"] == "all"
        },
        "pace by week": {
            f"{row['measure']} {row['on']}": row["of_pace"]
            for row in tables["pace"]
            if row["on"].weekday() == 6
        },
        "months against the band": dict(_months(tables["band"], "state")),
        "months in a row": dict(_months(tables["band"], "streak")),
        "leads by attempts": {
            "mean": tries / sum(row["leads"] for row in attempts),
            **{str(row["attempts"]): row["leads"] for row in attempts},
        },
        **_conversion(tables["conversion"]),
        "win rate by type": {
            row["key"] or UNKNOWN: row["win_rate"]
            for row in tables["outcomes"]
            if (row["basis"], row["by"]) == ("closed", "lead_type")
        },
        "worth of a deal": _deals(tables["outcomes"]),
        "days to close": dict(_days(tables["time_to_close"])),
        "attribution by first touch": {
            f"{row['owner']} {what}": row[what]
            for row in tables["attribution"]
            if (row["basis"], row["reading"]) == ("cohort", "first touch")
            for what in ("leads", "won", "revenue")
        },
    }


def _by(rows: list[Row], name: str) -> dict[str, Row]:
    return {row[name] or UNKNOWN: row for row in rows}


def _months(rows: list[Row], what: str) -> Iterator[tuple[str, object]]:
    for row in rows:
        yield f"{row['measure']} {row['interval_on']:%Y-%m}", row[what]


def _conversion(rows: list[Row]) -> Figures:
    every = [row for row in rows if row["lead_type"] is None]
    steps = groupby(every, key=lambda row: f"{row['from_stage']} to {row['to_stage']} by cohort")
    return {name: {f"{row['cohort']:%Y-%m}": row["rate"] for row in cohorts} for name, cohorts in steps}


def _deals(rows: list[Row]) -> dict[str, object]:
    [whole] = [row for row in rows if (row["basis"], row["by"]) == ("closed", "all")]
    return {"mean": whole["average_deal"], "median": whole["median_deal"]}


def _days(rows: list[Row]) -> Iterator[tuple[str, object]]:
    for row in rows:
        if row["by"] == "all":
            yield f"{row['start']}, median", row["median_days"]
            yield f"{row['start']}, p90", row["p90_days"]


def differences(ours: Figures, theirs: Figures) -> list[str]:
    """One line a figure that one of the two lacks or has otherwise; floats may differ by a billionth."""
    return [
        f"{name}, {key}: {ours.get(name, {}).get(key)} here, {theirs.get(name, {}).get(key)} in pandas"
        for name in sorted({*ours, *theirs})
        for key in sorted({*ours.get(name, {}), *theirs.get(name, {})}, key=str)
        if not _same(ours.get(name, {}).get(key), theirs.get(name, {}).get(key))
    ]


def _same(ours: object, theirs: object) -> bool:
    """Of numbers of any type, names of states, and NaN, which pandas writes for nothing."""
    theirs = None if isinstance(theirs, float) and isnan(theirs) else theirs
    if ours is None or theirs is None or isinstance(ours, str) or isinstance(theirs, str):
        return ours == theirs
    return isclose(float(ours), float(theirs), rel_tol=1e-9)
