"""Forms of the intake pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.server.intake.agreed import Choices, Words
from accord.server.intake.files import ENCODINGS
from accord.server.intake.models import Source
from accord.server.people.forms import Suggesting

OWNERS = ("marketing", "sales", "partner", "retention")
_OWNERS = [("", _("marketing, if nobody says otherwise")), *((one, one) for one in OWNERS)]


WORDS = {  # of fields, for people
    "email": _("E-mail address"), "phone": _("Phone"), "mobile": _("Mobile phone"), "name": _("Name"),
    "first_name": _("First name"), "last_name": _("Last name"), "company": _("Company"), "role": _("Role"),
    "linkedin": _("LinkedIn"), "country": _("Country"), "zone": _("Time zone"), "language": _("Language"),
    "lead_type": _("Lead type"), "stream": _("Revenue stream"), "segment": _("Segment"),
    "persona": _("Persona"),
    "source": _("Source in reports"), "source_owner": _("Whose work brought them"), "occurred_at": _("When"),
    "id": _("Its name there"), "lead": _("Lead"), "actor": _("Who did it"), "channel": _("Channel"),
    "outcome": _("Outcome"), "reason": _("Reason"), "until": _("Until"), "signal": _("Signal"),
}  # fmt: skip


def with_said(choices: Choices, said: str) -> Choices:
    """Nothing, what is offered, and what was said before, which an older agreement may have had."""
    if not choices:
        return ()
    more = [(said, said)] if said and said not in dict(choices) else []
    return [("", str(_("not said"))), *choices, *more]


class SourceForm(forms.Form):
    """A form or a webhook, and what its leads are where they do not say it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Source.Kind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The page or the tool, such as Demo page")
    )
    lead_type = forms.CharField(
        label=_("Lead type"),
        max_length=80,
        required=False,
        help_text=_("As the agreement names it: it decides how fast somebody calls."),
    )
    stream = forms.CharField(label=_("Revenue stream"), max_length=80, required=False)
    label = forms.CharField(
        label=_("Source in reports"), max_length=120, required=False, help_text=_("The name above, if empty")
    )
    source_owner = forms.ChoiceField(label=_("Whose work brings them"), choices=_OWNERS, required=False)
    signal = forms.CharField(
        label=_("Signal"),
        max_length=120,
        required=False,
        help_text=_("What a hand raised here counts as in the agreement's criteria, such as demo_requested"),
    )
    return_hosts = forms.CharField(
        label=_("Where a form may lead back to"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
        help_text=_(
            "Names of your sites, one a line, such as www.acme.example; else our own page says thanks."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, words: Words, source: Source | None = None, **kwargs: Any) -> None:
        if source is not None:
            known = {name: getattr(source, name, "") for name in self.base_fields}
            kwargs["initial"] = {**known, "return_hosts": "\n".join(source.return_hosts)}
        super().__init__(*args, **kwargs)
        self._offer(words, source)
        if source is not None:
            del self.fields["kind"]
            if source.kind != Source.Kind.FORM:
                del self.fields["return_hosts"]

    def _offer(self, words: Words, source: Source | None) -> None:
        """The agreement's own words to choose from; without an agreement anything may be typed."""
        for name in ("lead_type", "stream"):
            if offered := with_said(words.choices(name), getattr(source, name, "")):
                field = self.fields[name]
                self.fields[name] = forms.ChoiceField(
                    label=field.label, choices=offered, required=False, help_text=field.help_text
                )
        if words.signals:
            self.fields["signal"].widget = Suggesting(words.signals, {"maxlength": 120})


class UploadForm(forms.Form):
    """A file of leads."""

    file = forms.FileField(
        label=_("File"), allow_empty_file=True,
        help_text=_("CSV with a header, at most 10 MB and 50,000 rows"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", _("find it")), *((one, one) for one in ENCODINGS)]
    )


class AsideForm(forms.Form):
    """Why something is put aside."""

    why = forms.CharField(label=_("Reason"), max_length=400)
