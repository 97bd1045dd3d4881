"""The server: an ASGI app that is warm before its first visitor, speaks French and stays on this computer.

Streamlit looks for `.streamlit/config.toml` in the current folder only; started from elsewhere it would lose the
theme and the address, and listen on every interface. So the file is read here and given as options, which win.
"""

from dashboard.serving import memory

memory.settle()  # before anything loads pyarrow

import asyncio  # noqa: E402
import contextlib  # noqa: E402
import gc  # noqa: E402
import importlib  # noqa: E402
import inspect  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
import tomllib  # noqa: E402
import urllib.request  # noqa: E402
import webbrowser  # noqa: E402
from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping  # noqa: E402
from datetime import datetime  # noqa: E402
from functools import partial, wraps  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from streamlit import config  # noqa: E402
from streamlit.runtime.pages_manager import PagesManager  # noqa: E402
from streamlit.web.server.starlette import starlette_server  # noqa: E402

from calculators import faults, visit  # noqa: E402
from calculators.records import copies  # noqa: E402
from dashboard.serving import settings as settings_file  # noqa: E402
from dashboard.serving import visits, ways  # noqa: E402
from dashboard.serving.ahead import AHEAD  # noqa: E402
from dashboard.serving.gate import KEYS, TOKEN, Gate  # noqa: E402
from dashboard.serving.held import look_up_one_by_one  # noqa: E402
from dashboard.serving.logins import LOGINS  # noqa: E402
from dashboard.serving.packed import Packed  # noqa: E402
from dashboard.serving.respond import Respond  # noqa: E402
from dashboard.serving.room_gate import RoomGate  # noqa: E402
from dashboard.serving.server_gate import end_expired  # noqa: E402
from dashboard.serving.together import speak_in_parcels  # noqa: E402
from dashboard.serving.ways import Way  # noqa: E402

HERE = Path(__file__).resolve().parent
CONFIG = next(filter(Path.exists, [HERE / "config.toml"]), HERE.parent / ".streamlit" / "config.toml")
"""In a wheel it stands beside this file."""
FLOOR = {
    "server.address": "127.0.0.1", "server.headless": True, "browser.gatherUsageStats": False,
    "runner.postScriptGC": False,
}  # fmt: skip
"""What must hold even where the file is missing."""
FIRST_PAGE_SECONDS = 3
"""The first page is alone with the machine for as long."""
SLOW_TO_LOAD = ("dashboard.forfait.views", "dashboard.lab.views", "dashboard.sobriety.views")
UNFORESEEN = "Une erreur imprévue est survenue. Rechargez la page ; si elle revient, signalez ce que vous faisiez."


def settings() -> dict[str, Any]:
    """Options of `.streamlit/config.toml` by dotted name, wherever the command was started."""
    written = dict(_dotted(tomllib.loads(CONFIG.read_text(encoding="utf-8")))) if CONFIG.exists() else {}
    return written | FLOOR | ({} if ways.is_alone() else _reached_by_others(ways.place()))


def _reached_by_others(place: ways.Place) -> dict[str, Any]:
    return {
        "server.address": place.listens, "server.allowedHosts": ["127.0.0.1", "localhost", place.host],
        "browser.serverAddress": place.host, "server.maxUploadSize": 1,
    }  # fmt: skip


def _dotted(content: MutableMapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


@contextlib.asynccontextmanager
async def life(_app: st.App) -> AsyncIterator[None]:
    """Load what the first page needs, then put it out of the garbage collector's sight."""
    if config.get_option("server.address") is None:
        raise RuntimeError("Démarrez par « tableau-mt » : lancé ainsi, le serveur écouterait sur tout le réseau.")
    PagesManager.uses_pages_directory = False  # a folder named `pages` is no menu: app.py makes it
    visit.sweep()
    copies.sweep_unused(datetime.now())
    from dashboard import data

    data.warm_up()
    _draw()
    inspect.stack()  # Streamlit looks at it before its first element, and finds the file of every module then
    memory.freeze()
    collecting = memory.collect_aside()
    later = threading.Timer(FIRST_PAGE_SECONDS, _warm_the_rest)
    later.daemon = True
    later.start()
    letting_go = [asyncio.create_task(one()) for one in (memory.let_go, visits.let_go, end_expired)]
    yield
    for one in letting_go:
        one.cancel()
    later.cancel()
    collecting.set()
    later.join()
    AHEAD.stop()
    visits.end_all()
    gc.unfreeze()  # or what was frozen is still there when the interpreter ends, and DuckDB tells of it


def _draw() -> None:
    """Build the specifications of the charts, which Altair takes its time to validate."""
    from dashboard.prevention import charts as prevention_charts
    from dashboard.sobriety import charts as sobriety_charts

    for build in (*prevention_charts.BUILT, *sobriety_charts.BUILT):
        build()


def _warm_the_rest() -> None:
    from dashboard import data

    AHEAD.start()
    AHEAD.first(partial(importlib.import_module, name) for name in SLOW_TO_LOAD)
    data.anticipate_the_rest()
    AHEAD.soon("loaded", [memory.freeze])
    if ways.now() is not Way.SERVER:
        data.anticipate_everybody()


def tell(fault: Exception) -> bool:
    """A fault of a page in French; what it is goes to the terminal, never a record with it. True: Streamlit says nothing."""
    known = faults.in_french(fault)
    st.error(known or UNFORESEEN, icon=":material/error:")
    if known is None:
        where = "".join(_place(fault))
        print(f"Erreur imprévue : {type(fault).__name__}{where}", file=sys.stderr, flush=True)
    return True


def _place(fault: Exception) -> Iterator[str]:
    """The lines of the program it went through: names and numbers of lines, no value."""
    step = fault.__traceback__
    while step is not None:
        file = Path(step.tb_frame.f_code.co_filename)
        if HERE in file.parents or HERE.parent / "calculators" in file.parents:
            yield f" < {file.name}:{step.tb_lineno}"
        step = step.tb_next


def entrance() -> list[Middleware]:
    """What each request passes, from the network inwards."""
    if ways.now() is Way.ROOM:
        place = ways.place()
        sockets = [place.address.replace("http", "ws", 1)]
        return [Middleware(Respond, sockets), Middleware(RoomGate, hosts=[place.host]), Middleware(Packed)]
    if ways.now() is Way.SERVER:
        sockets = [ways.place().address.replace("http", "ws", 1)]
        return [Middleware(Respond, sockets), _identified(), Middleware(Packed)]
    return [Middleware(Respond), Middleware(Gate)]


def _identified() -> Middleware:
    """Who comes in through the identity provider, and what is written down of it."""
    from dashboard.serving import here
    from dashboard.serving.audit import Trail
    from dashboard.serving.provider import Provider
    from dashboard.serving.server_gate import BACK, ServerGate

    given = settings_file.now()
    assert given.auth is not None
    assert given.audit is not None
    LOGINS.use(given.auth.session_minutes, given.auth.idle_minutes)
    trail = Trail(given.audit)
    here.write_to(trail)
    provider = Provider(given.auth, f"{given.server.address}{BACK}")
    return Middleware(ServerGate, settings=given, provider=provider, trail=trail, known=_known_doctors)


def _known_doctors() -> list[str]:
    from dashboard import data

    return data.doctors_of_all()


app = st.App(HERE / "app.py", lifespan=life, middleware=entrance(), on_script_error=tell)


def main(arguments: list[str]) -> None:
    """Serve until interrupted. Arguments: the port, then `--browser` to open it."""
    port = int(arguments[0])
    if ways.now() is Way.SERVER:
        print(f"Serveur : {ways.place().address}", file=sys.stderr, flush=True)
        _run(port)
        return
    url = f"http://127.0.0.1:{port}"
    print(
        f"{'Animateur' if ways.now() is Way.ROOM else 'Adresse'} : {url}/?{TOKEN}={KEYS.token}",
        file=sys.stderr,
        flush=True,
    )
    print("Elle ouvre le tableau de bord jusqu’à l’arrêt du programme (Ctrl+C).", file=sys.stderr, flush=True)
    if "--browser" in arguments:
        threading.Thread(target=_open_once_healthy, args=(url,), daemon=True).start()
    _run(port)


def send_at_once(bind: Callable[..., socket.socket]) -> Callable[..., socket.socket]:
    """A server whose answers leave at once: the second part of each would wait 40 ms for the first to be acknowledged, since
    asyncio sees to it for a socket that names its protocol and Streamlit's does not."""

    @wraps(bind)
    def bound(*given: Any, **named: Any) -> socket.socket:
        found = bind(*given, **named)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # those it accepts take it over
        return found

    return bound


def _run(port: int) -> None:
    sys.argv = [str(HERE / "launch.py")]
    look_up_one_by_one()
    speak_in_parcels()
    starlette_server._bind_socket = send_at_once(starlette_server._bind_socket)
    app.run(config=settings() | {"server.port": port})


def _open_once_healthy(url: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
            webbrowser.open(f"{url}/?{TOKEN}={KEYS.once()}")
            return
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1:])
