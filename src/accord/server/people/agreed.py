"""What the agreement in force says about people: names of calendars and pools, and who is what."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accord.agreement.clauses.people import Person
from accord.agreement.clauses.people import Side as Party
from accord.server.agreements.finding import version_in_force
from accord.server.people.addresses import normal_address
from accord.server.people.models import User


@dataclass(frozen=True)
class Agreed:
    """The names that an agreement offers; all empty where none is in force."""

    title: str = ""
    slug: str = ""
    calendars: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    people: tuple[tuple[str, str, Person], ...] = ()  # address, key, entry

    def __bool__(self) -> bool:
        return bool(self.title)

    def person(self, email: str) -> Person | None:
        """The entry with this address; None where it is not named, or more than once."""
        found = [entry for address, _key, entry in self.people if address == email]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class Difference:
    """One thing that the account and the agreement say differently of somebody; empty: says nothing."""

    what: str
    here: str
    there: str


def agreed_at(at: datetime) -> Agreed:
    """What the version in force at `at` says."""
    found = version_in_force(at)
    if found is None:
        return Agreed()
    terms = found.agreement
    pools = {entry.pool for entry in terms.people.values() if entry.pool}
    return Agreed(
        title=terms.name,
        slug=found.file.slug,
        calendars=tuple(terms.calendars),
        pools=tuple(sorted(pools)),
        people=tuple(
            (normal_address(entry.email), key, entry) for key, entry in terms.people.items() if entry.email
        ),
    )


def zone_for(email: str, side: str, at: datetime) -> str:
    """The time zone of whom the version in force names so, else that of the side's hours; empty: none is."""
    found = version_in_force(at)
    if found is None:
        return ""
    terms = found.agreement
    named = [who for who in terms.people.values() if who.email and normal_address(who.email) == email]
    if len(named) == 1 and named[0].calendar:
        calendar = terms.calendar(named[0].calendar)
    else:
        calendar = terms.calendar_of(Party(side) if side in set(Party) else Party.MARKETING)
    return calendar.zone_on(at.date()).key


def differences(person: User, agreed: Agreed) -> list[Difference]:
    """Where the account and the agreement in force disagree; nothing where the agreement does not say."""
    entry = agreed.person(person.email)
    if entry is None:
        return []
    rows = (
        (_("side"), person.side, str(entry.side)),
        (_("role"), person.role, str(entry.role)),
        (_("calendar"), person.calendar, entry.calendar or ""),
        (_("pool"), person.pool, entry.pool or ""),
    )
    return [Difference(what, here, there) for what, here, there in rows if there and here != there]
