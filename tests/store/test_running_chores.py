"""The worker's chores: each done by one worker at a time, and none stops the others."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from running_fixture import wait_until

from accord.errors import PageUnknown
from accord.server.api.models import Answer, Token
from accord.server.running import checking, chores, tasks, worker
from accord.server.running.chores import (
    CHORES,
    FOLDS,
    HEARTBEAT,
    NIGHTLY,
    REPLAYS,
    SCORE_PAGES,
    STAND_UP,
    do_due,
    enter,
    hurry,
)
from accord.server.running.models import Chore
from accord.server.running.stopping import Stop
from accord.server.running.tasks import LEASE, LONGEST, Line, Task, do, renew
from accord.server.running.worker import work
from server_fixture import People

pytestmark = pytest.mark.django_db
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in a table of three chores of which the second always fails."""
    done: list[str] = []

    def fails() -> None:
        done.append("second")
        raise RuntimeError("no way to alice@acme.example")

    table = (
        Task("first", A_MINUTE, lambda: done.append("first")),
        Task("second", timedelta(hours=9), fails),
        Task("third", A_MINUTE, lambda: done.append("third")),
    )
    monkeypatch.setattr(chores, "CHORES", table)
    enter()
    return done


def test_chores_are_done_when_due_and_not_before(done: list[str]) -> None:
    do_due()
    do_due()
    assert done == ["first", "second", "third"]
    Chore.objects.filter(name="third").update(due_at=timezone.now())
    do_due()
    assert done[3:] == ["third"]


def test_a_chore_that_fails_is_noted_tried_again_and_stops_nobody(done: list[str]) -> None:
    do_due()
    failed, well = Chore.objects.get(name="second"), Chore.objects.get(name="third")
    assert failed.last_problem == "RuntimeError: no way to [address]"
    assert timedelta(minutes=4) < failed.due_at - timezone.now() <= timedelta(minutes=5)
    assert well.last_problem == "" and well.leased_until is None


def test_a_chore_that_another_worker_does_is_left_to_it(done: list[str]) -> None:
    Chore.objects.filter(name="first").update(leased_until=timezone.now() + LEASE)
    do_due()
    assert done == ["second", "third"]


def test_a_chore_whose_worker_died_is_done_by_the_next(done: list[str]) -> None:
    Chore.objects.filter(name="first").update(leased_until=timezone.now() - A_MINUTE)
    do_due()
    assert done[0] == "first"


def test_a_worker_that_was_given_up_does_not_end_the_chore_of_the_next(done: list[str]) -> None:
    theirs = timezone.now() + timedelta(hours=1)
    taken_over = Task(
        "first", A_MINUTE, lambda: Chore.objects.filter(name="first").update(leased_until=theirs)
    )
    assert do(taken_over)
    assert Chore.objects.get(name="first").leased_until == theirs


def test_who_stops_ends_the_chore_under_way_and_begins_no_other(done: list[str]) -> None:
    assert do_due(lambda: not done) == 1
    assert done == ["first"]


def test_a_hurried_chore_is_due_now(done: list[str]) -> None:
    do_due()
    hurry("first")
    do_due()
    assert done == ["first", "second", "third", "first"]


def test_hurrying_a_chore_that_is_under_way_has_it_done_once_more(done: list[str]) -> None:
    again = Task("first", A_MINUTE, lambda: hurry("first"))
    assert do(again)
    assert Chore.objects.get(name="first").due_at <= timezone.now()


def test_only_chores_of_the_table_can_be_hurried() -> None:
    with pytest.raises(PageUnknown, match="did you mean 'mail'"):
        hurry("mial")
    hurry(SCORE_PAGES)
    assert Chore.objects.get().name == SCORE_PAGES


def test_rows_are_entered_once(done: list[str]) -> None:
    do_due()
    enter()
    assert Chore.objects.count() == 3
    assert not Chore.objects.filter(last_ended_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_does_the_chore() -> None:
    done, start = [], threading.Barrier(2)
    Chore.objects.create(name="one")
    task = Task("one", A_MINUTE, lambda: done.append(threading.get_ident()))

    def work() -> None:
        start.wait()
        do(task)
        connections.close_all()

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(done) == 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The real table, in which a fold and a replay take until they are let go."""
    go = threading.Event()

    def wait() -> None:
        assert go.wait(60)

    table = [replace(task, do=wait) if task.name in (FOLDS, REPLAYS) else task for task in CHORES]
    monkeypatch.setattr(chores, "CHORES", table)
    yield go
    go.set()


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_no_chore_of_the_minute_waits_for_a_fold_or_a_replay(slow: threading.Event) -> None:
    stop = Stop()
    worker = threading.Thread(target=lambda: (work(stop), connections.close_all()))
    worker.start()

    def ended() -> set[str]:
        return set(Chore.objects.exclude(last_ended_at=None).values_list("name", flat=True))

    ordinary = {task.name for task in CHORES if task.line is Line.ORDINARY}
    try:
        assert wait_until(lambda: ended() >= ordinary), ordinary - ended()
        held = Chore.objects.filter(leased_until__isnull=False).values_list("name", flat=True)
        assert set(held) == {FOLDS, REPLAYS}, "both under way, and nobody waits for them"
        Chore.objects.filter(name=HEARTBEAT).update(due_at=timezone.now(), last_ended_at=None)
        assert wait_until(lambda: HEARTBEAT in ended()), "and again"
    finally:
        stop.set()
        slow.set()
        worker.join(60)
    assert not worker.is_alive()
    assert not Chore.objects.exclude(leased_until=None).exists(), "what was under way was ended"


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_a_chore_that_takes_long_is_held_as_long_as_its_worker_lives() -> None:
    go, seen = threading.Event(), []
    Chore.objects.create(name="long")
    task = Task("long", A_MINUTE, lambda: seen.append(go.wait(60)))

    def work_on() -> None:
        do(task)
        connections.close_all()

    ours = threading.Thread(target=work_on)
    ours.start()
    try:
        assert wait_until(lambda: Chore.objects.exclude(leased_until=None).exists())
        later = timezone.now() + LEASE - timedelta(seconds=1)
        assert renew(later) == 1
        assert Chore.objects.get().leased_until == later + LEASE
        assert renew(timezone.now() + LONGEST) == 0, "one that hangs is left to others"
        assert Chore.objects.get().leased_until == later + LEASE
    finally:
        go.set()
        ours.join(60)
    assert Chore.objects.get().leased_until is None
    assert renew(timezone.now()) == 0


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_while_a_lease_is_renewed_holds_up_no_other_chore(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, hangs, go = threading.Event(), threading.Event(), threading.Event()
    Chore.objects.create(name="long")
    Chore.objects.create(name="short")
    row = tasks._Held.row.fget

    def hanging(held: tasks._Held) -> object:
        if threading.current_thread() is renewing:
            hangs.set()
            assert go.wait(60)
        return row(held)

    def long() -> None:
        do(Task("long", A_MINUTE, lambda: begun.set() or hangs.wait(60)))
        connections.close_all()

    def renewed() -> None:
        renew(timezone.now())
        connections.close_all()

    ours, renewing = threading.Thread(target=long), threading.Thread(target=renewed)
    short = threading.Thread(
        target=lambda: (do(Task("short", A_MINUTE, lambda: None)), connections.close_all())
    )
    monkeypatch.setattr(tasks._Held, "row", property(hanging))
    ours.start()
    try:
        assert begun.wait(60)
        renewing.start()
        assert hangs.wait(60)
        short.start()
        short.join(20)
        assert not short.is_alive(), "it begins and ends though the other's renewal hangs"
    finally:
        go.set()
        for each in (ours, renewing, short):
            each.join(60)
    assert not Chore.objects.exclude(leased_until=None).exists()
    assert not Chore.objects.filter(last_ended_at=None).exists(), "the long one's end is on record"


def run_line(stop: Stop) -> None:
    """The line of the reports in a thread of its own, which ends when `stop` is set."""
    line = threading.Thread(target=worker.do_chores, args=(stop, Line.REPORTS))
    line.start()
    line.join(30)
    stop.set()
    line.join(30)


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_a_line_of_chores_that_fails_is_logged_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, tries = Stop(), list[object]()

    def fails(_wanted: object, lines: object, _most: object) -> int:
        tries.append(lines)
        if len(tries) == 2:
            stop.set()
        raise OSError("no room")

    monkeypatch.setattr(chores, "do_due", fails)
    monkeypatch.setattr(worker, "_AFTER_TROUBLE_S", 0.01)
    run_line(stop)
    assert tries == [[Line.REPORTS]] * 2


def test_a_chore_that_wants_to_end_the_process_is_noted(done: list[str]) -> None:
    assert do(Task("first", A_MINUTE, lambda: sys.exit(2)))
    assert Chore.objects.get(name="first").last_problem == "SystemExit: 2"


def test_the_real_chores_tidy_what_has_expired(people: People, settings: object) -> None:
    now = timezone.now()
    token = Token.objects.create(name="t", owner=people.kai, digest="d", hint="h", expires_at=now)
    for key, hours in (("old", 25), ("new", 23)):
        Answer.objects.create(
            token=token, key=key, request="r", status=200, body="", at=now - timedelta(hours=hours)
        )
    for key, days in (("gone", -1), ("here", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
    enter()
    do_due()

    assert [answer.key for answer in Answer.objects.all()] == ["new"]
    assert [session.session_key for session in Session.objects.all()] == ["here"]
    assert not Chore.objects.exclude(last_problem="").exists()
    assert {chore.name for chore in Chore.objects.all()} == {task.name for task in CHORES}


def test_the_doctor_misses_a_worker_that_gives_no_sign() -> None:
    worker = {each.what: each for each in checking.look()}["worker"]
    assert not worker.well and "accord worker" in worker.remedy
    enter()
    do_due()
    assert all(each.well for each in checking.look())
    Chore.objects.filter(name=HEARTBEAT).update(last_ended_at=timezone.now() - timedelta(minutes=6))
    assert not {each.what: each for each in checking.look()}["worker"].well


def test_the_doctor_names_a_chore_that_fails() -> None:
    enter()
    do_due()
    Chore.objects.filter(name="mail").update(last_problem="OSError: no")
    worker = {each.what: each for each in checking.look()}["worker"]
    assert (worker.well, worker.found) == (False, "mail: OSError: no")


@pytest.mark.parametrize("name", [FOLDS, REPLAYS])
@pytest.mark.parametrize("held", [False, True])
def test_the_doctor_misses_a_slow_line_that_died_or_hangs(name: str, held: bool) -> None:
    enter()
    do_due()
    now = timezone.now()
    row = Chore.objects.filter(name=name)
    row.update(last_ended_at=now - timedelta(minutes=20))
    assert {each.what: each for each in checking.look()}["worker"].well, "a fold may take its time"
    row.update(last_ended_at=now - timedelta(minutes=40), leased_until=now + LEASE if held else None)
    hurry(name)
    worker = {each.what: each for each in checking.look()}["worker"]
    assert not worker.well and worker.found.startswith(f"{name}: not ended since")


def test_what_counts_whole_scores_is_not_on_the_heartbeats_line() -> None:
    lines = {task.name: task.line for task in CHORES}
    papers = {STAND_UP, NIGHTLY, "announcements"}
    assert {lines[name] for name in papers} == {Line.REPORTS}
    assert lines[HEARTBEAT] is Line.ORDINARY


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_the_stand_up_sheet_waits_for_one_report_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its minute comes while a fold is made: the pages, which were due before, come after it."""
    done, stop = list[str](), Stop()

    def fold() -> None:
        done.append(FOLDS)
        hurry(STAND_UP)

    def pages() -> None:
        done.append(SCORE_PAGES)
        stop.set()

    own = {STAND_UP: lambda: done.append(STAND_UP), FOLDS: fold, SCORE_PAGES: pages}
    monkeypatch.setattr(
        chores, "CHORES", [replace(task, do=own[task.name]) for task in CHORES if task.name in own]
    )
    run_line(stop)
    assert done == [STAND_UP, FOLDS, STAND_UP, SCORE_PAGES]
