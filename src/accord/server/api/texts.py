"""The text that an address names: a version by mark or number, `draft-N`, else what is in force."""

import re
from dataclasses import dataclass
from datetime import datetime

from accord.agreement.signing.chain import Chain
from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement
from accord.errors import PageUnknown
from accord.server.agreements.finding import find_draft, find_version, mark_of
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.agreements.standings import SHOWN_FIRST, stood

_DRAFT = re.compile(r"draft-(\d{1,9})", re.ASCII)
_TEXT = "version or draft of this agreement"
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)  # shorter than a mark


@dataclass(frozen=True)
class Named:
    """A text with the name that addresses have for it."""

    name: str
    text: str

    @property
    def agreement(self) -> Agreement:
        """AgreementInvalid where the text has errors."""
        return agreement_in(self.text)


def text_named(file: AgreementFile, name: str, at: datetime) -> Named:
    """PageUnknown where there is no such text. Without a name: what is in force at `at`, else the latest."""
    if found := _DRAFT.fullmatch(name):
        return Named(name, find_draft(file.slug, int(found[1])).text)
    chain = file.chain()
    if not name:
        return _usual(file, chain, at)
    mark = _mark_of_number(file, int(name), at) if _NUMBER.fullmatch(name) else name
    if mark not in {mark_of(one.digest) for one in stood(file.course)}:
        raise PageUnknown(name, _known(file), noun=_TEXT)
    return Named(mark, find_version(chain, mark).entry.text)


def _mark_of_number(file: AgreementFile, number: int, at: datetime) -> str:
    """The version of that number, in the order of `SHOWN_FIRST`: one that was withdrawn leaves its number."""
    kept = [one for one in stood(file.course) if one.number == number]
    ranked = [one for status in SHOWN_FIRST for one in reversed(kept) if one.at(at)[0] is status]
    found = next(iter([*ranked, *reversed(kept)]), None)
    if found is None:
        raise PageUnknown(str(number), _known(file), noun=_TEXT)
    return mark_of(found.digest)


def _known(file: AgreementFile) -> list[str]:
    """Every name that a text of this agreement has."""
    versions = [name for one in stood(file.course) for name in (mark_of(one.digest), str(one.number))]
    drafts = file.drafts.values_list("number", flat=True)
    return [*versions, *(f"draft-{number}" for number in drafts)]


def _usual(file: AgreementFile, chain: Chain, at: datetime) -> Named:
    """As the agreement's page has it: a version in the order of `SHOWN_FIRST`, else the newest draft."""
    kept = stood(file.course)
    for status in SHOWN_FIRST:
        found = [one.digest for one in kept if one.at(at)[0] is status]
        if found:
            proposal = find_version(chain, mark_of(found[-1]))
            return Named(mark_of(proposal.digest), proposal.entry.text)
    drafts = file.drafts.order_by("-number")
    draft = drafts.filter(state=Draft.State.OPEN).first() or drafts.first()
    if draft is None:
        raise PageUnknown(f"{file.slug}: it has neither version nor draft")
    return Named(f"draft-{draft.number}", draft.text)
