"""The insurer's own figures, typed in: the ratio with the interval it lacks, and a rate of prevention beside one's own."""

import streamlit as st

from calculators import french
from calculators.sobriety import typed as typing
from calculators.sobriety.definition import load_definition
from calculators.sobriety.typed import Change, Interval, Spending, Typed
from dashboard import data, fields
from dashboard.widgets import Choice
from dashboard.words import plain

MARK = "Chiffre de l’Assurance maladie, intervalle calculé ici."
MOST_EUROS = 100_000_000.0
GAPS = (
    "Ce qui peut expliquer un écart : des délivrances que vos données n’ont pas (patients vus ailleurs, remboursements "
    "arrivés après l’extraction), des montants aux prix d’une base de médicaments, une autre liste de médicaments suivis, "
    "d’autres patients comptés comme fidèles."
)


def section(choice: Choice) -> None:
    """The figures of a year, and of the one before when they are known."""
    st.markdown(
        "Recopiez ce que le service de l’Assurance maladie affiche pour vous : ce programme y ajoute l’intervalle du "
        "hasard, et le met à côté de ce que vos données disent. Rien de ce que vous tapez n’est gardé."
    )
    year = data.dataset(choice.place).last_full_year
    now, before = st.columns(2)
    with now:
        this = _typed(year)
    with before:
        last = _typed(year - 1)
    if this is None:
        st.info("Tapez au moins l’observé, l’attendu et le ratio d’une année.", icon=":material/edit:")
        return
    own = data.own_spending(choice.place, choice.doctor, this.year)
    found = typing.interval(this, own, load_definition(this.year))
    st.markdown(f"#### {this.year}")
    st.markdown(ratio(this, found))
    st.markdown(plain.text(beside(this, own)))
    st.caption(f"{MARK} {GAPS}")
    if last is not None:
        earlier = data.own_spending(choice.place, choice.doctor, last.year)
        moved = typing.change(last, this, earlier, own, load_definition(this.year))
        st.markdown(changed(last, this, moved))


def _typed(year: int) -> Typed | None:
    """The figures of a year once the three are there."""
    st.markdown(f"**Année {year}**")
    observed, expected = (
        fields.optional(label, f"assurance_{key}_{year}", 0.01, MOST_EUROS, placeholder="euros")
        for label, key in (("Dépense observée (€)", "observe"), ("Dépense attendue (€)", "attendu"))
    )
    ratio_ = fields.optional("Ratio", f"assurance_ratio_{year}", 0.01, 20.0, placeholder="1,05")
    patients = fields.optional("Patients fidèles (facultatif)", f"assurance_patients_{year}", 1, 5000, whole=True)
    if observed is None or expected is None or ratio_ is None:
        return None
    found = Typed(
        year, round(100 * observed), round(100 * expected), ratio_, None if patients is None else int(patients)
    )
    typing.check(found)
    return found


def ratio(typed: Typed, found: Interval | None) -> str:
    """The typed ratio, with its interval."""
    shown = french.number(typed.ratio, 2)
    if found is None:
        return f"Ratio de **{shown}**. Vos données ont trop peu de patients pour dire ce que le hasard y peut."
    low, high, lowest, highest = (
        french.number(one, 2) for one in (found.low_95, found.high_95, found.low_998, found.high_998)
    )
    if found.low_998 > 1 or found.high_998 < 1:
        side = "au-dessus" if found.low_998 > 1 else "en dessous"
        said = f"Le hasard des patients n’explique pas seul qu’il soit {side} de 1."
    else:
        said = "Le hasard des patients peut expliquer seul son écart à 1."
    return f"Ratio de **{shown}**, entre {low} et {high} à 95 %, entre {lowest} et {highest} à 99,8 %. {said}"


def beside(typed: Typed, own: Spending) -> str:
    """What the record says of the same year."""
    gap = own.observed_cents / typed.observed_cents - 1
    classes = "la référence utilisée" if own.of_a_reference else "vos propres initiations, faute de référence"
    said = (
        f"Vos données : {french.euros(own.observed_cents)} observés, pour {french.euros(typed.observed_cents)} selon "
        f"l’Assurance maladie ({french.signed_percent(gap)}), sur {own.classes} classes suivies, d’après {classes}."
    )
    if typed.patients is None:
        return f"{said} {french.count(len(own.cents), 'patient fidèle', 'patients fidèles')}."
    return (
        f"{said} {french.count(len(own.cents), 'patient fidèle', 'patients fidèles')}, pour {french.number(typed.patients)} "
        "selon elle."
    )


def changed(before: Typed, now: Typed, found: Change | None) -> str:
    """The change between the two typed years."""
    if found is None:
        return f"De {before.year} à {now.year} : vos données ne disent pas ce que le hasard y peut."
    low, high = (french.signed_percent(one, 1) for one in (found.low, found.high))
    verdict = "peut tenir au hasard" if found.low <= 0 <= found.high else "ne tient pas au seul hasard"
    return (
        f"De {before.year} à {now.year}, le ratio change de **{french.signed_percent(found.change, 1)}**, entre {low} et "
        f"{high} à 95 % : ce changement {verdict}. {MARK}"
    )
