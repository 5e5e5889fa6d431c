"""Who gets which paper, and writing it down for them: each once, in their own hours (8.6).

A newer one of a kind takes the place of one that still waits: after a weekend or a breakdown nobody finds a
pile. What somebody chose counts; who chose nothing gets what is usual for their role.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.server.alerts.models import Recipient
from accord.server.alerts.noticing import Desk
from accord.server.alerts.whom import zone_of
from accord.server.mail.models import Channel, Enclosure, Message
from accord.server.people.models import Role, Side, User
from accord.server.rituals.models import Delivery

STAND_UP, NIGHTLY, WEEKLY, PACK, ANNOUNCED = "stand_up", "nightly", "weekly", "pack", "announced"
KINDS: dict[str, str | Promise] = {
    STAND_UP: _("The stand-up sheet, when it is made"),
    NIGHTLY: _("The nightly mail with both sides' charts"),
    WEEKLY: _("The decisions of the week"),
    PACK: _("The pack for the review meeting"),
    ANNOUNCED: _("Wins and misses"),
}
_LEADERS = frozenset(KINDS)
_MEMBERS = frozenset({WEEKLY, ANNOUNCED})
_REPLACED = (STAND_UP, NIGHTLY, WEEKLY)  # of these only the newest is worth reading
_WORKING = (Side.MARKETING, Side.SALES, Side.OPERATIONS)


@dataclass(frozen=True)
class Letter:
    """What one reader is written."""

    subject: str
    text: str
    html: str = ""


def usual(user: User) -> frozenset[str]:
    """What somebody gets who chose nothing."""
    return _MEMBERS if user.role == Role.MEMBER else _LEADERS


def chosen(recipient: Recipient | None, user: User) -> frozenset[str]:
    """The papers that somebody gets by mail."""
    if recipient is None or recipient.rituals is None:
        return usual(user)
    return frozenset(recipient.rituals.split()) & frozenset(KINDS)


def readers(kind: str) -> list[User]:
    """Everybody who works here, has an account that is on, and wants this by mail."""
    people = User.objects.filter(is_active=True, side__in=_WORKING).select_related("recipient").order_by("pk")
    found = []
    for user in people:
        recipient = getattr(user, "recipient", None)
        if (recipient is None or recipient.by_mail) and kind in chosen(recipient, user):
            found.append(user)
    return found


def post(
    kind: str,
    about: str,
    at: datetime,
    write: Callable[[User], Letter],
    enclosures: Sequence[Enclosure] = (),
) -> int:
    """Write one paper to everybody who wants it, in their language and by their clock; how many letters.

    Whoever is away is not written to: the page keeps it. Call it in the transaction that makes the paper.
    """
    desk = Desk(at)
    people = [user for user in readers(kind) if not desk.roster.is_away(user)]
    recipients = desk.recipients(people)
    known = set(Delivery.objects.filter(kind=kind, about=about).values_list("user_id", flat=True))
    fresh = [user for user in people if user.pk not in known]
    for user in fresh:
        opening = desk.hours_of(recipients[user.pk], urgent=True).opening(at)
        with translation.override(user.language or settings.LANGUAGE_CODE), timezone.override(zone_of(user)):
            letter = write(user)
        message = Message.objects.create(
            to=user.email, subject=" ".join(letter.subject.split())[:254], text=letter.text, html=letter.html,
            made_at=at, due_at=opening,
        )  # fmt: skip
        message.enclosures.set(enclosures)
        _take_the_place(kind, message, user=user)
        Delivery.objects.create(kind=kind, about=about, user=user, message=message, at=at)
    return len(fresh)


def post_into_chats(kind: str, about: str, at: datetime, letter: Callable[[], Letter], link: str) -> int:
    """Post the same to every chat that is told of such things, in the language of the installation."""
    desk, posted = Desk(at), 0
    known = set(Delivery.objects.filter(kind=kind, about=about).values_list("channel_id", flat=True))
    for channel in _chats():
        if channel.pk in known:
            continue
        recipient, _made = Recipient.objects.get_or_create(channel=channel)
        opening = desk.hours_of(recipient, urgent=False).opening(at)
        with translation.override(settings.LANGUAGE_CODE):
            said = letter()
        message = Message.objects.create(
            to=channel.name, channel=channel, subject=said.subject[:254], text=said.text, link=link[:254],
            made_at=at, due_at=opening,
        )  # fmt: skip
        _take_the_place(kind, message, channel=channel)
        Delivery.objects.create(kind=kind, about=about, channel=channel, message=message, at=at)
        posted += 1
    return posted


def _chats() -> Iterable[Channel]:
    """Chats that want it; what is for the leads of one pool, or of one side, is no place for both sides'."""
    return Channel.objects.filter(is_active=True, rituals=True, pool="", side="").select_related("recipient")


def _take_the_place(
    kind: str, message: Message, *, user: User | None = None, channel: Channel | None = None
) -> None:
    """Drop what of the same kind still waits for the same recipient."""
    if kind not in _REPLACED:
        return
    before = Delivery.objects.filter(kind=kind, user=user, channel=channel).values("message_id")
    waiting = Message.objects.filter(pk__in=before, state=Message.State.WAITING, leased_until=None)
    waiting.exclude(pk=message.pk).delete()
