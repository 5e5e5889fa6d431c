"""Both sides' promises on one scale, and the sentence that names the first broken link (section 6, CRO)."""

from dataclasses import dataclass

from accord.ledger.links import CHAIN
from accord.ledger.score import PromiseScore, PromiseState, Score, SideScore
from accord.report import format as say
from accord.report.view import sentence

SHAPES = {
    PromiseState.KEPT: "kept",
    PromiseState.AT_RISK: "risk",
    PromiseState.BROKEN: "broken",
    PromiseState.OVER: "over",
    PromiseState.UNMEASURED: "unmeasured",
}
WORDS = {
    PromiseState.KEPT: "Kept",
    PromiseState.AT_RISK: "At risk",
    PromiseState.BROKEN: "Broken",
    PromiseState.OVER: "Over the band",
    PromiseState.UNMEASURED: "Not measured",
}
# The chain from lead to revenue, in order; a broken link further up explains those below it (S4.35).
LINKS = {
    **{link: CHAIN[link] for link in ("volume", "quality", "speed", "depth")},
    "feedback": ("decided_in_time", "feedback_in_time"),
    "win rate": (*CHAIN["win rate"], "revenue"),
    "retention": ("retention", "satisfaction", "accounts_managed"),
}
_SIDES = {"marketing": "Marketing", "sales": "Sales", "both": "Both together"}
_EMPTY = {
    "marketing": "The agreement holds no promise of marketing yet. A first one is its number of "
    "accepted leads: "
    "add `{id: M1, side: marketing, measure: accepted_leads, from: plan}` under `promises`.",
    "sales": "The agreement holds no promise of sales yet. A first one is its speed: "
    "add `{id: S1, side: sales, measure: first_touch_in_time, target: 90%}` under `promises`.",
}


@dataclass(frozen=True)
class PromiseView:
    id: str
    title: str
    shape: str
    state: str
    fill: str  # percent of the bar, 0 to 100
    attainment: str | None
    actual: str | None
    counted: str
    due: str | None
    target: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SideView:
    id: str
    title: str
    attainment: str | None
    fill: str
    tally: str
    promises: tuple[PromiseView, ...]
    empty: str


@dataclass(frozen=True)
class Verdict:
    sentence: str
    because: str = ""


def sides(score: Score) -> tuple[SideView, ...]:
    """Marketing, sales, then what both promised together; a side without promises teaches how to make one."""
    held = {side.side: side for side in score.sides}
    shown = [held.get(name, SideScore(name, None, 0, 0, ())) for name in _SIDES]
    return tuple(_side(side) for side in shown if side.promises or side.side != "both")


def _side(side: SideScore) -> SideView:
    unmeasured = len(side.promises) - side.measured
    tally = (
        f"{side.kept} of {side.measured} measured promises kept" if side.measured else "Nothing measured yet"
    )
    tally += f", {unmeasured} not measured" if unmeasured and side.measured else ""
    return SideView(
        side.side,
        _SIDES[side.side],
        _attained(side.attainment, 0),
        _fill(side.attainment),
        tally + ".",
        tuple(map(_promise, side.promises)),
        _EMPTY.get(side.side, ""),
    )


def _promise(promise: PromiseScore) -> PromiseView:
    counted = say.of(promise.numerator, promise.denominator) if promise.unit == "share" else None
    return PromiseView(
        say.or_dash(say.name(promise.id)),
        say.or_dash(say.name(promise.title)),
        SHAPES[promise.state],
        WORDS[promise.state],
        _fill(promise.attainment),
        _attained(promise.attainment, 1),
        say.amount(promise.actual, promise.unit),
        counted or "",
        _wanted(promise.due_by_now, promise.unit),
        _wanted(promise.target, promise.unit),
        tuple(_notes(promise)),
    )


def _attained(attainment: float | None, digits: int) -> str | None:
    """An attainment as a percentage that never rounds up to what was promised: 100% means all of it."""
    if attainment is None or attainment >= 1:
        return say.percent(attainment, 0)
    text = say.percent(attainment, digits)
    if text not in {"100%", "100.0%"}:
        return text
    finer = say.percent(attainment, 1)
    return "99.9%" if finer == "100.0%" else finer


def _notes(promise: PromiseScore) -> list[str]:
    pending = say.number(promise.pending)
    notes = [f"{pending} pending: not yet due, so neither kept nor broken."] if promise.pending else []
    if promise.state is PromiseState.OVER:
        notes.append("More than the band allows: sales may not be able to follow up so many (S4.27).")
    return notes + ([sentence(promise.note)] if promise.note else [])


def _wanted(value: float | None, unit: str) -> str | None:
    return say.promised_percent(value) if unit == "share" else say.amount(value, unit)


def _fill(attainment: float | None) -> str:
    figure = say.known(attainment)
    return "0" if figure is None else f"{min(max(float(figure), 0.0), 1.0) * 100:.2f}"


def verdict(score: Score) -> Verdict:
    """One sentence for the whole page, and one that says by what."""
    promises = [promise for side in score.sides for promise in side.promises]
    measured = [promise for promise in promises if promise.state is not PromiseState.UNMEASURED]
    if not promises:
        return Verdict(
            "This agreement promises nothing yet.", "Write its promises; then this page can judge them."
        )
    if not score.leads:
        return Verdict("No leads yet: there is nothing to judge.", "Import a log, or widen the period.")
    if not measured:
        return Verdict("Nothing can be judged yet.", "No promise found what it measures in the log.")
    broken = [promise for promise in measured if promise.state is PromiseState.BROKEN]
    risky = [promise for promise in measured if promise.state is PromiseState.AT_RISK]
    if broken or risky:
        return _weakest(broken, risky, measured)
    if over := [promise for promise in measured if promise.state is PromiseState.OVER]:
        return Verdict("Everything promised is there, some of it more than agreed.", _because(over[0]))
    return Verdict("Both sides keep what they promised.", _all_well(measured, promises))


def _weakest(broken: list[PromiseScore], risky: list[PromiseScore], measured: list[PromiseScore]) -> Verdict:
    """The first link that gave way, and what is at risk further up, which it may come from."""
    first = min(broken or risky, key=_place)
    link = link_of(first.measure)
    before = [promise for promise in risky if broken and _place(promise)[0] < _place(first)[0]]
    lagging = _links(before)
    start = "The first broken link is" if broken else "Nothing is broken; at risk is"
    also = f"; {_list(lagging)} {'is' if len(lagging) == 1 else 'are'} at risk" if lagging else ""
    told = [first, *([min(before, key=_place)] if before else [])]
    well = [p for p in measured if p.state in {PromiseState.KEPT, PromiseState.OVER}]
    weak = set(_links([*broken, *risky]))
    whole = [name for name in _links(well) if name not in weak]
    holds = f"{_list(whole).capitalize()} {'hold' if len(whole) > 1 else 'holds'}." if whole else ""
    more = _more(len(broken) - 1, "broken") if broken else _more(len(risky) - 1, "at risk")
    because = " ".join(filter(None, [*map(_because, told), more, holds]))
    return Verdict(f"{start} {link}{also}.", because)


def _more(count: int, state: str) -> str:
    return f"{count} more {'promise is' if count == 1 else 'promises are'} {state}." if count > 0 else ""


def _links(promises: list[PromiseScore]) -> list[str]:
    return sorted({link_of(promise.measure) for promise in promises}, key=_order)


def _because(promise: PromiseScore) -> str:
    who = {"both": "both sides"}.get(promise.side, promise.side)
    actual = say.or_dash(say.amount(promise.actual, promise.unit))
    due = say.or_dash(_wanted(promise.due_by_now, promise.unit))
    if promise.unit == "share":
        counted = say.of(promise.numerator, promise.denominator)
        figures = f"{actual}{f' ({counted})' if counted else ''} where {due} was promised"
    else:
        reached = say.number(promise.actual) if promise.unit == "leads" else actual
        figures = f"{say.or_dash(reached)} of the {due} due by now"
    return f"{say.or_dash(say.name(promise.title))} ({who}): {figures}."


def _all_well(measured: list[PromiseScore], promises: list[PromiseScore]) -> str:
    left = len(promises) - len(measured)
    return f"{len(measured)} of {len(promises)} promises could be measured." if left else ""


def link_of(measure: str) -> str:
    """The link of the chain that a measure belongs to; its own name where it belongs to none."""
    return next((link for link, names in LINKS.items() if measure in names), measure.replace("_", " "))


def _place(promise: PromiseScore) -> tuple[int, float]:
    return _order(link_of(promise.measure)), promise.attainment if promise.attainment is not None else 1.0


def _order(link: str) -> int:
    return list(LINKS).index(link) if link in LINKS else len(LINKS)


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
