"""The rules about numbers: shares that make a whole, rates that make a chain, promises that say how much."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from accord.agreement.clauses.clause import quoted
from accord.agreement.clauses.funnels import BETWEEN, Funnel, stages_of
from accord.agreement.clauses.goals import ONLY_STREAM
from accord.agreement.clauses.promised import Promise
from accord.agreement.clauses.quantities import parse_money, parse_positive, parse_share, show_percent
from accord.agreement.measures import PROMISABLE, MeasureUnit, Promisable
from accord.agreement.reading.names import Finding, Findings, Names, known_as
from accord.agreement.reading.text import Path
from accord.agreement.terms import Agreement
from accord.errors import InputError, nearest


def calendars_work(agreement: Agreement, _: Names) -> Findings:
    for name, terms in agreement.calendars.items():
        try:
            terms.build(name)
        except InputError as error:
            whole: Path = ("calendars", name)
            yield replace(_as_said(whole, error), rests_on=(whole,))


def _as_said(path: Path, error: Exception) -> Finding:
    """What an error says before its first semicolon is wrong; what it says after, is allowed."""
    what, _, allowed = str(error).partition("; ")
    return Finding(path, what, allowed)


def streams_make_a_whole(agreement: Agreement, names: Names) -> Findings:
    shares = {name: stream.share for name, stream in agreement.goal.streams.items()}
    if sum(shares.values()) != 1:
        what = f"the shares of the streams {_adding(shares)}"
        rests_on = (("goal", "streams", name, "share") for name in names.streams or shares)
        yield Finding(("goal", "streams"), what, "make it 100%", tuple(rests_on))


def mixes_make_a_whole(agreement: Agreement, names: Names) -> Findings:
    """Where one lead type of a stream says its mix, all of them do, and they bring all customers together."""
    mixes: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
    for key, kind in agreement.lead_types.items():
        for stream, funnel in kind.streams.items():
            mixes[stream][key] = funnel.mix
    for stream, said in mixes.items():
        every = tuple(("lead_types", key, "streams", stream, "mix") for key in names.lead_types or said)
        given = {key: mix for key, mix in said.items() if mix is not None}
        for key in said.keys() - given.keys() if given else ():
            what = f"no mix is given, but other lead types{_of(stream)} have one"
            path: Path = ("lead_types", key, "streams", stream)
            yield Finding(path, what, "give every one a mix, or none", every)
        if given and len(given) == len(said) and sum(given.values()) != 1:
            what = f"the mixes{_of(stream)} {_adding(given)}"
            path = ("lead_types", list(given)[-1], "streams", stream, "mix")
            yield Finding(path, what, "make it 100%", every)


def _of(stream: str) -> str:
    return "" if stream == ONLY_STREAM else f" of the stream {quoted(stream)}"


def _adding(shares: Mapping[str, Fraction]) -> str:
    parts = " + ".join(f"{name} {show_percent(share)}" for name, share in list(shares.items())[:8])
    return f"add up to {show_percent(Fraction(sum(shares.values())))} ({parts})"


def rates_make_a_chain(agreement: Agreement, names: Names) -> Findings:
    for key, kind in agreement.lead_types.items():
        for stream, funnel in kind.streams.items():
            yield from _chain(("lead_types", key, "streams", stream, "rates"), funnel, names.stages)


def _chain(path: Path, funnel: Funnel, stages: tuple[str, ...]) -> Findings:
    """Sorted by stage, each rate begins where the one before ends, and the last reaches the last stage."""
    spans = {rate: stages_of(rate, stages) for rate in funnel.rates}
    unknown = [rate for rate, span in spans.items() if span is None]
    rests_on: tuple[Path, ...] = (path, ("stages",))
    for rate in unknown:
        what = "this is no rate between two stages"
        yield Finding((*path, rate), what, _rate_hint(rate, stages), rests_on[1:])
    if unknown or not spans:
        return
    ordered = sorted((span, rate) for rate, span in spans.items() if span is not None)
    for ((_, end), earlier), ((start, _), later) in pairwise(ordered):
        between = f"{earlier} and {later}"
        if start > end:
            gap = f"{stages[end]}{BETWEEN}{stages[start]}"
            yield Finding((*path, later), f"the rates leave a gap between {between}", f"add {gap}", rests_on)
        elif start < end:
            yield Finding((*path, later), f"the rates {between} overlap", "give each step one rate", rests_on)
    (_, end), last = ordered[-1]
    if end != len(stages) - 1:
        what = f"the rates end at {stages[end]}, before {stages[-1]}"
        yield Finding((*path, last), what, f"add {stages[end]}{BETWEEN}{stages[-1]}", rests_on)


def _rate_hint(rate: str, stages: tuple[str, ...]) -> str:
    known = {f"{a}{BETWEEN}{b}" for at, a in enumerate(stages) for b in stages[at + 1 :]}
    backwards = {f"{b}{BETWEEN}{a}" for at, a in enumerate(stages) for b in stages[at + 1 :]}
    hint = nearest(rate, known).removeprefix("; ")
    if "did you mean" in hint and rate not in backwards:
        return hint
    return f"write A{BETWEEN}B with A before B out of {', '.join(stages)}"


def improvements_fit(agreement: Agreement, names: Names) -> Findings:
    for at, item in enumerate(agreement.goal.improvements):
        path: Path = ("goal", "improvements", at)
        if stages_of(item.rate, names.stages) is None:
            what = f"{quoted(item.rate)} is no rate between two stages"
            yield Finding((*path, "rate"), what, _rate_hint(item.rate, names.stages), (("stages",),))
        if item.source == item.target:
            yield Finding(
                path, f"from {show_percent(item.source)} to the same is no improvement", "change one"
            )
        yield from known_as((*path, "stream"), "stream", item.stream, names.streams)
        yield from known_as((*path, "lead_type"), "lead type", item.lead_type, names.lead_types)


def improvements_fall_in_the_term(agreement: Agreement, _: Names) -> Findings:
    term = agreement.term
    for at, item in enumerate(agreement.goal.improvements):
        if not term.start <= item.by <= term.end:
            what = f"{item.by} lies outside the term, {term.start} to {term.end}"
            yield Finding(("goal", "improvements", at, "by"), what, "name a day inside it", (("term",),))


def promises_fit(agreement: Agreement, names: Names) -> Findings:
    seen: set[str] = set()
    for at, promise in enumerate(agreement.promises):
        path: Path = ("promises", at)
        if promise.id in seen:
            yield Finding(
                (*path, "id"), f"the id {quoted(promise.id)} stands twice", "give each promise its own"
            )
        seen.add(promise.id)
        yield from known_as((*path, "stream"), "stream", promise.stream, names.streams)
        yield from known_as((*path, "lead_type"), "lead type", promise.lead_type, names.lead_types)
        if (measure := PROMISABLE.get(promise.measure)) is None:
            hint = nearest(promise.measure, PROMISABLE).removeprefix("; ")
            hint = hint if "did you mean" in hint else f"known are {', '.join(PROMISABLE)}"
            yield Finding((*path, "measure"), f"no measure is called {quoted(promise.measure)}", hint)
        else:
            yield from _promise(path, promise, measure)


def _promise(path: Path, promise: Promise, measure: Promisable) -> Findings:
    if promise.side not in measure.sides:
        what = f"{promise.measure} is not for {promise.side} to promise"
        yield Finding((*path, "side"), what, f"write {_either(measure.sides)}")
    if promise.target is not None and promise.source is not None:
        yield Finding((*path, "from"), "both `target` and `from` are given", "keep one of the two")
    elif promise.source is not None and promise.source not in measure.sources:
        what = f"{promise.measure} cannot come from the {promise.source}"
        allowed = f"write from: {_either(measure.sources)}" if measure.sources else "give a target instead"
        yield Finding((*path, "from"), what, allowed)
    elif promise.target is not None:
        yield from _target(path, promise.target, measure.unit)
    elif promise.source is None:
        from_ = f", or from: {_either(measure.sources)}" if measure.sources else ""
        what = "nothing says how much is promised"
        rests_on = (*path, "target"), (*path, "from")
        yield Finding(path, what, f"add target: {_EXAMPLE[measure.unit]}{from_}", rests_on)


_READ = {
    MeasureUnit.SHARE: parse_share,
    MeasureUnit.LEADS: parse_positive,
    MeasureUnit.MONEY: parse_money,
}
_EXAMPLE = {MeasureUnit.SHARE: "90%", MeasureUnit.LEADS: "500", MeasureUnit.MONEY: "300000"}


def _target(path: Path, target: str, unit: MeasureUnit) -> Findings:
    try:
        _READ[unit](target)
    except ValueError as error:
        yield _as_said((*path, "target"), error)


def _either(options: Iterable[str]) -> str:
    return " or ".join(options)


def revenue_is_named(agreement: Agreement, _: Names) -> Findings:
    if agreement.goal.revenue is not None:
        return
    for at, promise in enumerate(agreement.promises):
        if promise.source == "goal" and promise.measure == "revenue":
            what = "revenue is promised from the goal, but the goal names customers"
            rests_on: Path = ("goal", "revenue")
            yield Finding(("promises", at, "from"), what, "give a target, or a revenue goal", (rests_on,))
