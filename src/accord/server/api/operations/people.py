"""People, invitations and absences, by the same services as on pages."""

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router, Status

from accord.errors import PageUnknown
from accord.server.api.operations.calling import Call, actor
from accord.server.api.paging import Page as PageOf
from accord.server.api.paging import Paging, page_of_rows
from accord.server.api.shapes import people as shape
from accord.server.api.shapes.common import Json, Page
from accord.server.api.showing import person_short
from accord.server.people import absences, inviting, keeping
from accord.server.people.links import full_address
from accord.server.people.models import Absence, Invitation, User

router = Router(tags=["People"])
PERSON = "/people/{int:person}"


@router.get("/people", url_name="people", response=Page[shape.PersonAnswer])
def list_people(request: Call, paging: Query[Paging]) -> PageOf:
    """List people.

    Everybody with an account, also those who are switched off, in the order in which they joined.
    """
    return page_of_rows(request, User.objects.all(), paging, _person)


@router.get(PERSON, url_name="person", response=shape.PersonAnswer)
def read_person(request: Call, person: int) -> Json:
    """Read a person."""
    return _person(keeping.find_person(person))


@router.patch(PERSON, url_name="person", response=shape.PersonAnswer)
def edit_person(request: Call, person: int, body: shape.PersonIn) -> Json:
    """Change a person.

    Side, role, calendar, pool or leads a month; what is left out stays. `leads_per_month` null: nobody knows.
    """
    said = body.model_dump(exclude_unset=True)
    wanted = {key: value for key, value in said.items() if value is not None or key == "leads_per_month"}
    return _person(keeping.edit(actor(request), keeping.find_person(person), **wanted))


@router.post(f"{PERSON}/switch-off", url_name="person-switch-off", response=shape.PersonAnswer)
def switch_off(request: Call, person: int) -> Json:
    """Switch a person off.

    Ends their sessions and their tokens' access at once; nothing of the person is deleted.
    """
    return _person(keeping.switch(actor(request), keeping.find_person(person), on=False))


@router.post(f"{PERSON}/switch-on", url_name="person-switch-on", response=shape.PersonAnswer)
def switch_on(request: Call, person: int) -> Json:
    """Switch a person on again."""
    return _person(keeping.switch(actor(request), keeping.find_person(person), on=True))


@router.get(f"{PERSON}/absences", url_name="absences", response=Page[shape.AbsenceAnswer])
def list_absences(request: Call, person: int, paging: Query[Paging]) -> PageOf:
    """List absences of a person.

    All that were entered and not taken back, in that order.
    """
    rows = Absence.objects.filter(user=keeping.find_person(person), removed_at=None)
    return page_of_rows(request, rows.select_related("user", "cover"), paging, _absence)


@router.post(f"{PERSON}/absences", url_name="absences", response={201: shape.AbsenceAnswer})
def add_absence(request: Call, person: int, body: shape.AbsenceIn) -> Status[Json]:
    """Enter an absence.

    Days on which somebody is away, both included, and who covers.
    """
    cover = keeping.find_person(body.cover) if body.cover else None
    away = absences.Away(body.from_on, body.to_on, cover, body.note)
    return Status(201, _absence(absences.add(actor(request), keeping.find_person(person), away)))


@router.post("/absences/{int:absence}/remove", url_name="absence-remove", response=shape.AbsenceAnswer)
def remove_absence(request: Call, absence: int) -> Json:
    """Take an absence back."""
    found = absences.find_absence(absence)
    absences.remove(actor(request), found)
    return _absence(found)


@router.get("/invitations", url_name="invitations", response=Page[shape.InvitationAnswer])
def list_invitations(request: Call, paging: Query[Paging]) -> PageOf:
    """List invitations.

    Every invitation, newest first, with what became of it.
    """
    rows = Invitation.objects.select_related("invited_by")
    return page_of_rows(request, rows, paging, _invitation, by="-id")


@router.post("/invitations", url_name="invitations", response={201: shape.Invited})
def invite(request: Call, body: shape.InvitationIn) -> Status[Json]:
    """Invite somebody.

    Mails a link that lets one person in, once; one that was open for the address before ends.
    """
    wanted = inviting.Wanted(body.email, body.side, body.role, body.name)
    invited = inviting.invite(actor(request), wanted, lambda token: _link(request, token))
    return Status(201, {**_invitation(invited.invitation), "link": invited.link})


@router.post(
    "/invitations/{int:invitation}/withdraw", url_name="invitation-withdraw", response=shape.InvitationAnswer
)
def withdraw_invitation(request: Call, invitation: int) -> Json:
    """Withdraw an invitation.

    Its link lets nobody in any more.
    """
    invitations = Invitation.objects.select_related("invited_by")
    found = invitations.filter(pk=invitation).first()
    if found is None:
        raise PageUnknown(f"invitation {invitation}")
    inviting.withdraw(actor(request), found)
    return _invitation(invitations.get(pk=found.pk))


def _link(request: HttpRequest, token: str) -> str:
    return full_address(request, reverse("join", args=[token]))


def _person(user: User) -> Json:
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "side": user.side,
        "role": user.role,
        "calendar": user.calendar,
        "pool": user.pool,
        "leads_per_month": user.leads_per_month,
        "active": user.is_active,
        "joined_at": user.joined_at,
    }


def _absence(absence: Absence) -> Json:
    return {
        "id": absence.pk,
        "person": person_short(absence.user),
        "from_on": absence.from_on,
        "to_on": absence.to_on,
        "cover": person_short(absence.cover) if absence.cover else None,
        "note": absence.note,
    }


def _invitation(invitation: Invitation) -> Json:
    return {
        "id": invitation.pk,
        "email": invitation.email,
        "name": invitation.name,
        "side": invitation.side,
        "role": invitation.role,
        "standing": str(inviting.standing(invitation)),
        "invited_by": person_short(invitation.invited_by),
        "invited_at": invitation.invited_at,
        "expires_at": invitation.expires_at,
    }
