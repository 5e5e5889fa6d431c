"""How allauth fits the house: nobody comes in without an account or an invitation, by no way."""

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.errors import NotAllowed
from accord.report.format import name as shown
from accord.server.audit.trail import address_of
from accord.server.people.addresses import normal_address
from accord.server.people.inviting import accept, find_open_for
from accord.server.people.limiting import too_many_tries
from accord.server.people.links import full_address
from accord.server.people.models import User
from accord.server.people.rates import LOCKED_FOR


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "The e-mail address or the password is wrong. Try again, or ask for a new password."
        ),
        "incorrect_password": gettext_lazy("That is not your password."),
        "enter_current_password": gettext_lazy("That is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address as in the audit: proxies are believed only as far as the settings say."""
        return address_of(request)

    def clean_email(self, email: str) -> str:
        return normal_address(email)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        if "email" in credentials:
            credentials["email"] = normal_address(credentials["email"])
        return super().authenticate(request, **credentials)  # type: ignore[no-any-return]

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """What is wrong in a form; too many tries are no mistake in one, but refused."""
        if code in ("too_many_login_attempts", "rate_limited"):
            raise too_many_tries(LOCKED_FOR)
        return cast(ValidationError, super().validation_error(code, *args))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By address alone: the server's other names are no more tries."""
        return normal_address(credentials.get("email", ""))

    def get_reset_password_from_key_url(self, key: str) -> str:
        return full_address(self.request, urlsplit(super().get_reset_password_from_key_url(key)).path)

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the account, whoever asked for it.

        Strangers get no mail from us; the words are made all the same, so that it takes as long.
        """
        if template_prefix.endswith("unknown_account"):
            render_to_string("account/email/password_reset_key_message.txt", {**context, "user": User()})
            return
        reader = context.get("user")
        language = reader.language if isinstance(reader, User) else ""
        with translation.override(language or settings.LANGUAGE_CODE):
            super().send_mail(template_prefix, email, context)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """To the address of the account, never as typed: letters that look alike are other mailboxes."""
        super().send_password_reset_mail(user, user.email, context)


class SocialAdapter(DefaultSocialAccountAdapter):
    """The company's account counts by its verified e-mail address, each time anew; nothing is linked."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """Left to `pre_social_login`: allauth would take away the password on this way."""
        return

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Name the person who signs in; NotAllowed for whoever has neither account nor invitation."""
        if sociallogin.state.get("process") != "login":
            raise NotAllowed(_("the company's account is for signing in only; go back to your profile"))
        addresses = _verified(sociallogin)
        if not addresses:
            raise NotAllowed(
                _("the company's account names no verified e-mail address; sign in with your password")
            )
        sociallogin.user = User.objects.filter(email__in=addresses).first() or _invited(
            request, addresses, sociallogin.account.extra_data
        )


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That code is wrong or has been used; enter the one shown now."),
    }

    def build_totp_svg(self, url: str) -> str:
        """The picture to scan on white of its own: a dark page shows it too."""
        picture = cast(str, super().build_totp_svg(url))
        return picture.replace("<path", '<rect width="100%" height="100%" fill="#fff"/><path', 1)

    def get_totp_issuer(self) -> str:
        return f"Accord {super().get_totp_issuer()}"


def _verified(sociallogin: Any) -> list[str]:
    """Addresses for which the provider answers; some say so in words."""
    return [
        normal_address(item.email)
        for item in sociallogin.email_addresses
        if item.verified is True or item.verified == "true"
    ]


def _invited(request: HttpRequest, addresses: list[str], told: dict[str, Any]) -> User:
    """The account made out of an open invitation, without a password."""
    for address in addresses:
        if invitation := find_open_for(address):
            claims = told.get("userinfo") or told.get("id_token") or told
            name = invitation.name or shown(claims.get("name")) or address.partition("@")[0]
            return accept(invitation, name, None, address=address_of(request))
    raise NotAllowed(
        _("nobody with the address %(address)s has an account or an open invitation; ask operations for one")
        % {"address": shown(addresses[0])}
    )
