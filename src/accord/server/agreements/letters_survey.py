"""Mail about a survey that was opened: everybody of both sides is asked to answer it, each for themselves."""

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accord.agreement.signing.proposals import SIDES
from accord.server.agreements.models import Survey
from accord.server.look import figures as say
from accord.server.people.models import User


def ask(survey: Survey, by: User) -> None:
    """Ask everybody of both sides but whoever opened it; in the transaction in which it is opened."""
    readers = User.objects.filter(side__in=SIDES, is_active=True).exclude(pk=by.pk)
    if found := [_asking(survey, by, reader) for reader in readers]:
        get_connection().send_messages(found)


def _asking(survey: Survey, by: User, reader: User) -> EmailMessage:
    with translation.override(reader.language or settings.LANGUAGE_CODE):
        title = say.or_dash(say.name(survey.file.title, 200))
        lines = [
            _("Hello %(name)s,") % {"name": say.or_dash(say.name(reader.name, 200))},
            _("%(by)s asks both sides what they mean by the words of %(title)s.")
            % {"by": say.or_dash(say.name(by.name, 200)), "title": title},
            _("Each answers apart; once it is closed, all answers are shown beside each other."),
            f"{settings.ENV.url}{reverse('survey', args=[survey.file.slug])}",
        ]
        subject = _("What do you mean by your words? %(title)s") % {"title": title}
        return EmailMessage(subject, "\n\n".join(lines) + "\n", to=[reader.email])
