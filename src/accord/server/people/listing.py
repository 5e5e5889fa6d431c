"""The list of people: who is on which side, who is away, who is invited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accord.agreement.plain import folded
from accord.server.people import absences
from accord.server.people.inviting import Standing, standing
from accord.server.people.models import Absence, Invitation, Role, Side, User
from accord.server.people.rights import givable_sides, may_give

_ORDER = {role: place for place, role in enumerate((Role.HEAD, Role.MANAGER, Role.MEMBER))}


@dataclass(frozen=True)
class Row:
    """One person in the list, and the absence that holds today."""

    person: User
    away: Absence | None


@dataclass(frozen=True)
class Group:
    """The people of one side, heads first, those switched off last."""

    side: Side
    rows: list[Row]
    may_invite: bool


@dataclass(frozen=True)
class Open:
    """An invitation that nobody has accepted or taken back, and whether the viewer may."""

    invitation: Invitation
    expired: bool
    may_withdraw: bool


def groups(viewer: User, today: date, words: str = "") -> list[Group]:
    """People by side; only those whose name or address has `words`, where there are some."""
    away = {item.user_id: item for item in absences.during(today, today)}
    found = [person for person in User.objects.all() if _fits(person, words)]
    return [
        Group(
            side,
            [Row(person, away.get(person.pk)) for person in _of(side, found)],
            side in givable_sides(viewer),
        )
        for side in Side
    ]


def open_invitations(viewer: User) -> list[Open]:
    """What can still be accepted or withdrawn; empty for whoever invites nobody."""
    if not givable_sides(viewer):
        return []
    waiting = Invitation.objects.select_related("invited_by").filter(accepted_at=None, withdrawn_at=None)
    return [
        Open(item, standing(item) is Standing.EXPIRED, may_give(viewer, item.side, item.role))
        for item in waiting
    ]


def _fits(person: User, words: str) -> bool:
    return folded(words) in folded(person.name) or words.strip().lower() in person.email


def _of(side: Side, people: Iterable[User]) -> list[User]:
    here = [person for person in people if person.side == side]
    return sorted(
        here, key=lambda person: (not person.is_active, _ORDER[Role(person.role)], folded(person.name))
    )
