"""The forms of alerts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accord.server.alerts.choosing import Chat, Wish
from accord.server.alerts.models import Recipient
from accord.server.mail.models import Channel
from accord.server.people.forms import OneLine
from accord.server.people.models import Side
from accord.server.rituals.posting import KINDS, chosen

_GATHER = (
    (0, _("send each at once")),
    (10, _("gather for 10 minutes")),
    (30, _("gather for 30 minutes")),
    (60, _("gather for an hour")),
    (240, _("gather for four hours")),
)


class WishForm(forms.Form):
    """How I am told."""

    by_mail = forms.BooleanField(
        label=_("Tell me by e-mail"),
        required=False,
        help_text=_("Without it your alerts stand on this page only."),
    )
    gather_minutes = forms.TypedChoiceField(
        label=_("Several alerts"),
        choices=_GATHER,
        coerce=int,
        help_text=_("The first comes at once. What is broken never waits for more than two minutes."),
    )
    at_any_hour = forms.BooleanField(
        label=_("Also outside my hours"),
        required=False,
        help_text=_(
            "For whoever is on call: what is broken comes at any hour, but in quiet hours of your own."
        ),
    )
    quiet = OneLine(
        label=_("Quiet hours of my own"),
        max_length=11,
        required=False,
        help_text=_("Hours of the day in which nothing comes, such as 19:00-08:00"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    rituals = forms.MultipleChoiceField(
        label=_("Papers of the meetings, by e-mail"),
        choices=list(KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They come in your hours; a newer one takes the place of one that still waits."),
    )

    def __init__(self, recipient: Recipient, data: Any = None) -> None:
        kept: dict[str, object] = {
            name: getattr(recipient, name) for name in self.base_fields if name != "rituals"
        }
        if recipient.user is not None:
            kept["rituals"] = sorted(chosen(recipient, recipient.user))
        super().__init__(data, initial=kept)
        if recipient.gather_minutes not in dict(_GATHER):  # chosen through another way: it stays
            minutes = recipient.gather_minutes
            more = (minutes, _("gather for %(minutes)s minutes") % {"minutes": minutes})
            self.fields["gather_minutes"].choices = sorted([*_GATHER, more])  # type: ignore[attr-defined]

    def wanted(self) -> Wish:
        return Wish(**{**self.cleaned_data, "rituals": tuple(self.cleaned_data["rituals"])})


class ChatForm(forms.Form):
    """A chat that is told."""

    name = OneLine(label=_("Name"), max_length=80, help_text=_("As your people call it, such as #inbound"))
    kind = forms.ChoiceField(label=_("Chat"), choices=Channel.Kind.choices)
    url = forms.CharField(
        label=_("Address of the webhook"),
        max_length=2_000,
        required=False,
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    pool = forms.ChoiceField(label=_("About the leads of"), required=False)
    side = forms.ChoiceField(label=_("About what is owed by"), required=False)
    warnings = forms.BooleanField(
        label=_("Warnings too"),
        required=False,
        help_text=_("Without it, only what is broken and the steps of the ladder after that"),
    )
    rituals = forms.BooleanField(
        label=_("Stand-up sheet, wins and misses"),
        required=False,
        initial=True,
        help_text=_("In chats about every pool and both sides"),
    )
    is_active = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(self, channel: Channel | None, pools: Sequence[str], data: Any = None) -> None:
        kept = {name: getattr(channel, name) for name in self.base_fields if name != "url"} if channel else {}
        super().__init__(data, initial=kept)
        known = sorted({*pools, *([channel.pool] if channel and channel.pool else [])})
        self.fields["pool"].choices = [("", _("any pool")), *((name, name) for name in known)]  # type: ignore[attr-defined]
        parties = (Side.MARKETING, Side.SALES)
        self.fields["side"].choices = [("", _("both sides")), *((one.value, one.label) for one in parties)]  # type: ignore[attr-defined]
        self.fields["url"].help_text = (
            _("Leave it empty to keep the one there is. It is kept encrypted and never shown.")
            if channel
            else _("The chat's own settings give it. It is kept encrypted and never shown again.")
        )
        self.fields["url"].required = channel is None

    def entered(self) -> Chat:
        return Chat(**self.cleaned_data)
