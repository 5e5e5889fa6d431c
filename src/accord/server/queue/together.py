"""The same done to several leads: each for itself, so that one that is refused stops none of the others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from accord.errors import AccordError, InputError, NotAllowed, PageUnknown
from accord.server.audit.trail import Actor
from accord.server.desk import acts
from accord.server.desk.models import Lead
from accord.server.people.models import Side, User
from accord.server.queue.forms import TOUCHES
from accord.server.queue.rights import may_look_at_others, sees_people
from accord.server.queue.showing import name_of
from accord.server.routing.assigning import reassign

MOST = 200
Deed = Callable[[Actor, int, datetime], object]


@dataclass(frozen=True)
class Outcome:
    """What became of one lead; `why` says what refused it, empty if it was done."""

    lead: Lead
    name: str
    why: str

    @property
    def done(self) -> bool:
        return not self.why


def do(by: Actor, sent: QueryDict, at: datetime) -> list[Outcome]:
    """Do what was asked to each lead that was chosen, in their order. InputError if nothing was chosen."""
    keys = list(dict.fromkeys(sent.getlist("lead")))
    if not keys:
        raise InputError(_("no lead was chosen; tick the boxes of those that you mean"))
    if len(keys) > MOST:
        raise InputError(
            _("%(count)s leads are too many at once; choose up to %(most)s")
            % {"count": len(keys), "most": MOST}
        )
    deed = _deed(by, sent)
    leads = {one.key: one for one in Lead.objects.select_related("contact").filter(key__in=keys)}
    return [_outcome(by, leads[key], deed, at) for key in keys if key in leads]


def _outcome(by: Actor, lead: Lead, deed: Deed, at: datetime) -> Outcome:
    name = name_of(lead) if by.user and sees_people(by.user) else lead.key
    try:
        deed(by, lead.pk, at)
    except AccordError as error:
        return Outcome(lead, name, str(error))
    return Outcome(lead, name, "")


def _deed(by: Actor, sent: QueryDict) -> Deed:
    what = sent.get("do", "")
    if what == "accept":
        return acts.accept
    if what in dict(TOUCHES):
        channel, _sign, outcome = what.partition(":")
        return lambda who, lead, at: acts.attempt(who, lead, channel, outcome, "", at)
    if what == "return":
        reason = sent.get("reason", "")
        if not reason:
            raise InputError(_("nothing says why these leads go back; choose a reason beside the button"))
        return lambda who, lead, at: acts.return_(who, lead, reason, "", "", at)
    if what == "reassign":
        return _reassign(by, sent.get("to", ""))
    raise PageUnknown(what[:40])


def _reassign(by: Actor, to: str) -> Deed:
    """To somebody of sales, or to whom the rules choose."""
    if by.user is None or not may_look_at_others(by.user):
        raise NotAllowed(_("leads are moved by whoever leads sales; ask one of them"), by_rights=True)
    somebody = None
    if to:
        known = User.objects.filter(side=Side.SALES, is_active=True)
        somebody = (
            known.filter(pk=int(to)).first() if to.isascii() and to.isdigit() and len(to) < 10 else None
        )
        if somebody is None:
            raise InputError(_("nobody of sales has that number; choose somebody from the list"))
    return lambda who, lead, at: reassign(who, lead, somebody, at, _("moved in the queue"))
