"""Rates of prevention beside a group's: those of a reference received or of volunteers, and the one the insurer shows."""

import streamlit as st

from calculators import french
from calculators.pertinence import statistics
from calculators.prevention.group import GroupRate
from calculators.prevention.rates import Rate
from dashboard import address, data, fields, tabular
from dashboard.comparaison import references
from dashboard.widgets import Choice
from dashboard.words import plain

Z = 1.96


def section(choice: Choice) -> None:
    beside = data.references_with_rates(choice.place)
    for one in beside:
        with st.container(border=True):
            st.markdown(plain.text(references.who(one)))
            found = data.group_rates(choice.place, choice.doctor, one.id)
            if not found:
                st.info("Ses taux sont d’un autre jeu d’indicateurs que celui de ce programme.", icon=":material/info:")
                continue
            tabular.table(rows(found, data.labels(choice.place)), "Taux du groupe", f"taux_du_groupe_{one.id}")
            st.caption(
                "« Attendu » : vos patients aux taux du groupe, à âge, sexe, ALD et C2S égaux ; rien d’autre n’est corrigé. "
                f"Au 31/12/{one.year}. Aucun médecin du groupe n’est montré, ni classé."
            )
    if not beside:
        kind = "" if data.dataset(choice.place).synthetic else " réelle"
        st.info(
            f"Aucune référence{kind} ajoutée n’a de taux de prévention : ceux d’un groupe de volontaires, ou de tous les "
            "médecins d’une extraction, viennent avec la copie que fait « tableau-mt reference publish ».",
            icon=":material/info:",
        )
    _insurer(choice)


def rows(found: list[GroupRate], labels: dict[str, str]) -> dict[str, list[str]]:
    return {
        "Acte": [labels.get(one.indicator, one.indicator) for one in found],
        "Vos patients": [french.number(one.known) for one in found],
        "Vous": [_percent(one.rate) for one in found],
        "Attendu": [_percent(one.expected) for one in found],
        "Groupe": [_percent(one.group) for one in found],
        "Patients du groupe": [french.number(one.patients) for one in found],
    }


def _percent(value: float | None) -> str:
    return "–" if value is None else french.percent(value / 100)


def _insurer(choice: Choice) -> None:
    """A rate the insurer shows, typed in, beside one's own with its interval."""
    st.subheader("Le taux que l’Assurance maladie affiche")
    set_name = data.preferred_set(choice.place)
    mine = [one for one in data.rates(choice.place, choice.doctor, choice.as_of, set_name) if one.known]
    if not mine:
        st.info("Aucun taux n’est connu dans ces données.", icon=":material/info:")
        return
    names = {one.indicator: one for one in mine}
    address.among("taux_acte", list(names))
    picked = st.selectbox("Acte", list(names), format_func=lambda name: names[name].label, key="taux_acte")
    theirs = fields.optional("Taux affiché pour vous (%)", "taux_assurance", 0.0, 100.0, placeholder="62")
    peers = fields.optional("Taux affiché pour vos confrères (%)", "taux_confreres", 0.0, 100.0, placeholder="58")
    if picked and (theirs is not None or peers is not None):
        st.markdown(beside(names[str(picked)], theirs, peers))


def beside(mine: Rate, theirs: float | None, peers: float | None) -> str:
    """One's own rate with its interval, the insurer's for oneself, and that of the others."""
    low, high = wilson(mine.up_to_date, mine.known)
    said = [
        f"Vos données : **{french.percent(mine.up_to_date / mine.known)}** ({mine.up_to_date} patients à jour sur "
        f"{mine.known}), entre {french.percent(low)} et {french.percent(high)} à 95 %."
    ]
    if theirs is not None:
        inside = (
            "dans cet intervalle" if low <= theirs / 100 <= high else "hors de cet intervalle : comparez les listes"
        )
        said.append(f"L’Assurance maladie affiche {french.percent(theirs / 100)} pour vous, {inside}.")
    if peers is not None:
        same = "le hasard peut expliquer l’écart" if low <= peers / 100 <= high else "le hasard seul ne l’explique pas"
        said.append(f"Vos confrères sont à {french.percent(peers / 100)} selon elle : {same}.")
    said.append("Chiffre de l’Assurance maladie, intervalle calculé ici ; rien n’est corrigé de l’âge ni du sexe.")
    return " ".join(said)


def wilson(done: int, concerned: int) -> tuple[float, float]:
    """95 % limits of a share."""
    low, high = statistics.wilson(done, concerned, Z)
    return low, high
