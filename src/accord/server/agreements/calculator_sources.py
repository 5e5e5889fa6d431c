"""What can be calculated with: any version of an agreement file, or a draft of the next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accord.errors import PageUnknown
from accord.server.agreements.frame import Frame
from accord.server.agreements.models import Draft


@dataclass(frozen=True)
class Source:
    """What is calculated with: a version or a draft of the file."""

    of: str  # as the address names it
    title: str
    text: str


def source_of(frame: Frame, of: str) -> Source:
    """The version or draft that the address names; else the version in force, else the newest draft."""
    if of.startswith("draft-") and of[6:].isascii() and of[6:].isdigit() and len(of) < 16:
        draft = frame.file.drafts.filter(number=int(of[6:])).first()
        if draft is None:
            raise PageUnknown(of)
        return _of_draft(draft)
    version = frame.version(of) if of else frame.shown
    if version is None:
        draft = frame.latest_draft() or frame.file.drafts.first()
        if draft is None:
            raise PageUnknown("an agreement to calculate with")
        return _of_draft(draft)
    title = _("Version %(number)d") % {"number": version.number}
    return Source(version.mark, title, version.proposal.entry.text)


def _of_draft(draft: Draft) -> Source:
    return Source(f"draft-{draft.number}", _("Draft %(number)d") % {"number": draft.number}, draft.text)


def sources_of(frame: Frame) -> list[tuple[str, str]]:
    """Every version and open draft that can be calculated with, newest first."""
    drafts = frame.file.drafts.filter(state=Draft.State.OPEN).defer("text")
    found = [(f"draft-{draft.number}", _("Draft %(number)d") % {"number": draft.number}) for draft in drafts]
    versions = {version.mark: version.number for version in frame.versions}
    return found + [
        (mark, _("Version %(number)d") % {"number": number})
        for mark, number in reversed(list(versions.items()))
    ]
