"""The leads behind a figure: of one promise and period, by what became of each, page by page (S0.36, item 3).

The counts are those of `tally.py`, lead for lead: what it counts as kept, broken, pending or excused stands
here under that word, what it adds up under `counted`, and of a win rate each opportunity under `won`, `lost`
or `open`. Customers stand by whether they stayed or what they said, each once, with the lead of its last
word: an account with several leads is one customer. A win rate that nobody promised has its leads too: those
of the basis that `links.py` names.
"""

from accord.agreement.terms import Promise
from accord.ledger.engine import Ledger, literal
from accord.ledger.lines import COUNTED
from accord.ledger.links import CLOSED, MATURE
from accord.ledger.measures import find
from accord.ledger.score import Table
from accord.ledger.tally import PERIOD, VERDICTS, customers_of, scope_of

JUDGED = ("broken", "pending", "excused", "kept")
COUNTS = ("counted",)
ENDINGS = ("lost", "open", "won")
CLOSES = ("lost", "won")
CUSTOMERS = {"retention": ("left", "stayed"), "satisfaction": ("not-satisfied", "satisfied")}
Behind = Promise | str  # a promise, or MATURE or CLOSED
_ABOUT = (
    'c.lead, c.account, c.lead_type, c.stream, c.segment, c."source", c.worker AS owner, '
    "c.delivered_at, {due} AS due_at, {met} AS met_at, {points} AS points"
)
_ENDED = "CASE WHEN c.won_at IS NOT NULL THEN 'won' WHEN c.lost_at IS NOT NULL THEN 'lost' ELSE 'open' END"


def states_of(promise: Behind) -> tuple[str, ...]:
    """The words under which its leads stand, what most needs looking at first; none if none can stand."""
    if isinstance(promise, str):
        return {MATURE: ENDINGS, CLOSED: CLOSES}[promise]
    if promise.measure in COUNTED:
        return COUNTS
    if promise.measure in CUSTOMERS:
        return CUSTOMERS[promise.measure]
    if promise.measure == "win_rate":
        return ENDINGS
    return JUDGED if promise.measure in VERDICTS else ()


def counts_behind(ledger: Ledger, promise: Behind) -> dict[str, int]:
    """How many rows stand under each word, 0 where none does; empty where nothing is judged lead by lead."""
    states = states_of(promise)
    if not states:
        return {}
    found = ledger.query(f"SELECT state, count(*) FROM ({_rows(ledger, promise)}) GROUP BY state")  # noqa: S608
    held = {str(state): int(str(count)) for state, count in found.rows}
    return {state: held.get(state, 0) for state in states}


def rows_behind(ledger: Ledger, promise: Behind, state: str, *, limit: int, offset: int = 0) -> Table:
    """Leads under one word, the latest delivered first: attributes, instants in UTC, `points` that count."""
    return ledger.query(
        f"SELECT * EXCLUDE (state) FROM ({_rows(ledger, promise)}) "  # noqa: S608 - our own names and literals
        f"WHERE state = {literal(state)} ORDER BY delivered_at DESC NULLS LAST, lead "
        f"LIMIT {int(limit)} OFFSET {int(offset)}"
    )


def _rows(ledger: Ledger, promise: Behind) -> str:
    if isinstance(promise, str):
        return _mature(ledger) if promise == MATURE else _closed()
    if promise.measure in CUSTOMERS:
        return _customers(ledger, promise)
    scope = scope_of(ledger, promise)
    if promise.measure in COUNTED:
        about = _ABOUT.format(due="NULL", met='k."on"', points="k.points")
        return (
            f"SELECT 'counted' AS state, {about} FROM contribution k JOIN cycle c ON c.id = k.id "  # noqa: S608
            f'WHERE k.measure = {literal(promise.measure)} AND k."on" {PERIOD}{scope}'
        )
    if promise.measure == "win_rate":
        about = _ABOUT.format(due="NULL", met="coalesce(c.won_at, c.lost_at)", points="c.amount")
        return (
            f"SELECT {_ENDED} AS state, {about} FROM stage_entry s JOIN cycle c ON c.id = s.id "  # noqa: S608
            f"WHERE s.stage = 'opportunity' AND s.entered_on {PERIOD}{scope}"
        )
    about = _ABOUT.format(due="v.due_at", met="v.met_at", points="NULL")
    return (
        f"SELECT v.state, {about} FROM verdict v JOIN cycle c ON c.id = v.id "  # noqa: S608
        f"WHERE v.promise = {literal(VERDICTS[promise.measure])} AND v.started_on {PERIOD}{scope}"
    )


# Of a customer at the start its last fact by the end of the period; of one that answered, its last answer
_LAST = {
    "retention": (
        "CASE WHEN k.after THEN 'stayed' ELSE 'left' END",
        "k.before AND r.tells",
        "t.kind <> 'rated'",
    ),
    "satisfaction": (
        "replace(k.word, ' ', '-')",
        "k.word IS NOT NULL",
        f"t.kind = 'rated' AND t.word IN ('satisfied', 'not satisfied') AND t.\"on\" {PERIOD}",
    ),
}
_LEVELS = {"all": 7, "lead_type": 3, "stream": 5}  # of the groups of `customers`


def _customers(ledger: Ledger, promise: Promise) -> str:
    """Each customer that the measure counts, as its own SQL finds them, with the lead of its last word."""
    by, key = customers_of(ledger, promise) or ("none", "")
    state, counted, told = _LAST[promise.measure]
    found, _, _ = find("customers").sql.partition("counted AS (")
    about = _ABOUT.format(due="NULL", met="make_timestamp(l.place // 2)", points="NULL")
    return (
        f"{found}last AS ("  # noqa: S608 - our own names and literals
        "SELECT t.customer, max(t.place) AS place, arg_max(t.lead, (t.place, t.lead)) AS lead FROM told t "
        f'WHERE {told} AND t."on" <= (SELECT to_on FROM params) '
        f"{'' if by in ('all', 'none') else f'AND t.{by} = {literal(key)} '}GROUP BY t.customer) "
        f"SELECT {state} AS state, {about} FROM customer k CROSS JOIN recorded r "
        "JOIN last l ON l.customer = k.customer JOIN credited c ON c.lead = l.lead "
        f'WHERE k.level = {_LEVELS.get(by, -1)} AND k."key" = {literal(key)} AND {counted}'
    )


def _mature(ledger: Ledger) -> str:
    """The opportunities of the months that `conversion` calls mature, by what became of each."""
    months = [
        row["cohort"]
        for row in ledger.measure("conversion").table.dicts()
        if (row["from_stage"], row["to_stage"], row["lead_type"]) == ("opportunity", "customer", None)
        and row["mature"]
    ]
    about = _ABOUT.format(due="NULL", met="coalesce(c.won_at, c.lost_at)", points="c.amount")
    ended = _ENDED.replace("c.won_at IS NOT NULL", "w.id IS NOT NULL")
    listed = ", ".join(f"DATE {literal(str(month)[:10])}" for month in months) or "NULL"
    return (
        f"SELECT {ended} AS state, {about} FROM stage_entry s JOIN cycle c ON c.id = s.id "  # noqa: S608
        "LEFT JOIN stage_entry w ON w.stage = 'customer' AND w.id = s.id "
        f"WHERE s.stage = 'opportunity' AND CAST(date_trunc('month', s.entered_on) AS DATE) IN ({listed}) "
        "AND s.entered_on <= (SELECT to_on FROM params)"
    )


def _closed() -> str:
    """Deals as `outcomes` counts them: of a lead that was merged, the one it went into has the deal."""
    about = _ABOUT.format(due="NULL", met="coalesce(c.won_at, c.lost_at)", points="c.amount")
    return (
        f"SELECT {_ENDED} AS state, {about} FROM credited c "  # noqa: S608 - our own names
        f"WHERE local_day(coalesce(c.won_at, c.lost_at)) {PERIOD}"
    )
