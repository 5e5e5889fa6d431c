"""What the pages of a draft show, gathered once for whole pages and for what HTMX asks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, zip_longest

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accord.errors import InputError, PageUnknown, Severity
from accord.server.access import may
from accord.server.agreements.editor.applying import applied, drawn_of, says
from accord.server.agreements.editor.drawing import draw_form, draw_spot
from accord.server.agreements.editor.fields import (
    FILE,
    GENERAL,
    Part,
    attach,
    build,
    section_names,
    section_of,
)
from accord.server.agreements.editor.kinds import Kind, label_of
from accord.server.agreements.editor.looking import Checked, Difference, Figures, checked, difference, figures
from accord.server.agreements.editor.merging import merged
from accord.server.agreements.finding import today_in
from accord.server.agreements.models import Clash, Draft, Saving

VIEWS: tuple[tuple[str, str | Promise], ...] = (
    ("both", _("Form and text")),
    ("form", _("Form")),
    ("text", _("Text")),
)
_LABELS: dict[str, str | Promise] = {GENERAL: _("Name and currency"), FILE: _("File")}
_FIRST = "goal"  # the part that one starts with: everything else follows from it
ON_A_PAGE = 25  # savings
_DIGITS = 9  # of a number that a form sends: more than anybody saves


@dataclass(frozen=True)
class Section:
    """One choice of the form, with how many of the problems stand in it."""

    name: str
    label: str | Promise
    problems: int


@dataclass
class Desk:
    """A draft as somebody has it before them: the text may be one that is not saved."""

    draft: Draft
    text: str
    started: int  # the saving that the writer had before them
    section: str = GENERAL
    view: str = "both"
    refused: list[str] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)  # in the form, and not in the text
    unsaved: bool = False
    sent: str | None = None  # the text as it came, before what was typed in the form

    @cached_property
    def checked(self) -> Checked:
        return checked(self.text, today_in(self.text, timezone.now()))

    @cached_property
    def figures(self) -> Figures:
        return figures(self.text, self.draft.text, today_in(self.text, timezone.now()))

    @cached_property
    def form(self) -> Part | None:
        """The section's form with its problems; None where the text cannot be read."""
        plain_values = says(self.text)
        if plain_values is None:
            return None
        form = build(self.section, plain_values)
        attach(form, [each for each in self.checked.problems if section_at(each.path) == self.section])
        for part in form.all() if self.typed else ():
            part.typed = self.typed.get(part.name)
            for new in part.wanted:
                new.typed = self.typed.get(f"new:{part.place}:{new.path[0]}")
        return form

    @property
    def drawn(self) -> str:
        """What each control of the form shows, so that what is typed in it later can be told."""
        return drawn_of(self.form.controls()) if self.form else ""

    @property
    def controls(self) -> str:
        """The form as HTML."""
        address = reverse("draft-form", args=[self.draft.file.slug, self.draft.number])
        return draw_form(self.form, address) if self.form else ""

    @property
    def changed_line(self) -> int | None:
        """The first line that the form changed, from 1."""
        if self.sent is None or self.sent == self.text:
            return None
        pairs = enumerate(zip_longest(self.sent.split("\n"), self.text.split("\n")), start=1)
        return next((at for at, (before, after) in pairs if before != after), None)

    def take(self, request: HttpRequest, *, saving: bool = False) -> None:
        """What was typed in the form, into the text; on saving also the entries typed beside *Add*."""
        taken = applied(self.text, self.section, request.POST.dict(), with_new=saving)
        self.sent, self.text = self.text, taken.text
        self.refused, self.typed = taken.refused, taken.typed

    @cached_property
    def had(self) -> str:
        """The ids of the parts that have problems now, for the next answer to clear."""
        return " ".join(part.id for part in self.form.all() if part.problems) if self.form else ""

    @property
    def sections(self) -> list[Section]:
        where = Counter(section_at(problem.path) for problem in self.checked.problems)
        return [Section(name, _LABELS.get(name, label_of(name)), where[name]) for name in section_names()]

    @property
    def open(self) -> bool:
        return self.draft.state == Draft.State.OPEN

    def mirrors(self, sent: Mapping[str, str]) -> bool:
        """Whether the page that sent this has the very controls that the form has now."""
        if self.form is None:
            return False
        drawn = {part.switch if part.kind is Kind.FLAG else part.name for part in self.form.controls()}
        flags = {part.name for part in self.form.controls() if part.kind is Kind.FLAG}
        return drawn == {name for name in sent if name.startswith(("at:", "switch:"))} - flags

    def spots(self, names: str) -> list[str]:
        """The problems of the parts with some, and of those that had some, by the ids that the page sent."""
        wanted = {*names.split()[:500], *self.had.split()}
        parts = self.form.all() if self.form else ()
        return [draw_spot(part, oob=True) for part in parts if part.id in wanted]


def section_at(path: str) -> str:
    """The section of a problem, by its path in the text."""
    return section_of(path.split(".", 1)[0].split("[", 1)[0])


def desk_of(request: HttpRequest, draft: Draft, text: str | None = None) -> Desk:
    """The desk for a request: section and view come from the address, or from what was sent."""
    asked = {**request.GET.dict(), **request.POST.dict()}
    section, view = asked.get("section", ""), asked.get("look") or asked.get("view", "both")
    text = draft.text if text is None else text
    started = asked.get("started_from", "") if request.method == "POST" else ""
    return Desk(
        draft,
        text,
        int(started) if _is_key(started) and len(started) <= _DIGITS else draft.saved,
        section if section in section_names() else _first_section(text),
        view if view in dict(VIEWS) else "both",
    )


def _first_section(text: str) -> str:
    """Where the first error is, else the goal."""
    problems = checked(text, today_in(text, timezone.now())).problems
    wrong = (problem for problem in problems if problem.severity is Severity.ERROR)
    return next((section_at(problem.path) for problem in wrong), _FIRST)


def wanted_section(request: HttpRequest, desk: Desk) -> str:
    """The section that somebody chose to see next, else the one before them."""
    chosen = request.POST.get("show", "")
    return chosen if chosen in section_names() else desk.section


def context_of(request: HttpRequest, desk: Desk) -> dict[str, object]:
    """What the draft's page needs beside the desk."""
    user = request.user if request.user.is_authenticated else None
    clashes = (
        Clash.objects.filter(draft=desk.draft, settled_at=None).select_related("by") if desk.open else ()
    )
    return {
        "desk": desk,
        "draft": desk.draft,
        "file": desk.draft.file,
        "views": VIEWS,
        "clashes": list(clashes),
        "can_write": desk.open and may(user, "draft", "POST"),
    }


def number_in(request: HttpRequest, name: str) -> int:
    """A whole number that a form sent; InputError for what is none."""
    raw = request.POST.get(name, "")
    if not raw.isascii() or not raw.isdigit() or len(raw) > _DIGITS:
        raise InputError("the form does not say from which saving it started; load the page again")
    return int(raw)


def sent_text(request: HttpRequest) -> str:
    """The text that a form sent, with line ends as they are kept."""
    return request.POST.get("text", "").replace("\r\n", "\n").replace("\r", "\n")


# Clashes -----------------------------------------------------------------------------------------------


@dataclass
class Collision:
    """A text that was not saved beside the one that was, and what both say together if that can be told."""

    clash: Clash
    draft: Draft

    @cached_property
    def difference(self) -> Difference:
        return difference(self.draft.text, self.clash.text)

    @cached_property
    def base(self) -> str | None:
        """The text that both began with."""
        found = Saving.objects.filter(draft=self.draft, number=self.clash.started_from).first()
        return found.text if found else None

    @property
    def theirs(self) -> Difference | None:
        """What was saved in between, against the text that both began with."""
        return None if self.base is None else difference(self.base, self.draft.text)

    @property
    def mine(self) -> Difference | None:
        """What the text that was not saved changes, against the same."""
        return None if self.base is None else difference(self.base, self.clash.text)

    @cached_property
    def merged(self) -> str | None:
        return merged(self.base, self.draft.text, self.clash.text) if self.base is not None else None

    @property
    def proposal(self) -> str:
        """What the box for saving anew starts with: both together, else the text that was not saved."""
        return self.clash.text if self.merged is None else self.merged

    @cached_property
    def checked(self) -> Checked:
        return checked(self.proposal, today_in(self.proposal, timezone.now()))


def collision(draft: Draft, pk: str) -> Collision:
    """The clash with this key of a draft; PageUnknown if there is none."""
    found = (
        Clash.objects.select_related("by").filter(draft=draft, pk=int(pk)).first() if _is_key(pk) else None
    )
    if found is None:
        raise PageUnknown("conflict")
    return Collision(found, draft)


def _is_key(raw: str) -> bool:
    return raw.isascii() and raw.isdigit() and len(raw) <= 18


# History -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """One page of a draft's savings, newest first; of one of them, what it changed."""

    savings: list[Saving]
    newer: int | None  # number to go on from, on the page before
    older: int | None
    opened: Saving | None = None
    difference: Difference | None = None


def history_of(draft: Draft, upto: str, opened: str) -> Past:
    """The savings up to one number, and what saving `opened` changed against the one before it."""
    highest = int(upto) if _is_key(upto) else draft.saved
    rows = list(
        Saving.objects.filter(draft=draft, number__lte=highest)
        .select_related("by")
        .order_by("-number")[: ON_A_PAGE + 1]
    )
    savings = rows[:ON_A_PAGE]
    newer = min(draft.saved, highest + ON_A_PAGE) if highest < draft.saved else None
    older = rows[ON_A_PAGE].number if len(rows) > ON_A_PAGE else None
    for later, earlier in pairwise(rows):
        if _is_key(opened) and later.number == int(opened):
            return Past(savings, newer, older, later, difference(earlier.text, later.text))
    return Past(savings, newer, older)
