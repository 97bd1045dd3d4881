"""Many people at once: how long a page takes, how much is sent, and what each costs the server.

    python -m tests.load [--room] [--sessions 1 10 40] [--think 5] [--seconds 40] [--after 15] [--seed 1]

So many visitors at a time open pages of the twelve sample practices, a server of its own for each number of them. Told: the
median and the 95th centile by page, in milliseconds, from the question to the end of the run; kB received and processor
time of the server by run; memory at the start, and at the end by visitor. The first opening of a page of a doctor is told
apart: what it computes is kept for all. At the end all ask for a page at once. `--room`: participants of
`tableau-mt atelier` come in by its door.
"""

import argparse
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from dashboard import shipped
from dashboard.serving.ways import NOT_FOR_OTHERS
from tests.dashboard.opening import ADDRESSES, HOME
from tests.dashboard.serving.server import Room, Server, room, serving
from tests.soak import DOCTORS
from tests.visitor import Visitor, taking_part, visiting

IN_A_ROOM = ["", HOME, *(page for page in ADDRESSES if page and page not in NOT_FOR_OTHERS)]
"""Pages of the menu of a room; the first is its own."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """One page of one doctor, in seconds and bytes; `first`: nobody had opened it."""

    page: str
    seconds: float
    received: int
    first: bool


@dataclass
class Crowd:
    """What was measured on one server: memory in MB, processor time in seconds."""

    visitors: int
    start: float
    runs: list[Run] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)
    end: float = 0.0
    spent: float = 0.0
    at_once: list[float] = field(default_factory=list)
    """Seconds of each, when all asked for a page together."""

    def open(self, visitor: Visitor, page: str, doctor: str) -> None:
        first = (page, doctor) not in self.seen
        self.seen.add((page, doctor))
        before, since = visitor.received, time.perf_counter()
        shown = visitor.open(page, f"medecin={doctor}")
        assert not shown.all("exception"), page
        self.runs.append(Run(page or "/", time.perf_counter() - since, visitor.received - before, first))


def processor(server: Server) -> float:
    """Processor time of the server since it started, in seconds."""
    told = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(told[11]) + int(told[12])) / TICKS


def measure(server: Server, visitors: int, think: float, seconds: float, seed: int) -> Crowd:
    """So many visitors for so long, each reading a page for `think` seconds on average before he asks for another; then all
    at once, on a page that each has open."""
    crowd = Crowd(visitors, server.memory())
    spent, until = processor(server), time.monotonic() + seconds
    together = threading.Barrier(visitors)
    pages = IN_A_ROOM if isinstance(server, Room) else ADDRESSES

    def guest(number: int) -> None:
        draw = random.Random(f"{seed}-{number}")
        with taking_part(server, f"P{number}") if isinstance(server, Room) else visiting(server) as visitor:
            time.sleep(draw.uniform(0, min(think, seconds)))
            while time.monotonic() < until:
                crowd.open(visitor, draw.choice(pages), draw.choice(DOCTORS))
                time.sleep(draw.uniform(0, 2 * think))
            visitor.open("prevention", f"medecin={DOCTORS[number % len(DOCTORS)]}")
            together.wait(timeout=120)
            since = time.perf_counter()
            assert visitor.rerun().title
            crowd.at_once.append(time.perf_counter() - since)

    guests = [threading.Thread(target=guest, args=(number,)) for number in range(visitors)]
    for one in guests:
        one.start()
    time.sleep(max(0.0, until - time.monotonic()))
    crowd.end = server.memory()
    for one in guests:
        one.join()
    crowd.spent = processor(server) - spent
    return crowd


def told(crowd: Crowd) -> list[str]:
    """The figures: a line for each page, one for all, and what it costs the server."""
    runs = len(crowd.runs)
    lines = [f"{crowd.visitors} visitors, {runs} runs ({sum(one.first for one in crowd.runs)} the first of their page)"]
    lines += [
        line(page, [one for one in crowd.runs if one.page == page]) for page in sorted({one.page for one in crowd.runs})
    ]
    lines.append(line("all", crowd.runs))
    kilobytes = sum(one.received for one in crowd.runs) / 1024
    return [
        *lines,
        f"  by run: {kilobytes / max(runs, 1):.0f} kB, {1000 * crowd.spent / max(runs, 1):.0f} ms of processor",
        f"  all at once: {max(crowd.at_once, default=0):.1f} s for the last one served",
        f"  memory: {crowd.start:.0f} MB at the start, {crowd.end:.0f} MB at the end, "
        f"{(crowd.end - crowd.start) / crowd.visitors:.1f} MB by visitor",
    ]


def line(name: str, runs: Sequence[Run]) -> str:
    """The two spreads of a page."""
    again, first = ([one for one in runs if one.first is asked] for asked in (False, True))
    return f"  {name:<14} again {spread(again)}   first {spread(first)}"


def spread(runs: Sequence[Run]) -> str:
    """Median and 95th centile in milliseconds."""
    if not runs:
        return f"{'-':>7} {'-':>7}"
    times = sorted(1000 * one.seconds for one in runs)
    return f"{statistics.median(times):7.0f} {times[min(len(times) - 1, round(0.95 * (len(times) - 1)))]:7.0f}"


def opened(is_room: bool, elsewhere: Path) -> AbstractContextManager[Server]:
    return room(elsewhere) if is_room else serving(shipped.PRACTICES, elsewhere)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--room", action="store_true", help="participants of a room")
    asked.add_argument("--sessions", type=int, nargs="+", default=[1, 10, 40])
    asked.add_argument("--think", type=float, default=5.0, help="seconds a visitor looks at a page")
    asked.add_argument("--seconds", type=float, default=40.0)
    asked.add_argument(
        "--after", type=float, default=15.0, help="seconds from the start of the server to the first visitor"
    )
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    for visitors in given.sessions:
        with tempfile.TemporaryDirectory() as elsewhere, opened(given.room, Path(elsewhere)) as server:
            time.sleep(given.after)  # a room is opened some minutes before its participants come: all is counted
            print("\n".join(told(measure(server, visitors, given.think, given.seconds, given.seed))), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
