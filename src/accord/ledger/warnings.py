"""What a reader of a score must know before believing it: few leads, promises nobody could count, dirty
facts.
"""

from collections.abc import Iterator

from accord.ledger.engine import Ledger
from accord.ledger.score import PromiseScore, PromiseState

FEW = 10  # below it a share is an anecdote (DOMAIN 5)
DIRTY = {
    "undelivered": "FROM cycle WHERE delivered_at IS NULL",
    "untyped": "FROM cycle WHERE delivered_at IS NOT NULL AND terms_type = ''",
    "early": "FROM timed WHERE promise = 'first_touch_in_time' AND before_delivery",
    "backwards": "FROM cycle WHERE delivered_at < created_at",
    "uncalendared": "FROM cycle WHERE calendar_said IS NOT NULL AND calendar_said <> calendar",
    "unlisted": "FROM unlisted",
}
_SAID = {
    "undelivered": "never handed off to sales, so no promise about their follow-up applies",
    "untyped": "of a type about which the agreement says nothing, and judged by its rules for all",
    "early": "touched before being handed off, which counts as in time with no time elapsed",
    "backwards": "handed off before being created: one of the two times is wrong",
    "uncalendared": "handed off under a calendar that the agreement lacks, and judged by that of sales",
    "unlisted": "known only from events, so that type, stream and source are unknown",
}


def warnings(ledger: Ledger, promises: list[PromiseScore]) -> tuple[str, ...]:
    """Sentences in order of weight; empty if there is nothing to warn of."""
    return (*_unmeasured(promises), *_few(promises), *_dirty(ledger))


def _unmeasured(promises: list[PromiseScore]) -> Iterator[str]:
    """One sentence where all of them share one reason, such as a period that has not begun."""
    silent = [promise for promise in promises if promise.state is PromiseState.UNMEASURED]
    notes = {promise.note for promise in silent}
    if len(silent) == len(promises) > 1 and len(notes) == 1:
        yield f"No promise is measured: {notes.pop()}."
        return
    for promise in silent:
        yield f"{promise.id} ({promise.title}) is not measured: {promise.note}."


def _few(promises: list[PromiseScore]) -> Iterator[str]:
    for promise in promises:
        judged = promise.denominator
        if promise.state is not PromiseState.UNMEASURED and judged is not None and judged < FEW:
            yield f"{promise.id} ({promise.title}) rests on {judged} judged, fewer than {FEW}."


def _dirty(ledger: Ledger) -> Iterator[str]:
    for name, rest in DIRTY.items():
        found = int(str(ledger.query(f"SELECT count(*) {rest}").rows[0][0]))
        if found:
            named = _commonest_types(ledger, rest) if name == "untyped" else ""
            yield f"{found:,} {'lead was' if found == 1 else 'leads were'} {_SAID[name]}{named}."


def _commonest_types(ledger: Ledger, rest: str) -> str:
    """The three names met most often: where a map forgot to translate them, this shows it."""
    found = ledger.query(
        f"SELECT lead_type {rest} GROUP BY lead_type ORDER BY count(*) DESC, lead_type NULLS LAST LIMIT 3"
    )
    names = ["no type at all" if row[0] is None else f"{row[0]!r}" for row in found.rows]
    return f" (most often {', '.join(names)})"
