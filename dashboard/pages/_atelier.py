"""The room: cases for a participant; who is there, and the screen of everybody, for the trainer. Shown in a room alone."""

import streamlit as st

from dashboard import widgets
from dashboard.atelier import following, trainer, views
from dashboard.serving.attendance import ROOM
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Atelier")
    if not trainer.is_here():
        following.note_practice(choice.doctor)
        views.who()
        views.guided(choice)
    elif ROOM.is_open:
        trainer.door()
        trainer.people(choice)
        trainer.same_screen()
        trainer.ending()
        st.subheader("Les cas, sur le cabinet choisi")
        views.guided(choice)
    else:
        trainer.closed()
        return
    views.take_away(choice)


widgets.page(show)
