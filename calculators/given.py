"""Paths as people give them: typed, pasted with quotes, copied from a browser. A name that exists is taken as it is."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from calculators.errors import UserError

QUOTES = (('"', '"'), ("'", "'"), ("«", "»"), ("“", "”"), ("‘", "’"), ("`", "`"))
LONGEST = 4096
"""Characters of a path no system opens beyond."""


def path(text: str | os.PathLike[str]) -> Path:
    """The path meant by a text: as it is written when that exists, else without the quotes around it or the `file://`
    before it. Nothing in a name is a pattern, and `~` is no one's home. Raises UserError (French)."""
    written = str(text)
    if "\0" in written or len(written) > LONGEST:
        raise UserError(
            f"« {_shortened(written)} » ne peut pas être un chemin : donnez celui d’un dossier ou d’un fichier."
        )
    for meant in _readings(written):
        if exists(Path(meant)):
            return Path(meant)
    return Path(_readings(written)[-1])


def exists(given: Path) -> bool:
    """False too for a name too long for the disk."""
    try:
        return given.exists()
    except (OSError, ValueError):
        return False


def _readings(written: str) -> list[str]:
    """What a text may mean, the most literal first."""
    bare = written.strip()
    for opening, closing in QUOTES:
        if len(bare) > 2 and bare.startswith(opening) and bare.endswith(closing):
            bare = bare[1:-1].strip()
            break
    readings = [written, bare, _of_url(bare)]
    return list(dict.fromkeys(reading for reading in readings if reading)) or [written]


def _of_url(text: str) -> str:
    if not text.lower().startswith("file:"):
        return text
    parts = urlsplit(text)
    return url2pathname(unquote(parts.path)) if parts.netloc in ("", "localhost") else text


def _shortened(text: str) -> str:
    printable = text.replace("\0", "␀")
    return printable if len(printable) <= 80 else printable[:80] + "…"
