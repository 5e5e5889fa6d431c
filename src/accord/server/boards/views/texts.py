"""Texts of mails that go out by themselves: the list, writing one, looking at one as it goes out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accord.agreement.terms import Agreement
from accord.errors import EntryInvalid
from accord.lead.cadence import rules_for
from accord.lead.events import Channel
from accord.server.audit.trail import actor_of
from accord.server.boards import mailing, nurturing
from accord.server.boards import texts as kept_by
from accord.server.boards.models import Text
from accord.server.boards.texts import Wanted
from accord.server.boards.views.common import agreement_now
from accord.server.look.answering import said_on_the_page, viewer_of


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every text in use, and what the agreement would send but nobody has written."""
    agreement = agreement_now()
    rows = list(Text.objects.filter(replaced_at=None).select_related("saved_by"))
    there = {row.name for row in rows if row.use == Text.Use.ASSET}
    return render(request, "boards/texts.html", {
        "rows": [(row, kept_by.title(row)) for row in rows],
        "unwritten": [asset for asset in nurturing.assets(agreement) if asset not in there],
        "mails": nurturing.mails_of(agreement),
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a text, or look at it as it would go out (`preview`)."""
    agreement, problems, preview = agreement_now(), {}, None
    typed = _typed(request)
    if request.method == "POST":
        if "preview" in request.POST:
            row = Text(subject=typed.subject, text=kept_by.plain(typed.text))
            preview = _preview(request, agreement, row)
            problems = {one.path: one.what for one in kept_by.problems_of(row.subject, row.text)}
        else:
            try:
                row = kept_by.save(actor_of(request), typed, timezone.now())
            except EntryInvalid as error:
                problems = {problem.path: problem.what for problem in error.problems}
            else:
                messages.success(request, _("The text is kept; it goes out from now on where it is due."))
                return redirect("nurture-text", row.pk)
    facts = {
        "typed": typed,
        "problems": problems,
        "preview": preview,
        "types": nurturing.lead_types(agreement),
        "assets": nurturing.assets(agreement),
        "most": _most_mails(agreement),
        "uses": Text.Use.choices,
    }
    return render(request, "boards/text_new.html", facts, status=422 if problems else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """One text as it goes out; POST puts it away."""
    if request.method == "POST":
        return _put_away(request, pk)
    row = kept_by.find(pk)
    return render(request, "boards/text.html", {
        "row": row,
        "title": kept_by.title(row),
        "preview": _preview(request, agreement_now(), row),
    })  # fmt: skip


@said_on_the_page("nurture-texts")
def _put_away(request: HttpRequest, pk: int) -> HttpResponse:
    kept_by.put_away(actor_of(request), pk, timezone.now())
    messages.success(request, _("The text is put away; nobody gets it any more."))
    return redirect("nurture-texts")


def _typed(request: HttpRequest) -> Wanted:
    sent = request.POST if request.method == "POST" else request.GET
    use, step = sent.get("use", Text.Use.ASSET), sent.get("step", "1")
    number = int(step) if step.isascii() and step.isdigit() and len(step) < 4 else 0
    follow_up = use == Text.Use.FOLLOW_UP
    name = sent.get("lead_type" if follow_up else "asset", "")[:200]
    return Wanted(use, name, number if follow_up else 0, sent.get("subject", ""), sent.get("text", ""))


def _preview(request: HttpRequest, agreement: Agreement | None, row: Text) -> kept_by.Mail | None:
    """The mail as an invented person would get it, from whoever looks."""
    if agreement is None:
        return None
    sender = viewer_of(request).name
    known = {"name": "Ada Byron", "company": "Analytical Engines Ltd", "sender": sender}
    mail = kept_by.filled(row, known)
    foot = mailing.footer(agreement, sender, request.build_absolute_uri("/stop/") + "…/")
    return kept_by.Mail(mail.subject, f"{mail.text}\n\n-- \n{foot}")


def _most_mails(agreement: Agreement | None) -> int:
    """How many mails of the follow-up any lead type is owed."""
    if agreement is None:
        return 0
    names: list[str | None] = [None, *agreement.lead_types]
    return max(rules_for(agreement, name).owed.get(Channel.EMAIL, 0) for name in names)
