"""Memory of a server that stays up: settings of the allocators, and a garbage collector that does not stop each page."""

import ctypes
import gc
import os
import sys
import threading

M_ARENA_MAX = -8
EVERY_SECONDS = 5


def settle() -> None:
    """Before pyarrow is loaded: few heaps (each thread's would keep its peak), and one allocator for all. Linux only: the
    others do not keep what was freed."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def freeze() -> None:
    """Put what is loaded for good out of the collector's sight."""
    gc.collect()
    gc.freeze()


def collect_aside() -> threading.Event:
    """Collect garbage in a thread of its own rather than at the end of each page, until the event is set."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(EVERY_SECONDS):
            gc.collect()

    threading.Thread(target=run, name="collector", daemon=True).start()
    return stopped
