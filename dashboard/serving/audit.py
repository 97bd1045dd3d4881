"""Who looked at what, and when: one line for each access, chained to the one before it, without any clinical value.

A file a month (`acces-2026-11.jsonl`); each line holds the digest of itself and of the line before, across months. Months
older than what is kept are removed whole: what is left still hangs together. Removing the last lines cannot be seen from
the files alone: the last digest is said by the check, to be compared with one noted elsewhere.
"""

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from calculators.errors import UserError
from dashboard.serving.settings import Audit

START = "0" * 64
FIELDS = ("at", "who", "action", "doctor", "what", "result")


class Trail:
    """The files of a folder. Raises UserError (French) when they cannot be written."""

    def __init__(self, audit: Audit) -> None:
        self.folder, self.months = audit.folder, audit.months
        self._lock = threading.Lock()
        self._made = False
        self._last: str | None = None

    def note(self, at: datetime, who: str, action: str, doctor: str = "", what: str = "", result: str = "fait") -> None:
        """One access: `action` is connexion, refus, consultation, export or deconnexion; `what` the page or the list."""
        said = {"at": at.isoformat(timespec="milliseconds"), "who": who, "action": action, "doctor": doctor, "what": what,
                "result": result}  # fmt: skip
        with self._lock:
            try:
                self._write(said, at)
            except OSError as fault:
                raise UserError(f"Les accès ne peuvent pas être tracés dans « {self.folder} ».") from fault

    def _write(self, said: dict[str, str], at: datetime) -> None:
        if not self._made:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._made = True
        file = max([self.folder / f"acces-{at:%Y-%m}.jsonl", *files(self.folder)[-1:]])  # a clock may be set back
        if not file.exists():
            self._drop_old(at)
        before = self._last or last_digest(self.folder)
        digest = digest_of(said, before)
        line = json.dumps({**said, "before": before, "digest": digest}, ensure_ascii=False)
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{line}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        self._last = digest

    def _drop_old(self, now: datetime) -> None:
        first = now.year * 12 + now.month - 1 - self.months
        for file in files(self.folder):
            year, month = file.stem.removeprefix("acces-").split("-")
            if int(year) * 12 + int(month) - 1 < first:
                file.unlink()


def files(folder: Path) -> list[Path]:
    """Oldest month first."""
    return sorted(folder.glob("acces-[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def digest_of(said: dict[str, Any], before: str) -> str:
    told = json.dumps([said[name] for name in FIELDS] + [before], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def last_digest(folder: Path) -> str:
    """Of the last line there is."""
    for file in reversed(files(folder)):
        if lines := file.read_text(encoding="utf-8").splitlines():
            return str(json.loads(lines[-1])["digest"])
    return START


@dataclass(frozen=True)
class Checked:
    """How many lines hang together, the last digest, and where the first fault is (empty without one)."""

    lines: int
    last: str
    fault: str


def check(folder: Path) -> Checked:
    """Read every line again. Raises UserError (French) when there is none."""
    every = files(folder)
    if not every:
        raise UserError(f"Aucun accès n’est tracé dans « {folder} ».")
    lines, before = 0, None
    for file in every:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                said = json.loads(line)
                whole = said["digest"] == digest_of(said, said["before"]) and before in (None, said["before"])
            except (ValueError, KeyError, TypeError):
                whole = False
            if not whole:
                return Checked(lines, before or START, f"{file.name}, ligne {number}")
            lines, before = lines + 1, said["digest"]
    return Checked(lines, before or START, "")
