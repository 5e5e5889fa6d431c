"""What every page of one agreement asks about whoever reads it."""

from django import template

from accord.server.agreements.models import AgreementFile
from accord.server.agreements.surveys import unanswered
from accord.server.people.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def asks_you(context: template.Context, file: AgreementFile) -> bool:
    """Whether a survey about this file is open that the reader is asked in and has not answered."""
    user = getattr(context.get("request"), "user", None)
    return isinstance(user, User) and file.pk in unanswered(user)
