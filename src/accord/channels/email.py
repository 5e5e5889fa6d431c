"""E-mail: a parcel as one mail, handed to a mail server through Django's ways of sending."""

import smtplib
from email.utils import parseaddr
from typing import TYPE_CHECKING

from accord.channels import Parcel
from accord.errors import Undelivered

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives
    from django.core.mail.backends.base import BaseEmailBackend


class Mail:
    """A connection to the mail server, opened with the first parcel and kept for the rest of the round."""

    def __init__(self, way: "BaseEmailBackend", sender: str) -> None:
        self.way, self.sender = way, sender

    def deliver(self, parcel: Parcel) -> None:
        try:
            self.way.open()
            self.way.send_messages([self._as_mail(parcel)])
        except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: headers mail cannot have
            refused = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError | ValueError)
            raise Undelivered(said(error), for_good=_for_good(error), for_all=not refused) from error

    def close(self) -> None:
        self.way.close()

    def _as_mail(self, parcel: Parcel) -> "EmailMultiAlternatives":
        from accord.channels.enclosing import Letter  # noqa: PLC0415 - a plain library until it sends

        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        headers = {"Message-ID": f"<{parcel.id}@{domain}>", "Auto-Submitted": "auto-generated"}
        mail = Letter(parcel.subject, parcel.text, self.sender, [parcel.to], headers=headers)
        if parcel.html:
            mail.attach_alternative(parcel.html, "text/html")
        for one in parcel.enclosures:
            mail.enclose(one)
        return mail


def _for_good(error: Exception) -> bool:
    """Whether the mail server, or our own look at the headers, refused this message and would again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def said(error: Exception) -> str:
    """What a mail server said, as people read it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({(code, _text(reason)) for code, reason in error.recipients.values()})
        return "; ".join(f"{code} {reason}" for code, reason in codes)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _text(reason: bytes | str) -> str:
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
