"""What is counted ahead: once, in the server alone, and a fault of it harms nobody."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pyarrow as pa
import pytest

from calculators.forfait.claims import claims
from calculators.records.store import Store
from dashboard import data, shipped
from dashboard.data import Place
from dashboard.serving import ahead
from dashboard.serving.ahead import Ahead
from dashboard.serving.ways import Way
from tests.dashboard.opening import opened


@pytest.fixture
def started() -> Iterator[Ahead]:
    one = Ahead()
    one.start()
    yield one
    one.stop()


def test_what_is_asked_for_twice_is_counted_once_in_order_and_a_fault_stops_nothing(started: Ahead):
    found: list[object] = []
    done = threading.Event()

    def fault() -> None:
        found.append("fault")
        raise ValueError

    for _ in range(3):
        started.soon("M01", [lambda: found.append(1), fault, lambda: found.append(2)])
    started.soon("M02", [done.set])
    assert done.wait(10)
    assert found == [1, "fault", 2]
    started.stop()
    assert started.left == 0


def test_nothing_is_begun_while_a_page_is_drawn_unless_there_always_is_one(
    started: Ahead, monkeypatch: pytest.MonkeyPatch
):
    done, also_done = threading.Event(), threading.Event()
    with suppress(ValueError), started.drawing():
        started.soon("M01", [done.set])
        assert not done.wait(0.2)
        raise ValueError
    assert done.wait(1)
    monkeypatch.setattr(ahead, "PATIENCE", 0.1)
    with started.drawing():
        started.soon("M02", [also_done.set])
        assert also_done.wait(1)


def test_nothing_is_begun_while_a_browser_loads_the_page(started: Ahead, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ahead, "ARRIVING", 1.0)
    done, since = threading.Event(), time.monotonic()
    started.arriving()
    started.first([done.set])
    assert done.wait(5)
    assert time.monotonic() - since > 0.95
    for _ in range(3):
        started.arriving()
    since, also_done = time.monotonic(), threading.Event()
    started.first([also_done.set])
    assert also_done.wait(5)
    assert time.monotonic() - since < 0.95


def test_in_a_crowd_nothing_waits(started: Ahead):
    done = threading.Event()
    with started.drawing(), started.drawing(), started.drawing():
        started.soon("M01", [done.set])
        assert done.wait(1)


def test_what_all_need_is_counted_before_what_one_asks_for(started: Ahead):
    found: list[object] = []
    go_on, done = threading.Event(), threading.Event()

    def fault() -> None:
        raise ValueError

    started.first([go_on.wait, fault, lambda: found.append("all")])
    started.soon("M01", [lambda: found.append("M01"), done.set])
    assert not done.wait(0.3)
    assert started.left > 2  # of one, and at least what is waited for
    go_on.set()
    assert done.wait(10)
    assert found == ["all", "M01"]


def test_what_is_left_to_count_is_known(started: Ahead):
    go_on = threading.Event()
    started.soon("M01", [go_on.wait, lambda: None])
    assert started.left == 2
    go_on.set()


def test_in_a_room_the_first_pages_of_everybody_come_before_all_others(monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple] = []
    monkeypatch.setattr(ahead.AHEAD, "soon", lambda key, given: asked.append((key, len(list(given)))))
    monkeypatch.setattr(data.ways, "now", lambda: Way.ROOM)
    data.anticipate_everybody()
    known = data.doctors(data.place(data.default_folder()))
    assert [(key[0], key[2]) for key, _ in asked[: len(known)]] == [("first", doctor) for doctor in known]
    assert [key[1] for key, _ in asked[len(known) :]] == known
    assert all(number for _, number in asked)


def test_before_a_demonstration_the_other_practices_wait_until_nobody_asks_for_anything(
    started: Ahead, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ahead, "QUIET", 0.3)
    found: list[object] = []
    go_on, done = threading.Event(), threading.Event()
    started.page()
    started.soon("M01", [go_on.wait, lambda: found.append("M01")])
    started.later("M02", [lambda: found.append("M02"), done.set])
    assert not done.wait(0.5)  # something is being counted
    started.page()
    since = time.monotonic()
    go_on.set()
    assert done.wait(10)
    assert time.monotonic() - since > 0.25  # a page was asked for
    assert found == ["M01", "M02"]


def test_many_practices_are_not_counted_before_they_are_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(data, "FEW", 3)
    monkeypatch.setattr(ahead.AHEAD, "later", lambda *_: pytest.fail("counted ahead"))
    data.anticipate_everybody()


@pytest.mark.slow
def test_a_statement_is_put_to_the_test_once(monkeypatch: pytest.MonkeyPatch):
    here, [claim, *_] = data.place(shipped.PRACTICES), claims()
    first = data.tested(here, claim, *data.affirmed(here))
    monkeypatch.setattr(data, "put_to_the_test", lambda *_: pytest.fail("tested again"))
    assert data.tested(here, claim, *data.affirmed(here)) is first


def test_nothing_is_counted_ahead_before_the_server_starts_nor_once_it_stops():
    one, found = Ahead(), []
    one.soon("M01", [lambda: found.append(1)])
    one.start()
    one.stop()
    one.soon("M02", [lambda: found.append(2)])
    assert found == []


def test_nothing_of_a_visit_is_counted_ahead(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ahead.AHEAD, "soon", lambda *_: pytest.fail("counted ahead"))
    data.anticipate(Place("/tmp/visite", "1", uploaded=True), "M01", data.last_day(data.place(shipped.PRACTICES)))


@pytest.mark.slow
def test_the_pages_of_a_doctor_find_what_was_counted_ahead(monkeypatch: pytest.MonkeyPatch):
    steps: list = []
    monkeypatch.setattr(ahead.AHEAD, "soon", lambda _key, given: steps.extend(given))
    here = data.place(shipped.PRACTICES)
    as_of = data.last_day(here)
    data.anticipate(here, "M02", as_of)
    for step in steps:
        step()
    monkeypatch.setattr(data, "assess", lambda *_, **__: pytest.fail("counted again"))
    monkeypatch.setattr(data.pay, "pay_lines", lambda *_, **__: pytest.fail("counted again"))
    signed = data.version_in_force(here, as_of.year)
    data.calls(here, "M02", as_of, data.preferred_set(here), ())
    data.monthly(here, "M02", as_of, data.preferred_set(here), data.MONTHS)
    data.forfait(here, "M02", as_of.year, signed, "acquis")
    data.forfait(here, "M02", as_of.year, signed, "plein")


@pytest.mark.slow
def test_scenarios_find_the_lists_counted_under_every_reading(monkeypatch: pytest.MonkeyPatch):
    steps: list = []
    monkeypatch.setattr(ahead.AHEAD, "soon", lambda _key, given: steps.extend(given))
    monkeypatch.setattr(ahead.AHEAD, "first", steps.extend)
    data.anticipate_the_rest()
    counted = [step for step in steps if getattr(step, "func", None) is data.population]
    for step in counted:
        step()
    monkeypatch.setattr(data.results, "counted", lambda *_: pytest.fail("counted again"))
    assert counted
    assert list(opened("scenarios").exception) == []


@pytest.mark.slow
def test_these_pages_ask_the_record_nothing_that_was_not_counted_ahead(monkeypatch: pytest.MonkeyPatch):
    steps: list = []
    monkeypatch.setattr(ahead.AHEAD, "soon", lambda _key, given: steps.extend(given))
    here = data.place(shipped.PRACTICES)
    data.verified(here)  # the banner of every page
    data.anticipate(here, "M02", data.last_day(here))
    for step in steps:
        step()
    asked: list[str] = []
    engine = Store.engine
    for page in ("revenu", "activite"):
        monkeypatch.setattr(Store, "engine", lambda store, page=page: asked.append(page) or engine(store))
        app = opened(page, medecin="M02")
        assert not app.exception
        assert not app.error
    assert asked == []


@pytest.mark.slow
def test_data_shorter_than_a_year_stop_no_page(monkeypatch: pytest.MonkeyPatch):
    steps: list = []
    monkeypatch.setattr(ahead.AHEAD, "soon", lambda _key, given: steps.extend(given))
    monkeypatch.setattr(data, "full_years", lambda _here: [])
    here = data.place(shipped.PRACTICES)
    data.anticipate(here, "M02", data.last_day(here))
    assert len(steps) > 5


@pytest.mark.slow
def test_what_was_counted_of_every_practice_is_not_counted_again_when_it_is_looked_at(monkeypatch: pytest.MonkeyPatch):
    here = data.place(shipped.PRACTICES)
    as_of, chosen = data.last_day(here), data.preferred_set(here)
    counted = pa.table({"month": [as_of]})
    monkeypatch.setattr(data.prevention_rates, "at_month_end", lambda *_: counted)
    days = [as_of - timedelta(days=1000 + n) for n in range(data.MONTHS * data.FEW)]
    for day in days:
        data.month(here, "personne", day, chosen)
    monkeypatch.setattr(data.prevention_rates, "at_month_end", lambda *_: pytest.fail("counted again"))
    assert all(data.month(here, "personne", day, chosen).num_rows == 1 for day in days)
