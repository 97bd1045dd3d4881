"""What do I do now? At most three actions, the ratio in one sentence, the year's forfait in one figure."""

import streamlit as st

from dashboard import data, widgets
from dashboard.forfait import views as forfait
from dashboard.pages import _bilan
from dashboard.prevention import in_words as prevention_words
from dashboard.prevention import views as prevention
from dashboard.prevention.board import Board, board
from dashboard.sobriety import standing
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    found = board(choice)
    st.title("Aujourd’hui")
    show_story(choice)
    if widgets.is_one_patient(choice):
        prevention.of_one_patient(choice, found)
        return
    st.markdown(prevention_words.standing(found.patients, found.rates))
    prevention.since(choice, found.verdicts, found.set_name)
    first(choice, found)
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        standing.in_short(choice)
    with right.container(border=True, height="stretch"):
        forfait.of_the_year(choice)
    _bilan.button(choice)


def first(choice: Choice, found: Board) -> None:
    """What to do first, and how that is chosen."""
    rules = found.rules
    prevention.actions(choice, found.actions, found.rates)
    st.caption(prevention_words.how_actions_are_chosen(len(found.actions), len(rules.own), len(rules.added)))
    if late := prevention_words.late_doses(rules, choice.as_of):
        st.info(late, icon=":material/info:")


def show_story(choice: Choice) -> None:
    """Who this fictitious practice is."""
    if data.is_sample(choice.place) and (story := data.stories().get(choice.doctor)):
        with st.expander(f"{story.name} (cabinet fictif)"):
            st.markdown(story.text)


widgets.page(show, "prevention", "forfait")
