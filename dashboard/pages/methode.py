"""Where does each figure come from? Every rule rendered from its file, with its references and its hypotheses."""

import streamlit as st

from calculators import french
from calculators.drawings import mermaid
from calculators.sobriety.definition import load_definition
from dashboard import address, data, tabular, widgets
from dashboard.widgets import Choice
from dashboard.words import practice_rules, rule_texts

TOPICS = {
    "prevention": "Prévention",
    "sobriete": "Sobriété",
    "pertinence": "Pertinence",
    "forfait": "Forfait",
    "cabinet": "Cabinet",
    "donnees": "Données",
    "confidentialite": "Qui voit quoi",
}
STEPS = {
    "prevention": ("prevention",),
    "sobriete": ("sobriety",),
    "pertinence": ("pertinence",),
    "forfait": ("forfait",),
    "cabinet": ("practice",),
    "donnees": ("records/compact", "records/views", "records"),
}


def show(choice: Choice) -> None:
    st.title("Méthode")
    address.among("sujet", list(TOPICS))
    asked = st.segmented_control("Sujet", list(TOPICS), required=True, format_func=TOPICS.__getitem__, key="sujet")
    topic = str(asked or "prevention")  # nothing is asked where it is only imported
    {
        "prevention": prevention,
        "sobriete": sobriety,
        "pertinence": relevance,
        "forfait": forfait,
        "cabinet": cabinet,
        "donnees": records,
        "confidentialite": privacy,
    }[topic](choice)
    steps(topic)


def prevention(choice: Choice) -> None:
    rules = data.indicator_set(choice.place, widgets.indicator_set())
    st.markdown(rule_texts.STATUSES)
    st.markdown(rule_texts.indicator_set(rules))
    for indicator in rules.indicators:
        with address.unfolded(address.RULES, indicator.id, indicator.label):
            st.markdown(rule_texts.indicator(indicator, rules))


def sobriety(choice: Choice) -> None:
    st.markdown(rule_texts.RATIO)
    year = data.sobriety_years(choice.place)[0]
    definition = load_definition(year)
    st.subheader(definition.label)
    tabular.table(rule_texts.definition(definition), "Paramètres du ratio", "parametres_du_ratio")
    if reference := data.shipped_reference(year):
        st.subheader(f"Référence {year}")
        st.markdown(rule_texts.reference(reference))


def relevance(choice: Choice) -> None:
    for one in data.measures(choice.place).values():
        with address.unfolded(address.RULES, one.id, one.label):
            st.markdown(rule_texts.measure(one))


def forfait(choice: Choice) -> None:
    st.markdown(rule_texts.FORFAIT)
    for version in data.versions(choice.place):
        with address.unfolded(address.RULES, version.id, version.label):
            st.markdown(rule_texts.version(version))


def cabinet(_choice: Choice) -> None:
    for place, (title, text) in enumerate(practice_rules.topics(), 1):
        with address.unfolded(address.RULES, f"cabinet-{place}", title):
            st.markdown(text)


def records(choice: Choice) -> None:
    about = data.dataset(choice.place)
    st.markdown(
        f"**{about.title}** — source : {about.source} ; données du {french.day(about.covers_from)} au "
        f"{french.day(about.covers_to)}, extraites le {french.day(about.extracted_on)}."
    )
    st.markdown(rule_texts.RECORDS)
    for place, (table, columns) in enumerate(rule_texts.tables()):
        with address.unfolded(address.RULES, f"table-{place}", table):
            tabular.table(columns, table, f"colonnes_{place}")


def privacy(choice: Choice) -> None:
    st.markdown(rule_texts.PRIVACY)


def steps(topic: str) -> None:
    """The SQL steps of a topic, drawn from what their files say, once somebody asks: what draws them is seconds to load."""
    if topic not in STEPS:
        return

    def draw() -> None:
        st.markdown(
            "Un rectangle est une table que le programme calcule, par l’étape de même nom (un fichier `.sql`) ; un "
            "cylindre, une table des dossiers importés ou une vue commune à tous les sujets ; une forme ronde vient des "
            "règles, ou de ce qui est demandé. Les dictionnaires de clés ne sont dessinés que là où ils sont faits."
        )
        st.mermaid_chart(mermaid(*STEPS[topic]), alt="Étapes du calcul et tables qu’elles lisent")

    widgets.folded("Les étapes du calcul, de table en table", "etapes", draw)


widgets.page(show)
