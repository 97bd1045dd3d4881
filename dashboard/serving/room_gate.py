"""Who may look in a room: the trainer, from his own computer; and whoever gives the code of the session.

The trainer's key never travels on the network: it opens nothing under another name than this computer's own. The others
come under the address that was announced, and under no other name; each gets a cookie of his own for the code.
"""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.serving.attendance import ROOM, Attendance, Participant, RefusedError
from dashboard.serving.gate import ADDRESS, HOSTS, KEYS, TOKEN, Gate, Keys, cookie_held, cookie_name, host_name
from dashboard.serving.messages import only_those
from dashboard.templates import render

DOOR, CODE, NAME = "/entrer", "code", "nom"
MOST_BYTES = 2_000


class RoomGate(Gate):
    """ASGI middleware before everything else. `hosts`: names under which the room is announced, besides this computer's."""

    def __init__(
        self, app: ASGIApp, keys: Keys = KEYS, hosts: Iterable[str] = (), attendance: Attendance = ROOM
    ) -> None:
        super().__init__(app, keys, (*HOSTS, *hosts))
        self.attendance = attendance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, only_those(receive) if scope["type"] == "websocket" else receive, send)

    def _knows(self, headers: Headers, host: str) -> bool:
        return self._participant(headers, host) is not None or (
            host_name(host) in HOSTS and super()._knows(headers, host)
        )

    def _participant(self, headers: Headers, host: str) -> Participant | None:
        return self.attendance.of(cookie_held(headers, cookie_name(host)) or "")

    def _enter(self, scope: Scope, host: str) -> ASGIApp:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if host_name(host) in HOSTS and (TOKEN in query or ADDRESS in query):
            return super()._enter(scope, host)
        if (scope["method"], scope["path"]) == ("POST", DOOR):
            return self._come_in
        shown = scope["path"] == "/" and scope["method"] == "GET"
        return _door(HTTPStatus.OK if shown else HTTPStatus.FORBIDDEN, code=(query.get(CODE) or [""])[0])

    async def _come_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The form of the door: a cookie and the first page, or the form again with what is wrong."""
        given = parse_qs((await _body(receive)).decode("utf-8", "replace"))
        code, name = ("".join((given.get(one) or [""])[0].split()) if one == CODE else (given.get(one) or [""])[0]
                      for one in (CODE, NAME))  # fmt: skip
        try:
            entered = self.attendance.enter(code, name, (scope.get("client") or ("",))[0])
        except RefusedError as why:
            status = HTTPStatus.TOO_MANY_REQUESTS if why.waiting else HTTPStatus.FORBIDDEN
            await _door(status, why=str(why), code=code, name=name)(scope, receive, send)
            return
        found = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        host = Headers(scope=scope).get("host", "")
        found.set_cookie(cookie_name(host), entered.token, httponly=True, samesite="lax", path="/")
        found.headers["cache-control"] = "no-store"
        await found(scope, receive, send)


def _door(status: HTTPStatus, why: str = "", code: str = "", name: str = "") -> HTMLResponse:
    page = render("serving/door.html", why=why, code=code, name=name)
    return HTMLResponse(page, status, {"cache-control": "no-store"})


async def _body(receive: Receive) -> bytes:
    found = b""
    while len(found) <= MOST_BYTES:
        message = await receive()
        found += message.get("body", b"")
        if not message.get("more_body"):
            break
    return found if len(found) <= MOST_BYTES else b""
