"""How every answer is dressed: security headers, and a page in French (Streamlit writes `lang="en"`, and words of its own
that no option translates: `french.toml`)."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from starlette import websockets
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.serving.ahead import AHEAD

HERE = Path(__file__).parent
WORDS = json.dumps(tomllib.loads((HERE / "french.toml").read_text(encoding="utf-8")), ensure_ascii=False)
SCRIPT = f"<script>{(HERE / 'french.js').read_text(encoding='utf-8').rstrip()}({WORDS})</script>".encode()
ON_PAPER = f"<script>{(HERE / 'paper.js').read_text(encoding='utf-8').rstrip()}</script></head>".encode()
PRINTED = b"""<style media="print">
@page {size: A4; margin: 12mm}
[data-testid=stSidebar], [data-testid=stSidebarCollapsedControl], [data-testid=stExpandSidebarButton],
[data-testid=stHeader], [data-testid=stToolbar], [data-testid=stStatusWidget], [data-testid=stElementToolbar],
[data-testid=stButton], [data-testid=stDownloadButton], [data-testid=stPopover], [data-testid=stPageLink],
[data-testid=stFileUploader], [data-testid=stDataFrame], [class*=_a_l_ecran], [class*=_reglages],
[data-testid=stSelectbox], [data-testid=stMultiSelect], [data-testid=stSlider], [data-testid=stCheckbox],
[data-testid=stButtonGroup], [data-testid=stRadio], [data-testid=stDateInput],
[data-testid=stExpander]:has(> details:not([open])) {display: none !important}
.reglages-imprimes {font-size: 9.5pt; margin: 0 0 .6rem}
[data-testid=stTable] tbody tr:nth-child(n+51) {display: none}
.sur-papier table {border-collapse: collapse; width: 100%; font-size: 8.5pt}
.sur-papier th, .sur-papier td {text-align: left; vertical-align: top; padding: .1rem .4rem .1rem 0;
  border-bottom: 1px solid #b8c4cc}
.sur-papier tr {break-inside: avoid}
html, body, #root, .stApp, [data-testid=stAppViewContainer], [data-testid=stMain], [data-testid=stAppScrollToBottomContainer]
  {position: static !important; height: auto !important; overflow: visible !important; display: block !important}
[data-testid=stTable] table {display: table !important; width: 100%}
[data-testid=stMainBlockContainer] {max-width: none !important; padding: 0 !important}
[data-testid=stVegaLiteChart], [data-testid=stMetric], [data-testid=stTable] tr, .chiffres tr {break-inside: avoid}
h1, h2, h3, h4 {break-after: avoid}
* {print-color-adjust: exact}
html[data-sombre] .stApp, html[data-sombre] .stApp :not(canvas, svg, svg *) {
  background: #fff !important; color: #000 !important;
  --st-text-color: #000 !important; --st-background-color: #fff !important; --st-secondary-background-color: #fff !important}
html[data-sombre] .stApp [data-testid=stVegaLiteChart], html[data-sombre] .stApp [data-testid=stVegaLiteChart] *
  {background: #10191f !important}
</style></head>"""
"""What Ctrl+P prints: the page itself, without menu, buttons nor what is folded, on as many sheets as it takes; of the
fields, one line that tells what they say (`paper.js`); of a table the first rows, those of the grid, which is a picture, as
`dashboard/tabular.py` writes them for paper. From a dark screen too, in black on white; a chart keeps the ground that its
words are read on."""
READABLE = b"""<style>
@media screen {.sur-papier {display: none}}
html[data-sombre] button[kind^=primary]:not(:disabled), html[data-sombre] button[kind^=primary]:not(:disabled) *
  {color: #10191f}
.stMarkdown [data-testid=stCaptionContainer] {opacity: .82}
[data-testid=stDateInputField] [data-placeholder] {font-size: 0}
[data-testid=stDateInputField] [data-placeholder]::after {font-size: 1rem}
[data-testid=stDateInputField] [data-placeholder][data-type=day]::after {content: "jj"}
[data-testid=stDateInputField] [data-placeholder][data-type=month]::after {content: "mm"}
[data-testid=stDateInputField] [data-placeholder][data-type=year]::after {content: "aaaa"}
.stMarkdown [data-testid=stCaptionContainer], .stMarkdown [data-testid=stCaptionContainer] p {color: inherit !important}
</style></head>"""
"""Streamlit writes captions in a grey of 4.0:1 on white, white on a light button in the dark, and an empty date in English,
in a field whose text it alone may change."""
IN_THE_DARK = b"""<script>(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const say = () => matchMedia('print').matches || document.documentElement.toggleAttribute('data-sombre', dark.matches)
  say()
  dark.addEventListener('change', say)
})()</script></head>"""
"""Tells the styles that the page is dark; a browser that prints says that it is not."""
ONE_STEP_BACK = b"""<script>(() => {
  const push = history.pushState
  history.pushState = function (state, unused, to) {
    const next = new URL(to ?? location.href, location.href)
    const completes = next.pathname === location.pathname && !location.search && next.search
    return completes ? history.replaceState(state, unused, to) : push.call(history, state, unused, to)
  }
})()</script></head>"""
"""The menu opens a bare address, which the page then completes: one step for whoever goes back, not two."""
REWRITTEN = (
    (rb"</head>", READABLE),
    (rb"</head>", IN_THE_DARK),
    (rb"</head>", ONE_STEP_BACK),
    (rb"</head>", PRINTED),
    (rb"</head>", ON_PAPER),
    (rb'<html lang="en"', b'<html lang="fr"'),
    (rb"<head>", b"<head>" + SCRIPT),
    # without it, a link to a page looks for the server under that page first, and gets a 404
    (
        rb"<noscript>.*</noscript>",
        b"<noscript><p>Activez JavaScript pour ouvrir le tableau de bord.</p></noscript>"
        b'<script>window.__streamlit = {BACKEND_BASE_URL: window.location.origin + "/"}</script>',
    ),
)
POLICY = b"content-security-policy"
HEADERS = {
    POLICY: (
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

GONE = (websockets.WebSocketDisconnect, getattr(websockets, "WebSocketDisconnected", websockets.WebSocketDisconnect))
"""What Starlette raises when somebody leaves while he is read; the second has not always been there."""


class Respond:
    """Puts security headers on every answer, and makes the page French (Streamlit writes `lang="en"`)."""

    def __init__(self, app: ASGIApp, sockets: Iterable[str] = ()) -> None:
        """`sockets`: addresses of the websocket besides this computer's (older browsers do not count it as the page's)."""
        self.app = app
        more = "".join(f"{one} " for one in sockets).encode()
        self.headers = HEADERS | {POLICY: HEADERS[POLICY].replace(b"ws://127", more + b"ws://127", 1)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            with suppress(*GONE):  # who has left is not told, nor is it told in English to who starts the server
                await self.app(scope, receive, send)
            return
        page: list[Message] = []
        above = _page_above(scope["path"])

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = self._with_headers(message)
                if _is_page(message):
                    AHEAD.arriving()
                    page.append(_elsewhere(message, above) if above else message)
                    return
            if not page:
                await send(message)
                return
            page.append(message)
            if not message.get("more_body"):
                for part in _french(page):
                    await send(part)

        await self.app(_uncompressed(scope), receive, forward)

    def _with_headers(self, message: Message) -> Message:
        kept = [(name, value) for name, value in message["headers"] if name.lower() not in self.headers]
        return {**message, "headers": kept + list(self.headers.items())}


def _is_page(start: Message) -> bool:
    named = dict(start["headers"])
    return start["status"] == 200 and named.get(b"content-type", b"").startswith(b"text/html")


def _page_above(path: str) -> str:
    """« /patient » of « /patient/123 », which would look for its files there and stay white; else nothing."""
    first, *under = path.strip("/").split("/")
    return f"/{quote(first)}" if under and "." not in under[-1] else ""  # a file: a letter is a page too


def _elsewhere(start: Message, to: str) -> Message:
    return {**start, "status": 307, "headers": [*start["headers"], (b"location", to.encode())]}


def _french(page: list[Message]) -> Iterator[Message]:
    """The start and the whole body of the page, once rewritten."""
    start, *parts = page
    body = b"".join(part.get("body", b"") for part in parts)
    for english, french in REWRITTEN:
        body = re.sub(english, french.replace(b"\\", rb"\\"), body, count=1, flags=re.DOTALL)
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
