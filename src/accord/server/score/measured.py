"""What a page, a file or a program reads of a fold itself: the rows behind a kept score."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from accord.errors import FoldUnusable, NotReady, PageUnknown
from accord.ledger.engine import Ledger
from accord.ledger.measures import Measure, find, part_of
from accord.ledger.score import MeasureResult
from accord.ledger.slices import slices
from accord.server.score import folding
from accord.server.score.frame import Frame

_AT_ONCE, _PATIENCE_S = BoundedSemaphore(2), 2.0  # requests that read a fold; seconds that others wait
_BUSY = "these rows are being read for others; ask again in some seconds"


@contextmanager
def opened(frame: Frame) -> Iterator[Ledger]:
    """The ledger of what was asked, for a few requests at a time: the others are asked to come again."""
    if frame.fold is None or not _AT_ONCE.acquire(timeout=_PATIENCE_S):
        raise NotReady(_BUSY)
    try:
        with folding.opened(frame.fold, frame.agreement, frame.asked.view) as ledger:
            yield ledger
    except FoldUnusable as error:
        folding.gone(frame.fold)
        raise NotReady(_BUSY) from error
    finally:
        _AT_ONCE.release()


def measure_called(name: str) -> Measure:
    """The measure of a name, or of the part of one that a name such as `speed_by_week` says."""
    return find(part_of(name)[0])


def measured(frame: Frame, known: Measure, name: str) -> MeasureResult:
    """The measure read from the fold, or that part of it which a name says."""
    with opened(frame) as ledger:
        return part(ledger, known, name)


def part(ledger: Ledger, known: Measure, name: str) -> MeasureResult:
    """The same of a ledger that is open; PageUnknown where the measure has no such part."""
    found = slices(ledger.measure(known.name))
    if name not in found:
        raise PageUnknown(name, found, noun="measure")
    return found[name]
