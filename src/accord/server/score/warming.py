"""The web process reads the usual scores before anybody asks: unpacking a large one takes a second.

It does so when it starts and after each new fold, in a thread of its own that ends with the process.
"""

import threading
import time

from django.db import close_old_connections
from django.utils import timezone

from accord.server.running.logs import logger
from accord.server.score import folding
from accord.server.score.models import Reading
from accord.server.score.reading import Answer, sections_of

LOOK_EVERY_S = 10.0
log = logger(__name__)


def start() -> threading.Thread:
    thread = threading.Thread(target=_run, name="warm scores", daemon=True)
    thread.start()
    return thread


def warm(known: str = "") -> str:
    """Unpack what was made ahead of the newest fold, unless that is the `known` one; the fold's name."""
    found = folding.in_force(timezone.now())
    fold = folding.newest(found[0]) if found else None
    if found is None or fold is None or fold.name == known:
        return known
    for reading in Reading.objects.defer("body").filter(fold=fold, standing=True, size__gt=0).order_by("pk"):
        sections_of(Answer(fold, reading), found[0])
    return fold.name


def _run() -> None:
    known = ""
    while True:
        try:
            close_old_connections()
            known = warm(known)
        except Exception:  # a page unpacks for itself what is not there yet
            log.exception("the scores could not be read ahead")
        time.sleep(LOOK_EVERY_S)
