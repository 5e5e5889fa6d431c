"""What becomes of each lead, drawn so that the true rates are exactly those of its cell and its rep.

One uniform number, the lead's luck, falls into one of five endings: qualified by sales, reached, never
reached, rejected, forgotten. So the share of each is known whatever else happens, although luck is linked to
speed.
"""

from dataclasses import dataclass

import numpy as np

from accord.simulate.answers import Answers
from accord.simulate.deliveries import Deliveries, Flags
from accord.simulate.people import Floats
from accord.simulate.setting import Setting
from accord.simulate.shifts import DAY, Micros

QUALIFIED, REACHED, UNREACHED, REJECTED, FORGOTTEN = range(5)

CONNECTED_AT = np.array(
    (0.40, 0.24, 0.14, 0.09, 0.06, 0.04, 0.03)
)  # chance that try 1, 2, … is the one that connects
OPTS_OUT = 0.03  # of the leads never reached ask not to be contacted any more
EARLY = 0.004  # of the leads worked on were touched before they were delivered: a dirty fact
LEFT_OPEN = 0.06  # of the opportunities that are not won stay open for ever
SLOWER = 1.25  # how much longer a lost deal takes than a won one
MONTH = 30 * DAY


@dataclass(frozen=True)
class Shares:
    """The chance of each ending of each lead; they sum to 1 with `unreached`."""

    qualified: Floats
    reached: Floats
    rejected: Floats
    forgotten: Floats

    @property
    def unreached(self) -> Floats:
        return 1.0 - self.qualified - self.reached - self.rejected - self.forgotten


@dataclass(frozen=True)
class Outcomes:
    """A row a lead. `closed` is when the deal is decided, meaningful where `opportunity`."""

    shares: Shares
    ending: Micros
    tries: Micros  # how often sales tries; 0 for those rejected or forgotten
    early: Flags
    opted_out: Flags
    opportunity: Flags
    proposal: Flags
    won: Flags
    lost: Flags
    closed: Micros
    amount: Floats


def shares_of(setting: Setting, leads: Deliveries, rep: Micros) -> Shares:
    """The chances; where a cell qualifies so many leads that the others cannot fit, those shrink."""
    qualified = setting.of_cell("mql_to_sql")[leads.cell]
    reached = setting.of_cell("reached")[leads.cell]
    rejected = setting.of_cell("rejected")[leads.cell]
    forgotten = setting.team.trait("forgets")[rep]
    reached = reached * (1.0 - qualified)
    room = np.minimum(1.0, (1.0 - qualified) / (reached + rejected + forgotten))
    return Shares(qualified, reached * room, rejected * room, forgotten * room)


def decide(setting: Setting, leads: Deliveries, answers: Answers, rng: np.random.Generator) -> Outcomes:
    shares = shares_of(setting, leads, answers.rep)
    ending = _ending(shares, answers.luck)
    opted_out = (ending == UNREACHED) & (rng.random(leads.count) < OPTS_OUT)
    opportunity = _happens(ending == QUALIFIED, setting.of_cell("sql_to_opportunity")[leads.cell], rng)
    won = _happens(opportunity, setting.of_cell("opportunity_to_customer")[leads.cell], rng)
    missed = opportunity & ~won
    offered = _offered(setting)[leads.cell]
    return Outcomes(
        shares=shares,
        ending=ending,
        tries=_tries(setting, answers.rep, ending, opted_out, rng),
        early=(rng.random(leads.count) < EARLY) & (ending <= UNREACHED),
        opted_out=opted_out,
        opportunity=opportunity,
        proposal=won | _happens(missed, offered, rng),
        won=won,
        lost=_happens(missed, np.full(leads.count, 1.0 - LEFT_OPEN), rng),
        closed=_closed(setting, leads, answers, won, rng),
        amount=np.round(
            setting.of_cell("deal_value")[leads.cell] * rng.lognormal(-0.045, 0.3, leads.count), 2
        ),
    )


def _ending(shares: Shares, luck: Floats) -> Micros:
    """Endings from the best luck to the worst: qualified, reached, never reached, rejected, forgotten."""
    ending = np.zeros(len(luck), dtype=np.int64)
    border = shares.qualified.copy()
    for share in (shares.reached, shares.unreached, shares.rejected):
        ending += luck >= border
        border += share
    ending += (luck >= border) & (shares.forgotten > 0)
    return ending


def _happens(among: Flags, chance: Floats, rng: np.random.Generator) -> Flags:
    return among & (rng.random(len(among)) < chance)


def _offered(setting: Setting) -> Floats:
    """Chance of a proposal among the opportunities that are not won."""
    won, proposal = setting.of_cell("opportunity_to_customer"), setting.of_cell("opportunity_to_proposal")
    return np.divide(proposal - won, 1.0 - won, out=np.zeros_like(won), where=won < 1.0)


def _tries(
    setting: Setting, rep: Micros, ending: Micros, opted_out: Flags, rng: np.random.Generator
) -> Micros:
    draw = rng.random(len(rep))
    patience = np.cumsum(setting.team.tries, axis=1)
    unreached = 1 + (draw[:, None] >= patience[rep, :-1]).sum(axis=1)
    reached = 1 + np.searchsorted(np.cumsum(CONNECTED_AT)[:-1], draw, side="right")
    cut = 1 + (rng.random(len(rep)) * unreached).astype(np.int64)
    tries = np.where(ending == UNREACHED, np.where(opted_out, cut, unreached), reached)
    return np.where(ending <= UNREACHED, tries, 0)


def _closed(
    setting: Setting, leads: Deliveries, answers: Answers, won: Flags, rng: np.random.Generator
) -> Micros:
    """A working instant in the month of age that the cell's closing profile draws, after the first touch."""
    width = max(len(cell.profile) for cell in setting.cells)
    profile = np.array([[*cell.profile, *[0.0] * (width - len(cell.profile))] for cell in setting.cells])
    borders = np.cumsum(profile, axis=1)[:, :-1]
    month = (rng.random(leads.count)[:, None] >= borders[leads.cell]).sum(axis=1)
    length = np.where(won, MONTH, int(MONTH * SLOWER))
    begin = leads.delivered + month * length
    low = np.maximum(begin, np.minimum(answers.turned, begin + length - DAY))
    return setting.team.shifts.between(answers.rep, low, begin + length, rng.random(leads.count))
