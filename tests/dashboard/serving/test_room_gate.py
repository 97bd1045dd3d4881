"""Who may look in a room, asked through this computer with the Host and the Origin that a laptop would send."""

import gzip
import http.client
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.dashboard.serving.server import ROOM, Room, room
from tests.dashboard.serving.test_gate import UPGRADE, ask

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with room(tmp_path_factory.mktemp("ailleurs"), ahead=False) as server:
        yield server


def host(server: Room) -> dict[str, str]:
    return {"Host": f"{ROOM}:{server.port}"}


def enter(server: Room, code: str, name: str = "Anne") -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/entrer", urlencode({"code": code, "nom": name}), host(server) | kind)
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, {key.lower(): value for key, value in answer.getheaders()}, content


@pytest.fixture(scope="module")
def guest(server: Room) -> dict[str, str]:
    """Headers of somebody who came in."""
    status, headers, _ = enter(server, server.code)
    assert (status, headers["location"], headers["cache-control"]) == (303, "/", "no-store")
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=lax" in headers["set-cookie"]
    return host(server) | {"Cookie": headers["set-cookie"].partition(";")[0]}


def test_without_the_code_there_is_a_form_and_nothing_else(server: Room):
    status, _, page = ask(server, "/?code=123456", host(server))
    assert (status, 'value="123456"' in page, server.code in page) == (200, True, False)
    for path in ("/prevention", "/static/js/index.js", "/_stcore/host-config", "/media/x"):
        assert ask(server, path, host(server))[0] == 403
    assert ask(server, "/_stcore/health", host(server))[0] == 200


def test_a_wrong_code_says_so_and_gives_no_cookie(server: Room):
    status, headers, page = enter(server, "abc", '"><script>')
    assert status == 403
    assert "n’est pas celui" in page
    assert "<script>" not in page
    assert "set-cookie" not in headers


def test_what_is_too_long_for_a_name_is_not_read(server: Room):
    assert enter(server, server.code, "x" * 5_000)[0] == 403


def test_the_key_of_the_trainer_opens_nothing_from_the_network(server: Room):
    held = {"Cookie": f"{server.cookie['name']}={server.token}"}
    assert ask(server, f"/?jeton={server.token}", host(server))[1].get("set-cookie") is None
    assert ask(server, "/prevention", host(server) | held)[0] == 403
    assert ask(server, f"/?jeton={server.token}")[0] == 303
    assert ask(server, "/prevention", held)[0] == 200


def test_a_participant_sees_pages_under_the_announced_name_alone(server: Room, guest: dict[str, str]):
    status, headers, _ = ask(server, "/prevention", guest)
    assert status == 200
    assert f"ws://{ROOM}:{server.port}" in headers["content-security-policy"]
    for name in ("evil.example", f"192.168.1.9:{server.port}", f"{ROOM}.evil.example"):
        assert ask(server, "/prevention", guest | {"Host": name})[0] == 421


@pytest.mark.parametrize(
    ("origin", "status"),
    [(f"http://{ROOM}:{{port}}", 101), (None, 403), ("null", 403), ("http://evil.example", 403),
     ("http://127.0.0.1:{port}", 403), (f"http://{ROOM}:1", 403)],
)  # fmt: skip
def test_a_websocket_comes_from_our_page_and_with_a_cookie(server: Room, guest, origin: str | None, status: int):
    headers = UPGRADE | ({"Origin": origin.format(port=server.port)} if origin else {})
    assert ask(server, "/_stcore/stream", guest | headers)[0] == status
    assert ask(server, "/_stcore/stream", host(server) | headers)[0] == 403


def test_files_are_compressed_once_and_kept_for_a_year_by_the_browser(server: Room, guest: dict[str, str]):
    page = ask(server, "/", guest | {"Accept": "text/html"})[2]
    script = "/" + page.split('src="./', 1)[1].split('"', 1)[0]
    plain, _ = raw(server, script, guest)
    packed, headers = raw(server, script, guest | {"Accept-Encoding": "gzip, deflate"})
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
    assert "max-age=31536000" in headers["cache-control"]
    assert "javascript" in headers["content-type"]
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 2
    for outside in ("/static/../../__init__.py", "/static/%2e%2e/%2e%2e/__init__.py", "/static/absent.js"):
        assert b"import" not in raw(server, outside, guest)[0][:2_000]  # the page itself, or nothing


def raw(server: Room, path: str, headers: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return content, {name.lower(): value for name, value in answer.getheaders()}
