"""What do I do now? At most three actions, the ratio in one sentence, the year's forfait in one figure."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from calculators.prevention import worklist
from calculators.prevention.rates import Rate
from calculators.prevention.worklist import Action
from dashboard import data, report, widgets
from dashboard.forfait import in_words as forfait_words
from dashboard.forfait import views as forfait
from dashboard.prevention import declaring
from dashboard.prevention import in_words as prevention_words
from dashboard.prevention import tables as prevention_tables
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
    st.download_button(
        "Imprimer : bilan d’une page",
        data=partial(report.page, content(choice, patients, rates, actions)),
        file_name=f"bilan-{choice.doctor}-{choice.as_of}.html",
        mime="text/html",
        key="bilan",
        icon=":material/print:",
        on_click="ignore",
        help="Un fichier à ouvrir dans le navigateur, puis à imprimer : sans aucun patient nommé.",
    )


def content(choice: Choice, patients: int, rates: Sequence[Rate], actions: list[Action]) -> report.Content:
    """What the printed page says, computed before the click: the same results as the screen."""
    year = choice.as_of.year
    version = data.version(choice.place, data.version_in_force(choice.place, year))
    return report.Content(
        doctor=choice.doctor,
        as_of=choice.as_of,
        dataset=data.dataset(choice.place),
        standing=prevention_words.standing(patients, rates),
        actions=[prevention_words.action(action) for action in actions] or [prevention_words.nothing_to_do(rates)],
        rates=prevention_tables.reported(rates),
        ratio=standing.sentence(choice),
        pay=forfait.pay_sentence(choice, year, version),
        pay_limits=forfait_words.pay_limits(version, year, data.dataset(choice.place).covers_to),
    )


def show_story(choice: Choice) -> None:
    """Who this fictitious practice is."""
    if data.is_sample(choice.place) and (story := data.stories().get(choice.doctor)):
        with st.expander(f"{story.name} (cabinet fictif)"):
            st.markdown(story.text)


widgets.page(show, "prevention", "forfait")
