"""Forms of people, invitations, absences and the profile; what may be done is decided by the services."""

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accord.agreement.plain import clean
from accord.errors import EntryInvalid
from accord.report.format import name as shown
from accord.server.people.absences import Away
from accord.server.people.addresses import normal_address
from accord.server.people.agreed import Agreed
from accord.server.people.fitting import zones
from accord.server.people.inviting import Wanted
from accord.server.people.models import MOST_LEADS_PER_MONTH, Invitation, Role, Side, User
from accord.server.people.rights import givable_roles, givable_sides, keeps, may_place

Sent = QueryDict | None  # what was typed, or nothing yet
_LONGEST_NAME = 120
_LONGEST_WORD = 80


def take_in(form: forms.Form, error: EntryInvalid) -> None:
    """Put what a service found wrong beside the fields that it speaks of."""
    for problem in error.problems:
        field = problem.path if problem.path in form.fields else None
        what = f"{problem.what[:1].upper()}{problem.what[1:]}"
        form.add_error(field, what if what.endswith((".", "…")) else f"{what}.")


class OneLine(forms.CharField):
    """Words that somebody typed, on one line, without signs that turn its direction."""

    def to_python(self, value: object) -> str:
        return clean(str(super().to_python(value) or ""), most=10_000)  # the length is checked, not cut


class Suggesting(forms.TextInput):
    """A text field that offers words: a list to choose from, or anything else typed."""

    template_name = "people/widgets/suggesting.html"

    def __init__(self, offered: tuple[str, ...] = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.offered = offered

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["offered"], context["list"] = (
            self.offered,
            f"{context['widget']['attrs'].get('id', name)}_list",
        )
        context["widget"]["attrs"]["list"] = context["list"]
        return context

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> Any:
        from django.template.loader import render_to_string  # noqa: PLC0415 - our folders, not the forms'

        del renderer
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=Day(), input_formats=["%Y-%m-%d"], **options)


class InviteForm(forms.Form):
    """Whom to let in, as what; the choices are those that the inviter may give."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("It joins the account to the person of the agreement who has the same address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    name = OneLine(
        label=_("Full name"),
        max_length=_LONGEST_NAME,
        required=False,
        help_text=_("They can correct it when they join."),
    )
    side = forms.ChoiceField(label=_("Side"))
    role = forms.ChoiceField(
        label=_("Role"),
        help_text=_(
            "A head signs for the side, a manager writes drafts and excuses breaches, a member works."
        ),
    )

    def __init__(self, inviter: User, data: Sent = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.order_fields(["email", "name", "side", "role"])
        _choices(self, inviter)
        self.fields["side"].initial = self.fields["side"].initial or inviter.side
        self.fields["role"].initial = Role.MEMBER

    def clean_email(self) -> str:
        return normal_address(self.cleaned_data["email"])

    def wanted(self) -> Wanted:
        return Wanted(**{key: self.cleaned_data[key] for key in ("email", "name", "side", "role")})


def _choices(form: forms.Form, by: User) -> None:
    cast(forms.ChoiceField, form.fields["side"]).choices = [(s.value, s.label) for s in givable_sides(by)]
    cast(forms.ChoiceField, form.fields["role"]).choices = [(r.value, r.label) for r in givable_roles(by)]


def _keep(form: forms.Form, person: User) -> None:
    """What somebody is stays a choice, also for an editor who could not give it."""
    for field, kept in (("side", Side(person.side)), ("role", Role(person.role))):
        choice = cast(forms.ChoiceField, form.fields[field])
        offered = cast(list[tuple[str, Any]], list(cast(Any, choice.choices)))
        if kept.value not in dict(offered):
            choice.choices = [*offered, (kept.value, kept.label)]


class JoinForm(forms.Form):
    """The name and the password of somebody who comes in."""

    name = OneLine(
        label=_("Full name"), max_length=_LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, invitation: Invitation, data: Sent = None) -> None:
        super().__init__(data, initial={"name": invitation.name})
        self.invitation = invitation
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        """A password like the name or the address is refused, so both are known first."""
        data = super().clean() or self.cleaned_data
        if password := data.get("password"):
            person = User(email=self.invitation.email, name=data.get("name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class PersonForm(forms.Form):
    """What others keep about somebody."""

    side = forms.ChoiceField(label=_("Side"))
    role = forms.ChoiceField(label=_("Role"))
    calendar = OneLine(label=_("Calendar"), max_length=_LONGEST_WORD, required=False)
    pool = OneLine(label=_("Pool"), max_length=_LONGEST_WORD, required=False)
    leads_per_month = forms.IntegerField(
        label=_("Capacity"),
        required=False,
        min_value=1,
        max_value=MOST_LEADS_PER_MONTH,
        help_text=_("Leads a month that this person can follow up; leave it empty if nobody knows."),
    )

    def __init__(self, editor: User, person: User, agreed: Agreed, data: Sent = None) -> None:
        kept = {field: getattr(person, field) for field in self.base_fields}
        super().__init__(data, initial=kept)
        if may_place(editor, person):
            _choices(self, editor)
            _keep(self, person)
        else:  # one's own place is somebody else's to change
            del self.fields["side"], self.fields["role"]
        for field, offered, hint in (
            ("calendar", agreed.calendars, _("Working hours, by their name in the agreement")),
            ("pool", agreed.pools, _("The queue that leads come from, by its name in the agreement")),
        ):
            if agreed:
                self.fields[field] = _named(self.fields[field].label, getattr(person, field), offered)
            self.fields[field].help_text = _hint(agreed, getattr(person, field), offered, hint)
        self.may_place_elsewhere = keeps(editor)


def _named(label: Any, kept: str, offered: tuple[str, ...]) -> forms.ChoiceField:
    """A choice among the names of the agreement in force; a kept one that it does not know stays, marked."""
    choices = [("", "–"), *((name, shown(name)) for name in offered)]
    if kept and kept not in offered:
        choices.append((kept, now("%(name)s (not in the agreement in force)") % {"name": shown(kept)}))
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _hint(agreed: Agreed, kept: str, offered: tuple[str, ...], hint: Any) -> str:
    if not agreed:
        return now("%(hint)s; none is in force yet, so any name will do.") % {"hint": hint}
    if not offered:
        return now("%(hint)s; the one in force names none.") % {"hint": hint}
    if kept and kept not in offered:
        return now("%(hint)s. The one in force does not know “%(name)s”.") % {"hint": hint, "name": kept}
    return f"{hint}."


class AbsenceForm(forms.Form):
    """Days away, both included, and who covers."""

    from_on = _day(_("First day away"))
    to_on = _day(_("Last day away"), help_text=_("The day itself is included."))
    cover = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Cover"),
        required=False,
        empty_label=_("nobody"),
        help_text=_("Who takes over: somebody of the same side who is there."),
    )
    note = OneLine(
        label=pgettext_lazy("absence", "Note"),  # alone, Django's own catalogues say "attention"
        max_length=200,
        required=False,
        help_text=_("Everybody sees it; no reason is needed."),
    )

    def __init__(self, person: User, today: date, data: Sent = None) -> None:
        super().__init__(data, initial={"from_on": today, "to_on": today})
        same = User.objects.filter(side=person.side, is_active=True).exclude(pk=person.pk)
        cast("forms.ModelChoiceField[User]", self.fields["cover"]).queryset = same

    def away(self) -> Away:
        return Away(**{key: self.cleaned_data[key] for key in ("from_on", "to_on", "cover", "note")})


class ProfileForm(forms.Form):
    """What is one's own."""

    name = OneLine(
        label=_("Full name"), max_length=_LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"))
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        help_text=_("Times are shown on the clock of this place, such as Europe/Istanbul; empty means UTC."),
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        choices=[("system", _("As the device says")), ("light", _("Light")), ("dark", _("Dark"))],
        help_text=_("Kept on this device."),
    )

    def __init__(self, person: User, theme: str, data: Sent = None) -> None:
        kept = {
            "name": person.name,
            "language": person.language,
            "zone": person.zone,
            "theme": theme or "system",
        }
        kept["language"] = kept["language"] or settings.LANGUAGE_CODE
        super().__init__(data, initial=kept)
        languages = cast(forms.ChoiceField, self.fields["language"])
        languages.choices = settings.LANGUAGES
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]
        self.fields["zone"].widget = Suggesting(zones(), {"dir": "ltr", "autocomplete": "off"})

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip()
        known = {name.lower(): name for name in zones()}
        if zone and zone.lower() not in known:
            raise ValidationError(
                _("No place has that name; choose one from the list, such as Europe/Istanbul.")
            )
        return known[zone.lower()] if zone else ""
