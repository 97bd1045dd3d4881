"""What happens in the room, in memory alone: which practice each one looks at, which cases he opened, what he thought; and
the screen that the trainer puts before everybody."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class Progress:
    """Of one participant: `opened`, his case now; `thought`: his opinion by case; `read`: cases whose answer he saw."""

    practice: str = ""
    opened: str = ""
    thought: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Screen:
    """What everybody is sent to: a page of the menu, a practice or each his own, a case of the page of the room."""

    page: str
    practice: str = ""
    case: str = ""


class Classroom:
    """One session; `number` counts the screens sent, so that each tab goes to each of them once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.number = 0
        self.clear()

    def clear(self) -> None:
        """Forget what was done, not who is there."""
        with self._lock:
            self._of: dict[str, Progress] = {}
            self.screen: Screen | None = None

    def of(self, person: str) -> Progress:
        with self._lock:
            return self._of.setdefault(person, Progress())

    def send(self, screen: Screen) -> None:
        """Everybody to the same screen."""
        with self._lock:
            self.screen, self.number = screen, self.number + 1


OPENED, READ, THOUGHT = "ouvert", "réponse lue", "avis donné"


def grid(people: Iterable[tuple[str, str]], progress: Mapping[str, Progress], cases: Iterable[str]) -> list[list[str]]:
    """A row for each (name, person): his name, then where he is with each case."""
    asked = list(cases)
    return [[name, *(_standing(progress[person], case) for case in asked)] for name, person in people]


def _standing(one: Progress, case: str) -> str:
    if case in one.read:
        return READ
    if case in one.thought:
        return THOUGHT
    return OPENED if one.opened == case else ""


CLASSROOM = Classroom()
"""That of this process."""
