"""The text that an address names: a version by its mark, a draft as `draft-N`, else what is in force."""

import re
from dataclasses import dataclass
from datetime import datetime

from accord.agreement.signing.chain import Chain
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement, Status
from accord.errors import PageUnknown
from accord.server.agreements.finding import find_draft, find_version, mark_of
from accord.server.agreements.models import AgreementFile
from accord.server.agreements.standings import stood

_DRAFT = re.compile(r"draft-(\d{1,9})")


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
    if name:
        return Named(name, find_version(chain, name).entry.text)
    return _usual(file, chain, at)


def _usual(file: AgreementFile, chain: Chain, at: datetime) -> Named:
    active = [one.digest for one in stood(file.course) if one.at(at)[0] is Status.ACTIVE]
    proposals = judge(chain).proposals
    held = [item for item in proposals if item.digest in active] or list(proposals)
    if held:
        return Named(mark_of(held[-1].digest), held[-1].entry.text)
    draft = file.drafts.order_by("-number").first()
    if draft is None:
        raise PageUnknown(f"{file.slug}: it has neither version nor draft")
    return Named(f"draft-{draft.number}", draft.text)
