"""Who may look: with the address of this start, and nobody else; never under another name, never from another page."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from dashboard.serving.gate import Keys
from tests.dashboard.serving.server import Server, serving

pytestmark = pytest.mark.slow

UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(practices, tmp_path_factory.mktemp("ailleurs"), ahead=False) as server:
        yield server


def ask(server: Server, path: str, headers: dict[str, str] | None = None, method: str = "GET"):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    content = b"" if answer.status == 101 else answer.read()
    connection.close()
    return (
        answer.status,
        {name.lower(): value for name, value in answer.getheaders()},
        content.decode("utf-8", "replace"),
    )


def cookie(server: Server) -> dict[str, str]:
    return {"Cookie": f"tableau_mt_{server.port}={server.token}"}


@pytest.mark.parametrize(
    "path", ["/", "/prevention", "/static/js/index.js", "/_stcore/host-config", "/media/x", "/?jeton=faux"]
)
def test_without_the_address_nothing_is_shown_but_how_to_get_in(server: Server, path: str):
    status, headers, page = ask(server, path)
    assert status == 403
    assert "Ce tableau de bord est privé" in page
    assert 'name="adresse"' in page
    assert headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in headers


def test_health_alone_is_free(server: Server):
    assert ask(server, "/_stcore/health")[0] == 200


@pytest.mark.parametrize("way", ["/prevention?jeton={}&medecin=dr-boyer", "/prevention?medecin=dr-boyer&adresse={url}"])
def test_the_opening_address_gives_a_cookie_and_the_same_address_without_the_token(server: Server, way: str):
    path = way.format(server.token, url=quote(server.opening, safe=""))
    status, headers, _ = ask(server, path)
    assert (status, headers["location"]) == (303, "/prevention?medecin=dr-boyer")
    assert headers["set-cookie"] == f"tableau_mt_{server.port}={server.token}; HttpOnly; Path=/; SameSite=strict"
    assert headers["cache-control"] == "no-store"
    assert ask(server, headers["location"], cookie(server))[0] == 200


def test_it_may_be_opened_again_from_any_browser_until_the_server_stops(server: Server):
    assert [ask(server, f"/?jeton={server.token}")[0] for _ in range(3)] == [303] * 3


@pytest.mark.parametrize("held", ["faux", "é", "", "\x80"])
def test_another_cookie_is_none(server: Server, held: str):
    assert ask(server, "/", {"Cookie": f"tableau_mt_{server.port}={quote(held)}"})[0] == 403


def test_the_cookie_of_another_port_is_none(server: Server):
    assert ask(server, "/", {"Cookie": f"tableau_mt_{server.port + 1}={server.token}"})[0] == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "[", "10.0.0.1:{port}"]
)
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/?jeton={token}"])
def test_under_another_name_it_does_not_answer(server: Server, host: str, path: str):
    headers = {"Host": host.format(port=server.port)} | cookie(server)
    assert ask(server, path.format(token=server.token), headers)[0] == 421


@pytest.mark.parametrize(
    ("origin", "with_cookie", "status"),
    [
        ("http://127.0.0.1:{port}", True, 101),
        ("http://127.0.0.1:{port}", False, 403),
        (None, True, 403),
        ("null", True, 403),
        ("http://evil.example", True, 403),
        ("http://127.0.0.1:1", True, 403),
        ("http://localhost:{port}", True, 403),
    ],
)
def test_a_websocket_needs_the_cookie_and_comes_from_our_page(server: Server, origin, with_cookie, status):
    headers = UPGRADE | (cookie(server) if with_cookie else {})
    headers |= {"Origin": origin.format(port=server.port)} if origin else {}
    assert ask(server, "/_stcore/stream", headers)[0] == status


def test_a_code_opens_once_and_the_token_as_often_as_one_likes():
    keys = Keys()
    code = keys.once()
    assert [keys.open_with(code), keys.open_with(code), keys.open_with("")] == [True, False, False]
    assert [keys.open_with(keys.token)] * 2 == [True, True]
    assert len(keys.token) >= 22  # 128 bits


def test_the_token_is_said_once_on_standard_error_and_nowhere_else(server: Server):
    ask(server, f"/?jeton={server.token}")
    assert server.said().count(server.token) == 1
    assert urlsplit(server.opening).query == f"jeton={server.token}"
