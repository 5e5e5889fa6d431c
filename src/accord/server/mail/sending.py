"""Sending what the outbox holds: by mail and into chats, by one code path.

Whoever sends a message leases it first, by a conditional update, and marks it as sent afterwards. So it goes
out once, whoever else sends; only where a process dies between the other end's yes and our mark does it go
out again, under the same id (`Message-ID`, `Idempotency-Key`), by which a receiver can tell. The other order
would lose messages.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accord.channels import Channel as Way
from accord.channels import Enclosure as Enclosed
from accord.channels import Parcel
from accord.channels.email import Mail
from accord.channels.webhook import Webhook
from accord.errors import Undelivered
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.mail.models import Enclosure, Message
from accord.server.mail.sealing import unseal
from accord.server.running.logs import logger, without_secrets
from accord.server.running.turns import in_turn

LEASE = timedelta(minutes=1)  # twice what a delivery may take
MOST_TRIES = 10  # over about a day: 1, 2, 4 … minutes, at most six hours apart
LONGEST_WAIT = timedelta(hours=6)
STALE = timedelta(days=3)  # then a link in it has expired, and nobody waits for it
KEPT_FOR = timedelta(days=90)
_AT_ONCE = 100
_TOGETHER = 20  # are leased in one go: so many wait for the end of a lease where a worker dies
_UNMARKED_S = 0.05
_AWAY_S = 5.0
_LINK_TAKEN = "it waited for more than three days; its link would let somebody in, so it was not kept"
_MAIL, _CHAT = Q(channel=None), Q(channel__isnull=False)
log = logger(__name__)


@dataclass(frozen=True)
class Lease:
    """A message that is ours to send until `until`."""

    message: Message
    until: datetime
    taken_at: float = field(default_factory=time.monotonic)


@dataclass
class Round:
    """How one round of sending went: how many went out, and whether the other end is away for all."""

    sent: int = 0
    away: bool = False


def sends_mail() -> bool:
    """Whether a way to send is configured (ACCORD_MAIL_URL). Without one, messages only wait."""
    return bool(settings.ENV.mail)


def send_due(connection: BaseEmailBackend | None = None) -> int:
    """Send the mail that is due, at most a hundred at once; how many went out. A server that is away ends the
    round; what waited too long is given up first."""
    if connection is None and not sends_mail():
        return 0
    _give_up_stale()
    return _send(
        _MAIL, Mail(connection or get_connection(**settings.ENV.mail), settings.DEFAULT_FROM_EMAIL)
    ).sent


def send_mails(at: datetime) -> float:
    """The worker's line: how many mails went out, or below 0 how many seconds to leave the server alone."""
    if not sends_mail() or not _due(_MAIL, at).exists():
        return 0
    done = _send(_MAIL, Mail(get_connection(**settings.ENV.mail), settings.DEFAULT_FROM_EMAIL))
    return -_AWAY_S if done.away else done.sent


def send_chats(at: datetime) -> float:
    """The worker's line for chats, which are asked side by side: one that hangs holds up none of the others.

    What else waits for a chat that did not answer is put off with the message that found out.
    """
    numbers = list(_due(_CHAT, at).values_list("pk", flat=True)[:_TOGETHER])
    if not numbers:
        return 0
    by_chat = defaultdict(list)
    for lease in _leased(_CHAT, numbers):
        by_chat[lease.message.channel_id].append(lease)
    with ThreadPoolExecutor(max_workers=len(by_chat) or 1, thread_name_prefix="chat") as pool:
        asked = [pool.submit(_post_all, leases) for leases in by_chat.values()]
        posted = [_posted(done.result()) for done in as_completed(asked)]
    return sum(posted)


@dataclass
class _Posted:
    """How it went with the messages to one chat, in their order, up to the first that failed."""

    sent: list[Lease] = field(default_factory=list)
    left: list[Lease] = field(default_factory=list)
    refused: list[tuple[Lease, Undelivered]] = field(default_factory=list)


def _post_all(leases: Sequence[Lease]) -> _Posted:
    """Post to one chat, in a thread of its own; nothing here asks the database."""
    done = _Posted(left=list(leases))
    while done.left and time.monotonic() - done.left[0].taken_at < LEASE.total_seconds() / 2:
        lease, channel = done.left[0], done.left[0].message.channel
        way = Webhook(channel.kind if channel else "", settings.ENV.chat_hosts)
        try:
            way.deliver(parcel(lease.message))
        except Undelivered as error:
            done.refused.append((done.left.pop(0), error))
            if not error.for_good:
                break
        else:
            done.sent.append(done.left.pop(0))
        finally:
            way.close()
    return done


def _posted(done: _Posted) -> int:
    """Mark what became of the messages to one chat; how many were posted."""
    sent = _Sent()
    for lease in done.sent:
        sent.add(lease)
    sent.mark()
    for lease, error in done.refused:
        due_at = _note(lease, error)
        if not error.for_good:
            others = Message.objects.filter(channel=lease.message.channel_id, state=Message.State.WAITING)
            others.filter(due_at__lt=due_at).update(due_at=due_at)
    _give_back(done.left)
    return len(done.sent)


def _send(which: Q, way: Way) -> Round:
    done, sent = Round(), _Sent()
    try:
        for lease in _leases(which, sent):
            if not _still_wanted(lease):
                continue
            try:
                way.deliver(parcel(lease.message))
            except Undelivered as error:
                _note(lease, error)
                if error.for_all:
                    done.away = True
                    break  # it is the server, not this message: the others wait for the next round
            else:
                sent.add(lease)
                done.sent += 1
    finally:
        sent.mark()
        way.close()
    if done.sent:
        log.info("messages sent", messages=done.sent)
    return done


def _still_wanted(lease: Lease) -> bool:
    """Whether it is to go out by now: while others were sent, the person may have asked for no more."""
    ours = Message.objects.filter(pk=lease.message.pk, leased_until=lease.until, to=lease.message.to)
    return ours.filter(state=Message.State.WAITING).exists()


def parcel(message: Message) -> Parcel:
    """A message as a channel delivers it."""
    channel = message.channel
    return Parcel(
        id=f"accord-{message.pk}-{int(message.made_at.timestamp())}",
        to=unseal(channel.sealed) if channel else message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        link=message.link,
        enclosures=() if channel else tuple(map(_enclosed, message.enclosures.all())),
    )


def _enclosed(one: Enclosure) -> Enclosed:
    return Enclosed(one.name, one.kind, bytes(one.data), one.cid)


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
    _forget_enclosures()
    long_ago = Q(made_at__lt=timezone.now() - KEPT_FOR) & ~Q(state=Message.State.WAITING)
    return Message.objects.filter(long_ago).delete()[0]


def _due(which: Q, at: datetime) -> QuerySet[Message]:
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    return Message.objects.filter(which, free, state=Message.State.WAITING, due_at__lte=at).order_by("pk")


def _leases(which: Q, sent: "_Sent") -> Iterator[Lease]:
    """Messages that are due, leased a few at a time; those not asked for are given back untried."""
    numbers = list(_due(which, timezone.now()).values_list("pk", flat=True)[:_AT_ONCE])
    for first in range(0, len(numbers), _TOGETHER):
        leases = _leased(which, numbers[first : first + _TOGETHER])
        try:
            while leases:
                if leases[0].until - timezone.now() < LEASE / 2:
                    break  # the others took long: whoever comes next may have these
                yield replace(leases.pop(0), taken_at=time.monotonic())
        finally:
            sent.mark()
            _give_back(leases)


def _leased(which: Q, numbers: list[int]) -> list[Lease]:
    now = timezone.now()
    until = now + LEASE
    with in_turn():
        _due(which, now).filter(pk__in=numbers).update(leased_until=until, tries=F("tries") + 1)
    ours = Message.objects.filter(pk__in=numbers, leased_until=until, state=Message.State.WAITING)
    return [
        Lease(message, until)
        for message in ours.select_related("channel").prefetch_related("enclosures").order_by("pk")
    ]


def _give_back(leases: list[Lease]) -> None:
    for lease in leases:
        ours = Message.objects.filter(pk=lease.message.pk, leased_until=lease.until)
        ours.update(leased_until=None, tries=F("tries") - 1)


class _Sent:
    """Messages that went out and are not yet marked: for a twentieth of a second at most, or for one
    delivery. A mark for each is a commit for each, which costs more than the delivery where many are sent.
    """

    def __init__(self) -> None:
        self._leases: list[Lease] = []
        self._since = 0.0

    def add(self, lease: Lease) -> None:
        if not self._leases:
            self._since = lease.taken_at
        self._leases.append(lease)
        if time.monotonic() - self._since >= _UNMARKED_S:
            self.mark()

    def mark(self) -> None:
        for until in {lease.until for lease in self._leases}:
            ours = [lease.message.pk for lease in self._leases if lease.until == until]
            with in_turn():
                Message.objects.filter(pk__in=ours, leased_until=until).update(**_sent_now())
        self._leases = []


def _sent_now() -> dict[str, Any]:
    """Its text goes: a link in it may still let somebody in, and who keeps the outbox need not have it."""
    return {
        "state": Message.State.SENT, "sent_at": timezone.now(), "leased_until": None,
        "problem": "", "text": "", "html": "",
    }  # fmt: skip


def _note(lease: Lease, error: Undelivered) -> datetime:
    """Say why a message did not go out, and when it is tried again; one that was taken back stays so."""
    message, problem = lease.message, without_secrets(str(error))
    given_up = message.tries >= MOST_TRIES or error.for_good
    wait = min(timedelta(minutes=2 ** (message.tries - 1)), LONGEST_WAIT)
    if error.wait is not None:
        wait = max(timedelta(seconds=error.wait), timedelta(seconds=1))
    due_at = timezone.now() + wait
    ours = Message.objects.filter(pk=message.pk, leased_until=lease.until, state=Message.State.WAITING)
    ours.update(
        state=Message.State.FAILED if given_up else Message.State.WAITING,
        due_at=due_at,
        leased_until=None,
        problem=problem[:1000],
    )
    log.warning(
        "message not sent", message=message.pk, tries=message.tries, given_up=given_up, problem=problem
    )
    return due_at


def _blank_links() -> None:
    """Take the text of what was not sent in time, if a link in it would let somebody in."""
    lets_in = Q(text__contains="/join/") | Q(text__contains="/reset/key/")
    late = ~Q(state=Message.State.SENT) & Q(made_at__lt=timezone.now() - STALE)
    free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    Message.objects.filter(lets_in, late, free).update(
        state=Message.State.FAILED, text="", html="", problem=_LINK_TAKEN
    )


def _forget_enclosures() -> None:
    """Files that no message will carry any more: they weigh more than all else that is kept here."""
    carried = Message.objects.exclude(state=Message.State.SENT).values("enclosures")
    old = Enclosure.objects.filter(made_at__lt=timezone.now() - timedelta(days=1))
    old.exclude(pk__in=carried.filter(enclosures__isnull=False)).delete()


def _give_up_stale() -> None:
    stale = Message.objects.filter(state=Message.State.WAITING, due_at__lt=timezone.now() - STALE)
    stale.filter(Q(leased_until=None) | Q(leased_until__lt=timezone.now())).update(
        state=Message.State.FAILED,
        problem="it waited for more than three days; what it says may have passed",
    )
