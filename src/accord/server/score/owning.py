"""Whose figures somebody sees: what is told by owner is a league table, and that is off (DOMAIN 7, 8.7).

Who leads sales sees every owner, anybody else what is their own. Leads are for all to see, whose they are
is not, save on the list of what is overdue: whoever works leads, or sees that they are worked, finds there
who has each one. Without the name nobody could act on it; it counts nobody's leads and orders them by their
wait.
"""

from collections.abc import Iterable
from dataclasses import replace

from accord.agreement.terms import Agreement, Person
from accord.agreement.terms import Side as AgreedSide
from accord.ledger.score import Table
from accord.report.grid import Grid
from accord.report.owners import OWNER, without_owners
from accord.report.view import Section
from accord.server.people.models import Side, User
from accord.server.people.rights import leads

_WORK = (Side.SALES, Side.OPERATIONS)  # work leads, or see that they are worked
_LISTS = "overdue"  # the measure and the section that are a list of work


Names = tuple[tuple[str, str], ...]


def names() -> Names:
    """Address and name of each account of sales, in an order: a log names by address whom the agreement only
    counts."""
    return tuple(User.objects.filter(side=Side.SALES).order_by("email").values_list("email", "name"))


def called(agreement: Agreement, accounts: Names) -> Agreement:
    """The agreement with people by the names of their accounts, as all other pages call them.

    For words alone: who is counted, and what time they have, is what was agreed.
    """
    known = {email.casefold(): name for email, name in accounts if name}
    agreed = {key: _renamed(who, known) for key, who in agreement.people.items()}
    listed = {(who.email or "").casefold() for who in agreed.values()}
    others = {
        email: Person(side=AgreedSide.SALES, name=name, email=email)
        for email, name in known.items()
        if email not in listed
    }
    return agreement.model_copy(update={"people": {**others, **agreed}})


def _renamed(who: Person, known: dict[str, str]) -> Person:
    name = known.get((who.email or "").casefold())
    return who.model_copy(update={"name": name}) if name else who


def sees_owners(measure: str, viewer: User) -> bool:
    """Whether somebody sees whose each lead of a measure is, beside their own."""
    return leads(viewer, Side.SALES) or (measure == _LISTS and viewer.side in _WORK)


def seen(table: Table, measure: str, viewer: User, agreement: Agreement | None = None) -> Table:
    """What somebody may see of a table: of other owners no row, and no name beside a lead.

    A log names people by e-mail address, or as the agreement calls them.
    """
    if sees_owners(measure, viewer):
        return table
    own = _names(viewer, agreement)
    left = without_owners(table, measure, lambda owner: isinstance(owner, str) and owner.casefold() in own)
    return _without_column(left) if "lead" in table.columns else left


def _without_column(table: Table) -> Table:
    """Without the column of owners where it names nobody that one may see: empty it would say "unknown"."""
    if OWNER not in table.columns:
        return table
    at = table.columns.index(OWNER)
    if any(row[at] is not None for row in table.rows):
        return table
    columns = (*table.columns[:at], *table.columns[at + 1 :])
    return Table(columns, tuple((*row[:at], *row[at + 1 :]) for row in table.rows))


def seen_sections(made: Iterable[Section], viewer: User) -> tuple[Section, ...]:
    """Sections of a score as somebody may see them: the list of what is overdue names owners to who works."""
    if sees_owners(_LISTS, viewer):
        return tuple(made)
    return tuple(_without(section) if section.id == _LISTS else section for section in made)


def _without(section: Section) -> Section:
    parts = tuple(replace(part, grids=tuple(map(_unnamed, part.grids))) for part in section.parts)
    return replace(section, parts=parts)


def _unnamed(grid: Grid) -> Grid:
    at = [place for place, column in enumerate(grid.columns) if column.key != OWNER]
    return replace(
        grid,
        columns=tuple(grid.columns[place] for place in at),
        cells=tuple(tuple(row[place] for place in at) for row in grid.cells),
        rows=tuple({key: value for key, value in row.items() if key != OWNER} for row in grid.rows),
    )


def _names(viewer: User, agreement: Agreement | None) -> frozenset[str]:
    """What a log may call somebody."""
    email = viewer.email.casefold()
    people = agreement.people.items() if agreement else ()
    keys = (key.casefold() for key, who in people if (who.email or "").casefold() == email)
    return frozenset({email, *keys})
