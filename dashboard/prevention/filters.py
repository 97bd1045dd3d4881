"""The filters of the worklist: for what, in which contact, whom. Each gives arguments of `worklist.keep`."""

from collections.abc import Sequence
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
from dashboard.words.labels import CALL

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


ORDERS = {
    "appels": "Ordre des appels", "nom": "Nom", "age": "Les plus âgés d’abord", "vu": "Vus il y a le plus longtemps",
}  # fmt: skip


def in_a_row(place: DeltaGenerator) -> list[DeltaGenerator]:
    """Where the four filters stand above the list, and what opens the others."""
    return place.columns([1.65, 1.6, 1.7, 1.55, 1.85], gap="xsmall", vertical_alignment="center")


def side_by_side(place: DeltaGenerator) -> list[DeltaGenerator]:
    """Where they stand in a panel, two by two."""
    return [column for _ in range(2) for column in place.columns(2, gap="small", vertical_alignment="bottom")]


def main_filters(places: Sequence[DeltaGenerator], rules: IndicatorSet) -> None:
    """For what, in which contact, done or not, called or not: four fields that say themselves what they are."""
    labels = {indicator.id: indicator.label for indicator in rules.indicators}
    contacts = dict.fromkeys(indicator.contact or indicator.id for indicator in rules.indicators)
    words = {"": "tous les contacts"} | {name: in_words.contact(name, rules) for name in contacts}
    address.all_among("filtre_indicateurs", labels)
    address.among("filtre_contact", list(words))
    first, second, third, fourth = places
    first.multiselect(
        "Indicateurs",
        list(labels),
        format_func=labels.__getitem__,
        placeholder=f"Indicateurs{french.NBSP}: tous",
        key="filtre_indicateurs",
        on_change=first_page,
        label_visibility="collapsed",
    )
    for column, label, options, key in (
        (second, "À faire ensemble", words, "filtre_contact"),
        (third, "Montrer", STATES, "filtre_etat"),
        (fourth, "Appels", {"all": "Tous les appels"} | CALL, "filtre_appel"),
    ):
        column.selectbox(
            label, list(options), format_func=options.__getitem__, key=key, on_change=first_page,
            label_visibility="collapsed",
        )  # fmt: skip


def other_filters(place: DeltaGenerator, named: bool) -> None:
    """Age, last contact, ALD, and the order."""
    first, second, third, fourth = side_by_side(place)
    first.slider("Âge", *EVERY_AGE, key="filtre_age", on_change=first_page)
    second.selectbox("Vu par vous", list(SEEN), format_func=SEEN.__getitem__, key="filtre_vu", on_change=first_page)
    third.toggle("En ALD", key="filtre_ald", on_change=first_page)
    offered = [name for name in ORDERS if named or name != "nom"]
    address.among("tri_liste", offered)
    fourth.selectbox("Trier", offered, format_func=ORDERS.__getitem__, key="tri_liste", on_change=first_page)


def first_page() -> None:
    st.session_state["page_liste"] = 1


def wanted(as_of: date, rules: IndicatorSet) -> dict[str, Any]:
    """What the filters of this session ask of `worklist.keep`, whichever page they are drawn on."""
    state, known = st.session_state, {one.id for one in rules.indicators}
    contacts = {one.contact or one.id for one in rules.indicators}
    seen, among, contact = (state.get(key) for key in ("filtre_vu", "filtre_etat", "filtre_contact"))
    between = {
        "recent": (add_months(as_of, -3), as_of),
        "leaving": (add_months(as_of, -24) + timedelta(days=1), add_months(as_of, -20)),
    }
    return {
        "indicators": [one for one in state.get("filtre_indicateurs") or [] if one in known],
        "contact": contact if contact in contacts else None,
        "among": None if among == "all" else among or "now_ids",
        "ages": state.get("filtre_age") or EVERY_AGE,
        "ald": state.get("filtre_ald") or None,
        "seen": between.get(str(seen)),
        "never_seen": seen == "never",
    }


def call_state() -> str | None:
    """Which state of the calls is asked for."""
    asked = st.session_state.get("filtre_appel") or "all"
    return None if asked == "all" else str(asked)


def order() -> str:
    return str(st.session_state.get("tri_liste") or "appels")


def in_words_of(rules: IndicatorSet, as_of: date) -> str:
    """All the filters in force, for paper: « Liste : à faire aujourd’hui, à appeler, à partir de 65 ans ; ordre… »."""
    asked, state = wanted(as_of, rules), call_state()
    said = [
        *[french.lower_first(rules.indicator(one).label) for one in asked["indicators"]],
        in_words.contact(asked["contact"], rules) if asked["contact"] else "",
        STATES[asked["among"] or "all"].lower(),
        CALL[state].lower() if state else "",
        *_others(),
    ]
    return f"Liste{french.NBSP}: {', '.join(filter(None, said))}{french.NBSP}; {french.lower_first(ORDERS[order()])}."


def others_in_words() -> str:
    """The filters of `other_filters` that are set, which a closed panel would hide; empty without."""
    kept = _others()
    return french.listed(kept) if kept else ""


def _others() -> list[str]:
    seen = st.session_state.get("filtre_vu", "all")
    said = [
        _ages(*st.session_state.get("filtre_age", EVERY_AGE)),
        SEEN[seen].lower() if seen != "all" else "",
        "en ALD" if st.session_state.get("filtre_ald") else "",
    ]
    return [part for part in said if part]


def _ages(low: int, high: int) -> str:
    youngest, oldest = EVERY_AGE
    if (low, high) == EVERY_AGE:
        return ""
    if high == oldest:
        return f"à partir de {low}{french.NBSP}ans"
    return f"jusqu’à {high}{french.NBSP}ans" if low == youngest else f"de {low} à {high}{french.NBSP}ans"
