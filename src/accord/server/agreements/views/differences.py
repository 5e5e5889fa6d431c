"""Two texts of one agreement file compared: what changed, whom it burdens, what it does to the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from functools import lru_cache

from django.utils.translation import gettext as _

from accord.agreement.canonical import signed_text
from accord.agreement.comparing.diff import diff
from accord.agreement.comparing.saying import Group, groups, sentences, summary
from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement, Status
from accord.errors import AgreementInvalid, PageUnknown
from accord.plan.changes.effect import effect
from accord.plan.changes.effect_output import rows
from accord.server.agreements.frame import Frame
from accord.server.agreements.models import Draft

MOST_LINES = 1_000  # of the comparison line by line that are shown
MOST_COMPARED = (
    4_000  # lines of a text that are compared one by one: it takes time that grows with their square
)
_DRAFT = "draft-"


@dataclass(frozen=True)
class Text:
    """One text that can be chosen: by mark for what was proposed, by `draft-N` for a draft."""

    key: str
    label: str
    text: str
    draft: int = 0  # its number; 0 for what was proposed

    @property
    def agreement(self) -> Agreement | None:
        """What it means; None where it has errors."""
        try:
            return agreement_in(self.text)
        except AgreementInvalid:
            return None


@dataclass(frozen=True)
class Line:
    """A line of the comparison of texts: `+`, `-`, `@` for a gap, or blank."""

    sign: str
    text: str


@dataclass(frozen=True)
class Difference:
    """What two texts differ in. Without sentences where one cannot be read as an agreement."""

    summary: str
    groups: tuple[Group, ...]
    figures: tuple[tuple[str, ...], ...]  # title, before, after, change
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    more_lines: bool
    is_same: bool

    @property
    def burdens(self) -> tuple[Group, ...]:
        """What somebody owes more or less by, and what no table can judge."""
        return tuple(group for group in self.groups if group.sentences[0].burdens != ())


def texts_of(frame: Frame) -> list[Text]:
    """All that can be compared: versions from the newest, then drafts from the newest."""
    found: dict[str, Text] = {}
    for version in reversed(frame.versions):
        words = (
            _("Version %(number)s")
            if version.proposal.withdrawn is None
            else _("Version %(number)s, withdrawn")
        )
        text = version.proposal.entry.text
        found.setdefault(version.mark, Text(version.mark, words % {"number": version.number}, text))
    for draft in frame.file.drafts.exclude(state=Draft.State.PROPOSED):
        words = _("Draft %(number)s") if draft.state == Draft.State.OPEN else _("Draft %(number)s, discarded")
        key = f"{_DRAFT}{draft.number}"
        found[key] = Text(key, words % {"number": draft.number}, draft.text, draft.number)
    return list(found.values())


def chosen(frame: Frame, texts: list[Text], key: str, usual: str) -> Text | None:
    """The text with this key, or the usual one where none is asked for; PageUnknown for one there is not."""
    keys = {text.key: text for text in texts}
    if not key:
        return keys.get(usual)
    if key not in keys and key.startswith(_DRAFT) and (number := key.removeprefix(_DRAFT)).isdecimal():
        draft = frame.file.drafts.filter(number=int(number[:9])).first()
        if draft is not None:  # proposed: its text is that of a version, and what was written is still there
            return Text(
                key, _("Draft %(number)s, proposed") % {"number": draft.number}, draft.text, draft.number
            )
    if key not in keys:
        raise PageUnknown(key, keys)
    return keys[key]


def usual_pair(frame: Frame, texts: list[Text]) -> tuple[str, str]:
    """What is compared before anybody chose: what holds with what comes next, else the last two."""
    held, next_ = frame.in_force, frame.waiting
    drafts = [text.key for text in texts if text.draft]
    newest = [text.key for text in texts if not text.draft]
    after = (next_.mark if next_ else "") or next(iter(drafts), "") or next(iter(newest), "")
    before = held.mark if held else ""
    if not before or before == after:
        before = next((key for key in [*newest, *drafts] if key != after), after)
    return before, after


@lru_cache(maxsize=32)
def compared(before: str, after: str) -> Difference:
    """Two texts compared; kept, since both stay as they are."""
    old, new = _read(before), _read(after)
    if old is None or new is None:
        lines = tuple(_lines(before, after))
        return Difference("", (), (), (), lines[:MOST_LINES], len(lines) > MOST_LINES, before == after)
    said, numbers = sentences(diff(old, new), old, new), effect(old, new)
    lines = tuple(_lines(signed_text(old), signed_text(new)))
    return Difference(
        summary=summary(said),
        groups=groups(said),
        figures=tuple(tuple(row) for row in rows(numbers)),
        notes=numbers.notes,
        lines=lines[:MOST_LINES],
        more_lines=len(lines) > MOST_LINES,
        is_same=not said,
    )


def _read(text: str) -> Agreement | None:
    """What a text means, without its status: that is a note to readers, and nobody signs it."""
    try:
        return agreement_in(text).model_copy(update={"status": Status.DRAFT})
    except AgreementInvalid:
        return None


def _lines(before: str, after: str) -> Iterator[Line]:
    """Line by line, in the one spelling of both where they can be read: layout makes no difference."""
    old, new = before.splitlines()[:MOST_COMPARED], after.splitlines()[:MOST_COMPARED]
    found = unified_diff(old, new, lineterm="", n=2)
    for at, line in enumerate(found):
        if at >= 2:  # the names of two files come first
            yield Line(line[:1], line[1:] if line[:1] in "+- " else "")
