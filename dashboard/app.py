"""Every page passes here: its title, its place in the menu, then the frame and the page."""

import streamlit as st

from dashboard import admitted, menu, widgets
from dashboard.atelier import following
from dashboard.serving import ways
from dashboard.serving.ways import Way

IN_A_ROOM = ways.now() is Way.ROOM


def for_whoever_is_here() -> None:
    """Alone or in a room: every page but those that are for whoever sits before this computer."""
    shown = [one for one in menu.pages(IN_A_ROOM) if ways.is_alone() or one.url_path not in ways.NOT_FOR_OTHERS]
    page = st.navigation(menu.in_sections(shown), expanded=True)  # else its end is folded under English words
    if IN_A_ROOM and not following.arrive():
        st.info("L’atelier est fermé : rien n’est gardé.", icon=":material/lock:")
        return
    widgets.frame(
        lambda _choice: page.run(),
        page.url_path or ("atelier" if IN_A_ROOM else "aujourdhui"),
        always=page.url_path == "donnees",
    )


st.set_page_config(page_title="Tableau de bord du médecin traitant", page_icon="🩺", layout="wide")
if ways.now() is Way.SERVER:
    admitted.show([*menu.pages(in_a_room=False), *menu.on_a_server()])
else:
    for_whoever_is_here()
