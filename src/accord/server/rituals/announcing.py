"""Wins and misses of both sides: drafted when a period is over or a goal is reached early, then announced.

A draft stands on its page for an hour, where a head of either side may hold it back with a reason, and let it
out later. Its words are made from figures and nobody edits them: who mends the figures mends the words.
"""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import EditConflict, EntryInvalid, NotAllowed, PageUnknown, Problem
from accord.report.announcing import closing, early
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.fitting import one_line
from accord.server.people.models import Role, Side, User
from accord.server.rituals import once, saying
from accord.server.rituals.counting import counted
from accord.server.rituals.models import Announcement
from accord.server.rituals.posting import ANNOUNCED, post, post_into_chats
from accord.server.rituals.timing import Company, company_at, then

State, Kind = Announcement.State, Announcement.Kind
WAITS = timedelta(hours=1)
_DAY = timedelta(days=1)


def draft_due(at: datetime) -> int:
    """Draft what is to be announced by now; how many are new. Looked at once on each working morning."""
    company = company_at(at)
    if company is None or not company.calendar.is_working_day(company.today):
        return 0
    name = f"announcing {company.today}"
    if at < company.morning(company.today) or once.is_done(name):
        return 0
    drafts = [*closed(company), *_early(company)]
    with transaction.atomic():
        if not once.claim(name):
            return 0
        known = set(
            Announcement.objects.filter(key__in=[one.key for one in drafts]).values_list("key", flat=True)
        )
        fresh = [one for one in drafts if one.key not in known]
        Announcement.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def closed(company: Company) -> list[Announcement]:
    """The interval that ended last, if it lies within the term and nothing was said of it."""
    now = company.interval(company.today)
    last = (now[0] if now else company.today.replace(day=1)) - _DAY
    company = then(company, last)
    ended = company.interval(last)
    if ended is None or ended[1] >= company.today:
        return []
    key = f"closed {ended[0]}"
    if Announcement.objects.filter(key=key).exists():
        return []
    score, _problem = counted(company, *ended, company.at)
    if score is None or not (found := closing(score)).tells:
        return []
    values: dict[str, Any] = {name: [asdict(one) for one in getattr(found, name)] for name in _LISTS}
    return [_announcement(company, key, Kind.CLOSED, ended, values)]


_LISTS = ("wins", "misses", "over", "undecided")


def _early(company: Company) -> list[Announcement]:
    days = company.interval(company.today)
    if days is None or company.today >= days[1]:
        return []
    score, _problem = counted(company, *days, company.at)
    if score is None:
        return []
    return [
        _announcement(company, f"early {one.promise} {days[0]}", Kind.EARLY, days, {"wins": [asdict(one)]})
        for one in early(score, company.today)
    ]


def _announcement(
    company: Company, key: str, kind: Announcement.Kind, days: tuple[date, date], values: dict[str, Any]
) -> Announcement:
    return Announcement(
        key=key[:120], kind=kind, from_on=days[0], to_on=days[1], values=values,
        made_at=company.at, goes_at=company.at + WAITS,
    )  # fmt: skip


def send_due(at: datetime) -> int:
    """Announce every draft whose hour is over; how many went out."""
    due = Announcement.objects.filter(state=State.DRAFT, goes_at__lte=at).order_by("pk")
    return sum(_send(pk, at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _send(pk: int, at: datetime) -> bool:
    if not Announcement.objects.filter(pk=pk, state=State.DRAFT).update(state=State.SENT, sent_at=at):
        return False
    one = Announcement.objects.get(pk=pk)
    link = saying.address("announcements")
    post(ANNOUNCED, one.key, at, lambda _user: saying.announcement(one, link))
    post_into_chats(ANNOUNCED, one.key, at, lambda: saying.announcement(one, ""), link)
    return True


def may_hold(user: User) -> bool:
    """Whether somebody may hold an announcement back: a head of either side."""
    return user.role == Role.HEAD and user.side in (Side.MARKETING, Side.SALES)


@transaction.atomic
def hold(by: Actor, pk: int, note: str) -> None:
    """Hold a draft back, with the reason, which both sides see."""
    one = _ours(by, pk)
    if not (note := one_line(note)[:200]):
        raise EntryInvalid([Problem("", 0, "note", _("say in a few words why it is held back"))])
    drafts = Announcement.objects.filter(pk=pk, state=State.DRAFT)
    if not drafts.update(state=State.HELD, held_by=by.user, note=note):
        raise EditConflict(_("it went out just now; what went out cannot be taken back"))
    record(by, Action.ANNOUNCEMENT_HELD, saying.days_of(one), link=reverse("announcements"), reason=note)


@transaction.atomic
def release(by: Actor, pk: int, at: datetime) -> None:
    """Let out what was held back; it goes out with the next round."""
    one = _ours(by, pk)
    held = Announcement.objects.filter(pk=pk, state=State.HELD)
    if not held.update(state=State.DRAFT, goes_at=at):
        raise EditConflict(_("it is not held back; load the page again"))
    record(by, Action.ANNOUNCEMENT_FREED, saying.days_of(one), link=reverse("announcements"))


def _ours(by: Actor, pk: int) -> Announcement:
    one = Announcement.objects.filter(pk=pk).first()
    if one is None:
        raise PageUnknown(_("announcement %(number)s") % {"number": pk})
    if by.user is None or not may_hold(by.user):
        raise NotAllowed(_("only a head of either side holds an announcement back or lets it out"))
    return one
