"""Letting people in: each by a link of their own that works once. Only a digest of its token is kept."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accord.errors import EditConflict, EntryInvalid, NotAllowed, PageUnknown, Problem
from accord.report.format import name as shown
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.addresses import normal_address
from accord.server.people.agreed import zone_for
from accord.server.people.fitting import must_fit, one_line
from accord.server.people.models import Invitation, User
from accord.server.people.rights import may_give

VALID_FOR = timedelta(days=7)


class Standing(StrEnum):
    """What became of an invitation."""

    OPEN = "open"  # its link lets one person in
    ACCEPTED = "accepted"  # somebody came in by it
    WITHDRAWN = "withdrawn"  # taken back, or replaced by a newer one
    EXPIRED = "expired"  # nobody came in time


@dataclass(frozen=True)
class Wanted:
    """Who is to be let in, as what."""

    email: str
    side: str
    role: str
    name: str = ""


@dataclass(frozen=True)
class Invited:
    """An invitation with its link, which can be shown now and never again."""

    invitation: Invitation
    link: str


def invite(by: Actor, wanted: Wanted, link_of: Callable[[str], str]) -> Invited:
    """Open an invitation and mail its link; one that was open for the address before ends.

    `link_of` makes the full address out of a token. NotAllowed where the inviter may not give this side and
    role, EntryInvalid where something does not fit or the address has an account already.
    """
    try:
        return _invite(by, wanted, link_of)
    except IntegrityError:
        raise EditConflict(
            _("somebody else is inviting this address at this moment; look at the list of open invitations")
        ) from None


@transaction.atomic
def _invite(by: Actor, wanted: Wanted, link_of: Callable[[str], str]) -> Invited:
    inviter, email = _inviter(by), normal_address(wanted.email)
    invitation = Invitation(email=email, name=one_line(wanted.name), side=wanted.side, role=wanted.role)
    must_fit(invitation, ("email", "name", "side", "role"))
    _must_be_allowed(inviter, wanted.side, wanted.role)
    if person := User.objects.filter(email=email).first():
        raise EntryInvalid([Problem("", 0, "email", _has_account(person))])
    _end_open_one(by, inviter, email)
    token = secrets.token_urlsafe(32)
    invitation.token_digest, invitation.invited_by = digest_of(token), inviter
    invitation.expires_at = timezone.now() + VALID_FOR
    invitation.save()
    record(by, Action.INVITED, email, link=reverse("people"), side=wanted.side, role=wanted.role)
    link = link_of(token)
    _send(invitation, link)
    return Invited(invitation, link)


def _inviter(by: Actor) -> User:
    if by.user is None:
        raise NotAllowed("only people with an account invite others; sign in first")
    return by.user


def _must_be_allowed(by: User, side: str, role: str) -> None:
    if not may_give(by, side, role):
        raise NotAllowed(
            _("you invite people of your own side, to a role not above yours; ask operations for others")
        )


def _has_account(person: User) -> str:
    if person.is_active:
        return _("%(name)s has an account with this address already") % {"name": shown(person.name)}
    return _("%(name)s had an account with this address; switch it on again") % {"name": shown(person.name)}


def _end_open_one(by: Actor, inviter: User, email: str) -> None:
    before = Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None).first()
    if before is None:
        return
    if not may_give(inviter, before.side, before.role):
        raise NotAllowed(
            _("%(name)s has invited this address already, to another side; ask there to take it back")
            % {"name": shown(before.invited_by.name)}
        )
    _withdraw(by, before, again=True)


def _send(invitation: Invitation, link: str) -> None:
    words = {"invitation": invitation, "link": link, "inviter": shown(invitation.invited_by.name)}
    subject = render_to_string("people/mail/invitation_subject.txt", words).strip()
    send_mail(subject, render_to_string("people/mail/invitation.txt", words), None, [invitation.email])


@transaction.atomic
def withdraw(by: Actor, invitation: Invitation) -> None:
    """Take an invitation back; NotAllowed for whoever could not have given it, EditConflict if it is over."""
    _must_be_allowed(_inviter(by), invitation.side, invitation.role)
    if not _withdraw(by, invitation):
        raise EditConflict(_("this invitation has ended already; nothing is left to take back"))


def _withdraw(by: Actor, invitation: Invitation, **detail: object) -> bool:
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if not still_open.update(withdrawn_at=timezone.now()):
        return False
    record(by, Action.INVITATION_WITHDRAWN, invitation.email, link=reverse("people"), **detail)
    return True


def digest_of(token: str) -> str:
    """What is kept of a token: enough to know it again, not to use it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find_by_token(token: str) -> Invitation:
    """The invitation that a link belongs to, whatever became of it; PageUnknown where there is none."""
    found = Invitation.objects.select_related("invited_by").filter(token_digest=digest_of(token)).first()
    if found is None:
        raise PageUnknown(_("an invitation by this link"))
    return found


def find_open_for(email: str) -> Invitation | None:
    """The invitation by which somebody with this address may come in now."""
    return Invitation.objects.filter(
        email=normal_address(email), accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).first()


def standing(invitation: Invitation) -> Standing:
    if invitation.accepted_at is not None:
        return Standing.ACCEPTED
    if invitation.withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.OPEN if invitation.expires_at > timezone.now() else Standing.EXPIRED


def accept(invitation: Invitation, name: str, password: str | None, *, address: str = "") -> User:
    """The account of whom the invitation was for; `password` None: sign-in by the company's account only.

    EditConflict where the invitation ended in the meantime, also when two people use the link at once: one
    of them comes in.
    """
    try:
        return _accept(invitation, name, password, address)
    except IntegrityError:
        raise EditConflict(_("there is an account with this address already; sign in")) from None


@transaction.atomic
def _accept(invitation: Invitation, name: str, password: str | None, address: str) -> User:
    now, name = timezone.now(), one_line(name)
    must_fit(User(name=name), ("name",))
    waiting = Invitation.objects.filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=now
    )
    if not waiting.update(accepted_at=now):
        raise EditConflict(_("this invitation has ended in the meantime; open its link again to see why"))
    user = User.objects.create_user(
        invitation.email,
        password,
        name=name,
        side=invitation.side,
        role=invitation.role,
        zone=invitation.invited_by.zone or zone_for(invitation.email, invitation.side, now),
    )
    record(
        Actor(user, "page", address),
        Action.JOINED,
        user.name,
        link=reverse("person", args=[user.pk]),
        invited_by=invitation.invited_by.name,
    )
    return user
