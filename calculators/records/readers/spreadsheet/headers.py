"""Headers against aliases: how much a header says of a field, and whether a word in it says otherwise."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from calculators.records.readers.spreadsheet import folded

EXACT, GLUED, TYPO, PREFIXES, CONTAINED = 1.0, 0.97, 0.8, 0.75, 0.65
ALIKE = 86.0
"""Likeness of rapidfuzz, out of 100, from which a header is an alias misspelt."""
VETO_ALIKE = 80.0
SHORT = 4
"""Aliases below this length are found whole or not at all."""


@dataclass(frozen=True)
class Field:
    """One field of `fields.toml`."""

    id: str
    label: str
    content: str
    aliases: tuple[str, ...]
    unsure: tuple[str, ...] = ()
    taken: bool = True


@dataclass(frozen=True)
class Kind:
    """One kind of list of `fields.toml`."""

    kind: str
    label: str
    any: tuple[str, ...]
    events: tuple[str, ...]
    without: tuple[str, ...] = ()


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))


@cache
def fields() -> dict[str, Field]:
    """All fields by id."""
    return {
        name: Field(
            name, one["label"], one["content"], tuple(fold(alias) for alias in one["aliases"]),
            tuple(fold(alias) for alias in one.get("unsure", ())), one.get("taken", True),
        )
        for name, one in _data()["field"].items()
    }  # fmt: skip


@cache
def kinds() -> tuple[Kind, ...]:
    """Kinds of lists, in the order in which they are tried."""
    return tuple(
        Kind(one["kind"], one["label"], tuple(one["any"]), tuple(one["events"]), tuple(one.get("without", ())))
        for one in _data()["list"]
    )


@cache
def ambiguous() -> dict[str, tuple[str, ...]]:
    """Headers of several fields."""
    return {fold(header): tuple(found) for header, found in _data()["ambiguous"].items()}


@cache
def fold(header: str) -> str:
    """A header without what does not tell: articles, « patient », the way to fill it in."""
    said = folded.plain(header).strip(" :*.")
    for end in _data()["drop_last"]:
        said = said.removesuffix(end).strip(" :")
    kept = header.strip()[: len(said)] if len(said) == len(header.strip(" :*.")) else said
    words = folded.words(kept).split()
    return " ".join([word for word in words if not _is_dropped(word)] or words)


@cache
def _is_dropped(word: str) -> bool:
    """Articles, and « patient » however it is spelt."""
    return word in _data()["drop"] or (len(word) > SHORT and fuzz.ratio(word, "patient") >= ALIKE)


@cache
def alias_score(header: str, field: str) -> float:
    """How well a header names a field: 0 to 1."""
    said = fold(header)
    one = fields()[field]
    best = max((_against(said, alias) for alias in one.aliases), default=0.0)
    return best if best >= GLUED or not vetoes(header, field) else 0.0


def _against(said: str, alias: str) -> float:
    if said == alias:
        return EXACT
    if not alias or not said:
        return 0.0
    glued, words, has_digit = _parts(said)
    alias_glued, alias_words, alias_has_digit = _parts(alias)
    if glued == alias_glued:
        return GLUED
    if (
        (has_digit or not alias_has_digit)
        and len(alias_glued) >= SHORT + 1
        and len(glued) >= SHORT
        and (alike := fuzz.ratio(glued, alias_glued, score_cutoff=ALIKE)) >= ALIKE
    ):
        return TYPO * alike / 100
    if _abbreviates(words, alias_words):
        return PREFIXES
    return CONTAINED if len(alias_glued) > 2 and _contains(words, alias_words) else 0.0


@lru_cache(4096)
def _parts(text: str) -> tuple[str, list[str], bool]:
    """A header or an alias in one piece, word by word, and whether a digit is in it."""
    return text.replace(" ", ""), text.split(), re.search(r"\d", text) is not None


def _abbreviates(said: list[str], alias: list[str]) -> bool:
    """« dat naiss » for « date naissance »: each word begins the other's, none of them a single letter."""
    if len(said) != len(alias) or len(said) < 2:
        return False
    return all(
        len(a) >= 2 and len(b) >= 2 and (a.startswith(b) or b.startswith(a)) for a, b in zip(said, alias, strict=True)
    )


def _contains(said: list[str], alias: list[str]) -> bool:
    size = len(alias)
    return any(said[place : place + size] == alias for place in range(len(said) - size + 1))


@cache
def vetoes(header: str, field: str) -> tuple[str, ...]:
    """Words of a header that make it somebody or something else, misspelt or not; not those of the field's own aliases."""
    own = {word for alias in fields()[field].aliases for word in alias.split()}
    return tuple(word for word in fold(header).split() if word not in own and _is_veto(word))


@cache
def _is_veto(word: str) -> bool:
    vetoed = _data()["veto"]
    if word in vetoed:
        return True
    if len(word) < SHORT:
        return False
    if any(len(veto) > SHORT and veto in word and len(word) > len(veto) + 2 for veto in vetoed):
        return True
    alike = max(
        (fuzz.ratio(word, veto) for veto in vetoed if len(veto) >= SHORT and _same_start(word, veto)), default=0.0
    )
    return alike >= VETO_ALIKE and alike > max(fuzz.ratio(word, other) for other in _alias_words())


@cache
def _alias_words() -> frozenset[str]:
    """Words of headers that veto nothing: « adrese » is « adresse » before it is « adresseur »."""
    said = {word for field in fields().values() for alias in field.aliases for word in alias.split()}
    return frozenset(said - {*_data()["veto"]})


def _same_start(word: str, veto: str) -> bool:
    """« asuré » is « assuré », « naissance » is not « saisie »."""
    return word[0] == veto[0] or word[1] == veto[1]


def has_veto(header: str) -> bool:
    """Does a header name somebody or something else, whatever the field?"""
    return any(_is_veto(word) for word in fold(header).split())


@cache
def best(header: str) -> tuple[str, float]:
    """The field a header names best, and how well."""
    scores = {name: alias_score(header, name) for name in fields()}
    name = max(scores, key=lambda one: scores[one])
    return name, scores[name]


def hits(cells: Iterable[str]) -> int:
    """How many of these headers name a field."""
    return sum(best(cell)[1] >= TYPO * ALIKE / 100 or fold(cell) in ambiguous() for cell in cells if cell)
