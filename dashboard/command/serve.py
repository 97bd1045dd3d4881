"""`tableau-mt [serve] [DIR]`: open the dashboard. Streamlit is loaded here alone."""

import os
import runpy
import socket
import sys
from argparse import Namespace
from urllib.parse import urlsplit

from calculators.errors import UserError
from dashboard import shipped
from dashboard.serving import memory

FIRST_PORT, LAST_PORT = 8501, 8549


def run(asked: Namespace) -> int:
    """Start on any folder: what is wrong with it is told on the page, where another can be chosen."""
    memory.settle()  # before anything loads pyarrow
    if asked.config is not None:
        return _configured(asked)
    os.environ["TABLEAU_MT_DOSSIER"] = str((asked.folder or shipped.PRACTICES).absolute())
    sys.argv = ["launch", str(free_port(asked.port)), *([] if asked.no_browser else ["--browser"])]
    runpy.run_module("dashboard.launch", run_name="__main__")
    return 0


def _configured(asked: Namespace) -> int:
    """As `server.toml` says: for many doctors when it has `[auth]`, else for whoever sits before this computer."""
    if asked.folder is not None or asked.port is not None:
        raise UserError("Avec --config, le dossier et le port se disent dans le fichier.")
    from dashboard.serving import settings, ways

    given = settings.read(asked.config)
    folder = given.server.folder if given.server.folder.is_absolute() else asked.config.parent / given.server.folder
    if not (folder / "dataset.toml").is_file():
        raise UserError(f"« {folder} » n’est pas un dossier de données (il n’y a pas de dataset.toml).")
    os.environ["TABLEAU_MT_DOSSIER"] = str(folder.absolute())
    port = free_port(given.server.port, given.server.listen)
    if given.auth is not None:
        _ = given.auth.client_secret  # one that cannot be read is told now
        found = urlsplit(given.server.address)
        settings.use(given)
        ways.start(
            ways.Way.SERVER,
            ways.Place(given.server.listen, found.hostname or "", found.port or 0, found.scheme),
        )
    sys.argv = ["launch", str(port)]
    runpy.run_module("dashboard.launch", run_name="__main__")
    return 0


def free_port(asked: int | None, address: str = "127.0.0.1") -> int:
    """The port asked for, or the first free one. Raises UserError (French)."""
    for port in [asked] if asked else range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as probe:
            if os.name != "nt":  # as the server does: there, a busy port would seem free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    wanted = f"Le port {asked} est" if asked else f"Les ports {FIRST_PORT} à {LAST_PORT} sont"
    raise UserError(f"{wanted} déjà occupé{'' if asked else 's'} : choisissez-en un autre avec --port.")
