"""The form by which a person is erased."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

REASONS = (  # a list, for the audit lasts: own words there might name whoever was erased
    ("asked", _("the person asked for it")),
    ("no basis", _("there is no basis to keep it")),
    ("not needed", _("it is not needed any more")),
    ("test", _("it was entered as a test")),
)


class EraseForm(forms.Form):
    """Why, and the lead's key as whoever erases types it: it cannot be undone."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("choose one")), *REASONS])
    typed = forms.CharField(label=_("Key of the lead, to confirm"), max_length=64)

    def __init__(self, key: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        self.fields["typed"].help_text = key
        self.fields["typed"].widget.attrs |= {"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"]).strip()
        if typed != self.key:
            raise forms.ValidationError(_("type the key as it stands here: %(key)s") % {"key": self.key})
        return typed
