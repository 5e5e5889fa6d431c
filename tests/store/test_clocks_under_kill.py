"""Three workers of which one is killed again and again: no alert is lost, and none is doubled.

`benchmarks/clocks.py` at a small size: whole processes, mail over SMTP to a receiver on loopback. How late an
alert is, only the benchmark says.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from running_fixture import Installation, migrated, up_to_date, wait_until  # noqa: F401

from accord.server.running import loops
from accord.server.running.loops import Line
from accord.server.running.stopping import Stop

CLOCKS = Path(__file__).parents[2] / "benchmarks" / "clocks.py"


def test_workers_that_are_killed_lose_no_alert_and_double_none(migrated: Installation) -> None:  # noqa: F811
    size = ["--duties", "240", "--rate", "60", "--seconds", "3", "--lead-in", "3"]
    kills = ["--workers", "3", "--kills", "2", "--lease", "3"]
    ran = subprocess.run(
        [sys.executable, str(CLOCKS), "--json", *size, *kills, "--data", str(migrated.data)],
        env=migrated.env, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert (found["kills"], found["fell due"], found["lost"], found["doubled"]) == (2, 180, 0, 0)
    assert (found["events"], found["notices"], found["mails"]) == (180, 180, {"sent": 180})


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_a_line_that_fails_stops_none_of_the_others_and_all_end_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loops, "AFTER_TROUBLE_S", 0.01)
    done: list[str] = []

    def fails(_at: object) -> float:
        done.append("fails")
        raise ValueError("no")

    def works(_at: object) -> float:
        done.append("works")
        return 0

    stop = Stop()
    threads = loops.start(stop, (Line("first", fails), Line("second", works)))
    try:
        assert wait_until(lambda: done.count("fails") > 2 and done.count("works") > 2, 60)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
