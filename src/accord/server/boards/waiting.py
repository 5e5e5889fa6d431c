"""How much waits on the boards: counted by one query, and never further than people would read."""

from dataclasses import dataclass

from django.db import connection

from accord.lead.standing import Standing
from accord.server.boards.models import Reject
from accord.server.desk.models import Lead, Likeness

MOST = 99


@dataclass(frozen=True)
class Waiting:
    """Numbers by the name of a board; those in `more` are cut off."""

    numbers: dict[str, int]
    more: frozenset[str]


def waiting() -> Waiting:
    """What nobody has taken up: leads without an owner or information, rejects, disputes, people alike."""
    kept, leads = Reject._meta.db_table, Lead._meta.db_table
    wanted = {
        "unassigned": f"{leads} WHERE standing = '{Standing.DELIVERED.value}'",
        "incomplete": f"{leads} WHERE standing = '{Standing.QUALIFIED.value}'",
        "rejects": f"{kept} WHERE settled_at IS NULL",
        "duplicates": f"{Likeness._meta.db_table} WHERE settled_at IS NULL",
        "disputes": f"{kept} WHERE disputed_at IS NOT NULL AND decided_at IS NULL",
    }
    counts = ", ".join(
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM {rows} LIMIT {MOST + 1}) AS {name})"  # noqa: S608 - all our own
        for name, rows in wanted.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        found = dict(zip(wanted, cursor.fetchone(), strict=True))
    return Waiting(
        {board: min(count, MOST) for board, count in found.items()},
        frozenset(board for board, count in found.items() if count > MOST),
    )
