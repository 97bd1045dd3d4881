"""What a number of the address stands for: a patient, or those of a session of calls. The address names nobody, and is in
the history of the browser.

A number is drawn once for a person (the cookie that opens this server), a folder and what it means, and kept in memory: it
says nothing to anybody else, in another folder, or once the server has stopped.
"""

import secrets
import threading

MOST = 20_000
Meant = str | tuple[str, ...]
"""A patient, or several."""
Opened = tuple[str, str, Meant]
"""The person, the folder, and what is meant."""

_numbers: dict[Opened, str] = {}
_opened: dict[str, Opened] = {}
_lock = threading.Lock()


def number(person: str, folder: str, meant: Meant) -> str:
    """The number that stands for it; the oldest is forgotten when there are too many."""
    asked = (person, folder, meant)
    with _lock:
        if asked not in _numbers:
            if len(_numbers) >= MOST:
                _drop(next(iter(_numbers)))
            drawn = secrets.token_hex(8)
            _numbers[asked], _opened[drawn] = drawn, asked
        return _numbers[asked]


def meant(person: str, folder: str, given: str) -> Meant | None:
    """What a number stands for; None when it is not one of this person's in this folder."""
    found = _opened.get(given)
    return found[2] if found and found[:2] == (person, folder) else None


def forget(folder: str) -> None:
    """The folder is no more."""
    with _lock:
        for one in [one for one in _numbers if one[1] == folder]:
            _drop(one)


def _drop(one: Opened) -> None:
    del _opened[_numbers.pop(one)]
