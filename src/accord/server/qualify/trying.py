"""Trying rules out: on a lead that somebody makes up, and on open leads before they come into force."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from accord.agreement.conditions.tree import PREFIXES
from accord.agreement.terms import Agreement
from accord.lead.conditions import Facts
from accord.lead.scoring import Score, asked_of, score_of
from accord.lead.texts import key_of
from accord.server.desk.models import Lead
from accord.server.qualify.facts import facts_of, seen, signals_of
from accord.server.qualify.information import missing_of
from accord.server.qualify.rescoring import open_leads

MOST_LEADS = 200  # that a dry run looks at: the newest
MOST_SHOWN = 25
MOST_DAYS = 3650
MOST_TEXT = 500


@dataclass(frozen=True)
class Question:
    """One field or signal that the rules ask about, with what was typed."""

    name: str
    signal: bool
    value: str = ""


@dataclass(frozen=True)
class Change:
    """What other rules would say of one lead."""

    lead: Lead
    before: Score | None  # None where no agreement is in force
    after: Score
    missing: tuple[str, ...]  # that would be asked for

    @property
    def matters(self) -> bool:
        """Whether anything is another than before."""
        before, after = self.before, self.after
        return before is None or (before.grade, before.ready, before.ruled_out) != (
            after.grade,
            after.ready,
            after.ruled_out,
        )


@dataclass(frozen=True)
class DryRun:
    """What would change among the open leads; `more` if there are others that were not looked at."""

    looked_at: int
    more: bool
    readied: int
    unreadied: int
    ruled_out: int
    incomplete: int  # of those that would be ready
    grades: tuple[tuple[str, str, int], ...]  # from, to, how many; only those that change
    changes: tuple[Change, ...]


def questions(agreement: Agreement, typed: Mapping[str, str]) -> tuple[Question, ...]:
    """What a form has to ask: all that the readable rules ask about."""
    return tuple(
        Question(name, "." not in name, typed.get(name, "").strip()[:MOST_TEXT])
        for name in asked_of(agreement)
    )


def made_up(asked: tuple[Question, ...], days: int, at: datetime) -> Facts:
    """The facts that somebody typed; signals came `days` ago, and what is no number came once."""
    then = at - timedelta(days=min(max(days, 0), MOST_DAYS))
    signals = {one.name: _count(one.value) for one in asked if one.signal}
    fields = {key_of(one.name): one.value for one in asked if not one.signal and one.value}
    return Facts(fields, seen(signals, then), then)


def _count(value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) < 7:
        return int(value)
    return int(bool(value) and value.casefold() not in ("no", "false"))


def facts_typed(fields: Mapping[str, str | int | float], counts: Mapping[str, int], at: datetime) -> Facts:
    """Facts by their names: contact.role, company.employees, lead.source."""
    named = {key_of(name): value for name, value in fields.items() if name.casefold().startswith(PREFIXES)}
    return Facts(named, seen(counts, at), at)


def dry_run(other: Agreement, agreement: Agreement | None, at: datetime) -> DryRun:
    """What the rules of `other` would say of the newest open leads, beside those in force; writes nothing."""
    rows = open_leads().select_related("contact__account", "owner").order_by("-created_at", "-pk")
    leads = list(rows[: MOST_LEADS + 1])
    more, leads = len(leads) > MOST_LEADS, leads[:MOST_LEADS]
    signals = signals_of(lead.contact_id for lead in leads if lead.contact_id)
    changes = []
    for lead in leads:
        facts = facts_of(lead, signals.get(lead.contact_id or 0, {}))
        before = score_of(agreement, facts, at) if agreement else None
        changes.append(Change(lead, before, score_of(other, facts, at), missing_of(other, lead.contact)))
    return _summed(changes, more)


def _summed(changes: list[Change], more: bool) -> DryRun:
    moved = Counter((_grade(one.before), one.after.grade) for one in changes)
    ready = [one for one in changes if one.after.ready]
    return DryRun(
        looked_at=len(changes),
        more=more,
        readied=sum(not _was_ready(one) for one in ready),
        unreadied=sum(_was_ready(one) and not one.after.ready for one in changes),
        ruled_out=sum(
            bool(one.after.ruled_out) and not (one.before and one.before.ruled_out) for one in changes
        ),
        incomplete=sum(bool(one.missing) for one in ready),
        grades=tuple(sorted((a, b, count) for (a, b), count in moved.items() if a != b)),
        changes=tuple(one for one in changes if one.matters)[:MOST_SHOWN],
    )


def _grade(score: Score | None) -> str:
    return score.grade if score else ""


def _was_ready(change: Change) -> bool:
    return change.before is not None and change.before.ready
