"""What an erasure takes out of the desk's tables: whatever says who somebody is, or was written about them.

The log keeps every fact. Of the words in it only those stay that the agreement or Accord itself gives; words
of people and ids of senders are replaced, by the same number wherever the same words stood, so that what
follows from the facts stays the same. The database lets nothing else of the log be changed, and that of
erased leads only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accord.agreement.terms import Agreement
from accord.lead.events import Kind
from accord.lead.lifecycle import BY_SILENCE
from accord.lead.outcomes import NO_DECISION, NOT_SATISFIED, SATISFIED, Outcome
from accord.lead.routing import By
from accord.promises.causes import Cause
from accord.promises.duty import DutyKind
from accord.server.desk import suppressing
from accord.server.desk.acts import choices
from accord.server.desk.models import (
    Account,
    Consent,
    Contact,
    Duty,
    Event,
    HandOff,
    Lead,
    Likeness,
    Note,
    Signal,
)
from accord.server.desk.terms import terms_of

_TEXTS = ("email", "email_key", "phone", "phone_key", "name", "name_key", "company", "role", "linkedin",
          "country", "zone", "language")  # fmt: skip
_SORTS = ("lead_type", "stream", "segment", "persona", "source")  # by which leads are counted
_IN_OWN_WORDS = frozenset(
    {
        Kind.CREATED,
        Kind.SIGNALLED,
        Kind.LOST,
        Kind.EXCUSED,
        Kind.COMMITTED,
        Kind.FULFILLED,
        Kind.CHURNED,
    }
)  # whose `reason` somebody wrote
_BY_NUMBER = frozenset({"withdrawn"})  # whose `outcome` names another fact
_OURS = frozenset(
    str(one)
    for one in (*Outcome, *DutyKind, *Cause, *By, "left", "taken", "merged", "suppressed", "complete",
                "incomplete", "upheld", "overturned", BY_SILENCE, SATISFIED, NOT_SATISFIED, *NO_DECISION)
)  # fmt: skip


@dataclass
class _Words:
    """Words that stay, and the number that stands for each of the others."""

    known: frozenset[str]
    numbers: dict[str, str] = field(default_factory=dict)

    def of(self, text: str) -> str:
        if not text or text in self.known:
            return text
        return self.numbers.setdefault(text, f"(erased {len(self.numbers) + 1})")


def forget_people(people: Sequence[Contact], leads: Sequence[Lead], at: datetime) -> None:
    """Empty what is known of people; a company that only they stood for goes with them."""
    pks = [one.pk for one in people]
    accounts = {one.account_id for one in people if one.account_id}
    Contact.objects.filter(pk__in=pks).update(
        **dict.fromkeys(_TEXTS, ""), more={}, account=None, erased_at=at
    )
    Signal.objects.filter(contact__in=pks).delete()
    Consent.objects.filter(contact__in=pks).update(source="", wording="")
    for side in ("contact__in", "other__in"):
        Likeness.objects.filter(**{side: pks}, settled_at=None).update(settled_at=at)
    gone = Account.objects.filter(pk__in=accounts, owner=None, contacts=None)
    domains = list(gone.values_list("domain", flat=True))
    gone.delete()
    Lead.objects.filter(pk__in=[one.pk for one in leads], account_name__in=domains).update(account_name="")


def forget_leads(leads: Sequence[Lead], at: datetime) -> None:
    """Empty words about leads that are held and erased; `recording.refresh` comes afterwards."""
    from accord.server.routing.models import Routing  # noqa: PLC0415 - routing stands on the desk

    Note.objects.filter(lead__in=leads).update(text="")
    HandOff.objects.filter(lead__in=leads).update(information={}, history=[], why=[])
    Routing.objects.filter(lead__in=leads).exclude(by=None).update(why="")
    keys = frozenset(one.key for one in leads)
    for one in leads:
        agreement = terms_of(one, at)
        words = _Words(_OURS | keys | _agreed(agreement))
        for event in one.events.order_by("seq"):
            _forget_words(event, words)
        for duty in Duty.objects.filter(lead=one).exclude(about=""):
            Duty.objects.filter(pk=duty.pk).update(about=words.of(duty.about)[:120])
        one.reasons = []
        for name in _SORTS:
            setattr(one, name, _sort(one, name, agreement, leads))
        one.save(update_fields=["reasons", *_SORTS])


def _forget_words(event: Event, words: _Words) -> None:
    changed: dict[str, Any] = {}
    if event.kind in _IN_OWN_WORDS or event.origin:
        changed["reason"] = words.of(event.reason)
    if event.origin:
        if event.kind not in _BY_NUMBER:
            changed["outcome"] = words.of(event.outcome)
        if event.origin != "merge":
            changed["origin_id"] = suppressing.veiled(event.origin, event.origin_id)
    changed = {name: value for name, value in changed.items() if value != getattr(event, name)}
    if changed:
        Event.objects.filter(pk=event.pk).update(**changed)


def _agreed(agreement: Agreement | None) -> frozenset[str]:
    """Words of the agreement that facts may have."""
    reasons = (*choices.disqualify_reasons(agreement), *choices.reject_reasons(agreement))
    found: list[Iterable[str]] = [
        reasons,
        choices.return_reasons(agreement),
        choices.tracks(agreement),
        choices.pauses(agreement),
        choices.commitments(agreement),
        *(choices.sub_reasons(agreement, reason) for reason in reasons),
    ]
    if agreement is not None:
        found.append(agreement.lead_types)
    return frozenset(word for words in found for word in words)


def _sort(lead: Lead, name: str, agreement: Agreement | None, leads: Sequence[Lead]) -> str:
    """By what a lead is counted; empty where that is agreed nowhere and only this person's leads have it."""
    text = str(getattr(lead, name))
    agreed = agreement is not None and text in {
        *agreement.lead_types,
        *agreement.scope.streams,
        *agreement.scope.segments,
    }
    others = Lead.objects.filter(**{name: text}).exclude(pk__in=[one.pk for one in leads])
    return text if not text or agreed or others.exists() else ""
