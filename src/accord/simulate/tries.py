"""How sales tries to reach a lead: when, by which channel, with what outcome."""

import numpy as np

from accord.lead.events import Kind
from accord.simulate import names as n
from accord.simulate.deliveries import Flags
from accord.simulate.names import KIND
from accord.simulate.outcomes import REACHED
from accord.simulate.scene import Scene
from accord.simulate.setting import Setting
from accord.simulate.shifts import HOUR, SECOND, Micros

# Days from the first try to each, before they are stretched.
AFTER = np.array((0.0, 1.0, 3.0, 6.0, 10.0, 17.0, 26.0, 36.0, 46.0))
STRETCH = (0.8, 1.9)  # of these days, drawn for each lead
BY_MAIL = 0.3  # of the tries after the first are mails
OFF_HOURS = 0.05  # of the tries in between are made some hours later than planned, often in the evening
EARLY_BY = (600, 2 * 86_400)  # seconds before delivery that a touch can lie which came too early


def try_to_reach(scene: Scene) -> Micros:
    """Write every try and connect. Returns when each lead's last try was (when the rep turned to it, if
    none).
    """
    outcomes, rng, add = scene.outcomes, scene.rng, scene.sheet.add
    tries = np.where(scene.leads.qualified, outcomes.tries, 0)
    lead = np.repeat(np.arange(scene.leads.count), tries)
    number = np.arange(len(lead)) - np.repeat(np.cumsum(tries) - tries, tries)
    last = number + 1 == tries[lead]
    met = last & (outcomes.ending[lead] <= REACHED)
    at, rep = _instants(scene, lead, number, last), scene.answers.rep[lead]
    mail = (number > 0) & ~met & (rng.random(len(lead)) < human_mail_share(scene.setting))
    left = ~mail & ~met & (rng.random(len(lead)) < scene.setting.team.trait("voicemail")[rep])
    unanswered = np.where(rng.random(len(lead)) < 0.9, n.NO_ANSWER, n.BUSY)
    outcome = np.select([met, mail, left], [n.CONNECTED, n.SENT, n.TO_VOICEMAIL], unanswered)
    tried = {"kind": KIND[Kind.ATTEMPTED], "side": n.SALES}
    add(lead, occurred=at, actor=rep, channel=np.where(mail, n.EMAIL, n.CALL), outcome=outcome, **tried)
    # A call that ends in a voicemail is two touches at one instant: one attempt (F14).
    said = {"channel": n.VOICEMAIL, "outcome": n.TO_VOICEMAIL}
    add(lead[left], occurred=at[left], actor=rep[left], **said, **tried)
    talk = {"kind": KIND[Kind.CONNECTED], "side": n.SALES, "channel": n.CALL}
    add(lead[met], occurred=at[met] + 20 * SECOND, actor=rep[met], **talk)
    _too_early(scene)
    reached = scene.answers.turned.copy()
    reached[lead[last]] = at[last] + 30 * SECOND
    return reached


def human_mail_share(setting: Setting) -> float:
    """Share of the later tries that are mails; none where machines send them, for those stop no clock."""
    return 0.0 if "email" in setting.agreement.follow_up.touches.automated else BY_MAIL


def _instants(scene: Scene, lead: Micros, number: Micros, last: Flags) -> Micros:
    """The first try when the rep turns to the lead, the others spread over their working time by the cadence.

    A lead that becomes an opportunity is reached within the first part of the time to its close.
    """
    answers, outcomes, rng, team = scene.answers, scene.outcomes, scene.rng, scene.setting.team
    begin = team.shifts.worked(answers.rep, answers.turned)
    stretch = rng.uniform(*STRETCH, scene.leads.count) * team.work_a_day[answers.rep]
    needed = AFTER[np.maximum(outcomes.tries - 1, 0)] * stretch
    room = 0.4 * np.maximum(team.shifts.worked(answers.rep, outcomes.closed) - begin, 0)
    stretch *= np.where(outcomes.opportunity, np.minimum(1.0, room / np.maximum(needed, 1.0)), 1.0)
    drift = rng.uniform(-0.3, 0.3, len(lead))
    planned = begin[lead] + ((AFTER[number] + drift) * stretch[lead]).astype(np.int64)
    at = np.where(number == 0, answers.turned[lead], team.shifts.reached(planned, late=True))
    off = (number > 0) & ~last & ~outcomes.opportunity[lead] & (rng.random(len(lead)) < OFF_HOURS)
    return np.where(off, at + rng.integers(1, 4, len(lead)) * HOUR, at) // SECOND * SECOND


def _too_early(scene: Scene) -> None:
    rows = np.flatnonzero(scene.leads.qualified & scene.outcomes.early)
    before = scene.leads.delivered[rows] - scene.rng.integers(*EARLY_BY, len(rows)) * SECOND
    tried = {"kind": KIND[Kind.ATTEMPTED], "side": n.SALES, "channel": n.CALL, "outcome": n.NO_ANSWER}
    scene.sheet.add(rows, occurred=before, actor=scene.answers.rep[rows], **tried)
