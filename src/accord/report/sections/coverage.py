"""Is enough open pipeline on the way for what is left of the quota? (F17, DOMAIN 5.10)"""

from functools import partial

from accord.agreement.terms import Agreement
from accord.report import format as say
from accord.report.grid import Column, Grid, Row, grid
from accord.report.naming import TWICE, group_of
from accord.report.view import Figure, Part, Reader, Section

_EMPTY = (
    "There is nothing to cover and nothing to cover it with. A goal in `revenue` gives the quota; open deals "
    "come into the log as events `opportunity` and `proposal`, with the amount that is expected."
)
_FROM = {
    "log": "won of all opportunities, cohorts of mature months",
    "agreement": "as agreed",
    "log of all": "of all deals together, as its own are few",
    "agreement for all": "as agreed for all",
}
_GROUPS = {"all": "All", "stream": "Stream", "segment": "Segment"}
_TONES = {"enough": "kept", "only with old deals": "risk", "not enough": "risk"}
_EXACT = 1 - 1e-12  # in doubles exactly what is needed may fall short by its last digit
_days = partial(say.number, digits=0)


def section(reader: Reader, agreement: Agreement) -> Section:
    rows = reader.rows("coverage")
    whole = next((row for row in rows if row.get("by") == "all"), {})
    told = bool(whole.get("open_deals")) or whole.get("quota") is not None
    currency = reader.score.currency
    parts = (Part("", _figures(whole, currency), grids=(_table(rows, currency, agreement),)),) if told else ()
    return Section(
        "coverage",
        "Coverage",
        "Does the open pipeline that is due cover what is left of the quota? What it needs is 1 ÷ win rate, "
        "not a rule of thumb.",
        parts,
        "" if parts else _EMPTY,
        reader.counted("coverage"),
    )


def times(value: object) -> str | None:
    """A multiple as people write it: `4.35×`."""
    text = say.number(value, 2)
    return f"{text}×" if text else None


def _figures(row: Row, currency: str) -> tuple[Figure, ...]:
    tone = _TONES.get(_verdict(row) or "", "")
    aged = say.known(row.get("aged"))
    old = f"{say.money(aged, currency)} of it is old" if aged else "open and due in the period"
    return (
        Figure("Coverage", times(row.get("coverage")), _hint(row), tone),
        Figure("Needed", times(row.get("needed")), "1 ÷ win rate"),
        Figure("Open pipeline", say.money(row.get("pipeline"), currency), old),
        Figure("Pipeline needed", say.money(row.get("needed_pipeline"), currency), "for the quota left"),
        Figure("Quota left", say.money(row.get("quota_left"), currency), _of_quota(row, currency)),
        Figure(
            "Win rate, by cohort", say.percent(row.get("win_rate")), _FROM.get(str(row.get("rate_from")), "")
        ),
    )


def _hint(row: Row) -> str:
    fresh = times(_fresh(row)) if row.get("aged") else None
    return "pipeline ÷ quota left" + (f"; {fresh} without what is old" if fresh else "")


def _fresh(row: Row) -> float | None:
    """The coverage without deals older than nine in ten wins took: those are seldom won."""
    coverage, pipeline, aged = (say.known(row.get(name)) for name in ("coverage", "pipeline", "aged"))
    if coverage is None or not pipeline:
        return None if coverage is None else float(coverage)
    return float(coverage) * (1 - float(aged or 0) / float(pipeline))


def _verdict(row: Row) -> str | None:
    """Enough only where it is so without the old deals; None where nobody knows what is needed."""
    if row.get("enough") is None:
        return None
    fresh, needed = _fresh(row), say.known(row.get("needed"))
    if not row["enough"]:
        return "not enough"
    short = row.get("aged") and None not in (fresh, needed) and (fresh or 0) < float(needed or 0) * _EXACT
    return "only with old deals" if short else "enough"


def _of_quota(row: Row, currency: str) -> str:
    quota = say.money(row.get("quota"), currency)
    return f"of {quota} of new business" if quota else ""


def _table(rows: list[Row], currency: str, agreement: Agreement) -> Grid:
    amount = partial(say.money, currency=currency)
    named = [
        {
            **row,
            "of": "all" if row.get("by") == "all" else group_of(row, agreement),
            "group": _GROUPS.get(str(row.get("by"))),
            "rests_on": _FROM.get(str(row.get("rate_from"))),
            "fresh": _fresh(row) if row.get("aged") else None,
            "verdict": _verdict(row),
        }
        for row in rows
    ]
    columns = (
        Column("of", "Deals of"),
        Column("group", "By"),
        Column("open_deals", "Open, due", say.number, numeric=True),
        Column("pipeline", "Pipeline", amount, numeric=True),
        Column("aged", "Of it old", amount, numeric=True, optional=True),
        Column("later", "Due later", amount, numeric=True, optional=True),
        Column("quota", "Quota", amount, numeric=True),
        Column("won", "Won", amount, numeric=True),
        Column("quota_left", "Quota left", amount, numeric=True),
        Column("coverage", "Coverage", times, numeric=True),
        Column("fresh", "Without old", times, numeric=True, optional=True),
        Column("needed", "Needed", times, numeric=True),
        Column("verdict", "Verdict"),
        Column("win_rate", "Win rate", say.percent, numeric=True),
        Column("rests_on", "Win rate from"),
        Column("usual_days", "Usual days to win", _days, numeric=True),
        Column("unpriced", "Without amount", say.number, numeric=True, optional=True),
    )
    title = "Open pipeline against quota, by stream and segment"
    small = lambda row: bool(row.get("small"))  # noqa: E731
    return grid("coverage", title, columns, named, muted=small, note=TWICE)
