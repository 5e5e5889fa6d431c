"""Mails to prospects that a machine writes: whether one may go out, what it says, and the way to stop them.

Nothing goes to a person without a basis on record for e-mail, nor to one who objected (8.1, 8.2); each says
who sends it and that a machine does, and has a link that stops all of them at once.
"""

from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accord.agreement.terms import Agreement
from accord.lead.events import Channel
from accord.server.boards.models import HeldBack, Mailing, Text
from accord.server.boards.texts import Mail, filled
from accord.server.desk.identity import Keys
from accord.server.desk.models import Consent, Contact, Lead
from accord.server.desk.suppressing import is_suppressed
from accord.server.mail.models import Message
from accord.server.mail.sending import sends_mail

_SALT = "accord.server.boards.stop"


def why_not(contact: Contact | None, text: Text | None) -> str:
    """Why a mail may not go out by itself (`HeldBack`); empty if it may."""
    if text is None:
        return HeldBack.TEXT
    if contact is None or contact.erased_at is not None or not contact.email_key:
        return HeldBack.ADDRESS
    if is_suppressed(Keys(email=contact.email_key)):
        return HeldBack.REFUSED
    latest = Consent.objects.filter(contact=contact, channel=Channel.EMAIL).order_by("-at", "-pk").first()
    if latest is None:
        return HeldBack.BASIS
    if not latest.allowed or latest.basis == Consent.Basis.NONE:
        return HeldBack.REFUSED
    return "" if sends_mail() and settings.ENV.url else HeldBack.WAY


def compose(held: Lead, text: Text, agreement: Agreement, sender: str) -> Mail:
    """The whole mail: the text with what is known of the person, then who sent it and how to stop it."""
    contact = held.contact
    known = {
        "name": contact.name if contact else "",
        "company": (contact.company if contact else "") or held.account_name,
        "sender": sender,
    }
    mail = filled(text, known)
    return Mail(mail.subject, f"{mail.text}\n\n-- \n{footer(agreement, sender, stop_address(held))}\n")


def footer(agreement: Agreement, sender: str, stop: str) -> str:
    """Who wrote, that a machine did, and how to stop it: in every mail, in the installation's language."""
    with override(settings.LANGUAGE_CODE):
        words = {"sender": sender, "team": agreement.name, "stop": stop}
        return (
            _("This mail was sent automatically for %(sender)s, %(team)s.\nNo more mail from us: %(stop)s")
            % words
        )


def sender_of(held: Lead, agreement: Agreement) -> str:
    """In whose name a mail goes out: of whoever has the lead, else of the marketing team."""
    return held.owner.name if held.owner else agreement.parties.marketing or agreement.name


def forget_mails(leads: Sequence[Lead]) -> None:
    """Take out of the outbox whom mails to these leads went to and what they said; that they went stays."""
    mails = Mailing.objects.filter(lead__in=leads).exclude(message=None).values_list("message_id", flat=True)
    Message.objects.filter(pk__in=list(mails)).update(to="", subject="", text="", html="", problem="")


def stop_address(held: Lead) -> str:
    """The link that stops all mail to the person of this lead."""
    return f"{settings.ENV.url}{reverse('stop', args=[token_of(held)])}"


def token_of(held: Lead) -> str:
    return signing.Signer(salt=_SALT).sign(str(held.pk)).replace(":", "~")


def lead_of(token: str) -> Lead | None:
    """The lead that a link was sent to; None for a link that we did not make."""
    try:
        number = signing.Signer(salt=_SALT).unsign(token.replace("~", ":"))
    except signing.BadSignature:
        return None
    return Lead.objects.select_related("contact").filter(pk=int(number)).first()
