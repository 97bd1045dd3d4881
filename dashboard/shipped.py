"""Where the data shipped with the program are."""

from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"
PRACTICES = SAMPLE / "practices"
STORIES = SAMPLE / "practices.toml"
REFERENCES = SAMPLE / "reference"
"""One folder per year."""
FORFAIT = REFERENCES / "forfait"
PREVENTION_PEERS = REFERENCES / "prevention_peers.parquet"
