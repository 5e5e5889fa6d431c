"""What people choose about alerts: how they are told, and which chats are."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.channels.webhook import target
from accord.errors import CalendarInvalid, EntryInvalid, PageUnknown, Problem
from accord.server.alerts.models import Recipient
from accord.server.alerts.noticing import TEST, Matter, write, write_to
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.mail.models import Channel, Message
from accord.server.mail.sealing import seal
from accord.server.people.fitting import must_fit, one_line
from accord.server.people.models import User
from accord.worktime.weekly import parse_window, show_window

LONGEST_GATHERED = 24 * 60  # minutes


@dataclass(frozen=True)
class Wish:
    """How somebody wants to be told. `quiet` are hours of the day such as 19:00-08:00, or nothing."""

    by_mail: bool = True
    gather_minutes: int = 10
    at_any_hour: bool = False
    quiet: str = ""
    rituals: tuple[str, ...] | None = None  # papers by mail; None leaves what was chosen, or what is usual


@transaction.atomic
def wish(by: Actor, user: User, wanted: Wish) -> Recipient:
    """Keep how somebody wants to be told. EntryInvalid for hours that are none."""
    quiet = _quiet(wanted.quiet)
    if not 0 <= wanted.gather_minutes <= LONGEST_GATHERED:
        raise EntryInvalid([Problem("", 0, "gather_minutes", _("gather for no longer than a day"))])
    recipient, _made = Recipient.objects.get_or_create(user=user)
    recipient.by_mail, recipient.at_any_hour = wanted.by_mail, wanted.at_any_hour
    recipient.gather_minutes, recipient.quiet = wanted.gather_minutes, quiet
    if wanted.rituals is not None:
        recipient.rituals = " ".join(wanted.rituals)
    recipient.save(update_fields=("by_mail", "at_any_hour", "gather_minutes", "quiet", "rituals"))
    record(
        by, Action.ALERTS_CHOSEN, user.name, link=reverse("alerts"),
        by_mail=wanted.by_mail, gather_minutes=wanted.gather_minutes,
        at_any_hour=wanted.at_any_hour, quiet=quiet, papers=recipient.rituals,
    )  # fmt: skip
    return recipient


def _quiet(text: str) -> str:
    if not text.strip():
        return ""
    try:
        start, end = parse_window(text.replace("–", "-"))
    except CalendarInvalid as error:
        raise EntryInvalid([Problem("", 0, "quiet", str(error))]) from None
    if end - start >= 24 * 60:
        text = _("these hours leave none in which you could be told; switch the mail off instead")
        raise EntryInvalid([Problem("", 0, "quiet", text)])
    return show_window((start, end)).replace("–", "-")


def try_out(user: User, at: datetime) -> bool:
    """Send somebody a message that only says that it arrives; False if one was sent this minute."""
    matter = Matter(TEST, f"test:{at:%Y-%m-%dT%H:%M}", at, (user,))
    with transaction.atomic():
        return bool(write([matter], at))


# Chats --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chat:
    """A chat as somebody enters it; without `url` the address that is kept stays."""

    name: str
    kind: str
    url: str = ""
    pool: str = ""
    side: str = ""
    warnings: bool = False
    rituals: bool = True
    is_active: bool = True


_FIELDS = ("name", "kind", "pool", "side")


@transaction.atomic
def add_chat(by: Actor, chat: Chat) -> Channel:
    """Enter a chat. EntryInvalid names every field that cannot be used."""
    channel = Channel()
    _take(channel, chat)
    channel.save()
    Recipient.objects.create(channel=channel)
    record(by, Action.CHANNEL_ADDED, channel.name, link=_link(channel), **_told(channel))
    return channel


@transaction.atomic
def change_chat(by: Actor, channel: Channel, chat: Chat) -> Channel:
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    _take(channel, chat)
    channel.save()
    record(by, Action.CHANNEL_CHANGED, channel.name, link=_link(channel), **_told(channel))
    return channel


@transaction.atomic
def remove_chat(by: Actor, channel: Channel) -> None:
    """Forget a chat with its address; what still waited for it does not go out."""
    record(by, Action.CHANNEL_REMOVED, channel.name, link=reverse("alert-channels"), **_told(channel))
    Message.objects.filter(channel=channel).delete()
    channel.delete()


def try_chat(channel: Channel, at: datetime) -> bool:
    """Post a message that only says that it arrives; False if one was posted this minute."""
    recipient, _made = Recipient.objects.get_or_create(channel=channel)
    matter = Matter(TEST, f"test:{at:%Y-%m-%dT%H:%M}", at)
    with transaction.atomic():
        return bool(write_to(recipient, matter, at))


def find_chat(pk: int) -> Channel:
    """The chat with this number; PageUnknown where there is none."""
    found = Channel.objects.filter(pk=pk).first()
    if found is None:
        raise PageUnknown(_("chat %(number)s") % {"number": pk})
    return found


def _take(channel: Channel, chat: Chat) -> None:
    problems: list[Problem] = []
    channel.name, channel.pool, channel.side = one_line(chat.name), one_line(chat.pool), chat.side
    channel.kind, channel.warnings, channel.is_active = chat.kind, chat.warnings, chat.is_active
    channel.rituals = chat.rituals
    try:
        if chat.url.strip() or not channel.sealed:
            channel.host = target(chat.url, settings.ENV.chat_hosts).host
            channel.sealed = seal(chat.url.strip())
    except EntryInvalid as error:
        problems += error.problems
    try:
        must_fit(channel, _FIELDS)
    except EntryInvalid as error:
        problems += error.problems
    if Channel.objects.filter(name=channel.name).exclude(pk=channel.pk).exists():
        problems.append(Problem("", 0, "name", _("another chat has this name; choose one of its own")))
    if problems:
        raise EntryInvalid(problems)


def _told(channel: Channel) -> dict[str, str | bool]:
    """Never the address: whoever has it may post."""
    return {
        "chat": channel.kind, "host": channel.host, "pool": channel.pool, "side": channel.side,
        "warnings": channel.warnings, "papers": channel.rituals, "on": channel.is_active,
    }  # fmt: skip


def _link(channel: Channel) -> str:
    return reverse("alert-channel", args=[channel.pk])
