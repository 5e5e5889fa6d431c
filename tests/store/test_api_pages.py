"""The pages of tokens: made after the password was confirmed, shown once, revoked by owner or operations."""

import re

import pytest

from accord.server.api.building import API, operations
from accord.server.api.models import Token
from accord.server.api.tokens import make_token
from accord.server.audit.models import Action, Entry
from accord.server.audit.trail import Actor

pytestmark = pytest.mark.django_db
NEW = {"name": "CRM sync", "scopes": ["agreements:read", "score:read"], "days": "30"}


def test_a_token_is_made_after_the_password_was_asked_for_again(people, client_of) -> None:
    asked = client_of(people.mina).post("/tokens/", NEW)
    assert asked.status_code == 302 and "reauthenticate" in asked["Location"] and not Token.objects.exists()
    made = client_of(people.mina, confirmed=True).post("/tokens/", NEW)
    text = re.search(r'value="(acc_[\w-]+)"', made.content.decode())
    assert made.status_code == 200 and text
    token = Token.objects.get()
    assert (token.owner, token.scopes, token.name) == (
        people.mina,
        ["agreements:read", "score:read"],
        "CRM sync",
    )
    assert Entry.objects.filter(action=Action.TOKEN_MADE, who=people.mina).count() == 1
    assert text[1] not in client_of(people.mina).get("/tokens/").content.decode()
    assert "no-store" in made["Cache-Control"]


def test_after_the_password_the_form_goes_through_as_it_was_typed(people, client_of) -> None:
    from server_fixture import PASSWORD

    client = client_of(people.mina)
    asked = client.post("/tokens/", NEW)
    made = client.post(asked["Location"], {"password": PASSWORD})
    assert made.status_code == 200 and b"acc_" in made.content
    assert Token.objects.get().owner == people.mina


def test_a_form_with_errors_keeps_what_was_typed(people, client_of) -> None:
    answer = client_of(people.mina, confirmed=True).post("/tokens/", {**NEW, "days": "9999"})
    assert answer.status_code == 422 and b"CRM sync" in answer.content and not Token.objects.exists()


def test_everybody_sees_their_own_tokens_and_operations_all(people, client_of) -> None:
    for key in ("mina", "omar", "kai"):
        make_token(Actor(people[key], "page"), name=f"of {key}", scopes=["score:read"])
    seen = {key: client_of(people[key]).get("/tokens/").content.decode() for key in ("mina", "kai", "runa")}
    assert "of mina" in seen["mina"] and "of omar" not in seen["mina"]
    assert all(f"of {key}" in seen["kai"] for key in ("mina", "omar", "kai"))
    assert "No token yet" in seen["runa"]


def test_a_token_is_revoked_by_its_owner_or_operations_and_nobody_else(people, client_of) -> None:
    token = make_token(Actor(people.mina, "page"), name="crm", scopes=["score:read"]).token
    assert client_of(people.omar).post(f"/tokens/{token.pk}/revoke").status_code == 403
    assert client_of(people.kai).post(f"/tokens/{token.pk}/revoke").status_code == 302
    assert client_of(people.mina).post(f"/tokens/{token.pk}/revoke").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at and Entry.objects.filter(action=Action.TOKEN_REVOKED).count() == 1


def test_a_viewer_sees_the_tokens_of_former_days_and_makes_none(people, client_of) -> None:
    client = client_of(people.vera, confirmed=True)
    assert client.get("/tokens/").status_code == 200
    assert client.post("/tokens/", {"name": "crm", "scopes": ["score:read"], "days": 30}).status_code == 403
    assert not Token.objects.exists()


def test_names_are_shown_and_not_run(people, client_of) -> None:
    make_token(Actor(people.mina, "page"), name="<script>alert(1)</script>", scopes=["score:read"])
    page = client_of(people.mina).get("/tokens/").content
    assert b"<script>alert" not in page and b"&lt;script&gt;alert" in page


def test_the_page_of_the_api_names_every_operation_and_needs_no_other_host(people, client_of) -> None:
    page = client_of(people.vera).get("/api/v1/docs").content.decode()
    assert all(f'id="{one.view_func.__name__}"' in page for _, one in operations(API))
    assert not re.search(r'(src|href)="https?:', page)


def test_the_list_of_tokens_costs_no_more_with_more_of_them(
    people, client_of, django_assert_max_num_queries
) -> None:
    for number in range(30):
        make_token(Actor(people.mina, "page"), name=f"crm {number}", scopes=["score:read"])
    client = client_of(people.kai)
    with django_assert_max_num_queries(8):
        client.get("/tokens/")
