"""Nurture for people: the tracks explained, who is in which step, what is due to be sent (S3.12, S3.13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accord.agreement.terms import Agreement
from accord.errors import EditConflict, EntryInvalid, NotAllowed, PageUnknown, Problem
from accord.lead.events import Channel, Side
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.boards.following import stop_track
from accord.server.boards.models import Automatic, Enrolment, HeldBack, Text
from accord.server.desk import acts, cadence, naming
from accord.server.desk.models import Lead
from accord.server.desk.recording import append, locked, refresh
from accord.server.desk.terms import terms_of
from accord.server.people.models import Side as PeopleSide
from accord.server.people.models import User

_HANDS = (PeopleSide.MARKETING, PeopleSide.OPERATIONS)


@dataclass(frozen=True)
class StepShown:
    """One step of a track: when, what, how many leads wait for it, and whether it goes out by itself."""

    number: int
    after: str
    asset: str
    waiting: int
    text: int | None  # of the mail that goes out by itself


@dataclass(frozen=True)
class TrackShown:
    """One track as sales reads about it."""

    name: str
    stage: str
    about: str
    by_hand: bool
    steps: tuple[StepShown, ...]
    inside: int
    reasons: tuple[str, ...]  # of return and reject, which lead into it
    usual: bool  # where a lead goes whose reason names no other


def tracks(agreement: Agreement | None) -> list[TrackShown]:
    """Every track of the agreement with who is in it; two queries for all of them."""
    if agreement is None:
        return []
    counted: dict[tuple[str, int], int] = {}
    rows = Enrolment.objects.filter(stopped_at=None).order_by().values_list("track", "step")
    for track, step, count in rows.annotate(count=Count("pk")):
        counted[track, step] = count
    texts = dict(Text.objects.filter(use=Text.Use.ASSET, replaced_at=None).values_list("name", "pk"))
    return [_shown(agreement, name, counted, texts) for name in agreement.nurture.tracks]


def _shown(
    agreement: Agreement, name: str, counted: dict[tuple[str, int], int], texts: dict[str, int]
) -> TrackShown:
    track, rule = agreement.nurture.tracks[name], agreement.handoff.return_after
    return TrackShown(
        name=name,
        stage=track.stage,
        about=track.about,
        by_hand=track.start_by_hand,
        steps=tuple(
            StepShown(
                number, str(step.after), step.asset, counted.get((name, number - 1), 0), texts.get(step.asset)
            )
            for number, step in enumerate(track.steps, start=1)
        ),
        inside=sum(count for (track_, _step), count in counted.items() if track_ == name),
        reasons=tuple(reason for reason, to in rule.reasons.items() if to == name),
        usual=rule.to == name,
    )


def due(at: datetime) -> QuerySet[Enrolment]:
    """Steps that wait for somebody to send them, the oldest first."""
    rows = Enrolment.objects.filter(due_at__lte=at, next_at=None, stopped_at=None)
    return rows.select_related("lead__contact", "lead__owner").order_by("due_at", "pk")


def inside(track: str = "") -> QuerySet[Enrolment]:
    """Who is in a track now, those whose next step comes first on top."""
    rows = Enrolment.objects.filter(stopped_at=None).select_related("lead__contact", "lead__owner")
    rows = rows.filter(track=track) if track else rows
    return rows.order_by("due_at", "pk")


def held_back() -> QuerySet[Automatic]:
    """Mails of the follow-up that should go out by themselves and cannot, the oldest first."""
    rows = Automatic.objects.filter(due_at__isnull=False).exclude(held_back="")
    return rows.select_related("lead__contact", "lead__owner").order_by("due_at", "pk")


def find(pk: int) -> Enrolment:
    found = Enrolment.objects.select_related("lead").filter(pk=pk).first()
    if found is None:
        raise PageUnknown(_("enrolment %(number)s") % {"number": pk})
    return found


def start(by: Actor, key: str, track: str, at: datetime) -> Lead:
    """Put a lead into a track by hand: the same act as on its card."""
    lead = Lead.objects.filter(key=key.strip()[:64]).first()
    if lead is None:
        what = _("no lead is called %(key)s; its name stands on its card") % {"key": key.strip()[:64] or "–"}
        raise EntryInvalid([Problem("", 0, "lead", what)])
    return acts.start_track(by, lead.pk, track, at)


@transaction.atomic
def stop(by: Actor, row: Enrolment, at: datetime) -> None:
    """Take a lead out of its track. EditConflict where the track has ended meanwhile."""
    _must_keep(by)
    held = locked(row.lead_id)
    fresh = Enrolment.objects.filter(pk=row.pk, stopped_at=None).first()
    if fresh is None:
        raise EditConflict(_("this track has ended already; look at the page again"))
    stop_track(fresh, at, Enrolment.Why.BY_HAND)
    fresh.save()
    record(by, Action.TRACK_STOPPED, held, link=reverse("nurture"), track=fresh.track)


@transaction.atomic
def sent(by: Actor, row: Enrolment, at: datetime) -> Lead:
    """Somebody sent the asset of the step themselves: note it, and say when the next step is due."""
    user = _must_keep(by)
    held = locked(row.lead_id)
    fresh = Enrolment.objects.filter(pk=row.pk, stopped_at=None, step=row.step).first()
    if fresh is None or fresh.due_at is None:
        raise EditConflict(_("this step was sent or the track has ended; look at the page again"))
    if fresh.held_back == HeldBack.REFUSED:
        raise NotAllowed(_("this person wants no e-mail; stop the track, or talk to them another way"))
    actor = naming.actor_text(user, at)
    fact = cadence.mail_fact(cadence.step_name(fresh), Side.MARKETING, at, actor=actor, reason=fresh.asset)
    append(held, [fact], at)
    cadence.step_done(fresh, terms_of(held, at), at)
    return refresh(held, at)


def _must_keep(by: Actor) -> User:
    if by.user is None or by.user.side not in _HANDS:
        raise NotAllowed(_("nurture is kept by marketing; ask somebody of that side"), by_rights=True)
    return by.user


def lead_types(agreement: Agreement | None) -> Sequence[tuple[str, str]]:
    """Lead types to choose from, by name and label."""
    if agreement is None:
        return ()
    return [(name, kind.label or name) for name, kind in agreement.lead_types.items()]


def mails_of(agreement: Agreement | None) -> bool:
    """Whether the agreement lets a machine send mails of the follow-up."""
    if agreement is None:
        return False
    own = (rule.touches for rule in agreement.follow_up.lead_types.values() if rule.touches)
    return any(Channel.EMAIL in touches.automated for touches in (agreement.follow_up.touches, *own))


def assets(agreement: Agreement | None) -> list[str]:
    """What tracks send, each once."""
    if agreement is None:
        return []
    every = (step.asset for track in agreement.nurture.tracks.values() for step in track.steps)
    return list(dict.fromkeys(every))
