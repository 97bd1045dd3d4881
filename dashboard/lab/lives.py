"""Two rules of one kind side by side, indicators or agreements: what each says alone, and where each comes from."""

from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher

import streamlit as st

from calculators import french
from calculators.forfait.version import Version
from calculators.prevention.indicator import Indicator
from dashboard import tabular
from dashboard.words import labels, plain, rule_texts

Told = Indicator | Version
NONE_KNOWN = {
    "Auteur": "aucun auteur connu",
    "Recommandé par": "aucune recommandation connue",
    "Positions": "aucune position connue",
    "Preuve": "aucun niveau de preuve connu",
    "Histoire": "aucune étape connue",
}
"""What is told of what was looked for and not found."""


def wordings(*texts: tuple[str, str]) -> None:
    """What one says and the other does not; of each its name and its text."""
    (_, mine), (_, other) = ((name, _lines(text)) for name, text in texts)
    for column, (name, _), alone in zip(st.columns(2), texts, (only(mine, other), only(other, mine)), strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(
                f"**{plain.text(name)}**\n\n"
                + ("\n".join(f"* {line}" for line in alone) or "Rien que l’autre ne dise aussi.")
            )


def side_by_side(*each: tuple[str, Told]) -> None:
    """Who proposes, endorses or opposes each, on what evidence, and the states it went through; of each its name."""
    st.markdown("**D’où ils viennent**")
    lives = [life(one) for _, one in each]
    columns = {"": list(lives[0])} | {name: list(said.values()) for (name, _), said in zip(each, lives, strict=True)}
    tabular.table(columns, "Auteur, soutiens, preuves et états de l’un et de l’autre", "d_ou_ils_viennent")


def life(one: Told) -> dict[str, str]:
    """What it says of itself; where it does not, what was looked for in vain until a day, else « non dit »."""
    positions = [
        f"{said.by}, {said.position} ({french.short_day(said.on)})" + (f" : {said.why}" if said.why else "")
        for said in one.endorsed
    ]
    steps = [
        f"{labels.STATE[step.state]} le {french.short_day(step.on)}" + (f" ({step.why})" if step.why else "")
        for step in one.history
    ]
    recommended = {"Recommandé par": ", ".join(one.endorsed_by)} if isinstance(one, Indicator) else {}
    said = {
        "Auteur": one.author or (", ".join(one.asked_by) if isinstance(one, Indicator) else ""),
        **recommended,
        "Positions": " ; ".join(positions),
        "Preuve": f"{one.evidence.grade} ({labels.GRADE[one.evidence.grade]})" if one.evidence else "",
        "État": _state(one),
        "Histoire": " ; ".join(steps),
        "Source": " ; ".join(source.title for source in one.reference),
    }
    return {name: plain.text(text) or _not_said(name, one.sought_on) for name, text in said.items()}


def _not_said(name: str, sought_on: date | None) -> str:
    known = NONE_KNOWN.get(name)
    return f"{known} au {french.short_day(sought_on)}" if known and sought_on else "non dit"


def _state(one: Told) -> str:
    if one.state:
        return labels.STATE[one.state]
    if isinstance(one, Version) and one.history and one.history[-1].state != "en_vigueur":
        return labels.STATE[one.history[-1].state]
    return f"en vigueur {rule_texts.years(one.valid_from, one.valid_to)}" if one.valid_from else ""


def _lines(text: str) -> list[str]:
    """Sentences of a rule, without its headings and sources; of a table, its rows."""
    before = text.partition("**Sources**")[0]
    return [
        _cells(line.removeprefix("* ").removeprefix("- ")) for line in before.split("\n")
        if line.strip() and line[:2] != "**" and not line.startswith(("|---", "| Part |"))
    ]  # fmt: skip


def _cells(line: str) -> str:
    """« Socle · 0 à 6 ans · 10 € · officiel »."""
    return " · ".join(cell.strip() for cell in line.strip("|").split("|")) if line.startswith("|") else line


def only(mine: Sequence[str], other: Sequence[str]) -> list[str]:
    """Lines of the first that the second does not have."""
    matched = SequenceMatcher(a=mine, b=other, autojunk=False).get_opcodes()
    return [line for what, start, end, _, _ in matched if what in ("replace", "delete") for line in mine[start:end]]
