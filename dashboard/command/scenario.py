"""`tableau-mt scenario check FILE`: say what a scenario changes; what is at fault in it is told, and the code is 2."""

from argparse import Namespace

from calculators.forfait.version import load_scenario, load_version, read_scenario
from dashboard.lab.in_words import paths_in_words


def check(asked: Namespace) -> int:
    scenario, version = read_scenario(asked.file), load_scenario(asked.file)
    beside = asked.file.parent / scenario.base
    base = load_version(beside if scenario.base.endswith(".toml") else scenario.base)
    print(f"Scénario valide : « {version.label} », à partir de « {base.label} ».")
    for line in paths_in_words(version, base, scenario.changes):
        print(f"  {line}")
    return 0
