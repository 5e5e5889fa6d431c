"""Whose queue somebody may look at, and who sees personal data of prospects.

Whoever works leads sees their own day; whoever leads sales, and operations, may look at anybody's of sales
(DOMAIN 8.7). Viewers see leads, but nothing that says who a prospect is.
"""

from dataclasses import dataclass

from accord.errors import NotAllowed, PageUnknown
from accord.server.people.models import Side, User
from accord.server.people.rights import leads
from accord.server.people.rights import sees_people as sees_people  # noqa: PLC0414 - asked for beside these

POOL = "pool:"


@dataclass(frozen=True)
class Whose:
    """Of whom a queue is: of one person, or of everybody in a pool."""

    user: User | None = None
    pool: str = ""

    @property
    def word(self) -> str:
        """As an address says it; the viewer's own is said by leaving it out."""
        return f"{POOL}{self.pool}" if self.user is None else str(self.user.pk)


def whose_queue(viewer: User, asked: str) -> Whose:
    """The queue that `?of=` asks for: a person's number, or `pool:NAME`; empty is one's own."""
    if not asked or asked == str(viewer.pk):
        return Whose(user=viewer)
    if not may_look_at_others(viewer):
        raise NotAllowed("everybody sees their own queue; ask whoever leads sales about another's")
    if asked.startswith(POOL):
        return Whose(pool=asked.removeprefix(POOL)[:80])
    found = (
        User.objects.filter(pk=int(asked)).first()
        if asked.isascii() and asked.isdigit() and len(asked) < 10
        else None
    )
    if found is None:
        raise PageUnknown(f"queue of {asked[:40]}")
    return Whose(user=found)


def may_look_at_others(viewer: User) -> bool:
    return leads(viewer, Side.SALES)
