"""What have I done in twelve months, and for whom, beside others?"""

import streamlit as st

from dashboard import widgets
from dashboard.activite import in_words, views
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Mon activité")
    if not widgets.of_one_patient(choice, in_words.ONE_PATIENT):
        views.figures(choice)


widgets.page(show)
