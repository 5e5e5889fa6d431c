"""A whole installation in which every address of the server names something, and the list of all addresses.

What walks over all pages needs both: the permissions, the security tests, the counts of queries, axe.
"""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from report_fixture import agreement, measures, score

from accord.errors import EditConflict
from accord.plan.funnel import plan
from accord.report.page import render_page
from accord.server.access import TABLE
from accord.server.agreements import acts
from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile, Clash, Survey
from accord.server.alerts.choosing import Chat, add_chat
from accord.server.api.models import Token
from accord.server.audit.models import Action
from accord.server.audit.trail import record
from accord.server.desk.models import Lead
from accord.server.intake.models import Arrival, Source
from accord.server.intake.sources import make_source
from accord.server.intake.uploads import hand_in
from accord.server.mail.models import Message
from accord.server.people.models import Absence, Invitation
from accord.server.routing.models import Move
from accord.server.score.making import ABOVE
from accord.server.score.models import Page
from boards_fixture import one_of_each
from book_fixture import MAY, keep_sheet
from desk_fixture import a_delivered_lead, a_waiting_lead, two_alike
from rituals_fixture import papers
from server_fixture import ACME, People, actor

INVITED = "an-invitation-that-is-open"
_WHAT = ("agreements", "leads", "people", "audit", "score")
SCOPES = [f"{what}:{how}" for what in _WHAT for how in ("read", "write")]


# Doors for strangers, who come with no cookie: nothing can be done there in anybody's name.
DOORS = frozenset({"form-in", "web-to-lead", "hook-in"})


@dataclass(frozen=True)
class Address:
    """One entry of the resolver: the name under which `access.py` has it, and what stands in it."""

    name: str
    route: str
    parts: frozenset[str]

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")


@cache
def addresses() -> tuple[Address, ...]:
    """Every address of the server, pages and API."""
    return tuple(_below(get_resolver().url_patterns, (), "", frozenset()))


def _below(patterns: Any, spaces: tuple[str, ...], route: str, above: frozenset[str]) -> Iterator[Address]:
    for pattern in patterns:
        where, parts = route + str(pattern.pattern), above | set(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLPattern):
            yield Address(":".join((*spaces, pattern.name or "")), where, parts)
        else:
            space = (pattern.namespace,) if getattr(pattern, "namespace", None) else ()
            yield from _below(pattern.url_patterns, (*spaces, *space), where, parts)


@dataclass
class World:
    """The installation: whoever needs one of its things finds it here."""

    people: People
    file: AgreementFile
    token: str  # Kai's, with all scopes
    arguments: dict[str, dict[str, Any]]  # by the name of an address, else by "" for all

    def path(self, name: str, **others: Any) -> str:
        """An address that names something which is there."""
        known = {**self.arguments[""], **self.arguments.get(name, {}), **others}
        parts = next(one.parts for one in addresses() if one.name == name)
        return reverse(name, kwargs={part: known[part] for part in parts})


@pytest.fixture
def world(people: People, in_force: AgreementFile) -> World:
    """An agreement in force with a draft of its next version, and one of everything else."""
    file, by = in_force, actor(people.kai)
    draft = acts.start_draft(by, file)
    acts.save_draft(actor(people.sara), draft, draft.text + "# Sara\n", started_from=1)
    with pytest.raises(EditConflict):
        acts.save_draft(actor(people.ines), draft, draft.text + "# Inês\n", started_from=1)
    now = timezone.now()
    closed = Survey.objects.create(file=file, text=ACME, opened_by=people.kai, closed_at=now)
    survey = Survey.objects.create(file=file, text=ACME, opened_by=people.kai)
    invitation = invite(people, "new@acme.example", INVITED)
    absence = Absence.objects.create(
        user=people.tomas, from_on=date(2026, 8, 3), to_on=date(2026, 8, 7), cover=people.sara, note="sea"
    )
    token, text = make_token(people.kai)
    Message.objects.create(to="mina@acme.example", subject="Sign", text="Please sign.")
    chat = add_chat(by, Chat("#inbound", "slack", "https://hooks.slack.example/services/T0/B0/x"))
    keep_page(Page.Span.THIS)
    keep_sheet(file)
    lead = a_delivered_lead(people.leyla)
    waiting = a_waiting_lead()
    move = Move.objects.create(of=people.leyla, by=people.ines, why=Move.Why.HAND, at=now)
    record(by, Action.PERSON_CHANGED, people.tomas.name)
    mark = mark_of(file.course[-1]["digest"])
    return World(
        people,
        file,
        text,
        {
            "": {
                **{"slug": file.slug, "mark": mark, "number": draft.number, "form": "yaml", "span": "this"},
                **{"name": "leads", "token": INVITED, "person": people.tomas.pk, "absence": absence.pk},
                **{"invitation": invitation.pk, "clash": Clash.objects.get().pk, "saving": 1, "pk": 0},
                **{
                    "uidb36": "1",
                    "measure": "speed",
                    "key": "x-y",
                    "provider_id": "company",
                    "rest": "nothing",
                },
            },
            "person": {"pk": people.tomas.pk},
            "person-switch": {"pk": people.tomas.pk},
            "absence-add": {"pk": people.tomas.pk},
            "absence-remove": {"pk": absence.pk},
            "invitation-withdraw": {"pk": invitation.pk},
            "token-revoke": {"pk": token.pk},
            "api:survey": {"number": survey.pk},
            "api:survey-answers": {"number": survey.pk},
            "api:survey-close": {"number": survey.pk},
            "api:survey-comparison": {"number": closed.pk},
            "alert-channel": {"pk": chat.pk},
            "alert-channel-test": {"pk": chat.pk},
            "alert-channel-remove": {"pk": chat.pk},
            **one_of_each(people),
            **{name: {"on": MAY} for name in TABLE if name.startswith("book-")},
            **{f"incomplete-{act}": {"pk": waiting.pk} for act in ("fill", "send", "qualify")},
            "lead": {"key": lead.key},
            "lead-act": {"key": lead.key, "act": "note"},
            **of_the_score(lead),
            "lead-undo": {"key": lead.key},
            **{f"personal{act}": {"key": lead.key} for act in ("", "-export", "-erase")},
            "duplicate-settle": {"pk": two_alike().pk},
            **{
                name: {"key": lead.key}
                for name in TABLE
                if name.startswith("api:lead-") or name == "api:lead"
            },
            "team-person": {"person": people.leyla.pk},
            "team-undo": {"move": move.pk},
            "api:elapsed": {"name": "hq"},
            "api:due": {"name": "hq"},
            **intake_arguments(people),
            **papers(people, lead),
        },
    )


def of_the_score(lead: Lead) -> dict[str, dict[str, Any]]:
    """A lead, a promise, a measure, a chart: what the addresses of the score name."""
    named: dict[str, dict[str, Any]] = {
        "score-rows": {"promise": "S1", "state": "kept"},
        "score-measure": {"name": "speed"},
        "score-chart": {"section": "pace", "name": "pace-M1"},
        "score-table": {"section": "pace", "name": "pace-M1"},
        "score-lead": {"lead": lead.key},
    }
    return {name: arguments for kind, arguments in named.items() for name in TABLE if name.startswith(kind)}


def intake_arguments(people: People) -> dict[str, dict[str, Any]]:
    """A form, a webhook, a file that nobody confirmed, and something that came in and is in trouble."""
    now, by = timezone.now(), actor(people.sara)
    form = make_source(by, Source.Kind.FORM, {"name": "Demo page"})[0]
    hook = make_source(by, Source.Kind.HOOK, {"name": "Event tool"})[0]
    upload = hand_in(by, "fair.csv", b"name,email\nAda,ada@buyer.example\n,\nBo,none\n", now)
    arrival = Arrival.objects.create(
        key="E-0000000000000A", kind="event", origin="api:crm", origin_id="1", received_at=now,
        payload={"kind": "won", "lead": "L-NONE"}, problem="no lead named 'L-NONE'", tries=1, source=form,
    )  # fmt: skip
    there: dict[str, Any] = {"pk": hook.pk}
    return {
        "form-in": {"key": form.key},
        "hook-in": {"key": hook.key},
        "arrival": {"pk": arrival.pk},
        "intake-source": there,
        "intake-source-secret": there,
        "intake-source-switch": there,
        "upload": {"pk": upload.pk},
        "upload-rejects": {"pk": upload.pk},
        "api:arrival": {"key": arrival.key},
    }


def invite(people: People, email: str, token: str) -> Invitation:
    return Invitation.objects.create(
        email=email,
        name="Neve New",
        side="sales",
        role="member",
        token_digest=hashlib.sha256(token.encode()).hexdigest(),
        invited_by=people.kai,
        expires_at=timezone.now() + timedelta(days=7),
    )


def make_token(owner: Any, name: str = "the CRM", scopes: list[str] | None = None) -> tuple[Token, str]:
    """A token of somebody with all scopes, or with these; and its text."""
    text = f"acc_{hashlib.sha256(f'{owner.pk} {name}'.encode()).hexdigest()}"
    token = Token.objects.create(
        name=name,
        owner=owner,
        scopes=SCOPES if scopes is None else scopes,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        hint=text[:8],
        expires_at=timezone.now() + timedelta(days=30),
    )
    return token, text


def keep_page(span: str) -> Page:
    """A report page as the worker keeps it."""
    today = timezone.now()
    return Page.objects.create(
        span=span,
        from_on=today.date().replace(day=1),
        to_on=today.date(),
        as_of=today,
        made_at=today,
        tried_at=today,
        agreement="version 1",
        body=_report(),
    )


@cache
def _report() -> bytes:
    terms = agreement()
    page = render_page(score(measures=measures()), terms, plan(terms), above=ABOVE)
    return gzip.compress(page.encode())
