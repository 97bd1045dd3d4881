"""What spares the tests a fifth of their processor time, where the machine has it: small files are written in memory, and
what computes takes its memory from mimalloc. Planning a query is thousands of small pieces of memory; a store of a few
patients is forty files, and a disk looks long for a place of each. And no process starts threads for the algebra of numpy
and scipy: they wait by turning, a tenth of a second for nothing, for each command and server that starts."""

import ctypes.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free there: a container often has some sixty megabytes, all tests at once take about one gigabyte."""
PRELOADED = "LD_PRELOAD"


def prepare() -> None:
    """For the workers, servers and commands started from now on; what the user has chosen stays. Only Linux has the
    others."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.platform != "linux":
        return
    if "TMPDIR" not in os.environ and _has_room(IN_MEMORY):
        os.environ["TMPDIR"] = str(IN_MEMORY)
        tempfile.tempdir = None  # asked for already, perhaps
    if PRELOADED not in os.environ and (found := ctypes.util.find_library("mimalloc")):
        os.environ[PRELOADED] = found


def for_a_browser() -> dict[str, str | float | bool]:
    """Its environment: it has an allocator of its own."""
    return {name: value for name, value in os.environ.items() if name != PRELOADED}


def _has_room(place: Path) -> bool:
    return place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > ROOM
