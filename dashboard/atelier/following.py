"""Whose tab this is, and the screen that the trainer put before it."""

from collections.abc import Collection

import streamlit as st

from dashboard import data
from dashboard.atelier.classroom import CLASSROOM, Screen
from dashboard.serving import tabs
from dashboard.serving.attendance import ROOM, TRAINER
from dashboard.serving.gate import KEYS, cookie_name

SEEN, PRACTICE, CASE, ASKED = "ecran_vu", "medecin", "cas", "cas_demande"
PAGE = "pages/_atelier.py"


def me() -> str | None:
    """The trainer, or the cookie of a participant; None once the room is closed."""
    held = st.context.cookies.get(cookie_name(st.context.headers.get("host") or ""), "")
    if held == KEYS.token:
        return TRAINER
    return held if ROOM.of(held) else None


def arrive() -> bool:
    """Before a page is drawn: his practice at first, then the screen of everybody, once. False: he is not expected any
    more, and what his tab held is forgotten."""
    person = me()
    if person is None:
        st.session_state.clear()
        return False
    tabs.belongs_to(person)
    if person == TRAINER:
        return True
    if SEEN not in st.session_state:
        _sit_down(person)
    elif st.session_state[SEEN] != CLASSROOM.number and CLASSROOM.screen:
        st.session_state[SEEN] = CLASSROOM.number
        _go(CLASSROOM.screen)
    return True


def _sit_down(person: str) -> None:
    """A tab of his is drawn for the first time."""
    st.session_state[SEEN] = CLASSROOM.number
    entered, progress = ROOM.of(person), CLASSROOM.of(person)
    progress.practice = progress.practice or (entered.practice if entered else "")
    if PRACTICE not in st.query_params:
        st.session_state[PRACTICE] = progress.practice
    if progress.opened:
        st.session_state[CASE] = progress.opened


def _go(screen: Screen) -> None:
    query = {}
    if screen.practice:
        st.session_state[PRACTICE] = query[PRACTICE] = screen.practice
    if screen.case:
        st.session_state[ASKED] = screen.case
    st.switch_page(screen.page, query_params=query)


def case_now(known: Collection[str]) -> None:
    """The case before him is the one he was sent to, else his own, else the first. It is set where it is chosen: what the
    browser last said of a page that he left would come after it."""
    now, asked = st.session_state.get(CASE), st.session_state.pop(ASKED, None)
    if asked in known:
        st.session_state[CASE] = asked
    elif now not in known:
        st.session_state[CASE] = next(iter(known))


def note_practice(doctor: str) -> None:
    """The practice he looks at is his now."""
    person = me()
    if person and person != TRAINER and CLASSROOM.of(person).practice != doctor:
        CLASSROOM.of(person).practice = doctor
        tell_trainer()


def tell_trainer() -> None:
    """Something moved in the room."""
    tabs.draw_again(lambda person: person == TRAINER)


def everybody() -> None:
    """The trainer moved something for all."""
    tabs.draw_again(lambda person: person != TRAINER)


def practices() -> dict[str, str]:
    """The fictitious practices, by doctor."""
    return {one: f"{one} · {story.signed}, {story.name.lower()}" for one, story in data.stories().items()}
