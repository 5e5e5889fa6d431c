"""Django's way of sending mail, which here writes it down: the worker sends it after the transaction."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accord.server.mail.models import Message


class Outbox(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            Message(to=to, subject=mail.subject[:254], text=str(mail.body), html=_html(mail))
            for mail in email_messages
            for to in mail.recipients()
        ]
        Message.objects.bulk_create(rows)
        return len(rows)


def _html(mail: EmailMessage) -> str:
    parts = getattr(mail, "alternatives", None) or []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
