"""The nightly mail: how the day ended for both sides, with a chart of each in the text (S0.33–S0.38).

Marketing's chart is the waterfall, sales' is speed; what depth came to stands in figures. The pictures come
with the mail, so nothing is fetched when it is read.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accord.agreement.terms import Agreement
from accord.ledger.score import Score
from accord.report.pictures import png_file
from accord.report.scoreboard import Verdict, verdict
from accord.report.sections import depth, pace, speed
from accord.report.view import Chart, Figure, Reader, Section
from accord.server.mail.models import Enclosure
from accord.server.rituals import once, saying
from accord.server.rituals.counting import counted
from accord.server.rituals.posting import NIGHTLY, post, readers
from accord.server.rituals.timing import Company, company_at

_DAY = timedelta(days=1)
_AFTER = timedelta(minutes=10)  # past midnight: what came in the day's last minutes is on record by then
_FIGURES = 6  # of a block: a mail is read on the way


@dataclass(frozen=True)
class Block:
    """One report of one side: its figures, and its chart where there is one."""

    title: str
    figures: tuple[Figure, ...]
    chart: Chart | None = None

    @property
    def cid(self) -> str:
        return f"{self.chart.name}@accord" if self.chart else ""


@dataclass(frozen=True)
class Night:
    """What the mail about a day says."""

    on: date
    from_on: date
    to_on: date
    verdict: Verdict
    blocks: tuple[Block, ...]


def send_due(at: datetime) -> bool:
    """Write the mail about yesterday, if it was not; False if there was nothing to do. Of nights that passed
    while nothing ran only the last is told."""
    company = company_at(at)
    if company is None or at < company.starts(company.today) + _AFTER:
        return False
    on = company.today - _DAY
    name = f"nightly {on}"
    if once.is_done(name):
        return False
    found = _night(company, on) if readers(NIGHTLY) else None
    pictures = _pictures(found) if found else []
    with transaction.atomic():
        if not once.claim(name):
            return False
        if found:
            Enclosure.objects.bulk_create(pictures)
            post(NIGHTLY, str(on), at, lambda user: saying.night(found, user), pictures)
    return True


def _night(company: Company, on: date) -> Night | None:
    """The state at the day's midnight; None outside the term and where nothing can be counted."""
    days = company.interval(on)
    if days is None:
        return None
    score, _problem = counted(company, *days, company.starts(on + _DAY))
    return night(score, company.agreement, on) if score else None


def night(score: Score, agreement: Agreement, on: date) -> Night:
    """What a score as of the end of a day says."""
    reader = Reader(score)
    found = (
        _block(pace.section(reader, agreement), charts=True),
        _block(speed.section(reader, agreement), charts=True),
        _block(depth.section(reader, agreement), charts=False),
    )
    return Night(
        on, score.from_on, score.to_on, verdict(score, agreement), tuple(one for one in found if one.figures)
    )


def _block(section: Section, *, charts: bool) -> Block:
    """The first part of a section that has figures, which is the one of all leads together."""
    part = next((one for one in section.parts if one.figures), None)
    if part is None:
        return Block(section.title, ())
    title = f"{section.title}: {part.title}" if part.title else section.title
    known = tuple(figure for figure in part.figures if figure.value)[:_FIGURES]
    return Block(title, known, part.charts[0] if charts and part.charts else None)


def _pictures(found: Night) -> list[Enclosure]:
    return [
        Enclosure(name=f"{one.chart.name}.png", kind="image/png", cid=one.cid, data=picture(one.chart))
        for one in found.blocks
        if one.chart
    ]


def picture(chart: Chart) -> bytes:
    """The chart as a phone shows it: a mail has one picture for all screens, and nobody could read a wide one
    there."""
    return png_file(chart, chart.drawing.narrow)
