"""Two agreements over the same days: their promises side by side, and how the comparison is to be read."""

from collections.abc import Iterator, Sequence
from datetime import date

from accord.agreement.terms import Agreement, Promise
from accord.ledger.replay.values import Promised
from accord.ledger.score import PromiseScore

NOT_PEOPLE = (
    "This says what the clocks would have said of what people did, and not what they would have done under "
    "other terms."
)
ONE_VERSION = (
    "A replay judges all leads by one version. The live score judges each by the version that was in force "
    "when it was handed off."
)
_BY_THE_WAY = {"name", "version", "status", "term"}  # of a text: what asks nobody for anything


def in_the_time_of(before: Agreement, after: Agreement) -> Agreement:
    """`after` as if its term were that of `before`: a draft begins later than the days it is tried on."""
    days = {"start": before.term.start, "end": before.term.end}
    return after.model_copy(update={"term": after.term.model_copy(update=days)})


def paired(
    before: Agreement, after: Agreement, was: Sequence[PromiseScore], then: Sequence[PromiseScore]
) -> tuple[Promised, ...]:
    """Every promise of either beside itself: the same measure of the same leads, in the order of `after`."""
    left = list(zip(map(_about, before.promises), was, strict=True))
    found: list[Promised] = []
    for about, score in zip(map(_about, after.promises), then, strict=True):
        same = [item for item in left if item[0] == about]
        first = next((item for item in same if item[1].id == score.id), same[0] if same else None)
        if first is not None:
            left.remove(first)
        found.append(Promised(first[1] if first else None, score))
    return (*found, *(Promised(score, None) for _, score in left))


def notes(before: Agreement, after: Agreement, to_on: date) -> tuple[str, ...]:
    """How the comparison is to be read."""
    return (NOT_PEOPLE, ONE_VERSION, *_alike(before, after), *_later_hours(before, after, to_on))


def _alike(before: Agreement, after: Agreement) -> Iterator[str]:
    """Two texts that ask for the same, and two that may not belong together: what one may have mixed up."""
    if before.model_dump(exclude=_BY_THE_WAY) == after.model_dump(exclude=_BY_THE_WAY):
        yield "Both texts ask for the same, so nothing can move."
    if before.name != after.name:
        yield f"One text is called {before.name}, the other {after.name}; see that they belong together."


def _about(promise: Promise) -> tuple[object, ...]:
    return (promise.side, promise.measure, promise.lead_type, promise.stream)


def _later_hours(before: Agreement, after: Agreement, to_on: date) -> Iterator[str]:
    """Hours that hold only from a later day say nothing about the days that were."""
    for name, calendar in after.calendars.items():
        old = before.calendars.get(name)
        known = old.versions if old else ()
        for version in calendar.versions:
            if version not in known and version.start is not None and version.start > to_on:
                yield (
                    f"The hours of calendar {name} that begin on {version.start} are not tried here: they "
                    "hold from their day on. Write them without a day to see what they would have meant."
                )
