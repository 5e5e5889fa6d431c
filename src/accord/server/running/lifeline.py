"""A process that ends when the one that started it is gone, however that went."""

import os
import signal
import threading
import time

_LOOK_EVERY_S = 0.5
LAST_WORDS_S = 10.0  # what is under way may end in this time


def end_with(parent: int) -> None:
    """Watch, from a thread, that `parent` is still this process's parent.

    Once it is not, this process is asked to stop as by SIGTERM, and ends after `LAST_WORDS_S` at the latest.
    A look twice a second, rather than Linux's signal at the parent's death: it works on every system, for
    a parent that died before this was called, and it leaves time to end what is under way.
    """
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_WORDS_S)
    os._exit(1)
