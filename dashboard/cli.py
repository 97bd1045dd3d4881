"""The command `tableau-mt`: same results as the pages, as files. Streamlit is loaded by `serve` alone.

Exit codes: 0 done; 1 problems found (`check`) or an unforeseen fault; 2 a mistake the user can put right.
Results go to standard output or to `--out`, messages to standard error.
"""

import argparse
import os
import runpy
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calculators.errors import UserError
from dashboard import shipped
from dashboard.arguments import COMMANDS, parser

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from calculators.engine import Engine
    from calculators.records.store import Store

FIRST_PORT, LAST_PORT = 8501, 8549


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if not given or given[0] not in (*COMMANDS, "-h", "--help"):
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
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:
        say(f"Erreur imprévue du programme, merci de la signaler : {type(fault).__name__}, {fault}")
        return 1


def _folder_first(given: list[str]) -> list[str]:
    """`tableau-mt DIR` opens DIR; a word that is no folder is more likely a misspelt command."""
    if given and not given[0].startswith("-") and not Path(given[0]).exists():
        from calculators.rules import suggest

        raise UserError(
            f"« {given[0]} » n’est ni un dossier ni une commande ; {suggest(given[0], list(COMMANDS))}\n"
            "Aide : tableau-mt --help"
        )
    return given


def say(message: str) -> None:
    """A message for the person, never mixed with the results."""
    print(message, file=sys.stderr, flush=True)


def serve(asked: argparse.Namespace) -> int:
    """Open the dashboard."""
    folder = asked.folder or shipped.PRACTICES
    if asked.folder:
        from calculators.records.folder import open_folder

        open_folder(folder)
    os.environ["TABLEAU_MT_DOSSIER"] = str(folder.resolve())
    sys.argv = ["launch", str(_free_port(asked.port)), *([] if asked.no_browser else ["--browser"])]
    runpy.run_module("dashboard.launch", run_name="__main__")
    return 0


def check(asked: argparse.Namespace) -> int:
    """Report what is wrong with a folder."""
    from calculators.records.check import check as verify

    report = verify(asked.folder)
    print(report.to_json() if asked.format == "json" else report.to_text())
    return 0 if report.is_clean else 1


def import_(asked: argparse.Namespace) -> int:
    """Convert source files into a data folder."""
    from calculators.records.readers import import_sources

    imported = import_sources(asked.sources, asked.to)
    for kind, lines in imported.read.items():
        say(f"{kind} : {lines} ligne{'s' if lines > 1 else ''}")
    for unmapped in imported.unmapped:
        say(f"À savoir : {unmapped}")
    say(f"Dossier écrit : {asked.to}")
    return 0


def sample(asked: argparse.Namespace) -> int:
    """Write fictitious practices."""
    from sample_data.generate import AS_OF, generate

    with _progress("Données fictives") as progress:
        generate(asked.doctors, asked.seed, asked.to, asked.as_of or AS_OF, progress, since=asked.since)
    say(f"Dossier écrit : {asked.to} (données fictives)")
    return 0


def prevention(asked: argparse.Namespace) -> int:
    """State of every patient for every indicator."""
    from calculators.prevention.indicator import load_set
    from dashboard import results

    store, doctor = _open(asked)
    rules = load_set(asked.set)
    _say_beyond_cover(store, asked.as_of)
    with _waiting("Prévention"):
        table = results.prevention(store, rules, asked.as_of, doctor)
    return _deliver(table, asked.out)


def build_reference(asked: argparse.Namespace) -> int:
    """Build the reference of a year from all the doctors of a folder, department after department."""
    from calculators.sobriety.definition import load_definition
    from calculators.sobriety.reference import build_by_part

    definition, engine_of = load_definition(asked.year), _engine_of(asked.engine, asked.memory)
    with _progress("Référence") as progress:
        work = build_by_part(
            asked.folder, asked.year, definition, asked.to, date.today(), progress, asked.memory, engine_of
        )
    say(f"Référence écrite : {asked.to}")
    say(f"Sommes par département gardées dans {work} : elles évitent de tout recompter, vous pouvez les supprimer.")
    return 0


def _engine_of(engine: str, memory: str | None) -> "Callable[[Store], Engine]":
    """What counts a store."""
    from calculators.engine import SparkEngine, start_spark
    from calculators.records.store import Store

    if engine == "duckdb":
        return Store.engine
    session = start_spark(memory)
    return lambda store: store.shown_to(SparkEngine(session))


def sobriety(asked: argparse.Namespace) -> int:
    """Ratio of every doctor."""
    from dashboard import results

    store, doctor = _open(asked)
    reference = results.reference_for(store, asked.year, asked.reference)
    if not asked.reference:
        say(f"Référence {asked.year} fournie avec le programme : fictive.")
    with _waiting("Sobriété"):
        table = results.sobriety(store, asked.year, reference, doctor)
    return _deliver(table, asked.out)


def forfait(asked: argparse.Namespace) -> int:
    """Pay lines of every doctor, the prevention part fed by the indicators validated on 31 December."""
    from calculators.forfait.version import load_scenario, load_version, read_scenario
    from dashboard import results

    store, doctor = _open(asked)
    version = load_version(asked.version)
    if asked.scenario:
        _check_base(read_scenario(asked.scenario).base, asked)
        version = load_scenario(asked.scenario)
    _say_beyond_cover(store, date(asked.year, 12, 31))
    with _waiting("Forfait"):
        table = results.forfait(store, version, asked.year, doctor)
    return _deliver(table, asked.out)


def compare(asked: argparse.Namespace) -> int:
    """The same lists under several agreements, line by line, each beside the first."""
    from dashboard import agreements

    store, doctor = _open(asked)
    wanted = agreements.load_all(asked.versions)
    _say_beyond_cover(store, date(asked.year, 12, 31))
    with _waiting("Comparaison"):
        table = agreements.compared(store, wanted, asked.year, doctor, asked.with_means)
    return _deliver(table, asked.out)


def check_scenario(asked: argparse.Namespace) -> int:
    """Say what a scenario changes; a path, an amount, a rate or an age line at fault is told and the code is 2."""
    from calculators.forfait.version import load_scenario, load_version, read_scenario
    from dashboard import agreements

    scenario, version = read_scenario(asked.file), load_scenario(asked.file)
    beside = asked.file.parent / scenario.base
    base = load_version(beside if scenario.base.endswith(".toml") else scenario.base)
    print(f"Scénario valide : « {version.label} », à partir de « {base.label} ».")
    for line in agreements.changes_in_words(version, base, scenario.changes):
        print(f"  {line}")
    return 0


def _check_base(base: str, asked: argparse.Namespace) -> None:
    """Two answers to « which agreement » would leave the reader in doubt."""
    if Path(base).stem != Path(asked.version).stem:
        raise UserError(
            f"Le scénario « {asked.scenario} » part de « {base} » : "
            f"demandez --version {base}, ou changez sa clé « base »."
        )


def _open(asked: argparse.Namespace) -> "tuple[Store, str | None]":
    """The store, and the doctor asked for (none for all)."""
    from calculators.records.store import open_store
    from dashboard import results

    store = open_store(asked.folder)
    return store, results.known_doctor(store, asked.doctor)


def _say_beyond_cover(store: "Store", day: date) -> None:
    from calculators.dates import in_french

    if day > store.dataset.covers_to:
        say(
            f"Attention : les données s’arrêtent au {in_french(store.dataset.covers_to)} ; "
            f"le résultat au {in_french(day)} est calculé comme si elles étaient complètes."
        )


def _deliver(table: "pa.Table", out: Path | None) -> int:
    from dashboard import export

    if out:
        export.write(table, out)
        say(f"{table.num_rows} lignes écrites dans {out}")
    else:
        export.write_csv(table, sys.stdout)
        sys.stdout.flush()
    return 0


def _free_port(asked: int | None) -> int:
    """The port asked for, or the first free one."""
    for port in [asked] if asked else range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as probe:
            if os.name != "nt":  # as the server does: there, a busy port would seem free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    wanted = f"Le port {asked} est" if asked else f"Les ports {FIRST_PORT} à {LAST_PORT} sont"
    raise UserError(f"{wanted} déjà occupé{'' if asked else 's'} : choisissez-en un autre avec --port.")


@contextmanager
def _progress(title: str) -> Iterator[Any]:
    """A function (sentence, share done) that draws a bar on a terminal, and nothing elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda sentence, share: bar.update(task, description=sentence, completed=share)


@contextmanager
def _waiting(title: str) -> Iterator[None]:
    """Says on a terminal that something is being computed."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{title} : calcul en cours"):
        yield


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


RUNS = {
    "serve": serve,
    "check": check,
    "import": import_,
    "sample": sample,
    "prevention": prevention,
    "reference build": build_reference,
    "sobriety": sobriety,
    "forfait": forfait,
    "compare": compare,
    "scenario check": check_scenario,
}

if __name__ == "__main__":
    sys.exit(main())
