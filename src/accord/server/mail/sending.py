"""Sending what the outbox holds: the worker's chore.

Whoever sends a message leases it first, by a conditional update, and marks it as sent afterwards. So it goes
out once, whoever else sends; only where a process dies between the mail server's yes and our mark does it go
out again, under the same Message-ID, by which a mailbox can tell. The other order would lose messages.
"""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.mail.models import Message
from accord.server.running.logs import logger, without_secrets

LEASE = timedelta(minutes=5)
MOST_TRIES = 10  # over about a day: 1, 2, 4 … minutes, at most six hours apart
LONGEST_WAIT = timedelta(hours=6)
STALE = timedelta(days=3)  # then a link in it has expired, and nobody waits for it
KEPT_FOR = timedelta(days=90)
_AT_ONCE = 50
_LINK_TAKEN = "it waited for more than three days; its link would let somebody in, so it was not kept"
log = logger(__name__)


@dataclass(frozen=True)
class Lease:
    """A message that is ours to send until `until`."""

    message: Message
    until: Any


def sends_mail() -> bool:
    """Whether a way to send is configured (ACCORD_MAIL_URL). Without one, messages only wait."""
    return bool(settings.ENV.mail)


def send_due(connection: BaseEmailBackend | None = None) -> int:
    """Send what is due, at most fifty at once; how many went out. A server that is away ends the round."""
    if connection is None and not sends_mail():
        return 0
    _give_up_stale()
    sent = 0
    way = connection or get_connection(**settings.ENV.mail)
    try:
        for lease in _leases():
            if (error := _try(way, lease.message)) is None:
                _mark_sent(lease)
                sent += 1
                continue
            _note(lease, error)
            if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | ValueError):
                break  # it is the server, not this message: the others wait for the next round
    finally:
        way.close()
    if sent:
        log.info("mail sent", messages=sent)
    return sent


@transaction.atomic
def try_again(by: Actor, pk: int) -> bool:
    """Put a message that was given up back among those that wait; False if it is none."""
    fresh = {"state": Message.State.WAITING, "due_at": timezone.now(), "tries": 0, "leased_until": None}
    given_up = Message.objects.filter(pk=pk, state=Message.State.FAILED).exclude(text="")
    about = given_up.values_list("subject", flat=True).first()
    if not given_up.update(**fresh):
        return False
    record(by, Action.MAIL_TRIED_AGAIN, about or "", link=reverse("outbox"))
    return True


def forget_old() -> int:
    """Delete what was sent or given up long ago: it holds names and addresses of people.

    Also where no mail is sent, what waited too long is given up, and a text that lets somebody in goes.
    """
    _give_up_stale()
    _blank_links()
    long_ago = Q(made_at__lt=timezone.now() - KEPT_FOR) & ~Q(state=Message.State.WAITING)
    return Message.objects.filter(long_ago).delete()[0]


def _leases() -> Iterator[Lease]:
    now = timezone.now()
    free = Q(state=Message.State.WAITING, due_at__lte=now) & (Q(leased_until=None) | Q(leased_until__lt=now))
    for pk in list(Message.objects.filter(free).values_list("pk", flat=True)[:_AT_ONCE]):
        until = timezone.now() + LEASE
        if Message.objects.filter(free, pk=pk).update(leased_until=until, tries=F("tries") + 1):
            yield Lease(Message.objects.get(pk=pk), until)


def _try(way: BaseEmailBackend, message: Message) -> Exception | None:
    try:
        way.open()  # once for all of a round
        way.send_messages([_as_mail(message)])
    except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: headers that mail cannot have
        return error
    return None


def _as_mail(message: Message) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    known_by = f"<accord-{message.pk}-{int(message.made_at.timestamp())}@{domain}>"
    mail = EmailMultiAlternatives(
        message.subject,
        message.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={"Message-ID": known_by, "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _mark_sent(lease: Lease) -> None:
    # Its text goes: a link in it may still let somebody in, and who keeps the outbox need not have it.
    Message.objects.filter(pk=lease.message.pk, leased_until=lease.until).update(
        state=Message.State.SENT, sent_at=timezone.now(), leased_until=None, problem="", text="", html=""
    )


def _note(lease: Lease, error: Exception) -> None:
    message, problem = lease.message, _said(error)
    given_up = message.tries >= MOST_TRIES or _for_good(error)
    wait = min(timedelta(minutes=2 ** (message.tries - 1)), LONGEST_WAIT)
    Message.objects.filter(pk=message.pk, leased_until=lease.until).update(
        state=Message.State.FAILED if given_up else Message.State.WAITING,
        due_at=timezone.now() + wait,
        leased_until=None,
        problem=problem[:1000],
    )
    log.warning("mail not sent", message=message.pk, tries=message.tries, given_up=given_up, problem=problem)


def _for_good(error: Exception) -> bool:
    """Whether the mail server, or our own look at the headers, refused this message and would again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({(code, _text(reason)) for code, reason in error.recipients.values()})
        return without_secrets("; ".join(f"{code} {reason}" for code, reason in codes))
    if isinstance(error, smtplib.SMTPResponseException):
        return without_secrets(f"{error.smtp_code} {_text(error.smtp_error)}")
    return without_secrets(f"{type(error).__name__}: {error}")


def _text(reason: bytes | str) -> str:
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason


def _blank_links() -> None:
    """Take the text of what was not sent in time, if a link in it would let somebody in."""
    lets_in = Q(text__contains="/join/") | Q(text__contains="/reset/key/")
    late = ~Q(state=Message.State.SENT) & Q(made_at__lt=timezone.now() - STALE)
    free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    Message.objects.filter(lets_in, late, free).update(
        state=Message.State.FAILED, text="", html="", problem=_LINK_TAKEN
    )


def _give_up_stale() -> None:
    stale = Message.objects.filter(state=Message.State.WAITING, due_at__lt=timezone.now() - STALE)
    stale.filter(Q(leased_until=None) | Q(leased_until__lt=timezone.now())).update(
        state=Message.State.FAILED,
        problem="it waited for more than three days; what it says may have passed",
    )
