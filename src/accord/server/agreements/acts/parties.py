"""Who somebody is in an agreement: accounts are joined to its people by e-mail address."""

from accord.agreement.plain import clean
from accord.agreement.terms import Agreement
from accord.errors import InputError, SignatureRefused
from accord.server.audit.trail import Actor
from accord.server.people.models import User


def party(agreement: Agreement, user: User) -> str | None:
    """The key under `people` of whoever has this e-mail address; None for somebody who is no party to it."""
    for key, who in agreement.people.items():
        if who.count == 1 and who.email and who.email.strip().lower() == user.email:
            return key
    return None


def must_be_party(agreement: Agreement, user: User) -> str:
    """As `party`; SignatureRefused says how one becomes one."""
    if key := party(agreement, user):
        return key
    raise SignatureRefused(
        f"{clean(user.email, 100)} is nobody's address under `people` in this version; add it there, or ask "
        "somebody who is named"
    )


def user_of(by: Actor) -> User:
    """The person who acts; InputError for the system and for strangers."""
    if by.user is None:
        raise InputError("an agreement is changed by a person; sign in first")
    return by.user
