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
from accord.ledger.engine import Ledger
from accord.ledger.log import open_log
from accord.promises import PromiseOf, State, Verdict, judge
from accord.simulate.company import simulate

TYPES = ("demo", "web_form", "content", "trade_show", "partner", None)  # two of them without terms
CALENDARS = (None, None, "office", "split", "night", "gulf", "nowhere")
ACTORS = (None, "ana", "bo", "çiğdem")
ACME = Path(__file__).parents[2] / "examples" / "acme.yaml"
START = datetime(2026, 3, 20, tzinfo=UTC)  # the clocks of Europe change on the 29th
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
    *(Kind.CONNECTED, Kind.ACCEPTED, Kind.REJECTED, Kind.PAUSED) * 2,
    *(Kind.RESUMED, Kind.FEEDBACK, Kind.EXCUSED, Kind.WITHDRAWN),
)
REASONS = {Kind.PAUSED: ("prospect_callback", "prospect_callback", "system_outage", "lunch", None)}
OUTCOMES = {
    Kind.ACCEPTED: (None, "by silence"),
    Kind.EXCUSED: (None, "", "cadence_kept", "first_touch_in_time", "feedback_in_time", "complete_handoffs"),
    Kind.HANDED_OFF: (None, "complete", "incomplete"),
    Kind.ARBITRATED: (None, "upheld", "overturned"),
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


def instants(minutes: int) -> st.SearchStrategy[datetime]:
    """Instants on a coarse raster, so that events coincide, and some off it."""
    raster = st.integers(0, minutes // 30).map(lambda n: START + timedelta(minutes=30 * n))
    odd = st.integers(0, minutes * 60_000_000).map(lambda n: START + timedelta(microseconds=n))
    return st.one_of(raster, raster, odd)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Lead], list[Event], datetime]:
    span = 40 * 24 * 60
    leads = [Lead(f"L{n}", lead_type=draw(st.sampled_from(TYPES))) for n in range(draw(st.integers(1, 6)))]
    events = draw(
        st.lists(
            st.builds(
                _event,
                st.sampled_from(leads),
                st.builds(random.Random, st.integers(0, 2**31)),
                instants(span),
            ),
            max_size=40,
        )
    )
    return leads, _taking_back(events, draw(st.randoms())), draw(instants(span + 10 * 24 * 60))


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


def _many(seed: int, leads: int) -> tuple[list[Lead], list[Event]]:
    chance = random.Random(seed)  # noqa: S311 - a log, not a secret
    every = [Lead(f"L{n:05d}", lead_type=chance.choice(TYPES)) for n in range(leads)]
    return every, [event for lead in every for event in _taking_back(list(_lively(lead, chance)), chance)]


def _lively(lead: Lead, chance: random.Random) -> Iterator[Event]:
    """A lead delivered, then tried, now and then with facts doubled, late, or earlier than the delivery."""
    delivered = START + timedelta(seconds=chance.uniform(0, 30 * 86400))
    yield replace(_event(lead, chance, delivered), kind=Kind.HANDED_OFF, calendar=chance.choice(CALENDARS))
    for _ in range(chance.randrange(9)):
        offset = chance.choice(
            (timedelta(minutes=chance.uniform(-90, 400)), timedelta(hours=chance.uniform(-5, 300)))
        )
        event = _event(lead, chance, delivered + offset)
        yield event
        if chance.random() < 0.1:
            yield event if chance.random() < 0.5 else replace(event, seq=event.seq + 1)


@pytest.mark.parametrize("terms", AGREEMENTS)
def test_row_form_equals_column_form_on_thousands_of_lively_leads(terms: str) -> None:
    leads, events = _many(20260320, 3000)
    at = START + timedelta(days=24, hours=5, microseconds=1)
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


def test_row_form_equals_column_form_on_the_year_of_a_simulated_company(tmp_path: Path) -> None:
    """With its own calendars, absences, pauses and late records, in mid-term: a part is undecided."""
    terms = parse_agreement(ACME.read_text(encoding="utf-8"))
    simulate(terms, leads=2000, seed=1, into=tmp_path / "log")
    leads, events = _everything(tmp_path / "log")
    assert len(leads) == 2000
    assert differences(terms, leads, events, datetime(2026, 9, 14, 11, tzinfo=UTC)) == []


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
