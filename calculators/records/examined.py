"""What `check` found, in few words, computed once for a content and kept beside the store: said before any result."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from calculators import french, sealed
from calculators.aside import file_aside
from calculators.records import check_rules, doubts
from calculators.records.check import check
from calculators.records.facts import FILE
from calculators.records.store import Store

KEPT = "check.json"


@dataclass(frozen=True)
class Examined:
    """How many rows are at fault, how many lines were read, and what is doubtful of a table, a month or a year."""

    errors: int
    lines: int
    doubtful: tuple[str, ...]

    def sentence(self) -> str:
        """One line, in French."""
        where = f"dans {french.count(self.lines, 'ligne lue', 'lignes lues')}"
        if not (self.errors or self.doubtful):
            return f"Vérification : rien d’anormal {where}."
        faults = [f"{french.count(self.errors, 'erreur')} {where}."] if self.errors else []
        return f"Vérification : {' '.join([*faults, *self.doubtful])} « tableau-mt check » dit où."


def examined(store: Store) -> Examined:
    """Of a store, found again when neither its files, nor dataset.toml, nor the rules changed.

    Raises UnusableFolderError (French) when a table cannot be read.
    """
    if found := kept(store):
        return found
    new = _examine(store)
    with suppress(OSError), file_aside(store.place / KEPT) as aside:  # a folder that is read-only is checked again
        aside.write_text(sealed.seal({"of": _content(store)} | asdict(new)), encoding="utf-8")
    return new


def kept(store: Store) -> Examined | None:
    """What was found of this content before; None when it was not examined yet."""
    with suppress(OSError, ValueError, KeyError):
        found = sealed.opened(store.place / KEPT)
        if found["of"] == _content(store):
            return Examined(found["errors"], found["lines"], tuple(found["doubtful"]))
    return None


def _examine(store: Store) -> Examined:
    found, doubtful = check(store.folder, examples=1, store=store), doubts.doubts(store)
    errors = found.count("erreur") - len(doubtful)
    return Examined(errors, sum(found.rows.values()), tuple(doubts.sentences(doubtful)))


def _content(store: Store) -> str:
    digest = hashlib.sha256(store.fingerprint.encode())
    for text in _texts(store.folder):
        digest.update(hashlib.sha256(text).digest())
    return digest.hexdigest()


def _texts(folder: Path) -> Iterator[bytes]:
    """What the findings depend on beside the tables."""
    for file in (folder / "dataset.toml", folder / FILE, check_rules.FILE):
        try:
            yield file.read_bytes()
        except OSError:
            yield b""
