"""What an ATC class is called in French: its name, the family a doctor would say, or a product of the folder."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from calculators import rules
from calculators.records.folder import parquet_files
from calculators.rules import Frozen, Reference

FILE = Path(__file__).with_name("atc.toml")


class Names(Frozen):
    """The file `atc.toml`."""

    reference: tuple[Reference, ...]
    group: dict[str, str]
    name: dict[str, str]


@cache
def names() -> Names:
    return rules.load(FILE, Names)


def name(atc: str) -> str | None:
    """« paracétamol »; None for a class the file does not have."""
    return names().name.get(atc)


def group(atc: str) -> str | None:
    """« antalgiques »: the family of the longest known start of the code."""
    starts = (atc[:length] for length in range(len(atc), 0, -1))
    return next((found for start in starts if (found := names().group.get(start))), None)


def told(atc: str, products: Mapping[str, str]) -> str:
    """« paracétamol, N02BE01 »; of a class without a name, a product of it in the folder, else its family."""
    if named := name(atc):
        return f"{named}, {atc}"
    if atc in products:
        return f"classe de {products[atc]}, {atc}"
    return f"{group(atc) or 'classe sans nom connu'}, {atc}"


def products(folder: Path) -> dict[str, str]:
    """One product of each class that the table `drugs` of a data folder labels: the first by name."""
    found: dict[str, str] = {}
    for file in parquet_files(folder, "drugs"):
        for row in pq.read_table(file, columns=["atc", "label"]).to_pylist():
            if row["atc"] and row["label"]:
                found[row["atc"]] = min(row["label"], found.get(row["atc"], row["label"]))
    return found
