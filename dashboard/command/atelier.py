"""`tableau-mt atelier`: open a room on the local network, on fictitious data. Streamlit is loaded here alone."""

import os
import runpy
import socket
import sys
import tomllib
from argparse import Namespace
from contextlib import suppress

import segno

from calculators.errors import UserError
from dashboard import shipped
from dashboard.command.output import say
from dashboard.command.serve import free_port
from dashboard.serving import memory, ways
from dashboard.serving.attendance import ROOM
from dashboard.serving.ways import Place, Way

EVERYWHERE = "0.0.0.0"
NOWHERE = ("192.0.2.1", 9)
"""An address of documentation: choosing the way to it sends nothing, and tells our own."""


def run(asked: Namespace) -> int:
    """Say what is opened to whom, then serve until interrupted."""
    memory.settle()  # before anything loads pyarrow
    host = asked.address or own_address()
    place = Place(asked.listen or EVERYWHERE, host, free_port(asked.port, asked.listen or EVERYWHERE))
    os.environ["TABLEAU_MT_DOSSIER"] = str(shipped.PRACTICES)
    ways.start(Way.ROOM, place)
    ROOM.practices = practices()
    announce(place)
    sys.argv = ["launch", str(place.port), *([] if asked.no_browser else ["--browser"])]
    runpy.run_module("dashboard.launch", run_name="__main__")
    return 0


def practices() -> tuple[str, ...]:
    """The fictitious practices, given to participants one after the other."""
    told = tomllib.loads(shipped.STORIES.read_text(encoding="utf-8"))["practice"] if shipped.STORIES.exists() else []
    return tuple(one["id"] for one in told)


def announce(place: Place) -> None:
    """The door, on the terminal too."""
    inside = f"{place.address}/?code={ROOM.code}"
    say("Atelier : ce programme répond à tout le réseau local, sur des cabinets fictifs seulement, jusqu’à son arrêt.")
    say(f"Participants : {place.address}/   code {ROOM.code}")
    if sys.stderr.isatty():
        segno.make_qr(inside).terminal(sys.stderr, compact=True)


def own_address() -> str:
    """Address of this computer on its network. Raises UserError (French) when it is on none."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(NOWHERE)
        found = str(probe.getsockname()[0])
        if not found.startswith(("127.", "0.")):
            return found
    raise UserError(
        "Cet ordinateur n’est sur aucun réseau : connectez-le à celui de la salle, ou donnez son adresse avec --address."
    )
