"""What somebody may open on a server of many doctors: the pages that each doctor lets him see, and no other."""

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import widgets
from dashboard.serving import here
from dashboard.serving.logins import Person
from dashboard.serving.server_gate import LEAVE
from dashboard.serving.settings import EVERYTHING, FIGURES, LIST, Right
from dashboard.widgets import Choice
from dashboard.words import plain

OPEN = frozenset[Right]()
NEEDS = {
    "aujourdhui": EVERYTHING, "indicateurs": EVERYTHING, "sobriete": EVERYTHING, "forfait": EVERYTHING,
    "scenarios": EVERYTHING, "affirmations": OPEN, "methode": OPEN, "prevention": LIST, "patient": LIST,
    "chiffres": FIGURES, "revenu": EVERYTHING, "listes": EVERYTHING, "decisions": EVERYTHING, "enveloppe": EVERYTHING,
    "regles": EVERYTHING, "activite": EVERYTHING, "pertinence": EVERYTHING,
}  # fmt: skip
"""What a page shows of a doctor: his patients, his figures, or nothing. One that is not here is shown to nobody: what it
writes would have the store of all rebuilt, or it is for whoever sits before the computer."""
ENTRY = "Accueil"
HOME, GROUP, PATIENT = "aujourdhui", "groupe", "patient"
REFUSED = "Ce médecin ne vous délègue pas cette page : choisissez-en un autre, ou ouvrez une autre page."
ENDED = "Votre session est terminée : rien n’est plus affiché."


def show(pages: Sequence[StreamlitPage]) -> None:
    """The menu of who is here, and the page he asks for."""
    one = here.person()
    if one is None:
        ended()
        return
    names = {page.title: page.url_path or HOME for page in pages}
    offered = [page for page in pages if _offered(one, names[page.title])]
    if names[offered[0].title] != HOME:  # it has an address of its own: the first page leads there
        offered.insert(0, st.Page(partial(st.switch_page, offered[0]), title=ENTRY, default=True, visibility="hidden"))
    page = st.navigation(offered, expanded=True)
    name = names.get(page.title, ENTRY)
    _who(one)
    if name in (GROUP, ENTRY) or not one.doctors:
        page.run()
    else:
        widgets.frame(lambda choice: _page(one, choice, name, page), name)


def ended() -> None:
    """Nothing is left on the page of whoever has gone out."""
    here.forget()
    st.info(ENDED, icon=":material/lock:")
    st.html('<p><a href="/" target="_self">Se connecter</a></p>')


def _offered(one: Person, name: str) -> bool:
    if name == GROUP:
        return bool(one.groups)
    needs = NEEDS.get(name)
    return needs is not None and any(needs <= rights for rights in one.rights.values())


def _page(one: Person, choice: Choice, name: str, page: StreamlitPage) -> None:
    if not here.may(one, choice.doctor, NEEDS[name]):
        st.info(REFUSED, icon=":material/lock_person:")
        return
    page.run()
    here.note(one, choice.doctor, name, st.session_state.get("patient") if name == PATIENT else None)


def _who(one: Person) -> None:
    with st.sidebar:
        st.caption(plain.text(one.login.name))
        st.html(f'<a href="{LEAVE}" target="_self">Se déconnecter</a>')
