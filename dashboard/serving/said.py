"""What a person says of patients whose data cannot be written beside: kept in memory until the server stops, so that a
refresh does not lose it. For the person (the cookie that opens this server) and the folder alone."""

import threading
from typing import Any

MOST = 200
"""Persons and folders remembered; the oldest is forgotten when there are more."""

_kept: dict[tuple[str, str, str], list[Any]] = {}
_lock = threading.Lock()


def of(person: str, folder: str, what: str) -> list[Any]:
    """What was said, the oldest first."""
    return list(_kept.get((person, folder, what), ()))


def add(person: str, folder: str, what: str, said: Any) -> None:
    with _lock:
        if (person, folder, what) not in _kept and len(_kept) >= MOST:
            del _kept[next(iter(_kept))]
        _kept.setdefault((person, folder, what), []).append(said)


def forget() -> None:
    """All of it."""
    with _lock:
        _kept.clear()
