"""The menu: the pages there are, their places in it and the sections they stand under."""

from collections.abc import Sequence
from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

SECTIONS = {
    "Soigner": ("prevention", "indicateurs", "rapprochement", "patient", "listes"),
    "Prescrire": ("sobriete", "pertinence"),
    "Exercer": ("activite", "revenu", "forfait", "decisions", "enveloppe", "regles", "cabinet"),
    "Négocier": ("scenarios", "affirmations"),
    "Comparer, comprendre": ("comparaison", "donnees", "methode"),
}
"""The menu of a doctor: what he comes to do, and the pages for it; the others come first."""


def in_sections(shown: Sequence[StreamlitPage]) -> dict[str, list[StreamlitPage]]:
    """The pages shown under what they are for."""
    section_of = {name: section for section, names in SECTIONS.items() for name in names}
    return {
        section: mine
        for section in ("", *SECTIONS)
        if (mine := [one for one in shown if section_of.get(one.url_path, "") == section])
    }


def pages(in_a_room: bool) -> list[StreamlitPage]:
    """Those of whoever sits before this computer, or of a room, whose own page comes first."""
    return [copy(one) for one in _pages(in_a_room)]  # which one is run is written on it


def on_a_server() -> list[StreamlitPage]:
    """Those that a server of many doctors has besides."""
    return [copy(one) for one in _on_a_server()]


@cache
def _pages(in_a_room: bool) -> tuple[StreamlitPage, ...]:
    """Made once: Streamlit looks for the file of each."""
    room = st.Page("pages/_atelier.py", title="Atelier", icon=":material/school:", default=True, url_path="atelier")
    return (
        *([room] if in_a_room else []),
        st.Page(
            "pages/aujourdhui.py",
            title="Aujourd’hui",
            icon=":material/today:",
            default=not in_a_room,
            url_path="aujourdhui",
        ),
        st.Page("pages/prevention.py", title="Prévention", icon=":material/vaccines:", url_path="prevention"),
        st.Page("pages/indicateurs.py", title="Indicateurs", icon=":material/bar_chart:", url_path="indicateurs"),
        st.Page(
            "pages/rapprochement.py", title="Rapprochement", icon=":material/compare_arrows:", url_path="rapprochement"
        ),
        st.Page("pages/patient.py", title="Patient", icon=":material/person:", url_path="patient"),
        st.Page("pages/activite.py", title="Mon activité", icon=":material/stethoscope:", url_path="activite"),
        st.Page("pages/sobriete.py", title="Sobriété", icon=":material/medication:", url_path="sobriete"),
        st.Page("pages/pertinence.py", title="Pertinence", icon=":material/rule:", url_path="pertinence"),
        st.Page("pages/forfait.py", title="Forfait", icon=":material/euro:", url_path="forfait"),
        st.Page("pages/revenu.py", title="Revenu", icon=":material/account_balance:", url_path="revenu"),
        st.Page("pages/listes.py", title="Listes", icon=":material/format_list_bulleted:", url_path="listes"),
        st.Page("pages/decisions.py", title="Décisions", icon=":material/alt_route:", url_path="decisions"),
        st.Page("pages/enveloppe.py", title="Enveloppe", icon=":material/mail:", url_path="enveloppe"),
        st.Page("pages/regles.py", title="Règles à respecter", icon=":material/rule:", url_path="regles"),
        st.Page("pages/cabinet.py", title="Mon cabinet", icon=":material/store:", url_path="cabinet"),
        st.Page("pages/scenarios.py", title="Scénarios", icon=":material/tune:", url_path="scenarios"),
        st.Page(
            "pages/affirmations.py",
            title="Vérifier les affirmations",
            icon=":material/fact_check:",
            url_path="affirmations",
        ),
        st.Page("pages/comparaison.py", title="Comparaison", icon=":material/groups:", url_path="comparaison"),
        st.Page("pages/donnees.py", title="Données", icon=":material/folder_open:", url_path="donnees"),
        st.Page("pages/methode.py", title="Méthode", icon=":material/menu_book:", url_path="methode"),
    )


@cache
def _on_a_server() -> tuple[StreamlitPage, ...]:
    return (
        st.Page("pages/_chiffres.py", title="Chiffres", icon=":material/numbers:", url_path="chiffres"),
        st.Page("pages/_groupe.py", title="Groupe", icon=":material/diversity_3:", url_path="groupe"),
    )
