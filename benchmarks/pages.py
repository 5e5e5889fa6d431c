"""Server time of every page at the demo's size: the median in ms, and as a ratio to a bare Django view.

Run: `python benchmarks/pages.py [postgresql]`. Target: every page under 50 ms. The demo company is
made in a temporary folder, on SQLite or on a PostgreSQL that is started for it; making it is not timed.
Requests come one by one through the whole stack, as operations' head; the bare view has no middleware at all.
The queue and the card are a rep's: whose queue is the longest, and once more with 300 leads in it.
"CPU" is what this process itself was busy for, and the better figure on a machine that does other things too.
"""

import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BAR, TIMES, WARM = 50, 15, 2  # ms, requests that count, requests that fill caches
LONG = 300  # leads of a long queue
LEFT_OUT = {"account_logout", "health", "set_language", "set_theme", "home", "setup-next"}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "accord.server.settings"
    sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "domain")]
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import override_settings, setup_test_environment

    from accord.server.running.demo import fill

    setup_test_environment()
    call_command("migrate", verbosity=0)
    fill(ROOT / "examples" / "acme.yaml", Path(os.environ["ACCORD_DATA"]))
    with override_settings(MIDDLEWARE=[], ROOT_URLCONF=_bare()):
        bare = _median("/", None)[0]
    print(f"{connection.vendor}: median of {TIMES}; a bare view takes {bare:.2f} ms; bar {BAR} ms\n")
    print("      ms  CPU ms  × bare  page")
    found = [(*_median(path, _kai()), name) for name, path in _pages().items()] + _of_a_rep()
    rows = sorted(found, reverse=True)
    for ms, busy, status, name in rows:
        print(f"{ms:8.1f}{busy:8.1f}{ms / bare:8.0f}  {name}{'' if status == 200 else f' ({status})'}")
    over = [name for ms, _, _, name in rows if ms > BAR]
    print(f"\nover the bar: {', '.join(over) or 'none'} of {len(rows)} pages")


def _median(path: str, user: Any) -> tuple[float, float, int]:
    """Median ms, median ms of CPU, and the status of the answer."""
    from django.test import Client

    client, taken, busy, status = Client(), [], [], 0
    if user is not None:
        client.force_login(user)
    for _ in range(WARM + TIMES):
        start, cpu = time.perf_counter(), time.process_time()
        status = client.get(path).status_code
        taken.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - cpu) * 1000)
    return statistics.median(taken[WARM:]), statistics.median(busy[WARM:]), status


def _kai() -> Any:
    from accord.server.people.models import User

    return User.objects.get(email="kai@acme.example")


def _of_a_rep() -> list[tuple[float, float, int, str]]:
    """The queue, what it asks for when something has changed, a card and a search, then a queue of 300."""
    from django.db.models import Count

    from accord.lead.standing import IN_SALES
    from accord.server.desk.models import Lead
    from accord.server.people.models import User

    open_ = Lead.objects.filter(standing__in=[one.value for one in IN_SALES])
    longest = open_.exclude(owner=None).values("owner").annotate(leads=Count("pk")).order_by("-leads")[0]
    rep, count = User.objects.get(pk=longest["owner"]), longest["leads"]
    card = open_.filter(owner=rep).order_by("-version")[0].key
    pages = {
        f"queue of {count} leads": "/queue/",
        f"queue-list of {count} leads": "/queue/list?since=other",
        "lead": f"/leads/{card}/",
        "leads, searched": "/leads/?q=an",
    }
    found = [(*_median(path, rep), name) for name, path in pages.items()]
    others = open_.exclude(owner=rep).values_list("pk", flat=True)[: LONG - count]
    Lead.objects.filter(pk__in=list(others)).update(owner=rep)
    long_ones = {
        f"queue of {LONG} leads": "/queue/",
        f"queue of {LONG} leads, all shown": "/queue/?every=yes",
    }
    return found + [(*_median(path, rep), name) for name, path in long_ones.items()]


def _pages() -> dict[str, str]:
    """The address of every page that Kai may read, naming something that the demo has."""
    from accord.server.access import may
    from accord.server.agreements.finding import mark_of
    from accord.server.agreements.models import AgreementFile, Draft
    from server_world import World, addresses

    file = AgreementFile.objects.exclude(course=[]).order_by("id")[0]
    draft = Draft.objects.filter(file=file).order_by("id").last()
    known = {
        "": {
            **{"slug": file.slug, "mark": mark_of(file.course[0]["digest"]), "form": "html", "span": "this"},
            **{"name": "leads", "pk": _kai().pk, "number": draft.number if draft else 1},
        }
    }
    world = World(None, file, "", known)  # type: ignore[arg-type]
    names = [one for one in addresses() if one.name and not one.is_api and one.parts <= set(known[""])]
    return {
        one.name: world.path(one.name) for one in names if may(_kai(), one.name) and one.name not in LEFT_OUT
    }


def _bare() -> Any:
    """A table of addresses with one view, as a module that Django can be pointed to."""
    from types import ModuleType

    from django.http import HttpResponse
    from django.urls import path

    table = ModuleType("bare")
    table.urlpatterns = [path("", lambda _request: HttpResponse("ok"))]  # type: ignore[attr-defined]
    return table


if __name__ == "__main__":
    if sys.argv[1:] == ["postgresql"]:
        wrapper = [sys.executable, str(ROOT / "tools" / "with_postgres.py"), sys.executable, __file__]
        sys.exit(subprocess.run(wrapper, check=False).returncode)
    with tempfile.TemporaryDirectory(prefix="accord-pages-") as folder:
        os.environ["ACCORD_DATA"] = folder
        os.environ.setdefault("ACCORD_HOSTS", "testserver,localhost")
        main()
