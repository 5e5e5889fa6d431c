"""Both forms of every verdict, lead by lead and all at once, say the same to the microsecond."""

import random
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_fixture import write_log

from accord.agreement.parse import parse_agreement
from accord.agreement.terms import Agreement
from accord.lead.events import Channel, Event, Kind, Lead
from accord.lead.lifecycle import Cycle, fold
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.promises import PromiseOf, State, Verdict, judge
from accord.promises.causes import Cause, Circumstances, cause_of
from accord.simulate.company import simulate

TYPES = ("demo", "web_form", "content", "trade_show", "partner", None)  # two of them without terms
CALENDARS = (None, None, "office", "split", "night", "gulf", "nowhere")
ACTORS = (None, "ana", "bo", "çiğdem")
ACME = Path(__file__).parents[2] / "examples" / "acme.yaml"
STARTS = (  # of 40 days each
    datetime(2026, 3, 1, tzinfo=UTC),  # the clocks of America change on the 8th, those of Europe on the 29th
    datetime(2026, 3, 20, tzinfo=UTC),  # those of Europe on the 29th; a calendar moves to another zone
    datetime(2026, 10, 15, tzinfo=UTC),  # back in Europe on the 25th, in America on 1 November
)
TERMS = {
    "accord": 1,
    "name": "Everything at once",
    "term": "2026-01-01",
    "goal": {"revenue": "500000", "deal_value": "2000"},
    "lead_types": {
        name: {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
        for name in ("demo", "web_form", "content", "partner")
    },
    "people": {"reps": {"side": "sales", "calendar": "split"}},
    "calendars": {
        "office": {"zone": "UTC", "hours": {"mon-fri": "09:00-17:00"}},
        "split": {  # two versions, a lunch break, half days, and a working day whose length changes
            "zone": "Europe/Berlin",
            "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]},
            "closed": ["2026-04-03", "2026-04-06"],
            "half_days": {"2026-04-02": ["09:00-12:00"]},
            "versions": [
                {"from": "2026-04-13", "zone": "Europe/Lisbon", "hours": {"mon-sat": "10:00-16:00"}}
            ],
        },
        "night": {"zone": "America/New_York", "hours": {"mon-sun": "20:00-04:00"}},
        "gulf": {"zone": "Asia/Dubai", "hours": {"sun-thu": "08:00-16:00"}},
    },
    "handoff": {"accept_within": "1 d", "feedback_within": "5 h", "return_after": {"attempts": 2}},
    "clocks": {"pauses": ["prospect_callback", "system_outage"], "excuse_within": "1 d"},
    "follow_up": {
        "decide_within": "6 h",
        "first_touch": {"demo": "5 min", "web_form": "60 min", "content": "1 d", "partner": "3 h wall"},
        "cadence": [{"by": "2 d", "attempts": 1}, {"by": "5 d", "attempts": 3}, {"by": "9 d", "attempts": 4}],
        "touches": {"automated": ["sms"]},
        "lead_types": {
            "demo": {
                "cadence": [{"by": "36 h", "attempts": 2}],
                "touches": {"automated": ["email", "sms"]},
                "decide_within": "90 min",
            },
            "content": {"cadence": []},
        },
    },
}
CALENDAR_TIME = {
    **TERMS,
    "handoff": {
        "accept_within": "30 h wall",
        "feedback_within": "3 h wall",
        "return_after": {"attempts": 1},
    },
    "clocks": {"pauses": ["prospect_callback"], "excuse_within": "20 h wall"},
    "follow_up": {
        "first_touch": "0.5 d",
        "decide_within": "2 d",
        "automated_email_counts": "never",
        "touches": {"automated": ["email"]},
    },
}
AGREEMENTS = {
    name: Agreement.model_validate(terms) for name, terms in {"full": TERMS, "wall": CALENDAR_TIME}.items()
}
KEPT_FOR_GOOD = {PromiseOf.FIRST_TOUCH, PromiseOf.DECIDED, PromiseOf.FEEDBACK, PromiseOf.COMPLETE}
NO_LIMIT = {**TERMS, "clocks": {"pauses": ["system_outage"]}}
AGREEMENTS["no limit"] = Agreement.model_validate(NO_LIMIT)
OFTEN = (
    *(Kind.ATTEMPTED,) * 6,
    *(Kind.HANDED_OFF,) * 3,
    *(Kind.CONNECTED, Kind.ACCEPTED, Kind.REJECTED, Kind.PAUSED, Kind.ASSIGNED) * 2,
    *(Kind.RESUMED, Kind.FEEDBACK, Kind.EXCUSED, Kind.WITHDRAWN, Kind.RETURNED),
)
REASONS = {
    Kind.PAUSED: ("prospect_callback", "prospect_callback", "system_outage", "lunch", None),
    Kind.BREACHED: (*Cause, "something else", None),
}
OUTCOMES = {
    Kind.ACCEPTED: (None, "by silence"),
    Kind.EXCUSED: (None, "", "cadence_kept", "first_touch_in_time", "feedback_in_time", "complete_handoffs"),
    Kind.HANDED_OFF: (None, "complete", "incomplete"),
    Kind.ARBITRATED: (None, "upheld", "overturned"),
    Kind.BREACHED: (None, "first_touch_in_time", "decided_in_time", "cadence_kept"),
}


def columns_say(
    terms: Agreement, leads: list[Lead], events: list[Event], at: datetime
) -> dict[str, list[Verdict]]:
    with TemporaryDirectory() as folder:
        log = write_log(Path(folder), leads, events)
        with Ledger(terms, log, from_on=date(2026, 1, 1), to_on=date(2026, 12, 31), as_of=at) as ledger:
            rows = ledger.query("SELECT * FROM verdict ORDER BY lead").dicts()
    found: dict[str, list[Verdict]] = {lead.lead: [] for lead in leads}
    for row in rows:
        found[str(row["lead"])].append(_verdict(row))
    order = list(PromiseOf)
    return {lead: sorted(verdicts, key=lambda v: order.index(v.promise)) for lead, verdicts in found.items()}


def rows_say(
    terms: Agreement, leads: list[Lead], events: list[Event], at: datetime
) -> dict[str, list[Verdict]]:
    by_lead: dict[str, list[Event]] = {lead.lead: [] for lead in leads}
    for event in events:
        by_lead[event.lead].append(event)
    return {lead.lead: list(judge(terms, lead, by_lead[lead.lead], at)) for lead in leads}


def differences(terms: Agreement, leads: list[Lead], events: list[Event], at: datetime) -> list[str]:
    """One line a field that the two forms see differently."""
    columns, rows = columns_say(terms, leads, events, at), rows_say(terms, leads, events, at)
    found = [f"{lead}: {len(columns[lead])} verdicts != {len(rows[lead])}" for lead in rows
             if len(columns[lead]) != len(rows[lead])]  # fmt: skip
    pairs = [pair for lead in rows for pair in zip(columns[lead], rows[lead], strict=False)]
    return found + [
        f"{row.lead} {row.promise} {field.name}: column {getattr(column, field.name)!r}, "
        f"row {getattr(row, field.name)!r}"
        for column, row in pairs
        for field in fields(row)
        if getattr(column, field.name) != getattr(row, field.name)
    ]


def _verdict(row: dict[str, object]) -> Verdict:
    said = {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in row.items()
    }
    for length in ("worked", "wall", "budget", "paused"):
        said[length] = timedelta(microseconds=int(str(said.pop(f"{length}_us"))))
    del said["delivered_on"], said["started_on"], said["id"]
    promise, state = PromiseOf(said.pop("promise")), State(said.pop("state"))
    return Verdict(promise=promise, state=state, **said)  # type: ignore[arg-type]


CHANCES = st.builds(random.Random, st.integers(0, 2**31))  # left to itself, Hypothesis draws nearly always 0


def instants(start: datetime, minutes: int) -> st.SearchStrategy[datetime]:
    """Instants on a coarse raster, so that events coincide, and some off it."""
    raster = st.integers(0, minutes // 30).map(lambda n: start + timedelta(minutes=30 * n))
    odd = st.integers(0, minutes * 60_000_000).map(lambda n: start + timedelta(microseconds=n))
    return st.one_of(raster, raster, odd)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Lead], list[Event], datetime]:
    """A few leads with anything that can happen to them, in any order, some of it read twice."""
    start, span = draw(st.sampled_from(STARTS)), 40 * 24 * 60
    leads = [Lead(f"L{n}", lead_type=draw(st.sampled_from(TYPES))) for n in range(draw(st.integers(1, 6)))]
    events = draw(
        st.lists(
            st.builds(
                _event,
                st.sampled_from(leads),
                CHANCES,
                instants(start, span),
            ),
            max_size=40,
        )
    )
    chance = draw(CHANCES)
    known = _repeated(_taking_back(events, chance), chance)
    return leads, known, draw(instants(start, span + 10 * 24 * 60))


def _repeated(events: list[Event], chance: random.Random) -> list[Event]:
    """The same shuffled, some facts twice: the same fact read again, or told again as another one."""
    again = [event for event in events if chance.random() < 0.1]
    told = [replace(event, seq=event.seq + 1) for event in events if chance.random() < 0.05]
    every = [*events, *again, *told]
    chance.shuffle(every)
    return every


def _taking_back(events: list[Event], chance: random.Random) -> list[Event]:
    """The same with withdrawals that name facts of their lead, of another lead, and of none."""
    named: dict[str, list[str]] = {"": ["7", "07", " 7", "1e1", "", "seven", str(10**30)]}
    for event in events:
        named.setdefault(event.lead, []).append(str(event.seq))
        named[""].append(str(event.seq))
    return [
        replace(event, outcome=chance.choice(named[event.lead if chance.random() < 0.8 else ""]))
        if event.kind is Kind.WITHDRAWN
        else event
        for event in events
    ]


def _event(lead: Lead, chance: random.Random, occurred: datetime) -> Event:
    pick = chance.choice
    kind = pick(OFTEN) if chance.random() < 0.7 else pick(list(Kind))
    late = timedelta(hours=chance.uniform(0, 60)) if chance.random() < 0.2 else timedelta()
    due = occurred + timedelta(hours=chance.uniform(-5, 60)) if chance.random() < 0.4 else None
    return Event(
        seq=chance.randrange(10**6),
        lead=lead.lead,
        kind=kind,
        occurred_at=occurred,
        recorded_at=occurred + late,
        actor=pick(ACTORS),
        side=pick(("sales", "sales", None, "machine", "marketing", "marketing", "prospect")),
        channel=pick((None, *Channel)) if kind in (Kind.ATTEMPTED, Kind.CONNECTED) else None,
        outcome=pick(OUTCOMES.get(kind, (None,))),
        reason=pick(REASONS.get(kind, (None, None, "", "unable_to_reach", "no_budget"))),
        agreement=pick((None, "v1")),
        calendar=pick(CALENDARS) if kind is Kind.HANDED_OFF else None,
        due_at=due if kind in (Kind.HANDED_OFF, Kind.PAUSED) else None,
    )


@pytest.mark.parametrize("terms", AGREEMENTS)
@given(history=histories())
@settings(max_examples=30, deadline=None)
def test_row_form_equals_column_form_on_any_history(
    terms: str, history: tuple[list[Lead], list[Event], datetime]
) -> None:
    assert differences(AGREEMENTS[terms], *history) == []


def many(start: datetime, leads: int) -> tuple[list[Lead], list[Event]]:
    chance = random.Random(start.toordinal())  # noqa: S311 - a log, not a secret
    every = [Lead(f"L{n:05d}", lead_type=chance.choice(TYPES)) for n in range(leads)]
    events = [event for lead in every for event in _taking_back(list(_lively(lead, start, chance)), chance)]
    chance.shuffle(events)
    return every, events


def _lively(lead: Lead, start: datetime, chance: random.Random) -> Iterator[Event]:
    """A lead delivered, then tried, now and then with facts doubled, late, or earlier than the delivery."""
    delivered = start + timedelta(seconds=chance.uniform(0, 30 * 86400))
    yield replace(_event(lead, chance, delivered), kind=Kind.HANDED_OFF, calendar=chance.choice(CALENDARS))
    for _ in range(chance.randrange(9)):
        offset = chance.choice(
            (timedelta(minutes=chance.uniform(-90, 400)), timedelta(hours=chance.uniform(-5, 300)))
        )
        event = _event(lead, chance, delivered + offset)
        yield event
        if chance.random() < 0.1:
            yield event if chance.random() < 0.5 else replace(event, seq=event.seq + 1)


@pytest.mark.parametrize(
    ("terms", "start"),
    [("full", STARTS[1]), ("full", STARTS[2]), ("wall", STARTS[0]), ("no limit", STARTS[2])],
    ids=lambda value: value if isinstance(value, str) else f"{value:%B}",
)
def test_row_form_equals_column_form_on_thousands_of_lively_leads(terms: str, start: datetime) -> None:
    leads, events = many(start, 2500)
    at = start + timedelta(days=24, hours=5, microseconds=1)
    assert differences(AGREEMENTS[terms], leads, events, at) == []
    rows = rows_say(AGREEMENTS[terms], leads, events, at)
    seen = {(v.promise, v.state) for verdicts in rows.values() for v in verdicts}
    assert len(seen) >= 22, "the log must show nearly every verdict there is, else it proves little"


def _everything(folder: Path) -> tuple[list[Lead], list[Event]]:
    """All leads and events of a log."""

    def aware(value: object) -> object:
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value

    log = open_log(folder)
    with duckdb.connect() as con:
        rows = {
            kind: con.execute(f"SELECT {', '.join(one.name for one in fields(kind))} FROM ({sql})").fetchall()
            for kind, sql in ((Lead, log.leads_sql), (Event, log.events_sql))
        }
    events = [Event(*map(aware, row)) for row in rows[Event]]  # type: ignore[arg-type]
    return (
        [Lead(*map(aware, row)) for row in rows[Lead]],  # type: ignore[arg-type]
        [replace(event, kind=Kind(event.kind)) for event in events],
    )


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Agreement, list[Lead], list[Event]]:
    """A simulated company with its own calendars, absences, duplicates and late records."""
    terms, folder = parse_agreement(ACME.read_text(encoding="utf-8")), tmp_path_factory.mktemp("year") / "log"
    simulate(terms, leads=2000, seed=1, into=folder)
    return terms, *_everything(folder)


MID_TERM = datetime(2026, 9, 14, 11, tzinfo=UTC)  # a part is undecided


def test_row_form_equals_column_form_on_the_year_of_a_simulated_company(
    year: tuple[Agreement, list[Lead], list[Event]],
) -> None:
    terms, leads, events = year
    assert len(leads) == 2000
    assert differences(terms, leads, events, MID_TERM) == []


def test_row_form_equals_column_form_on_a_simulated_year_with_all_that_can_come_between(
    year: tuple[Agreement, list[Lead], list[Event]],
) -> None:
    """Pauses, other owners, second cycles, excuses, arbitrations, what was taken back and told twice."""
    terms, leads, events = year
    chance = random.Random(1)  # noqa: S311 - a log, not a secret
    every: dict[str, list[Event]] = {}
    for event in events:
        every.setdefault(event.lead, []).append(event)
    more = [event for lead in leads[::2] for event in _between(every[lead.lead], chance)]
    known = _repeated([*events, *more], chance)
    kinds = {event.kind for event in known}
    assert kinds >= {Kind.PAUSED, Kind.RESUMED, Kind.RETURNED, Kind.EXCUSED, Kind.ARBITRATED, Kind.WITHDRAWN}
    assert differences(terms, leads, known, MID_TERM) == []
    before, after = rows_say(terms, leads, events, MID_TERM), rows_say(terms, leads, known, MID_TERM)
    changed = sum(before[lead] != after[lead] for lead in before)
    assert changed > 400, "what comes between must matter, else it proves little"


def _between(own: list[Event], chance: random.Random) -> Iterator[Event]:
    """A few more facts of a lead, within ten days of its hand-off."""
    handed = next((event for event in own if event.kind is Kind.HANDED_OFF), None)
    if handed is None:
        return
    facts: tuple[dict[str, object], ...] = (
        {"kind": Kind.PAUSED, "reason": "prospect_callback"},
        {"kind": Kind.RESUMED},
        {"kind": Kind.ASSIGNED, "actor": chance.choice(ACTORS)},
        {"kind": Kind.RETURNED, "reason": "no_budget"},
        {"kind": Kind.HANDED_OFF},
        {"kind": Kind.EXCUSED, "side": chance.choice(("marketing", "sales"))},
        {"kind": Kind.ARBITRATED, "outcome": "overturned"},
        {"kind": Kind.WITHDRAWN, "outcome": str(chance.choice(own).seq)},
    )
    for number, fact in enumerate(chance.sample(facts, chance.randrange(1, 5)), 10**7):
        at = handed.occurred_at + timedelta(minutes=chance.uniform(0, 14_400))
        said = {
            "seq": handed.seq + number,
            "occurred_at": at,
            "recorded_at": at,
            "outcome": None,
            "due_at": None,
        }
        yield replace(handed, **{**said, **fact})  # type: ignore[arg-type]


def causes_in_columns(
    terms: Agreement, leads: list[Lead], events: list[Event], at: datetime
) -> dict[tuple[str, str], str | None]:
    with TemporaryDirectory() as folder:
        log = write_log(Path(folder), leads, events)
        with Ledger(terms, log, from_on=date(2026, 1, 1), to_on=date(2026, 12, 31), as_of=at) as ledger:
            rows = ledger.query(
                "SELECT c.lead, b.promise, b.cause FROM breach b JOIN cycle c ON c.id = b.id"
            ).rows
    return {(str(lead), str(promise)): cause and str(cause) for lead, promise, cause in rows}


def causes_in_rows(
    terms: Agreement, leads: list[Lead], events: list[Event], at: datetime
) -> dict[tuple[str, str], str | None]:
    """By the rule for one case, with what a log tells of it: no absences and nobody's load."""
    cycles = {lead.lead: fold(lead, events, at) for lead in leads}
    tells = any(_assigned(cycle) for cycle in cycles.values())
    return {
        (verdict.lead, verdict.promise.value): _cause(verdict, cycles[verdict.lead], tells)
        for verdicts in rows_say(terms, leads, events, at).values()
        for verdict in verdicts
        if verdict.promise in (PromiseOf.FIRST_TOUCH, PromiseOf.DECIDED)
        and verdict.state in (State.BROKEN, State.EXCUSED)
    }


def _cause(verdict: Verdict, cycle: Cycle, tells: bool) -> str | None:
    noted = [
        event for event in cycle.events if event.kind is Kind.BREACHED and event.outcome == verdict.promise
    ]
    causes = [
        (event.occurred_at, event.recorded_at, event.reason) for event in noted if event.reason in list(Cause)
    ]
    if causes:
        return str(min(causes)[2])
    incomplete = cycle.delivered is not None and cycle.delivered.outcome == "incomplete"
    if not tells:
        return Cause.INFORMATION if incomplete else None
    assigned = _assigned(cycle)
    late = assigned is None or assigned > verdict.due_at  # when it was due nobody had it
    return cause_of(
        Circumstances(verdict.started_at, verdict.due_at, None if late else assigned, incomplete=incomplete)
    )


def _assigned(cycle: Cycle) -> datetime | None:
    """When anybody had the lead first."""
    event = cycle.first(Kind.ASSIGNED, where=lambda event: event.actor is not None)
    return event.occurred_at if event else None


@given(history=histories())
@settings(max_examples=20, deadline=None)
def test_causes_of_breaches_are_those_of_the_rule_whoever_had_the_lead_later(
    history: tuple[list[Lead], list[Event], datetime],
) -> None:
    terms = AGREEMENTS["full"]
    assert causes_in_columns(terms, *history) == causes_in_rows(terms, *history)


@given(history=histories(), chance=st.randoms())
@settings(max_examples=10, deadline=None)
def test_repeating_and_shuffling_rows_changes_no_column(
    history: tuple[list[Lead], list[Event], datetime], chance: random.Random
) -> None:
    leads, events, at = history
    again = [*events, *(event for event in events if chance.random() < 0.5)]
    chance.shuffle(again)
    terms = AGREEMENTS["full"]
    assert columns_say(terms, leads, again, at) == columns_say(terms, leads, events, at)


@given(history=histories(), chance=st.randoms())
@settings(max_examples=100, deadline=None)
def test_repeating_and_shuffling_events_changes_no_verdict(
    history: tuple[list[Lead], list[Event], datetime], chance: random.Random
) -> None:
    leads, events, at = history
    again = [*events, *(event for event in events if chance.random() < 0.5)]
    chance.shuffle(again)
    terms = AGREEMENTS["full"]
    assert rows_say(terms, leads, again, at) == rows_say(terms, leads, events, at)


@given(history=histories())
@settings(max_examples=100, deadline=None)
def test_what_was_recorded_later_is_invisible(history: tuple[list[Lead], list[Event], datetime]) -> None:
    leads, events, at = history
    later = [replace(event, recorded_at=at + timedelta(microseconds=1)) for event in events]
    terms = AGREEMENTS["full"]
    known = [event for event in events if event.occurred_at <= at and event.recorded_at <= at]
    assert rows_say(terms, leads, [*known, *later], at) == rows_say(terms, leads, known, at)


@given(history=histories(), later=st.integers(0, 20 * 24))
@settings(max_examples=100, deadline=None)
def test_a_breach_once_due_is_never_undone_by_what_happens_later(
    history: tuple[list[Lead], list[Event], datetime], later: int
) -> None:
    """Facts may come in late, but with everything recorded at once a broken promise of sales stays broken."""
    leads, events, at = history
    terms = AGREEMENTS["full"]
    prompt = [
        replace(event, recorded_at=event.occurred_at)
        for event in events
        if event.kind not in (Kind.EXCUSED, Kind.HANDED_OFF, Kind.WITHDRAWN) or event.occurred_at <= at
    ]
    before = rows_say(terms, leads, prompt, at)
    after = rows_say(terms, leads, prompt, at + timedelta(hours=later))
    for lead, verdicts in before.items():
        now = {verdict.promise: verdict for verdict in after[lead]}
        for old in verdicts:
            new = now[old.promise]
            if old.state is State.BROKEN and old.promise is not PromiseOf.CREDIT:
                assert new.state in (State.BROKEN, State.EXCUSED), (old, new)
            if old.state is State.KEPT and old.promise in KEPT_FOR_GOOD:
                assert new.state is State.KEPT, (old, new)
