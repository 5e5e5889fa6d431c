"""The calculator's page: what-ifs side by side, where each figure comes from, months, reps and certainty."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accord.agreement.comparing.diff import diff
from accord.agreement.comparing.saying import sentences
from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement
from accord.errors import AgreementInvalid, NumberUnknown, PlanImpossible, Problem
from accord.plan.changes.output import comparison_csv
from accord.plan.changes.whatif import Comparison
from accord.server.agreements import calculator_showing as showing
from accord.server.agreements import calculator_views as views
from accord.server.agreements.acts import as_next, draft_link, start_draft
from accord.server.agreements.calculator import (
    Asked,
    Scenario,
    compared,
    read_asked,
    settings_from,
    split_settings,
    work_out,
)
from accord.server.agreements.calculator_fields import Field, fields_of, groups
from accord.server.agreements.calculator_sources import Source, source_of, sources_of
from accord.server.agreements.calculator_text import text_with
from accord.server.agreements.frame import Frame, frame_of
from accord.server.audit.trail import actor_of


@dataclass(frozen=True)
class Input:
    """One input of the page, with what was typed and why it cannot be."""

    field: Field
    number: int
    typed: str
    refused: str

    @property
    def name(self) -> str:
        return f"v.{self.field.key}"

    @property
    def changed(self) -> bool:
        return self.typed != self.field.agreed


@dataclass(frozen=True)
class Work:
    """Everything that one answer of the page rests on."""

    frame: Frame
    source: Source
    agreement: Agreement
    asked: Asked

    @cached_property
    def scenarios(self) -> list[Scenario]:
        return [work_out(self.source.text, at, self.asked.sets[at - 1]) for at in self.asked.shown]

    @cached_property
    def names(self) -> list[str]:
        """Of the scenarios."""
        return [_("What if %(number)d") % {"number": one.number} for one in self.scenarios]

    @cached_property
    def columns(self) -> list[tuple[int, str, Agreement]]:
        """What stands side by side, each by its number: 0 as agreed, then what sets something and can be."""
        named = zip(self.scenarios, self.names, strict=True)
        good = [(one.number, name, one.agreement) for one, name in named if one.settings and one.agreement]
        return [(0, _("As agreed"), self.agreement), *good]

    @cached_property
    def current(self) -> Scenario:
        return next(one for one in self.scenarios if one.number == self.asked.at)

    @cached_property
    def comparison(self) -> Comparison:
        sets = ((), *self.asked.sets)  # none as agreed
        return compared(self.source.text, tuple((name, sets[number]) for number, name, _of in self.columns))


@require_http_methods(["GET", "HEAD", "POST"])
def calculator(request: HttpRequest, slug: str) -> HttpResponse:
    """Whatever the address says, worked out; inputs of the form lead to the address that says the same.

    POST makes the scenario that is being changed a draft.
    """
    frame, asked = frame_of(slug), read_asked(request.GET)
    source = source_of(frame, asked.of)
    try:
        agreement = agreement_in(source.text)
    except AgreementInvalid as error:
        return _unreadable(request, frame, source, error.problems)
    if request.method == "POST":
        return _make(request, Work(frame, source, agreement, asked))
    moved = _from_inputs(request, agreement, asked)
    if moved is not None and not request.htmx:  # type: ignore[attr-defined]
        return redirect(f"{request.path}{moved.query()}")
    work = Work(frame, source, agreement, moved or asked)
    if request.GET.get("form") == "csv":
        return _csv(work)
    response = render(request, "agreements/calculator.html", _context(work))
    if moved is not None:
        response.headers["HX-Replace-Url"] = f"{request.path}{moved.query()}"
    return response


def _from_inputs(request: HttpRequest, agreement: Agreement, asked: Asked) -> Asked | None:
    """What the inputs of the form ask for; None where the address has none."""
    typed = {key[2:]: str(text) for key, text in request.GET.items() if key.startswith("v.")}
    if not typed and "more" not in request.GET:
        return None
    fields = fields_of(groups(agreement))
    agreed = {field.key: field.agreed for field in fields}
    settings = settings_from(typed, agreed, request.GET.get("more", ""), list(agreed))
    return replace(asked.with_settings(asked.at, settings), explain="", within=0, make=False)


def _context(work: Work) -> dict[str, object]:
    asked = work.asked
    context: dict[str, object] = {"file": work.frame.file, "source": work.source, "asked": asked}
    context |= _inputs(work) | _tabs(work)
    try:
        context["comparison"] = work.comparison
        context["rows"] = showing.rows_of(work.comparison, [at for at, _name, _of in work.columns[1:]])
    except PlanImpossible as error:
        context["impossible"] = str(error)
        return context
    context["columns"] = [(at, name) for at, name, _of in work.columns]
    return context | _view(work) | _explained(work) | _made(work)


def _inputs(work: Work) -> dict[str, object]:
    made = groups(work.agreement)
    known = [field.key for field in fields_of(made)]
    typed, more = split_settings(work.asked.settings, known)
    refused = work.current.refused
    numbers = {key: at for at, key in enumerate(known, 1)}

    def as_input(field: Field) -> Input:
        key = field.key
        return Input(field, numbers[key], typed.get(key, field.agreed), refused.get(key, ""))

    return {
        "groups": [
            (group, [(part.title, [as_input(field) for field in part.fields]) for part in group.parts])
            for group in made
        ],
        "touched": {group.key for group in made if typed.keys() & {one.key for one in fields_of((group,))}},
        "more": more,
        "more_refused": {key: why for key, why in refused.items() if key not in numbers},
        "errors": ", ".join(f"#e{at}" for at in [*numbers.values(), 0]),
        "others": [
            (name, setting)
            for at, name in ((1, "set"), (2, "set2"), (3, "set3"))
            if at != work.asked.at
            for setting in work.asked.sets[at - 1]
        ],
    }


def _tabs(work: Work) -> dict[str, object]:
    asked = work.asked
    words = (
        ("plan", _("The plan")),
        ("months", _("Months")),
        ("capacity", _("Reps")),
        ("certainty", _("Certainty")),
    )
    plain = replace(asked, explain="", within=0, now=False, make=False)
    return {
        "views": [(view, title, plain.query(view=view)) for view, title in words],
        "scenarios": [
            (one, name, plain.query(at=one.number))
            for one, name in zip(work.scenarios, work.names, strict=True)
        ],
        "current": work.current,
        "current_name": next(
            name for one, name in zip(work.scenarios, work.names, strict=True) if one is work.current
        ),
        "another": None
        if asked.free is None
        else replace(plain.with_settings(asked.free, asked.settings), at=asked.free).query(),
        "cleared": plain.with_settings(asked.at, ()).query(at=1) if asked.settings else None,
        "explaining": f"{replace(asked, explain='', within=0, make=False).query()}&explain=",
        "here": plain.query(),
        "at_once": asked.query(now=True),
        "making": plain.query(make=True) + "#make" if work.current.agreement and asked.settings else None,
        "csv": f"{plain.query()}&form=csv",
        "sources": sources_of(work.frame),
    }


def _view(work: Work) -> dict[str, object]:
    """The tab that is open, for the scenario that is being changed."""
    agreement = work.current.agreement
    if agreement is None:
        return {}
    made: dict[str, Callable[[], dict[str, object]]] = {
        "plan": lambda: {"streams": showing.plan_tables(agreement)},
        "months": lambda: _pair("months", views.month_tables(agreement)),
        "capacity": lambda: _pair("pools", views.pool_tables(agreement, by_month=work.asked.now)),
        "certainty": lambda: _sure(work),
    }
    return made[work.asked.view]()


def _pair(name: str, found: tuple[object, tuple[str, ...]]) -> dict[str, object]:
    return {name: found[0], "view_notes": found[1]}


def _sure(work: Work) -> dict[str, object]:
    """Both the agreement and the scenario; worked out only when it is asked for at once."""
    if not work.asked.now:
        return {}
    before, said = views.chances_of(work.source.text, ())
    chances = [(work.columns[0][1], before)]
    if work.current.settings:
        after, said = views.chances_of(work.source.text, work.current.settings)
        chances.append((work.names[work.scenarios.index(work.current)], after))
    return {"chances": chances, "view_notes": said}


def _explained(work: Work) -> dict[str, object]:
    """Where one figure comes from; NumberUnknown as words, for a what-if may have lost the number."""
    asked = work.asked
    if not asked.explain:
        return {}
    columns = {at: (name, agreement) for at, name, agreement in work.columns}
    name, within = columns.get(asked.within, columns[0])
    try:
        return {"told": showing.told(within, asked.explain), "told_of": name}
    except NumberUnknown as error:
        return {"untold": str(error)}


def _made(work: Work) -> dict[str, object]:
    """What the draft that the scenario would become changes, in sentences; only when asked for."""
    changed = work.current.agreement
    if not work.asked.make or changed is None:
        return {}
    return {"changes": sentences(diff(work.agreement, changed), work.agreement, changed)}


def _make(request: HttpRequest, work: Work) -> HttpResponse:
    changed = work.current.agreement
    if changed is None or not work.current.settings:
        raise PlanImpossible(
            work.current.problem or "nothing is set that can be; change an input, then try again"
        )
    text = text_with(work.source.text, work.agreement, as_next(work.frame.file, changed))
    draft = start_draft(actor_of(request), work.frame.file, text)
    messages.success(request, _("The what-if is a draft now; nothing binds anybody before it is signed."))
    return redirect(draft_link(draft))


def _unreadable(
    request: HttpRequest, frame: Frame, source: Source, problems: tuple[Problem, ...]
) -> HttpResponse:
    context = {"file": frame.file, "source": source, "problems": problems, "sources": sources_of(frame)}
    return render(request, "agreements/calculator_unreadable.html", context, status=422)


def _csv(work: Work) -> HttpResponse:
    """Every number of every column; no cell is one that a spreadsheet would run."""
    response = HttpResponse(comparison_csv(work.comparison), content_type="text/csv; charset=utf-8")
    name = f"{slugify(work.frame.file.title) or 'agreement'}-what-if.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
