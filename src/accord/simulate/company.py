"""The simulated company: a seeded log as real teams would leave it, with its truth beside it (issue item 8).

    report = simulate(agreement, leads=2000, seed=7, into=Path("log"))
    report.truth.stages["web_form", "smb"].mql_to_sql

The same agreement, number of leads and seed give the same files, byte for byte. Leads are made `CHUNK` at a
time, in order of delivery, each chunk from a seed of its own and written before the next begins, so that
memory does not grow with their number.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from accord.agreement.terms import Agreement, Side
from accord.errors import InputError
from accord.ledger.log import TABLES, LogWriter, files_of
from accord.simulate.answers import Queues, answer
from accord.simulate.arrivals import plan_arrivals
from accord.simulate.customers import followed
from accord.simulate.deliveries import UNQUALIFIED, deliver
from accord.simulate.dirt import soil
from accord.simulate.handing import noted
from accord.simulate.market import Cell, cells
from accord.simulate.names import Names
from accord.simulate.outcomes import decide
from accord.simulate.people import hire
from accord.simulate.promised import Promised
from accord.simulate.scene import Scene
from accord.simulate.setting import Setting
from accord.simulate.sheet import Sheet
from accord.simulate.story import tell
from accord.simulate.tally import Tally
from accord.simulate.truth import Truth
from accord.simulate.writing import Written
from accord.worktime.zones import LAST_DAY

CHUNK = 50_000  # leads made at a time; part of what a seed means: another size gives another log
NAME = "simulated"  # of the files in the log
MOST_LEADS = 100_000_000
FEW = 1_000  # leads where neither the caller nor a plan says how many
LONGEST = timedelta(days=3_660)  # of a term, from its start; what lies beyond stays empty
_AFTERWARDS = timedelta(
    days=400
)  # in which the last leads are still followed up, and their longest cycle besides

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SimulationReport:
    """What was made. `planned` is how many leads the agreement's goal asks for over the same days, about."""

    into: Path
    seed: int
    leads: int
    events: int
    from_on: date
    to_on: date
    planned: int
    truth: Truth

    def __str__(self) -> str:
        share = (
            f", {_percent(self.leads, self.planned)} of the {self.planned:,} that the goal asks for"
            if self.planned
            else ""
        )
        return (
            f"{self.into}: {self.leads:,} invented leads{share}, with {self.events:,} events, "
            f"delivered from {self.from_on} to {self.to_on}"
        )


def _percent(part: int, whole: int) -> str:
    """In whole percent; some are never 0%."""
    return "less than 1%" if 0 < part * 100 < whole else f"{part / whole:.0%}"


def simulate(
    agreement: Agreement,
    *,
    leads: int | None,
    seed: int,
    into: Path,
    progress: Progress | None = None,
    replace: bool = False,
) -> SimulationReport:
    """Invent the log of a company that works by `agreement`, and write it as a log folder.

    `leads` are spread over the term (its first ten years); what became of the last ones runs on for months
    after it. `progress` is called with leads done and leads in all. `replace` overwrites what an earlier
    simulation left. InputError: numbers out of range, a folder that holds another log, a term outside 1971 to
    2097.
    """
    _check(agreement, leads, seed, into, replace)
    root = np.random.SeedSequence(seed)
    rng = np.random.default_rng(root.spawn(1)[0])
    market = cells(agreement, rng)
    first_on, last_on = agreement.term.start, min(agreement.term.end, agreement.term.start + LONGEST)
    planned = _planned(market, (last_on - first_on).days + 1)
    leads = (planned or FEW) if leads is None else leads
    setting = _setting(agreement, market, leads, (first_on, last_on), rng)
    tally, written = _make(setting, root, leads, into, progress)
    return SimulationReport(
        into=into,
        seed=seed,
        leads=leads,
        events=written,
        from_on=first_on,
        to_on=last_on,
        planned=planned,
        truth=tally.truth(market),
    )


def _planned(market: tuple[Cell, ...], days: int) -> int:
    """How many leads have to be made so that as many are accepted as the plan asks for."""
    needed = sum(cell.needed / (1 - cell.rejected) for cell in market)
    return min(round(needed * days / 30.4375 / (1 - UNQUALIFIED)), MOST_LEADS)


def _setting(
    agreement: Agreement,
    market: tuple[Cell, ...],
    leads: int,
    days: tuple[date, date],
    rng: np.random.Generator,
) -> Setting:
    first_on, last_on = days
    longest = timedelta(days=40) * max(len(cell.profile) for cell in market)
    until = min(last_on + _AFTERWARDS + longest, LAST_DAY)
    a_month = leads * 30.4375 / ((last_on - first_on).days + 1)
    team = hire(agreement, rng, leads_a_month=a_month, first_on=first_on, last_on=until)
    marketing = agreement.calendar_of(Side.MARKETING)
    promised = Promised.of(agreement, market, first_on, until)
    return Setting(
        agreement=agreement,
        cells=market,
        team=team,
        arrivals=plan_arrivals(marketing, first_on, last_on, leads, rng),
        promised=promised,
        names=Names.of(agreement, market, team.names, promised.calendar),
    )


def _make(
    setting: Setting, root: np.random.SeedSequence, leads: int, into: Path, progress: Progress | None
) -> tuple[Tally, int]:
    """Chunk after chunk: while one is being written, the next is made."""
    tally, queues = Tally(len(setting.cells)), Queues.empty(len(setting.team.names))
    events, pending = 0, None  # type: int, Future[None] | None
    with ExitStack() as stack:
        written = stack.enter_context(Written(stack.enter_context(LogWriter(into, NAME)), setting.names))
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=1))
        for first in range(0, leads, CHUNK) or [0]:
            last = min(first + CHUNK, leads)
            rng = np.random.default_rng(root.spawn(1)[0])
            delivered = deliver(setting, first, last, rng)
            answered, queues = answer(setting, delivered, queues, rng)
            outcome = decide(setting, delivered, answered, rng)
            tally.add(setting, delivered, answered, outcome)
            scene = Scene(setting, delivered, answered, outcome, rng, Sheet())
            tell(scene)
            aside, after = rng.spawn(2)  # what these draw moves nothing else
            facts = noted(soil(scene.sheet.columns(), setting.names, rng), aside)
            facts = followed(facts, setting.names, after)
            events += len(facts["lead"])
            pending = _after(pending, pool.submit(written.add, delivered, facts))
            if progress is not None:
                progress(last, leads)
        _after(pending, None)
        written.commit()
    return tally, events


def _after(pending: "Future[None] | None", then: "Future[None] | None") -> "Future[None] | None":
    """Wait for what was being written, so that at most two chunks are held at a time."""
    if pending is not None:
        pending.result()
    return then


def _check(agreement: Agreement, leads: int | None, seed: int, into: Path, replace: bool) -> None:
    if leads is not None and not 0 <= leads <= MOST_LEADS:
        raise InputError(f"leads: {leads} cannot be simulated; ask for 0 to {MOST_LEADS:,}")
    if seed < 0:
        raise InputError(f"seed: {seed} is negative; give a whole number from 0")
    if not date(1971, 1, 1) <= agreement.term.start <= date(2097, 1, 1):
        raise InputError(
            f"term: {agreement.term.start} is outside 1971 to 2097; change the term to simulate it"
        )
    if into.exists() and not into.is_dir():
        raise InputError(f"{into} is a file; name a folder for the log")
    there = [file for table in TABLES for file in files_of(into, table)]
    if foreign := [file for file in there if not file.name.startswith(NAME)]:
        raise InputError(f"{into} holds {foreign[0].name}, which no simulation wrote; name another folder")
    if there and not replace:
        raise InputError(
            f"{into} holds a simulated log already; name another folder, or pass replace=True (--replace)"
        )
