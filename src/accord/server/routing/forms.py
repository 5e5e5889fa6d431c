"""Forms of the rules; what fits is decided by `rules.py`."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accord.agreement.terms import Agreement
from accord.report.format import name as shown
from accord.server.people.forms import OneLine, Suggesting
from accord.server.people.models import User
from accord.server.routing.rules import CONDITIONS, Rule, values
from accord.server.routing.views.common import number_of

_LONGEST = 4_000


class Several(OneLine):
    """Several values in one field, separated by commas."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label=label, required=False, max_length=_LONGEST, **options)

    def clean(self, value: object) -> tuple[str, ...]:
        return values(str(super().clean(value)))


class RuleForm(forms.Form):
    """One rule: which leads, and who gets them."""

    label = OneLine(label=_("Name of the rule"), max_length=80, help_text=_("It stands in every record."))
    streams = Several(_("Streams"))
    segments = Several(_("Segments"))
    lead_types = Several(_("Types of lead"))
    countries = Several(_("Countries"), help_text=_("Two letters each, such as TR, DE."))
    regions = Several(_("Regions"), help_text=_("As the field “region” of a lead says."))
    to = forms.ChoiceField(label=_("Go to"), required=False)

    def __init__(
        self,
        agreement: Agreement | None,
        people: Iterable[User],
        pools: Iterable[str],
        data: QueryDict | None = None,
    ) -> None:
        super().__init__(data, auto_id="rule_%s")
        choices = [("", now("Choose …"))]
        choices += [(f"pool:{name}", now("pool “%(name)s”") % {"name": shown(name)}) for name in pools]
        choices += [(f"person:{one.pk}", shown(one.name) or "?") for one in people]
        cast(forms.ChoiceField, self.fields["to"]).choices = choices
        if agreement is not None:
            known = {
                "streams": tuple(agreement.goal.streams),
                "segments": agreement.scope.segments,
                "lead_types": tuple(agreement.lead_types),
            }
            for field, offered in known.items():
                self.fields[field].widget = Suggesting(tuple(offered))

    def rule(self) -> Rule:
        """What was typed, as a rule; it may still not fit."""
        kind, _colon, rest = self.cleaned_data["to"].partition(":")
        return Rule(
            label=self.cleaned_data["label"],
            person=number_of(rest) if kind == "person" else None,
            pool=rest if kind == "pool" else None,
            **{
                name: tuple(one.upper() for one in self.cleaned_data[name])
                if name == "countries"
                else self.cleaned_data[name]
                for name in CONDITIONS
            },
        )
