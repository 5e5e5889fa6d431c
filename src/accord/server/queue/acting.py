"""What may be done with a lead from its card or a queue: the words, the form and the act of each address.

The acts decide; this table says who is offered what, so that nobody is offered what is bound to be refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accord.errors import PageUnknown
from accord.lead.acting import Act, Depth, may
from accord.lead.calling import refusal
from accord.lead.lifecycle import Cycle
from accord.lead.outcomes import SATISFIED
from accord.lead.standing import Standing
from accord.server.audit.trail import Actor
from accord.server.desk import acts
from accord.server.desk.identity import zone_info
from accord.server.desk.models import Lead
from accord.server.people.models import Role, Side, User
from accord.server.queue import forms

Words = str | Promise
Data = Mapping[str, Any]
Run = Callable[[Actor, int, Data, datetime], Lead]
_GIVEN_BACK = (Standing.REJECTED, Standing.RETURNED)
_LEADING = (Role.HEAD, Role.MANAGER)


def _works(user: User, lead: Lead) -> bool:
    """Sales' own: whoever has the lead, whoever leads sales, and anybody of sales where nobody has it."""
    return user.side == Side.SALES and (lead.owner_id in (None, user.pk) or user.role in _LEADING)


def _hands(user: User, lead: Lead) -> bool:
    return user.side in (Side.SALES, Side.MARKETING)


def _reaches(user: User, lead: Lead) -> bool:
    """Whoever has the lead now: sales does not work on what it has rejected or returned."""
    return _hands(user, lead) and (user.side == Side.MARKETING or lead.standing not in _GIVEN_BACK)


def _staff(user: User, lead: Lead) -> bool:
    return user.side != Side.VIEWER


def _others(user: User, lead: Lead) -> bool:
    return _hands(user, lead) and lead.owner_id not in (None, user.pk)


def _marketing(user: User, lead: Lead) -> bool:
    return user.side == Side.MARKETING


def _leads_a_side(user: User, lead: Lead) -> bool:
    return user.side in (Side.SALES, Side.MARKETING) and user.role in _LEADING


@dataclass(frozen=True)
class Doing:
    """One act. `done` is said afterwards; `press` needs no form; `group` is where the card shows it."""

    act: Act
    words: Words
    done: Words
    form: type[forms.ActForm]
    run: Run
    who: Callable[[User, Lead], bool]
    group: str
    tone: str = ""

    @property
    def press(self) -> bool:
        return self.form is forms.NoForm


def _attempt(by: Actor, lead: int, data: Data, at: datetime) -> Lead:
    channel, _sign, outcome = data["touch"].partition(":")
    return acts.attempt(
        by,
        lead,
        channel,
        outcome,
        data.get("note", ""),
        at,
        occurred_at=data.get("occurred_at"),
        asked=bool(data.get("asked")),
    )


DOINGS: dict[str, Doing] = {
    "attempt": Doing(
        Act.ATTEMPT, _("Log an attempt"), _("Logged."), forms.AttemptForm, _attempt, _reaches, "reach"
    ),
    "connect": Doing(
        Act.CONNECT, _("They reached us"), _("The conversation is logged."), forms.ConnectForm,
        lambda by, lead, d, at: acts.connect(by, lead, d["channel"], d["note"], at), _reaches, "reach",
    ),
    "accept": Doing(
        Act.ACCEPT, _("Accept"), _("Accepted."), forms.NoForm,
        lambda by, lead, _d, at: acts.accept(by, lead, at), _works, "decide", "primary",
    ),
    "reject": Doing(
        Act.REJECT, _("Reject"), _("Rejected; marketing sees it."), forms.RejectForm,
        lambda by, lead, d, at: acts.reject(by, lead, d["reason"] or None, d["note"], at), _works, "decide",
    ),
    "feedback": Doing(
        Act.FEEDBACK, _("Say why it was rejected"), _("Thank you: marketing sees the reason."),
        forms.FeedbackForm,
        lambda by, lead, d, at: acts.feedback(by, lead, d["reason"], d["note"], at), _works,
        "decide", "primary",
    ),
    "qualify": Doing(
        Act.SALES_QUALIFY, _("Confirm as qualified"), _("Confirmed as qualified."), forms.WordForm,
        lambda by, lead, d, at: acts.sales_qualify(by, lead, d["note"], at), _works, "on",
    ),
    "opportunity": Doing(
        Act.OPEN_OPPORTUNITY, _("Open an opportunity"), _("The opportunity is open."), forms.AmountForm,
        lambda by, lead, d, at: acts.open_opportunity(by, lead, d["amount"], d["note"], at), _works, "on",
    ),
    "proposal": Doing(
        Act.PROPOSE, _("A proposal went out"), _("The proposal is recorded."), forms.AmountForm,
        lambda by, lead, d, at: acts.propose(by, lead, d["amount"], d["note"], at), _works, "on",
    ),
    "won": Doing(
        Act.WIN, pgettext_lazy("outcome", "Won"), _("Won. Well done."), forms.WonForm,
        lambda by, lead, d, at: acts.win(by, lead, d["amount"], d["note"], at), _works, "on",
    ),
    "renewed": Doing(
        Act.RENEW, _("Stays, or buys again"), _("Recorded: stays a customer."), forms.RenewForm,
        lambda by, lead, d, at: acts.renew(by, lead, d["amount"], d["on"], d["note"], at), _works, "customer",
    ),
    "rated": Doing(
        Act.RATE, _("Said how satisfied they are"), _("Recorded: what the customer said."), forms.RateForm,
        lambda by, lead, d, at: acts.rate(by, lead, d["said"] == SATISFIED, d["on"], d["note"], at),
        _hands, "customer",
    ),
    "churned": Doing(
        Act.CHURN, _("Is a customer no more"), _("Recorded: the customer has left."), forms.ChurnForm,
        lambda by, lead, d, at: acts.churn(by, lead, d["reason"], d["on"], d["note"], at),
        _works, "customer",
    ),
    "lost": Doing(
        Act.LOSE, pgettext_lazy("outcome", "Lost"), _("Recorded as lost."), forms.LoseForm,
        lambda by, lead, d, at: acts.lose(by, lead, d["reason"], d["note"], at), _works, "end",
    ),
    "disqualify": Doing(
        Act.DISQUALIFY, _("Disqualify"), _("Disqualified."), forms.DisqualifyForm,
        lambda by, lead, d, at: acts.disqualify(
            by, lead, d["reason"], d.get("sub_reason", ""), d["note"], at
        ), _works, "end",
    ),
    "return": Doing(
        Act.RETURN, _("Return to marketing"), _("Returned to marketing."), forms.ReturnForm,
        lambda by, lead, d, at: acts.return_(by, lead, d["reason"], d["track"], d["note"], at), _works, "end",
    ),
    "opt-out": Doing(
        Act.OPT_OUT, _("Wants no more contact"), _("Recorded: nobody reaches out there any more."),
        forms.OptOutForm,
        lambda by, lead, d, at: acts.opt_out(by, lead, d["channel"] or None, at), _staff, "end",
    ),
    "pause": Doing(
        Act.PAUSE, _("Pause the clock"), _("The clock stands still."), forms.PauseForm,
        lambda by, lead, d, at: acts.pause(by, lead, d["reason"], d["until"], at), _works, "plan",
    ),
    "resume": Doing(
        Act.RESUME, _("Let the clock go on"), _("The clock goes on."), forms.NoForm,
        lambda by, lead, _d, at: acts.resume(by, lead, at), _works, "plan",
    ),
    "commit": Doing(
        Act.COMMIT, _("Promise something to the prospect"), _("Noted: it is due as promised."),
        forms.CommitForm,
        lambda by, lead, d, at: acts.commit(by, lead, d["what"], d["due_at"], d["about"], at),
        _reaches, "plan",
    ),
    "fulfil": Doing(
        Act.FULFIL, _("A promise was kept"), _("Noted as kept."), forms.FulfilForm,
        lambda by, lead, d, at: acts.fulfil(by, lead, d["what"], at), _hands, "plan",
    ),
    "note": Doing(
        Act.NOTE, pgettext_lazy("verb", "Write a note"), _("The note is written."), forms.NoteForm,
        lambda by, lead, d, at: acts.note(by, lead, d["note"], at), _staff, "plan",
    ),
    "track": Doing(
        Act.START_TRACK, _("Start a nurture track"), _("The track has begun."), forms.TrackForm,
        lambda by, lead, d, at: acts.start_track(by, lead, d["track"], at), _hands, "plan",
    ),
    "correct": Doing(
        Act.CORRECT, _("Fill in what is known"), _("Saved."), forms.ContactForm,
        lambda by, lead, d, at: acts.correct(by, lead, {name: text for name, text in d.items() if text}, at),
        _staff, "plan",
    ),
    "nudge": Doing(
        Act.NUDGE, _("Remind the owner"), _("The owner is reminded."), forms.WordForm,
        lambda by, lead, d, at: acts.nudge(by, lead, d["note"], at), _others, "sides",
    ),
    "dispute": Doing(
        Act.DISPUTE, _("Dispute the reject"), _("Disputed: both sides settle it together."),
        forms.DisputeForm,
        lambda by, lead, d, at: acts.dispute(by, lead, d["note"], at), _marketing, "sides",
    ),
    "excuse": Doing(
        Act.EXCUSE, _("Excuse a breach"), _("Excused: the breach stays on record."), forms.ExcuseForm,
        lambda by, lead, d, at: acts.excuse(by, lead, d["kind"], d["reason"], at), _leads_a_side, "sides",
    ),
}  # fmt: skip

GROUPS: dict[str, Words] = {
    "decide": _("Decide"),
    "reach": _("Reach out"),
    "on": _("It goes on"),
    "customer": _("As a customer"),
    "plan": _("Arrange"),
    "end": _("It ends"),
    "sides": _("Between the sides"),
}


@dataclass(frozen=True)
class Offer:
    """An act that somebody is offered, with its form as it stands now."""

    name: str
    doing: Doing
    form: forms.ActForm


def find_doing(name: str) -> Doing:
    if name not in DOINGS:
        raise PageUnknown(f"what can be done called {name[:40]}", DOINGS)
    return DOINGS[name]


def form_of(name: str, setting: forms.Setting, data: Any = None) -> forms.ActForm:
    """The form of an act for one lead, empty or with what was sent."""
    return DOINGS[name].form(setting, data, auto_id=f"{name}_%s")


def may_be_asked(name: str, form: forms.ActForm, lead: Lead, at: datetime) -> bool:
    """Whether an attempt is refused for its hour alone, so that the person may have asked for it (8.3)."""
    zone = zone_info(lead.contact.zone) if lead.contact else None
    channel = str(form.cleaned_data.get("touch", "")).partition(":")[0]
    return name == "attempt" and bool(refusal(channel, form.cleaned_data.get("occurred_at") or at, zone))


def offers(user: User, setting: forms.Setting, cycle: Cycle, depth: Depth) -> dict[str, Offer]:
    """What somebody may do with a lead now, by name, each with an empty form."""
    found = {}
    for name, doing in DOINGS.items():
        if not doing.who(user, setting.lead) or may(doing.act, cycle, depth):
            continue
        form = form_of(name, setting)
        if form.possible(user):
            found[name] = Offer(name, doing, form)
    return found
