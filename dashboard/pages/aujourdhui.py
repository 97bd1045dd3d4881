"""What do I do now? At most three actions, the ratio in one sentence, the year's forfait in one figure."""

import streamlit as st

from calculators.errors import UserError
from dashboard import board, data, sentences, widgets, wording
from dashboard.widgets import Choice


def show(choice: Choice) -> None:
    rules = data.indicator_set(data.PREFERRED_SET)
    verdicts = data.prevention(choice.place, choice.doctor, choice.as_of, rules.id)
    rates = board.rates(data.tally(choice.place, choice.doctor, choice.as_of, rules.id), rules)
    patients = data.roster(choice.place, choice.doctor, choice.as_of).num_rows
    st.title("Aujourd’hui")
    st.markdown(sentences.standing(patients, rates))
    actions = board.actions(verdicts, rules, choice.as_of)
    show_actions(choice, actions)
    st.caption(sentences.how_actions_are_chosen(len(actions), len(rules.indicators)))
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        show_ratio(choice)
    with right.container(border=True, height="stretch"):
        show_forfait(choice)


def show_actions(choice: Choice, actions: list[board.Action]) -> None:
    if not actions:
        st.info("Aucun acte à faire dès aujourd’hui d’après ces données.", icon=":material/check:")
        return
    for column, action in zip(st.columns(len(actions), gap="medium"), actions, strict=True):
        with column.container(border=True, height="stretch", key=f"action_{action.indicator.id}"):
            st.markdown(f"### {sentences.action(action)}")
            st.page_link(
                "pages/prevention.py",
                label=f"Voir {wording.count(action.patients, 'patient')}"
                if action.patients == 1
                else f"Voir les {wording.count(action.patients, 'patient')}",
                icon=":material/arrow_forward:",
                query_params=widgets.url_of(choice, indicateur=action.indicator.id),
            )


def show_ratio(choice: Choice) -> None:
    st.markdown("#### Sobriété")
    try:
        row = data.sobriety(choice.place, choice.doctor, data.sobriety_years(choice.place)[0])
        st.markdown(sentences.ratio(row))
    except UserError as reason:
        st.markdown(str(reason))
    st.page_link("pages/sobriete.py", label="Ouvrir le ratio", icon=":material/arrow_forward:",
                 query_params=widgets.url_of(choice))  # fmt: skip


def show_forfait(choice: Choice) -> None:
    year = choice.as_of.year
    version = data.version(data.version_in_force(year))
    lines = data.forfait(choice.place, choice.doctor, year, version.id)
    st.markdown(f"#### Forfait {year}")
    st.metric(version.label, wording.about_euros(sum(lines["amount_cents"].to_pylist())))
    st.caption(sentences.pay_limits(year, data.dataset(choice.place).covers_to))
    st.page_link("pages/forfait.py", label="Ouvrir le forfait", icon=":material/arrow_forward:",
                 query_params=widgets.url_of(choice))  # fmt: skip


show(widgets.chosen())
