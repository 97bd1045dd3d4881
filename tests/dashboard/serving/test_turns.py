"""No more pages are computed at a time than the machine can do; a page that fails lets the next one in, and one that was
computed before waits for nobody."""

import threading
from functools import partial

import pytest
import streamlit as st

from calculators.errors import UserError
from dashboard import widgets
from dashboard.serving import turns
from dashboard.serving.turns import Turns


def test_a_page_waits_for_its_turn_and_gives_it_back_whatever_happens(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(widgets, "TURNS", Turns(2))
    monkeypatch.setattr(widgets, "_chosen", lambda *_: None)
    monkeypatch.setattr(widgets, "mistaken", lambda _: None)
    monkeypatch.setattr(st, "session_state", {})  # without sessions they would share a state that is not for many
    here, most, lock, two = 0, 0, threading.Lock(), threading.Event()

    def show(_choice: object) -> None:
        nonlocal here, most
        with lock:
            here += 1
            most = max(most, here)
        if most == 2:
            two.set()
        two.wait(30)
        threading.Event().wait(0.05)  # time for a third, if one were let in
        with lock:
            here -= 1
        raise UserError("Une faute.")

    pages = [threading.Thread(target=widgets.frame, args=(show, f"page {number}", True)) for number in range(6)]
    for one in pages:
        one.start()
    for one in pages:
        one.join(30)
    assert not any(one.is_alive() for one in pages)
    assert most == 2


def test_what_was_computed_waits_for_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turns, "KNOWN", 2)
    one, entered, leave = Turns(1), threading.Event(), threading.Event()
    with one.first_time("known"):
        pass

    def hold() -> None:
        with one.first_time("new"):
            entered.set()
            leave.wait(30)

    def pass_by(page: str, passed: threading.Event) -> None:
        with one.first_time(page):
            passed.set()

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(30)
    again, other = threading.Event(), threading.Event()
    visitors = [threading.Thread(target=partial(pass_by, *given)) for given in (("known", again), ("other", other))]
    for visitor in visitors:
        visitor.start()
    assert again.wait(30)
    assert not other.is_set()
    leave.set()
    assert other.wait(30)
    for thread in (holder, *visitors):
        thread.join(30)
