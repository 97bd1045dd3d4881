"""Who has come in: in the memory of the server alone, by a random cookie. Gone at logout, after a while without a click, and
at the end of the session whatever was done in it; a restart of the server ends them all."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from dashboard.serving.settings import Group, Right, Settings

COOKIE = "tableau_mt_session"


@dataclass
class Login:
    """Of one person in one browser: `identity`, the value of the claim; `id_token`, to leave the provider; `doctor`, the
    last one he looked at; `files`, those that his pages were given, each with its doctor."""

    token: str
    identity: str
    name: str
    id_token: str
    until: float
    seen: float
    doctor: str = ""
    files: dict[str, str] = field(default_factory=dict)


class Logins:
    """Those of this process. `clock`: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Login] = {}
        self.session_seconds, self.idle_seconds = 0.0, 0.0

    def use(self, session_minutes: float, idle_minutes: float) -> None:
        self.session_seconds, self.idle_seconds = 60 * session_minutes, 60 * idle_minutes

    def begin(self, identity: str, name: str, id_token: str = "") -> Login:
        now = self._clock()
        found = Login(secrets.token_urlsafe(32), identity, name, id_token, now + self.session_seconds, now)
        with self._lock:
            self._open[found.token] = found
        return found

    def of(self, token: str, clicked: bool = False) -> Login | None:
        """Who holds this cookie; nobody once it has expired. `clicked`: he is still there."""
        found, now = self._open.get(token), self._clock()
        if found is None or now >= found.until or now >= found.seen + self.idle_seconds:
            return None
        if clicked:
            found.seen = now
        return found

    def end(self, token: str) -> Login | None:
        with self._lock:
            return self._open.pop(token, None)

    def end_expired(self) -> list[Login]:
        """Those that have expired since they were last asked for."""
        expired = [one for token, one in list(self._open.items()) if self.of(token) is None]
        for one in expired:
            self.end(one.token)
        return expired


LOGINS = Logins()


@dataclass(frozen=True)
class Person:
    """Somebody who has come in, and what he may see today."""

    login: Login
    rights: dict[str, frozenset[Right]]
    groups: tuple[Group, ...]

    @property
    def doctors(self) -> tuple[str, ...]:
        return tuple(sorted(self.rights))


def person(login: Login, settings: Settings, day: date | None = None) -> Person:
    """On a day, today when nobody says."""
    day = day or datetime.now().date()
    identity = login.identity
    return Person(login, settings.rights_of(identity, day), tuple(settings.groups_of(identity)))
