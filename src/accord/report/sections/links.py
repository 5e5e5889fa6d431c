"""Where does the chain from lead to deal give way first? (DOMAIN 6, CRO)"""

from accord.agreement.terms import Agreement
from accord.ledger.links import Link, LinkState, chain, percent
from accord.report import format as say
from accord.report.grid import Column, Grid, grid
from accord.report.view import Figure, Item, Part, Reader, Section, sentence

_TONES = {
    LinkState.OK: "kept",
    LinkState.AT_RISK: "risk",
    LinkState.BROKEN: "broken",
    LinkState.UNKNOWN: "",
}
_EMPTY = (
    "No link of the chain can be judged yet: volume, quality, speed and depth stand by promises, the win "
    "rate by a promise or the plan. Write promises such as `acceptance_rate` and `cadence_kept`, and import "
    "a log."
)
_RULE = Item(
    "First broken link",
    "The chain is volume, quality, speed, depth, win rate: a broken link further up explains those below it, "
    "so the first is where to look. Each of the first four stands as its worst promise does. The win rate is "
    "broken only where its whole 95% interval lies below what was promised or planned; else chance may "
    "explain it. The sentence at the head of the page looks at every promise, also of feedback, revenue and "
    "retention, and takes each at its word.",
)


def section(reader: Reader, agreement: Agreement) -> Section:
    found = chain(reader.score, agreement)
    known = any(link.state is not LinkState.UNKNOWN for link in found.links)
    parts = (Part("", tuple(map(_figure, found.links)), grids=(_table(found.links),)),) if known else ()
    return Section(
        "links",
        "First broken link",
        sentence(found.sentence) if known else "Where does the chain from lead to deal give way first?",
        parts,
        "" if parts else _EMPTY,
        (_RULE,),
    )


def _figure(link: Link) -> Figure:
    wanted = _wanted(link)
    told = (f"of {wanted}" if wanted else "", link.basis)
    return Figure(link.name.capitalize(), _figured(link), ", ".join(filter(None, told)), _TONES[link.state])


def _figured(link: Link) -> str | None:
    """As the link's sentence has it."""
    if link.figure is None:
        return None
    return percent(link.figure) if link.unit == "share" else say.amount(link.figure, link.unit)


def _wanted(link: Link) -> str | None:
    return (
        percent(link.target)
        if link.unit == "share" and link.target is not None
        else say.amount(link.target, link.unit)
    )


def _table(links: tuple[Link, ...]) -> Grid:
    columns = (
        Column("link", "Link"),
        Column("standing", "State"),
        Column("figure", "Figure"),
        Column("target", "Promised or due"),
        Column("count", "Rests on"),
        Column("said", "In words", lambda value: say.name(value, 400)),
    )
    rows: list[dict[str, object]] = [
        {
            "link": link.name,
            "state": link.state.value,
            "standing": "holds" if link.state is LinkState.OK else link.state.value,
            "figure": _figured(link),
            "target": _wanted(link),
            "count": say.of(link.numerator, link.denominator),
            "said": link.brief,
        }
        for link in links
    ]
    caption = "The chain from lead to deal, link by link"
    return grid("links", caption, columns, rows, muted=lambda row: row["state"] == LinkState.UNKNOWN.value)
