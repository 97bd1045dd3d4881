"""What do I do now? At most three actions, the ratio in one sentence, the year's forfait in one figure."""

import streamlit as st

from calculators.prevention import worklist
from dashboard import data, widgets
from dashboard.forfait import views as forfait
from dashboard.pages import _bilan
from dashboard.prevention import declaring
from dashboard.prevention import in_words as prevention_words
from dashboard.prevention import views as prevention
from dashboard.sobriety import standing
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    set_name = data.preferred_set(choice.place)
    rules = data.indicator_set(choice.place, set_name)
    verdicts = data.judged(choice.place, choice.doctor, choice.as_of, set_name, declaring.said(choice))
    every = data.rates(choice.place, choice.doctor, choice.as_of, set_name)
    rates = [rate for rate in every if rate.indicator not in rules.added]
    patients = len(data.roster(choice.place, choice.doctor, choice.as_of))
    st.title("Aujourd’hui")
    show_story(choice)
    st.markdown(prevention_words.standing(patients, rates))
    prevention.since(choice, verdicts, set_name)
    actions = worklist.actions(verdicts, rules, choice.as_of)
    prevention.actions(choice, actions, rates)
    st.caption(prevention_words.how_actions_are_chosen(len(actions), len(rules.own), len(rules.added)))
    if late := prevention_words.late_doses(rules, choice.as_of):
        st.info(late, icon=":material/info:")
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        standing.in_short(choice)
    with right.container(border=True, height="stretch"):
        forfait.of_the_year(choice)
    _bilan.button(choice)


def show_story(choice: Choice) -> None:
    """Who this fictitious practice is."""
    if data.is_sample(choice.place) and (story := data.stories().get(choice.doctor)):
        with st.expander(f"{story.name} (cabinet fictif)"):
            st.markdown(story.text)


widgets.page(show, "prevention", "forfait")
