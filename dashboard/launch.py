"""The server: an ASGI app that is warm before its first visitor, speaks French and stays on this computer.

Streamlit looks for `.streamlit/config.toml` in the current folder only; started from elsewhere it would lose the
theme and the address, and listen on every interface. So the file is read here and given as options, which win.
Streamlit collects garbage after each run, 80 ms once pandas and Altair are loaded; `gc.freeze` spares that.
"""

import contextlib
import gc
import re
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
from streamlit.runtime.pages_manager import PagesManager

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / ".streamlit" / "config.toml"
FLOOR = {"server.address": "127.0.0.1", "server.headless": True, "browser.gatherUsageStats": False}
"""What must hold even where the file is missing."""
FIRST_PAGE_SECONDS = 3
"""The first page is alone with the machine for as long."""
REWRITTEN = (
    (rb'<html lang="en"', b'<html lang="fr"'),
    # without it, a link to a page looks for the server under that page first, and gets a 404
    (
        rb"<noscript>.*</noscript>",
        b"<noscript><p>Activez JavaScript pour ouvrir le tableau de bord.</p></noscript>"
        b'<script>window.__streamlit = {BACKEND_BASE_URL: window.location.origin + "/"}</script>',
    ),
)
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
    """Puts security headers on every answer, and makes the page French (Streamlit writes `lang="en"`)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        page: list[Message] = []

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = _with_headers(message)
                if _is_page(message):
                    page.append(message)
                    return
            if not page:
                await send(message)
                return
            page.append(message)
            if not message.get("more_body"):
                for part in _french(page):
                    await send(part)

        await self.app(_uncompressed(scope), receive, forward)


def _with_headers(message: Message) -> Message:
    kept = [(name, value) for name, value in message["headers"] if name.lower() not in HEADERS]
    return {**message, "headers": kept + list(HEADERS.items())}


def _is_page(start: Message) -> bool:
    named = dict(start["headers"])
    return start["status"] == 200 and named.get(b"content-type", b"").startswith(b"text/html")


def _french(page: list[Message]) -> Iterator[Message]:
    """The start and the whole body of the page, once rewritten."""
    start, *parts = page
    body = b"".join(part.get("body", b"") for part in parts)
    for english, french in REWRITTEN:
        body = re.sub(english, french, body, count=1, flags=re.DOTALL)
    headers = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"etag")]
    if body:  # none for a HEAD request
        headers.append((b"content-length", str(len(body)).encode()))
    yield {**start, "headers": headers}
    yield {"type": "http.response.body", "body": body}


def _uncompressed(scope: Scope) -> Scope:
    """Ask for the page itself as plain text, so that it can be rewritten."""
    if not any(name == b"accept" and b"text/html" in value for name, value in scope["headers"]):
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}


@contextlib.asynccontextmanager
async def life(_app: st.App) -> AsyncIterator[None]:
    """Load what the first page needs, then put it out of the garbage collector's sight."""
    if config.get_option("server.address") is None:
        raise RuntimeError("Démarrez par « tableau-mt » : lancé ainsi, le serveur écouterait sur tout le réseau.")
    PagesManager.uses_pages_directory = False  # a folder named `pages` is no menu: app.py makes it
    from dashboard import data

    data.warm_up()
    _draw()
    gc.collect()
    gc.freeze()
    later = threading.Timer(FIRST_PAGE_SECONDS, _warm_the_rest)
    later.daemon = True
    later.start()
    yield
    later.cancel()
    data.forget_uploads()


def _draw() -> None:
    """Build the specifications of the charts, which Altair takes its time to validate."""
    from dashboard.prevention import charts as prevention_charts
    from dashboard.sobriety import charts as sobriety_charts

    for build in (*prevention_charts.BUILT, *sobriety_charts.BUILT):
        build()


def _warm_the_rest() -> None:
    from dashboard import data

    data.warm_up_others()
    gc.collect()
    gc.freeze()


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
