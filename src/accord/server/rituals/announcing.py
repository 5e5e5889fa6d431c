"""Wins and misses of both sides: drafted when a period is over or a goal is reached early, then announced.

A draft stands on its page for an hour, where a head of either side may hold it back with a reason, and let it
out later. Its words are made from figures and nobody edits them: who mends the figures mends the words.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.errors import EditConflict, EntryInvalid, NotAllowed, PageUnknown, Problem
from accord.report.announcing import Closing, closing, early
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.book.models import Restatement
from accord.server.people.fitting import one_line
from accord.server.people.models import Role, Side, User
from accord.server.rituals import correcting, once, saying
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
    restated = list(_restated(company))
    drafts = [*closed(company), *_early(company)]
    with transaction.atomic():
        if not once.claim(name):
            return 0
        return _keep(drafts) + sum(_note(looked, at) for looked in restated)


def _keep(drafts: Sequence[Announcement]) -> int:
    """Keep drafts, each once by its key; how many are new."""
    keys = [one.key for one in drafts]
    known = set(Announcement.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = [one for one in drafts if one.key not in known]
    Announcement.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def closed(company: Company) -> list[Announcement]:
    """What was decided of the intervals that ended last and nobody was told yet, each promise once."""
    drafts: list[Announcement] = []
    for back, (by, ended) in enumerate(_ended(company)):
        earlier = _earlier(ended[0])
        if earlier is None and back:
            break  # of the time before anything was announced
        if earlier is None or earlier["undecided"]:
            drafts += _closed(by, ended, earlier)
    return drafts


def _ended(company: Company) -> Iterator[tuple[Company, tuple[date, date]]]:
    """The intervals that ended last, the newest first, each with the company of that time."""
    now = company.interval(company.today)
    start = now[0] if now else company.today.replace(day=1)
    for _back in range(_LOOKED_BACK):
        by = then(company, start - _DAY)
        ended = by.interval(start - _DAY)
        if ended is None or ended[1] >= company.today:
            return
        yield by, ended
        start = ended[0]


@dataclass(frozen=True)
class _Looked:
    """A restatement that was looked at: what is told of it, and what is made anew as it has not gone out."""

    key: str
    drafts: tuple[Announcement, ...] = ()
    anew: Sequence[tuple[int, dict[str, Any]]] = ()  # values of announcements by number


def _restated(company: Company) -> Iterator[_Looked]:
    """Of each interval that was restated and not looked at since."""
    for by, ended in _ended(company):
        restated = correcting.restatement_of(ended[0])
        if restated is not None and (looked := _look(by, ended, restated)) is not None:
            yield looked


def _look(company: Company, ended: tuple[date, date], restated: Restatement) -> _Looked | None:
    """None where the figures cannot be had now; of an interval not announced yet nothing is told."""
    first, key = ended[0], correcting.key_of(restated, ended[0])
    if _earlier(first) is None:
        return _Looked(key)
    if (found := _found(company, ended)) is None:
        return None
    rows = [] if correcting.corrects(first) else correcting.moved(first, found)
    told = (_announcement(company, key, Kind.CLOSED, ended, {"restated": rows}),) if rows else ()
    return _Looked(key, told, correcting.mended(first, restated, found))


def _note(looked: _Looked, at: datetime) -> int:
    """Keep what a look found, and that it was; what has nothing left to say is withdrawn."""
    once.claim(looked.key)
    for pk, values in looked.anew:
        state = {} if correcting.says(values) else {"state": State.WITHDRAWN}
        waits = Announcement.objects.filter(pk=pk, state__in=(State.DRAFT, State.HELD))
        waits.update(values=values, made_at=at, **state)
    return _keep(looked.drafts)


def _found(company: Company, days: tuple[date, date]) -> Closing | None:
    score, _problem = counted(company, *days, company.at)
    return closing(score) if score is not None else None


_LISTS = ("wins", "misses", "over")
_LOOKED_BACK = 4  # intervals: a cadence of eight weeks is decided long before, some deals never are


def _earlier(first: date) -> dict[str, set[str]] | None:
    """The promises told and left undecided by the last word on each; None if nothing was announced."""
    found = Announcement.objects.filter(kind=Kind.CLOSED, from_on=first)
    if not found.exists():
        return None
    said = correcting.last_said(found.order_by("made_at", "pk"))
    left = {promise for promise, row in said.items() if row["list"] == "undecided"}
    return {"told": set(said) - left, "undecided": left}


def _closed(
    company: Company, ended: tuple[date, date], earlier: dict[str, set[str]] | None
) -> list[Announcement]:
    """The first announcement names what is undecided as well; those after it, what has been decided since."""
    found = _found(company, ended)
    if found is None or not found.tells:
        return []
    told = earlier["told"] if earlier else set()
    lists = _LISTS if earlier else (*_LISTS, "undecided")
    values: dict[str, Any] = {
        name: [asdict(one) for one in getattr(found, name) if one.promise not in told] for name in lists
    }
    if not any(values[name] for name in _LISTS):
        return []
    if earlier:
        values["later"] = True
    key = f"closed {ended[0]}" + (f", decided by {company.today}" if earlier else "")
    return [_announcement(company, key, Kind.CLOSED, ended, values)]


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
    return sum(_send(one.pk, at) for one in due if _is_up_to_date(one, at))


def _is_up_to_date(one: Announcement, at: datetime) -> bool:
    """Whether its words are those of its figures: made anew after a restatement, else it waits for that."""
    if (restated := correcting.restated_since(one)) is None:
        return True
    company = company_at(at)
    days = (one.from_on, one.to_on)
    looked = _look(then(company, one.to_on), days, restated) if company else None
    if looked is None:
        return False
    with transaction.atomic():
        _note(looked, at)
    return True


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
