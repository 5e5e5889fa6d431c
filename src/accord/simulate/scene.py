"""One chunk while its events are written: the leads, what becomes of them, and the sheet."""

from dataclasses import dataclass

import numpy as np

from accord.simulate.answers import Answers
from accord.simulate.deliveries import Deliveries
from accord.simulate.outcomes import Outcomes
from accord.simulate.setting import Setting
from accord.simulate.sheet import Sheet
from accord.simulate.shifts import Micros


@dataclass(frozen=True)
class Scene:
    setting: Setting
    leads: Deliveries
    answers: Answers
    outcomes: Outcomes
    rng: np.random.Generator
    sheet: Sheet

    def ending(self, *endings: int) -> Micros:
        """Rows of the delivered leads that come to one of these endings."""
        return np.flatnonzero(self.leads.qualified & np.isin(self.outcomes.ending, endings))
