"""Where do my prescriptions stand against what my patients lead one to expect, chance allowed for?"""

import pyarrow as pa
import streamlit as st

from calculators import french
from calculators.errors import UserError
from calculators.results import NoReferenceError
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.reasons import Reason
from dashboard import data, widgets
from dashboard.sobriety import charts, in_words, views
from dashboard.widgets import Choice

PRICING = (
    "Pour chiffrer des délivrances sans montant : ajoutez au dossier une table `drugs` (cip13, atc, label, price_cents) "
    "tirée de la base de données publique des médicaments (base-donnees-publique.medicaments.gouv.fr) ; chaque "
    "délivrance vaut alors son nombre de boîtes fois le prix."
)


def show(choice: Choice) -> None:
    st.title("Sobriété des prescriptions")
    years = data.sobriety_years(choice.place)
    year = int(st.selectbox("Année", years, key="annee_sobriete", width=160) or years[0])
    reference, before = own_references(choice)
    accept, other_year = (bool(st.session_state.get(key)) for key in ("accepter", "autre_annee"))
    try:
        row, opened = data.doctor_year(choice.place, choice.doctor, year, reference, accept, other_year)
    except NoReferenceError as reason:
        cannot(str(reason), reason.code == Reason.NO_AMOUNTS)
        return
    except UserError as reason:
        cannot(str(reason))
        return
    if opened is None:
        cannot(row.reason, row.reason_code == Reason.NO_AMOUNTS)
        ask_to_accept(row)
        return
    ratio(choice, row)
    ask_to_accept(row)
    gaps, others, time, changes, packs = st.tabs(
        ["D’où vient l’écart", "Parmi les confrères", "D’une année à l’autre", "Et si…", "En boîtes"]
    )
    with gaps:
        views.mix(opened)
        views.contributions(opened)
        views.weigh(opened)
    with others:
        views.among_peers(choice, row, opened)
    with time:
        views.over_time(row, opened, data.change(choice.place, choice.doctor, year, reference, before, accept))
    with changes:
        views.try_changes(row, opened)
        st.subheader("Patients à mettre à part")
        views.particular(choice, opened)
    with packs:
        st.markdown(in_words.boxes(row, opened.definition))
    widgets.method_link(choice, "sobriete")


def own_references(choice: Choice) -> tuple[str | None, str | None]:
    """Folders of references of the user's own, for the year and the one before; fictitious ones serve fictitious data."""
    with st.expander("Référence", expanded=not data.dataset(choice.place).synthetic):
        typed = [
            st.text_input(
                label,
                key=key,
                placeholder="vide : la référence fictive fournie (données fictives seulement)",
                help="Produit par « tableau-mt reference build DOSSIER --year AAAA --to DOSSIER ».",
            )
            for label, key in (
                ("Dossier de la référence", "dossier_reference"),
                ("Dossier de la référence de l’année précédente", "dossier_reference_avant"),
            )
        ]
    year, before = (text.strip() or None if text else None for text in typed)
    return year, before


def cannot(reason: str, unpriced: bool = False) -> None:
    """Why there is no ratio, and what would be needed."""
    st.info(reason, icon=":material/info:")
    st.markdown(
        "Le ratio demande, pour une année entière : la liste des patients, leurs ALD et leur C2S, les délivrances avec "
        "leur base de remboursement et leur prescripteur, et plus de cent patients fidèles vus. L’historique d’un seul "
        "patient n’a ni montants ni liste : ses pages Prévention et Patient restent complètes."
    )
    if unpriced:
        st.markdown(PRICING)


def ask_to_accept(row: Ratio) -> None:
    """Let the user count unknown rights as absent, and say so."""
    if row.reason_code == Reason.UNKNOWN_RIGHTS or st.session_state.get("accepter"):
        st.toggle("Compter une ALD ou une C2S non connue comme absente", key="accepter")
    if row.reason_code == Reason.OTHER_YEAR or st.session_state.get("autre_annee"):
        st.toggle("Utiliser quand même la référence d’une autre année", key="autre_annee")


def ratio(choice: Choice, row: Ratio) -> None:
    assert row.ratio is not None
    left, right = st.columns([1, 2.2], gap="large", vertical_alignment="center")
    with left:
        st.metric("Observé / attendu", french.number(row.ratio, 2))
    with right:
        st.markdown(in_words.ratio(row))
        st.caption(f"{in_words.interval(row)} {in_words.spending(row)}")
    st.caption(in_words.POLARITY)
    if drift := in_words.other_year(row, load_definition(row.year)):
        st.warning(drift, icon=":material/history:")
    if row.ratio < load_definition(row.year).under_treatment.ratio_under:
        st.info(in_words.UNDER_TREATMENT, icon=":material/info:")
        st.page_link("pages/prevention.py", label="Voir les actes à faire", query_params=widgets.url_of(choice))
    if limits := row.limits:
        shown = pa.Table.from_pylist([limits._asdict() | {"ratio": row.ratio, "expected": 1.0}])
        says = f"Ratio {french.number(row.ratio, 2)}. {in_words.interval(row)}"
        st.vega_lite_chart(shown, charts.interval(), width="stretch", alt=says, key="intervalle")
        st.caption("Trait pointillé : la dépense attendue. Barre foncée : 95 % ; barre claire : 99,8 %.")


widgets.page(show)
