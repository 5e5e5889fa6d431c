"""A company to look around in: Acme, with a year of both teams' work and today's leads as the day goes on.

The year begins so that today lies in it. It is simulated to its end, and every page is made as of now, so
what has not happened yet is not there: leads come in, are called and go overdue while one looks on.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accord.agreement.canonical import signed_text
from accord.agreement.parse import parse_agreement
from accord.agreement.signing import sign as signing
from accord.agreement.signing.chain import Chain, digest_of
from accord.agreement.terms import Agreement
from accord.agreement.terms import Side as AgreedSide
from accord.errors import InputError
from accord.plan.walk import calculation
from accord.server.agreements import acts
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.people.models import Absence, Role, Side, User
from accord.server.running import demo_desk, demo_rituals
from accord.server.score.archiving import archive
from accord.server.score.folding import keep
from accord.server.score.making import log_folder
from accord.simulate.company import simulate

SEED = 7
_MONTHS_GONE = 10  # of the year, before the month of today
_DATE = re.compile(r"\b(\d{4})-(\d\d)(-(\d\d))?\b")
_SIGN_INS = "demo-sign-ins.txt"
_COMMAND = Actor(None, "demo")
_DOMAIN = "acme.example"


@dataclass(frozen=True)
class SignIn:
    """Somebody as whom one can look around."""

    email: str
    password: str
    what: str


@dataclass(frozen=True)
class _Account:
    key: str  # in the agreement
    side: Side
    role: Role = Role.MEMBER
    leads_per_month: int | None = None
    what: str = ""  # said at the start, for those as whom one signs in


_ACCOUNTS = (
    _Account("mina", Side.MARKETING, Role.HEAD, what="head of marketing"),
    _Account("omar", Side.SALES, Role.HEAD, what="head of sales: a version waits for this signature"),
    _Account("leyla", Side.SALES, leads_per_month=120, what="rep"),
    _Account("kai", Side.OPERATIONS, Role.HEAD, what="operations: people, audit, tokens"),
    _Account("sara", Side.MARKETING, Role.MANAGER),
    _Account("ines", Side.SALES, Role.MANAGER),
    _Account("jonas", Side.SALES, leads_per_month=120),
    _Account("priya", Side.SALES, leads_per_month=40),
    _Account("noor", Side.SALES, leads_per_month=40),
)


_REPS = {  # whom the agreement only counts, so that each has a queue
    "rep-1": "Rona Falk",
    "reps-1": "Emre Aydın",
    "reps-2": "Selin Kaya",
    "reps-3": "Burak Demir",
    "reps-4": "Ayşe Yıldız",
    "reps-5": "Deniz Koç",
    "reps-6": "Can Şahin",
    "berlin_reps-1": "Marlene Voss",
    "berlin_reps-2": "Tim Hagen",
}


def fill(example: Path, data: Path) -> list[SignIn]:
    """Fill an empty installation with the demo; one that has it already is left as it is.

    Gives the four sign-ins, whose passwords are made here and kept in the data folder, readable by the owner
    only. InputError where the installation holds anything else.
    """
    kept = data / _SIGN_INS
    if User.objects.exists():
        if not kept.exists():
            raise InputError(
                f"{data} holds an installation that is no demo; name another folder in ACCORD_DATA"
            )
        return [SignIn(*line.split("\t")) for line in kept.read_text("utf-8").splitlines()]
    text = moved(example.read_text("utf-8"), timezone.now().date())
    agreement = parse_agreement(text)
    simulate(agreement, leads=None, seed=SEED, into=log_folder(), replace=True)
    at = timezone.now()
    since = demo_desk.begins(at, agreement.calendar_of(AgreedSide.MARKETING).zone_on(at.date()))
    demo_desk.part(log_folder(), data, since, {key: f"{key}@{_DOMAIN}" for key in _REPS})
    with transaction.atomic():
        sign_ins = _everything(agreement, text)
        demo_desk.load(data, timezone.now())
        kept.touch(
            mode=0o600
        )  # within the transaction: a start that is broken off is made up for by the next
        kept.write_text("".join(f"{one.email}\t{one.password}\t{one.what}\n" for one in sign_ins), "utf-8")
    archive(timezone.now())  # so that the first score counts what is on the desk
    keep()
    demo_rituals.fill(timezone.now())
    return sign_ins


def moved(text: str, today: date) -> str:
    """The example with its dates moved by whole months, so that its term began ten months before this one."""
    written = parse_agreement(text).term.start
    return later(text, (today.year - written.year) * 12 + today.month - written.month - _MONTHS_GONE)


def later(text: str, months: int) -> str:
    """The text with every date moved by so many months; the last days of a month stay its last."""

    def move(found: re.Match[str]) -> str:
        year, month = divmod(int(found[1]) * 12 + int(found[2]) - 1 + months, 12)
        day = int(found[4] or 1)
        day = _last_day(year, month + 1) if day > 28 else day
        return f"{year:04}-{month + 1:02}" + (f"-{day:02}" if found[3] else "")

    return _DATE.sub(move, text)


def _last_day(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _everything(agreement: Agreement, text: str) -> list[SignIn]:
    sign_ins = [one for account in _ACCOUNTS if (one := _person(agreement, account)).what]
    _reps(agreement)
    mina, omar = (Actor(_user(key), "demo") for key in ("mina", "omar"))
    draft = acts.start_file(mina, text)
    _in_force(omar, draft, agreement)
    _next_version(mina, draft.file)
    today = timezone.now().date()
    Absence.objects.create(
        user=_user("jonas"),
        from_on=today,
        to_on=today + timedelta(days=4),
        cover=_user("leyla"),
    )
    record(_COMMAND, Action.SET_UP, company=agreement.name)
    return sign_ins


def _reps(agreement: Agreement) -> None:
    for key, name in _REPS.items():
        terms = agreement.people.get(key.rpartition("-")[0]) or agreement.people["reps"]
        calendar = terms.calendar or next(iter(agreement.calendars))
        User.objects.create_user(
            f"{key}@{_DOMAIN}",
            name=name,
            side=Side.SALES,
            role=Role.MEMBER,
            calendar=calendar,
            pool=terms.pool or "inbound",
            leads_per_month=160,
            zone=agreement.calendar(calendar).zone_on(agreement.term.start).key,
        )


def _user(key: str) -> User:
    return User.objects.get(email=f"{key}@{_DOMAIN}")


def _person(agreement: Agreement, account: _Account) -> SignIn:
    who = agreement.people[account.key]
    calendar = who.calendar or next(iter(agreement.calendars))
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    user = User.objects.create_user(
        who.email or "",
        password,
        name=who.name or account.key,
        side=account.side,
        role=account.role,
        calendar=calendar,
        pool=who.pool or "",
        leads_per_month=account.leads_per_month,
        zone=agreement.calendar(calendar).zone_on(agreement.term.start).key,
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return SignIn(user.email, password, account.what)


def _in_force(omar: Actor, draft: Draft, agreement: Agreement) -> None:
    """Version 1, signed by both heads before its term began."""
    began = datetime.combine(agreement.term.start, datetime.min.time(), UTC)
    text = calculation(agreement)
    chain = signing.propose(
        draft.file.chain(), agreement, by="mina", at=began - timedelta(days=20), calculation=text
    )
    for day, person in ((14, "mina"), (12, "omar")):
        name = agreement.people[person].name
        chain = signing.sign(
            chain, agreement, person=person, at=began - timedelta(days=day), calculation=text, typed=name
        )
    _take_over(omar, draft, chain, agreement)


def _take_over(by: Actor, draft: Draft, chain: Chain, agreement: Agreement) -> None:
    acts.append_signed(by, draft.file, chain)
    Draft.objects.filter(pk=draft.pk).update(
        state=Draft.State.PROPOSED, digest=digest_of(signed_text(agreement))
    )


def _next_version(mina: Actor, file: AgreementFile) -> None:
    """Version 2 for the year after, proposed and signed by marketing: it waits for the head of sales."""
    draft = acts.start_draft(mina, file)
    text = later(draft.text, 12).replace("web_form: 60 min", "web_form: 45 min", 1)
    text = text.replace("revenue: 500000", "revenue: 550000", 1)
    draft = acts.save_draft(mina, draft, text, started_from=draft.saved)
    proposal = acts.propose(mina, draft, saved=draft.saved)
    acts.sign(mina, file, proposal.digest, typed=proposal.agreement.people["mina"].name or "mina")
