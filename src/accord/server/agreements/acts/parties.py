"""Who somebody is in an agreement: accounts are joined to its people by e-mail address.

The address says who is meant, the account's side and role say who it is here: whoever lets people in gives
them those, so an address that somebody took before its owner came signs for nobody.
"""

from accord.agreement.clauses.people import Role as AgreedRole
from accord.agreement.plain import clean
from accord.agreement.terms import Agreement
from accord.errors import InputError, SignatureRefused
from accord.server.audit.trail import Actor
from accord.server.people.addresses import normal_address
from accord.server.people.models import Role, User


def party(agreement: Agreement, user: User) -> str | None:
    """The key under `people` of whoever has this e-mail address; None for somebody who is no party to it."""
    for key, who in agreement.people.items():
        if who.count == 1 and who.email and normal_address(who.email) == user.email:
            return key
    return None


def must_be_party(agreement: Agreement, user: User) -> str:
    """As `party`, for whoever acts: the account has to be on the side that the agreement says, and a head
    where it says head. SignatureRefused says what is to be mended.
    """
    key = party(agreement, user)
    if key is None:
        raise SignatureRefused(
            f"{clean(user.email, 100)} is nobody's address under `people` in this version; add it there, or "
            "ask somebody who is named"
        )
    who = agreement.people[key]
    name = clean(who.name or key, 80)
    if user.side != who.side:
        raise SignatureRefused(
            f"{name} is on the side of {who.side} in this version, and your account on that of {user.side}; "
            "ask operations to mend the account, or mend the version"
        )
    if who.role is AgreedRole.HEAD and user.role != Role.HEAD:
        raise SignatureRefused(
            f"{name} is head of {who.side} in this version, and your account is that of a {user.role}; ask "
            "operations to mend the account, or mend the version"
        )
    return key


def user_of(by: Actor) -> User:
    """The person who acts; InputError for the system and for strangers."""
    if by.user is None:
        raise InputError("an agreement is changed by a person; sign in first")
    return by.user
