"""The files of Streamlit's page, compressed once each: a first visit sends a third of the bytes. Streamlit leaves them as
they are, because it would compress them at each request."""

import asyncio
import gzip
import mimetypes
from collections import defaultdict
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

ROOT = Path(streamlit.__file__).parent / "static"
AT = "/static/"
KINDS = {".js", ".css", ".svg", ".json", ".wasm", ".map"}
LEVEL = 6
FOR_A_YEAR = "public, immutable, max-age=31536000"
"""As Streamlit says of them: their names change with their content."""


class Packed:
    """ASGI middleware, after who may look is settled."""

    def __init__(self, app: ASGIApp, root: Path = ROOT) -> None:
        self.app, self.root = app, root.resolve()
        self._kept: dict[Path, bytes] = {}
        self._locks: dict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._file(scope) if scope["type"] == "http" else None
        await (self.app if file is None else await self._answer(file))(scope, receive, send)

    def _file(self, scope: Scope) -> Path | None:
        """The file asked for, when it gains by it and the browser reads it."""
        if scope["method"] != "GET" or not scope["path"].startswith(AT):
            return None
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return None
        file = (self.root / scope["path"].lstrip("/")).resolve()
        found = file.is_relative_to(self.root) and file.suffix in KINDS and file.is_file()
        return file if found else None

    async def _answer(self, file: Path) -> Response:
        async with self._locks[file]:
            if file not in self._kept:
                self._kept[file] = await asyncio.to_thread(_packed, file)
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"content-encoding": "gzip", "vary": "Accept-Encoding", "cache-control": FOR_A_YEAR}
        return Response(self._kept[file], headers=headers, media_type=kind)


def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), LEVEL, mtime=0)
