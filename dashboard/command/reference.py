"""`tableau-mt reference build DIR`: the reference of a year from all the doctors of a folder, department by department."""

from argparse import Namespace
from collections.abc import Callable
from datetime import date

from calculators.engine import Engine, SparkEngine, start_spark
from calculators.records.store import Store
from calculators.sobriety.definition import load_definition
from calculators.sobriety.reference import build_by_part
from dashboard.command.output import progress, say


def build(asked: Namespace) -> int:
    definition, engine_of = load_definition(asked.year), _engine_of(asked.engine, asked.memory)
    with progress("Référence") as told:
        work = build_by_part(
            asked.folder, asked.year, definition, asked.to, date.today(), told, asked.memory, engine_of
        )
    say(f"Référence écrite : {asked.to}")
    say(f"Sommes par département gardées dans {work} : elles évitent de tout recompter, vous pouvez les supprimer.")
    return 0


def _engine_of(engine: str, memory: str | None) -> Callable[[Store], Engine]:
    """What counts a store."""
    if engine == "duckdb":
        return Store.engine
    session = start_spark(memory)
    return lambda store: store.shown_to(SparkEngine(session))
