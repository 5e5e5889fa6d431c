"""Whose figures somebody sees: what is told by owner is a league table, and that is off (DOMAIN 7, 8.7).

Who leads sales sees every owner, anybody else what is their own. Leads are for all to see, whose they are
is not.
"""

from collections.abc import Callable

from accord.ledger.score import Table
from accord.server.people.models import Side, User
from accord.server.people.rights import leads

_BY, _OWNER = "by", "owner"
_SIDES = "attribution"  # its owners are marketing and sales, and no people


def seen(table: Table, measure: str, viewer: User) -> Table:
    """What somebody may see of a table: of other owners no row, and no name beside a lead."""
    if leads(viewer, Side.SALES) or measure == _SIDES:
        return table
    if "lead" in table.columns:
        return _without_names(table, lambda owner: _own(owner, viewer))
    if table.columns[:1] == (_OWNER,):
        return Table(table.columns, tuple(row for row in table.rows if _own(row[0], viewer)))
    if table.columns[:2] == (_BY, "key"):
        return Table(
            table.columns, tuple(row for row in table.rows if row[0] != _OWNER or _own(row[1], viewer))
        )
    return table


def _without_names(table: Table, own: Callable[[object], bool]) -> Table:
    if _OWNER not in table.columns:
        return table
    at = table.columns.index(_OWNER)
    return Table(
        table.columns,
        tuple(row if own(row[at]) else (*row[:at], None, *row[at + 1 :]) for row in table.rows),
    )


def _own(owner: object, viewer: User) -> bool:
    """Whether the log names this person, which it does by e-mail address."""
    return isinstance(owner, str) and owner.casefold() == viewer.email.casefold()
