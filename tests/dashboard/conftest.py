"""Small practices for the front ends: three doctors the ratio can be computed for, and the record of one patient."""

import random
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from inspect import Parameter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import streamlit as st
from playwright.sync_api import Browser, sync_playwright
from streamlit import type_util
from streamlit.components.v2 import manifest_scanner
from streamlit.elements.widgets import selectbox, slider, text_widgets
from streamlit.runtime.state import SafeSessionState, get_session_state
from streamlit.testing.v1 import local_script_runner

from calculators.prevention import rates, sender, visits
from calculators.records.examined import examined
from calculators.records.store import open_store
from dashboard import address, data, shipped, widgets
from dashboard.serving import said
from tests import practice
from tests.dashboard import browsing, opening
from tests.dashboard.serving.server import Server, serving
from tests.once import made_once

DOCTORS = ("dr-ardant", "dr-boyer", "dr-caumont")
PER_DOCTOR = 160
ACTS = (("nabm", "1577"), ("nabm", "1133"), ("nabm", "0552"), ("nabm", "0592"), ("nabm", "1805"))
DRUGS = ("J07BB02", "C10AA05", "A02BC01", "N02BE01", "A10BA02")


def small_practices(folder: Path) -> Path:
    """Three lists over seven years, drawn once and for all."""
    draw = random.Random(7)

    def some_day(first: date, last: date) -> str:
        return (first + timedelta(days=draw.randrange((last - first).days))).isoformat()

    tables: dict[str, list] = {name: [] for name in ("patients", "registrations", "ald", "c2s", "acts", "deliveries")}
    for doctor in DOCTORS:
        for rank in range(PER_DOCTOR):
            patient = f"{doctor[3:6]}-{rank:03d}"
            birth = some_day(date(1935, 1, 1), date(2017, 6, 1))
            tables["patients"].append((patient, birth, draw.choice("FM")))
            tables["registrations"].append((patient, doctor, "2018-01-01"))
            if draw.random() < 0.3:
                tables["ald"].append((patient, draw.choice([3, 5, 8, 12, 13]), "2017-09-01"))
            if draw.random() < 0.1:
                tables["c2s"].append((patient, "2019-01-01"))
            for _ in range(4):
                seen = some_day(date(2020, 1, 1), date(2026, 6, 1))
                tables["acts"].append((patient, seen, "ngap", "G", 1, doctor, "01"))
            tables["acts"].append(
                (patient, some_day(date(2025, 1, 1), date(2025, 12, 31)), "ngap", "G", 1, doctor, "01")
            )
            tables["acts"] += [(patient, some_day(date(2022, 1, 1), date(2026, 6, 1)), *draw.choice(ACTS))]
            for drug in DRUGS:
                day, cents = some_day(date(2025, 1, 2), date(2025, 12, 31)), draw.randrange(200, 3000)
                tables["deliveries"].append((patient, day, None, drug, 1, cents, doctor, "01"))
    about = practice.dataset(title="Cabinets d’essai", covers_from=date(2018, 1, 1))
    doctors = [{"doctor_id": doctor, "birth_date": date(1960, 3, 1), "zone": "zip"} for doctor in DOCTORS]
    return practice.write(folder, about, doctors=doctors, **tables)


def one_record(folder: Path) -> Path:
    """What the import of one patient's reimbursement history looks like: no list, no rights, no amounts."""
    about = practice.dataset(
        title="Historique des remboursements", synthetic=False, ald_known=False, c2s_known=False,
        covers_from=date(2019, 12, 1), covers_to=date(2021, 1, 31),
    )  # fmt: skip
    return practice.write(
        folder,
        about,
        patients=[("patient-1", "1950-03-01", "F")],
        registrations=[("patient-1", "inconnu", "2019-12-01", "2021-01-31")],
        acts=[("patient-1", "2020-05-02", "nabm", "1577")],
        deliveries=[("patient-1", "2020-10-22", None, "J07BB02", 1)],
    )


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """Each AppTest reads the metadata of every installed package, which takes it longer than to run a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def a_run_is_waited_for_without_asking() -> Iterator[None]:
    """AppTest asks a thousand times a second whether the run has ended, and the run gives way each time."""
    ask = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        runner._script_thread.join(timeout)
        ask(runner, timeout if runner.script_stopped() else 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(scope="session", autouse=True)
def a_widget_looks_for_its_own_value_alone() -> Iterator[None]:
    """Each puts all that the session holds in one table, to look whether its own is empty: an eighth of a run."""

    class Asked:
        def __init__(self, state: SafeSessionState) -> None:
            self.filtered_state, self.whole = state._state, state

        def __getattr__(self, name: str) -> Any:
            return getattr(self.whole, name)

    with pytest.MonkeyPatch.context() as patch:
        for module in (selectbox, slider, text_widgets):
            patch.setattr(module, "get_session_state", lambda: Asked(get_session_state()))
        yield


@pytest.fixture(scope="session", autouse=True)
def a_signature_is_read_once() -> Iterator[None]:
    """Whatever is kept is looked for by the names of its arguments, which are read anew each time."""
    read: WeakKeyDictionary[Callable[..., Any], list[Parameter]] = WeakKeyDictionary()
    ask = type_util.get_func_parameters

    def known(function: Callable[..., Any]) -> list[Parameter]:
        return read[function] if function in read else read.setdefault(function, ask(function))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type_util, "get_func_parameters", known)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_person() -> Iterator[None]:
    """A page run as a script has no cookies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(address, "_person", lambda: "moi")
        yield


@pytest.fixture(scope="session", autouse=True)
def two_months_are_enough() -> Iterator[None]:
    """Each of twelve judges the whole list again, wherever the page of the indicators is opened; see `every_month`."""
    last_two = SimpleNamespace(**{**vars(rates), "month_ends": lambda *asked: rates.month_ends(*asked)[-2:]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "prevention_rates", last_two)
        yield


@pytest.fixture
def every_month(monkeypatch: pytest.MonkeyPatch, bare_caches: None) -> None:
    """For a test of the months themselves."""
    monkeypatch.setattr(data, "prevention_rates", rates)


@pytest.fixture(autouse=True)
def nothing_said_before() -> Iterator[None]:
    """What is said on data that cannot be written beside is kept as long as the process."""
    yield
    said.forget()


@pytest.fixture(scope="session", autouse=True)
def what_is_exported_is_kept() -> Iterator[None]:
    offer = widgets.export_buttons

    def keep(table: widgets.Exported, name: str, key: str) -> None:
        opening.EXPORTED[-8:] = [*opening.EXPORTED[-7:], (key, table() if callable(table) else table)]
        offer(table, name, key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widgets, "export_buttons", keep)
        yield


@pytest.fixture(scope="module")
def kept_caches() -> Iterator[None]:
    """What pages keep is kept from test to test, for a module that patches nothing they keep; it starts and ends bare."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = browsing.launch(playwright, browsing.BRIEF)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def calm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same for all modules that need no more than the pages: see `calm.py`."""
    with serving(shipped.PRACTICES, tmp_path_factory.mktemp("ailleurs"), ahead=False) as server:
        yield server


@pytest.fixture(scope="module")
def server(calm_server: Server) -> Server:
    """A module that needs more has its own."""
    return calm_server


@pytest.fixture(scope="module")
def tab(browser: Browser, server: Server) -> Iterator[browsing.Watched]:
    """What a doctor has: a small screen."""
    with browsing.one_tab(browser, server) as tab:
        yield tab


@pytest.fixture
def watched(tab: browsing.Watched) -> browsing.Watched:
    return tab.anew()


@pytest.fixture(scope="session")
def practices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With their store, already verified: a copy has both."""
    return made_once(tmp_path_factory, "cabinets", lambda to: examined(open_store(small_practices(to))))


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "historique", lambda to: open_store(one_record(to)))


@pytest.fixture(scope="session")
def place_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("propre") / "cabinet"


@pytest.fixture
def folder(
    practices: Path, place_of_ones_own: Path, monkeypatch: pytest.MonkeyPatch, kept_caches: None
) -> Iterator[Path]:
    """A folder of one's own, which can be written to: as it was in each test, at the same place, so that what pages
    computed of it there still holds."""
    shutil.copytree(practices, place_of_ones_own, ignore=shutil.ignore_patterns(visits.FILE, sender.FILE))
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(place_of_ones_own))
    yield place_of_ones_own
    shutil.rmtree(place_of_ones_own)


@pytest.fixture
def bare_caches() -> Iterator[None]:
    """For a test that patches what pages keep, in a module that keeps it."""
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
