"""Counts behind each promise, asked of the ledger: kept, broken, pending, or an amount."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from accord.agreement.terms import Promise
from accord.ledger.budget import RECENT, Window
from accord.ledger.engine import Ledger, literal
from accord.ledger.lines import COUNTED, stream_of

_TOUCHED = ("attempted", "connected")
_DECIDED = ("accepted", "rejected")
# Promise → kinds of events without which the log cannot tell; None is any
NEEDS = {
    "first_touch_in_time": _TOUCHED,
    "feedback_in_time": ("rejected",),
    "cadence_kept": ("attempted",),
    "complete_handoffs": ("handed_off",),
    "decided_in_time": _DECIDED,
    "acceptance_rate": _DECIDED,
    "accepted_leads": ("handed_off",),
    "delivered_leads": ("handed_off",),
    "lead_value": ("handed_off",),
    "win_rate": ("won", "lost"),
    "revenue": ("won",),
    "retention": ("renewed", "churned"),
    "satisfaction": ("rated",),
}
# Promise → the columns of the measure `customers` that hold what was kept and all that is judged
_CUSTOMERS = {"retention": ("stayed", "at_start"), "satisfaction": ("satisfied", "answered")}
VERDICTS = {
    "first_touch_in_time": "first_touch_in_time",
    "cadence_kept": "cadence_kept",
    "decided_in_time": "decided_in_time",
    "acceptance_rate": "accepted_leads",
    "feedback_in_time": "feedback_in_time",
    "complete_handoffs": "complete_handoffs",
}
# Promise → what shows that the log records this at all, and what to say where it does not
RECORDED = {
    "complete_handoffs": ("complete", "no hand-off of the log says whether it was complete"),
    "feedback_in_time": ("cycle WHERE told_at IS NOT NULL", "the log holds no reason of any reject"),
}
PERIOD = "BETWEEN (SELECT from_on FROM params) AND (SELECT to_on FROM params)"


@dataclass(frozen=True)
class Tally:
    """What the log holds about one promise in the period. `amount` is None for shares, counts None for
    amounts.
    """

    amount: Decimal | None = None  # exact: a bound of a band is met to the last cent (F18)
    kept: int | None = None
    broken: int | None = None
    pending: int | None = None
    excused: int = 0
    open: int = 0  # of the kept, those that can still break: a cadence with checkpoints to come
    undecided: Decimal | None = None  # what the pending would add to the amount if all of them were accepted
    today: int = 0  # of kept, broken and pending, those that began on the day of as-of
    closed: Window | None = None  # of them, those past their window, where the promise has an error budget
    recent: Window | None = None  # of those again, the last days'
    unpriced: int = 0  # leads or deals that count but whose value or amount nobody knows
    grows: bool = True  # whether more may come to be judged before the period is over
    missing: str = ""  # why nothing can be said; empty if something can


def tally(ledger: Ledger, promise: Promise) -> Tally:
    """The counts of one promise; `missing` says what the log lacks where nothing can be counted."""
    needed = NEEDS.get(promise.measure)
    if needed is None:
        return Tally(missing="the log does not hold what this is counted from")
    if not ledger.kinds & set(needed):
        return Tally(missing=f"the log holds no event {' or '.join(needed)}")
    source, unsaid = RECORDED.get(promise.measure, ("", ""))
    if source and not ledger.query(f"SELECT 1 FROM {source} LIMIT 1").rows:  # noqa: S608 - our own names
        return Tally(missing=unsaid)
    if promise.measure in _CUSTOMERS:
        return _of_customers(ledger, promise)
    scope = scope_of(ledger, promise)
    if promise.measure in COUNTED:
        return _amount(ledger, promise, scope)
    return _won(ledger, scope) if promise.measure == "win_rate" else _judged(ledger, promise, scope)


def _amount(ledger: Ledger, promise: Promise, scope: str) -> Tally:
    row = ledger.query(
        "SELECT coalesce(sum(points), 0), count(*) FILTER (points IS NULL) FROM contribution c "  # noqa: S608
        f'WHERE measure = {literal(promise.measure)} AND "on" {PERIOD}{scope}'
    ).rows[0]
    pending = undecided = None
    if promise.measure in ("accepted_leads", "lead_value"):
        waiting, worth = ledger.query(
            "SELECT count(*), coalesce(sum(price), 0) FROM handoff c "  # noqa: S608 - our own names
            f"WHERE state = 'pending' AND delivered_on {PERIOD}{scope}"
        ).rows[0]
        pending = int(str(waiting))
        undecided = Decimal(pending) if promise.measure == "accepted_leads" else Decimal(str(worth))
    return Tally(amount=Decimal(str(row[0])), pending=pending, undecided=undecided, unpriced=int(str(row[1])))


def _of_customers(ledger: Ledger, promise: Promise) -> Tally:
    """From the measure itself. Who was a customer at the start is settled then, so no more come to it."""
    group = customers_of(ledger, promise)
    if group is None:
        return Tally(missing="customers are told apart by stream or by lead type, not by both at once")
    rows = ledger.measure("customers").table.dicts()
    row = next((row for row in rows if (row["by"], row["key"]) == group), {})
    kept, judged = (int(str(row.get(name) or 0)) for name in _CUSTOMERS[promise.measure])
    return Tally(kept=kept, broken=judged - kept, pending=0, grows=promise.measure != "retention")


def customers_of(ledger: Ledger, promise: Promise) -> tuple[str, str] | None:
    """Whose customers a promise is about, as (by, key) of the measure `customers`; None where it has no such
    group.
    """
    said = {"stream": stream_of(ledger.agreement, promise), "lead_type": promise.lead_type}
    groups = [(by, key) for by, key in said.items() if key is not None]
    return None if len(groups) > 1 else next(iter(groups), ("all", "all"))


def _judged(ledger: Ledger, promise: Promise, scope: str) -> Tally:
    found = _counted(ledger, VERDICTS[promise.measure], scope)

    def count(state: str, part: str = "leads") -> int:
        return int(str(found.get(state, {}).get(part, 0)))

    def window(part: str) -> Window:
        return Window(count("kept", part), count("broken", part))

    return Tally(
        kept=count("kept"),
        broken=count("broken"),
        pending=count("pending"),
        excused=count("excused"),
        open=count("kept", "open"),
        today=sum(count(state, "today") for state in ("kept", "broken", "pending")),
        closed=window("closed"),
        recent=window("recent"),
    )


def _won(ledger: Ledger, scope: str) -> Tally:
    """Of the opportunities opened in the period, by what became of them whenever: the plan needs this win
    rate (5.3).
    """
    row = ledger.query(
        "SELECT count(*) FILTER (c.won_at IS NOT NULL), "  # noqa: S608
        "count(*) FILTER (c.won_at IS NULL AND c.lost_at IS NOT NULL), "
        "count(*) FILTER (c.won_at IS NULL AND c.lost_at IS NULL), "
        "count(*) FILTER (s.entered_on > (SELECT over_on FROM params)) "
        "FROM stage_entry s JOIN cycle c ON c.id = s.id "
        f"WHERE s.stage = 'opportunity' AND s.entered_on {PERIOD}{scope}"
    ).rows[0]
    won, lost, undecided, today = (int(str(count)) for count in row)
    return Tally(kept=won, broken=lost, pending=undecided, today=today)


# Verdicts with whether a kept one may yet break, and whether its window is over
_AGREED = (
    "SELECT v.state, v.started_on, FALSE AS still_open, coalesce(v.due_at <= p.as_of, TRUE) AS closed, "
    "p.over_on FROM {} CROSS JOIN params p WHERE {} AND v.started_on"
)
_CHASED = (
    "SELECT v.state, c.delivered_on AS started_on, "
    "v.state = 'kept' AND c.chase_over_at IS NULL AND v.budget_us < k.age_us AS still_open, "
    "c.delivered_at + to_microseconds(k.age_us) <= p.as_of AND NOT still_open AS closed, p.over_on "
    "FROM cadence v JOIN cycle c ON c.id = v.id CROSS JOIN params p "
    "JOIN (SELECT lead_type, max(age_us) AS age_us FROM term_cadence GROUP BY lead_type) k "
    "ON k.lead_type = c.terms_type WHERE c.delivered_on"
)


def _table_of(promise: str, scope: str) -> tuple[str, str]:
    """Where the verdicts of a promise stand, beside their leads where the scope asks, and which they are."""
    beside = " JOIN cycle c ON c.id = v.id" if scope else ""
    if promise == "complete_handoffs":
        return f"complete v{beside}", "TRUE"
    return f"timed v{beside}", f"v.promise = {literal(promise)}"


def _counted(ledger: Ledger, promise: str, scope: str) -> dict[str, dict[str, object]]:
    """Verdicts of the period by state: `leads`, and of them those `open`, of `today`, `closed` and `recent`.

    A cadence kept so far is open while a checkpoint is to come, and its window closes with the last one.
    """
    since = literal(ledger.over_on - timedelta(days=RECENT))
    told = _CHASED if promise == "cadence_kept" else _AGREED.format(*_table_of(promise, scope))
    table = ledger.query(
        f"WITH told AS ({told} {PERIOD}{scope}) "  # noqa: S608 - our own names
        "SELECT state, count(*) AS leads, count(*) FILTER (still_open) AS open, "
        "count(*) FILTER (started_on > over_on) AS today, count(*) FILTER (closed) AS closed, "
        f"count(*) FILTER (closed AND started_on > {since}) AS recent FROM told GROUP BY state"
    )
    return {str(row.pop("state")): row for row in table.dicts()}


def scope_of(ledger: Ledger, promise: Promise) -> str:
    """The promise's narrowing to a lead type or stream, as SQL on a row `c` that has both."""
    stream = stream_of(ledger.agreement, promise)
    said = {"lead_type": promise.lead_type, "stream": stream}
    return "".join(f" AND c.{name} = {literal(value)}" for name, value in said.items() if value is not None)
