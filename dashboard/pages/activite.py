"""What have I done in twelve months, and for whom, beside others?"""

import streamlit as st

from dashboard import widgets
from dashboard.activite import views
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    st.title("Mon activité")
    if not views.of_one_patient(choice):
        views.figures(choice)


widgets.page(show)
