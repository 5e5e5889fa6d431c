"""How often a form may be sent: counted in memory, by process, so that counting costs no write."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from accord.errors import TooManyTries

_MOST_KEYS = 20_000  # then whoever was counted is forgotten: better than a memory that grows for ever


@dataclass
class Limit:
    """At most `most` in each span of `seconds`, by key."""

    most: int
    seconds: float
    _seen: dict[Hashable, tuple[float, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, key: Hashable, now: float | None = None) -> None:
        """Count one; TooManyTries where there were too many, with how long to wait."""
        at = monotonic() if now is None else now
        with self._lock:
            began, many = self._seen.get(key, (at, 0))
            if at - began >= self.seconds:
                began, many = at, 0
            if len(self._seen) >= _MOST_KEYS:
                self._seen.clear()
            self._seen[key] = (began, many + 1)
        if many >= self.most:
            error = TooManyTries("too many were sent from here; wait a moment, then send it again")
            error.wait = max(1, round(began + self.seconds - at))
            raise error

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()


BY_ADDRESS = Limit(most=30, seconds=60)  # of one form from one address
BY_SOURCE = Limit(most=1_200, seconds=60)  # of one form from everywhere
