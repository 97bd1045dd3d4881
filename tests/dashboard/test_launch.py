"""The server as a doctor starts it: local, French, themed, from whatever folder."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard import launch

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, start_in: Path) -> Iterator[str]:
    """The command, started from a folder of its own; its address."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", str(folder), "--port", str(port), "--no-browser"]
    server = subprocess.Popen(
        command, cwd=start_in, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_healthy(server, port)
        yield f"http://127.0.0.1:{port}"
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


@pytest.fixture(scope="module")
def address(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    elsewhere = tmp_path_factory.mktemp("ailleurs")
    hostile = elsewhere / ".streamlit"
    hostile.mkdir()
    (hostile / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n[browser]\ngatherUsageStats = true\n')
    with serving(practices, elsewhere) as address:
        yield address


def get(address: str) -> tuple[str, dict[str, str]]:
    request = urllib.request.Request(address, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode(), {name.lower(): value for name, value in answer.headers.items()}


def test_only_this_computer_reaches_it(address: str):
    port = int(address.rsplit(":", 1)[1])
    with socket.socket() as outside:
        outside.settimeout(2)
        # any address but 127.0.0.1 that leads to this computer; a server on every interface would answer
        assert outside.connect_ex(("127.0.0.2", port)) != 0
    with socket.socket() as inside:
        assert inside.connect_ex(("127.0.0.1", port)) == 0


def test_the_page_is_french_and_guarded(address: str):
    page, headers = get(address)
    assert '<html lang="fr"' in page
    assert "You need to enable JavaScript" not in page
    assert int(headers["content-length"]) == len(page.encode())
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'self'" in headers["content-security-policy"]


def test_scripts_are_guarded_too_and_still_compressed_or_not_as_served(address: str):
    page, _ = get(address)
    script = page.split('src="./', 1)[1].split('"', 1)[0]
    body, headers = get(f"{address}/{script}")
    assert body
    assert headers["x-content-type-options"] == "nosniff"


def test_the_settings_of_the_project_win_over_those_of_the_folder():
    settings = launch.settings()
    assert settings["server.address"] == "127.0.0.1"
    assert settings["browser.gatherUsageStats"] is False
    assert settings["theme.primaryColor"] == "#12507b"
    assert settings["theme.chartCategoricalColors"][0] == "#12507b"


def test_every_setting_exists():
    from streamlit import config

    assert set(launch.settings()) <= set(config._config_options_template)


def test_without_the_file_the_server_still_stays_on_this_computer(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(launch, "CONFIG", tmp_path / "absent.toml")
    assert launch.settings()["server.address"] == "127.0.0.1"
