"""What is said of a day that the data do not hold, before any figure."""

from datetime import date
from typing import TYPE_CHECKING

from calculators import french

if TYPE_CHECKING:  # every command imports this; the tables take half of its start to load
    from calculators.records.folder import Dataset


def outside(about: "Dataset", day: date) -> str:
    """A day before or after the data, and the nearest one that they hold; empty for a day inside."""
    if day > about.covers_to:
        last = french.day(about.covers_to)
        return (
            f"Les données s’arrêtent au {last} : au {french.day(day)}, tout est calculé comme si elles étaient complètes. "
            f"Un acte plus récent n’y est pas ; le jour le plus proche est le {last}."
        )
    if day < about.covers_from:
        first = french.day(about.covers_from)
        return (
            f"Les données commencent au {first} : du {french.day(day)}, elles ne savent presque rien. "
            f"Le jour le plus proche est le {first}."
        )
    return ""
