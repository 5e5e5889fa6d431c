"""What people ask of a replay first: how often, and where."""

from collections import Counter
from collections.abc import Callable, Iterable

from accord.ledger.replay.values import GROUPINGS, Group, Headline, Judged, Most

_PLACES = tuple(by for by in GROUPINGS if by != "month")  # a month tells when, not where


def headline(judged: Iterable[Judged]) -> Headline:
    """Breaches of what each agreement promises lead by lead, and the group that holds most of them."""
    held = tuple(judged)
    then, more = sum(one.all.owed_then for one in held), sum(one.all.owed_more for one in held)
    return Headline(
        was=sum(one.all.owed_was for one in held),
        then=then,
        more=more,
        less=sum(one.all.owed_less for one in held),
        beside=sum(one.all.then.broken for one in held) - then,
        most=_most(held, then, lambda group: group.owed_then),
        most_more=_most(held, more, lambda group: group.owed_more),
    )


def _most(judged: tuple[Judged, ...], total: int, counted: Callable[[Group], int]) -> Most | None:
    """Of the groups that hold more than half, the one that exceeds its part of all verdicts most: so that
    none is named only for being large. One that holds all of it comes last: that the lead type which a draft
    changes is the one that breaks tells nobody anything, and where it breaks does.
    """
    best: tuple[bool, float, Most] | None = None
    for by in _PLACES:
        found: Counter[str | None] = Counter()
        verdicts: Counter[str | None] = Counter()
        for group in (group for one in judged for group in one.by(by)):
            found[group.key] += counted(group)
            verdicts[group.key] += group.owed_judged
        whole = verdicts.total()
        for key, number in found.items():
            excess = number / total - verdicts[key] / whole if total and whole else 0
            if key is None or number * 2 <= total or excess <= 0:
                continue
            if best is None or (number < total, excess) > best[:2]:
                best = (number < total, excess, Most(by, key, number))
    return best[2] if best else None
