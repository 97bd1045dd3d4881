"""Compact copies of data folders: where they are, how large, when they were last used, and how to be rid of them.

They lie beside the data, or in the user's own cache when the data are read-only. Nothing in them is the only copy.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from calculators.records.folder import STORES
from calculators.records.store import STAMP, cache_root

UNUSED_DAYS = 30
"""Copies of read-only data go when nobody opened them for so long."""


@dataclass(frozen=True)
class Copy:
    """One compact copy."""

    place: Path
    of: str
    """Folder it was made from; empty when it does not say."""
    megabytes: float
    used_on: datetime


def copies(folder: Path | None = None) -> list[Copy]:
    """Those of a data folder, or without one those kept in the user's cache."""
    if folder is None:
        root = cache_root()
        places = sorted(root.iterdir()) if root.is_dir() else []
    else:
        places = sorted(path for path in folder.iterdir() if path.name.startswith(STORES))
    return [_copy(place, folder) for place in places if place.is_dir()]


def remove(copy: Copy) -> None:
    """Raises OSError."""
    shutil.rmtree(copy.place)


def sweep_unused(now: datetime) -> list[Copy]:
    """Remove those of the cache that nobody used for `UNUSED_DAYS`."""
    old = [copy for copy in copies() if now - copy.used_on > timedelta(days=UNUSED_DAYS)]
    for copy in old:
        shutil.rmtree(copy.place, ignore_errors=True)
    return old


def _copy(place: Path, folder: Path | None) -> Copy:
    files = [path for path in place.rglob("*") if path.is_file()]
    used = max((path.stat().st_mtime for path in files if path.name == STAMP), default=place.stat().st_mtime)
    size = sum(path.stat().st_size for path in files) / 1e6
    return Copy(place, str(folder or ""), size, datetime.fromtimestamp(used))
