"""People, agreements and clients that the tests of the server share, on the store as in the browser.

The people are those of `examples/acme.yaml` by key and e-mail address, so that they are parties to it; Vera
only looks on. `people.mina` and `people["mina"]` are the same account. It is cheap: 150 ms up to an agreement
in force, since the library keeps what it parsed and passwords are hashed in a moment.
"""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection
from django.template import Template
from django.test import Client, TransactionTestCase
from django.test.utils import _TestState

from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.audit.trail import Actor
from accord.server.people.models import User

PASSWORD = "a-lamp-in-the-harbour"  # noqa: S105 - of everybody
YEAR = datetime.now(ZoneInfo("Europe/Istanbul")).year  # tests of what is in force now hold in every year


def _example(name: str) -> str:
    """An example's text with its dates in this year."""
    text = (Path(__file__).parents[1] / "examples" / name).read_text(encoding="utf-8")
    return text.replace("2025", str(YEAR - 1)).replace("2026", str(YEAR))


ACME, SMALL = _example("acme.yaml"), _example("small.yaml")
PEOPLE = {  # key: name, side, role
    "mina": ("Mina Yılmaz", "marketing", "head"),
    "sara": ("سارا رضایی", "marketing", "manager"),
    "tomas": ("Tomás Quintana", "marketing", "member"),
    "omar": ("Omar Haddad", "sales", "head"),
    "ines": ("Inês Krause", "sales", "manager"),
    "leyla": ("Leyla Şahin", "sales", "member"),
    "hedda": ("Hedda Lund", "operations", "head"),
    "kai": ("Kai Berger", "operations", "manager"),
    "runa": ("Rúna Eir", "operations", "member"),
    "vera": ("Vera Novák", "viewer", "member"),
}


class People(dict[str, User]):
    """The accounts by key."""

    def __getattr__(self, key: str) -> User:
        try:
            return self[key]
        except KeyError:
            raise AttributeError(key) from None


def make_people() -> People:
    password = make_password(PASSWORD)
    for key, (name, side, role) in PEOPLE.items():
        User.objects.create(
            email=f"{key}@acme.example",
            name=name,
            side=side,
            role=role,
            password=password,
            zone="Europe/Istanbul",
        )
    return People({user.email.partition("@")[0]: user for user in User.objects.all()})


def actor(user: User | None) -> Actor:
    """Somebody as acts know them: through a page, from this machine."""
    return Actor(user, "page", "127.0.0.1")


def signed_in(user: User | None, *, confirmed: bool = False, **options: object) -> Client:
    """A client in which somebody is signed in; `confirmed` as if the password had been typed just now."""
    client = Client(**options)  # type: ignore[arg-type]
    if user is not None:
        client.force_login(user)
        if confirmed:
            session = client.session
            typed = {"method": "password", "at": time.time(), "reauthenticated": True}
            session["account_authentication_methods"] = [typed]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()
    return client


def sign_by_heads(people: People, file: AgreementFile, digest: str) -> None:
    for key in ("mina", "omar"):
        acts.sign(actor(people[key]), file, digest, typed=people[key].name)


def _flushed(flush: Callable[..., None]) -> Callable[..., None]:
    """Django empties the tables after a test with transactions of its own; our triggers would refuse that.

    PostgreSQL truncates, which fires none of them; SQLite deletes row by row.
    """

    def teardown(self: TransactionTestCase) -> None:
        cache.clear()  # the table of the cache is no model's, so nobody else empties it
        if connection.vendor != "sqlite":
            return flush(self)
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        try:
            return flush(self)
        finally:
            with connection.cursor() as cursor:
                for _, sql in triggers:
                    cursor.execute(sql)

    return teardown


TransactionTestCase._fixture_teardown = _flushed(TransactionTestCase._fixture_teardown)  # type: ignore[method-assign]


@pytest.fixture
def people(db: None) -> People:
    """Accounts of every side and role; the keys are those of the example's people."""
    return make_people()


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """`client_of(people.mina)`; `confirmed=True`: she may sign at once; `client_of(None)`: a stranger."""
    return signed_in


@pytest.fixture
def plain_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates as they are served, not those that keep every context for a test to look at.

    Walks over all pages take half the time with them; an answer has no `context` then.
    """
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


@pytest.fixture(scope="session")
def acme_text() -> str:
    """The text of `examples/acme.yaml`, its dates in this year."""
    return ACME


@pytest.fixture
def draft(people: People) -> Draft:
    """The example as a draft that Kai of operations started."""
    return acts.start_file(actor(people.kai), ACME)


@pytest.fixture
def started(draft: Draft) -> AgreementFile:
    """An agreement file with one open draft, `started.drafts.get()`, of the example."""
    return draft.file


@pytest.fixture
def proposed(people: People, draft: Draft) -> AgreementFile:
    """The file after Kai has proposed the example; nobody has signed."""
    acts.propose(actor(people.kai), draft, saved=draft.saved)
    return AgreementFile.objects.get(pk=draft.file_id)


@pytest.fixture
def in_force(people: People, proposed: AgreementFile) -> AgreementFile:
    """The file with version 1 in force: both heads have signed it."""
    sign_by_heads(people, proposed, proposed.course[-1]["digest"])
    return AgreementFile.objects.get(pk=proposed.pk)
