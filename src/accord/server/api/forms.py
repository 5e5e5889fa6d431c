"""The form of a new token."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accord.server.api.tokens import MOST_DAYS, SCOPES, USUAL_DAYS

_WHAT = [(scope, format_lazy("{} ({})", meaning, scope)) for scope, meaning in SCOPES.items()]


class TokenForm(forms.Form):
    """What an integration may do, and for how long."""

    name = forms.CharField(
        label=_("Integration"), max_length=80, help_text=_("As it will stand in the audit, such as CRM sync")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=_WHAT,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It can never do more than you."),
    )
    days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )
