"""What the trainer has before him: how to come in, who is there and how far, and the screen of everybody."""

import segno
import streamlit as st

from calculators import french
from dashboard import tabular
from dashboard.atelier import following, views
from dashboard.atelier.cases import cases
from dashboard.atelier.classroom import CLASSROOM, Screen, grid
from dashboard.serving import tabs, ways
from dashboard.serving.ahead import AHEAD
from dashboard.serving.attendance import ROOM, TRAINER, Participant
from dashboard.widgets import Choice
from dashboard.words import plain

EACH = "Chacun le sien"
ONLY_HERE = (
    "Le réseau de la salle n’est pas chiffré : c’est pourquoi tout y est fictif. Les dossiers, l’import et ce qui s’écrit "
    "sur le disque sont fermés pendant l’atelier."
)


def door() -> None:
    """The code, and the address as a QR code, to be read from the back of the room."""
    address = f"{ways.place().address}/"
    left, right = st.columns([1, 1.6], gap="large", vertical_alignment="center")
    code = segno.make_qr(f"{address}?code={ROOM.code}", error="m", boost_error=False)
    source = code.svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True)
    left.html(f'<img src="{source}" alt="QR code de l’adresse de l’atelier" width="300">')
    with right:
        st.markdown(f"### Adresse : `{address}`")
        said = f"Code\u00a0: {ROOM.code[:3]}\u202f{ROOM.code[3:]}"
        st.html(f'<h2 style="font-size: 3rem">{said}</h2>')  # read from the end of the room; the page has one title
        st.caption(f"{views.FICTITIOUS} {ONLY_HERE}")
        if AHEAD.left:
            st.caption(
                "Les cabinets se préparent : jusque-là, une page jamais ouverte se fait attendre. Reste "
                f"{french.count(AHEAD.left, 'calcul')}."
            )


def people(choice: Choice) -> None:
    """The grid: who is there, on which practice, and where he is with each case."""
    here, known = ROOM.people(), cases()
    connected = tabs.open_now()
    st.subheader(f"Participants : {french.number(len(here))}")
    if not here:
        st.info("Personne n’est encore entré.", icon=":material/group:")
        return
    lines = grid([(one.name, one.token) for one in here], {one.token: CLASSROOM.of(one.token) for one in here}, known)
    table = {
        "Participant": [plain.text(name) for name, *_ in lines],
        "Cabinet": [views.practice_of(one.token) for one in here],
        "En ligne": ["oui" if one.token in connected else "non" for one in here],
    } | {f"{case.rank}": [line[place] for line in lines] for place, case in enumerate(known.values(), 1)}  # fmt: skip
    tabular.table(table, "Participants et leur avancement", None)  # names are kept nowhere: no file of them
    st.caption(
        "Colonnes de chiffres : " + " ; ".join(f"{one.rank}, {one.title.lower()}" for one in known.values()) + "."
    )
    opinions(here)


def opinions(here: list[Participant]) -> None:
    """How many thought what, case by case, without a name."""
    for key, case in cases().items():
        said = [CLASSROOM.of(one.token).thought.get(key) for one in here]
        if any(said):
            told = [f"{label} : {french.number(said.count(one))}" for one, label in case.choices.items()]
            st.caption(f"Avis, {case.title.lower()} — " + " ; ".join(told))


def same_screen() -> None:
    """One screen for all, now."""
    st.subheader("Tous au même écran")
    screens = {f"cas:{key}": f"Cas {one.rank} : {one.title}" for key, one in cases().items()}
    screens |= {f"page:{page}": f"Page {title}" for page, title in views.PAGES.items()}
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    left.selectbox("Écran", list(screens), format_func=screens.__getitem__, key="ecran")
    names = {"": EACH} | following.practices()
    middle.selectbox("Cabinet", list(names), format_func=names.__getitem__, key="cabinet_de_tous")
    right.button("Tous à cet écran", key="tous_la", type="primary", on_click=_send)


def _send() -> None:
    """What is chosen now: the page may not have been drawn since, and would give what was chosen before."""
    kind, _, what = str(st.session_state["ecran"]).partition(":")
    page = following.PAGE if kind == "cas" else f"pages/{what}.py"
    CLASSROOM.send(Screen(page, str(st.session_state["cabinet_de_tous"]), what if kind == "cas" else ""))
    following.everybody()


def ending() -> None:
    """Begin again, or close."""
    st.subheader("Recommencer, fermer")
    with st.container(horizontal=True):
        st.button("Remettre à zéro", key="remettre", icon=":material/restart_alt:", on_click=_clear,
                  help="Les avis et les réponses lues sont oubliés ; les participants restent.")  # fmt: skip
        st.button("Fermer l’atelier", key="fermer", icon=":material/logout:", on_click=_close,
                  help="Tout est oublié : noms, avis, cabinets. Le code ne vaut plus rien.")  # fmt: skip


def _clear() -> None:
    CLASSROOM.clear()
    CLASSROOM.send(Screen(following.PAGE))
    following.everybody()


def _close() -> None:
    ROOM.close()
    CLASSROOM.clear()
    following.everybody()


def closed() -> None:
    """After the room was closed."""
    st.info("L’atelier est fermé : noms, avis et cabinets sont oubliés.", icon=":material/lock:")
    st.button("Ouvrir un nouvel atelier", key="rouvrir", type="primary", on_click=ROOM.open)


def is_here() -> bool:
    return following.me() == TRAINER
