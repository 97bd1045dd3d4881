"""The server: an ASGI app that is warm before its first visitor, speaks French and stays on this computer.

Streamlit looks for `.streamlit/config.toml` in the current folder only; started from elsewhere it would lose the
theme and the address, and listen on every interface. So the file is read here and given as options, which win.
Streamlit collects garbage after each run, 80 ms once pandas and Altair are loaded; `gc.freeze` spares that.
"""

import contextlib
import gc
import sys
import threading
import time
import tomllib
import urllib.request
import webbrowser
from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / ".streamlit" / "config.toml"
FLOOR = {"server.address": "127.0.0.1", "server.headless": True, "browser.gatherUsageStats": False}
"""What must hold even where the file is missing."""
ENGLISH, FRENCH = b'<html lang="en"', b'<html lang="fr"'
HEADERS = {
    b"content-security-policy": (
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src 'self' blob:; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self' ws://127.0.0.1:* ws://localhost:* data: blob:; "
        b"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}


def settings() -> dict[str, Any]:
    """Options of `.streamlit/config.toml` by dotted name, wherever the command was started."""
    return FLOOR | (dict(_dotted(tomllib.loads(CONFIG.read_text(encoding="utf-8")))) if CONFIG.exists() else {})


def _dotted(content: MutableMapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


class Respond:
    """Puts security headers on every answer and `lang="fr"` on the page (Streamlit writes `en`)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message = {}

        async def forward(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = _with_headers(message)  # held back: the length may change
                return
            if start:
                if _is_page(start):
                    message = {**message, "body": message.get("body", b"").replace(ENGLISH, FRENCH)}
                await send(start)
                start = {}
            await send(message)

        await self.app(_uncompressed(scope), receive, forward)


def _with_headers(message: Message) -> Message:
    kept = [(name, value) for name, value in message["headers"] if name.lower() not in HEADERS]
    return {**message, "headers": kept + list(HEADERS.items())}


def _is_page(start: Message) -> bool:
    """The page keeps its length: `en` and `fr` are as long as one another."""
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def _uncompressed(scope: Scope) -> Scope:
    """Ask for the page itself as plain text, so that its language can be set."""
    if "text/html" not in _header(scope, b"accept"):
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


@contextlib.asynccontextmanager
async def life(_app: st.App) -> AsyncIterator[None]:
    """Load what the first page needs, then put it out of the garbage collector's sight."""
    if config.get_option("server.address") is None:
        raise RuntimeError("Démarrez par « tableau-mt » : lancé ainsi, le serveur écouterait sur tout le réseau.")
    from dashboard import charts, data

    data.warm_up()
    charts.warm_up()
    gc.collect()
    gc.freeze()
    yield


app = st.App(HERE / "app.py", lifespan=life, middleware=[Middleware(Respond)])


def main(arguments: list[str]) -> None:
    """Serve until interrupted. Arguments: the port, then `--browser` to open it."""
    port = int(arguments[0])
    url = f"http://127.0.0.1:{port}"
    print(f"Tableau MT est ouvert : {url}  (Ctrl+C pour arrêter)", flush=True)
    if "--browser" in arguments:
        threading.Thread(target=_open_once_healthy, args=(url,), daemon=True).start()
    sys.argv = [str(HERE / "launch.py")]
    app.run(config=settings() | {"server.port": port})


def _open_once_healthy(url: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
            webbrowser.open(url)
            return
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1:])
