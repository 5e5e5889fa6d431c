"""The read text of a version: what both sides promise with its numbers, the plain words, the detail."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi

from accord.agreement.clauses.people import Side
from accord.agreement.measures import PROMISABLE, MeasureUnit
from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement, Promise, Status
from accord.errors import PlanImpossible
from accord.plan.demand import Plan
from accord.plan.funnel import plan as work_back
from accord.plan.lineage.lineage import Tell, numbers
from accord.plan.targets import promise_target
from accord.report.blocks import Line, words
from accord.report.document import render_line, render_sections
from accord.report.paper import Card, paper
from accord.server.look import figures as say

_SIDES = (Side.MARKETING, Side.SALES, Side.BOTH)


@dataclass(frozen=True)
class Promised:
    """One promise: its sentence, its number, and the name under which the plan explains that number."""

    id: str
    html: SafeString
    number: str
    lineage: str = ""  # empty where the number stands in the agreement itself


@dataclass(frozen=True)
class PromisesOf:
    """What one side promises."""

    side: Side
    title: SafeString
    promises: tuple[Promised, ...]


@dataclass(frozen=True)
class Paper:
    """All of it, ready for a template. Everything from the agreement is escaped already."""

    title: str
    facts: tuple[SafeString, ...]
    sides: tuple[PromisesOf, ...]
    first: SafeString
    detail: SafeString


def paper_of(text: str, status: Status) -> Paper:
    """The text of an agreement as pages in the reader's language show it; AgreementInvalid if it has errors.

    Kept, since a version's text never changes: setting one takes some ten milliseconds.
    """
    return _set(text, status, get_language() or "en", get_language_bidi())


@lru_cache(maxsize=64)
def _set(text: str, status: Status, _language: str, rtl: bool) -> Paper:
    agreement = agreement_in(text).model_copy(update={"status": status})
    needed = plan_of(agreement)
    set_ = paper(agreement, needed, ())
    source = _Source(agreement, needed, {} if needed is None else numbers(agreement), rtl)
    return Paper(
        title=words(set_.title),
        facts=tuple(_line(fact, rtl) for fact in set_.facts),
        sides=tuple(_sides(source, set_.cards)),
        first=mark_safe(render_sections(set_.first, isolate=rtl)),  # noqa: S308 - escaped by Jinja
        detail=mark_safe(render_sections(set_.detail, heading="h3", isolate=rtl)),  # noqa: S308
    )


def plan_of(agreement: Agreement) -> Plan | None:
    """The plan, or None where none follows from the agreement's numbers."""
    try:
        return work_back(agreement)
    except PlanImpossible:
        return None


def _line(line: Line, rtl: bool) -> SafeString:
    return mark_safe(render_line(line, isolate=rtl))  # noqa: S308 - escaped by Jinja


@dataclass(frozen=True)
class _Source:
    """What a promise's number is worked out from."""

    agreement: Agreement
    needed: Plan | None
    known: Mapping[str, Tell]
    rtl: bool


def _sides(source: _Source, cards: Sequence[Card]) -> Iterator[PromisesOf]:
    """Each side that promises anything, in the order in which the text names them."""
    promises = source.agreement.promises
    by_side = ((side, [one for one in promises if one.side is side]) for side in _SIDES)
    promising = [(side, mine) for side, mine in by_side if mine]
    for (side, mine), card in zip(promising, cards, strict=True):
        rows = (_promised(source, promise, item) for promise, item in zip(mine, card.items, strict=True))
        yield PromisesOf(side, _line(card.title, source.rtl), tuple(rows))


def _promised(source: _Source, promise: Promise, item: Line) -> Promised:
    return Promised(
        id=promise.id,
        html=_line(item, source.rtl),
        number=number_of(source.agreement, promise, source.needed),
        lineage=lineage_of(promise, source.known),
    )


def number_of(agreement: Agreement, promise: Promise, needed: Plan | None) -> str:
    """What one interval owes by a promise: `1,386 leads`, `USD 75,000`, `95%`; a dash if unknown."""
    measure = PROMISABLE.get(promise.measure)
    if measure is None or measure.unit is MeasureUnit.SHARE:
        return promise.target or say.DASH
    try:
        target = promise_target(agreement, promise, needed)
    except PlanImpossible:
        target = None
    unit = agreement.currency if measure.unit is MeasureUnit.MONEY else "leads"
    return say.or_dash(say.amount(target, unit))


def lineage_of(promise: Promise, known: Mapping[str, Tell]) -> str:
    """The plan's name for what a promise asks for; empty where the plan has none, or does not decide it."""
    if promise.source == "goal":
        name = "goal" if promise.stream is None else ""
    elif promise.source == "plan":
        what = "leads" if promise.measure.endswith("_leads") else "marketing_revenue"
        name = ".".join(part for part in (what, promise.lead_type, promise.stream) if part)
    else:
        name = ""
    return name if name in known else ""
