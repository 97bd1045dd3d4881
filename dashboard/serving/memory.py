"""Memory of a server that stays up: settings of the allocators, a garbage collector that does not stop each page, and
sessions that end when they should."""

import asyncio
import ctypes
import gc
import os
import sys
import threading
from contextlib import suppress

M_ARENA_MAX = -8
EVERY_SECONDS = 5
LEFT_EVERY_SECONDS = 10


def settle() -> None:
    """Before pyarrow is loaded: few heaps (each thread's would keep its peak), and one allocator for all. Linux only: the
    others do not keep what was freed."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def give_back() -> None:
    """Return to the machine what was freed: reading the country takes six times what is kept of it, and the allocator would
    hold on to the rest. Linux only."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # of glibc, which not every Linux has
            ctypes.CDLL(None).malloc_trim(0)


def freeze() -> None:
    """Put what is loaded for good out of the collector's sight."""
    gc.collect()
    gc.freeze()
    give_back()


def collect_aside() -> threading.Event:
    """Collect garbage in a thread of its own rather than at the end of each page, and give back what it took, until the
    event is set."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(EVERY_SECONDS):
            gc.collect()
            give_back()

    threading.Thread(target=run, name="collector", daemon=True).start()
    return stopped


async def let_go() -> None:
    """End the sessions of those who left two minutes ago, with what they had opened.

    Streamlit keeps a session in case its tab comes back, and drops those that are too old only when another one is kept:
    what the last visitor imported, and his event loop, would stay until somebody else leaves.
    """
    while True:
        await asyncio.sleep(LEFT_EVERY_SECONDS)
        end_old_sessions()


def end_old_sessions() -> None:
    """On the thread of the server's event loop. There is no public way: a test says whether this one still works."""
    from streamlit.runtime import get_instance

    get_instance()._session_mgr._session_storage._cache.expire()  # type: ignore[attr-defined]
