"""Figures of a group of doctors, of which none is about one of them: at least five doctors, eleven patients a cell, others
hidden with those that could be found again."""

import streamlit as st

from calculators import french
from calculators.masking import LEAST_SHOWN
from calculators.prevention.rates import LEAST_PEERS
from dashboard import data, tabular, widgets
from dashboard.serving import here
from dashboard.words import plain

HIDDEN = "masqué"
HOW = (
    f"Moins de {LEAST_SHOWN} patients à jour, ou à faire : l’effectif n’est pas montré, ni celui qui permettrait de le "
    "retrouver. Aucun chiffre n’est celui d’un seul médecin. Chiffres au dernier jour des données."
)
RIGHTS = {None: "", True: "oui", False: "non"}


def show() -> None:
    st.title("Groupe")
    one = here.person()
    groups = {group.name: group for group in one.groups} if one else {}
    if one is None or not groups:
        st.info("Vous n’êtes dans aucun groupe de ce serveur.", icon=":material/groups:")
        return
    names = list(groups)
    name = str(st.selectbox("Groupe", names, format_func=plain.text, key="groupe"))
    group = groups[name if name in groups else names[0]]
    place = data.place_of(group.doctors)
    doctors, table = data.group_figures(place)
    here.note(one, "", f"groupe {group.name}")
    if doctors < LEAST_PEERS:
        st.info(f"Ce groupe n’a que {doctors} médecins dans ces données : il en faut {LEAST_PEERS}.")
        return
    labels = data.labels(place)
    rows = table.to_pylist()
    totals = [row for row in rows if row["age_class"] is None]
    st.markdown(f"**{french.count(doctors, 'médecin')}**. {HOW}")
    tabular.table(
        {
            "Indicateur": [labels[row["indicator"]] for row in totals],
            "Patients concernés": [french.number(row["eligible"]) for row in totals],
            "À jour": [french.number(row["up_to_date"]) for row in totals],
            "Taux": [french.percent(row["up_to_date"] / row["eligible"]) if row["eligible"] else "–" for row in totals],
        },
        "Indicateurs du groupe", "indicateurs_du_groupe",
    )  # fmt: skip
    known = {row["indicator"]: labels[row["indicator"]] for row in totals}
    if not known:
        return
    picked = st.selectbox("Par âge, sexe, ALD et C2S", list(known), format_func=known.__getitem__, key="groupe_acte")
    cells = [row for row in rows if row["indicator"] == picked and row["age_class"] is not None]
    tabular.table(
        {
            "Âge": [row["age_class"] for row in cells], "Sexe": [row["sex"] for row in cells],
            "ALD": [RIGHTS[row["ald"]] for row in cells], "C2S": [RIGHTS[row["c2s"]] for row in cells],
            "Patients concernés": [_shown(row["eligible"]) for row in cells],
            "À jour": [_shown(row["up_to_date"]) for row in cells],
        },
        "Effectifs par âge, sexe, ALD et C2S", "effectifs_du_groupe",
    )  # fmt: skip


def _shown(count: int | None) -> str:
    return HIDDEN if count is None else french.number(count)


widgets.safely(show)
