"""What people may do with a lead, and in which standing: one table, and the few rules beside it.

An act that is not possible is refused with a sentence that says why and what to do. A fact is another thing:
what has happened outside is recorded whatever the standing, also late, also on a lead that has ended.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from accord.lead.events import Event, Kind
from accord.lead.lifecycle import UNREACHED, Cycle
from accord.lead.rounds import last_round
from accord.lead.standing import ENDED, IN_MARKETING, IN_SALES, UNDECIDED, Standing, standing


class Act(StrEnum):
    """What somebody does, in the words that follow “you cannot”."""

    ACCEPT = "accept"
    REJECT = "reject"
    FEEDBACK = "give the reason of a reject"
    ATTEMPT = "log an attempt"
    CONNECT = "log a conversation"
    SALES_QUALIFY = "confirm as qualified"
    OPEN_OPPORTUNITY = "open an opportunity"
    PROPOSE = "record a proposal"
    WIN = "record as won"
    LOSE = "record as lost"
    DISQUALIFY = "disqualify"
    RETURN = "return to marketing"
    DISPUTE = "dispute a reject"
    ARBITRATE = "settle a dispute"
    EXCUSE = "excuse a breach"
    PAUSE = "pause the clock"
    RESUME = "let the clock go on"
    COMMIT = "promise something to the prospect"
    FULFIL = "note a promise as kept"
    OPT_OUT = "record an opt-out"
    NOTE = "write a note"
    START_TRACK = "start a nurture track"
    MERGE = "merge"
    CORRECT = "fill in what is known"
    NUDGE = "remind the owner"
    HAND_OFF = "hand off"
    RENEW = "record a renewal"
    CHURN = "record a customer as gone"
    RATE = "record what a customer said"
    ASSIGN = "give to somebody else"


_OPEN = frozenset({*IN_SALES, *IN_MARKETING})
_ALIVE = frozenset(Standing) - {Standing.MERGED, Standing.ERASED}
_ACCEPTED_ON = frozenset(IN_SALES) - UNDECIDED
_QUALIFIED_ON = _ACCEPTED_ON - {Standing.ACCEPTED}

POSSIBLE: dict[Act, frozenset[Standing]] = {
    Act.ACCEPT: UNDECIDED,
    Act.REJECT: UNDECIDED,
    Act.FEEDBACK: frozenset({Standing.REJECTED}),
    Act.ATTEMPT: _OPEN,
    Act.CONNECT: _OPEN,
    Act.SALES_QUALIFY: frozenset({Standing.DELIVERED, Standing.ASSIGNED, Standing.ACCEPTED}),
    Act.OPEN_OPPORTUNITY: frozenset({Standing.ASSIGNED, Standing.ACCEPTED, Standing.SALES_QUALIFIED}),
    Act.PROPOSE: _ACCEPTED_ON,
    Act.WIN: _ACCEPTED_ON,
    Act.LOSE: _QUALIFIED_ON,
    Act.DISQUALIFY: frozenset(IN_SALES),
    Act.RETURN: frozenset(IN_SALES),
    Act.DISPUTE: frozenset({Standing.REJECTED}),
    Act.ARBITRATE: frozenset({Standing.REJECTED}),
    Act.EXCUSE: _ALIVE,
    Act.PAUSE: frozenset(IN_SALES),
    Act.RESUME: frozenset(IN_SALES),
    Act.COMMIT: _OPEN,
    Act.FULFIL: _ALIVE - {Standing.OPTED_OUT},
    Act.OPT_OUT: _ALIVE - {Standing.OPTED_OUT},
    Act.NOTE: frozenset(Standing) - {Standing.ERASED},
    Act.START_TRACK: _OPEN,
    Act.MERGE: _ALIVE - {Standing.OPTED_OUT},
    Act.CORRECT: _OPEN,
    Act.NUDGE: frozenset({*IN_SALES, Standing.REJECTED}),
    Act.HAND_OFF: frozenset({*IN_MARKETING, Standing.LOST, Standing.DISQUALIFIED}),
    Act.ASSIGN: frozenset(IN_SALES),
    Act.RENEW: frozenset({Standing.WON}),
    Act.CHURN: frozenset({Standing.WON}),
    Act.RATE: frozenset({Standing.WON}),
}
CUSTOMER = (Kind.WON, Kind.RENEWED, Kind.CHURNED)  # the last of these says whether there is a customer


@dataclass(frozen=True)
class Depth:
    """How often the lead was tried, as the promise counts it, and the reasons that ask for the minimum."""

    made: int = 0
    minimum: int = 0
    only_after: Collection[str] = (UNREACHED,)


def may(act: Act, cycle: Cycle, depth: Depth | None = None, reason: str = "") -> str:
    """Why an act is not possible now, in a sentence; empty if it is.

    `reason` is the reason that the act is done for, where it has one.
    """
    now = standing(cycle)
    if now not in POSSIBLE[act]:
        return f"you cannot {act} now: {_AS_IT_STANDS[now]}"
    rule = _RULES.get(act)
    if rule is not None and (why := rule(cycle)):
        return why
    depth = depth or Depth()
    if reason in depth.only_after and depth.made < depth.minimum:
        return (
            f"{reason.replace('_', ' ')} holds only after {depth.minimum} attempts, and {depth.made} were "
            "made; try again through another channel, or give another reason"
        )
    return ""


def touched_by_sales(cycle: Cycle) -> bool:
    """Whether somebody of sales has tried to reach the lead, or there was a conversation."""
    return any(
        event.kind is Kind.CONNECTED or (event.kind is Kind.ATTEMPTED and event.side in ("sales", None))
        for event in _since_delivery(cycle)
        if event.side != "machine"
    )


def open_commitments(cycle: Cycle) -> tuple[Event, ...]:
    """What the prospect was promised and nobody has noted as kept, in the order it was promised (S0.40)."""
    still: list[Event] = []
    for event in cycle.events:
        if event.kind is Kind.COMMITTED:
            still.append(event)
        elif event.kind is Kind.FULFILLED:
            kept = next((one for one in still if one.reason == event.reason), None)
            still = [one for one in still if one is not kept]
    return tuple(still)


def paused(cycle: Cycle) -> bool:
    last = [event for event in last_round(cycle).cycle.events if event.kind in (Kind.PAUSED, Kind.RESUMED)]
    return (
        bool(last)
        and last[-1].kind is Kind.PAUSED
        and (last[-1].due_at is None or last[-1].due_at > cycle.at)
    )


def last_reject(cycle: Cycle) -> Event | None:
    rejects = [event for event in cycle.events if event.kind is Kind.REJECTED]
    return rejects[-1] if rejects else None


def _since_delivery(cycle: Cycle) -> tuple[Event, ...]:
    """The facts since the lead came to sales the last time."""
    return last_round(cycle).cycle.events


def _since_reject(cycle: Cycle, *kinds: Kind) -> list[Event]:
    reject = last_reject(cycle)
    start = cycle.events.index(reject) if reject else 0
    return [event for event in cycle.events[start + 1 :] if event.kind in kinds]


def _reject(cycle: Cycle) -> str:
    if touched_by_sales(cycle):
        return (
            "you cannot reject a lead that sales has tried to reach: a reject comes before any contact; "
            "disqualify it or return it"
        )
    return ""


def _disqualify(cycle: Cycle) -> str:
    if not touched_by_sales(cycle):
        return (
            "you cannot disqualify a lead that nobody has tried to reach; log the attempt first, or reject "
            "it if it is not decided yet"
        )
    return ""


def _return(cycle: Cycle) -> str:
    if standing(cycle) in UNDECIDED and not touched_by_sales(cycle):
        return "nobody has decided about this lead or tried to reach it; reject it with the reason instead"
    return ""


def _feedback(cycle: Cycle) -> str:
    reject = last_reject(cycle)
    if (reject is not None and reject.reason) or _since_reject(cycle, Kind.FEEDBACK):
        return "the reason of this reject was given already; write a note if there is more to say"
    return ""


def _dispute(cycle: Cycle) -> str:
    if _since_reject(cycle, Kind.DISPUTED):
        return "this reject is disputed already; it is settled at the next arbitration"
    return ""


def _arbitrate(cycle: Cycle) -> str:
    settled = _since_reject(cycle, Kind.DISPUTED, Kind.ARBITRATED)
    if not settled:
        return "nobody disputes this reject; marketing has to dispute it first"
    if settled[-1].kind is Kind.ARBITRATED:
        return f"this dispute was settled already: {settled[-1].outcome}"
    return ""


def _pause(cycle: Cycle) -> str:
    return "the clock stands still already; let it go on first" if paused(cycle) else ""


def _resume(cycle: Cycle) -> str:
    return "" if paused(cycle) else "the clock is running; there is nothing to resume"


def _excuse(cycle: Cycle) -> str:
    return "" if cycle.delivered else "no promise runs about a lead that was not handed off"


def _is_customer(cycle: Cycle) -> str:
    told = [event for event in cycle.events if event.kind in CUSTOMER]
    if told and told[-1].kind is Kind.CHURNED:
        return "this customer has left; record a renewal once they buy again"
    return ""


_RULES: dict[Act, Callable[[Cycle], str]] = {
    Act.REJECT: _reject,
    Act.DISQUALIFY: _disqualify,
    Act.RETURN: _return,
    Act.FEEDBACK: _feedback,
    Act.DISPUTE: _dispute,
    Act.ARBITRATE: _arbitrate,
    Act.PAUSE: _pause,
    Act.RESUME: _resume,
    Act.EXCUSE: _excuse,
    Act.CHURN: _is_customer,
    Act.RATE: _is_customer,
}
_AS_IT_STANDS = {
    Standing.RAISED: "this lead is with marketing, which has not handed it off",
    Standing.QUALIFIED: "this lead is with marketing, because information is missing",
    Standing.DELIVERED: "this lead is with sales, and nobody has it yet",
    Standing.ASSIGNED: "this lead is with sales, and not decided",
    Standing.ACCEPTED: "sales has accepted this lead",
    Standing.SALES_QUALIFIED: "sales has confirmed this lead as qualified",
    Standing.OPPORTUNITY: "this lead is an open opportunity",
    Standing.PROPOSAL: "a proposal is out for this lead",
    Standing.WON: "this lead was won",
    Standing.LOST: "this lead was lost",
    Standing.REJECTED: "sales has rejected this lead, so it is with marketing",
    Standing.DISQUALIFIED: "sales has disqualified this lead",
    Standing.RETURNED: "this lead was returned to marketing",
    Standing.MERGED: "this lead was merged into another; open that one",
    Standing.OPTED_OUT: "this person wants no more contact",
    Standing.ERASED: "this person's data was erased",
}
assert set(_AS_IT_STANDS) == set(Standing) and set(POSSIBLE) == set(Act) and ENDED  # noqa: S101
