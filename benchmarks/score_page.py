"""Server time of the score's pages over a large log, read from what the worker keeps.

Run: `python benchmarks/score_page.py [LOG]`. LOG is the folder of a log under `examples/acme.yaml`, by
default one of a million leads and ten million events that is simulated first. Bar: p95 of every page under
300 ms.

The fold and its usual views are made once, as the worker does, and that is timed apart. Then each page is
asked for by one request after another through the whole stack, as a head of marketing, and told as a ratio to
a bare Django view. "First" is the first request of a process, which unpacks what is kept.
"""

import logging
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BAR, TIMES = 300, 40  # ms; requests of each page
LEADS = 1_000_000
PAGES = ("/score/", "/score/marketing/", "/score/sales/", "/score/?period=last", "/score/sales/?period=term")


def main(log: Path | None) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "accord.server.settings"
    os.environ["ACCORD_DATA"] = tempfile.mkdtemp(prefix="accord-score-")
    sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "domain"), str(Path(__file__).parent)]
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command
    from django.test.utils import override_settings, setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    at, user = _installed(log)
    made = _fold(at)
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF=_bare()):
        bare = statistics.median(_asked("/", None, TIMES))
    print(f"fold and usual views made in {made:.1f} s; a bare view takes {bare:.2f} ms; bar {BAR} ms\n")
    print("   first     p50     p95  × bare  page")
    over = []
    for path in PAGES:
        first, *taken = _asked(path, user, TIMES + 1)
        p95 = sorted(taken)[int(len(taken) * 0.95) - 1]
        p50 = statistics.median(taken)
        print(f"{first:8.1f}{p50:8.1f}{p95:8.1f}{p50 / bare:8.0f}  {path}")
        over += [path] if p95 > BAR else []
    print(f"\nover the bar: {', '.join(over) or 'none'}")


def _installed(log: Path | None) -> tuple[datetime, Any]:
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
        simulate(parse_agreement(text), leads=LEADS, seed=1, into=log_folder())
    else:
        log_folder().symlink_to(log.resolve())
    people = make_people()
    draft = acts.start_file(actor(people.kai), text)
    acts.propose(actor(people.kai), draft, saved=draft.saved)
    file = AgreementFile.objects.get(pk=draft.file_id)
    sign_by_heads(people, file, file.course[-1]["digest"])
    return datetime.now(UTC), people.mina


def _fold(at: datetime) -> float:
    from accord.server.score import folding

    began = time.perf_counter()
    if not folding.keep(at):
        from accord.server.score.models import Fold

        sys.exit(f"no fold could be made: {Fold.objects.values_list('problem', flat=True)[:1]}")
    return time.perf_counter() - began


def _asked(path: str, user: Any, times: int) -> list[float]:
    """Milliseconds of each request."""
    from django.test import Client

    client, taken = Client(), []
    if user is not None:
        client.force_login(user)
    for _ in range(times):
        start = time.perf_counter()
        answer = client.get(path)
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200 or b"being counted" in answer.content:
            sys.exit(f"{path}: {answer.status_code}, or still being counted")
    return taken


def _bare() -> Any:
    """Addresses of one view that does nothing."""
    from types import ModuleType

    from django.http import HttpResponse
    from django.urls import path

    module = ModuleType("bare")
    module.urlpatterns = [path("", lambda _request: HttpResponse("ok"))]  # type: ignore[attr-defined]
    return module


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
