"""What stands behind a figure: the leads of a promise, a measure with its definition and SQL, one lead."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accord.agreement.terms import Agreement
from accord.errors import AddressInvalid, PageUnknown
from accord.ledger.links import CLOSED, MATURE
from accord.ledger.measures import Measure, find
from accord.ledger.promised import definition_of, requirements_of
from accord.ledger.rows import CUSTOMERS, Behind, counts_behind, rows_behind, states_of
from accord.ledger.score import PromiseScore, Score, Table
from accord.report.grid import csv_text
from accord.report.owners import OWNER
from accord.report.view import sentence
from accord.server.look.saving import csv_file
from accord.server.people.models import User
from accord.server.people.rights import sees_people
from accord.server.score.behind import measures_of, promises_of
from accord.server.score.cells import heading, shown
from accord.server.score.explaining import explained
from accord.server.score.frame import Frame, frame_of, ready
from accord.server.score.listing import is_money, kept_so_far, listed
from accord.server.score.measured import measure_called, measured, opened
from accord.server.score.owning import called, names, seen, sees_owners
from accord.server.score.places import Words
from accord.server.score.templatetags.score import Cell, is_figure
from accord.server.score.views.common import missing, show

A_PAGE, MOST = 50, 100_000
_RATES: dict[str, Words] = {  # a win rate that no promise speaks for, by its basis
    MATURE: _(
        "Won ÷ opportunities opened in the months that are mature: old enough that nine in ten of those that "
        "are ever won were won. Open ones count as not won"
    ),
    CLOSED: _("Won ÷ (won + lost) of the deals closed in these days, whenever they began: a quick look"),
}
_ALL = "NULL for all"  # in what a measure says of a column: no value is no gap there
SHOWN = 200  # rows of a measure on its page; its file has all
STATES: dict[str, Words] = {
    "kept": _("Kept"),
    "broken": _("Broken"),
    "pending": _("Pending"),
    "excused": _("Excused"),
    "counted": _("Counted"),
    "won": _("Won"),
    "lost": _("Lost"),
    "open": _("Open"),
    "stayed": _("Stayed"),
    "left": _("Left"),
    "satisfied": _("Satisfied"),
    "not-satisfied": _("Not satisfied"),
}


@dataclass(frozen=True)
class Tab:
    state: str
    words: Words
    count: int
    address: str
    current: bool


@require_safe
def rows(request: HttpRequest, promise: str, state: str = "") -> HttpResponse:
    """The leads of one promise under one word, the first that has any where none is named."""
    frame = frame_of(request.GET, compares=False)
    if frame is None:
        return missing(request)
    found = _promise(frame, promise)
    if frame.score is None:
        return show(request, frame, "score/rows.html", {"title": promise})
    viewer, measure = cast(User, request.user), _measure(found)
    with opened(frame) as ledger:
        counts = counts_behind(ledger, found)
        state = _state(found, state, counts)
        total = counts.get(state, 0)
        page = min(_page_number(request), max(1, -(-total // A_PAGE)))  # past the end is the last one
        table = (
            rows_behind(ledger, found, state, limit=A_PAGE, offset=(page - 1) * A_PAGE)
            if state
            else Table((), ())
        )
        table = seen(table, measure, viewer, frame.agreement)
    worded, about = called(frame.agreement, names()), _about(found, frame.score)
    made = [listed(_aware(row), worded, measure) for row in table.dicts()]
    facts: dict[str, object] = {
        **about,
        "state": state,
        "words": STATES.get(state, state),
        "customers": measure in CUSTOMERS,
        "states": [
            Tab(each, STATES[each], count, frame.address("score-rows-of", promise, each), each == state)
            for each, count in counts.items()
        ],
        "rows": made,
        "owners": OWNER in table.columns,
        "hidden": not sees_owners(measure, viewer),
        "dues": any(row["due_at"] for row in made),
        "of_money": is_money(measure),
        "so_far": kept_so_far(cast(PromiseScore | None, about["promise"])) if state == "kept" else 0,
        "total": total,
        "newer": frame.address("score-rows-of", promise, state, page=page - 1) if page > 1 else "",
        "older": frame.address("score-rows-of", promise, state, page=page + 1)
        if total > page * A_PAGE
        else "",
        "as_csv": frame.address("score-rows-csv", promise, state) if state else "",
    }
    return show(request, frame, "score/rows.html", facts)


@require_safe
def rows_csv(request: HttpRequest, promise: str, state: str) -> HttpResponseBase:
    """All of them as a file, a hundred thousand at most."""
    frame, _score = ready(request.GET)
    found = _promise(frame, promise)
    with opened(frame) as ledger:
        table = rows_behind(ledger, found, _state(found, state, {}), limit=MOST)
        table = seen(table, _measure(found), cast(User, request.user), frame.agreement)
    return csv_file(f"{_safe(promise)}-{state}.csv", csv_text(table.columns, table.dicts()).splitlines(True))


@require_safe
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """One measure: what it means, its SQL, and its rows for these days and leads."""
    known = measure_called(name)
    frame = frame_of(request.GET, compares=False)
    if frame is None:
        return missing(request)
    if frame.score is None:
        about = {"title": known.title, "measure": known, "meaning": sentence(known.meaning)}
        return show(request, frame, "score/measure.html", about)
    result = measured(frame, known, name)
    table = seen(result.table, known.name, cast(User, request.user), frame.agreement)
    shown_rows = Table(table.columns, table.rows[:SHOWN])
    hidden = () if sees_owners(known.name, cast(User, request.user)) else (OWNER,)
    numeric = {name for row in shown_rows.dicts() for name, value in row.items() if is_figure(value)}
    worded = called(frame.agreement, names())
    facts: dict[str, object] = {
        "measure": known,
        "result": result,
        "meaning": sentence(known.meaning),
        "columns": [(column, heading(column), known.columns.get(column, "")) for column in table.columns],
        "rows": [_line(known, row, worded, numeric, hidden) for row in shown_rows.dicts()],
        "numeric": numeric,
        "total": len(table.rows),
        "left_out": max(0, len(table.rows) - SHOWN),
        "promises": [one for one in frame.agreement.promises if one.measure in promises_of(known.name)],
        "as_csv": frame.address("score-measure-csv", name),
    }
    return show(request, frame, "score/measure.html", facts)


@require_safe
def measure_csv(request: HttpRequest, name: str) -> HttpResponse:
    """All rows of one measure, values as they are: lengths in seconds, shares as fractions."""
    known = measure_called(name)
    frame, _score = ready(request.GET)
    table = seen(measured(frame, known, name).table, known.name, cast(User, request.user), frame.agreement)
    text = csv_text(table.columns, table.dicts())
    head = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=head)


@require_safe
def lead(request: HttpRequest, lead: str) -> HttpResponse:
    """Why each verdict on one lead is what it is, also where only an imported log knows it."""
    frame = frame_of(request.GET, compares=False)
    if frame is None:
        return missing(request)
    if frame.problems:
        raise AddressInvalid(list(frame.problems))
    told = explained(
        frame.agreement,
        lead,
        frame.fold.as_of if frame.fold else frame.at,
        whole=sees_people(cast(User, request.user)),
        zone=timezone.get_current_timezone_name(),
    )
    return render(request, "score/lead.html", {"frame": frame, "told": told})


def _promise(frame: Frame, id: str) -> Behind:
    """The promise of this id; else the win rate of a basis, which is there though nobody promised one."""
    known = {promise.id: promise for promise in frame.agreement.promises}
    if id not in known and id not in _RATES:
        raise PageUnknown(id, known, noun="promise of this agreement")
    return known.get(id, id)


def _measure(found: Behind) -> str:
    return "win_rate" if isinstance(found, str) else found.measure


def _about(found: Behind, score: Score) -> dict[str, object]:
    """What stands over the leads: whose figure it is, and how that is counted."""
    measure = _measure(found)
    told: dict[str, object] = {
        "requirements": requirements_of(measure),
        "measures": [find(name) for name in measures_of(measure)],
    }
    if isinstance(found, str):
        return {**told, "promise": None, "title": _("Win rate"), "definition": _RATES[found]}
    promises = (one for side in score.sides for one in side.promises)
    made = next((one for one in promises if one.id == found.id), None)
    definition = definition_of(found).rstrip(".")
    return {**told, "promise": made, "title": made.title if made else found.id, "definition": definition}


def _state(promise: Behind, state: str, counts: dict[str, int]) -> str:
    states = states_of(promise)
    if not state:
        return next((each for each in states if counts.get(each)), states[0] if states else "")
    if state not in states:
        raise PageUnknown(state, states, noun="state of these leads")
    return state


def _line(
    measure: Measure, row: dict[str, object], agreement: Agreement, numeric: set[str], hidden: Collection[str]
) -> list[Cell]:
    """A row of a measure as its page shows it; what is hidden from somebody is empty, and not unknown."""
    whole = {name for name, told in measure.columns.items() if _ALL in told and "unknown where" not in told}
    texts = shown(measure.name, _aware(row), agreement, whole)
    return [
        Cell(
            "" if text is None and name in hidden else text,
            name in numeric,
            str(value) if name == "lead" and value else "",
        )
        for text, (name, value) in zip(texts, row.items(), strict=True)
    ]


def _aware(row: dict[str, object]) -> dict[str, object]:
    return {key: _utc(value) for key, value in row.items()}


def _utc(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text[:12])) if text.isascii() and text.isdigit() else 1


def _safe(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text)
