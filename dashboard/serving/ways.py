"""How this server runs: alone on a doctor's computer, in a room on fictitious data, or for many doctors. Said once, by the
command, before the server is loaded."""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """The three of them."""

    ALONE = "alone"
    ROOM = "room"
    SERVER = "server"


@dataclass(frozen=True)
class Place:
    """Where it listens, and the name and address under which others reach it; nobody else does when it is alone."""

    listens: str = "127.0.0.1"
    host: str = "127.0.0.1"
    port: int = 0
    scheme: str = "http"

    @property
    def address(self) -> str:
        at = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{at}" + (f":{self.port}" if self.port else "")


NOT_FOR_OTHERS = ("rapprochement", "comparaison", "donnees")
"""Pages that open, write or erase on this computer: for whoever sits before it."""
_now, _place = Way.ALONE, Place()


def start(way: Way, place: Place) -> None:
    """From here on."""
    global _now, _place
    _now, _place = way, place


def now() -> Way:
    return _now


def place() -> Place:
    return _place


def is_alone() -> bool:
    """Are the folders of this computer at hand, to be opened, imported to and erased?"""
    return _now is Way.ALONE
