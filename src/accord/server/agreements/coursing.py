"""How a version came and how it goes on, in the words and the days of its pages.

The domain's sentences say what held when each standing began. A page is read later: what was to come is past,
who had yet to sign has signed, and what is still to come is said as such. Days are those of the agreement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext as _

from accord.agreement.plain import clean
from accord.agreement.signing.proposals import Proposal, begins_at, zone_of
from accord.agreement.signing.standing import Course, Standing, day
from accord.agreement.terms import Status
from accord.server.look import figures as say


@dataclass(frozen=True)
class StepTold:
    """One standing: since when, and in which words and tense."""

    at: datetime
    on: str  # the day; empty where it began at an instant within one
    status: Status
    is_to_come: bool
    word: str
    sentence: str


def steps_told(course: Course, at: datetime, later: Proposal | None) -> list[StepTold]:
    """All standings of a version, those to come as well. `later` is the version that resets it, if any."""
    return [_step(course, at, step, step.since, later) for step in course.standings if step.since]


def sentence_now(course: Course, at: datetime, later: Proposal | None) -> str:
    """How the version stands at an instant, in a sentence."""
    known = [step for step in steps_told(course, at, later) if not step.is_to_come]
    return known[-1].sentence if known else course.at(at).sentence


def shown_day(proposal: Proposal, at: datetime) -> str:
    """The day of an instant where the agreement counts its days: `1 January 2026`."""
    return say.or_dash(say.day(day(proposal, at)))


def resetting(proposal: Proposal, others: Iterable[Proposal]) -> Proposal | None:
    """The version that ends this one early, once both sides have signed it."""
    by = None if proposal.reset is None else proposal.reset.by
    return next((item for item in others if item.digest == by and item.complete_at is not None), None)


def _step(course: Course, at: datetime, step: Standing, since: datetime, later: Proposal | None) -> StepTold:
    proposal, to_come = course.proposal, since > at
    local = since.astimezone(zone_of(proposal.agreement, since.date()))
    return StepTold(
        at=since,
        on=shown_day(proposal, since) if local.time() == time() else "",
        status=step.status,
        is_to_come=to_come,
        word=_word(step.status, to_come),
        sentence=_sentence(course, at, step, later),
    )


def _word(status: Status, to_come: bool) -> str:
    words = {
        Status.DRAFT: (_("withdrawn"), _("withdrawn")),
        Status.PROPOSED: (_("proposed"), _("proposed")),
        Status.SIGNED: (_("signed"), _("signed")),
        Status.ACTIVE: (_("in force"), _("comes into force")),
        Status.EXPIRED: (_("expired"), _("expires")),
        Status.RESET: (_("replaced"), _("is replaced")),
    }
    return words[status][to_come]


def _sentence(course: Course, at: datetime, step: Standing, later: Proposal | None) -> str:
    proposal, to_come = course.proposal, step.since is not None and step.since > at
    known = _known(proposal)
    if step.status is Status.PROPOSED:
        waits = course.at(at).status is Status.PROPOSED
        said = _("Proposed by %(by)s on %(laid)s.") % known
        return f"{said} {_('The heads of both sides have yet to sign.')}" if waits else said
    if step.status is Status.RESET and later is not None and proposal.reset is not None:
        how = _("To be reset on %(on)s by version %(number)s: %(reason)s")
        was = _("Reset on %(on)s by version %(number)s: %(reason)s")
        on = shown_day(later, begins_at(later))
        reason = clean(proposal.reset.reason, 1000)
        return (how if to_come else was) % {"on": on, "number": later.number, "reason": reason}
    if step.status is Status.EXPIRED:
        return (_("Its term ends on %(end)s.") if to_come else _("Its term ended on %(end)s.")) % known
    return _plain(step.status) % known if step.status in _SAID else step.sentence


_SAID = (Status.DRAFT, Status.SIGNED, Status.ACTIVE)


def _plain(status: Status) -> str:
    if status is Status.DRAFT:
        return _("Withdrawn by %(back)s on %(back_on)s: %(why)s")
    if status is Status.SIGNED:
        return _("Signed by the heads of both sides on %(signed)s; it holds from %(start)s.")
    return _("Signed by the heads of both sides on %(signed)s; it holds from %(begins)s to %(end)s.")


def _known(proposal: Proposal) -> Mapping[str, str]:
    """The names and days that sentences are made of; empty where there are none."""
    term, laid, back = proposal.agreement.term, proposal.entry, proposal.withdrawn
    signed = proposal.complete_at
    return {
        "by": clean(laid.name),
        "laid": shown_day(proposal, laid.at),
        "back": clean(back.name) if back else "",
        "back_on": shown_day(proposal, back.at) if back else "",
        "why": clean(back.reason, 1000) if back else "",
        "signed": shown_day(proposal, signed) if signed else "",
        "start": say.or_dash(say.day(term.start)),
        "begins": shown_day(proposal, begins_at(proposal)),
        "end": say.or_dash(say.day(term.end)),
    }
