"""The care of a patient by name: the year beside the one before, drugs, results, who saw him; then all of it in time."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import streamlit as st

from calculators import french
from calculators.pertinence import act_names
from calculators.prevention.indicator import IndicatorSet
from calculators.records import history
from calculators.records.history import Drug, Line, Seen, Stay, Year
from dashboard import data, export, tabular, widgets
from dashboard.charts import sized
from dashboard.prevention import charts, in_words, timeline
from dashboard.widgets import Choice
from dashboard.words import care
from dashboard.words.drugs import family

Columns = dict[str, list[str]]
NO_STAYS = "Ces données ne disent rien des séjours à l’hôpital."
NO_STAY = "Aucun séjour à l’hôpital n’est noté pour ce patient."
STAYS = (
    "Le motif est la famille du groupe homogène de malades (GHM). Le montant d’un séjour n’est pas dans ces données."
)
AMOUNTS = "Montants : base de remboursement des médicaments délivrés, sans les honoraires."

AT_LEAST = "Les données ne couvrent pas ces deux années : ces nombres sont un minimum, pas un compte."


def is_covered(choice: Choice) -> bool:
    """Do the data tell all that was done in both years? Data said patient by patient are not believed to."""
    store = data.store(choice.place)
    first = history.year_of(choice.as_of, 1)[0]
    periods = [store.dataset.cover_of(source) for source in ("acts", "deliveries")]
    whole = all(begins <= first + timedelta(days=1) and choice.as_of <= ends for begins, ends in periods)
    return whole and not store.covers_by_patient and all(store.rows.get(one) for one in ("acts", "deliveries"))


def show(choice: Choice, patient: str, rules: IndicatorSet) -> None:
    """Everything that is known of his care."""
    lines = data.history(choice.place, patient, choice.as_of)
    st.subheader("Ses soins")
    in_hospital = stays(data.stays(choice.place, patient, choice.as_of))
    if not lines and not in_hospital["Séjour"]:
        st.info("Aucun soin de ce patient dans les données.", icon=":material/info:")
        return
    products, names = data.products(choice.place), timeline.Names(rules)
    tabular.table(the_years(lines, choice.as_of), "Les douze derniers mois et les douze d’avant", "deux_annees")
    told = [] if in_hospital["Séjour"] else [about_stays(choice)]
    st.caption(" ".join([AMOUNTS, *told, *([] if is_covered(choice) else [AT_LEAST])]))
    section("Médicaments", drugs(history.drugs(lines, choice.as_of), products), 10, "medicaments")
    section("Résultats", results(history.results(lines), names), 10, "resultats")
    section("Séjours à l’hôpital et urgences", in_hospital, 10, "sejours")
    if in_hospital["Séjour"]:
        st.caption(STAYS)
    section("Qui l’a vu", seen(history.contacts(lines, choice.doctor, choice.as_of)), 12, "contacts")
    if lines:
        in_time(lines, rules, products)


def about_stays(choice: Choice) -> str:
    return NO_STAYS if data.store(choice.place).lacking("stays") else NO_STAY


def section(title: str, table: Columns, most: int, key: str) -> None:
    """The first lines, the others folded; nothing without a line."""
    lines = len(next(iter(table.values()), []))
    if not lines:
        return
    st.markdown(f"#### {title}")
    tabular.table({name: cells[:most] for name, cells in table.items()}, title, None)
    if lines > most:
        others = {name: cells[most:] for name, cells in table.items()}
        widgets.folded(f"Voir les {lines} lignes", f"{key}_tout", partial(tabular.table, others, title, None))
    tabular.xlsx(export.unprinted(table), key)


def the_years(lines: Sequence[Line], as_of: date) -> Columns:
    """The twelve months beside the twelve before."""
    now, before = (history.year(lines, as_of, back) for back in (0, 1))
    return {
        "": list(FIGURES),
        f"12 mois au {french.short_day(as_of)}": [_figure(now, name) for name in FIGURES.values()],
        "12 mois d’avant": [_figure(before, name) for name in FIGURES.values()],
    }


FIGURES = {
    "Consultations de médecine générale": "consultations",
    "Visites à domicile": "visits",
    "Téléconsultations": "teleconsultations",
    "Consultations de spécialistes": "specialists",
    "Séances de kinésithérapie": "physio",
    "Jours d’analyses": "tests",
    "Boîtes délivrées": "boxes",
    "Médicaments, en base de remboursement": "cents",
}


def _figure(year: Year, name: str) -> str:
    value = getattr(year, name)
    if name == "cents":
        return "montant non connu" if value is None else french.euros(value)
    return french.number(value)


def drugs(found: Sequence[Drug], products: dict[str, str]) -> Columns:
    """By class: name, family, boxes of both years, amount, last day, who prescribed it."""
    return {
        "Médicament": [care.drug(one.code, products) for one in found],
        "Famille": [family(one.code) for one in found],
        "Boîtes, 12 mois": [french.number(one.boxes) for one in found],
        "Avant": [french.number(one.boxes_before) for one in found],
        "Base, 12 mois": ["–" if one.cents is None else french.euros(one.cents) for one in found],
        "Dernière": [french.short_day(one.last_on) for one in found],
        "Prescrit en": [history.specialty(one.specialty) or "non dit" for one in found],
    }


def results(found: Sequence[Line], names: timeline.Names) -> Columns:
    """Name, value with its unit, day."""
    return {
        "Analyse": [
            names.of(one.system, one.code, None) or act_names.told(one.system, one.code or "") for one in found
        ],
        "Résultat": [care.result(one) for one in found],
        "Date": [french.short_day(one.date) for one in found],
    }


def stays(found: Sequence[Stay]) -> Columns:
    """What it was, what for, both days, nights; the latest first."""
    return {
        "Séjour": [care.stay(one.kind) for one in found],
        "Motif": [care.stay_group(one.ghm) for one in found],
        "Entrée": [french.short_day(one.entry) for one in found],
        "Sortie": [french.short_day(one.exit) if one.exit else "non connue" for one in found],
        "Nuits": ["–" if one.nights is None else french.number(one.nights) for one in found],
    }


def seen(found: Sequence[Seen]) -> Columns:
    """Kind, specialty, both years, last day."""
    return {
        "Soin": [care.KINDS[one.kind] for one in found],
        "Par": ["vous" if one.mine else one.specialty or "non dit" for one in found],
        "12 mois": [french.number(one.times) for one in found],
        "Avant": [french.number(one.times_before) for one in found],
        "Dernier": [french.short_day(one.last_on) for one in found],
    }


def in_time(lines: Sequence[Line], rules: IndicatorSet, products: dict[str, str]) -> None:
    """The timeline."""
    st.markdown("#### Dans le temps")
    points = timeline.points(lines, rules, products)
    spec = sized(charts.timeline(), len(set(points["lane"].to_pylist())), 26)
    names = {"date": "Date", "label": "Soin", "who": "Par", "quantity": "Nombre"}
    widgets.chart(points, spec, in_words.care(points), names, "frise")
