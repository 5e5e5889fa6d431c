"""Laying a draft before both sides, going through it, signing it, taking it back."""

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accord.agreement.signing.chain import digest_of
from accord.agreement.signing.proposals import begins_at, full_name
from accord.agreement.signing.sign import MOST_WORDS
from accord.agreement.signing.standing import day
from accord.errors import (
    AccordError,
    AgreementInvalid,
    ChainInvalid,
    EditConflict,
    PageUnknown,
    SignatureRefused,
)
from accord.server.agreements import acts
from accord.server.agreements.finding import find_draft
from accord.server.agreements.frame import Frame, Version, frame_of, reader_of, user_of
from accord.server.agreements.models import Clash
from accord.server.agreements.views.checking import MOST_CHAIN, decoded
from accord.server.agreements.views.differences import compared
from accord.server.agreements.views.papers import paper_of
from accord.server.agreements.views.preview import Preview, preview
from accord.server.agreements.views.walking import StepPage, Walk, confirm, walk_of
from accord.server.audit.trail import actor_of
from accord.server.look import figures as say
from accord.server.mail.sending import sends_mail
from accord.server.people.confirming import ask_again_who
from accord.server.people.links import full_address

_LONGEST_NAME = 200
_TYPED = "typed"  # in the session: the name of somebody who is asked again who they are
_REFUSALS = (SignatureRefused, EditConflict, ChainInvalid)


class ReasonForm(forms.Form):
    """Why: kept with the version, and shown to whoever signs."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why: both sides will read it.")},
    )


class NameForm(forms.Form):
    """The signature of whoever signs without a key."""

    typed = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=_LONGEST_NAME,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type your full name: that is your signature.")},
    )


class KeyForm(forms.Form):
    """The signature of whoever has a key: made at home, handed in here."""

    signatures = forms.FileField(
        label=gettext_lazy("Signatures"),
        help_text=gettext_lazy("The file NAME.signatures after you have signed with your key"),
        error_messages={"required": gettext_lazy("Choose the file of signatures that your key has signed.")},
    )

    def clean_signatures(self) -> str:
        return decoded(self.cleaned_data["signatures"], MOST_CHAIN) or ""


# Propose -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What proposing this draft would do; then do it, as it stood when the page was shown."""
    draft, frame = find_draft(slug, number), frame_of(slug)
    look = preview(frame, draft, user_of(request))
    clashes = list(Clash.objects.filter(draft=draft, settled_at=None).select_related("by"))
    form = _reason_form(request, look, aside=bool(clashes))
    problem: AccordError | None = None
    if request.method == "POST" and form.is_valid():
        saved = _number(request.POST.get("saved", ""))
        try:
            acts.propose(actor_of(request), draft, saved=saved, reason=form.cleaned_data["reason"])
        except (AgreementInvalid, *_REFUSALS) as error:
            problem = error
        else:
            return _proposed(request, slug)
    known = {
        "frame": frame,
        "file": frame.file,
        "tab": "drafts",
        "draft": draft,
        "look": look,
        "clashes": clashes,
        "form": form,
        "problem": problem,
    }
    return render(request, "agreements/propose.html", known, status=_status(form, problem))


def _reason_form(request: HttpRequest, look: Preview, *, aside: bool) -> ReasonForm:
    """`aside`: texts wait that were not saved, so whoever proposes says that they may be put aside."""
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    field = form.fields["reason"]
    field.required = look.resets
    if look.resets and look.before is not None:
        field.label = _("Why version %(number)s is reset before its end") % {"number": look.before.number}
    else:
        field.label = _("What both sides should know")
    if aside:
        form.fields["aside"] = forms.BooleanField(
            label=_("Propose the saved text, and put aside what was not saved"),
            error_messages={
                "required": _("Settle the texts that were not saved first, or say that they are put aside.")
            },
        )
    return form


def _proposed(request: HttpRequest, slug: str) -> HttpResponse:
    waiting = frame_of(slug).waiting
    if waiting is not None:
        agreement = waiting.proposal.agreement
        heads = [key for _side, key in waiting.proposal.missing if key is not None]
        asked = [full_name(agreement, key) for key in heads if agreement.people[key].email]
        silent = [full_name(agreement, key) for key in heads if not agreement.people[key].email]
        messages.success(request, _("Version %(number)s is proposed.") % {"number": waiting.number})
        if asked and sends_mail():
            said = _("A mail asks for the signatures of %(names)s.")
            messages.info(request, said % {"names": ", ".join(asked)})
        elif asked:
            said = _(
                "No mail is sent from this installation: ask for the signatures of %(names)s here: %(link)s"
            )
            link = full_address(request, reverse("agreement-walk", args=[slug, waiting.mark]))
            messages.warning(request, said % {"names": ", ".join(asked), "link": link})
        if silent:
            said = _("The agreement has no e-mail address of %(names)s: tell them yourself.")
            messages.warning(request, said % {"names": ", ".join(silent)})
    return redirect("agreement", slug)


# Withdraw ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the version that waits for signatures, with a reason; its draft is open again."""
    frame = frame_of(slug)
    waiting = frame.waiting
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    problem: AccordError | None = None
    if request.method == "POST" and form.is_valid():
        digest, reason = request.POST.get("digest", ""), form.cleaned_data["reason"]
        try:
            acts.withdraw(actor_of(request), frame.file, reason=reason, digest=digest)
        except _REFUSALS as error:
            problem = error
        else:
            messages.success(request, _("The proposal is withdrawn, and its draft is open again."))
            return redirect("agreement", slug)
    known = {
        "frame": frame,
        "file": frame.file,
        "tab": "versions",
        "version": waiting,
        "form": form,
        "problem": problem,
    }
    return render(request, "agreements/withdraw.html", known, status=_status(form, problem))


# Walk and sign -----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def walk(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """One step of the walk, by `step` from 1; posting says that it was read and leads to the next."""
    frame = frame_of(slug)
    version = frame.version(mark)
    walked = walk_of(request, frame.file, version)
    asked = request.POST if request.method == "POST" else request.GET
    step = _number(asked.get("step", "") or str(next(iter(walked.left), 1)))
    if not 1 <= step <= len(walked.steps):
        raise PageUnknown(f"step {step}", [f"step {at}" for at in range(1, len(walked.steps) + 1)])
    if request.method == "POST":
        confirm(request, frame.file, version, step)
        return _onwards(request, frame, version, step)
    known = {"step": step, "page": StepPage(walked, step), **_walking(request, frame, version, walked)}
    if step == 1 and (before := frame.supersedes(version)) is not None:
        known["before"] = before
        known["change"] = compared(before.proposal.entry.text, version.proposal.entry.text)
    return render(request, "agreements/walk.html", known)


def _onwards(request: HttpRequest, frame: Frame, version: Version, step: int) -> HttpResponse:
    """The next step that was not read; after the last one the signature, for whoever may give it."""
    slug = frame.file.slug
    walked = walk_of(request, frame.file, version)
    if walked.left:
        later = [number for number in walked.left if number > step]
        place = reverse("agreement-walk", args=[slug, version.mark])
        return redirect(f"{place}?step={(later or walked.left)[0]}")
    reader = reader_of(version, user_of(request))
    name = "agreement-sign" if reader is not None and reader.may_sign else "agreement-version"
    return redirect(name, slug, version.mark)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, slug: str, mark: str) -> HttpResponse:
    """The signature of whoever is signed in: after the walk, and after asking again who that is."""
    frame = frame_of(slug)
    version = frame.version(mark)
    walked = walk_of(request, frame.file, version)
    reader = reader_of(version, user_of(request))
    if reader is not None and reader.may_sign and not walked.is_done:
        messages.info(request, _("Go through every step first; then you can sign."))
        return redirect("agreement-walk", slug, mark)
    if asked := _asked_again(request, slug, mark):
        return asked
    with_key = version.proposal.agreement.people[walked.person].key is not None
    form = _signature_form(request, with_key)
    problem: AccordError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            _sign(request, frame, version, form)
        except _REFUSALS as error:
            frame = frame_of(slug)
            version, problem = frame.version(mark), error
        else:
            messages.success(request, _after(frame_of(slug).version(mark)))
            return redirect("agreement-version", slug, mark)
    known = {
        "form": form,
        "with_key": with_key,
        "problem": problem,
        **_walking(request, frame, version, walked),
    }
    return render(request, "agreements/sign.html", known, status=_status(form, problem))


def _signature_form(request: HttpRequest, with_key: bool) -> forms.Form:
    typed = {"typed": request.session.pop(_TYPED, "")}
    if request.method == "POST":
        return KeyForm(request.POST, request.FILES) if with_key else NameForm(request.POST)
    return KeyForm() if with_key else NameForm(initial=typed)


def _sign(request: HttpRequest, frame: Frame, version: Version, form: forms.Form) -> None:
    actor, digest = actor_of(request), version.proposal.digest
    if isinstance(form, KeyForm):
        acts.hand_in(actor, frame.file, form.cleaned_data["signatures"], timezone.now(), in_person=True)
    else:
        acts.sign(actor, frame.file, digest, typed=form.cleaned_data["typed"])


def _asked_again(request: HttpRequest, slug: str, mark: str) -> HttpResponse | None:
    """Ask who it is. Afterwards they press the button again themselves: no signature follows a password."""
    try:
        ask_again_who(request)
    except ReauthenticationRequired:
        if request.method != "POST":
            raise  # allauth's middleware leads to the password and back
        request.session[_TYPED] = request.POST.get("typed", "")[:_LONGEST_NAME]
        return redirect("agreement-sign", slug, mark)
    return None


def _walking(request: HttpRequest, frame: Frame, version: Version, walked: Walk) -> dict[str, object]:
    agreement = version.proposal.agreement
    mine = agreement.people[walked.person].side
    paper = paper_of(version.proposal.entry.text, version.status)
    return {
        "frame": frame,
        "file": frame.file,
        "tab": "read",
        "version": version,
        "ended": frame.reset_by(version),
        "reader": reader_of(version, user_of(request)),
        "walked": walked,
        "full_name": full_name(agreement, walked.person),
        "calculation_digest": digest_of(version.proposal.entry.calculation),
        "mine": [one for one in paper.sides if one.side in (mine, "both")],
    }


def _after(version: Version) -> str:
    """What stands after a signature: who is missing, or from when it holds."""
    if missing := [name or str(side) for side, name in version.missing]:
        said = _("You have signed version %(number)s. Still missing: %(names)s.")
        return said % {"number": version.number, "names": ", ".join(missing)}
    begins = say.or_dash(say.day(day(version.proposal, begins_at(version.proposal))))
    said = _(
        "You have signed version %(number)s. The heads of both sides have signed: in force from %(day)s."
    )
    return said % {"number": version.number, "day": begins}


def _status(form: forms.Form, problem: AccordError | None) -> int:
    if problem is not None:
        return problem.http_status
    return 422 if form.errors else 200


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
