"""Every address, for every side and role, signed in or not, is answered as the one table says."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.test import Client

from accord.server import access
from accord.server.access import NOBODY, TABLE, access_to, may
from accord.server.api.building import API, operations
from server_fixture import PEOPLE, signed_in
from server_world import DOORS, Address, World, addresses, make_token

pytestmark = pytest.mark.usefixtures("plain_templates")
MARK = "REFUSED BY THE TABLE"
SHARES = 4  # the walk is cut into so many tests, which workers take apart
PAGES = [one for one in addresses() if not one.is_api]
CALLS = [one for one in addresses() if one.is_api]
STRANGER = "a stranger"
# Allowed by the table, yet nothing is there without more: a code on its way, a company's own sign-in, a log.
NOTHING_YET = {
    *("openid_connect_login", "openid_connect_callback", "mfa_download_recovery_codes", "api:score"),
    *("routing-change", "accounts"),  # a form that names nothing
    # files of a score without a log
    *("score-chart-svg", "score-chart-png", "score-chart-csv", "score-table", "score-rows-csv"),
    *("score-measure-csv", "api:score-measure"),
    *("api:unknown", "setup", "outbox", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
}


@pytest.fixture(autouse=True)
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal by the table is told from one by a rule about the single thing, such as another's profile."""
    monkeypatch.setattr(access, "refusal", lambda *_: MARK)
    monkeypatch.setattr("accord.server.api.door.refusal", lambda *_: MARK)


def test_every_address_stands_in_the_table_and_every_entry_has_an_address() -> None:
    named = {one.name for one in addresses() if one.name}
    assert sorted(named - set(TABLE)) == []
    assert sorted(set(TABLE) - named) == []


def test_an_address_without_a_name_is_open_to_nobody() -> None:
    assert access_to("").read is access_to("").write is NOBODY


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_a_page_answers_every_side_and_role_as_the_table_says(world: World, share: int) -> None:
    walker = Walker(world)
    wrong = [fault for address in PAGES[share::SHARES] for fault in walker.wrong_pages(address)]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_a_call_answers_every_side_and_role_as_the_table_says(world: World, share: int) -> None:
    walker = Walker(world)
    wrong = [fault for address in CALLS[share::SHARES] for fault in walker.wrong_calls(address)]
    assert not wrong, "\n" + "\n".join(wrong)


class Walker:
    """Asks as everybody in turn; whatever a request did is undone before the next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keys = {key: signed_in(user).cookies["sessionid"].value for key, user in world.people.items()}
        self.tokens = {key: make_token(user)[1] for key, user in world.people.items() if key != "kai"}
        self.tokens["kai"] = make_token(world.people.kai, "the other CRM")[1]
        self.bare = make_token(world.people.hedda, "without scopes", scopes=[])[1]
        self.client = Client(raise_request_exception=False)

    def wrong_pages(self, address: Address) -> Iterator[str]:
        path = self.world.path(address.name) if address.name else f"/{address.route}"
        for key in (*PEOPLE, STRANGER):
            user = self.world.people.get(key)
            for method in ("GET", "POST"):
                says = may(user, address.name, method)
                if fault := _fault(self._sent(method, path, key), address.name, says, user is None):
                    yield f"{key} {method} {path}: {fault} ({'may' if says else 'may not'})"

    def wrong_calls(self, address: Address) -> Iterator[str]:
        path = self.world.path(address.name)
        for method in methods_of(address.name):
            entry = access_to(address.name)
            public = entry.of(method).public
            for key in PEOPLE:
                says = public or may(self.world.people[key], address.name, method)
                if fault := _fault_of_call(self._call(method, path, self.tokens[key]), says, address.name):
                    yield f"{key} {method} {path}: {fault} ({'may' if says else 'may not'})"
            for text, key in (("", ""), ("acc_wrong", ""), ("", "hedda")):
                if (self._call(method, path, text, key).status_code == 401) == public:
                    yield f"{method} {path} without a token: {'not ' * public}let in"
            if entry.scope_of(method) and self._call(method, path, self.bare).status_code != 403:
                yield f"{method} {path} without the scope: let in"

    def _call(self, method: str, path: str, token: str, key: str = ""):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._sent(method, path, key, data="{}", content_type="application/json", headers=headers)

    def _sent(self, method: str, path: str, key: str, **how: object):
        self.client.cookies = SimpleCookie({"sessionid": self.keys[key]} if key in self.keys else {})
        with transaction.atomic():
            answer = self.client.generic(method, path, **how)
            transaction.set_rollback(True)
        return answer


def methods_of(name: str) -> list[str]:
    """The methods that an address of the API answers."""
    found = {
        method
        for _, operation in operations(API)
        if f"api:{operation.url_name}" == name
        for method in operation.methods
    }
    return sorted(found or {"GET"})


def _fault(answer, name: str, says: bool, stranger: bool) -> str:
    """What is wrong with a page's answer; empty where it is what the table says."""
    status, place = answer.status_code, answer.headers.get("Location", "")
    to_sign_in = status == 302 and place.startswith("/account/login/")
    if not name:
        return "" if status == 404 or to_sign_in else f"{status}, yet it has no name"
    if not says:
        right = to_sign_in if stranger else status == 403 and MARK in answer.content.decode()
        return "" if right else f"{status}, not refused"
    if to_sign_in and not stranger and name != "account_logout":
        return "sent to sign in"
    return _trouble(answer, name)


def _fault_of_call(answer, says: bool, name: str) -> str:
    refused = answer.status_code == 403 and MARK in answer.content.decode()
    if not says:
        return "" if refused else f"{answer.status_code}, not refused"
    return _trouble(answer, name)


def _trouble(answer, name: str) -> str:
    """What somebody who may does not expect; a refusal in the words of the single thing is none."""
    status = answer.status_code
    if not answer.streaming and MARK in answer.content.decode(errors="replace"):
        return "refused"
    if status == 404 and name in NOTHING_YET:
        return ""
    if name in DOORS and status in (401, 404, 405):
        return ""  # asked without a signature, without the key of a form, or to show something
    return f"{status}" if status in (401, 404, 405) or status >= 500 else ""


@pytest.mark.parametrize("name", sorted(TABLE))
def test_whoever_only_looks_on_changes_nothing_but_their_own(name: str) -> None:
    """Written by hand, not read off the table: viewers read, and write only what is theirs."""
    from accord.server.people.models import Role, Side, User

    viewer = User(side=Side.VIEWER, role=Role.HEAD)
    own = {
        "profile",
        "profile-sessions",
        "set_language",
        "set_theme",
        "setup",
        "join",
        "agreement-verify",
        "token-revoke",
        "stop",  # a link in a mail: whoever has it stops their own mail
    }
    passing = {"api:check", "api:qualification-try", "api:unknown", *DOORS}
    if name.startswith(("account_", "mfa_")) or name in own | passing:
        return
    assert not may(viewer, name, "POST")


@pytest.mark.parametrize("name", ["agreement-sign", "agreement-walk", "api:chain", "survey"])
def test_only_the_two_sides_sign_and_answer(name: str) -> None:
    from accord.server.people.models import Role, Side, User

    who = {side for side in Side for role in Role if may(User(side=side, role=role), name, "POST")}
    assert who == {Side.MARKETING, Side.SALES}
