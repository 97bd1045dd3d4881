"""`tableau-mt drugs load FILES --to DIR`: a drug reference beside the data, for missing ATC classes and prices."""

from argparse import Namespace

from calculators import french
from calculators.records.prices import prices_of
from calculators.records.readers import drug_base
from calculators.records.store import open_store
from dashboard.command.output import say


def load(asked: Namespace) -> int:
    loaded = drug_base.load(asked.sources, asked.to, asked.year)
    numbers = [french.plain(french.number(n)) for n in (loaded.rows, loaded.with_class, loaded.with_price)]
    year = f" de {loaded.year}" if loaded.year else ""
    say(f"Présentations : {numbers[0]} (avec classe ATC : {numbers[1]} ; avec prix{year} : {numbers[2]})")
    if loaded.kept:
        say(f"Dont gardées de la base déjà là : {french.plain(french.number(loaded.kept))}")
    say(f"Base de médicaments écrite : {asked.to / 'drugs.parquet'}")
    if sentence := prices_of(open_store(asked.to)).sentence():
        say(french.plain(sentence))
    return 0
