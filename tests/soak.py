"""A long life: visitors come and go, import, export and err, and the server stays as it was.

    python -m tests.soak --minutes 120 [--visitors 6] [--pause 1] [--seed 1]

Prints memory and open descriptors as it goes. At fault: an error box or a page that does not end, anything the server says
beyond its address, memory over that of the first minutes by more than a tenth, a descriptor kept once everybody has left.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard import shipped
from tests.dashboard.opening import ADDRESSES
from tests.dashboard.serving.server import Server, serving
from tests.fuzz import damaged
from tests.records.histories import ordinary
from tests.visitor import Shown, Visitor, visiting

DOCTORS = [f"M{number:02d}" for number in range(1, 13)]
FIRST_MINUTES = 10
SHARE_MORE = 0.10
SAMPLE_SECONDS = 2
TOLD_MINUTES = 5
HELD_SECONDS = 150
"""Streamlit keeps the session of somebody who left for two minutes, in case he comes back."""
STRANGE = [
    "medecin=personne",
    "date=2026-13-45",
    "medecin=%F0%9F",
    "s1=x&s2=%00",
    "sujet=../..",
    "indicateur=[1]&date=",
]


VISIT = "Pour cette visite seulement"


@dataclass
class Watch:
    """Memory (MB) and descriptors of the server, and what went wrong."""

    server: Server
    faults: list[str] = field(default_factory=list)
    runs: int = 0
    told: int = -1
    pause: float = 0.0
    """Mean time, in seconds, that a visitor looks at a page."""
    peaks: list[tuple[float, float]] = field(default_factory=list)

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))

    def seen(self, shown: Shown) -> None:
        self.runs += 1
        self.faults += [f"{shown.title} : {one.type} {one.message}" for one in shown.all("exception")]

    def sample(self, minute: float) -> None:
        self.peaks.append((minute, self.server.memory()))
        if int(minute / TOLD_MINUTES) > self.told:
            self.told = int(minute / TOLD_MINUTES)
            print(
                f"{minute:6.1f} min {self.server.memory():6.0f} MB {self.descriptors():5} descriptors {self.runs:7} runs",
                flush=True,
            )

    def highest(self, start: float, end: float) -> float:
        return max((memory for minute, memory in self.peaks if start <= minute < end), default=0.0)


def visit(visitor: Visitor, watch: Watch, draw: random.Random) -> None:
    """One person: a few pages of a doctor, a file sometimes, a mistake sometimes."""
    watch.seen(visitor.open("", f"medecin={draw.choice(DOCTORS)}"))
    for _ in range(draw.randrange(1, 6)):
        time.sleep(draw.uniform(0, 2 * watch.pause))
        match draw.randrange(8):
            case 0:
                watch.seen(visitor.open(draw.choice(ADDRESSES), draw.choice(STRANGE)))
            case 1:
                bring(visitor, watch, draw)
            case 2:
                open_folder(visitor, watch, draw.choice(["/absent", "[", "", "é" * 300]))
            case _:
                shown = visitor.open(draw.choice(ADDRESSES), f"medecin={draw.choice(DOCTORS)}")
                watch.seen(shown)
                for offered in shown.all("download_button")[:2]:
                    if offered.url:
                        assert visitor.download(offered.url)
    if draw.random() < 0.3:
        visitor.leave_at_once()


def open_folder(visitor: Visitor, watch: Watch, path: str) -> None:
    """Another folder, on the page of the data."""
    shown = visitor.open("donnees")
    [typed] = [one for one in shown.all("text_input") if one.label == "Dossier de données"]
    shown = visitor.type_in(typed, path)
    [button] = [one for one in shown.all("button") if one.label == "Ouvrir"]
    watch.seen(visitor.press(button))


def bring(visitor: Visitor, watch: Watch, draw: random.Random) -> None:
    """A file of one's own, a good one or a damaged one, for the visit; nothing while another visitor's is under way."""
    uploaders = visitor.open("donnees").all("file_uploader")
    if not uploaders:
        return
    content = ordinary().encode()
    shown = visitor.give(uploaders[0], "historique.xml", content if draw.random() < 0.5 else damaged(content, draw))
    watch.seen(shown)
    for where in shown.all("radio"):
        if VISIT in where.options:
            shown = visitor.rerun(WidgetState(id=where.id, string_value=VISIT))
            watch.seen(shown)
    for button in shown.all("button"):
        if button.label in ("Importer", "Ajouter d’autres fichiers"):
            watch.seen(visitor.press(button))


def come_and_go(watch: Watch, draw: random.Random, until: float) -> None:
    while time.monotonic() < until:
        try:
            with visiting(watch.server) as visitor:
                visit(visitor, watch, draw)
        except Exception:
            watch.faults.append(traceback.format_exc(limit=-4))


def soak(server: Server, minutes: float, visitors: int, seed: int, pause: float) -> Watch:
    """Let them in for so long; the faults found, memory told as it goes."""
    watch, start = Watch(server, pause=pause), time.monotonic()
    with visiting(server) as first:  # what is opened for good is opened by the first
        for page in ADDRESSES:
            watch.seen(first.open(page))
    before = watch.descriptors()
    crowd(watch, visitors, seed, start + 60 * minutes - time.monotonic())
    wait_until_alone(watch, before)
    judge(watch, minutes, before)
    return watch


def crowd(watch: Watch, visitors: int, seed: int, seconds: float) -> None:
    """So many people coming and going at a time."""
    start = time.monotonic()
    guests = [
        threading.Thread(target=come_and_go, args=(watch, random.Random(f"{seed}-{number}"), start + seconds))
        for number in range(visitors)
    ]
    for guest in guests:
        guest.start()
    while any(guest.is_alive() for guest in guests):
        watch.sample((time.monotonic() - start) / 60)
        time.sleep(SAMPLE_SECONDS)


def wait_until_alone(watch: Watch, descriptors: int) -> None:
    """Until no more than these are held, or until they should be."""
    late = time.monotonic() + HELD_SECONDS
    while watch.descriptors() > descriptors and time.monotonic() < late:
        time.sleep(SAMPLE_SECONDS)


def judge(watch: Watch, minutes: float, before: int) -> None:
    """Add what is wrong at the end."""
    first = min(FIRST_MINUTES, minutes / 2)
    start, after = watch.highest(0, first), watch.highest(first, float("inf"))
    if after > start * (1 + SHARE_MORE):
        watch.faults.append(f"memory {start:.0f} MB in the first {first:.0f} minutes, {after:.0f} MB later")
    if (kept := watch.descriptors()) > before:
        watch.faults.append(f"descriptors: {before} before, {kept} once everybody has left")
    if said := [line for line in watch.server.said().splitlines()[2:] if line.strip()]:
        watch.faults += [f"the server says: {line}" for line in said[:20]]
    print(f"{watch.runs} runs; memory {start:.0f} then {after:.0f} MB; descriptors {before} then {kept}")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=120)
    asked.add_argument("--visitors", type=int, default=6)
    asked.add_argument("--pause", type=float, default=1.0, help="seconds a visitor looks at a page")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as elsewhere, serving(shipped.PRACTICES, Path(elsewhere)) as server:
        watch = soak(server, given.minutes, given.visitors, given.seed, given.pause)
    for fault in watch.faults[:40]:
        print(fault)
    print(f"{len(watch.faults)} faults")
    return bool(watch.faults)


if __name__ == "__main__":
    sys.exit(main())
