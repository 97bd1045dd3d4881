"""Write aside, then rename: what is written is whole or absent, and what it replaces is lost only once it is there."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".unfinished"


@contextmanager
def file_aside(to: Path) -> Iterator[Path]:
    """A file to write; it takes the place of `to` when the block ends well. A killed run leaves `.<name>-….unfinished`."""
    handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}-", suffix=UNFINISHED)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        aside.chmod(0o644)
        aside.replace(to)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def folder_aside(to: Path, keep: Iterable[Path] = (), mode: int = 0o755) -> Iterator[Path]:
    """A folder to write; it takes the place of `to` when the block ends well. `keep`: files and folders of `to` that are
    not ours to replace; they are copied into the new one.

    Raises OSError when the folder cannot be written; `to` is then as it was.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=to.parent, prefix=f".{to.name}-", suffix=UNFINISHED))
    try:
        yield aside
        for kept in keep:
            (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, aside / kept.name)
        aside.chmod(mode)
        _exchange(aside, to)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(aside: Path, to: Path) -> None:
    if not to.exists():
        aside.rename(to)
        return
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=f".{to.name}-", suffix=UNFINISHED) as scratch:
        earlier = to.rename(Path(scratch) / to.name)
        try:
            aside.rename(to)
        except OSError:
            earlier.rename(to)
            raise
