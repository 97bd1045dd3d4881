"""Vaccines by the name people give them."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from calculators.records.readers.spreadsheet import folded, values
from calculators.records.readers.spreadsheet.sheets import Cell

MOST = 10_000


class Vaccine(NamedTuple):
    atc: str
    cis: str | None


@cache
def _named() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("vaccines.toml").read_text(encoding="utf-8"))


@cache
def _words() -> dict[str, str]:
    return {**_named()["disease"], **_named()["name"]}


@cache
def vaccine(cell: Cell) -> Vaccine | None:
    """The vaccine a cell names, by brand, disease or ATC class; None when it names none or several that differ."""
    said = values.text(cell)
    if (klass := values.atc(said)) and klass.startswith("J07"):
        return Vaccine(klass, None)
    brands = _found(folded.words(said), _named()["name"])
    classes = {_words()[word] for word in brands} or _classes(folded.words(said))
    if len(classes) != 1:
        return None
    cis = {_named()["presentation"].get(word) for word in brands}
    return Vaccine(classes.pop(), cis.pop() if len(cis) == 1 else None)


def _classes(said: str) -> set[str]:
    return {_words()[word] for word in _found(said, _named()["disease"])}


def _found(said: str, named: dict[str, str]) -> list[str]:
    """Whole words, longest first; one found inside another does not count twice."""
    kept: list[str] = []
    for word in sorted(named, key=len, reverse=True):
        if re.search(rf"(?:^| ){re.escape(word)}(?: |$)", said):
            kept.append(word)
            said = re.sub(rf"(?:^| ){re.escape(word)}(?= |$)", " ", said)
    return kept
