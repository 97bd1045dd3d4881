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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
ADDRESS = re.compile(r"Adresse : (http://127\.0\.0\.1:(\d+)/\?jeton=([\w-]+))")


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


@contextmanager
def serving(folder: Path, start_in: Path) -> Iterator[Server]:
    """The command, started from a folder of its own."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", str(folder), "--port", str(port), "--no-browser"]
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
            server.wait(20)


def wait_until_healthy(server: subprocess.Popen, port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except OSError:
            assert server.poll() is None, "the server stopped"
            time.sleep(0.1)
    raise TimeoutError
