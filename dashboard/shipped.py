"""Where the data shipped with the program are."""

from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"
PRACTICES = SAMPLE / "practices"
STORIES = SAMPLE / "practices.toml"
FORFAIT = SAMPLE / "reference" / "forfait"
PREVENTION_PEERS = SAMPLE / "reference" / "prevention_peers.parquet"


def reference(year: int) -> Path:
    """Folder of the fictitious reference of a year (it may not exist)."""
    return SAMPLE / "reference" / str(year)


def reference_years() -> list[int]:
    """Years that have a fictitious reference, latest first."""
    folders = (SAMPLE / "reference").glob("[0-9]*/reference.toml")
    return sorted((int(path.parent.name) for path in folders), reverse=True)
