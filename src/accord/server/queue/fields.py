"""Fields of what may be done with a lead: words as they are kept, and times as people type them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accord.agreement.plain import clean

MOST_NOTE = 4000


class Text(forms.CharField):
    """Several lines as somebody typed them, without signs that turn their direction or cannot be stored."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: object) -> str:
        return "\n".join(
            clean(line, most=MOST_NOTE + 1) for line in str(super().to_python(value) or "").splitlines()
        )


class Line(forms.CharField):
    def to_python(self, value: object) -> str:
        return clean(str(super().to_python(value) or ""), most=10_000)  # the length is checked, not cut


_NOTE = pgettext_lazy("on a lead", "Note")


def note(label: Any = _NOTE, **options: Any) -> Text:
    return Text(label=label, max_length=MOST_NOTE, **{"required": False, **options})


class Moment(forms.DateTimeField):
    """An instant on the clock of whoever types it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(widget=widget, input_formats=formats, **options)


class Day(forms.DateField):
    """The day of something that people seldom know the hour of."""

    def __init__(self) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            label=_("When"),
            help_text=_("Leave it empty for today."),
            required=False,
            widget=widget,
            input_formats=["%Y-%m-%d"],
        )
