"""What a message says, in plain words and the reader's language.

Neither mail nor chat names a prospect: the company and the kind of lead stand there, the rest on the lead's
page, where rights hold and an erased person is gone. What left the house cannot be taken back.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accord.server.alerts.models import Notice, Recipient
from accord.server.alerts.whom import zone_of
from accord.server.desk import terms
from accord.server.desk.models import Duty, Lead
from accord.server.look import figures as say
from accord.server.mail.models import Message

_MOST_LINES = 40  # in one message; the rest is counted

DUTIES: dict[str, str | Promise] = {
    "first_touch_in_time": gettext_lazy("first touch"),
    "decided_in_time": gettext_lazy("accept or reject"),
    "cadence_kept": gettext_lazy("follow-up"),
    "accepted_leads": gettext_lazy("acceptance"),
    "feedback_in_time": gettext_lazy("reason of the reject"),
    "checkpoint": gettext_lazy("attempts by the checkpoint"),
    "disposed_in_time": gettext_lazy("qualify, give up or return"),
    "commitment": gettext_lazy("a promise to the prospect"),
    "delivered_in_time": gettext_lazy("delivery to sales"),
    "complete_handoffs": gettext_lazy("complete information"),
    "taken_over": gettext_lazy("first touch of its new owner"),
    "call_back": gettext_lazy("call back"),
}
# What can be told: by `what`, as a line about a lead, and as the words of a subject.
SENTENCES: dict[str, tuple[str | Promise, str | Promise]] = {
    "warn": (gettext_lazy("%(lead)s: %(duty)s is due %(due)s."), gettext_lazy("Due soon: %(lead)s")),
    "breach": (
        gettext_lazy("%(lead)s: %(duty)s was due %(due)s; the promise is broken."),
        gettext_lazy("Overdue: %(lead)s"),
    ),
    "escalate": (
        gettext_lazy("%(lead)s: %(duty)s was due %(due)s and is still open; %(owner)s has it."),
        gettext_lazy("Still overdue: %(lead)s"),
    ),
    "assigned": (gettext_lazy("%(lead)s has come to you."), gettext_lazy("New: %(lead)s")),
    "signal": (
        gettext_lazy("%(lead)s has raised a hand again. %(about)s"),
        gettext_lazy("Raised a hand again: %(lead)s"),
    ),
    "unassigned": (
        gettext_lazy("%(lead)s is nobody's. %(about)s"),
        gettext_lazy("Nobody has this lead: %(lead)s"),
    ),
    "caught": (
        gettext_lazy("%(lead)s: nobody of the pool could take it; %(owner)s has it."),
        gettext_lazy("Nobody of the pool could take %(lead)s"),
    ),
    "moved": (
        gettext_lazy("%(lead)s has changed hands as often as agreed; decide who has it."),
        gettext_lazy("Decide who has it: %(lead)s"),
    ),
    "leads_moved": (gettext_lazy("%(about)s"), gettext_lazy("Leads have changed hands")),
    "missing": (
        gettext_lazy("%(lead)s cannot be handed over; missing: %(about)s."),
        gettext_lazy("Information is missing: %(lead)s"),
    ),
    "rejected": (gettext_lazy("%(lead)s was rejected: %(about)s."), gettext_lazy("Rejected: %(lead)s")),
    "rejected_bare": (
        gettext_lazy("%(lead)s was rejected; sales will say why later."),
        gettext_lazy("Rejected: %(lead)s"),
    ),
    "disputed": (
        gettext_lazy("%(lead)s: the reject is disputed. %(about)s"),
        gettext_lazy("Disputed: %(lead)s"),
    ),
    "returned": (
        gettext_lazy("%(lead)s has gone back to marketing: %(about)s."),
        gettext_lazy("Returned: %(lead)s"),
    ),
    "nudge": (gettext_lazy("%(lead)s: %(about)s"), gettext_lazy("A reminder: %(lead)s")),
    "book": (
        gettext_lazy("%(about)s is not closed yet: a head or manager of each side confirms its figures."),
        gettext_lazy("Not closed yet: %(about)s"),
    ),
    "inputs": (
        gettext_lazy(
            "The inputs of the plan were looked at last on %(about)s; the agreement wants them measured anew."
        ),
        gettext_lazy("The inputs of the plan want measuring"),
    ),
    "test": (
        gettext_lazy("This is a test: alerts reach you here."),
        gettext_lazy("A test of alerts"),
    ),
}


def letter(recipient: Recipient, notices: Sequence[Notice], at: datetime) -> Message:
    """One message that says all of these, not yet saved."""
    user, channel = recipient.user, recipient.channel
    language = (user.language if user else "") or settings.LANGUAGE_CODE
    zone = str(zone_of(user)) if user else _zone_of_the_company(at)
    with translation.override(language):
        line = partial(sentence, zone=zone, at=at)
        shown = notices[:_MOST_LINES]
        texts = [f"{line(one)}\n{link}" if (link := link_of(one)) else line(one) for one in shown]
        if left := len(notices) - len(shown):
            texts.append(ngettext("and %(left)d more", "and %(left)d more", left) % {"left": left})
        subject = _subject(notices, at)
        if channel is not None:
            link = link_of(notices[0]) if len(notices) == 1 else address("alerts")
            one = "\n".join([line(notices[0])] if len(notices) == 1 else texts)
            return Message(
                to=channel.name, channel=channel, subject=subject, text=one, link=link, made_at=at, due_at=at
            )
        assert user is not None  # noqa: S101 - a recipient is one or the other
        hello = _("Hello %(name)s,") % {"name": say.or_dash(say.name(user.name, 120))}
        how = _("How you are told: %(address)s") % {"address": address("alerts")}
        text = "\n\n".join([hello, *texts, how]) + "\n"
        return Message(to=user.email, subject=subject, text=text, made_at=at, due_at=at)


def sentence(notice: Notice, *, zone: str, at: datetime) -> str:
    """One notice as a sentence, in the language in use."""
    pattern = SENTENCES.get(notice.what, SENTENCES["nudge"])[0]
    return (str(pattern) % _words(notice, zone, at)).strip()


def _words(notice: Notice, zone: str, at: datetime) -> dict[str, str]:
    duty, lead = notice.duty, notice.lead
    return {
        "lead": title(lead, at),
        "duty": duty_name(duty),
        "due": say.or_dash(say.instant(duty.due_at, zone)) if duty else "",
        "owner": _owner(duty, lead),
        "about": say.name(notice.about, 200) or "",
    }


def _owner(duty: Duty | None, lead: Lead | None) -> str:
    who = (duty.owner if duty else None) or (lead.owner if lead else None)
    return say.or_dash(say.name(who.name, 120)) if who else _("nobody")


def duty_name(duty: Duty | None) -> str:
    if duty is None:
        return ""
    return str(DUTIES.get(duty.kind) or duty.kind.replace("_", " "))


def title(lead: Lead | None, at: datetime) -> str:
    """A lead as messages call it: the company and the kind of lead."""
    if lead is None:
        return ""
    company = (lead.contact.company if lead.contact else "") or lead.account_name
    shown = say.name(company, 80) or _("A lead")
    kind = _kind(lead.lead_type, at)
    return f"{shown} ({kind})" if kind else shown


def _kind(lead_type: str, at: datetime) -> str:
    found = terms.in_force(at)
    known = found[1].lead_types.get(lead_type) if found else None
    return (known.label if known and known.label else lead_type.replace("_", " ")) or ""


def _subject(notices: Sequence[Notice], at: datetime) -> str:
    if len(notices) == 1:
        words = _words(notices[0], "UTC", at)
        return str(SENTENCES.get(notices[0].what, SENTENCES["nudge"])[1]) % words
    broken = sum(one.what in ("breach", "escalate") for one in notices)
    soon = sum(one.what == "warn" for one in notices)
    counted = ngettext("%(all)d alert", "%(all)d alerts", len(notices)) % {"all": len(notices)}
    parts = [
        ngettext("%(n)d overdue", "%(n)d overdue", broken) % {"n": broken} if broken else "",
        ngettext("%(n)d due soon", "%(n)d due soon", soon) % {"n": soon} if soon else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{counted}: {said}" if said else counted


def _zone_of_the_company(at: datetime) -> str:
    found = terms.in_force(at)
    if found is None:
        return "UTC"
    first = found[1].calendar(next(iter(found[1].calendars)))
    return first.zone_on(at.date()).key


_PAGES = {"book": "book", "inputs": "book-inputs"}  # what is told of no lead leads to its own page


def link_of(notice: Notice) -> str:
    if notice.what in _PAGES:
        return address(_PAGES[notice.what])
    return address("lead", notice.lead.key) if notice.lead else ""


def address(name: str, *parts: str) -> str:
    """Where a message leads, as people open it; nothing where no address is known."""
    try:
        return settings.ENV.url + reverse(name, args=parts)
    except NoReverseMatch:
        return settings.ENV.url
