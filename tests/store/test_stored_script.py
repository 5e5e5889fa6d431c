"""A script in any text that people type stays a text: on every page that shows it, in every form.

Two ways in: an installation in which every text is hostile already, and every form of every page filled in.
No element of any page may be made from it, and nothing may break over it.
"""

import json

import pytest
from django.test import Client

from accord.errors import InputError
from accord.server.access import may
from accord.server.agreements import acts
from accord.server.agreements.models import Survey, SurveyAnswer
from accord.server.audit.models import Action
from accord.server.audit.trail import record
from accord.server.mail.models import Message
from accord.server.people.models import Absence, User
from html_seen import Form, Seen, is_page, seen
from server_fixture import ACME, actor, signed_in
from server_world import INVITED, World, addresses, invite, make_token

pytestmark = pytest.mark.django_db
EVIL = (
    """'"><x-evil y-evil=1 onx-evil=alert(1)><script src=x-evil></script>{{x}}{%x%}"""
    "</textarea></title>--><svg/x-evil>"
)
PAGES = [one for one in addresses() if one.name and not one.is_api]
NOT_FILLED = {"account_logout", "set_language", "set_theme", "setup"}


def made_of_it(page: Seen) -> list[str]:
    """Elements, attributes and links that came out of the hostile text."""
    tags = [tag for tag in page.tags if "evil" in tag]
    names = [name for name in page.attributes if "evil" in name]
    links = [link for link in page.links if link.strip().lower().startswith(("javascript:", "'\""))]
    return tags + names + links + page.inline


def walk(world: World, user: User | None) -> dict[str, list[str]]:
    """What every page that somebody may read has made of the hostile text, or how it broke."""
    client = signed_in(user, confirmed=True)
    client.raise_request_exception = False
    found = {}
    for address in PAGES:
        if not may(user, address.name) or address.name == "account_logout":
            continue
        answer = client.get(world.path(address.name))
        if answer.status_code >= 500:
            found[address.name] = [f"{answer.status_code}"]
        elif is_page(answer) and (bad := made_of_it(seen(answer))):
            found[address.name] = bad
    return found


@pytest.fixture
def hostile(world: World) -> World:
    """The same installation after somebody wrote the worst into every text there is."""
    people = world.people
    User.objects.exclude(pk=people.omar.pk).update(calendar=EVIL[:80], pool=EVIL[:80])
    for user in User.objects.exclude(pk=people.omar.pk).exclude(pk=people.mina.pk):
        user.name = f"{EVIL[:100]} {user.pk}"
        user.save()
    Absence.objects.update(note=EVIL)
    invite(people, "evil@acme.example", "another").save()
    Message.objects.create(to="a@b.example", subject=EVIL, text=EVIL, html=EVIL, problem=EVIL, state="failed")
    make_token(people.kai, EVIL[:80])
    record(actor(people.kai), Action.PERSON_CHANGED, EVIL, link="javascript:alert(1)", note=EVIL)
    text = _hostile_text(world.file.course[-1]["digest"])
    draft = acts.start_draft(actor(people.kai), world.file, text)
    acts.propose(actor(people.kai), draft, saved=1, reason=EVIL)
    broken = acts.start_file(actor(people.kai), f"name: {json.dumps(EVIL)}\n{EVIL}: [")
    for survey in Survey.objects.all():
        SurveyAnswer.objects.create(survey=survey, user=people.mina, side="marketing", answers={EVIL: EVIL})
    world.file.refresh_from_db()
    world.arguments[""] |= {"number": draft.number}
    world.arguments["draft-check"] = {"slug": broken.file.slug, "number": 1}
    return world


def _hostile_text(before: str) -> str:
    """The example as the version after `before`, with the hostile text for names and definitions."""
    quoted = json.dumps(EVIL)
    text = ACME.replace("version: 1", f"version: 2\nsupersedes: {before}")
    text = text.replace("name: Acme marketing and sales", f"name: {quoted}", 1)
    for words in ("Growth team", "Leyla Şahin", "somebody on our site whom we cannot name", "company days"):
        assert words in text
        text = text.replace(words, quoted)
    return text


@pytest.mark.parametrize("key", ["kai", "mina", "vera"])
def test_no_page_makes_an_element_of_what_people_wrote(hostile: World, key: str) -> None:
    assert walk(hostile, hostile.people[key]) == {}


def test_the_invitation_shows_a_hostile_name_as_a_name(hostile: World) -> None:
    assert made_of_it(seen(Client().get(f"/join/{INVITED}"))) == []


@pytest.mark.parametrize(("key", "text"), [("kai", EVIL), ("mina", EVIL), ("kai", "a\x00b")])
def test_every_form_takes_a_script_for_a_text_or_refuses_it(world: World, key: str, text: str) -> None:
    user = world.people[key]
    broken, filled = [], 0
    for address in PAGES:
        if not may(user, address.name) or address.name in NOT_FILLED:
            continue
        path = world.path(address.name)
        client = signed_in(user, confirmed=True)
        client.raise_request_exception = False
        page = client.get(path)
        for form in seen(page).forms if is_page(page) else []:
            if form.method != "post" or not form.typed or "logout" in form.action:
                continue
            answer = client.post(form.action or path, _filled(form, text), follow=True)
            filled += 1
            if answer.status_code >= 500:
                broken.append(f"{path} → {form.action}: {answer.status_code}")
            elif is_page(answer) and (bad := made_of_it(seen(answer))):
                broken.append(f"{path} → {form.action}: {bad}")
    assert broken == []
    assert filled >= 12, filled
    assert walk(world, world.people[key]) == {}
    assert walk(world, world.people.vera) == {}


def _filled(form: Form, text: str) -> dict[str, str]:
    return {
        name: text if name in form.typed and "password" not in name and "email" not in name else value
        for name, value in form.fields.items()
    }


def test_what_cannot_be_an_agreement_is_refused_in_words(people) -> None:
    draft = acts.start_file(actor(people.kai), EVIL)
    with pytest.raises(InputError):
        acts.propose(actor(people.kai), draft, saved=1)
