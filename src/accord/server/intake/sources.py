"""Sources: made, changed, given a new secret, switched off and on; each by name in the audit."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accord.agreement.plain import clean
from accord.errors import EntryInvalid, NotSignedIn, PageUnknown, Problem
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.intake.models import Source
from accord.server.intake.signing import locked, new_secret

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_TOLD = ("name", "lead_type", "stream", "label", "source_owner", "signal")


def find_source(key: str, kind: Source.Kind) -> Source:
    """A source that is switched on; PageUnknown for any other, so that nobody learns which there were."""
    known = Source.objects.select_related("made_by").filter(key=key[:32], kind=kind, off_at=None)
    found = known.first() if "\x00" not in key else None
    if found is None:
        raise PageUnknown(clean(key, 32), noun=f"{kind} here")
    return found


@transaction.atomic
def make_source(by: Actor, kind: Source.Kind, told: Mapping[str, Any]) -> tuple[Source, str]:
    """A new source, and the secret of a webhook, which is shown this once; empty for a form."""
    if by.user is None:
        raise NotSignedIn("a source belongs to a person; sign in first")
    source = Source(key=secrets.token_urlsafe(12), kind=kind, made_by=by.user)
    _fill(source, told)
    secret = _give_secret(source) if kind == Source.Kind.HOOK else ""
    source.save()
    _record(by, Action.SOURCE_MADE, source)
    return source, secret


@transaction.atomic
def change_source(by: Actor, pk: int, told: Mapping[str, Any]) -> Source:
    """Other words about a source; its address stays."""
    source = _held(pk)
    _fill(source, told)
    source.save()
    _record(by, Action.SOURCE_CHANGED, source)
    return source


@transaction.atomic
def rotate_secret(by: Actor, pk: int) -> tuple[Source, str]:
    """A new secret of a webhook; the one before stops at once."""
    source = _held(pk)
    if source.kind != Source.Kind.HOOK:
        raise PageUnknown(source.name, noun="webhook")
    secret = _give_secret(source)
    source.save()
    _record(by, Action.SOURCE_SECRET, source)
    return source, secret


@transaction.atomic
def switch_source(by: Actor, pk: int, *, on: bool) -> Source:
    """Off: nothing comes in by it any more. On again: under the same address."""
    source = _held(pk)
    if (source.off_at is None) != on:
        source.off_at = None if on else timezone.now()
        source.save()
        _record(by, Action.SOURCE_SWITCHED, source, on=on)
    return source


def hosts_in(text: str) -> list[str]:
    """Names of hosts, one a line or by commas; EntryInvalid for what is none."""
    hosts = [part for part in re.split(r"[\s,]+", text.strip().lower()) if part]
    wrong = [host for host in hosts if not _HOST.fullmatch(host) or len(host) > 253]
    if wrong or len(hosts) > 50:
        what = f"{clean(wrong[0], 60)} is no name of a host" if wrong else "there are more than 50"
        raise EntryInvalid(
            [Problem("", 0, "return_hosts", what, "write names as www.acme.example, one a line")]
        )
    return hosts


def _fill(source: Source, told: Mapping[str, Any]) -> None:
    for name in _TOLD:
        most = getattr(Source._meta.get_field(name), "max_length", 80)
        setattr(source, name, clean(str(told.get(name, "") or ""), most))
    source.return_hosts = hosts_in(str(told.get("return_hosts", "")))
    if not source.name:
        raise EntryInvalid([Problem("", 0, "name", "the source has no name", "name the form or the tool")])


def _give_secret(source: Source) -> str:
    secret = new_secret()
    source.secret, source.hint, source.secret_at = locked(secret), secret[:10], timezone.now()
    return secret


def _held(pk: int) -> Source:
    found = Source.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise PageUnknown(str(pk), noun="source")
    return found


def _record(by: Actor, action: Action, source: Source, **detail: Any) -> None:
    record(by, action, source.name, link=reverse("intake"), source=source.pk, kind=str(source.kind), **detail)
