"""Mail about signatures: who is asked to sign, and who is told that a version is signed.

Written into the outbox within the transaction of the change, each in the reader's language.
"""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accord.agreement.signing.proposals import Proposal, begins_at, full_name
from accord.agreement.signing.standing import day, label
from accord.server.agreements.finding import mark_of
from accord.server.agreements.models import AgreementFile
from accord.server.look import figures as say
from accord.server.people.addresses import normal_address
from accord.server.people.models import User

_LONGEST_ADDRESS = 254


def ask_to_sign(file: AgreementFile, proposal: Proposal) -> None:
    """Ask every head who has yet to sign this version, with the way to the walk through it (S4.9)."""
    wanted = [who for _side, who in proposal.missing if who is not None]
    _send(_asking(file, proposal, key, language) for key, language in _readers(proposal, wanted))


def tell_signed(file: AgreementFile, proposal: Proposal) -> None:
    """Tell everybody whom the version names that the heads of both sides have signed it."""
    everybody = proposal.agreement.people
    _send(_telling(file, proposal, key, language) for key, language in _readers(proposal, everybody))


def tell_withdrawn(file: AgreementFile, proposal: Proposal, reason: str) -> None:
    """Tell the heads who were asked, or had signed, that there is nothing to sign any more."""
    asked = [who for _side, who in proposal.missing if who] + [one.person for one in proposal.signatures]
    keys = dict.fromkeys(asked)
    _send(_taking_back(file, proposal, key, language, reason) for key, language in _readers(proposal, keys))


def _asking(file: AgreementFile, proposal: Proposal, key: str, language: str) -> EmailMessage:
    with translation.override(language):
        what, by = label(proposal), _shown(proposal.entry.name)
        lines = [
            _("%(by)s proposes %(what)s.") % {"by": by, "what": what},
            _("It holds from %(start)s to %(end)s once the heads of both sides have signed.")
            % _term(proposal),
            *(
                [_("The reason: %(reason)s") % {"reason": proposal.entry.reason}]
                if proposal.entry.reason
                else []
            ),
            _("You sign for your side. Go through it, with its calculation, then sign:"),
            _address("agreement-walk", file, proposal),
        ]
        return _letter(proposal, key, _("Please sign %(what)s") % {"what": what}, lines)


def _telling(file: AgreementFile, proposal: Proposal, key: str, language: str) -> EmailMessage:
    with translation.override(language):
        begins = say.or_dash(say.day(day(proposal, begins_at(proposal))))
        lines = [
            _("The heads of both sides have signed %(what)s.") % {"what": label(proposal)},
            _("It is in force from %(begins)s to %(end)s.")
            % {"begins": begins, "end": _term(proposal)["end"]},
            _("Read what both sides promise:"),
            _address("agreement-version", file, proposal),
        ]
        return _letter(proposal, key, _("Signed: %(what)s") % {"what": label(proposal)}, lines)


def _taking_back(
    file: AgreementFile, proposal: Proposal, key: str, language: str, reason: str
) -> EmailMessage:
    with translation.override(language):
        lines = [
            _("%(what)s was withdrawn; nobody has to sign it.") % {"what": label(proposal)},
            _("The reason: %(reason)s") % {"reason": reason},
            _address("agreement-version", file, proposal),
        ]
        return _letter(proposal, key, _("Withdrawn: %(what)s") % {"what": label(proposal)}, lines)


def _readers(proposal: Proposal, keys: Iterable[str]) -> list[tuple[str, str]]:
    """Keys of single people with an address, each with the language of their account, once an address."""
    people = proposal.agreement.people
    known = {
        email: key
        for key in keys
        if (who := people.get(key)) is not None and who.count == 1 and (email := _email(who.email))
    }
    languages = dict(User.objects.filter(email__in=known).values_list("email", "language"))
    off = set(User.objects.filter(email__in=known, is_active=False).values_list("email", flat=True))
    usual = settings.LANGUAGE_CODE
    return [(key, languages.get(email) or usual) for email, key in known.items() if email not in off]


def _email(text: str | None) -> str:
    """The address as accounts have it; empty for what no mail can be sent to: it must stop no signature."""
    address = normal_address(text or "")
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= _LONGEST_ADDRESS else ""


def _letter(proposal: Proposal, key: str, subject: str, lines: Iterable[str]) -> EmailMessage:
    agreement = proposal.agreement
    hello = _("Hello %(name)s,") % {"name": _shown(full_name(agreement, key))}
    text = "\n\n".join([hello, *lines]) + "\n"
    return EmailMessage(_shown(subject), text, to=[_email(agreement.people[key].email)])


def _term(proposal: Proposal) -> dict[str, str]:
    term = proposal.agreement.term
    return {"start": say.or_dash(say.day(term.start)), "end": say.or_dash(say.day(term.end))}


def _address(name: str, file: AgreementFile, proposal: Proposal) -> str:
    return settings.ENV.url + reverse(name, args=[file.slug, mark_of(proposal.digest)])


def _shown(text: str) -> str:
    return say.or_dash(say.name(text, 200))


def _send(letters: Iterable[EmailMessage]) -> None:
    if ready := list(letters):
        get_connection().send_messages(ready)
