"""`tableau-mt scenario check FILE`: say what a scenario changes; what is at fault in it is told, and the code is 2."""

from argparse import Namespace

from calculators.catalogue import around
from dashboard.lab.in_words import paths_in_words


def check(asked: Namespace) -> int:
    known = around(asked.file)
    scenario, version, base = known.read_scenario(asked.file), known.scenario(asked.file), known.base_of(asked.file)
    print(f"Scénario valide : « {version.label} », à partir de « {base.label} ».")
    for line in paths_in_words(version, base, scenario.changes):
        print(f"  {line}")
    return 0
