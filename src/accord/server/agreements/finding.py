"""From the words of an address to what it names; PageUnknown where there is nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from accord.agreement.signing.chain import Chain
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal, agreement_in, zone_of
from accord.agreement.signing.standing import in_force
from accord.agreement.terms import Agreement, Status
from accord.errors import AgreementInvalid, PageUnknown, VersionsOverlap
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.agreements.standings import stood

MARK_LENGTH = 12  # signs of a digest in an address


@dataclass(frozen=True)
class InForce:
    """The version in force, with the file that it belongs to and the chain that says so."""

    file: AgreementFile
    chain: Chain
    proposal: Proposal

    @property
    def agreement(self) -> Agreement:
        return self.proposal.agreement


def find_file(slug: str) -> AgreementFile:
    """The agreement file with this slug."""
    file = AgreementFile.objects.filter(slug=slug).first()
    if file is None:
        known = AgreementFile.objects.values_list("slug", flat=True)[:200]
        raise PageUnknown(slug, known, noun="agreement")
    return file


def find_draft(slug: str, number: int) -> Draft:
    """The draft with this number of a file."""
    found = (
        Draft.objects.select_related("file", "saved_by", "started_by")
        .filter(file__slug=slug, number=number)
        .first()
    )
    if found is None:
        raise PageUnknown(str(number), noun=f"draft of {slug}")
    return found


def mark_of(digest: str) -> str:
    """A version's digest as addresses have it: its first twelve hexadecimal digits."""
    return digest.removeprefix("sha256:")[:MARK_LENGTH]


def find_version(chain: Chain, mark: str) -> Proposal:
    """The version with this mark, as it was proposed last."""
    chain.must_be_sound()
    proposals = judge(chain).proposals
    for item in reversed(proposals):
        if mark_of(item.digest) == mark:
            return item
    raise PageUnknown(
        mark, map(mark_of, (item.digest for item in proposals)), noun="version of this agreement"
    )


def version_in_force(at: datetime) -> InForce | None:
    """The agreement by which the company works at `at`: the first in force, by the order of files.

    Reads no text of a file that has nothing in force.
    """
    for file in AgreementFile.objects.order_by("id"):
        if not any(version.at(at)[0] is Status.ACTIVE for version in stood(file.course)):
            continue
        chain = file.chain()
        try:
            found = in_force([chain], at).proposal
        except VersionsOverlap:
            continue
        if found is not None:
            return InForce(file, chain, found)
    return None


def today_in(text: str, at: datetime) -> date:
    """The day by which an agreement counts, wherever one looks from; UTC's where its text has errors."""
    try:
        return at.astimezone(zone_of(agreement_in(text), at.date())).date()
    except AgreementInvalid:
        return at.date()
