"""What was opened for a visit: temporary folders that outlive a refresh of the page, and go when nobody is left.

A session that shows one keeps it; a refresh is another session, which finds it by the word in its address. When the last
session that kept it is gone, and a while has passed, it is removed; those of a server that crashed are swept at the next
start (`calculators/visit.py`).
"""

import asyncio
import tempfile
import time
import weakref
from pathlib import Path

from calculators import visit

LEFT_SECONDS = 120
"""As long as a page may take to come back."""
EVERY_SECONDS = 10


class Keeper:
    """Somebody who is there: one per session, gone with it."""


class Visit:
    """One folder, for its owner alone."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] = visit.folder()
        self._keepers: weakref.WeakSet[Keeper] = weakref.WeakSet()
        self._seen = time.monotonic()

    @property
    def path(self) -> Path:
        return Path(self._folder.name).resolve()

    def kept_by(self, keeper: Keeper) -> None:
        self._keepers.add(keeper)
        self._seen = time.monotonic()

    def is_left(self) -> bool:
        return not self._keepers and time.monotonic() - self._seen > LEFT_SECONDS

    def end(self) -> None:
        self._folder.cleanup()


_visits: list[Visit] = []


def begin() -> Visit:
    """A new folder."""
    _visits.append(Visit())
    return _visits[-1]


def of(folder: Path) -> Visit | None:
    """The visit that a folder is in."""
    return next((one for one in _visits if folder.resolve().is_relative_to(one.path)), None)


def end(one: Visit) -> None:
    """Remove a folder now."""
    if one in _visits:
        _visits.remove(one)
    one.end()


def end_all() -> None:
    """The server stops."""
    for one in list(_visits):
        end(one)


def end_left() -> None:
    """Remove those that nobody shows any more."""
    for one in [one for one in _visits if one.is_left()]:
        end(one)


async def let_go() -> None:
    """Remove them as time goes."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        end_left()
