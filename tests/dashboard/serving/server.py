"""The program as a doctor starts it, for tests that ask it something over HTTP or in a browser."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
ADDRESS = re.compile(r"(?:Adresse|Animateur) : (http://127\.0\.0\.1:(\d+)/\?jeton=([\w-]+))")


@dataclass(frozen=True)
class Server:
    """A server that is up: its address with and without the token, and what it said so far."""

    opening: str
    port: int
    token: str
    errors: Path
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> dict[str, str]:
        """As Playwright takes it."""
        return {"name": f"tableau_mt_{self.port}", "value": self.token, "url": self.address}

    def memory(self) -> float:
        """Resident memory, in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def said(self) -> str:
        return self.errors.read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serving(folder: Path, start_in: Path, ahead: bool = True) -> AbstractContextManager[Server]:
    """The command, started from a folder of its own. `ahead`: does it count what may be asked for?"""
    return _running([str(folder)], start_in, ahead)


@dataclass(frozen=True)
class Room(Server):
    """A room, as a laptop of its network sees it; tests come by 127.0.0.1 all the same."""

    code: str = ""

    @property
    def outside(self) -> str:
        return f"http://{ROOM}:{self.port}"


ROOM = "salle.test"
"""Name under which the rooms of the tests are announced; no computer bears it."""


@contextmanager
def room(start_in: Path, ahead: bool = True) -> Iterator[Room]:
    """`tableau-mt atelier`, which listens on this computer alone. `ahead`: does it count all practices beforehand?"""
    with _running(["atelier", "--address", ROOM, "--listen", "127.0.0.1"], start_in, ahead) as server:
        code = re.search(rf"Participants : http://{ROOM}:{server.port}/   code (\d{{6}})", server.said())
        assert code, "it did not say its code"
        yield Room(server.opening, server.port, server.token, server.errors, server.pid, code[1])


@contextmanager
def _running(arguments: list[str], start_in: Path, ahead: bool) -> Iterator[Server]:
    port, program = free_port(), "dashboard" if ahead else "tests.dashboard.serving.calm"
    command = [sys.executable, "-m", program, *arguments, "--port", str(port), "--no-browser"]
    with tempfile.NamedTemporaryFile(suffix=".err") as errors:
        server = subprocess.Popen(
            command, cwd=start_in, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=errors
        )
        try:
            wait_until_healthy(server, port)
            found = ADDRESS.search(Path(errors.name).read_text(encoding="utf-8"))
            assert found, "it did not say its address"
            yield Server(found[1], int(found[2]), found[3], Path(errors.name), server.pid)
        finally:
            server.terminate()
            server.wait(60)


def wait_until_healthy(server: subprocess.Popen, port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except OSError:
            assert server.poll() is None, "the server stopped"
            time.sleep(0.1)
    raise TimeoutError
