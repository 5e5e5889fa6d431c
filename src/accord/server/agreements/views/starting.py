"""Starting an agreement: by eight questions, from a file, or from another agreement here."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accord.agreement.starting.init import TEMPLATES, find_template
from accord.errors import InputError
from accord.server.agreements import acts, starts
from accord.server.agreements.frame import user_of
from accord.server.agreements.models import AgreementFile
from accord.server.agreements.uploads import text_in
from accord.server.audit.trail import actor_of

_NAMES = {
    "b2b_saas": gettext_lazy("Software for companies"),
    "manufacturer": gettext_lazy("Manufacturer"),
    "agency": gettext_lazy("Agency"),
}
WAYS = ("questions", "text", "copy")


class Answer(forms.CharField):
    """The answer to one question: asked for, though an empty one takes the default."""

    def validate(self, value: object) -> None:
        """The interview's own readers judge it."""


class Questions(forms.Form):
    """The eight questions of a template; an empty answer takes the default."""

    def __init__(self, template: str, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix="ask")
        for question in starts.questions_of(template):
            self.fields[question.key] = Answer(
                label=question.text, help_text=question.hint, initial=question.default
            )


class Text(forms.Form):
    """A whole agreement that stands in a file, or is pasted."""

    file = forms.FileField(
        label=gettext_lazy("A file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,text/yaml"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "mono", "rows": 12, "spellcheck": "false"}),
        help_text=gettext_lazy("It may still have problems: they are shown in the draft, each at its line."),
    )


class Copy(forms.Form):
    """Another agreement of this server, under a name of its own."""

    source = forms.ModelChoiceField(
        AgreementFile.objects.only("id", "title", "slug"),
        label=gettext_lazy("Which one"),
        empty_label=gettext_lazy("Choose one"),
        to_field_name="slug",
    )
    name = forms.CharField(label=gettext_lazy("Name of the new one"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Three ways on one page; POST takes the one named `way` and leads to the draft."""
    template = request.POST.get("template") or request.GET.get("template") or next(iter(TEMPLATES))
    find_template(template)
    made: dict[str, forms.Form] = {
        "questions": Questions(template),
        "text": Text(prefix="file"),
        "copy": Copy(prefix="copy"),
    }
    way = request.POST.get("way", "")
    if request.method == "POST" and way in WAYS:
        done = _STARTS[way](request, template, made)
        if done is not None:
            return done
    context: dict[str, object] = {
        "forms": made,
        "way": way,
        "templates": [(one, _NAMES.get(one.name, one.name)) for one in TEMPLATES.values()],
        "chosen": template,
    }
    context["others"] = AgreementFile.objects.exists()
    return render(request, "agreements/new.html", context, status=422 if way else 200)


def _by_questions(request: HttpRequest, template: str, made: dict[str, forms.Form]) -> HttpResponse | None:
    form = made["questions"] = Questions(template, request.POST)
    form.is_valid()
    text, refused = starts.answered(template, form.cleaned_data, timezone.localdate())
    for key, why in refused.items():
        form.add_error(key, why)
    return None if refused else _started(request, form, "", text)


def _by_text(request: HttpRequest, _template: str, made: dict[str, forms.Form]) -> HttpResponse | None:
    form = made["text"] = Text(request.POST, request.FILES, prefix="file")
    if not form.is_valid():
        return None
    upload, typed = form.cleaned_data["file"], form.cleaned_data["text"]
    try:
        text = text_in(upload, acts.MOST_CHARACTERS * 4) if upload else typed
    except InputError as error:
        form.add_error("file", str(error))
        return None
    if not text.strip():
        form.add_error("text", _("There is nothing here yet; choose a file, or paste its text."))
        return None
    return _started(request, form, "file" if upload else "text", text)


def _by_copy(request: HttpRequest, _template: str, made: dict[str, forms.Form]) -> HttpResponse | None:
    form = made["copy"] = Copy(request.POST, prefix="copy")
    if not form.is_valid():
        return None
    return _started(
        request, form, "source", starts.copied(form.cleaned_data["source"], form.cleaned_data["name"])
    )


def _started(request: HttpRequest, form: forms.Form, field: str, text: str) -> HttpResponse | None:
    """The way to the draft, or nothing with what is wrong at its field."""
    try:
        with transaction.atomic():
            if again := starts.started_lately(user_of(request), text, timezone.now()):
                return redirect(acts.draft_link(again))
            draft = acts.start_file(actor_of(request), text)
    except InputError as error:
        form.add_error(field or None, str(error))
        return None
    if strangers := starts.without_account(text):
        names = ", ".join(strangers)
        messages.warning(
            request, _("%(names)s cannot sign here yet: no account has their address.") % {"names": names}
        )
    messages.success(request, _("The draft is started. Nothing binds anybody before both sides have signed."))
    return redirect(acts.draft_link(draft))


_STARTS: dict[str, Callable[[HttpRequest, str, dict[str, forms.Form]], HttpResponse | None]] = {
    "questions": _by_questions,
    "text": _by_text,
    "copy": _by_copy,
}
