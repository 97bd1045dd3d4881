"""`tableau-mt forget [DIR]`: be rid of compact copies; `--everything`: of a data folder this program made."""

import sys
from argparse import Namespace
from pathlib import Path

from calculators.errors import UserError
from calculators.french import count, number, plain, plain_day
from calculators.records.copies import copies, remove
from calculators.records.erasing import erase, require_erasable
from calculators.records.folder import list_folder
from dashboard.command.output import say


def run(asked: Namespace) -> int:
    if asked.everything:
        return _everything(asked)
    folder = None if asked.folder is None else list_folder(asked.folder).path
    found = copies(folder)
    for copy in found:
        print(f"{copy.place}  {number(copy.megabytes, 1)} Mo, utilisée le {plain_day(copy.used_on.date())}")
    if not found:
        say("Aucune copie compacte à effacer.")
        return 0
    for copy in found:
        remove(copy)
    gone = plain(count(len(found), "copie effacée", "copies effacées"))
    say(f"{gone}. La prochaine ouverture de ces données les refera.")
    return 0


def _everything(asked: Namespace) -> int:
    """The whole folder, once its name was typed."""
    if asked.folder is None:
        raise UserError("Dites quel dossier effacer : tableau-mt forget DIR --everything.")
    folder = asked.folder.absolute()
    require_erasable(folder)
    erase(folder, folder.name if asked.yes else _typed(folder))
    say(f"« {folder} » est effacé : données, déclarations et copies.")
    return 0


def _typed(folder: Path) -> str:
    say(f"Tout ce que contient « {folder} » sera perdu. Tapez « {folder.name} » pour l’effacer :")
    return sys.stdin.readline().strip() if sys.stdin else ""
