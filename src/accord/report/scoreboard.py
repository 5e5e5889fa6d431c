"""Both sides' promises on one scale, and the sentence that names the first broken link (section 6, CRO)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from accord.agreement.terms import Agreement
from accord.ledger.links import CHAIN, Chain, Link, LinkState, chain
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
    "decision time": ("decided_in_time",),
    "feedback": ("feedback_in_time",),
    "win rate": (*CHAIN["win rate"], "revenue"),
    "retention": ("retention", "satisfaction", "accounts_managed"),
}
_TOO_MUCH = "More than the band allows: sales may not be able to follow up so many leads."
_MORE = "More than the band foresees; no alarm, as revenue can never be too much."
_OF = {"feedback_in_time": "rejected in the period"}  # hand-offs have it of those delivered in the period
_WEAK = (PromiseState.BROKEN, PromiseState.AT_RISK)
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
    pending: str = ""  # how many are in neither number; an error budget that is shown says it as well


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
    return SideView(
        side.side,
        _SIDES[side.side],
        _attained(side.attainment, 0),
        _fill(side.attainment),
        _tally(side),
        tuple(map(_promise, side.promises)),
        _EMPTY.get(side.side, ""),
    )


def _tally(side: SideScore) -> str:
    """`1 kept, 2 at risk, 1 broken.`: each state by its own word, so that none hides in another's rest."""
    counts = Counter(promise.state for promise in side.promises)
    if not counts.keys() - {PromiseState.UNMEASURED}:
        return "Nothing measured yet."
    return (
        ", ".join(f"{counts[state]} {word.lower()}" for state, word in WORDS.items() if counts[state]) + "."
    )


def _promise(promise: PromiseScore) -> PromiseView:
    counted = _counted(promise) if promise.unit == "share" else None
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
        _pending(promise),
    )


def _counted(promise: PromiseScore) -> str | None:
    """`315 of 320`; with what it is of where another figure of that name divides by others."""
    counted, base = say.of(promise.numerator, promise.denominator), _OF.get(promise.measure)
    return f"{counted} {base}" if counted and base else counted


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
    notes = []
    if promise.state is PromiseState.OVER:
        notes.append(_TOO_MUCH if promise.measure != "revenue" else _MORE)
    return notes + ([sentence(promise.note)] if promise.note else [])


def _pending(promise: PromiseScore) -> str:
    count = say.number(promise.pending)
    return f"{count} pending: not yet due, so neither kept nor broken." if promise.pending else ""


def _wanted(value: float | None, unit: str) -> str | None:
    return say.promised_percent(value) if unit == "share" else say.amount(value, unit)


def _fill(attainment: float | None) -> str:
    figure = say.known(attainment)
    return "0" if figure is None else f"{min(max(float(figure), 0.0), 1.0) * 100:.2f}"


def verdict(score: Score, agreement: Agreement) -> Verdict:
    """One sentence for the whole page, and one that says by what; it names the link that the chain names."""
    promises = [promise for side in score.sides for promise in side.promises]
    measured = [promise for promise in promises if promise.state is not PromiseState.UNMEASURED]
    if nothing := _nothing(score, promises):
        return nothing
    links = chain(score, agreement)
    if links.first or any(promise.state in _WEAK for promise in measured):
        return _weakest(links, measured, score.over)
    if not measured:
        return Verdict("Nothing can be judged yet.", "No promise found what it measures in the log.")
    if much := [promise for promise in measured if promise.state is PromiseState.OVER]:
        return Verdict(_praise(measured, promises, some_more=True), _because(much[0], score.over))
    return Verdict(_praise(measured, promises), _all_well(measured, promises))


def _nothing(score: Score, promises: list[PromiseScore]) -> Verdict | None:
    """What to say where there is nothing to judge yet; None where there is."""
    if not promises:
        return Verdict(
            "This agreement promises nothing yet.", "Write its promises; then this page can judge them."
        )
    if not score.leads:
        return Verdict("No leads yet: there is nothing to judge.", "Import a log, or widen the period.")
    if not score.begun:
        begins = f"It begins on {say.day(score.from_on)}."
        return Verdict("This period has not begun: there is nothing to judge yet.", begins)
    return None


def _praise(measured: list[PromiseScore], promises: list[PromiseScore], *, some_more: bool = False) -> str:
    """Where nothing is weak; a word for both sides only where at least half of the promises were judged."""
    if 2 * len(measured) < len(promises):
        kept = "it is" if len(measured) == 1 else "those are"
        more = ", some with more than agreed" if some_more else ""
        return f"{len(measured)} of {len(promises)} promises can be judged; {kept} kept{more}."
    if some_more:
        return "Everything promised is there, some of it more than agreed."
    return "Both sides keep what they promised."


def _weakest(links: Chain, measured: list[PromiseScore], over: bool) -> Verdict:
    """The link that gave way first, what is at risk further up, then what gave way beside the chain."""
    told: list[Link | PromiseScore]
    risky = [link for link in links.links if link.state is LinkState.AT_RISK]
    beside = sorted((promise for promise in measured if _is_beside(promise)), key=_place)
    broken, lagging = ([one for one in beside if one.state is state] for state in _WEAK)
    if links.broken:
        place = links.links.index(links.broken)
        before = [link for link in risky if links.links.index(link) < place]
        start, told = f"The first broken link is {links.broken.name}", [links.broken, *before[:1]]
        also = [link.name for link in before]
    elif broken:
        start, told = f"No link of the chain is broken, but {_called(broken[0])} is", [broken[0], *risky[:1]]
        also = [link.name for link in risky]
    else:
        weakest = risky[0] if risky else lagging[0]
        start, told, also = f"Nothing is broken; at risk is {_names([weakest])[0]}", [weakest], []
    also_said = f"; {_list(also)} {'is' if len(also) == 1 else 'are'} at risk" if also else ""
    by = [_by(one, measured, over) for one in told]
    because = " ".join(filter(None, [*by, *_others(told, measured), _holding(links, measured)]))
    return Verdict(f"{start}{also_said}.", because)


def _by(weak: Link | PromiseScore, measured: list[PromiseScore], over: bool) -> str:
    """By what it gave way: figures of the promise that speaks for it; a win rate says how sure it is."""
    if isinstance(weak, PromiseScore):
        return _because(weak, over)
    spoken = [promise for promise in measured if promise.id == weak.promise and weak.name != "win rate"]
    return _because(spoken[0], over) if spoken else weak.sentence


def _others(told: list[Link | PromiseScore], measured: list[PromiseScore]) -> list[str]:
    """The promises of the worst state that were not told yet, by name."""
    said = {one.promise if isinstance(one, Link) else one.id for one in told}
    for state in _WEAK:
        found = [promise for promise in measured if promise.state is state]
        if found:
            left = sorted((promise for promise in found if promise.id not in said), key=_place)
            more = "more " if len(left) < len(found) else ""
            are = "promise is" if len(left) == 1 else "promises are"
            return [f"{len(left)} {more}{are} {state.value}: {_list(_names(left))}."] if left else []
    return []


def _holding(links: Chain, measured: list[PromiseScore]) -> str:
    weak = {link.name for link in links.links if link.state in {LinkState.BROKEN, LinkState.AT_RISK}}
    weak.update(_names([promise for promise in measured if promise.state in _WEAK]))
    well = [promise for promise in measured if promise.state not in _WEAK]
    well.sort(key=_place)
    whole = [name for name in _names(well) if name not in weak]
    return f"{_list(whole).capitalize()} {'hold' if len(whole) > 1 else 'holds'}." if whole else ""


def _is_beside(promise: PromiseScore) -> bool:
    """Whether a promise gave way that no link of the chain speaks for."""
    return promise.state in _WEAK and not any(promise.measure in names for names in CHAIN.values())


def _names(weak: Iterable[Link | PromiseScore]) -> list[str]:
    """What they are called, each once; a promise beside the chain never by the name of a link."""
    return list(dict.fromkeys(one.name if isinstance(one, Link) else _called(one) for one in weak))


def _called(promise: PromiseScore) -> str:
    link = link_of(promise.measure)
    spoken = promise.measure in CHAIN.get(link, ())
    return link if spoken or link not in CHAIN else promise.measure.replace("_", " ")


def _because(promise: PromiseScore, over: bool) -> str:
    who = {"both": "both sides"}.get(promise.side, promise.side)
    actual = say.or_dash(say.amount(promise.actual, promise.unit))
    due = say.or_dash(_wanted(promise.due_by_now, promise.unit))
    if promise.unit == "share":
        counted = say.of(promise.numerator, promise.denominator)
        figures = f"{actual}{f' ({counted})' if counted else ''} where {due} was promised"
    else:
        reached = say.number(promise.actual) if promise.unit == "leads" else actual
        figures = f"{say.or_dash(reached)} of the {due} due{'' if over else ' by now'}"
    return f"{say.or_dash(say.name(promise.title))} ({who}): {figures}."


def _all_well(measured: list[PromiseScore], promises: list[PromiseScore]) -> str:
    """How many are meant where not all are; fewer than half, and the sentence above has said it."""
    some = len(measured) < len(promises) <= 2 * len(measured)
    return f"{len(measured)} of {len(promises)} promises could be measured." if some else ""


def link_of(measure: str) -> str:
    """The link of the chain that a measure belongs to; its own name where it belongs to none."""
    return next((link for link, names in LINKS.items() if measure in names), measure.replace("_", " "))


def _place(promise: PromiseScore) -> tuple[int, float]:
    return _order(link_of(promise.measure)), promise.attainment if promise.attainment is not None else 1.0


def _order(link: str) -> int:
    return list(LINKS).index(link) if link in LINKS else len(LINKS)


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
