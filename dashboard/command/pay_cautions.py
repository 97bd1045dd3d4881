"""What the commands of the pay say on standard error before their rows: other years, lists of one patient."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from calculators import catalogue, french
from calculators.forfait.cautions import before_the_figures
from calculators.forfait.version import Version, load_version
from calculators.records.store import Store
from dashboard.command.output import say
from dashboard.forfait.in_words import caution


def say_cautions(store: Store, versions: Sequence[Version], year: int) -> None:
    """Once each, whatever the number of agreements."""
    in_force = load_version(catalogue.in_force(year))
    said = [one for version in versions for one in before_the_figures(store.dataset, version, year, in_force)]
    for sentence in dict.fromkeys(caution(one) for one in said):
        say(f"Attention : {french.plain(sentence)}")


def say_lists_of_one(lines: pa.Table) -> None:
    """The doctors whose list is one patient: their rows are written, a page would not draw them."""
    counts = lines.filter(pc.field("part") == "socle").group_by("doctor_id").aggregate([("patient_id", "count")])
    alone = sorted(row["doctor_id"] for row in counts.to_pylist() if row["patient_id_count"] == 1)
    if alone:
        say(
            f"Attention : un seul patient sur la liste de {french.listed(alone[:10])}"
            f"{' et d’autres' if len(alone) > 10 else ''} : ce n’est pas le forfait d’un médecin. "
            "Pour un forfait, donnez la liste entière."
        )
