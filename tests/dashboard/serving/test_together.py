"""What a page says leaves in a few parcels: all of it, in its order, whoever says it, and nothing waits for ever."""

import asyncio
import threading
from functools import partial
from types import SimpleNamespace

import pytest
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from dashboard.serving import together
from dashboard.serving.together import Parcel, speak_in_parcels

ELEMENT, END = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS


class Session(SimpleNamespace):
    """A session that notes what reaches it, and how often its loop was woken."""

    def __init__(self) -> None:
        super().__init__(heard=[], woken=0, _event_loop=asyncio.get_running_loop())

    def _call_soon_on_event_loop(self, call) -> None:
        self.woken += 1
        self._event_loop.call_soon_threadsafe(call)

    def _handle_scriptrunner_event_on_event_loop(self, sender, event, forward_msg=None) -> None:
        self.heard.append(forward_msg if event is ELEMENT else event)
        if forward_msg == "faulty":
            raise ValueError

    def say(self, message: object) -> None:
        together._on_event(self, None, ELEMENT, forward_msg=message)

    def end(self) -> None:
        together._on_event(self, None, END)


def test_a_run_of_many_elements_wakes_the_loop_twice() -> None:
    async def run() -> Session:
        session = Session()
        for number in range(100):
            session.say(number)
        session.end()
        await asyncio.sleep(0.01)
        return session

    session = asyncio.run(run())
    assert session.heard == [*range(100), END]
    assert session.woken == 2


def test_an_element_leaves_before_the_end_of_a_long_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "HELD_SECONDS", 0.01)

    async def run() -> list[object]:
        session = Session()
        session.say("titre")
        for _ in range(500):
            if session.heard:
                break
            await asyncio.sleep(0.01)
        return session.heard

    assert asyncio.run(run()) == ["titre"]


def test_one_that_fails_leaves_the_others() -> None:
    async def run() -> tuple[Session, list[str]]:
        session, faults = Session(), []
        session._event_loop.set_exception_handler(lambda _loop, told: faults.append(type(told["exception"]).__name__))
        for message in ("avant", "faulty", "après"):
            session.say(message)
        session.end()
        await asyncio.sleep(0.01)
        return session, faults

    session, faults = asyncio.run(run())
    assert session.heard == ["avant", "faulty", "après", END]
    assert faults == ["ValueError"]


def test_several_threads_that_speak_at_once_are_all_heard() -> None:
    heard: list[tuple[int, int]] = []
    parcel, first = Parcel(), threading.Semaphore(0)

    def speak(who: int) -> None:
        for number in range(300):
            if parcel.add(partial(heard.append, (who, number))):
                first.release()

    threads = [threading.Thread(target=speak, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if first.acquire(timeout=0.01):  # only ever called for a first
            parcel.deliver()
    while first.acquire(blocking=False):
        parcel.deliver()
    assert sorted(heard) == [(who, number) for who in range(4) for number in range(300)]
    assert all([number for one, number in heard if one == who] == list(range(300)) for who in range(4))


def test_it_stands_in_for_each_event_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AppSession, "_on_scriptrunner_event", None)
    speak_in_parcels()
    assert AppSession._on_scriptrunner_event is together._on_event
