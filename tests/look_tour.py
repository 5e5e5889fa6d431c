"""Where one can go: an address for every page, filled from the people and the agreement of the fixtures."""

from dataclasses import dataclass

from django.urls import get_resolver, reverse

from accord.server.access import TABLE, Access
from accord.server.agreements import acts
from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile
from accord.server.people.inviting import Wanted, invite
from boards_fixture import one_of_each
from book_fixture import MAY, keep_sheet
from desk_fixture import a_delivered_lead
from rituals_fixture import papers
from server_fixture import People, actor
from server_world import DOORS, intake_arguments, of_the_score

STRANGERS = {  # pages for whoever is not signed in
    "account_login",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "join",
    "setup",
    "stop",
}
NO_PAGES = {
    "upload-rejects",
    "rejects-csv",
    "queue-list",
    "score-chart-svg",
    "score-chart-png",
    "score-chart-csv",
    "score-table",
    "score-rows-csv",
    "score-measure-csv",
    "book-csv",
    "replay-card",  # a part of a draft's page
    "replay-csv",
    "pack-pdf",
    "openid_connect_login",
    "openid_connect_callback",
    "account",
    "home",
    "health",
    "agreement-download",
    "mfa_download_recovery_codes",
    "set_language",
    "set_theme",
}
OUT_OF_REACH = {  # need a link from a mail, or a sign-in that stands halfway
    "account_reset_password_from_key",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "account_set_password",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
}


@dataclass(frozen=True)
class Stop:
    """One page and who looks at it: a key of the people, or nobody."""

    name: str
    address: str
    who: str | None


def stops(people: People, file: AgreementFile) -> list[Stop]:
    """Every page of the table that answers GET; the file has a version in force and gets a draft here."""
    draft = acts.start_draft(actor(people.kai), file, file_text(file))
    lead = a_delivered_lead(people.leyla)
    keep_sheet(file)
    arguments = {
        "slug": file.slug,
        "mark": mark_of(file.course[-1]["digest"]),
        "number": draft.number,
        "pk": people.omar.pk,
        "person": people.leyla.pk,
        "token": invite(actor(people.kai), Wanted("new@acme.example", "sales", "member"), str).link,
        "span": "this",
        "name": "content.mql",
        "key": lead.key,
        "act": "note",
    }
    own = {
        **intake_arguments(people),
        **one_of_each(people),
        **of_the_score(lead),
        **papers(people, lead),
        **{name: {"on": MAY} for name in TABLE if name.startswith("book-")},
    }
    found = []
    for name, access in TABLE.items():
        if (
            ":" in name
            or name in NO_PAGES | OUT_OF_REACH | DOORS
            or not (access.read.sides or access.read.public)
        ):
            continue
        found.append(Stop(name, _address(name, {**arguments, **own.get(name, {})}), _viewer(name, access)))
    return found


def file_text(file: AgreementFile) -> str:
    return next(draft.text for draft in file.drafts.all())


def _viewer(name: str, access: Access) -> str | None:
    """The first who may: a head of marketing, else one of operations."""
    if name in STRANGERS:
        return None
    return next(key for key in ("mina", "kai") if access.read.public or _may(access, key))


def _may(access: Access, key: str) -> bool:
    side, role = {"mina": ("marketing", "head"), "kai": ("operations", "manager")}[key]
    return side in access.read.sides and role in access.read.roles


def _address(name: str, arguments: dict[str, object]) -> str:
    wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
    return reverse(name, kwargs={key: arguments[key] for key in wanted})
