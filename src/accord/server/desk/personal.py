"""What is kept about one person, counted by where it stands: for the page that shows and erases it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.server.desk.erasing import everything_of
from accord.server.desk.models import Consent, Contact, Event, HandOff, Lead, Note, Signal

_FIELDS: tuple[tuple[str, str | Promise], ...] = (
    ("name", _("Name")),
    ("email", _("E-mail")),
    ("phone", _("Telephone")),
    ("company", _("Company")),
    ("role", _("Role")),
    ("linkedin", _("Profile")),
    ("country", _("Country")),
    ("zone", _("Time zone")),
    ("language", _("Language")),
)


@dataclass(frozen=True)
class Known:
    """The records of one person and all their leads; `counts` is how much else there is, by what it is."""

    people: tuple[Contact, ...]
    fields: tuple[tuple[str | Promise, str], ...]
    leads: tuple[Lead, ...]
    consents: tuple[Consent, ...]
    counts: tuple[tuple[str | Promise, int], ...]

    @property
    def erased(self) -> bool:
        return not self.people or all(one.erased_at for one in self.people)


def known_of(lead: Lead) -> Known:
    """All that is kept about the person behind a lead, in a constant number of queries."""
    from accord.server.boards.models import Mailing  # noqa: PLC0415 - both stand on the desk
    from accord.server.intake.models import Arrival  # noqa: PLC0415

    people, leads = everything_of(lead)
    counts = (
        (_("Acts of interest"), Signal.objects.filter(contact__in=people).count()),
        (_("Facts in the log, which name nobody"), Event.objects.filter(lead__in=leads).count()),
        (_("Notes"), Note.objects.filter(lead__in=leads).exclude(text="").count()),
        (_("Hand-overs to sales"), HandOff.objects.filter(lead__in=leads).count()),
        (_("Things that came in"), Arrival.objects.filter(lead__in=leads).exclude(payload={}).count()),
        (_("Mails sent by themselves"), Mailing.objects.filter(lead__in=leads).count()),
    )
    consents = Consent.objects.filter(contact__in=people).order_by("-at", "-pk")
    return Known(tuple(people), tuple(_fields(people)), tuple(leads), tuple(consents[:50]), counts)


def _fields(people: list[Contact]) -> list[tuple[str | Promise, str]]:
    """What each record says, once where several say the same."""
    found = [(words, str(getattr(one, name))) for name, words in _FIELDS for one in people]
    more = [(name.replace("_", " "), str(value)) for one in people for name, value in one.more.items()]
    return [pair for pair in dict.fromkeys((*found, *more)) if pair[1]]
