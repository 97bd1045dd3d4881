"""The command `tableau-mt`: same results as the pages, as files. One file per verb; what a verb needs is loaded with it.

Exit codes: 0 done; 1 a command named « … check » found problems; 2 the input or the machine does not allow it; 130
interrupted.
Results go to standard output or to `--out`, messages to standard error.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from calculators.errors import UserError
from calculators.given import exists, path
from calculators.rules import suggest
from dashboard.command.arguments import COMMANDS, parser
from dashboard.command.output import say


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if not given or given[0] not in (*COMMANDS, "-h", "--help", "--version"):
            given = ["serve", *_folder_first(given)]
        asked = parser(RUNS).parse_args(given)
        return int(asked.run(asked))
    except UserError as mistake:
        say(str(mistake))
        return 2
    except KeyboardInterrupt:
        say("Interrompu.")
        return 130
    except BrokenPipeError:  # the reader of our output has had enough
        _drop_output()
        return 0
    except Exception as fault:
        from calculators import faults  # it loads what may have failed

        _drop_output()
        say(faults.in_french(fault) or _unforeseen(fault))
        return 2


def _unforeseen(fault: Exception) -> str:
    return f"Erreur imprévue du programme, merci de la signaler : {type(fault).__name__}, {fault}"


def _drop_output() -> None:
    """What could not be written is not tried again at the end, where Python would complain in English."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _folder_first(given: list[str]) -> list[str]:
    """`tableau-mt DIR` opens DIR; a word that is no folder is more likely a misspelt command."""
    if given and not given[0].startswith("-") and not exists(path(given[0])):
        raise UserError(
            f"« {given[0]} » n’est ni un dossier ni une commande ; {suggest(given[0], list(COMMANDS))}\n"
            "Aide : tableau-mt --help"
        )
    return given


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _verb(module: str, name: str = "run") -> Callable[[argparse.Namespace], int]:
    """A verb of which the file is loaded when it runs: `--help` answers without the libraries of the others."""

    def run(asked: argparse.Namespace) -> int:
        return int(getattr(import_module(f"dashboard.command.{module}"), name)(asked))

    return run


RUNS = {
    "serve": _verb("serve"),
    "atelier": _verb("atelier"),
    "audit check": _verb("audit", "check"),
    "check": _verb("check"),
    "import": _verb("importing"),
    "sources": _verb("sources"),
    "drugs load": _verb("drugs", "load"),
    "sample": _verb("sample"),
    "prevention": _verb("prevention"),
    "reconcile": _verb("reconcile"),
    "reference build": _verb("reference", "build"),
    "reference publish": _verb("reference", "publish"),
    "reference add": _verb("reference", "add"),
    "reference list": _verb("reference", "listed"),
    "reference remove": _verb("reference", "remove"),
    "collective start": _verb("collective", "start"),
    "collective contribute": _verb("collective", "contribute"),
    "collective sum": _verb("collective", "add"),
    "collective build": _verb("collective", "build"),
    "sobriety": _verb("sobriety"),
    "pertinence": _verb("pertinence"),
    "forfait": _verb("forfait"),
    "compare": _verb("compare"),
    "income": _verb("income"),
    "lists": _verb("lists"),
    "limits": _verb("limits"),
    "decide": _verb("decide"),
    "envelope": _verb("envelope"),
    "scenario check": _verb("scenario", "check"),
    "forget": _verb("forget"),
    "indicator check": _verb("indicator", "check"),
    "agreement check": _verb("agreement", "check"),
}
