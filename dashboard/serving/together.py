"""What a page says to the browser leaves in a few parcels.

Streamlit wakes the thread that speaks to browsers for each of the fifty to hundred and thirty elements of a page, and lets
go of the interpreter each time: a tenth of the processor time of a run, more where forty run at once. The browser draws
again for each handful that comes.
"""

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner, ScriptRunnerEvent

HELD_SECONDS = 0.03
"""An element waits no longer; the end of a run takes all before it along."""
Event = Callable[[], None]


class Parcel:
    """What waits for the thread of the loop, in the order it came, from whatever thread."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._adding = threading.Lock()

    def add(self, event: Event) -> bool:
        """Is it the first that waits?"""
        with self._adding:
            self._waiting.append(event)
            return len(self._waiting) == 1

    def deliver(self) -> None:
        """On the thread of the loop. One that fails does so as it would have alone: the next call goes on after it."""
        while self._waiting:
            self._waiting.popleft()()

    def __bool__(self) -> bool:
        return bool(self._waiting)


def _on_event(self: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **more: Any) -> None:
    parcel: Parcel = self.__dict__.setdefault("_parcel", Parcel())
    first = parcel.add(partial(self._handle_scriptrunner_event_on_event_loop, sender, event, **more))
    if event is not ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
        self._call_soon_on_event_loop(partial(_deliver, self, parcel))
    elif first:
        self._call_soon_on_event_loop(partial(_deliver_later, self, parcel))


def _deliver_later(session: AppSession, parcel: Parcel) -> None:
    session._event_loop.call_later(HELD_SECONDS, _deliver, session, parcel)


def _deliver(session: AppSession, parcel: Parcel) -> None:
    try:
        parcel.deliver()
    finally:
        if parcel:
            session._call_soon_on_event_loop(partial(_deliver, session, parcel))


def speak_in_parcels() -> None:
    """From now on, in this process."""
    AppSession._on_scriptrunner_event = _on_event  # type: ignore[method-assign, assignment]
