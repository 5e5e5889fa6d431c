"""All that stays the same while the leads of one simulated company are made."""

from dataclasses import dataclass

import numpy as np

from accord.agreement.terms import Agreement
from accord.simulate.arrivals import Arrivals
from accord.simulate.market import Cell
from accord.simulate.names import Names
from accord.simulate.people import Floats, Team
from accord.simulate.promised import Promised


@dataclass(frozen=True)
class Setting:
    agreement: Agreement
    cells: tuple[Cell, ...]
    team: Team
    arrivals: Arrivals
    promised: Promised
    names: Names

    def of_cell(self, trait: str) -> Floats:
        """One number of each cell, to be picked by a lead's cell."""
        return np.array([getattr(cell, trait) for cell in self.cells], dtype=np.float64)
