"""What a score counts for every promise there is, against the same counted lead by lead from the row form."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from ledger_fixture import write_log
from test_row_equals_column import CHANCES, STARTS, TERMS, histories, many

from accord.agreement.measures import PROMISABLE
from accord.agreement.terms import Agreement
from accord.lead.events import Event, Kind, Lead
from accord.lead.lifecycle import Cycle, Stage, fold
from accord.ledger.engine import Ledger
from accord.ledger.tally import Tally, tally
from accord.promises import PromiseOf, State, Verdict, judge

ZONE = ZoneInfo("America/New_York")  # of marketing: its days end in the middle of the night's shift
PRICES = {"ceo": "100", "director": "50.25", "manager": "40"}
NOT_COUNTED = {"accounts_managed"}  # the log does not hold it
DEALS = (Kind.OPPORTUNITY, Kind.WON, Kind.WON, Kind.LOST, Kind.RENEWED, Kind.CHURNED, Kind.RATED, Kind.RATED)
ACCOUNTS = tuple(f"company {n}" for n in range(40))
WORDS = ("satisfied", "not satisfied", "Not_Satisfied", "so so", None)
TERMS_OF_ALL = Agreement.model_validate(
    {
        **TERMS,
        "people": {**TERMS["people"], "growth": {"side": "marketing", "calendar": "night"}},  # type: ignore[dict-item]
        "value": {"by": "persona", "prices": PRICES},
        "promises": [
            {
                "id": name,
                "side": kind.sides[0],
                "measure": name,
                "measured_by": "the log",
                "target": "80%" if kind.unit == "share" else "1000",
            }
            for name, kind in PROMISABLE.items()
        ],
    }
)


World = tuple[list[Lead], list[Event], datetime, tuple[date, date]]


def world(leads: list[Lead], events: list[Event], at: datetime, chance: Random) -> World:
    """The same where leads have a persona and maybe an account and deals come off, and a period."""
    leads = [
        replace(lead, persona=chance.choice((*PRICES, None)), account=chance.choice((None, *ACCOUNTS)))
        for lead in leads
    ]
    days = sorted({event.occurred_at.astimezone(ZONE).date() for event in events} | {at.date()})
    first, last = sorted((chance.choice(days), chance.choice(days)))
    return leads, [_dealt(event, chance) for event in events], at, (first, last)


def _dealt(event: Event, chance: Random) -> Event:
    """A fact of the way to a deal or after it instead, now and then, with what only these kinds say.

    One word an instant: of two ratings at once nobody can say which came last.
    """
    if chance.random() < 0.1 and event.kind not in (Kind.HANDED_OFF, Kind.WITHDRAWN):
        event = replace(event, kind=chance.choice(DEALS), reason=None, outcome=None, due_at=None)
    if event.kind is Kind.HANDED_OFF:
        return replace(event, value=chance.choice((None, Decimal("12.3400"), Decimal("99.9900"))))
    if event.kind in (Kind.WON, Kind.RENEWED):
        return replace(event, amount=chance.choice((None, Decimal("2000.0000"), Decimal("0.0100"))))
    if event.kind is Kind.RATED:
        return replace(event, outcome=WORDS[int(event.occurred_at.timestamp()) % len(WORDS)])
    return event


class Rows:
    """Leads one by one: their facts and verdicts, and what every promise counts of them."""

    def __init__(self, leads: list[Lead], events: list[Event], at: datetime, span: tuple[date, date]) -> None:
        self.span = span
        self.cycles = [fold(lead, events, at) for lead in leads]
        self.verdicts = [v for lead in leads for v in judge(TERMS_OF_ALL, lead, _of(lead, events), at)]
        self.alive = [cycle for cycle in self.cycles if cycle.first(Kind.MERGED) is None]

    def within(self, at: datetime) -> bool:
        return self.span[0] <= _on(at) <= self.span[1]

    def states(self, promise: PromiseOf) -> Counter[State]:
        return Counter(v.state for v in self.verdicts if v.promise is promise and self.within(v.started_at))

    def credited(self, *states: State) -> Iterator[tuple[Cycle, Verdict]]:
        by_lead = {cycle.lead.lead: cycle for cycle in self.cycles}
        for verdict in self.verdicts:
            credit = verdict.promise is PromiseOf.CREDIT and verdict.state in states
            if credit and self.within(verdict.delivered_at):
                yield by_lead[verdict.lead], verdict

    def worth(self) -> Decimal:
        """Of the accepted: what was frozen at the hand-off, else the price of the persona, else nothing."""
        return sum((_worth(cycle) or Decimal(0) for cycle, _ in self.credited(State.KEPT)), Decimal(0))

    def revenue(self) -> Decimal:
        wins = (cycle.first(Kind.WON) for cycle in self.alive)
        return sum(
            (win.amount or Decimal(0) for win in wins if win and self.within(win.occurred_at)), Decimal(0)
        )

    def deals(self) -> Counter[State]:
        """Opportunities opened in the period, by what became of them whenever."""
        opened = [cycle for cycle in self.alive if Stage.OPPORTUNITY in cycle.stages]
        return Counter(
            State.KEPT if cycle.first(Kind.WON) else State.BROKEN if cycle.first(Kind.LOST) else State.PENDING
            for cycle in opened
            if self.within(cycle.stages[Stage.OPPORTUNITY])
        )

    def customers(self) -> dict[str, list[Event]]:
        """What was said of each customer, in order; a lead's first win alone makes one."""
        told: dict[str, list[Event]] = {}
        for cycle in self.alive:
            lead = cycle.lead
            name = f"account {lead.account}" if lead.account else f"lead {lead.lead}"
            win = cycle.first(Kind.WON)
            later = [e for e in cycle.events if e.kind in (Kind.RENEWED, Kind.CHURNED, Kind.RATED)]
            told.setdefault(name, []).extend([*later, *([win] if win else [])])
        order = {name: sorted(facts, key=_staying_last) for name, facts in told.items()}
        return {name: facts for name, facts in order.items() if facts}

    def stayed(self) -> tuple[int, int]:
        """Customers at the start that are still customers at the end, and all that were at the start."""
        first, last = self.span
        at_start = [
            _is_customer(facts, last, included=True)
            for facts in self.customers().values()
            if _is_customer(facts, first, included=False)
        ]
        return sum(at_start), len(at_start)

    def satisfied(self) -> tuple[int, int]:
        words = []
        for facts in self.customers().values():
            said = [_word(e) for e in facts if e.kind is Kind.RATED and self.within(e.occurred_at)]
            words += [word for word in said if word in ("satisfied", "not satisfied")][-1:]
        return words.count("satisfied"), len(words)


def _of(lead: Lead, events: list[Event]) -> list[Event]:
    return [event for event in events if event.lead == lead.lead]


def _on(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def _worth(cycle: Cycle) -> Decimal | None:
    if cycle.delivered and cycle.delivered.value is not None:
        return cycle.delivered.value
    price = PRICES.get(cycle.lead.persona or "")
    return Decimal(price) if price else None


def _staying_last(event: Event) -> tuple[datetime, bool]:
    return event.occurred_at, event.kind is not Kind.CHURNED


def _is_customer(facts: list[Event], on: date, *, included: bool) -> bool:
    """By the last word of the days before that one, or up to it."""
    told = [event for event in facts if event.kind is not Kind.RATED]
    known = [e for e in told if _on(e.occurred_at) < on or (included and _on(e.occurred_at) == on)]
    return bool(known) and known[-1].kind is not Kind.CHURNED


def _word(event: Event) -> str:
    return (event.outcome or "").lower().replace("_", " ").strip()


Figures = dict[str, tuple[object, ...]]


def expected(rows: Rows) -> Figures:
    """Amount, or kept and broken and pending, by promise."""
    stayed, customers = rows.stayed()
    satisfied, answered = rows.satisfied()
    states = {
        name: rows.states(promise)
        for name, promise in {
            "complete_handoffs": PromiseOf.COMPLETE,
            "acceptance_rate": PromiseOf.CREDIT,
            "first_touch_in_time": PromiseOf.FIRST_TOUCH,
            "cadence_kept": PromiseOf.CADENCE,
            "decided_in_time": PromiseOf.DECIDED,
            "feedback_in_time": PromiseOf.FEEDBACK,
        }.items()
    }
    every = [state for state in State if state is not State.VOID]
    return {
        **{name: _shares(found) for name, found in {**states, "win_rate": rows.deals()}.items()},
        "accepted_leads": (Decimal(len(list(rows.credited(State.KEPT)))),),
        "delivered_leads": (Decimal(len(list(rows.credited(*every)))),),
        "lead_value": (rows.worth(),),
        "revenue": (rows.revenue(),),
        "retention": (stayed, customers - stayed, 0),
        "satisfaction": (satisfied, answered - satisfied, 0),
    }


def _shares(found: Counter[State]) -> tuple[object, ...]:
    return found[State.KEPT], found[State.BROKEN], found[State.PENDING]


def counted(found: Tally) -> tuple[object, ...]:
    if found.amount is not None:
        return (found.amount,)
    return found.kept, found.broken, found.pending


def test_every_promise_that_a_log_can_tell_is_held_against_rows() -> None:
    assert set(expected(Rows([], [], datetime(2026, 5, 1, tzinfo=UTC), (date(2026, 3, 1),) * 2))) == (
        set(PROMISABLE) - NOT_COUNTED
    )
    assert {name for name, kind in PROMISABLE.items() if not kind.in_log} == NOT_COUNTED


def counts(leads: list[Lead], events: list[Event], at: datetime, span: tuple[date, date]) -> Figures:
    """What a score counts of each promise; not of those of which it says that the log cannot tell."""
    with TemporaryDirectory() as folder:
        log = write_log(Path(folder), leads, events)
        with Ledger(TERMS_OF_ALL, log, from_on=span[0], to_on=span[1], as_of=at) as ledger:
            found = {promise.measure: tally(ledger, promise) for promise in TERMS_OF_ALL.promises}
    return {name: counted(one) for name, one in found.items() if not one.missing}


@given(history=histories(), chance=CHANCES)
@settings(max_examples=25, deadline=None)
def test_every_promise_counts_what_its_rows_say_on_any_history(
    history: tuple[list[Lead], list[Event], datetime], chance: Random
) -> None:
    made = world(*history, chance)
    said, rows = counts(*made), expected(Rows(*made))
    assert said == {name: rows[name] for name in said}


@pytest.mark.parametrize("start", STARTS, ids=lambda start: f"{start:%d %B}")
def test_every_promise_counts_what_its_rows_say_of_hundreds_of_leads(start: datetime) -> None:
    chance = Random(start.toordinal())  # noqa: S311 - a log, not a secret
    *rest, _ = world(*many(start, 600), start + timedelta(days=26, microseconds=1), chance)
    middle = start.date() + timedelta(days=8), start.date() + timedelta(days=20)
    said, rows = counts(*rest, middle), expected(Rows(*rest, middle))
    assert said == rows
    assert all(sum(map(bool, figures)) >= min(len(figures), 2) for figures in rows.values()), rows
