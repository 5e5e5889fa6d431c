"""Server time of every page at the demo's size: median and p95 in ms, and CPU beside the empty page's.

    .venv/bin/python benchmarks/pages.py [postgresql]

Target: the median of every page under 50 ms. The demo company is made in a temporary folder, on SQLite or
on a PostgreSQL that is started for it; making it is not timed. Requests come one by one through the whole
stack, as operations' head. The floor is the empty page of the same server: sign-in, rights and the shell
around nothing. The queue and the card are a rep's: whose queue is the longest, and once more with 300 leads
in it. "CPU" is what this process itself was busy for, and the better figure on a machine that does other
things too.
"""

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from peers.serving import Asked, asked, bare_view, empty_page

ROOT = Path(__file__).parents[1]
BAR, TIMES, WARM = 50, 20, 2  # ms, requests that count, requests that fill caches
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
    from django.test.utils import setup_test_environment

    from accord.server.running.demo import fill

    setup_test_environment()
    call_command("migrate", verbosity=0)
    fill(ROOT / "examples" / "acme.yaml", Path(os.environ["ACCORD_DATA"]))
    bare, floor = bare_view(TIMES), empty_page(_kai(), WARM + TIMES).after(WARM)
    print(f"{connection.vendor}: {TIMES} requests a page; bar {BAR} ms for the median\n")
    print("     p50     p95     CPU  × floor  page")
    _tell("a bare view, no middleware", bare, floor)
    _tell("the floor: an empty page", floor, floor)
    found = {name: _asked(path, _kai()) for name, path in _pages().items()} | _of_a_rep()
    rows = sorted(found.items(), key=lambda row: row[1].p50, reverse=True)
    for name, page in rows:
        _tell(f"{name}{'' if page.status == 200 else f' ({page.status})'}", page, floor)
    print(f"\nover the bar, of {len(rows)} pages")
    for what, figure in (("by the median", "p50"), ("by CPU alone", "cpu")):
        over = [name for name, page in rows if getattr(page, figure) > BAR]
        print(f"{what}: {', '.join(over) or 'none'}")


def _tell(name: str, page: Asked, floor: Asked) -> None:
    print(f"{page.p50:8.1f}{page.p95:8.1f}{page.cpu:8.1f}{page.cpu / floor.cpu:9.1f}  {name}")


def _asked(path: str, user: Any) -> Asked:
    return asked(path, user, WARM + TIMES).after(WARM)


def _kai() -> Any:
    from accord.server.people.models import User

    return User.objects.get(email="kai@acme.example")


def _of_a_rep() -> dict[str, Asked]:
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
    found = {name: _asked(path, rep) for name, path in pages.items()}
    others = open_.exclude(owner=rep).values_list("pk", flat=True)[: LONG - count]
    Lead.objects.filter(pk__in=list(others)).update(owner=rep)
    long_ones = {
        f"queue of {LONG} leads": "/queue/",
        f"queue of {LONG} leads, all shown": "/queue/?every=yes",
    }
    return found | {name: _asked(path, rep) for name, path in long_ones.items()}


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


if __name__ == "__main__":
    if sys.argv[1:] == ["postgresql"]:
        wrapper = [sys.executable, str(ROOT / "tools" / "with_postgres.py"), sys.executable, __file__]
        sys.exit(subprocess.run(wrapper, check=False).returncode)
    with tempfile.TemporaryDirectory(prefix="accord-pages-") as folder:
        os.environ["ACCORD_DATA"] = folder
        os.environ.setdefault("ACCORD_HOSTS", "testserver,localhost")
        main()
