"""`tableau-mt reference build DIR`: the reference of a year from all the doctors of a folder, department by department;
`tableau-mt reference publish REFDIR`: the copy of it that may travel."""

from argparse import Namespace
from collections.abc import Callable
from datetime import date

from calculators import french
from calculators.engine import Engine, SparkEngine, start_spark
from calculators.errors import UserError
from calculators.records.store import Store
from calculators.sobriety import publish as publishing
from calculators.sobriety.definition import load_definition
from calculators.sobriety.reference import DoubtfulReferenceError, build_by_part, open_reference
from dashboard.command.output import ALL_THE_SAME, progress, say


def build(asked: Namespace) -> int:
    definition, engine_of = load_definition(asked.year), _engine_of(asked.engine, asked.memory)
    try:
        with progress("Référence") as told:
            work = build_by_part(
                asked.folder, asked.year, definition, asked.to, date.today(), told, asked.memory, engine_of,
                asked.accept_doubts,
            )  # fmt: skip
    except DoubtfulReferenceError as doubt:
        raise UserError(f"{doubt} {ALL_THE_SAME}") from None
    say(f"Référence écrite : {asked.to} (ne pas transmettre : « tableau-mt reference publish » en fait une copie)")
    say(f"Sommes par département gardées dans {work} : elles évitent de tout recompter, vous pouvez les supprimer.")
    return 0


def publish(asked: Namespace) -> int:
    copy = publishing.publish(asked.reference, asked.to, load_definition(open_reference(asked.reference).year))
    grouped = sum(key != first for key, first in copy.by_stratum.first_of.items())
    patients, doctors = (french.plain(french.number(n)) for n in (copy.by_stratum.patients, copy.size))
    say(
        f"Copie écrite : {asked.to} ({doctors} médecins, {patients} patients ; strates jointes à une autre : {grouped})"
    )
    return 0


def _engine_of(engine: str, memory: str | None) -> Callable[[Store], Engine]:
    """What counts a store."""
    if engine == "duckdb":
        return Store.engine
    session = start_spark(memory)
    return lambda store: store.shown_to(SparkEngine(session))
