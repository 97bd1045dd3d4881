"""Where he stands: the ratio that is read first, in words, with what it is compared to, or why there is none."""

import pyarrow as pa
import streamlit as st

from calculators import french
from calculators.comparison import known
from calculators.errors import UserError
from calculators.sobriety import coverage
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import Ratio, read_limits, without_self_first
from calculators.sobriety.reasons import Reason
from calculators.sobriety.reference_files import Reference
from dashboard import added_references, data, widgets
from dashboard.serving import ways
from dashboard.sobriety import charts, in_words
from dashboard.widgets import Choice
from dashboard.words import plain

INTERVAL = {
    "ratio": "Ratio",
    "low_95": "De (95\u00a0%)",
    "high_95": "À (95\u00a0%)",
    "low_998": "De (99,8\u00a0%)",
    "high_998": "À (99,8\u00a0%)",
}


def own_references(choice: Choice, year: int) -> tuple[str | None, str | None]:
    """Folders of the references of the year and of the one before: typed, else picked among those that were added, else the
    one taken when nobody chooses; fictitious ones serve fictitious data. On a server others reach, no folder is typed."""
    if not ways.is_alone():
        return data.chosen_reference(choice.place, year), data.chosen_reference(choice.place, year - 1)
    with st.expander("Référence", expanded=not data.dataset(choice.place).synthetic):
        picked = _added(choice, year), data.chosen_reference(choice.place, year - 1)
        typed = [
            st.text_input(
                label,
                key=key,
                placeholder="vide : celle qui est choisie ci-dessus, ou la dernière ajoutée de l’année",
                help="Produit par « tableau-mt reference build DOSSIER --year AAAA --to DOSSIER ».",
            )
            for label, key in (
                ("Dossier de la référence", "dossier_reference"),
                ("Dossier de la référence de l’année précédente", "dossier_reference_avant"),
            )
        ]
    given, before = (text.strip() or None if text else None for text in typed)
    return given or picked[0], before or picked[1]


def _added(choice: Choice, year: int) -> str | None:
    """The reference picked among those added for the year."""
    first = data.chosen_reference(choice.place, year)
    if first is None and not data.dataset(choice.place).synthetic:
        added_references.ask_for_one(choice)
    return added_references.picked(choice, known.of_ratios(year), first, f"reference_ajoutee_{year}")


def cannot(choice: Choice, reason: str, year: int, code: Reason | None = None) -> None:
    """Why there is no ratio, and what would be needed."""
    if code == Reason.DONNEES_DOUTEUSES:
        widgets.doubtful(choice, reason)
        return
    st.info(reason, icon=":material/info:")
    if code in (Reason.SELF_ONLY, Reason.MISSING_STRATA, Reason.NOTHING_EXPECTED):
        st.markdown(in_words.LARGER)
        return
    if code == Reason.NOT_COVERED:
        st.markdown(in_words.nearest_year(coverage.nearest_year(data.store(choice.place), year)))
    if widgets.is_one_patient(choice):
        st.markdown(in_words.ONE_PATIENT)
    else:
        st.markdown(in_words.NEEDED)
    if code == Reason.NO_AMOUNTS:
        st.markdown(in_words.PRICING)


def ask_to_accept(row: Ratio) -> None:
    """Let the user count unknown rights as absent, and say so."""
    if row.reason_code == Reason.UNKNOWN_RIGHTS or st.session_state.get("accepter"):
        st.toggle("Compter une ALD ou une C2S non connue comme absente", key="accepter")
    if row.reason_code == Reason.OTHER_YEAR or st.session_state.get("autre_annee"):
        st.toggle("Utiliser quand même la référence d’une autre année", key="autre_annee")


def which_reference(row: Ratio, reference: Reference) -> None:
    """What he is compared with, how much of it is he, and what it hardly knows."""
    definition = load_definition(row.year)
    st.caption(f"{plain.text(in_words.in_use(reference, definition))} {in_words.own_weight(row, definition)}")
    if warning := in_words.smallest_stratum(row, definition):
        st.caption(warning)


def ratio(choice: Choice, row: Ratio) -> None:
    """The ratio that is read first, in words, with its intervals."""
    definition = load_definition(row.year)
    limits, alone = read_limits(row, definition), without_self_first(row, definition)
    assert row.ratio is not None
    shown = limits.ratio if limits else row.ratio
    left, right = st.columns([1, 2.2], gap="large", vertical_alignment="center")
    with left:
        st.metric("Observé / attendu, sans vous" if alone else "Observé / attendu", french.number(shown, 2))
    with right:
        st.markdown(in_words.ratio(row, definition))
        st.caption(
            f"{in_words.interval(row, definition)} {in_words.spending(row, definition)} {in_words.priced(row)}".rstrip()
        )
    if doubt := in_words.hangs_on_tau(row, definition):
        st.warning(doubt, icon=":material/balance:")
    st.caption(in_words.POLARITY)
    if drift := in_words.other_year(row, definition):
        st.warning(drift, icon=":material/history:")
    if shown < definition.under_treatment.ratio_under:
        st.info(in_words.UNDER_TREATMENT, icon=":material/info:")
        st.page_link("pages/prevention.py", label="Voir les actes à faire", query_params=widgets.url_of(choice))
    if limits:
        drawn = pa.Table.from_pylist([limits._asdict() | {"expected": 1.0}])
        says = f"Ratio {french.number(shown, 2)}. {in_words.interval(row, definition)}"
        widgets.chart(drawn, charts.interval(), says, INTERVAL, "intervalle")
        st.caption("Trait pointillé : la dépense attendue. Barre foncée : 95 % ; barre claire : 99,8 %.")


def sentence(choice: Choice) -> str:
    """The ratio in one sentence, or why there is none."""
    try:
        year = data.sobriety_years(choice.place)[0]
        row = data.sobriety(choice.place, choice.doctor, year)
        kept = data.chosen_reference(choice.place, year)
        whose = plain.text(in_words.compared_with(data.sobriety_reference(choice.place, year, kept))) if kept else ""
        said = in_words.ratio(row, load_definition(row.year)), in_words.priced(row), whose
        return " ".join(filter(None, said))
    except UserError as reason:
        return str(reason)


def for_the_group(choice: Choice) -> str:
    """The ratio, for a page that says of nobody whose it is."""
    try:
        row = data.sobriety(choice.place, choice.doctor, data.sobriety_years(choice.place)[0])
    except UserError:
        return in_words.NO_RATIO
    return in_words.for_the_group(row, load_definition(row.year))


def in_short(choice: Choice) -> None:
    st.markdown("#### Sobriété")
    st.markdown(sentence(choice))
    st.page_link("pages/sobriete.py", label="Ouvrir le ratio", icon=":material/arrow_forward:",
                 query_params=widgets.url_of(choice))  # fmt: skip
