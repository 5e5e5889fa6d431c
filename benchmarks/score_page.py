"""Server time of the score's pages over a large log, read from what the worker keeps.

    .venv/bin/python benchmarks/score_page.py [LEADS] [LOG]

Target (issue 6): p95 of every page under 300 ms at a million leads and ten million events. A log of LEADS, by
default a million, is simulated under `examples/acme.yaml`, or LOG is read, the folder of one that is there.

The fold and its usual views are made once, as the worker does, and that is timed apart. Then each page is
asked for by one request after another through the whole stack, as a head of marketing, beside a bare view
and the empty page of the same server, which is the floor. "First" is the first request of a process, which
unpacks what is kept. CPU is what the process itself was busy for: a busy machine stretches the rest.
"""

import logging
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peers.serving import Asked, asked, bare_view, empty_page

ROOT = Path(__file__).parents[1]
BAR, TIMES = 300, 40  # ms; requests of each page
PAGES = (
    "/score/",
    "/score/marketing/",
    "/score/sales/",
    "/score/pipeline/",
    "/score/?period=last",
    "/score/sales/?period=term",
)


def main(leads: int, log: Path | None) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "accord.server.settings"
    sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "domain")]
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    at, user = _installed(leads, log)
    wall, busy = _fold(at)
    bare, floor = bare_view(TIMES), empty_page(user, TIMES)
    print(f"fold and usual views made in {wall:.1f} s, {busy:.1f} s of the processor; bar {BAR} ms")
    print(f"{TIMES} requests each; ms\n")
    print("   first     p50     p95     CPU  × floor  page")
    _tell("a bare view, no middleware", bare, floor)
    _tell("the floor: an empty page", floor, floor)
    over = []
    for path in PAGES:
        found = asked(path, user, TIMES + 1)
        if found.status != 200 or b"being counted" in found.content:
            sys.exit(f"{path}: {found.status}, or still being counted")
        _tell(path, found, floor)
        over += [path] if found.after(1).p95 > BAR else []
    print(f"\nover the bar: {', '.join(over) or 'none'}")


def _tell(name: str, found: Asked, floor: Asked) -> None:
    rest = found.after(1)
    ratio = rest.cpu / floor.after(1).cpu
    print(f"{found.taken[0]:8.1f}{rest.p50:8.1f}{rest.p95:8.1f}{rest.cpu:8.1f}{ratio:9.1f}  {name}")


def _installed(leads: int, log: Path | None) -> tuple[datetime, Any]:
    """An agreement in force over the log; an instant in its last month, and somebody to look at it."""
    from accord.agreement.parse import parse_agreement
    from accord.server.agreements import acts
    from accord.server.agreements.models import AgreementFile
    from accord.server.score.making import log_folder
    from accord.simulate.company import simulate
    from server_fixture import actor, make_people, sign_by_heads

    text = (ROOT / "examples" / "acme.yaml").read_text("utf-8")
    log_folder().parent.mkdir(parents=True, exist_ok=True)
    if log is None:
        print(f"simulating {leads:,} leads …", flush=True)
        simulate(parse_agreement(text), leads=leads, seed=1, into=log_folder())
    else:
        log_folder().symlink_to(log.resolve())
    people = make_people()
    draft = acts.start_file(actor(people.kai), text)
    acts.propose(actor(people.kai), draft, saved=draft.saved)
    file = AgreementFile.objects.get(pk=draft.file_id)
    sign_by_heads(people, file, file.course[-1]["digest"])
    return datetime.now(UTC), people.mina


def _fold(at: datetime) -> tuple[float, float]:
    """Seconds of the wall and of the processor."""
    from accord.server.score import folding

    began, busy = time.perf_counter(), time.process_time()
    if not folding.keep(at):
        from accord.server.score.models import Fold

        sys.exit(f"no fold could be made: {Fold.objects.values_list('problem', flat=True)[:1]}")
    return time.perf_counter() - began, time.process_time() - busy


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="accord-score-") as folder:
        os.environ["ACCORD_DATA"] = folder
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
            Path(sys.argv[2]) if len(sys.argv) > 2 else None,
        )
