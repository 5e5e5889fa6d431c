"""Threads that take turns get them in the order in which they came."""

import threading

import pytest
from running_fixture import wait_until

from accord.server.running.turns import Line

pytestmark = pytest.mark.any_database


def test_who_has_much_to_do_keeps_nobody_waiting_for_more_than_one_turn() -> None:
    line, done, waits = Line(), [], threading.Event()

    def other() -> None:
        waits.set()
        with line:
            done.append("other")

    thread = threading.Thread(target=other)
    with line, line:  # who has the turn may enter again
        thread.start()
        assert waits.wait(60) and wait_until(lambda: bool(line._waiting), 60)
        done.append("first")
    with line:  # it asks again at once, and comes after who waited
        done.append("first again")
    thread.join(60)
    assert done == ["first", "other", "first again"]


def test_many_threads_have_the_turn_one_at_a_time() -> None:
    line, inside, most = Line(), [], []

    def work() -> None:
        for _ in range(200):
            with line:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(most) == 1600 and max(most) == 1
