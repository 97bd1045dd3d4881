"""Can one doctor of a server read a row of another? Two doctors, two tabs each, one cache, requests and messages at random.

    python -m tests.isolation --requests 10000 [--seed 1]

Each request is of one of them: a page with a changed link, a widget moved to a value that another tab sent or was sent, a
file made for somebody, a session of another tab, a page asked for over HTTP. Every byte of every answer is searched for the
key of a patient who was never on a list of his; files are unpacked first. A fault is such a key, or a file of another.
"""

import argparse
import io
import random
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from calculators.records.store import open_store
from tests.dashboard.opening import ADDRESSES
from tests.dashboard.serving.identity import PEOPLE, SAMPLE, Shared, answer, provider, shared, sign_in
from tests.visitor import Visitor, connected

KEY = re.compile(rb"M\d\d-\d{4}")
MEDIA = re.compile(rb"/media/[0-9A-Za-z]+\.\w+")
NUMBER = re.compile(rb"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")
PAGES = [*ADDRESSES, "chiffres", "groupe", "atelier"]
PARTS = (
    "medecin",
    "date",
    "jeu",
    "fiche",
    "choix",
    "seance",
    "montrer",
    "page",
    "dossier",
    "indicateur",
    "classe",
    "patient",
)
FORGED = "M04-0001"
"""A key that requests carry, and that an address or a field says again to whoever sent it."""
WORDS = ("M03", "M04", "M01", "all", "2025-12-31", "tous", "2", "convention_2024", "' or 1=1 --", "../..", FORGED)
TABS = 2


@dataclass
class Person:
    """A doctor, his cookie, and whom he may read."""

    name: str
    cookie: str
    own: frozenset[bytes]


@dataclass
class Loot:
    """What was sent to anybody: widgets, files, numbers of addresses, sessions, fragments."""

    states: list[WidgetState] = field(default_factory=list)
    media: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    sessions: list[tuple[str, str]] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    promised: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Search:
    """What was asked, what was found."""

    requests: int = 0
    rows: int = 0
    unanswered: int = 0
    """Messages that no page sends, which are dropped: the tab is then opened again."""
    faults: list[str] = field(default_factory=list)

    def read(self, person: Person, content: bytes, what: str) -> None:
        """Keys of patients in some bytes, and those that he may not read."""
        found = {key for part in _parts(content) for key in KEY.findall(part)}
        self.rows += len(found)
        if foreign := found - person.own - {FORGED.encode()}:
            self.faults.append(f"{person.name}, {what}: {sorted(foreign)[:3]}")


def _parts(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from (packed.read(name) for name in packed.namelist())


class Tab(Visitor):
    """A tab whose every message is searched."""

    person: Person
    search: Search
    loot: Loot

    seconds = 40

    def have_made(self, file: str) -> None:
        """Ask for a file that was promised, perhaps to somebody else."""
        message = BackMsg()
        message.backend_operation_request.request_id = "1"
        message.backend_operation_request.session_id = self.session
        message.backend_operation_request.deferred_file.file_id = file
        self.connection.send(message.SerializeToString())

    def part(self, fragment: str, state: WidgetState) -> Any:
        """Run a part of a page alone, which may be of another tab."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.pages.get(self.page, "")
        message.rerun_script.fragment_id = fragment
        message.rerun_script.widget_states.widgets.append(state)
        self.connection.send(message.SerializeToString())
        return self.rerun()  # one that is not of this tab is not answered

    def _messages(self) -> Iterator[Message]:
        for message in super()._messages():
            content = message.SerializeToString()
            self.search.read(self.person, content, f"page {self.page or '/'} ? {self.query}")
            self.loot.media += [(self.person.name, found.decode()) for found in MEDIA.findall(content)]
            self.loot.numbers += [found.decode() for found in NUMBER.findall(content)[:3]]
            if message.WhichOneof("type") == "new_session":
                self.loot.sessions.append((self.person.name, message.new_session.initialize.session_id))
            if message.metadata.delta_path and message.delta.fragment_id:
                self.loot.fragments.append(message.delta.fragment_id)
            yield message


def widgets(shown: Any) -> Iterator[tuple[str, str, Any]]:
    """Id, kind and options of what can be moved on a page."""
    for element in shown.elements.values():
        kind = element.WhichOneof("type")
        one = getattr(element, kind) if kind else None
        if identity := getattr(one, "id", ""):
            yield identity, kind, one


def moved(draw: random.Random, identity: str, kind: str, one: Any) -> WidgetState:
    """A widget at a value, whether or not it is one of its own."""
    word = draw.choice([*WORDS, *map(str, getattr(one, "options", [])[:20])])
    match kind:
        case "button" | "download_button":
            return WidgetState(id=identity, trigger_value=True)
        case "checkbox":
            return WidgetState(id=identity, bool_value=draw.random() < 0.5)
        case "bidi_component":
            told = draw.choice(
                ['{"open": "M04-0001"}', '{"page": 2}', '{"state": {"id": "M04-0001", "state": "refuse"}}']
            )
            return WidgetState(id=identity, json_trigger_value=told)
        case _:
            return WidgetState(id=identity, string_value=word)


def one_request(draw: random.Random, server: Shared, tabs: list[Tab], loot: Loot, search: Search) -> None:
    tab = draw.choice(tabs)
    search.requests += 1
    match draw.choices(("open", "move", "part", "file", "http", "session"), (30, 30, 5, 15, 10, 10))[0]:
        case "open":
            _keep(loot, tab.open(draw.choice(PAGES), _query(draw, loot)))
        case "move" if loot.states:
            _keep(loot, tab.rerun(*draw.choices(loot.states[-400:], k=draw.randint(1, 3))))
        case "part" if loot.fragments and loot.states:
            tab.part(draw.choice(loot.fragments), draw.choice(loot.states))
        case "file" if loot.promised and draw.random() < 0.3:
            tab.have_made(draw.choice(loot.promised)[1])
            tab.rerun()
        case "file" if loot.media:
            whose, path = draw.choice(loot.media[-60:])
            status, _, _, content = answer(server.address, path, [tab.person.cookie])
            search.read(tab.person, content, path)
            if status == 200 and whose != tab.person.name and not _is_own(loot, tab, path):
                search.faults.append(f"{tab.person.name} was given a file of {whose}: {path}")
        case "session" if others := [one for whose, one in loot.sessions[-40:] if whose != tab.person.name]:
            taken = draw.choice(others)
            with connected(server, server.address, tab.person.cookie, ["streamlit", "x", taken], Tab) as other:
                _as(other, tab.person, search, loot)
                other.open()
        case _:
            path = f"/{draw.choice(PAGES)}?{_query(draw, loot)}"
            search.read(tab.person, answer(server.address, path, [tab.person.cookie])[3], path)


def _is_own(loot: Loot, tab: Tab, path: str) -> bool:
    """The same content, for instance of a page without patients, has the same name for both."""
    return (tab.person.name, path) in loot.media


def _query(draw: random.Random, loot: Loot) -> str:
    parts = [(name, draw.choice([*WORDS, *loot.numbers[-30:]])) for name in draw.sample(PARTS, draw.randint(0, 4))]
    return urlencode(parts)


def _keep(loot: Loot, shown: Any) -> None:
    draw = random.Random(len(loot.states))
    loot.states += [moved(draw, *one) for one in widgets(shown)]


def _as(tab: Tab, person: Person, search: Search, loot: Loot) -> None:
    tab.person, tab.search, tab.loot = person, search, loot


def ask_for_files(tab: Tab, shown: Any) -> None:
    """Have the exports of a page made, as a click does."""
    for identity, kind, one in widgets(shown):
        if kind == "download_button" and one.deferred_file_id:
            tab.loot.promised.append((tab.person.name, one.deferred_file_id))
            tab.have_made(one.deferred_file_id)
            next(found for found in tab._messages() if found.WhichOneof("type") == "backend_operation_response")
        assert identity


def campaign(server: Shared, requests: int, seed: int, until_found: bool = False) -> Search:
    """So many requests; until the first fault when asked."""
    draw, loot, search = random.Random(seed), Loot(), Search()
    people = [Person(name, sign_in(server, name)[2], own_keys(doctor)) for name, doctor in PEOPLE.items()]
    with ExitStack() as opened:
        tabs = []
        for person in [one for one in people for _ in range(TABS)]:
            tab = _opened(server, opened, person, search, loot)
            shown = tab.open("prevention")
            _keep(loot, shown)
            ask_for_files(tab, shown)
            tabs.append(tab)
        while search.requests < requests and not (until_found and search.faults):
            if search.requests % 500 == 499:
                print(f"{search.requests + 1} requests, {len(search.faults)} faults", file=sys.stderr, flush=True)
            try:
                one_request(draw, server, tabs, loot, search)
            except (OSError, AssertionError, ConnectionClosed, StopIteration):
                search.unanswered += 1
                tabs = [_again(server, opened, tab) for tab in tabs]
    return search


def _opened(server: Shared, opened: ExitStack, person: Person, search: Search, loot: Loot) -> Tab:
    tab = opened.enter_context(connected(server, server.address, person.cookie, ["streamlit"], Tab))
    _as(tab, person, search, loot)
    return tab


def _again(server: Shared, opened: ExitStack, tab: Tab) -> Tab:
    tab.connection.close()
    return _opened(server, opened, tab.person, tab.search, tab.loot)


def own_keys(doctor: str) -> frozenset[bytes]:
    """Patients who were on his list, by the tables themselves."""
    query = f"select distinct patient_id from registrations join patient_keys using (patient) join professional_keys on " \
            f"professional = doctor where professional_id = '{doctor}'"  # fmt: skip
    return frozenset(
        key.encode() for key in open_store(SAMPLE, held=False).engine().fetch(query)["patient_id"].to_pylist()
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--requests", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as here, provider() as one, shared(SAMPLE, one, Path(here)) as server:
        found = campaign(server, given.requests, given.seed)
    print(f"{found.requests} requests, {found.unanswered} not answered, {found.rows} keys of patients read")
    print(f"{len(found.faults)} faults")
    print("\n".join(found.faults[:20]))
    return 1 if found.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
