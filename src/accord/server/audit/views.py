"""The audit's page: who did what, when, from where."""

import re
from collections.abc import Iterable
from typing import cast

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accord.server.audit.models import Action
from accord.server.audit.reading import as_csv, filtered, page_of, visible
from accord.server.look.saving import csv_file
from accord.server.people.models import User


class Filters(forms.Form):
    """What narrows the list down; all of it stands in the address."""

    who = forms.ModelChoiceField(
        User.objects.all(), required=False, label=_("Person"), empty_label=_("Everybody")
    )
    action = forms.ChoiceField(
        required=False, label=_("What was done"), choices=[("", _("Everything")), *Action.choices]
    )
    text = forms.CharField(required=False, max_length=100, label=_("Name or thing"))
    from_on = forms.DateField(
        required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    to_on = forms.DateField(
        required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@require_safe
def audit(request: HttpRequest) -> HttpResponseBase:
    """A page of fifty entries, or with `form=csv` all of them as a table."""
    filters = Filters(request.GET)
    viewer = cast(User, request.user)  # the table lets nobody else in
    if not filters.is_valid():  # a list of something else would answer another question
        return render(request, "audit/audit.html", {"filters": filters, "narrowed": True}, status=422)
    entries = filtered(visible(viewer), filters.cleaned_data)
    if request.GET.get("form") == "csv":
        return _csv(as_csv(entries, viewer))
    before = request.GET.get("before", "")
    page = page_of(entries, viewer, int(before) if re.fullmatch(r"[0-9]{1,18}", before) else None)
    narrowed = any(filters.cleaned_data.values())
    return render(
        request,
        "audit/audit.html",
        {"filters": filters, "page": page, "narrowed": narrowed, "before": before},
    )


def _csv(rows: Iterable[str]) -> HttpResponseBase:
    return csv_file("audit.csv", rows)
