"""The form of the set-up page."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accord.server.people.models import User


class SetUpForm(forms.Form):
    """Who sets the installation up, and the token that shows that they may."""

    token = forms.CharField(
        label=_("Token"),
        max_length=200,
        help_text=_("Accord wrote it to the console when it started. It works once."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )
    name = forms.CharField(
        label=_("Full name"),
        max_length=120,
        help_text=_("As it stands under agreements: signing asks for it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}), max_length=254
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least ten characters; a few words are easier to keep in mind than signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        strip=False,
        max_length=256,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            person = User(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
