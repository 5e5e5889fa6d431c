"""Where the text of a new agreement comes from: eight questions, a file, or another agreement here.

The questions, their readers and their refusals are those of `accord.agreement.starting`, so that the page and
`accord init` never differ.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from accord.agreement.clauses.people import Role as HeadsRole
from accord.agreement.parse import parse_agreement
from accord.agreement.plain import folded
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import SIDES
from accord.agreement.starting.init import draft, find_template
from accord.agreement.starting.interview import Question, interview, questions
from accord.agreement.writing.change import remove_at, set_at
from accord.errors import InputError
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.people.addresses import normal_address
from accord.server.people.models import Role, Side, User

_SIDES = (Side.MARKETING, Side.SALES)
_SENT_TWICE = timedelta(minutes=1)  # within which the same text by the same person is the same wish
_SEPARATORS = re.compile(r"[,;،؛、]")  # between the two heads, as the interview reads them


def questions_of(template: str) -> tuple[Question, ...]:
    """The eight questions with the template's defaults; the heads who have an account here are named.

    TemplateUnknown for a template that there is none of.
    """
    return questions({**find_template(template).defaults, **_heads_here()})


def answered(template: str, typed: Mapping[str, str], on: date) -> tuple[str, dict[str, str]]:
    """The text that the answers make, and why each answer that cannot be used is refused, by its question.

    What is left empty takes the default. With the text stand the e-mail addresses of the heads, if they have
    an account, so that they can sign it. Where an answer is refused, the text is empty.
    """
    refused: dict[str, str] = {}

    def ask(question: Question, why: str) -> str:
        if why:
            refused[question.key] = why
        return "" if why else typed.get(question.key, "")

    given = interview(ask, {**find_template(template).defaults, **_heads_here()})
    return ("" if refused else _with_addresses(draft(given, template, on), given.heads)), refused


def copied(file: AgreementFile, name: str) -> str:
    """Another agreement's text under a new name, as a first version of its own.

    Of the newest draft, else of what was proposed last. A draft that still has problems is taken as it is.
    """
    latest = file.drafts.exclude(state=Draft.State.DISCARDED).order_by("-number").first()
    proposals = () if latest else judge(file.chain()).proposals
    text = latest.text if latest else proposals[-1].entry.text if proposals else ""
    try:
        agreement = parse_agreement(text)
        text = set_at(text, ("name",), name) if name else text
        text = set_at(text, ("version",), "1") if agreement.version != 1 else text
        return remove_at(text, ("supersedes",)) if agreement.supersedes else text
    except InputError:
        return text


def _heads_here() -> dict[str, str]:
    """The names of both heads as an answer, where each side has one whose name can stand in it."""
    found = _heads()
    names = [found[side][0].name for side in _SIDES if found[side]]
    fit = len(names) == len(_SIDES) and not any(map(_SEPARATORS.search, names))
    return {"heads": ", ".join(names)} if fit else {}


def _heads() -> dict[Side, list[User]]:
    heads = list(
        User.objects.filter(role=Role.HEAD, is_active=True, side__in=_SIDES).order_by("joined_at", "id")
    )
    return {side: [head for head in heads if head.side == side] for side in _SIDES}


def _with_addresses(text: str, names: tuple[str, str]) -> str:
    """The draft with the e-mail address of each head who has an account here under that name."""
    found = _heads()
    for side, name in zip(_SIDES, names, strict=True):
        head = next((one for one in found[side] if folded(one.name) == folded(name)), None)
        if head is not None:
            text = set_at(text, ("people", f"{side}_head", "email"), head.email)
    return text


def without_account(text: str) -> list[str]:
    """The heads whom a text names and who cannot sign here yet, since no account has their address.

    Empty where the text cannot be read: the draft tells its problems.
    """
    try:
        agreement = parse_agreement(text)
    except InputError:
        return []
    people = agreement.people.items()
    heads = [(key, who) for key, who in people if who.role is HeadsRole.HEAD and who.side in SIDES]
    addresses = {normal_address(who.email) for _, who in heads if who.email}
    here = set(User.objects.filter(is_active=True, email__in=addresses).values_list("email", flat=True))
    return [who.name or key for key, who in heads if not who.email or normal_address(who.email) not in here]


def started_lately(user: User, text: str, at: datetime) -> Draft | None:
    """The draft that the same person started from the same text within the last minute: a form sent twice.

    Call it in the transaction that starts a file: until that ends, another request of the same person waits.
    """
    User.objects.select_for_update().filter(pk=user.pk).first()
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    lately = Draft.objects.select_related("file").filter(
        number=1,
        state=Draft.State.OPEN,
        started_by=user,
        started_at__gt=at - _SENT_TWICE,
        savings__number=1,
        savings__text=kept,
    )
    return lately.order_by("-pk").first()
