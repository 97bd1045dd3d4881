"""Practice folders that were opened or made on this computer, the latest first: kept for the owner alone, and forgotten with
the folder."""

import json
from contextlib import suppress
from pathlib import Path

import platformdirs

from calculators import given
from calculators.aside import file_aside

MOST = 8


def recents() -> list[Path]:
    """Those that are still there. What cannot be read is nothing."""
    return [path for path in map(Path, _read()) if given.exists(path / "dataset.toml")]


def remember(folder: Path) -> None:
    """Put a folder first. Where it cannot be written, nothing is remembered."""
    _write([str(folder.absolute()), *(one for one in _read() if one != str(folder.absolute()))][:MOST])


def drop(folder: Path) -> None:
    """It is no more."""
    _write([one for one in _read() if one != str(folder.absolute())])


def _file() -> Path:
    return platformdirs.user_state_path("tableau-mt") / "dossiers.json"


def _read() -> list[str]:
    try:
        said = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []


def _write(folders: list[str]) -> None:
    with suppress(OSError):
        _file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_aside(_file()) as aside:
            aside.write_text(json.dumps(folders, ensure_ascii=False), encoding="utf-8")
