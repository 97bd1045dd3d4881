"""Who is in the room: whoever gave the code of the session, under a name of his choosing. In memory alone, and gone when the
trainer closes."""

import secrets
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass

DIGITS = 6
MOST_PEOPLE = 200
MOST_LETTERS = 30
TRIES, WITHIN_SECONDS = 30, 60.0
"""Wrong codes of one address after which it waits: a room behind one router shares one."""
TRAINER = "animateur"


class RefusedError(Exception):
    """Nobody came in; the message, in French, says why. `waiting`: the right code would be refused too."""

    def __init__(self, message: str, waiting: bool = False) -> None:
        super().__init__(message)
        self.waiting = waiting


@dataclass(frozen=True)
class Participant:
    """`token`: his cookie; `name`: as he wants to be called, alone to bear it here; `practice`: given at the door."""

    token: str
    name: str
    practice: str


class Attendance:
    """The door of one session. `practices`: given one after the other, from a random one on."""

    def __init__(self, practices: tuple[str, ...] = ()) -> None:
        self._lock = threading.Lock()
        self._wrong: dict[str, deque[float]] = defaultdict(deque)
        self.practices = practices
        self.open()

    def open(self) -> None:
        """A new session, with a code of its own; nobody of the last one is known any more."""
        with self._lock:
            self.code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
            self.is_open = True
            self._people: dict[str, Participant] = {}
            self._wrong.clear()
            self._next = secrets.randbelow(max(len(self.practices), 1))

    def close(self) -> None:
        """Forget everybody; nobody comes in."""
        with self._lock:
            self.is_open = False
            self._people = {}

    def enter(self, code: str, name: str, address: str) -> Participant:
        """Somebody at the door. Raises RefusedError."""
        with self._lock:
            self._check(code, address)
            if len(self._people) >= MOST_PEOPLE:
                raise RefusedError(f"La salle est pleine : {MOST_PEOPLE} participants.")
            practice = self.practices[self._next % len(self.practices)] if self.practices else ""
            self._next += 1
            found = Participant(secrets.token_urlsafe(16), self._own(_cleaned(name)), practice)
            self._people[found.token] = found
            return found

    def of(self, token: str) -> Participant | None:
        """Who holds this cookie."""
        return self._people.get(token)

    def people(self) -> list[Participant]:
        """Those who came in, in order."""
        return list(self._people.values())

    def _check(self, code: str, address: str) -> None:
        if not self.is_open:
            raise RefusedError("L’atelier est fermé.")
        now, wrong = time.monotonic(), self._wrong[address]
        while wrong and now - wrong[0] > WITHIN_SECONDS:
            wrong.popleft()
        if len(wrong) >= TRIES:
            raise RefusedError("Trop d’essais depuis cette adresse : attendez une minute.", waiting=True)
        if not secrets.compare_digest(code.encode(), self.code.encode()):
            wrong.append(now)
            raise RefusedError("Ce code n’est pas celui de cet atelier : il est affiché par l’animateur.")

    def _own(self, name: str) -> str:
        """The name, with a number when somebody has it already."""
        taken, number, own = {one.name for one in self._people.values()}, 1, name
        while own in taken:
            number += 1
            own = f"{name} ({number})"
        return own


def _cleaned(name: str) -> str:
    said = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())[:MOST_LETTERS].strip()
    return said or "Participant"


ROOM = Attendance()
"""That of this process: one server, one session at a time."""
