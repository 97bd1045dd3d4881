"""How many pages are computed for the first time at a time.

More than the processors can do would all end later than one after the other, each holding its memory meanwhile: thirty
visitors of a cold server took 160 MB more and twice the processor. A page that waits has its menu and its banner already;
one that was computed before waits for nobody.
"""

import os
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

AT_A_TIME = max(2, os.cpu_count() or 1)
KNOWN = 10_000


class Turns:
    """So many at a time; whoever holds a turn never asks for another."""

    def __init__(self, at_a_time: int = AT_A_TIME) -> None:
        self._turns = threading.BoundedSemaphore(at_a_time)
        self._computed: set[Hashable] = set()

    @contextmanager
    def first_time(self, page: Hashable) -> Iterator[None]:
        """Wait for a turn unless this page was computed already."""
        if page in self._computed:
            yield
            return
        with self._turns:
            yield
        if len(self._computed) >= KNOWN:
            self._computed.clear()
        self._computed.add(page)


TURNS = Turns()
