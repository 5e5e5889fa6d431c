"""Who may do what to whom: the rules that depend on the person, beside the table in `access.py`.

Operations keeps the people of every side; heads and managers of marketing and sales those of their own.
Nobody gives a role above their own, changes their own side or role, or switches themselves off.
"""

from accord.server.people.models import Role, Side, User

_PARTIES = (Side.MARKETING, Side.SALES)
_LEADING = (Role.HEAD, Role.MANAGER)
_RANK = {Role.MEMBER: 0, Role.MANAGER: 1, Role.HEAD: 2}


def keeps(by: User) -> bool:
    """Whether somebody keeps the people of every side."""
    return by.side == Side.OPERATIONS and by.role in _LEADING


def leads(by: User, side: str) -> bool:
    """Whether somebody leads the people of a side: one's own, or all for operations."""
    return keeps(by) or (by.side == side and side in _PARTIES and by.role in _LEADING)


def may_give(by: User, side: str, role: str) -> bool:
    """Whether somebody may let others in as this, or take such an invitation back."""
    return leads(by, side) and _RANK[Role(role)] <= _RANK[Role(by.role)]


def sees_people(viewer: User) -> bool:
    """Whether somebody sees who prospects are: names, addresses, numbers, and what people wrote about them.

    Viewers see leads and the companies behind them.
    """
    return viewer.side != Side.VIEWER


def givable_sides(by: User) -> list[Side]:
    return [side for side in Side if leads(by, side)]


def givable_roles(by: User) -> list[Role]:
    return [role for role in Role if _RANK[role] <= _RANK[Role(by.role)]]


def may_edit(by: User, person: User) -> bool:
    """Whether somebody may change a record: operations all, a head those below and their own."""
    if keeps(by):
        return True
    heads = by.role == Role.HEAD and by.side in _PARTIES and by.side == person.side
    return heads and (person.role != Role.HEAD or person.pk == by.pk)


def may_place(by: User, person: User) -> bool:
    """Whether somebody may change a person's side and role."""
    return may_edit(by, person) and by.pk != person.pk


def may_switch(by: User, person: User) -> bool:
    """Whether somebody may switch a person off, or on again."""
    return may_edit(by, person) and by.pk != person.pk


def may_enter_absence(by: User, person: User) -> bool:
    """Whether somebody may say that a person is away: oneself, or who leads the side; never of a viewer."""
    if person.side == Side.VIEWER:
        return False
    return by.pk == person.pk or leads(by, person.side)
