"""What stands still once somebody is switched off: told before it is done, never a reason to refuse it."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accord.agreement.terms import Status
from accord.report.format import day
from accord.report.format import name as shown
from accord.server.agreements.models import AgreementFile
from accord.server.agreements.standings import stood
from accord.server.people import absences
from accord.server.people.agreed import agreed_at
from accord.server.people.models import Role, Side, User


def left_behind(person: User, at: datetime) -> list[str]:
    """One sentence for each thing that waits for this person, or rests on them alone, at `at`."""
    return [*_signatures(person, at), *_side(person), *_agreement(person, at), *_covers(person)]


def _signatures(person: User, at: datetime) -> Iterator[str]:
    for file in AgreementFile.objects.order_by("id"):
        for version in stood(file.course):
            asked = any(head.email == person.email for head in version.heads)
            if asked and version.at(at)[0] is Status.PROPOSED:
                words = {"number": version.number, "title": shown(version.name), "name": shown(person.name)}
                yield (
                    _(
                        "Version %(number)s of %(title)s waits for the signature of %(name)s. Nobody "
                        "else can give it: withdraw the version, and propose one that names somebody else."
                    )
                    % words
                )


def _side(person: User) -> Iterator[str]:
    if person.role != Role.HEAD or person.side not in (Side.MARKETING, Side.SALES):
        return
    others = User.objects.filter(side=person.side, role=Role.HEAD, is_active=True).exclude(pk=person.pk)
    if not others.exists():
        words = {"name": shown(person.name), "side": person.get_side_display().lower()}
        yield (
            _(
                "%(name)s is the only head of %(side)s here. Make somebody else one: until then "
                "operations keeps its people."
            )
            % words
        )


def _agreement(person: User, at: datetime) -> Iterator[str]:
    agreed = agreed_at(at)
    entry = agreed.person(person.email)
    if entry is not None and str(entry.role) == Role.HEAD:
        yield _(
            "The agreement in force, %(title)s, names %(name)s as a head. It goes on; the next version needs "
            "another head to be signed."
        ) % {"title": shown(agreed.title), "name": shown(person.name)}


def _covers(person: User) -> Iterator[str]:
    today = timezone.localdate()
    for absence in absences.covered_by(person, today):
        yield _("%(name)s covers for %(other)s until %(last)s: find somebody else for that.") % {
            "name": shown(person.name),
            "other": shown(absence.user.name),
            "last": day(absence.to_on),
        }
