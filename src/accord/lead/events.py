"""What can happen to a lead: the closed list of event kinds, and the columns of the log (DESIGN 4).

The log is two tables, `leads` and `events`, with the same columns in CSV, Parquet, SQLite and PostgreSQL.
`docs/reference/log.md` defines each column.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    CREATED = "created"  # the lead raised a hand, or was entered
    SCORED = "scored"  # fit and interest were computed
    QUALIFIED = "qualified"  # marketing says it meets the agreed definition (MQL)
    HANDED_OFF = "handed_off"  # delivered to sales: the first-touch clock starts
    ASSIGNED = "assigned"  # to a rep, by name
    ACCEPTED = "accepted"  # sales took it (SAL); outcome `by silence` where the window closed
    REJECTED = "rejected"  # sales refused it before contact, with a reason
    DISPUTED = "disputed"  # a reject was challenged
    ATTEMPTED = "attempted"  # somebody tried to reach the lead: one channel, one outcome
    CONNECTED = "connected"  # two-way live contact, whoever began it
    SALES_QUALIFIED = "sales_qualified"  # sales confirmed it as real (SQL)
    OPPORTUNITY = "opportunity"  # a valued pursuit was opened
    PROPOSAL = "proposal"  # a priced offer went out
    WON = "won"  # became a customer; amount is the deal's revenue
    LOST = "lost"  # the pursuit ended without a sale, with a reason
    DISQUALIFIED = "disqualified"  # ended by sales after contact attempts, with a reason
    RETURNED = "returned"  # back to marketing
    ENROLLED = "enrolled"  # into a nurture track
    PAUSED = "paused"  # the clock stands still, for an agreed reason
    RESUMED = "resumed"  # the clock goes on
    MERGED = "merged"  # found to be a duplicate of another lead
    OPTED_OUT = "opted_out"  # the person wants no more contact: every clock ends
    EXCUSED = "excused"  # the other side excused a breach, with a reason
    ERASED = "erased"  # personal data removed; counts stay
    SIGNALLED = "signalled"  # raised a hand again, or showed interest, while the lead was there already
    FEEDBACK = "feedback"  # sales said why it had rejected, after the reject; the reason is its reason
    ARBITRATED = "arbitrated"  # both sides settled a dispute: outcome `upheld` or `overturned`
    COMMITTED = "committed"  # the prospect was promised something by `due_at`; reason names it (S0.40)
    FULFILLED = "fulfilled"  # that promise to the prospect was kept; reason names it
    BREACHED = "breached"  # a promise was found broken: outcome names it, reason says why
    WITHDRAWN = "withdrawn"  # what was logged by mistake is taken back: outcome is the seq of that fact
    RENEWED = "renewed"  # a customer stays, or buys again: amount is that order's revenue
    CHURNED = "churned"  # a customer left, with a reason
    RATED = "rated"  # a customer said how it is: outcome `satisfied` or `not satisfied`


class Channel(StrEnum):
    CALL = "call"
    VOICEMAIL = "voicemail"
    EMAIL = "email"
    CHAT = "chat"
    SMS = "sms"
    VIDEO = "video"
    SOCIAL = "social"
    VISIT = "visit"
    OTHER = "other"


class Side(StrEnum):
    MARKETING = "marketing"
    SALES = "sales"
    PROSPECT = "prospect"  # the person who may buy
    MACHINE = "machine"  # automated: never stops a speed clock


@dataclass(frozen=True)
class Lead:
    """One person's cycle. `created_at` is a UTC instant; every other field is text or None where unknown."""

    lead: str
    contact: str | None = None
    account: str | None = None
    created_at: datetime | None = None
    lead_type: str | None = None
    stream: str | None = None
    segment: str | None = None
    persona: str | None = None
    source: str | None = None
    source_owner: str | None = None


@dataclass(frozen=True)
class Event:
    """One fact about a lead. `occurred_at` and `recorded_at` are UTC instants; None where unknown.

    `side` says who acted: `marketing`, `sales`, `prospect` or `machine`, which never stops a speed clock.
    """

    seq: int
    lead: str
    kind: Kind
    occurred_at: datetime
    recorded_at: datetime
    actor: str | None = None
    side: str | None = None
    channel: str | None = None
    outcome: str | None = None
    reason: str | None = None
    amount: Decimal | None = None
    value: Decimal | None = None
    agreement: str | None = None
    calendar: str | None = None
    due_at: datetime | None = None


# Column name → SQL type, in order. Instants are UTC without a zone, at microseconds; money has four decimals.
LEAD_COLUMNS = {
    "lead": "VARCHAR",
    "contact": "VARCHAR",
    "account": "VARCHAR",
    "created_at": "TIMESTAMP",
    "lead_type": "VARCHAR",
    "stream": "VARCHAR",
    "segment": "VARCHAR",
    "persona": "VARCHAR",
    "source": "VARCHAR",
    "source_owner": "VARCHAR",
}
EVENT_COLUMNS = {
    "seq": "BIGINT",
    "lead": "VARCHAR",
    "kind": "VARCHAR",
    "occurred_at": "TIMESTAMP",
    "recorded_at": "TIMESTAMP",
    "actor": "VARCHAR",
    "side": "VARCHAR",
    "channel": "VARCHAR",
    "outcome": "VARCHAR",
    "reason": "VARCHAR",
    "amount": "DECIMAL(18,4)",
    "value": "DECIMAL(18,4)",
    "agreement": "VARCHAR",
    "calendar": "VARCHAR",
    "due_at": "TIMESTAMP",
}
