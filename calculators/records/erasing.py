"""Erase a practice folder: all of it, once its name was typed, and never one that this program did not make."""

import shutil
from pathlib import Path

from calculators import faults
from calculators.errors import UserError
from calculators.records.folder import list_folder, made_here


def require_erasable(folder: Path) -> None:
    """Raises UserError (French): no data folder, or one that somebody else made."""
    list_folder(folder)
    if not made_here(folder):
        raise UserError(f"« {folder} » n’a pas été écrit par ce programme : effacez-le vous-même si vous le voulez.")


def erase(folder: Path, typed: str) -> None:
    """Data, identities, declarations and copies. `typed`: the name of the folder, as a confirmation.

    Raises UserError (French); nothing is erased then, unless the disk refuses a part of it.
    """
    require_erasable(folder)
    if typed.strip() != folder.name:
        raise UserError(f"Rien n’a été effacé : le nom tapé n’est pas celui du dossier, « {folder.name} ».")
    try:
        shutil.rmtree(folder)
    except OSError as problem:
        raise UserError(f"« {folder} » n’a pas pu être effacé entièrement : {faults.cause(problem)}.") from None
