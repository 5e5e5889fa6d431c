"""Adds up each lead's chances, chunk by chunk, into the truth."""

import numpy as np

from accord.simulate.answers import LINKED, Answers
from accord.simulate.deliveries import Deliveries
from accord.simulate.market import SHAPE, Cell
from accord.simulate.outcomes import EARLY, OPTS_OUT, Outcomes, Shares
from accord.simulate.people import Floats
from accord.simulate.setting import Setting
from accord.simulate.tries import human_mail_share
from accord.simulate.truth import FirstTouchTruth, StageTruth, Truth

_MOST_TRIES = 9


class Tally:
    """Sums by cell; the last row is for leads whose type is not on record."""

    def __init__(self, cells: int) -> None:
        self._delivered = np.zeros(cells + 1)
        self._kept = np.zeros(cells + 1)
        self._broken = np.zeros(cells + 1)
        self._rejected = np.zeros(cells + 1)
        self._cell_leads = np.zeros(cells)
        self._tries = np.zeros(_MOST_TRIES + 1)
        self._touches = 0.0

    def add(self, setting: Setting, leads: Deliveries, answers: Answers, outcomes: Outcomes) -> None:
        there = leads.qualified
        group = np.where(leads.typed, leads.cell, len(setting.cells))[there]
        kept, broken = first_touch_chances(outcomes.shares, answers.in_time)
        for total, chance in (
            (self._delivered, np.ones(leads.count)),
            (self._kept, kept),
            (self._broken, broken),
            (self._rejected, outcomes.shares.rejected),
        ):
            np.add.at(total, group, chance[there])
        self._cell_leads += np.bincount(leads.cell[there], minlength=len(setting.cells))
        self._add_tries(setting, answers, outcomes.shares, there)

    def _add_tries(self, setting: Setting, answers: Answers, shares: Shares, there: np.ndarray) -> None:
        team, rep = setting.team, answers.rep[there]
        unreached = shares.unreached[there] * (1.0 - OPTS_OUT)
        by_rep = np.bincount(rep, weights=unreached, minlength=len(team.names))
        self._tries[1:] += by_rep @ team.tries
        self._tries[0] += float(shares.forgotten[there].sum())
        number = np.arange(1, _MOST_TRIES + 1)
        calls = number - (number - 1) * human_mail_share(setting)
        voicemails = (team.tries @ calls) * team.trait("voicemail")
        self._touches += float(by_rep @ (team.tries @ number + voicemails))

    def truth(self, market: tuple[Cell, ...]) -> Truth:
        types = list(dict.fromkeys(cell.lead_type for cell in market))
        rows = {name: [i for i, cell in enumerate(market) if cell.lead_type == name] for name in types}
        total = float(self._tries.sum())
        return Truth(
            delivered=int(self._delivered.sum()),
            first_touch={
                name: self._first_touch(rows[name], market[rows[name][0]].reaction) for name in types
            },
            all_first_touch=self._first_touch(list(range(len(market) + 1)), 0.0),
            stages={(cell.lead_type, cell.stream): self._stage(i, cell) for i, cell in enumerate(market)},
            rejected={
                name: _ratio(self._rejected[rows[name]].sum(), self._delivered[rows[name]].sum())
                for name in types
            },
            tries=tuple(float(part) / total for part in self._tries) if total else (),
            touches=_ratio(self._touches, total),
        )

    def _first_touch(self, rows: list[int], median: float) -> FirstTouchTruth:
        return FirstTouchTruth(
            leads=int(self._delivered[rows].sum()),
            kept=float(self._kept[rows].sum()),
            broken=float(self._broken[rows].sum()),
            median_seconds=median,
            shape=SHAPE,
        )

    def _stage(self, row: int, cell: Cell) -> StageTruth:
        return StageTruth(
            leads=int(self._cell_leads[row]),
            mql_to_sql=cell.mql_to_sql,
            sql_to_opportunity=cell.sql_to_opportunity,
            opportunity_to_proposal=cell.opportunity_to_proposal,
            opportunity_to_customer=cell.opportunity_to_customer,
            deal_value=cell.deal_value,
            profile=cell.profile,
        )


def first_touch_chances(shares: Shares, in_time: Floats) -> tuple[Floats, Floats]:
    """(kept, broken) for each lead.

    Touched leads have a luck below `touched`, rejected ones lie between that and `looked_at`; for the linked
    leads the reaction is that same luck, for the others it is independent of it. A touch before delivery is
    always kept.
    """
    looked_at = 1.0 - shares.forgotten
    touched = looked_at - shares.rejected
    kept = (1 - LINKED) * touched * in_time + LINKED * np.minimum(in_time, touched)
    done = (1 - LINKED) * looked_at * in_time + LINKED * np.minimum(in_time, looked_at)
    kept_or_early = EARLY * touched + (1 - EARLY) * kept
    broken = 1.0 - kept_or_early - (done - kept)
    return kept_or_early, broken


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
