"""The filters of the worklist: for what, in which contact, whom. Each gives arguments of `worklist.keep`."""

from datetime import date, timedelta
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calculators import french
from calculators.dates import add_months
from calculators.prevention.indicator import IndicatorSet
from dashboard import address
from dashboard.address import EVERY_AGE
from dashboard.prevention import in_words

STATES = {
    "now_ids": "À faire aujourd’hui",
    "gap_ids": "À faire, même plus tard",
    "unknown_ids": "Inconnu",
    "declined_ids": "Refusé ou non applicable",
    "all": "Tous les patients",
}


SEEN = {
    "all": "Tous",
    "recent": "Vu récemment (3 mois)",
    "leaving": "Sans contact depuis 20 à 24 mois",
    "never": "Jamais vu",
}


def main_filters(place: DeltaGenerator, rules: IndicatorSet) -> dict[str, Any]:
    """For what, in which contact, done or not."""
    labels = {indicator.id: indicator.label for indicator in rules.indicators}
    contacts = dict.fromkeys(indicator.contact or indicator.id for indicator in rules.indicators)
    words = {"": "tous les contacts"} | {name: in_words.contact(name, rules) for name in contacts}
    address.all_among("filtre_indicateurs", labels)
    address.among("filtre_contact", list(words))
    first, second, third = place.columns([2.4, 2, 1.6], gap="medium")
    wanted = first.multiselect(
        "Indicateurs",
        list(labels),
        format_func=labels.__getitem__,
        placeholder="Tous les indicateurs",
        key="filtre_indicateurs",
    )
    contact = second.selectbox("À faire ensemble", list(words), format_func=words.__getitem__, key="filtre_contact")
    among = third.selectbox("Montrer", list(STATES), format_func=STATES.__getitem__, key="filtre_etat")
    return {"indicators": wanted, "contact": contact or None, "among": None if among == "all" else among}


def other_filters(place: DeltaGenerator, as_of: date) -> dict[str, Any]:
    """Age, last contact, ALD."""
    first, second, third = place.columns([2.4, 2, 1.6], gap="medium", vertical_alignment="bottom")
    ages = first.slider("Âge", *EVERY_AGE, key="filtre_age")
    seen = second.selectbox("Vu par vous", list(SEEN), format_func=SEEN.__getitem__, key="filtre_vu")
    ald = third.toggle("En ALD", key="filtre_ald")
    between = {
        "recent": (add_months(as_of, -3), as_of),
        "leaving": (add_months(as_of, -24) + timedelta(days=1), add_months(as_of, -20)),
    }
    return {"ages": ages, "ald": ald or None, "seen": between.get(seen), "never_seen": seen == "never"}


def others_in_words() -> str:
    """The filters of `other_filters` that are set, which a closed panel would hide; empty without."""
    seen = st.session_state.get("filtre_vu", "all")
    said = [
        _ages(*st.session_state.get("filtre_age", EVERY_AGE)),
        SEEN[seen].lower() if seen != "all" else "",
        "en ALD" if st.session_state.get("filtre_ald") else "",
    ]
    kept = [part for part in said if part]
    return french.listed(kept) if kept else ""


def _ages(low: int, high: int) -> str:
    youngest, oldest = EVERY_AGE
    if (low, high) == EVERY_AGE:
        return ""
    if high == oldest:
        return f"à partir de {low}{french.NBSP}ans"
    return f"jusqu’à {high}{french.NBSP}ans" if low == youngest else f"de {low} à {high}{french.NBSP}ans"
