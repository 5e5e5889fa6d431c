"""One person: facts, absences, and what others may change."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accord.errors import EntryInvalid
from accord.report.format import name as shown
from accord.server.audit.trail import actor_of
from accord.server.people import absences, keeping, rights
from accord.server.people.agreed import agreed_at, differences
from accord.server.people.forms import AbsenceForm, PersonForm, take_in
from accord.server.people.leaving import left_behind
from accord.server.people.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    somebody = keeping.find_person(pk)
    if request.method != "POST":
        return _page(request, somebody)
    keeping.must_edit(actor_of(request), somebody)
    form = PersonForm(cast(User, request.user), somebody, agreed_at(timezone.now()), request.POST)
    if not form.is_valid():
        return _page(request, somebody, form=form)
    keeping.edit(actor_of(request), somebody, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("person", pk)


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """On again at once; off after a page that says what would stand still."""
    somebody, on = keeping.find_person(pk), request.POST.get("to") == "on"
    if not on and "sure" not in request.POST:
        keeping.must_switch(actor_of(request), somebody)
        facts = {"person": somebody, "left": left_behind(somebody, timezone.now())}
        return render(request, "people/switch_off.html", facts)
    somebody = keeping.switch(actor_of(request), somebody, on=on)
    words = {"name": shown(somebody.name)}
    if somebody.is_active:
        messages.success(request, _("%(name)s can sign in again.") % words)
    else:
        messages.success(request, _("%(name)s is switched off, and signed out everywhere.") % words)
    return redirect("person", pk)


@require_POST
def add_absence(request: HttpRequest, pk: int) -> HttpResponse:
    somebody = keeping.find_person(pk)
    absences.must_enter(actor_of(request), somebody)
    form = AbsenceForm(somebody, timezone.localdate(), request.POST)
    if form.is_valid():
        try:
            absences.add(actor_of(request), somebody, form.away())
        except EntryInvalid as error:
            take_in(form, error)
        else:
            messages.success(request, _("The absence has been entered."))
            _warn(request, somebody, form.away())
            return _back(request, somebody)
    return _page(request, somebody, absence_form=form)


@require_POST
def remove_absence(request: HttpRequest, pk: int) -> HttpResponse:
    absence = absences.find_absence(pk)
    absences.remove(actor_of(request), absence)
    messages.success(request, _("The absence has been taken back."))
    return _back(request, absence.user)


def _warn(request: HttpRequest, somebody: User, away: absences.Away) -> None:
    """Who is covered by nobody, and who loses their cover by this."""
    if away.cover is None:
        text = _("Nobody covers for %(name)s in these days.")
        messages.warning(request, text % {"name": shown(somebody.name)})
    for other in absences.left_without(somebody, away):
        words = {"name": shown(somebody.name), "other": shown(other.user.name)}
        text = _("%(name)s was to cover for %(other)s in these days; find somebody else for that.")
        messages.warning(request, text % words)


def _back(request: HttpRequest, somebody: User) -> HttpResponse:
    return redirect("profile") if request.POST.get("back") == "profile" else redirect("person", somebody.pk)


def _page(
    request: HttpRequest,
    somebody: User,
    *,
    form: PersonForm | None = None,
    absence_form: AbsenceForm | None = None,
) -> HttpResponse:
    """The page; what is wrong in a form that was sent stands beside what was typed."""
    viewer, agreed, today = cast(User, request.user), agreed_at(timezone.now()), timezone.localdate()
    if form is None and rights.may_edit(viewer, somebody):
        form = PersonForm(viewer, somebody, agreed)
    status = 422 if (form and form.errors) or absence_form else 200
    if absence_form is None and somebody.is_active and rights.may_enter_absence(viewer, somebody):
        absence_form = AbsenceForm(somebody, today)
    facts = {
        "person": somebody,
        "agreed": agreed,
        "differences": differences(somebody, agreed),
        "absences": absences.of(somebody, today),
        "today": today,
        "form": form,
        "absence_form": absence_form,
        "may_absent": rights.may_enter_absence(viewer, somebody),
        "may_switch": rights.may_switch(viewer, somebody),
    }
    return render(request, "people/person.html", facts, status=status)
