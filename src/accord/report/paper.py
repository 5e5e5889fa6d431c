"""What the printed agreement is made of: the plain words first, then the detail, the numbers of the plan, the
lines to sign on. HTML and PDF set this same value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from accord.agreement.clauses.goals import ONLY_STREAM
from accord.agreement.clauses.people import Role, Side
from accord.agreement.clauses.quantities import show_percent
from accord.agreement.rendering.markdown import escaped, stage_name
from accord.agreement.rendering.render import render_markdown
from accord.agreement.terms import Agreement
from accord.plan.demand import LeadDemand, Plan, Split
from accord.report import blocks
from accord.report import format as say
from accord.report.blocks import Items, Line, Paragraph, Run, Section, Table, line, plain

DETAIL = "In detail: "  # how `render_markdown` marks what stands after the plain words
_PROMISES = "What we promise each other"


@dataclass(frozen=True)
class Signature:
    """A line at the foot: who signs for which side, and when and how, or nothing yet."""

    name: str
    side: str
    said: str = ""


@dataclass(frozen=True)
class Card:
    """The promises of one side."""

    title: Line
    items: tuple[Line, ...]


@dataclass(frozen=True)
class Paper:
    """One agreement, ready to be set. `foot` says which version this is."""

    title: Line
    facts: tuple[Line, ...]
    cards: tuple[Card, ...]
    first: tuple[Section, ...]
    signatures: tuple[Signature, ...]
    detail: tuple[Section, ...]
    foot: Line

    @property
    def text(self) -> str:
        """Every sign of it, to look for fonts."""
        lines = [self.title, *self.facts, self.foot]
        lines += [each for card in self.cards for each in (card.title, *card.items)]
        for section in (*self.first, *self.detail):
            lines += [section.title, *_lines(section)]
        return "\n".join([*map(blocks.words, lines), *(f"{one.name} {one.said}" for one in self.signatures)])


def _lines(section: Section) -> list[Line]:
    found: list[Line] = []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            found.append(block.line)
        elif isinstance(block, Items):
            found += block.lines
        else:
            found += [cell for row in (block.head, *block.rows) for cell in row]
    return found


def paper(
    agreement: Agreement,
    plan: Plan | None = None,
    signatures: Sequence[Signature] | None = None,
    digest: str | None = None,
) -> Paper:
    """The agreement as a document. Without `signatures` there is an empty line for the head of each side.

    `digest` is that of the signed text; without a plan, nothing is said of numbers that the plan yields.
    """
    head, *parts = blocks.sections(render_markdown(agreement))
    promises = next((part for part in parts if blocks.words(part.title) == _PROMISES), None)
    first = [part for part in parts if part is not promises and not _is_detail(part)]
    detail = [
        Section(plain(blocks.words(part.title).removeprefix(DETAIL).capitalize()), part.blocks)
        for part in parts
        if _is_detail(part)
    ]
    if plan is not None:
        first.insert(0, _numbers(plan))
        detail.append(_chains(plan))
    version = f"{agreement.name}, version {agreement.version} ({agreement.status})"
    foot = f"{version}{f'. SHA-256 of the text: {digest}' if digest else ''}"
    return Paper(
        title=head.title,
        facts=tuple(block.line for block in head.blocks if isinstance(block, Paragraph)),
        cards=_cards(promises),
        first=tuple(first),
        signatures=tuple(_heads(agreement) if signatures is None else signatures),
        detail=tuple(detail),
        foot=line(escaped(foot)),
    )


def _is_detail(part: Section) -> bool:
    return blocks.words(part.title).startswith(DETAIL)


def _cards(promises: Section | None) -> tuple[Card, ...]:
    """Each side's title with the list below it."""
    found: list[Card] = []
    for block in promises.blocks if promises else ():
        if isinstance(block, Paragraph):
            found.append(Card(tuple(Run(run.text, own=run.own) for run in block.line), ()))
        elif isinstance(block, Items) and found:
            found[-1] = Card(found[-1].title, (*found[-1].items, *block.lines))
    return tuple(found)


def _heads(agreement: Agreement) -> list[Signature]:
    """An empty line for each head, and for a side without one."""
    parties = {Side.MARKETING: agreement.parties.marketing, Side.SALES: agreement.parties.sales}
    lines = []
    for side, party in parties.items():
        heads = [
            who.name or key
            for key, who in agreement.people.items()
            if who.side is side and who.role is Role.HEAD
        ]
        lines += [Signature(shown(name), shown(party)) for name in heads or [""]]
    return lines


def shown(name: str) -> str:
    """A name on one line, without signs that only turn the direction."""
    return blocks.words(line(escaped(name)))


def _numbers(plan: Plan) -> Section:
    """What the plan asks of marketing in one interval, by lead type (S4.7)."""
    rows = [_row(plan, demand) for demand in plan.demands()]
    stages = {demand.handoff_stage for demand in plan.demands()}
    at = (
        f" ({', '.join(blocks.words(line(stage_name(stage))) for stage in sorted(stages))})" if stages else ""
    )
    head = ("Lead type", f"Leads to hand off{at}", "Customers among them", "One lead is worth")
    alternatives = any(stream.split is Split.ALTERNATIVES for stream in plan.streams)
    total = say.number(plan.leads)
    sentence = (
        "The lead types are alternatives: each could carry its stream alone, so they are not added up."
        if alternatives
        else f"For the goal of one {plan.interval}, marketing hands off {total} leads:"
    )
    table = Table(tuple(map(plain, head)), tuple(rows))
    return Section(plain("What the plan asks for"), (Paragraph(plain(sentence)), table))


def _row(plan: Plan, demand: LeadDemand) -> tuple[Line, ...]:
    where = "" if demand.stream == ONLY_STREAM else f", {escaped(demand.stream)}"
    worth = demand.value_expected
    return (
        line(f"{escaped(demand.label)}{where}"),
        plain(f"{demand.leads:,}"),
        plain(f"{demand.customers:,}"),
        plain("" if worth is None else say.or_dash(say.money(worth, plan.currency))),
    )


def _chains(plan: Plan) -> Section:
    """The way back up the funnel for each lead type, rounded up at each stage."""
    rows = []
    for demand in plan.demands():
        where = "" if demand.stream == ONLY_STREAM else f", {escaped(demand.stream)}"
        for below, step in zip((None, *demand.steps), demand.steps, strict=False):
            how = "" if below is None else f"{below.stepwise:,} ÷ {show_percent(step.rate or Fraction(1))}"
            label = line(f"{escaped(demand.label)}{where}") if below is None else ()
            rows.append((label, line(stage_name(step.stage)), plain(how), plain(f"{step.stepwise:,}")))
    table = Table(tuple(map(plain, ("Lead type", "Stage", "Calculation", "Needed"))), tuple(rows))
    note = Paragraph(
        plain(f"For one {plan.interval}. Counts are rounded up at each stage and go on from there.")
    )
    return Section(plain("How the numbers were worked out"), (note, table))
