"""The forms of what may be done with a lead. What may be chosen comes from the agreement that the lead is
under; whether it may be done is decided by the acts themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.agreement.terms import Agreement
from accord.lead.events import Channel
from accord.lead.outcomes import NOT_SATISFIED, SATISFIED
from accord.server.desk.acts import choices
from accord.server.desk.models import Duty, Lead
from accord.server.people.models import Side, User
from accord.server.queue.fields import Day, Line, Moment, note
from accord.server.queue.showing import CHANNELS, DUTIES

MOST_LINE = 120
Choices = list[tuple[str, str | Promise]]


@dataclass(frozen=True)
class Setting:
    """What forms are made for: a lead, its terms, and what is open about it."""

    lead: Lead
    agreement: Agreement | None
    broken: Sequence[Duty] = ()
    promised: Sequence[str] = ()  # to the prospect, not kept yet
    too_early: Mapping[str, str] = field(default_factory=dict)  # reason → why it does not hold yet


class ActForm(forms.Form):
    """A form made for one lead. Reasons are words of the agreement, so they are shown as it has them."""

    def __init__(self, setting: Setting, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.setting = setting
        self.fit(setting)

    def fit(self, setting: Setting) -> None:
        """Fill the choices."""

    def possible(self, user: User) -> bool:
        """Whether there is anything to choose, for whoever would."""
        del user
        return all(
            any(value for value, _label in cast(Choices, each.choices))
            for each in self.fields.values()
            if each.required and isinstance(each, forms.ChoiceField)
        )

    def choose(self, name: str, offered: Iterable[tuple[Any, Any]]) -> None:
        self.fields[name].choices = list(offered)  # type: ignore[attr-defined]


class NoForm(ActForm):
    """Nothing to say: one press is enough."""


class WordForm(ActForm):
    note = note()


TOUCHES: Choices = [
    ("call:no_answer", _("Called: no answer")),
    ("call:busy", _("Called: busy")),
    ("call:voicemail", _("Called: left a voicemail")),
    ("call:connected", _("Called: we talked")),
    ("call:wrong_number", _("Called: wrong number")),
    ("email:sent", _("Sent an e-mail")),
    ("email:bounced", _("Sent an e-mail: it came back")),
    ("sms:sent", _("Sent a text message")),
    ("chat:sent", _("Wrote in a chat")),
    ("social:sent", _("Wrote on a social network")),
    ("video:sent", _("Sent a video")),
    ("visit:no_answer", _("Visited: not there")),
    ("visit:connected", _("Visited: we talked")),
]


class AttemptForm(ActForm):
    """One touch, as a channel with its outcome."""

    touch = forms.ChoiceField(label=_("What happened"), choices=TOUCHES)
    occurred_at = Moment(label=_("When"), required=False, help_text=_("Leave it empty for just now."))
    asked = forms.BooleanField(label=_("The person asked to be called at this time"), required=False)
    note = note()


class ConnectForm(ActForm):
    channel = forms.ChoiceField(label=_("How"))
    note = note()

    def fit(self, setting: Setting) -> None:
        ways = (one for one in Channel if one is not Channel.VOICEMAIL)
        self.choose("channel", ((one.value, CHANNELS[one]) for one in ways))


class RejectForm(ActForm):
    reason = forms.ChoiceField(
        label=_("Why"), required=False, help_text=_("Without a reason the time to give one begins to run.")
    )
    note = note()

    def fit(self, setting: Setting) -> None:
        known = reasons(choices.reject_reasons(setting.agreement))
        self.choose("reason", [*known, ("", _("I will say why later"))])


class FeedbackForm(ActForm):
    reason = forms.ChoiceField(label=_("Why"))
    note = note()

    def fit(self, setting: Setting) -> None:
        self.choose("reason", reasons(choices.reject_reasons(setting.agreement)))


class AmountForm(ActForm):
    amount = forms.DecimalField(
        label=_("Amount"), min_value=Decimal(0), max_digits=16, decimal_places=2, required=False
    )
    note = note()

    def fit(self, setting: Setting) -> None:
        if setting.agreement:
            self.fields["amount"].help_text = setting.agreement.currency


class WonForm(AmountForm):
    def fit(self, setting: Setting) -> None:
        super().fit(setting)
        self.fields["amount"].required = True


class RenewForm(AmountForm):
    on = Day()
    field_order = ("amount", "on", "note")


class ChurnForm(ActForm):
    reason = Line(
        label=_("Why"),
        max_length=MOST_LINE,
        help_text=_("One short reason, in words that both sides can learn from."),
    )
    on = Day()
    note = note()


class RateForm(ActForm):
    said = forms.ChoiceField(
        label=_("What they said"),
        choices=[(SATISFIED, _("satisfied")), (NOT_SATISFIED, _("not satisfied"))],
    )
    on = Day()
    note = note()


class LoseForm(ActForm):
    reason = Line(
        label=_("Why"),
        max_length=MOST_LINE,
        help_text=_("One short reason, in words that marketing can use."),
    )
    note = note()


class _Barred(forms.Select):
    """A choice in which what does not hold yet is shown, and cannot be taken."""

    barred: Mapping[str, str] = {}

    def create_option(self, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(*args, **options)
        if str(option["value"]) in self.barred:
            option["attrs"]["disabled"] = True
        return option


class DisqualifyForm(ActForm):
    reason = forms.ChoiceField(label=_("Why"), widget=_Barred())
    sub_reason = forms.ChoiceField(label=_("More closely"), required=False)
    note = note()

    def fit(self, setting: Setting) -> None:
        known = choices.disqualify_reasons(setting.agreement)
        self.fields["reason"].widget.barred = setting.too_early
        self.choose("reason", [("", _("choose one")), *reasons(known)])
        self.fields["reason"].help_text = " ".join(
            f"{text[:1].upper()}{text[1:]}." for text in setting.too_early.values()
        )
        asked = [(word(one), reasons(choices.sub_reasons(setting.agreement, one))) for one in known]
        groups = [(label, below) for label, below in asked if below]
        if groups:
            self.choose("sub_reason", [("", "–"), *groups])
        else:
            del self.fields["sub_reason"]


class ReturnForm(ActForm):
    reason = forms.ChoiceField(label=_("Why"), widget=_Barred())
    track = forms.ChoiceField(label=_("Nurture track"), required=False)
    note = note()

    def fit(self, setting: Setting) -> None:
        self.fields["reason"].widget.barred = setting.too_early
        self.choose("reason", [("", _("choose one")), *reasons(choices.return_reasons(setting.agreement))])
        self.choose(
            "track", [("", _("as agreed for the reason")), *reasons(choices.tracks(setting.agreement))]
        )


class PauseForm(ActForm):
    reason = forms.ChoiceField(label=_("Why"))
    until = Moment(label=_("Until"), required=False, help_text=_("The time that the prospect named."))

    def fit(self, setting: Setting) -> None:
        self.choose("reason", reasons(choices.pauses(setting.agreement)))


class CommitForm(ActForm):
    what = Line(
        label=_("What was promised"),
        max_length=MOST_LINE,
        help_text=_("Such as: I will call; answer to the RFP."),
    )
    due_at = Moment(label=_("By when"), required=False, help_text=_("Empty: as agreed for such a promise."))
    about = note(_("More about it"))

    def fit(self, setting: Setting) -> None:
        known = choices.commitments(setting.agreement)
        if known:
            text = _("Such as: I will call. With a time of their own by the agreement: %(names)s.")
            self.fields["what"].help_text = text % {"names": ", ".join(known)}


class FulfilForm(ActForm):
    what = forms.ChoiceField(label=_("What was kept"))

    def fit(self, setting: Setting) -> None:
        self.choose("what", [(one, one) for one in dict.fromkeys(setting.promised)])


class OptOutForm(ActForm):
    channel = forms.ChoiceField(label=_("From what"), required=False)

    def fit(self, setting: Setting) -> None:
        ways = [(one.value, CHANNELS[one]) for one in Channel if one is not Channel.OTHER]
        self.choose("channel", [("", _("everything: no more contact")), *ways])


class NoteForm(ActForm):
    note = note(
        required=True, help_text=_("Only what belongs to the work: nothing about health, faith or family.")
    )


class ContactForm(ActForm):
    """What is known of the person; a field left as it is says the same again."""

    name = Line(label=_("Name"), max_length=200, required=False)
    company = Line(label=_("Company"), max_length=200, required=False)
    role = Line(label=_("Role"), max_length=120, required=False)
    email = Line(label=_("E-mail address"), max_length=254, required=False)
    phone = Line(label=_("Telephone"), max_length=60, required=False)
    linkedin = Line(label=_("Profile on a network"), max_length=254, required=False)
    country = Line(label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as TR."))

    def fit(self, setting: Setting) -> None:
        for name in self.fields:
            self.fields[name].initial = getattr(setting.lead.contact, name, "")


class TrackForm(ActForm):
    track = forms.ChoiceField(label=_("Nurture track"))

    def fit(self, setting: Setting) -> None:
        self.choose("track", reasons(choices.tracks(setting.agreement, by_hand=True)))


class DisputeForm(ActForm):
    note = note(_("Why the reject is not right"), required=True)


class ExcuseForm(ActForm):
    """The other side excuses: one is offered only what one's own side does not owe."""

    kind = forms.ChoiceField(label=_("Which breach"))
    reason = Line(label=_("Why"), max_length=MOST_LINE)

    def fit(self, setting: Setting) -> None:
        broken = dict.fromkeys(duty.kind for duty in setting.broken)
        self.choose("kind", [(kind, DUTIES.get(kind, kind)) for kind in broken])

    def possible(self, user: User) -> bool:
        theirs = dict.fromkeys(
            duty.kind
            for duty in self.setting.broken
            if duty.side != user.side and duty.side in (Side.SALES, Side.MARKETING)
        )
        self.choose("kind", [(kind, DUTIES.get(kind, kind)) for kind in theirs])
        return bool(theirs)


def word(text: str) -> str:
    return text.replace("_", " ")


def reasons(names: Iterable[str]) -> Choices:
    return [(name, word(name)) for name in names]
