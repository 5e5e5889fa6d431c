"""What each lead's events are, once it is known what becomes of it: facts on a sheet."""

import numpy as np

from accord.lead.events import Kind
from accord.simulate import names as n
from accord.simulate.names import KIND
from accord.simulate.outcomes import FORGOTTEN, QUALIFIED, REACHED, REJECTED, UNREACHED
from accord.simulate.scene import Scene
from accord.simulate.shifts import DAY, HOUR, SECOND, Micros
from accord.simulate.tries import try_to_reach

MINUTE = 60 * SECOND
GREETED = 0.35  # of the leads get an automatic mail at once: it stops no clock
BY_HAND = 0.85  # of the leads turned to within the window are accepted by hand, the others by silence
DISPUTED = 0.15  # of the rejects are disputed by marketing
MERGED = 0.3  # of the rejected duplicates are merged
WITHOUT_SQL = 0.005  # of the opportunities were never marked as sales-qualified: a skipped stage
WITHOUT_OWNER = 0.005  # of the assignments name nobody


def tell(scene: Scene) -> None:
    """Write all events of the chunk's leads, clean so far; `dirt.py` soils them."""
    _raised_hand(scene)
    _handed_off(scene)
    reached = try_to_reach(scene)
    _rejected(scene)
    _accepted(scene)
    _pipeline(scene, reached)
    _given_up(scene, reached)


def _raised_hand(scene: Scene) -> None:
    leads, add = scene.leads, scene.sheet.add
    every, machine = np.arange(leads.count), scene.setting.names.machine
    add(every, kind=KIND[Kind.CREATED], occurred=leads.created, side=n.PROSPECT, prompt=True)
    scored = leads.created + 2 * SECOND
    add(every, kind=KIND[Kind.SCORED], occurred=scored, actor=machine, side=n.MACHINE, prompt=True)


def _handed_off(scene: Scene) -> None:
    """Qualified, handed off with what is frozen then, assigned, greeted by a machine."""
    leads, add, rng, names = scene.leads, scene.sheet.add, scene.rng, scene.setting.names
    rows = np.flatnonzero(leads.qualified)
    delivered, count = leads.delivered[rows], len(rows)
    marketing = {"actor": rng.integers(*names.marketers, count), "side": n.MARKETING, "prompt": True}
    before = np.minimum(delivered - leads.created[rows], rng.integers(1, 600, count) * SECOND)
    add(rows, kind=KIND[Kind.QUALIFIED], occurred=delivered - before, **marketing)
    frozen = {"value": leads.value[rows], "due": scene.answers.due[rows], "frozen": True}
    add(rows, kind=KIND[Kind.HANDED_OFF], occurred=delivered, **frozen, **marketing)
    owner = np.where(rng.random(count) < WITHOUT_OWNER, n.NOBODY, scene.answers.rep[rows])
    routed = delivered + rng.integers(1, 90, count) * SECOND
    add(rows, kind=KIND[Kind.ASSIGNED], occurred=routed, actor=owner, side=n.MACHINE, prompt=True)
    greeted = rng.random(count) < GREETED
    mail = {"actor": names.machine, "side": n.MACHINE, "channel": n.EMAIL, "outcome": n.SENT, "prompt": True}
    add(rows[greeted], kind=KIND[Kind.ATTEMPTED], occurred=delivered[greeted] + MINUTE, **mail)


def _rejected(scene: Scene) -> None:
    """Rejected when the rep turns to it, with a reason; some are disputed, some duplicates merged."""
    add, rng, names = scene.sheet.add, scene.rng, scene.setting.names
    rows = scene.ending(REJECTED)
    count, rep, when = len(rows), scene.answers.rep[rows], scene.answers.turned[rows]
    reason = rng.integers(*names.rejects, count)
    add(rows, kind=KIND[Kind.REJECTED], occurred=when, actor=rep, side=n.SALES, reason=reason)
    disputed = rng.random(count) < DISPUTED
    answered = (when + rng.integers(2 * HOUR, 3 * DAY, count))[disputed]
    marketer = rng.integers(*names.marketers, count)[disputed]
    add(rows[disputed], kind=KIND[Kind.DISPUTED], occurred=answered, actor=marketer, side=n.MARKETING)
    double = np.array([text == "duplicate" for text in names.reasons])
    merged = double[reason] & (rng.random(count) < MERGED)
    machine = {"actor": names.machine, "side": n.MACHINE}
    add(rows[merged], kind=KIND[Kind.MERGED], occurred=when[merged] + HOUR, **machine)


def _accepted(scene: Scene) -> None:
    """Accepted by hand when the rep turns to it, else because the window closed."""
    add, leads, setting = scene.sheet.add, scene.leads, scene.setting
    turned, rep = scene.answers.turned, scene.answers.rep
    first = np.zeros(leads.count, dtype=np.int64)
    closes = setting.promised.due(setting.promised.accept, first, leads.delivered)
    rows = scene.ending(QUALIFIED, REACHED, UNREACHED, FORGOTTEN)
    looked = (scene.outcomes.ending[rows] != FORGOTTEN) & (turned[rows] < closes[rows])
    by_hand = looked & (scene.rng.random(len(rows)) < BY_HAND)
    yes, silent = rows[by_hand], rows[~by_hand]
    add(yes, kind=KIND[Kind.ACCEPTED], occurred=turned[yes], actor=rep[yes], side=n.SALES)
    machine = {"actor": setting.names.machine, "side": n.MACHINE, "outcome": n.BY_SILENCE, "prompt": True}
    add(silent, kind=KIND[Kind.ACCEPTED], occurred=closes[silent], **machine)


def _pipeline(scene: Scene, reached: Micros) -> None:
    """Sales-qualified, opportunity, proposal, won or lost: in working hours and in order."""
    shifts, rng, outcomes = scene.setting.team.shifts, scene.rng, scene.outcomes
    rows = scene.ending(QUALIFIED)
    count, rep, met, deal = len(rows), scene.answers.rep[rows], reached[rows], outcomes.opportunity[rows]
    closed = np.maximum(outcomes.closed[rows], met + HOUR)
    soon = np.where(deal, np.minimum(met + 3 * DAY, met + (closed - met) // 3), met + 3 * DAY)
    qualified = shifts.between(rep, met + MINUTE, soon, rng.random(count) ** 2)
    opened = shifts.between(rep, qualified + MINUTE, qualified + (closed - qualified) // 3, rng.random(count))
    offered = shifts.between(rep, opened + MINUTE, opened + (closed - opened) * 2 // 3, rng.random(count))
    marked = ~(deal & (rng.random(count) < WITHOUT_SQL))
    unknown, amount = np.full(count, np.nan), outcomes.amount[rows]
    reason = np.where(outcomes.lost[rows], rng.integers(*scene.setting.names.lost, count), n.NOBODY)
    for kind, when, happened, money in (
        (Kind.SALES_QUALIFIED, qualified, marked, unknown),
        (Kind.OPPORTUNITY, opened, deal, amount),
        (Kind.PROPOSAL, offered, outcomes.proposal[rows], amount),
        (Kind.WON, closed, outcomes.won[rows], amount),
        (Kind.LOST, closed, outcomes.lost[rows], unknown),
    ):
        scene.sheet.add(
            rows[happened],
            kind=KIND[kind],
            occurred=when[happened],
            actor=rep[happened],
            side=n.SALES,
            amount=money[happened],
            reason=reason[happened] if kind is Kind.LOST else n.NOBODY,
        )


def _given_up(scene: Scene, reached: Micros) -> None:
    """Leads that come to nothing: opted out, disqualified, returned and enrolled, or left lying."""
    outcomes, names, rng = scene.outcomes, scene.setting.names, scene.rng
    rows = scene.ending(REACHED, UNREACHED)
    count, rep, at = len(rows), scene.answers.rep[rows], reached[rows]
    met, gone = outcomes.ending[rows] == REACHED, outcomes.opted_out[rows]
    add, draw = scene.sheet.add, rng.random(count)
    add(rows[gone], kind=KIND[Kind.OPTED_OUT], occurred=at[gone] + HOUR, side=n.PROSPECT, prompt=True)

    ended = scene.setting.team.shifts.between(rep, at + HOUR, at + 4 * DAY, rng.random(count))
    enough = outcomes.tries[rows] >= scene.setting.agreement.handoff.return_after.attempts
    out = ~gone & np.where(met, draw < 0.6, draw >= 0.9)
    back = ~gone & ~out & (draw < np.where(met, 0.88, np.where(enough, 0.85, 0.6)))
    reason = np.where(met, rng.integers(*names.disqualified, count), names.unreached)
    sales = {"side": n.SALES}
    add(
        rows[out],
        kind=KIND[Kind.DISQUALIFIED],
        occurred=ended[out],
        actor=rep[out],
        reason=reason[out],
        **sales,
    )
    why = names.returned[0] + met[back]
    add(rows[back], kind=KIND[Kind.RETURNED], occurred=ended[back], actor=rep[back], reason=why, **sales)
    track = {"actor": names.machine, "side": n.MACHINE, "outcome": names.track, "prompt": True}
    add(rows[back], kind=KIND[Kind.ENROLLED], occurred=ended[back] + 5 * MINUTE, **track)
