"""`tableau-mt drugs load FILES --to DIR`: a drug reference beside the data, for missing ATC classes and prices.

In a folder that was made from documents it is one of them, listed and withdrawn as they are.
"""

from argparse import Namespace
from datetime import date

import pyarrow.parquet as pq

from calculators import french
from calculators.records import practice, sources
from calculators.records.prices import prices_of
from calculators.records.readers import drug_base
from calculators.records.readers.drug_base import Loaded
from calculators.records.readers.shape import SourceFile
from calculators.records.store import open_store
from dashboard.command.output import say
from dashboard.command.report import say_allowed


def load(asked: Namespace) -> int:
    of_documents = bool(sources.read(asked.to))
    loaded = _add(asked) if of_documents else drug_base.load(asked.sources, asked.to, asked.year)
    numbers = [french.plain(french.number(n)) for n in (loaded.rows, loaded.with_class, loaded.with_price)]
    year = f" de {loaded.year}" if loaded.year else ""
    say(f"Présentations : {numbers[0]} (avec classe ATC : {numbers[1]} ; avec prix{year} : {numbers[2]})")
    if loaded.kept:
        say(f"Dont gardées de la base déjà là : {french.plain(french.number(loaded.kept))}")
    say(f"Base de médicaments écrite : {asked.to / 'drugs.parquet'}")
    if sentence := prices_of(open_store(asked.to)).sentence():
        say(french.plain(sentence))
    say_allowed(asked.to)
    return 0


def _add(asked: Namespace) -> Loaded:
    given = drug_base.reference([SourceFile(path) for path in drug_base.files_of(asked.sources)], asked.year)
    practice.add(asked.to, [given], today=date.today())
    table = pq.ParquetFile(asked.to / "drugs.parquet").read()
    return drug_base.counted(table, table.num_rows - given.tables["drugs"].num_rows)
