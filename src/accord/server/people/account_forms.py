"""allauth's forms in our words: a label instead of a placeholder, help where somebody may be stuck."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.utils.translation import gettext_lazy as _

_EMAIL, _PASSWORD = _("E-mail address"), _("Password")
_NEW, _AGAIN = _("New password"), _("New password again")
_CODE = _("Code")


class _Plain:
    """Labels as given in `words`, no placeholders, the cursor in the first field."""

    words: dict[str, Any] = {}
    help: dict[str, Any] = {}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name, label in self.words.items():
            self.fields[name].label = label
        for name, text in self.help.items():
            self.fields[name].help_text = text
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class SignIn(_Plain, account.LoginForm):  # type: ignore[misc]
    words = {"login": _EMAIL, "password": _PASSWORD, "remember": _("Stay signed in on this device")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class Confirm(_Plain, account.ReauthenticateForm):  # type: ignore[misc]
    words = {"password": _PASSWORD}


class ChangePassword(_Plain, account.ChangePasswordForm):  # type: ignore[misc]
    words = {"oldpassword": _("Present password"), "password1": _NEW, "password2": _AGAIN}


class SetPassword(_Plain, account.SetPasswordForm):  # type: ignore[misc]
    words = {"password1": _NEW, "password2": _AGAIN}


class ForgotPassword(_Plain, account.ResetPasswordForm):  # type: ignore[misc]
    words = {"email": _EMAIL}


class NewPassword(_Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    words = {"password1": _NEW, "password2": _AGAIN}


class EnterCode(_Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    words = {"code": _CODE}
    help = {"code": _("Six digits of the app, or one of your recovery codes")}


class ConfirmCode(_Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    words = {"code": _CODE}
    help = {"code": _("Six digits of the app, or one of your recovery codes")}


class ActivateCode(_Plain, ActivateTOTPForm):  # type: ignore[misc]
    words = {"code": _CODE}
    help = {"code": _("The six digits that the app shows now")}
