"""Whatever people do in whatever order at whatever time: what lists show of a file is what its chain says.

Statuses are worked out, never stored, except for the standings that follow from the chain alone; here they
are held against the chain after every act of made-up histories with withdrawals, resets, second thoughts.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from accord.agreement.signing.faults import Fault
from accord.agreement.signing.standing import courses
from accord.agreement.signing.verify import verify
from accord.agreement.terms import Status
from accord.errors import InputError
from accord.server.agreements import acts
from accord.server.agreements.finding import version_in_force
from accord.server.agreements.models import AgreementFile, Draft
from accord.server.agreements.standings import stood
from server_fixture import PEOPLE, actor

pytestmark = pytest.mark.django_db
TEXT = """\
accord: 1
name: Paper boxes
term: {start: 2026-01-01, end: 2026-12-31, reset_review: 2026-07-01}
goal: {revenue: "500,000", deal_value: 2000}
lead_types: {web: {mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}}
people:
  mina: {side: marketing, role: head, name: Mina Yılmaz, email: mina@acme.example}
  tomas: {side: marketing, name: Tomás Quintana, email: Tomas@acme.example}
  omar: {side: sales, role: head, name: Omar Haddad, email: omar@acme.example}
  kai: {side: operations, name: Kai Berger, email: kai@acme.example}
"""
TERMS = ("2026-01-01", "2026-07-01", "2026-12-31", "2027-06-30")
START = datetime(2025, 12, 1, 9, tzinfo=UTC)
WHO = st.sampled_from(["mina", "omar", "kai", "tomas", "sara"])
REASON = st.sampled_from(["", "the team grew", "یک دلیل"])
ACT = st.one_of(
    st.tuples(st.just("draft"), WHO, st.sampled_from(TERMS), st.sampled_from(TERMS)),
    st.tuples(st.just("propose"), WHO, REASON),
    st.tuples(st.just("sign"), WHO),
    st.tuples(st.just("both sign")),
    st.tuples(st.just("withdraw"), WHO, REASON),
    st.tuples(st.just("discard"), WHO),
    st.tuples(st.just("agree"), st.just("kai"), st.sampled_from(TERMS), st.sampled_from(TERMS)),
    st.tuples(st.just("wait"), st.sampled_from([0, 1, 40, 200])),
)


@given(st.lists(ACT, min_size=3, max_size=14))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_kept_standings_say_what_the_chain_says(people, monkeypatch, history) -> None:
    now = [START]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    with transaction.atomic():
        file = acts.start_file(actor(people.kai), TEXT).file
        for kind, *how in history:
            now[0] += timedelta(days=how[0]) if kind == "wait" else timedelta(seconds=1)
            for act in _acts(people, kind, *how):
                with suppress(InputError):  # refused: nothing may have changed, which is looked at below
                    act(AgreementFile.objects.get(pk=file.pk))
                _hold(file, now[0])
        event(f"{len(stood(AgreementFile.objects.get(pk=file.pk).course))} versions")
        transaction.set_rollback(True)


def _acts(people, kind: str, *how) -> list[Callable[[AgreementFile], object]]:
    """What one step of a history does, act by act."""
    if kind == "agree":
        steps = (("draft", *how), ("propose", "kai", "a new year"), ("both sign",))
        return [act for step in steps for act in _acts(people, *step)]
    if kind in ("sign", "both sign"):
        return [lambda file, key=key: _sign(people, file, key) for key in how or ("mina", "omar")]
    if kind == "wait":
        return [lambda _file: None]
    who = actor(people[how[0]])
    acts_ = {
        "draft": lambda file: _draft(who, file, *sorted(how[1:])),
        "propose": lambda file: _propose(who, file, how[1]),
        "withdraw": lambda file: acts.withdraw(who, file, reason=how[1]),
        "discard": lambda file: [acts.discard_draft(who, draft) for draft in _open(file)],
    }
    return [acts_[kind]]


def _draft(who, file: AgreementFile, first: str, last: str) -> None:
    """The next version, of another term."""
    draft = acts.start_draft(who, file)
    new = {"start": first, "end": last, "reset_review": last}
    text = re.sub(
        r"(start|end|reset_review): [\d-]+", lambda found: f"{found[1]}: {new[found[1]]}", draft.text
    )
    acts.save_draft(who, draft, text, started_from=1)


def _propose(who, file: AgreementFile, reason: str) -> None:
    for draft in _open(file):
        acts.propose(who, draft, saved=draft.saved, reason=reason)


def _open(file: AgreementFile) -> list[Draft]:
    return list(file.drafts.filter(state=Draft.State.OPEN).select_related("file")[:1])


def _sign(people, file: AgreementFile, key: str) -> None:
    if file.course:
        acts.sign(actor(people[key]), file, file.course[-1]["digest"], typed=PEOPLE[key][0])


def _hold(file: AgreementFile, now: datetime) -> None:
    file = AgreementFile.objects.get(pk=file.pk)
    chain = file.chain()
    assert file.head == chain.head
    assert verify(chain).faults <= {Fault.MISSING_SIGNATURE, Fault.NOT_PROPOSED, Fault.OVERLAP}
    kept, known = stood(file.course), courses(chain)
    assert len(kept) == len(known)
    for short, course in zip(kept, known, strict=True):
        edges = [item.since for item in course.standings if item.since]
        before = [edge - timedelta(microseconds=1) for edge in edges]
        for at in (*edges, *before, now, now + timedelta(days=90)):
            expected = course.at(at)
            status, why = short.at(at)
            assert status == expected.status, at
            assert why == expected.sentence or status is Status.DRAFT
    active = [item for item in kept if item.at(now)[0] is Status.ACTIVE]
    found = version_in_force(now)
    assert (found is not None) == (len(active) == 1)
    if found:
        assert found.proposal.digest == active[0].digest
    waiting = file.drafts.filter(state=Draft.State.PROPOSED)
    assert all(any(item.digest == draft.digest for item in kept) for draft in waiting)
