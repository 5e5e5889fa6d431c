"""Invitations: who comes in, once, by a link that nobody else can guess or use again."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accord.errors import EditConflict, EntryInvalid, NotAllowed
from accord.server.audit.models import Entry
from accord.server.mail.models import Message
from accord.server.people.addresses import normal_address
from accord.server.people.inviting import VALID_FOR, Wanted, accept, digest_of, invite
from accord.server.people.models import Invitation, User
from server_fixture import PASSWORD, People, actor, make_people

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]
NOOR = Wanted("noor@acme.example", "sales", "member", "Noor Aziz")


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    """Mail goes the way it goes in production; pytest-django would keep it in memory."""
    settings.EMAIL_BACKEND = "accord.server.mail.backend.Outbox"


def link_of(token: str) -> str:
    return f"http://testserver/join/{token}"


def _path(people: People, wanted: Wanted = NOOR, by: str = "omar") -> str:
    return invite(actor(people[by]), wanted, link_of).link.removeprefix("http://testserver")


def test_an_invitation_is_mailed_and_its_link_shown_once(people: People, client_of: ClientOf) -> None:
    client = client_of(people.omar)
    sent = {"email": " Noor@Acme.example ", "name": "Noor Aziz", "side": "sales", "role": "member"}
    answer = client.post("/people/invite", sent)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    link = re.search(r'value="(http://testserver/join/[\w-]+)"', answer.content.decode())
    assert link is not None
    mail = Message.objects.get()
    assert mail.to == "noor@acme.example"
    assert link[1] in mail.text
    assert "Omar Haddad invites you" in mail.subject
    token = link[1].rpartition("/")[2]
    invitation = Invitation.objects.get()
    assert invitation.token_digest == digest_of(token)
    assert VALID_FOR - timedelta(minutes=1) < invitation.expires_at - timezone.now() <= VALID_FOR
    page = client.get("/people/").content.decode()
    assert "noor@acme.example" in page
    assert token not in page
    assert token not in str(list(Entry.objects.values()))


def test_whoever_opens_the_link_comes_in_as_what_was_chosen(people: People) -> None:
    path, client = _path(people), Client()
    page = client.get(path).content.decode()
    assert "Omar Haddad invites you: Sales, Member" in page
    assert 'value="Noor Aziz"' in page
    answer = client.post(path, {"name": "Noor Al-Aziz", "password": "a-lantern-on-the-pier"})
    assert answer.status_code == 302
    user = User.objects.get(email="noor@acme.example")
    assert (user.name, user.side, user.role) == ("Noor Al-Aziz", "sales", "member")
    assert user.check_password("a-lantern-on-the-pier")
    assert client.get("/profile/").status_code == 200
    joined = Entry.objects.get(action="joined")
    assert (joined.who, joined.detail) == (user, {"invited_by": "Omar Haddad"})


def test_joining_gives_the_session_a_new_key(people: People) -> None:
    path, client = _path(people), Client()
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    before = session.session_key
    client.post(path, {"name": "Noor", "password": "a-lantern-on-the-pier"})
    assert client.session.session_key != before


def test_a_link_works_once(people: People) -> None:
    path = _path(people)
    Client().post(path, {"name": "Noor", "password": "a-lantern-on-the-pier"})
    for answer in (
        Client().get(path),
        Client().post(path, {"name": "Eve", "password": "a-lantern-on-the-pier"}),
    ):
        assert answer.status_code == 410
        assert "has been used" in answer.content.decode()
        assert "omar@acme.example" in answer.content.decode()
    assert User.objects.filter(email="noor@acme.example").count() == 1


def test_an_expired_link_says_so_and_whom_to_ask(people: People) -> None:
    path = _path(people)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for answer in (
        Client().get(path),
        Client().post(path, {"name": "Noor", "password": "a-lantern-on-the-pier"}),
    ):
        assert answer.status_code == 410
        assert "has expired" in answer.content.decode()
        assert "Omar Haddad" in answer.content.decode()
    assert not User.objects.filter(email="noor@acme.example").exists()


def test_inviting_again_ends_the_old_link(people: People) -> None:
    old, new = _path(people), _path(people, by="ines")
    assert "has been taken back" in Client().get(old).content.decode()
    assert Client().get(new).status_code == 200
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1
    assert [entry.detail for entry in Entry.objects.filter(action="invitation withdrawn")] == [
        {"again": True}
    ]


def test_inviting_again_works_after_the_old_link_expired(people: People) -> None:
    _path(people)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert Client().get(_path(people)).status_code == 200


def test_the_other_side_does_not_take_an_invitation_over(people: People) -> None:
    path = _path(people)
    with pytest.raises(NotAllowed, match="Omar Haddad has invited this address"):
        invite(actor(people.mina), Wanted("noor@acme.example", "marketing", "member"), link_of)
    assert Client().get(path).status_code == 200


def test_an_invitation_is_taken_back(people: People, client_of: ClientOf) -> None:
    path, pk = _path(people), Invitation.objects.get().pk
    assert client_of(people.mina).post(f"/people/invitations/{pk}/withdraw").status_code == 403
    assert client_of(people.ines).post(f"/people/invitations/{pk}/withdraw").status_code == 302
    assert Client().get(path).status_code == 410
    assert client_of(people.ines).post(f"/people/invitations/{pk}/withdraw").status_code == 409


def test_a_link_that_is_none_is_no_page(people: People) -> None:
    _path(people)
    for token in ("x", "%00", "a" * 3000, "%F0%9F%92%A9", Invitation.objects.get().token_digest):
        assert Client().get(f"/join/{token}").status_code == 404, token


def test_somebody_signed_in_is_asked_to_sign_out_first(people: People, client_of: ClientOf) -> None:
    path = _path(people)
    answer = client_of(people.mina).post(path, {"name": "Noor", "password": "a-lantern-on-the-pier"})
    assert "You are signed in already" in answer.content.decode()
    assert not User.objects.filter(email="noor@acme.example").exists()


@pytest.mark.parametrize(
    "password", ["short", "password123", "12345678901234", "noor@acme.example", "NoorAziz2026", ""]
)
def test_a_weak_password_is_refused_and_the_name_stays(people: People, password: str) -> None:
    path = _path(people)
    answer = Client().post(path, {"name": "Noor Aziz", "password": password})
    assert answer.status_code == 422
    assert 'value="Noor Aziz"' in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("no address", "sales", "member"),
        Wanted("a" * 250 + "@acme.example", "sales", "member"),
        Wanted("x@acme.example\nBcc: all@acme.example", "sales", "member"),
        Wanted("x@acme.example", "moon", "member"),
        Wanted("x@acme.example", "sales", "king"),
        Wanted("x@acme.example", "sales", "member", "n" * 121),
    ],
)
def test_what_does_not_fit_is_not_invited(people: People, wanted: Wanted) -> None:
    with pytest.raises(EntryInvalid):
        invite(actor(people.kai), wanted, link_of)
    assert not Message.objects.exists()


def test_a_name_with_line_breaks_makes_no_header(people: People) -> None:
    User.objects.filter(pk=people.kai.pk).update(name="Kai\r\nBcc: all@acme.example")
    people.kai.refresh_from_db()
    invite(actor(people.kai), Wanted("x@acme.example", "sales", "member", "N\r\nX: y"), link_of)
    assert "\n" not in Message.objects.get().subject
    assert Invitation.objects.get().name == "N X: y"


def test_mail_is_text_and_names_stay_as_they_are(people: People) -> None:
    User.objects.filter(pk=people.kai.pk).update(name="Kai O'Brien & <Söhne>")
    people.kai.refresh_from_db()
    invite(actor(people.kai), Wanted("x@acme.example", "sales", "member", "D'Arcy <b>"), link_of)
    mail = Message.objects.get()
    assert mail.subject == "Kai O'Brien & <Söhne> invites you to Accord"
    assert mail.text.startswith("Hello D'Arcy <b>,")
    assert mail.html == ""


def test_somebody_with_an_account_is_not_invited(people: People, client_of: ClientOf) -> None:
    sent = {"email": "INES@acme.example", "side": "sales", "role": "member"}
    answer = client_of(people.omar).post("/people/invite", sent)
    assert answer.status_code == 422
    assert "Inês Krause has an account" in answer.content.decode()
    User.objects.filter(pk=people.ines.pk).update(is_active=False)
    with pytest.raises(EntryInvalid, match="switch it on again"):
        invite(actor(people.omar), Wanted("ines@acme.example", "sales", "member"), link_of)


@pytest.mark.parametrize(
    ("who", "side", "role"),
    [("ines", "sales", "head"), ("ines", "marketing", "member"), ("omar", "operations", "member")],
)
def test_nobody_is_invited_above_or_beside_ones_own(
    people: People, client_of: ClientOf, who: str, side: str, role: str
) -> None:
    sent = {"email": "new@acme.example", "side": side, "role": role}
    assert client_of(people[who]).post("/people/invite", sent).status_code in (403, 422)
    with pytest.raises(NotAllowed):
        invite(actor(people[who]), Wanted("new@acme.example", side, role), link_of)
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Noor@ACME.example\n", "noor@acme.example"),
        ("noor+accord@acme.example", "noor+accord@acme.example"),
        ("Ida@BÜCHER.example", "ida@bücher.example"),
        ("ida@xn--bcher-kva.example", "ida@bücher.example"),
        ("ida@XN--BCHER-KVA.example", "ida@bücher.example"),
        ("ida@bu\u0308cher.example", "ida@bücher.example"),
        ("a@xn--strae-oqa.example", "a@straße.example"),
        ("a@strasse.example", "a@strasse.example"),
        ("a@xn--abc-.example", "a@xn--abc-.example"),
        ("a@xn--\u20ac.example", "a@xn--\u20ac.example"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert normal_address(typed) == kept
    assert normal_address(kept) == kept


def test_an_address_with_an_umlaut_joins_and_signs_in_by_either_spelling(
    people: People, client_of: ClientOf
) -> None:
    path = _path(people, Wanted("ida@bücher.example", "sales", "member", "Ida"))
    client = Client()
    assert client.post(path, {"name": "Ida", "password": PASSWORD}).status_code == 302
    for spelling in ("Ida@Bücher.example", "ida@xn--bcher-kva.example"):
        answer = Client().post("/account/login/", {"login": spelling, "password": PASSWORD})
        assert answer.status_code == 302, spelling


def test_joining_is_counted(people: People) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    answers = [client.get("/join/guess").status_code for _ in range(35)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert Client(REMOTE_ADDR="203.0.113.10").get("/join/guess").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_join_at_once_one_comes_in() -> None:
    people = make_people()
    invited = invite(actor(people.omar), NOOR, link_of)
    start, done = threading.Barrier(2), []

    def come(name: str) -> None:
        start.wait()
        try:
            done.append(accept(invited.invitation, name, PASSWORD).name)
        except EditConflict:
            done.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) in (["One", "refused"], ["Two", "refused"])
    assert User.objects.filter(email="noor@acme.example").count() == 1
    assert Entry.objects.filter(action="joined").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_invitations_at_once_one_stays_open() -> None:
    people = make_people()
    start, done = threading.Barrier(2), []

    def ask(key: str) -> None:
        start.wait()
        try:
            invite(actor(people[key]), NOOR, link_of)
            done.append(key)
        except EditConflict:
            done.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(key,)) for key in ("omar", "ines")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1
