"""What the next pages of a doctor are made of, counted while somebody reads the first one.

One thread, which lets the pages pass: it begins nothing while one is being drawn or loaded, and is the last served where
the system can tell threads apart. Nothing is counted ahead but in the server.
What all the practices of a demonstration take is counted before, by as many threads as there are processors, which are
served like any other: it is soon done.
Another thread counts what may be asked for later, of the other practices, and only while nobody asks for anything.
"""

import os
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

LESS_URGENT = 10
"""By how much it lets the pages pass (`nice`)."""
PATIENCE = 2.0
"""Seconds after which it begins all the same."""
CROWD = 3
"""Pages drawn at a time that nothing waits for: there is always one then, and what is counted is what they all wait for."""
ARRIVING = 1.5
"""Seconds that a browser takes from the document to the first page, which is then being drawn."""
QUIET = 3.0
"""Seconds without a page asked for before something is counted that nobody may ask for."""


class Ahead:
    """What was asked for once is not asked for again."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._first: ThreadPoolExecutor | None = None
        self._later: ThreadPoolExecutor | None = None
        self._asked: set[Hashable] = set()
        self._left: Counter[ThreadPoolExecutor] = Counter()
        self._last_page = 0.0
        self._drawn = 0
        self._arrived: deque[float] = deque(maxlen=CROWD)
        self._counting = threading.Lock()

    @property
    def left(self) -> int:
        """How many steps are still to be counted."""
        return self._left.total()

    def start(self) -> None:
        self._first = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="first")
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead", initializer=_let_pass)
        self._later = ThreadPoolExecutor(max_workers=1, thread_name_prefix="later", initializer=_let_pass)

    def stop(self) -> None:
        """Ends after what it is counting."""
        pools = self._first, self._pool, self._later
        self._first = self._pool = self._later = None
        self._asked.clear()
        self._left.clear()
        for pool in filter(None, pools):
            pool.shutdown(cancel_futures=True)

    def arriving(self) -> None:
        """Somebody's browser asks for the document."""
        self._arrived.append(time.monotonic())

    @property
    def _awaited(self) -> int:
        """Pages that somebody waits for."""
        now = time.monotonic()
        return self._drawn + sum(now - since < ARRIVING for since in list(self._arrived))

    def page(self) -> None:
        """A page is asked for."""
        self._last_page = time.monotonic()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """A page is being drawn meanwhile."""
        self.page()
        with self._counting:
            self._drawn += 1
        try:
            yield
        finally:
            with self._counting:
                self._drawn -= 1

    def later(self, key: Hashable, steps: Iterable[Callable[[], object]]) -> None:
        """Do these, in turn, each once nothing else is counted and no page was asked for since a while; `soon` may ask for
        the same meanwhile."""
        if self._later is None or ("later", key) in self._asked:
            return
        self._asked.add(("later", key))
        with suppress(RuntimeError):  # the server has just stopped
            for step in steps:
                self._later.submit(self._in_quiet, step)

    def _in_quiet(self, step: Callable[[], object]) -> None:
        while self._later and (self.left or time.monotonic() - self._last_page < QUIET):
            time.sleep(0.1)
        if self._later:
            step()

    def soon(self, key: Hashable, steps: Iterable[Callable[[], object]]) -> None:
        """Do these, one after the other, when their turn comes; a fault is for the page that asks to tell. They are not
        looked at again once they were asked for: each page that is drawn asks."""
        if self._pool is None or key in self._asked:
            return
        self._asked.add(key)
        self._submit(self._pool, self._after_the_first, steps)

    def first(self, steps: Iterable[Callable[[], object]]) -> None:
        """Do these before all that `soon` is asked for, several at a time, begun in this order."""
        if self._first is not None:
            self._submit(self._first, self._between_pages, steps)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        do: Callable[[Callable[[], object]], None],
        steps: Iterable[Callable[[], object]],
    ) -> None:
        for step in steps:
            with self._counting:
                self._left[pool] += 1
            try:
                pool.submit(do, step).add_done_callback(partial(self._one_less, pool))
            except RuntimeError:  # the server has just stopped
                self._left.pop(pool, None)

    def _after_the_first(self, step: Callable[[], object]) -> None:
        while (first := self._first) and self._left[first]:
            time.sleep(0.01)
        self._between_pages(step)

    def _between_pages(self, step: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE
        while 0 < self._awaited < CROWD and time.monotonic() < until:
            time.sleep(0.01)
        step()

    def _one_less(self, pool: ThreadPoolExecutor, _done: Future[None]) -> None:
        with self._counting:
            self._left[pool] = max(0, self._left[pool] - 1)


def _let_pass() -> None:
    if sys.platform == "linux":  # elsewhere the number of a thread may be that of another program
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LESS_URGENT)


AHEAD = Ahead()
