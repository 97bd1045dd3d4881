"""The objectives of relevance by number (`objectives.toml`)."""

from functools import cache
from pathlib import Path

from calculators.rules import Frozen, Reference, load


class Objectives(Frozen):
    reference: Reference
    label: dict[int, str]


@cache
def objectives() -> dict[int, str]:
    """Label of each objective. Raises RuleError (French)."""
    return load(Path(__file__).with_name("objectives.toml"), Objectives).label
