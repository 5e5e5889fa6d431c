"""Tokens of integrations: shown once, kept as a digest; each acts as its owner within its scopes."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.agreement.plain import clean
from accord.errors import EntryInvalid, NotAllowed, NotSignedIn, PageUnknown, Problem
from accord.server.access import KEEPERS
from accord.server.api.models import Token
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.models import User

PREFIX = "acc_"
USUAL_DAYS, MOST_DAYS = 90, 366
SCOPES: Mapping[str, Promise | str] = {
    "agreements:read": _("Read agreements, drafts, surveys and calendars"),
    "agreements:write": _("Write drafts, propose, withdraw, hand in signatures, answer surveys"),
    "leads:read": _("Read leads and what became of what came in"),
    "leads:write": _("Hand in leads and events, and act on leads"),
    "people:read": _("Read people, invitations and absences"),
    "people:write": _("Invite and change people, enter absences"),
    "audit:read": _("Read the audit"),
    "score:read": _("Read the score, the book and decisions"),
}
_KNOWN = f"known are {', '.join(SCOPES)}"
_USED_EVERY = timedelta(minutes=1)
_REFUSED = "this token is none, has expired or was revoked; make one under Tokens"


@dataclass(frozen=True)
class Made:
    """A token with its text, which is kept nowhere: whoever made it sees it once."""

    token: Token
    text: str


@transaction.atomic
def make_token(
    by: Actor, *, name: str, scopes: Sequence[str], days: int = USUAL_DAYS, owner: User | None = None
) -> Made:
    """A new token of whoever acts, or of `owner`; EntryInvalid names every field that cannot be used."""
    owner = owner or by.user
    if owner is None:
        raise NotSignedIn("a token belongs to a person; sign in first")
    name = clean(name, 80).strip()
    if problems := list(_problems(name, scopes, days)):
        raise EntryInvalid(problems)
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        name=name,
        owner=owner,
        scopes=[scope for scope in SCOPES if scope in scopes],
        digest=digest_of(text),
        hint=text[:8],
        expires_at=timezone.now() + timedelta(days=days),
    )
    link = reverse("tokens")
    detail = {"token": token.pk, "owner": owner.name, "scopes": token.scopes, "days": days}
    record(by, Action.TOKEN_MADE, name, link=link, **detail)
    return Made(token, text)


def _problems(name: str, scopes: Sequence[str], days: int) -> list[Problem]:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    found = [
        (not name, "name", "the token has no name", "name the integration that uses it"),
        (not scopes, "scopes", "the token may do nothing", "choose at least one scope"),
        (
            bool(unknown),
            "scopes",
            f"no scope is called {', '.join(unknown)}",
            f"known are {', '.join(SCOPES)}",
        ),
        (not 1 <= days <= MOST_DAYS, "days", f"a token cannot live {days} days", f"say 1 to {MOST_DAYS}"),
    ]
    return [Problem("", 0, path, what, allowed) for wrong, path, what, allowed in found if wrong]


@transaction.atomic
def revoke_token(by: Actor, token: Token) -> None:
    """End a token at once; one that was revoked before stays as it is."""
    at = timezone.now()
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        token.revoked_at = at
        record(
            by,
            Action.TOKEN_REVOKED,
            token.name,
            link=reverse("tokens"),
            token=token.pk,
            owner=token.owner.name,
        )


def tokens_of(user: User) -> QuerySet[Token]:
    """The tokens that somebody may see and revoke: their own; all for those who run the installation."""
    every = Token.objects.select_related("owner")
    return every if KEEPERS.allows(user) else every.filter(owner=user)


def find_token(user: User, pk: int) -> Token:
    """A token to revoke; NotAllowed for one of somebody else."""
    found = Token.objects.select_related("owner").filter(pk=pk).first()
    if found is None:
        raise PageUnknown(f"token {pk}")
    if found.owner_id != user.pk and not KEEPERS.allows(user):
        raise NotAllowed("this token is of somebody else; they revoke it themselves, or operations does")
    return found


def token_with(text: str, at: datetime) -> Token:
    """The token with this text, if it still holds at `at` and its owner is switched on; NotSignedIn else."""
    digest = digest_of(text)
    found = Token.objects.select_related("owner").filter(digest=digest).first()
    if found is None or not secrets.compare_digest(found.digest, digest):
        raise NotSignedIn(_REFUSED)
    if found.revoked_at is not None or found.expires_at <= at or not found.owner.is_active:
        raise NotSignedIn(_REFUSED)
    return found


def mark_used(token: Token, at: datetime) -> None:
    """Note when a token was used, at most once a minute: reading should not write."""
    before = at - _USED_EVERY
    if token.used_at is None or token.used_at <= before:
        stale = Q(used_at=None) | Q(used_at__lte=before)
        Token.objects.filter(stale, pk=token.pk).update(used_at=at)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
