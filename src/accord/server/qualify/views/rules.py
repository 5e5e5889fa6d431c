"""The rules in force in words, a lead to try them on, and what a draft's rules would change."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accord.agreement.clauses.handover import Criterion
from accord.agreement.comparing.saying_words import length
from accord.agreement.conditions.lists import FREE_MAIL
from accord.agreement.conditions.reading import read_condition
from accord.agreement.conditions.saying import in_words, named
from accord.agreement.conditions.tree import Field
from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, PageUnknown
from accord.lead.scoring import readying_rule, score_of
from accord.server.agreements.finding import find_draft
from accord.server.agreements.models import Draft
from accord.server.desk import terms
from accord.server.qualify import trying
from accord.server.qualify.models import Rescoring

_MOST_DRAFTS = 50


@dataclass(frozen=True)
class Rule:
    """A condition as it was written and in words; `people` where only people can judge by it."""

    text: str
    words: str
    people: bool
    points: int = 0
    half_life: str = ""
    reason: str = ""


@require_safe
def qualification(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    found = terms.in_force(now)
    agreement = found[1] if found else None
    facts = {
        "agreement": agreement,
        "mark": found[0] if found else "",
        "rules": _rules(agreement) if agreement else {},
        "run": Rescoring.objects.order_by("-pk").first(),
        "drafts": _drafts(),
        **(_tried(request, agreement) if agreement else {}),
        **_dry(request, agreement),
    }
    return render(request, "qualify/qualification.html", facts)


def _rules(agreement: Agreement) -> dict[str, object]:
    said = agreement.qualification
    rule = readying_rule(agreement)
    own = [(name, values, False) for name, values in said.lists.items()]
    built_in = [] if "free_mail" in said.lists else [("free_mail", FREE_MAIL, True)]
    return {
        "axes": ((_("Fit"), _criteria(said.fit)), (_("Interest"), _criteria(said.interest))),
        "grades": [(axis, list(steps.items())) for axis, steps in said.grades.items()],
        "ready": _rule(rule) if rule else None,
        "sql": _rule(said.sql) if said.sql else None,
        "actions": [_rule(one) for one in said.auto_qualify],
        "around": [_rule(one) for one in said.route_around],
        "out": _criteria(said.disqualify),
        "lists": own + built_in,
        "minimum": agreement.handoff.minimum_information,
    }


def _rule(text: str) -> Rule:
    return Rule(text, in_words(text), read_condition(text).prose)


def _criteria(rules: tuple[Criterion, ...]) -> list[Rule]:
    return [
        Rule(
            one.when,
            in_words(one.when),
            read_condition(one.when).prose,
            one.points,
            length(one.half_life) if one.half_life else "",
            (one.reason or "").replace("_", " "),
        )
        for one in rules
    ]


def _tried(request: HttpRequest, agreement: Agreement) -> dict[str, object]:
    """The form for a lead that is made up, and its score once it was sent."""
    asked = trying.questions(agreement, request.GET)
    days = request.GET.get("days", "0")
    count = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0
    now = timezone.now()
    score = score_of(agreement, trying.made_up(asked, count, now), now) if "try" in request.GET else None
    return {
        "asked": [(one, named(Field(one.name))) for one in asked],
        "days": min(count, trying.MOST_DAYS),
        "most_days": trying.MOST_DAYS,
        "score": score,
        "because": in_words(score.by) if score else "",
        "out": score.ruled_out.replace("_", " ") if score else "",
    }


def _drafts() -> list[Draft]:
    rows = Draft.objects.filter(state=Draft.State.OPEN).select_related("file").defer("text")
    return list(rows.order_by("-saved_at")[:_MOST_DRAFTS])


def _dry(request: HttpRequest, agreement: Agreement | None) -> dict[str, object]:
    """What the rules of the chosen draft would change, or why they cannot be read."""
    wanted = request.GET.get("draft", "")
    slug, _slash, number = wanted.rpartition("/")
    if not wanted:
        return {}
    if "\x00" in slug or not (number.isascii() and number.isdigit() and len(number) < 7):
        raise PageUnknown(wanted[:80], noun="draft")
    draft = find_draft(slug[:200], int(number))
    try:
        other = agreement_in(draft.text)
    except AgreementInvalid as error:
        return {"draft": draft, "wanted": wanted, "problems": error.problems[:20]}
    return {"draft": draft, "wanted": wanted, "dry": trying.dry_run(other, agreement, timezone.now())}
