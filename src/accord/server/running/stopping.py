"""Being asked to stop, by a signal or by hand."""

import signal
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from types import FrameType


class Stop:
    """Set once, waited for often.

    Not `threading.Event`: a signal that arrives while the main thread is just entering or leaving its `wait`
    finds the event's lock held by that same thread, and `set` waits for it for ever. A `SimpleQueue` may be
    filled from a signal's handler at any moment.
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[None] = SimpleQueue()

    def on(self, signals: Sequence[signal.Signals]) -> None:
        for number in signals:
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.set()

    def set(self) -> None:
        self._asked.put(None)

    def is_set(self) -> bool:
        return not self._asked.empty()

    def wait(self, seconds: float) -> bool:
        """Whether it is set, as soon as it is, and after `seconds` at the latest."""
        try:
            self._asked.get(timeout=seconds) if seconds > 0 else self._asked.get_nowait()
        except Empty:
            return False
        self.set()  # it stays set
        return True
