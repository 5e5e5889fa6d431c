"""How much waits on the boards: counted by one query, and never further than people would read."""

from dataclasses import dataclass

from accord.lead.standing import Standing
from accord.server.desk.models import Lead

MOST = 99
_BOARD_OF = {Standing.DELIVERED.value: "unassigned", Standing.REJECTED.value: "rejects"}


@dataclass(frozen=True)
class Waiting:
    """Numbers by the name of a board; those in `more` are cut off."""

    numbers: dict[str, int]
    more: frozenset[str]


def waiting() -> Waiting:
    """What nobody has taken up: leads without an owner, rejects that marketing has not settled."""
    found = list(
        Lead.objects.filter(standing__in=list(_BOARD_OF))
        .order_by("standing")
        .values_list("standing", flat=True)[: 2 * MOST + 2]
    )
    counts = {board: found.count(standing) for standing, board in _BOARD_OF.items()}
    return Waiting(
        {board: min(count, MOST) for board, count in counts.items()},
        frozenset(board for board, count in counts.items() if count > MOST),
    )
