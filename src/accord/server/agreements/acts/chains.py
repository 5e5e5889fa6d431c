"""The chain as acts meet it: what waits in it, and how one more entry is kept though others are quicker."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from accord.agreement.signing.chain import Chain
from accord.agreement.signing.judge import judge
from accord.agreement.signing.proposals import Proposal
from accord.errors import EditConflict, PageUnknown
from accord.server.agreements.models import AgreementFile, ChainLine
from accord.server.agreements.standings import told

_TRIES = 2


def waiting_in(chain: Chain) -> Proposal | None:
    """The version that waits for signatures, if any."""
    chain.must_be_sound()
    return next((item for item in reversed(judge(chain).proposals) if item.open), None)


def proposal_in(chain: Chain, digest: str) -> Proposal:
    """The version with this digest, as it was proposed last; PageUnknown if there is none."""
    chain.must_be_sound()
    for item in reversed(judge(chain).proposals):
        if item.digest == digest:
            return item
    raise PageUnknown(f"version {digest[:20]}")


def append(file: AgreementFile, act: Callable[[Chain, datetime], Chain]) -> Proposal:
    """Do one act to the chain as it is now, and keep what it adds; the version proposed last afterwards.

    Where somebody was first, it is done once more to the chain as that left it, if its rules still allow it;
    EditConflict where somebody was first again.
    """
    for _ in range(_TRIES):
        before = file.chain()
        longer = act(before, timezone.now())
        if _kept(file, before, longer):
            return judge(longer).proposals[-1]
    raise _overtaken()


def keep(file: AgreementFile, before: Chain, longer: Chain) -> None:
    """Keep what `longer` adds to `before`; EditConflict where the chain has grown since `before` was read."""
    if not _kept(file, before, longer):
        raise _overtaken()


def _kept(file: AgreementFile, before: Chain, longer: Chain) -> bool:
    course = told(longer)
    added = longer.links[len(before.links) :]
    try:
        with transaction.atomic():
            found = AgreementFile.objects.filter(pk=file.pk, head=before.head)
            if not found.update(head=longer.head, course=course):
                return False
            lines = (ChainLine(file=file, line=link.line, raw=link.raw) for link in added)
            ChainLine.objects.bulk_create(lines)
    except IntegrityError:
        return False
    file.head, file.course = longer.head, course
    return True


def _overtaken() -> EditConflict:
    return EditConflict("somebody signed or proposed at the same moment; read it again, then do it again")
