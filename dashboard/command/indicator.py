"""`tableau-mt indicator check FILE [DIR]`: run its examples, say what is missing, and whom it concerns in a folder."""

from argparse import Namespace

from calculators import french
from calculators.catalogue import Catalogue, around
from calculators.defaults import defaults
from calculators.prevention.check import concerned, run_examples, unsaid
from calculators.prevention.indicator import Indicator, IndicatorSet, load_indicator
from calculators.records.store import open_store
from dashboard.command.output import refuse, verified, waiting
from dashboard.command.rule_report import tell, tell_examples, tell_rows, tell_unsaid


def check(asked: Namespace) -> int:
    """0 when every example comes out as written, 1 when one does not."""
    known = Catalogue(asked.folder) if asked.folder else around(asked.file)
    chosen, indicator = known.indicator_set(defaults().prevention.set), load_indicator(asked.file)
    rules = chosen.alone(indicator, asked.file.name)
    tell(f"Indicateur « {indicator.label} » ({indicator.id}).")
    passed = tell_examples(run_examples(rules)[indicator.id])
    tell_unsaid(unsaid(indicator))
    _tell_place(chosen, indicator)
    if asked.folder:
        _tell_concerned(asked, rules, indicator)
    return 0 if passed else 1


def _tell_place(chosen: IndicatorSet, indicator: Indicator) -> None:
    """Where it would stand beside the set."""
    if any(one.id == indicator.id for one in chosen.indicators):
        tell(f"Il est déjà dans le jeu « {chosen.label} » : pour être jugé à côté, il lui faut un autre « id ».")
    else:
        tell(f"À côté du jeu « {chosen.label} » : jugé à la suite, jamais payé.")


def _tell_concerned(asked: Namespace, rules: IndicatorSet, indicator: Indicator) -> None:
    store = verified(open_store(asked.folder), asked)
    refuse(store, "prevention")
    day = store.dataset.covers_to
    with waiting("Indicateur"):
        found = concerned(store, rules, day)[indicator.id]
    tell(f"Dossier « {asked.folder} », au {french.day(day)}, {french.count(sum(found), 'patient')} sur les listes :")
    rows = [("concernés", found.eligible), ("  à jour", found.up_to_date), ("  à faire", found.due),
            ("  inconnu", found.unknown), ("peut-être concernés", found.doubtful), ("exclus", found.excluded),
            ("non concernés", found.not_eligible)]  # fmt: skip
    tell_rows([(name, french.number(patients)) for name, patients in rows])
