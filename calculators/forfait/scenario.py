"""A scenario as text: a TOML file to keep, or a short readable line for a link.

    socle.ald_des_80_ans-120~seen.unseen-ordinary_line

Only characters that a link carries as they are; a path holds no hyphen, so the first one ends it.
"""

import math
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote, unquote

import tomli_w

from calculators import faults, rules
from calculators.forfait.version import Change, Scenario, canonical
from calculators.rules import RuleError


def scenario_toml(base: str, changes: Mapping[str, Change], label: str = "", why: str = "") -> str:
    """Text of a scenario file that `load_scenario` reads back to the same version."""
    said = {key: text for key, text in (("label", label), ("why", why)) if text}
    return tomli_w.dumps({"base": base, **said, "change": changes})


def scenario_from_toml(text: str, name: str = "scénario") -> Scenario:
    """The scenario a text holds. Raises RuleError in French."""
    try:
        return rules.validate(tomllib.loads(text), Scenario, name)
    except tomllib.TOMLDecodeError as problem:
        raise RuleError(f"Le texte de « {name} » n’est pas du TOML lisible : {faults.cause(problem)}.") from None


def encode_changes(changes: Mapping[str, Change]) -> str:
    """Changes as one short line, to follow the base version in a link. Empty when nothing changes."""
    return "~".join(f"{path}-{quote(_word(value), safe='').replace('~', '%7E')}" for path, value in changes.items())


def decode_changes(text: str) -> dict[str, Change]:
    """The inverse of `encode_changes`. Raises RuleError when the line was cut or altered."""
    changes: dict[str, Change] = {}
    for piece in text.split("~") if text else []:
        path, hyphen, word = piece.partition("-")
        if not (path and hyphen and word):
            raise RuleError(f"Lien illisible : « {piece} » ; la forme est « chemin-valeur », séparés par « ~ ».")
        value = _value(unquote(word))
        if isinstance(value, float) and not math.isfinite(value):
            raise RuleError(f"Lien illisible : « {piece} » ; un nombre fini est attendu.")
        changes[canonical(path)] = value
    return changes


def _word(value: Change) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return value if isinstance(value, str) else format(Decimal(str(value)), "f")


def _value(word: str) -> Change:
    if word in ("oui", "non"):
        return word == "oui"
    try:
        return int(word) if word.lstrip("-").isdigit() else float(word)
    except ValueError:
        return word
