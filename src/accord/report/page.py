"""The report page: one HTML file that needs no network, no script and no server (issue 2, item 7).

Everything in it is fixed when it is made: texts from `view.py`, pictures from `drawing.py`. A content
security policy in its head forbids it to load or run anything, so a hostile name in a log stays a name.
"""

from datetime import UTC
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from accord import __version__
from accord.agreement.terms import Agreement
from accord.ledger.score import Score
from accord.plan.demand import Plan
from accord.report import format as say
from accord.report.owners import unnamed
from accord.report.scoreboard import sides, verdict
from accord.report.sections import sections
from accord.report.view import Item, Reader, meaning, sentence

_SHORT = 6  # rows of a table that may stand open beside a chart
_UNKNOWN = Markup('<span aria-hidden="true">–</span><span class="hidden">unknown</span>')


def render_page(
    score: Score,
    agreement: Agreement,
    plan: Plan | None = None,
    *,
    lang: str = "en",
    direction: str = "ltr",
    above: str | None = None,
) -> str:
    """The score as one HTML file.

    Every number of `score.measures` that the page knows is shown, save those of single people; one that is
    missing leaves an empty state that says how to get it, never an error. The same score gives the same
    bytes. `plan` adds where the promised numbers come from (S4.7). `lang` and `direction` are those of the
    page's root element. `above` is HTML that a server puts over the page; the security policy is then the
    server's.
    """
    score = unnamed(score)
    reader = Reader(score)
    return (
        environment()
        .get_template("page.html")
        .render(
            lang=lang,
            direction=direction,
            above=above,
            style=_style(),
            head=_head(score, agreement),
            verdict=verdict(score, agreement),
            warnings=[sentence(text) for text in score.warnings],
            sides=sides(score),
            over=score.over,
            sections=sections(reader, agreement, plan),
            definitions=_definitions(score, agreement),
            short=_SHORT,
            facts=_facts(score, agreement),
            explain="accord explain AGREEMENT LOG LEAD",
            footer=_footer(score),
        )
    )


@cache
def environment() -> Environment:
    """Jinja with autoescape for all; None becomes a dash that is read aloud as unknown."""
    made = Environment(
        loader=PackageLoader("accord.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _UNKNOWN if value is None else value,
        extensions=["jinja2.ext.i18n"],
    )
    made.filters["marked"] = _marked
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    return made


def _marked(text: str) -> Markup:
    """The text escaped, what stands in backticks as code; an odd backtick is a backtick."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if odd % 2 else escape(part) for odd, part in enumerate(parts)
    )


@cache
def _style() -> str:
    return files("accord.report").joinpath("templates", "style.css").read_text("utf-8")


def _head(score: Score, agreement: Agreement) -> dict[str, str]:
    leads, events = say.amount(score.leads, "leads"), say.amount(score.events, "events")
    return {
        "name": say.or_dash(say.name(agreement.name)),
        "period": say.period(score.from_on, score.to_on),
        "as_of": say.or_dash(say.instant(score.as_of, score.zone)),
        "as_of_iso": score.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "zone": score.zone,
        "log": f"{leads} and {events} in the log",
    }


def _definitions(score: Score, agreement: Agreement) -> list[Item]:
    """First what the promises count, then the measures, then the words both sides agreed on."""
    promises = [
        Item(
            f"{say.or_dash(say.name(promise.id))} · {say.or_dash(say.name(promise.title))}",
            sentence(promise.definition),
        )
        for side in score.sides
        for promise in side.promises
        if promise.definition
    ]
    words = {**agreement.definitions, **score.definitions}
    terms = [
        Item(say.or_dash(say.name(term)), sentence(text)) for term, text in sorted(words.items()) if text
    ]
    told = {result.meaning: result for _, result in sorted(score.measures.items(), reverse=True)}
    return promises + [meaning(result) for result in reversed(told.values())] + terms


def _facts(score: Score, agreement: Agreement) -> list[Item]:
    term = agreement.term
    return [
        Item("In force", say.or_dash(say.name(score.agreement, 300))),
        Item("Version", f"{agreement.version} ({agreement.status})"),
        Item("Term", f"{say.period(term.start, term.end)}, review on {say.day(term.reset_review)}"),
        Item("Period judged", f"{say.period(score.from_on, score.to_on)}, days of {score.zone}"),
        Item("Goal line", f"by {agreement.goal_line}"),
        Item("Working calendars", ", ".join(say.or_dash(say.name(name)) for name in agreement.calendars)),
    ]


def _footer(score: Score) -> str:
    as_of = say.instant(score.as_of, "UTC")
    return (
        f"Made by Accord {__version__}. These figures follow from the agreement above and from the "
        "facts that were "
        f"recorded by {as_of} UTC. Whoever asks again as of that time, of the same log, gets the same page."
    )
