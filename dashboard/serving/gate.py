"""Who may look: whoever was given the opening address of this server, and nobody else, not even on this computer.

The server draws a token (128 bits, never on disk, never in a log) and prints the address that carries it. A request with
it gets a cookie, then the same address without it; without the cookie, pages, files and websocket are refused. The browser
that the program opens itself is given a code that serves once: the arguments of a program are seen by every account of
the computer. A request under another host name, or a websocket from another page, is refused whatever it carries.
"""

import hmac
import secrets
from collections.abc import Iterable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.templates import render

TOKEN, ADDRESS = "jeton", "adresse"
FREE = "/_stcore/health"
"""Says only that the server is up."""
HOSTS = ("127.0.0.1", "localhost")


class Keys:
    """What opens this server: the token, and codes that serve once."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self._once: set[str] = set()

    def once(self) -> str:
        """A new code, that opens the server one time."""
        code = secrets.token_urlsafe(16)
        self._once.add(code)
        return code

    def open_with(self, given: str) -> bool:
        """Does this open the server? A code is spent by it."""
        if _same(given, self.token):
            return True
        spent = next((code for code in self._once if _same(given, code)), None)
        self._once.discard(spent or "")
        return spent is not None


KEYS = Keys()
"""Those of this process: one server, one person."""


class Gate:
    """ASGI middleware before everything else."""

    def __init__(self, app: ASGIApp, keys: Keys = KEYS, hosts: Iterable[str] = HOSTS) -> None:
        self.app, self.keys, self.hosts = app, keys, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = self._answer(scope)
        if answer is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await answer(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: HTTP 403

    def _answer(self, scope: Scope) -> ASGIApp | None:
        """What is answered instead of the pages; None lets the request through."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host_name(host) not in self.hosts:
            return Response("Ce serveur ne répond pas sous ce nom.", HTTPStatus.MISDIRECTED_REQUEST)
        if scope["type"] == "websocket":
            here = urlsplit(headers.get("origin", "")).netloc == host
            return None if here and self._knows(headers, host) else Response(status_code=HTTPStatus.FORBIDDEN)
        if scope["path"] == FREE or self._knows(headers, host):
            return None
        return self._enter(scope, host)

    def _knows(self, headers: Headers, host: str) -> bool:
        held = cookie_held(headers, cookie_name(host))
        return held is not None and _same(held, self.keys.token)

    def _enter(self, scope: Scope, host: str) -> ASGIApp:
        """A cookie for who has the address, a page that asks for it for anyone else."""
        query = scope["query_string"].decode("latin-1")
        asked = parse_qs(query)
        given = asked.get(TOKEN) or [_token_in(pasted) for pasted in asked.get(ADDRESS, [])]
        if scope["method"] != "GET" or not given or not self.keys.open_with(given[0]):
            page = render("serving/closed.html", tried=bool(given))
            return HTMLResponse(page, HTTPStatus.FORBIDDEN, {"cache-control": "no-store"})
        rest = urlencode([pair for pair in parse_qsl(query) if pair[0] not in (TOKEN, ADDRESS)])
        found = RedirectResponse(quote(scope["path"]) + (f"?{rest}" if rest else ""), HTTPStatus.SEE_OTHER)
        found.set_cookie(cookie_name(host), self.keys.token, httponly=True, samesite="strict", path="/")
        found.headers["cache-control"] = "no-store"
        return found


def host_name(host: str) -> str | None:
    """Without the port; None when it is no name."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def cookie_name(host: str) -> str:
    """Cookies ignore the port: two servers of one computer would otherwise take each other's."""
    return f"tableau_mt_{host.rpartition(':')[2]}"


def cookie_held(headers: Headers, name: str) -> str | None:
    """Value of a cookie of a request."""
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return held.value if held else None


def _token_in(pasted: str) -> str:
    """The token of a pasted address, or what was pasted when it is the token alone."""
    return (parse_qs(urlsplit(pasted.strip()).query).get(TOKEN) or [pasted.strip()])[0]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
