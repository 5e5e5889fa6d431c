"""Django's way of sending mail, which here writes it down: the worker sends it after the transaction."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email

from accord.server.mail.models import Message

_LONGEST_SUBJECT = 254


class Outbox(BaseEmailBackend):
    """Writes one row for each recipient, so that nobody sees who else got it, in the caller's transaction.

    Sender and further headers are the installation's own, whatever a caller asks for. BadHeaderError for an
    address that is none: one with a line break in it would add headers of its own.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            Message(to=_address(to), subject=_one_line(mail.subject), text=str(mail.body), html=_html(mail))
            for mail in email_messages
            for to in mail.recipients()
        ]
        Message.objects.bulk_create(rows)
        return len(rows)


def _one_line(subject: object) -> str:
    """A subject as one line: line breaks and other white space in it would end the header."""
    return " ".join(str(subject).replace("\x00", "").split())[:_LONGEST_SUBJECT]


def _address(to: str) -> str:
    try:
        validate_email(to)
    except ValidationError:
        raise BadHeaderError(f"{to!r} is no e-mail address") from None
    return to


def _html(mail: EmailMessage) -> str:
    parts = getattr(mail, "alternatives", None) or []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
