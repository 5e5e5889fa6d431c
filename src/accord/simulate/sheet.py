"""Facts of one chunk in columns, gathered block by block."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from accord.simulate.names import NOBODY
from accord.simulate.shifts import Micros

UNKNOWN_TIME = np.iinfo(np.int64).min  # what numpy and DuckDB read as no instant
Column = npt.NDArray[np.generic]

COLUMNS: dict[str, tuple[type[np.generic], float]] = {  # type, and the value that means unknown
    "lead": (np.int64, 0),
    "kind": (np.int16, 0),
    "occurred": (np.int64, 0),
    "actor": (np.int32, NOBODY),
    "side": (np.int16, NOBODY),
    "channel": (np.int16, NOBODY),
    "outcome": (np.int16, NOBODY),
    "reason": (np.int16, NOBODY),
    "amount": (np.float64, np.nan),
    "value": (np.float64, np.nan),
    "due": (np.int64, UNKNOWN_TIME),
    "frozen": (np.bool_, 0),  # carries agreement and calendar
    "prompt": (np.bool_, 0),  # recorded by a machine as it happens
}


@dataclass
class Sheet:
    """Blocks of facts; `lead` is a row of the chunk. `columns()` joins them in the order they were added."""

    _blocks: list[tuple[Micros, dict[str, object]]] = field(default_factory=list)

    def add(self, lead: Micros, **facts: object) -> None:
        """One fact a row of `lead`; other columns have that length, one value for all, or are unknown."""
        if len(lead):
            self._blocks.append((lead, {"lead": lead, **facts}))

    def columns(self) -> dict[str, Column]:
        return {name: self._column(name, kind, unknown) for name, (kind, unknown) in COLUMNS.items()}

    def _column(self, name: str, kind: type[np.generic], unknown: float) -> Column:
        parts = [
            np.broadcast_to(np.asarray(block.get(name, unknown), dtype=kind), len(lead))
            for lead, block in self._blocks
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
