"""Who may look at a server of many doctors: whoever came in through the identity provider, for as long as it lasts.

Every request and every message of a websocket passes here. Without a login: the page that leads to the provider, and 403
for all the rest. A file made for somebody's page is given to him alone; a session of a tab goes on with its owner alone.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Container, Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.serving import tabs
from dashboard.serving.audit import Trail
from dashboard.serving.gate import FREE, HOSTS, cookie_held, host_name
from dashboard.serving.logins import COOKIE, LOGINS, Login, Logins
from dashboard.serving.messages import only_those
from dashboard.serving.provider import NotIdentifiedError, Provider
from dashboard.serving.settings import Settings
from dashboard.templates import render

ENTER, BACK, LEAVE = "/connexion", "/oauth2callback", "/deconnexion"
ATTEMPT = "tableau_mt_entree"
ATTEMPT_SECONDS, MOST_ATTEMPTS = 600, 2_000
FILES = re.compile(rb"/media/([0-9A-Za-z]+)|(?<![0-9a-f])([0-9a-f]{32})(?![0-9a-f])")
"""A file that was made, or the number of one that will be when it is asked for."""
SWEEP_SECONDS = 5


class ServerGate:
    """ASGI middleware before everything else."""

    def __init__(
        self, app: ASGIApp, settings: Settings, provider: Provider, trail: Trail,
        known: Callable[[], Container[str]], logins: Logins = LOGINS,
    ) -> None:  # fmt: skip
        """`known`: ids of the doctors of the data."""
        self.known = known
        self.app, self.settings, self.provider, self.trail, self.logins = app, settings, provider, trail, logins
        self.hosts = frozenset((*HOSTS, urlsplit(settings.server.address).hostname))
        self.is_secure = settings.server.address.startswith("https")
        self._attempts: dict[str, tuple[float, dict[str, Any]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await (await self._answer(scope, receive))(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> ASGIApp:
        headers, path = Headers(scope=scope), scope["path"]
        if host_name(headers.get("host", "")) not in self.hosts:
            return Response("Ce serveur ne répond pas sous ce nom.", HTTPStatus.MISDIRECTED_REQUEST)
        if path == FREE:
            return self.app
        if path in (ENTER, BACK, LEAVE) and scope["method"] == "GET":
            return await {ENTER: self._enter, BACK: self._back, LEAVE: self._leave}[path](Request(scope, receive))
        login = self._login(headers)
        if login is None:
            return _closed(scope, headers)
        return await self._file(login, path) if path.startswith("/media/") else self.app

    async def _file(self, login: Login, path: str) -> ASGIApp:
        """One that was made for a page of his; it is written down that it went out."""
        name, _, kind = path.removeprefix("/media/").partition(".")
        if name not in login.files:
            return Response(status_code=HTTPStatus.FORBIDDEN)
        now = datetime.now()
        await asyncio.to_thread(self.trail.note, now, login.identity, "export", login.files[name], kind)
        return self.app

    def _login(self, headers: Headers, clicked: bool = False) -> Login | None:
        return self.logins.of(cookie_held(headers, COOKIE) or "", clicked)

    async def _enter(self, request: Request) -> Response:
        """To the provider; where somebody wanted to go is remembered here, not in the address."""
        now = time.monotonic()
        old = [key for key, (begun, _) in self._attempts.items() if now - begun > ATTEMPT_SECONDS]
        for key in [*old, *list(self._attempts)[: max(0, len(self._attempts) - MOST_ATTEMPTS)]]:
            self._attempts.pop(key, None)
        attempt, kept = secrets.token_urlsafe(24), {"vers": _local(request.query_params.get("vers", "/"))}
        request.scope["session"] = kept
        try:
            answer = await self.provider.send_there(request)
        except Exception:  # the provider is down
            return _said(HTTPStatus.BAD_GATEWAY, "absent")
        self._attempts[attempt] = now, kept
        self._cookie(answer, ATTEMPT, attempt, ATTEMPT_SECONDS)
        return answer

    async def _back(self, request: Request) -> Response:
        """From the provider: who is it, and is there anything for him here?"""
        begun, kept = self._attempts.pop(request.cookies.get(ATTEMPT, ""), (0.0, None))
        if kept is None or time.monotonic() - begun > ATTEMPT_SECONDS:
            return _said(HTTPStatus.FORBIDDEN, "recommencer")
        request.scope["session"] = kept
        try:
            claims, id_token = await self.provider.come_back(request)
        except NotIdentifiedError as why:
            await self._note("", "refus", what=str(why))
            return _said(HTTPStatus.FORBIDDEN, "recommencer")
        identity = str(claims.get(self.settings.doctors.claim) or claims.get("sub") or "")
        if not await asyncio.to_thread(self._may_come_in, identity):
            await self._note(identity, "refus", what="aucun médecin")
            return _said(HTTPStatus.FORBIDDEN, "personne")
        name = " ".join(str(claims[one]) for one in ("given_name", "family_name") if claims.get(one))
        login = self.logins.begin(identity, name or str(claims.get("name") or identity), id_token)
        await self._note(identity, "connexion")
        answer = RedirectResponse(_local(str(kept.get("vers", "/"))), HTTPStatus.SEE_OTHER)
        self._cookie(answer, COOKIE, login.token)
        answer.delete_cookie(ATTEMPT)
        return answer

    def _may_come_in(self, identity: str) -> bool:
        today = datetime.now().date()
        mine = self.settings.rights_of(identity, today) if identity else {}
        known = self.known() if mine else ()
        return any(doctor in known for doctor in mine) or bool(self.settings.groups_of(identity))

    async def _leave(self, request: Request) -> Response:
        """Here in every tab, then at the provider."""
        login = self.logins.end(request.cookies.get(COOKIE, ""))
        if login is None:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        tabs.draw_again(lambda owner: owner == login.token)
        await self._note(login.identity, "deconnexion")
        there = await self.provider.goodbye(login.id_token, f"{self.settings.server.address}/")
        answer = RedirectResponse(there or "/", HTTPStatus.SEE_OTHER)
        answer.delete_cookie(COOKIE)
        return answer

    async def _note(self, who: str, action: str, what: str = "") -> None:
        result = "refusé" if action == "refus" else "fait"
        await asyncio.to_thread(self.trail.note, datetime.now(), who, action, "", what, result)

    def _cookie(self, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
        answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", path="/", secure=self.is_secure)
        answer.headers["cache-control"] = "no-store"

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = MutableHeaders(scope=scope)
        host = headers.get("host", "")
        login = self._login(headers)
        here = host_name(host) in self.hosts and urlsplit(headers.get("origin", "")).netloc == host
        if login is None or not here:
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: HTTP 403
            return
        _keep_own_session(headers, login)
        received = only_those(receive, login.files)

        async def asked() -> Message:
            message = await received()
            if message["type"] == "websocket.receive" and self.logins.of(login.token, clicked=True) is None:
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            return message

        async def told(message: Message) -> None:
            if message["type"] == "websocket.send":
                for found in FILES.findall(message.get("bytes") or b""):
                    login.files.setdefault((found[0] or found[1]).decode(), login.doctor)
            await send(message)

        await self.app(scope, asked, told)


def _keep_own_session(headers: MutableHeaders, login: Login) -> None:
    """A tab that comes back names its session (third word of the subprotocol): only one of its own is taken up again."""
    words = [one.strip() for one in headers.get("sec-websocket-protocol", "").split(",")]
    if len(words) > 2 and tabs.owner(words[2]) != login.token:
        headers["sec-websocket-protocol"] = ", ".join(words[:2])


def _closed(scope: Scope, headers: Headers) -> Response:
    """The way in, for a page; nothing for the rest."""
    if scope["method"] != "GET" or "text/html" not in headers.get("accept", "text/html"):
        return Response(status_code=HTTPStatus.FORBIDDEN)
    query = scope["query_string"].decode("latin-1")
    return _said(HTTPStatus.FORBIDDEN, "", quote(scope["path"] + (f"?{query}" if query else ""), safe=""))


def _said(status: HTTPStatus, why: str, towards: str = "%2F") -> HTMLResponse:
    page = render("serving/login.html", why=why, way=f"{ENTER}?vers={towards}")
    return HTMLResponse(page, status, {"cache-control": "no-store"})


def _local(path: str) -> str:
    """A page of this server, whatever was asked for."""
    found = urlsplit(path)
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if safe and not found.scheme and not found.netloc and found.path not in (ENTER, BACK, LEAVE) else "/"


async def end_expired(logins: Logins = LOGINS, waits: Iterable[float] = iter(lambda: SWEEP_SECONDS, None)) -> None:
    """Sessions that have expired are ended as time goes, and their tabs say so."""
    for seconds in waits:
        await asyncio.sleep(seconds)
        gone = {one.token for one in logins.end_expired()}
        if gone:
            tabs.draw_again(gone.__contains__)
