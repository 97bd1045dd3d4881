"""The server as a doctor starts it: local, French, themed, from whatever folder."""

import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.web.server.starlette import starlette_server

from dashboard import launch
from tests.dashboard.serving.server import Server, serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    elsewhere = tmp_path_factory.mktemp("ailleurs")
    hostile = elsewhere / ".streamlit"
    hostile.mkdir()
    (hostile / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n[browser]\ngatherUsageStats = true\n')
    with serving(practices, elsewhere, ahead=False) as server:
        yield server


def get(server: Server, path: str = "/") -> tuple[str, dict[str, str]]:
    held = f"{server.cookie['name']}={server.cookie['value']}"
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip", "Cookie": held}
    request = urllib.request.Request(server.address + path, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode(), {name.lower(): value for name, value in answer.headers.items()}


def test_only_this_computer_reaches_it(server: Server):
    with socket.socket() as outside:
        outside.settimeout(2)
        # any address but 127.0.0.1 that leads to this computer; a server on every interface would answer
        assert outside.connect_ex(("127.0.0.2", server.port)) != 0
    with socket.socket() as inside:
        assert inside.connect_ex(("127.0.0.1", server.port)) == 0


def test_an_answer_waits_for_no_acknowledgement():
    with launch.send_at_once(starlette_server._bind_socket)("127.0.0.1", 0, 1) as listening:
        listening.setblocking(True)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_page_is_french_and_guarded(server: Server):
    page, headers = get(server)
    assert '<html lang="fr"' in page
    assert "You need to enable JavaScript" not in page
    assert int(headers["content-length"]) == len(page.encode())
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'self'" in headers["content-security-policy"]


def test_scripts_are_guarded_too_and_still_compressed_or_not_as_served(server: Server):
    page, _ = get(server)
    script = page.split('src="./', 1)[1].split('"', 1)[0]
    body, headers = get(server, f"/{script}")
    assert body
    assert headers["x-content-type-options"] == "nosniff"


def test_the_settings_of_the_project_win_over_those_of_the_folder():
    settings = launch.settings()
    assert settings["server.address"] == "127.0.0.1"
    assert settings["browser.gatherUsageStats"] is False
    assert settings["theme.light.primaryColor"] == "#12507b"
    assert settings["theme.light.chartCategoricalColors"][0] == "#12507b"


def test_every_setting_exists():
    from streamlit import config

    assert set(launch.settings()) <= set(config._config_options_template)


def test_without_the_file_the_server_still_stays_on_this_computer(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(launch, "CONFIG", tmp_path / "absent.toml")
    assert launch.settings()["server.address"] == "127.0.0.1"
