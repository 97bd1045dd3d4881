"""Views of the scenario lab on one data folder: this list, the practices; and the head of the page."""

import streamlit as st

from calculators import french
from calculators.forfait.cautions import ENOUGH
from calculators.forfait.population import Population, Priced, price, reading
from calculators.forfait.shares import losing_beyond
from calculators.forfait.version import Version
from dashboard import data, tabular, widgets
from dashboard.charts import moves, sized, titled
from dashboard.lab import controls, outcomes, tables
from dashboard.lab.drafts import Draft
from dashboard.widgets import Choice
from dashboard.words import pay_lines

GROUPED = {"cabinets": "Par cabinet", "departements": "Par département"}


def head(choice: Choice) -> tuple[int, Version, bool]:
    """Which of the three, compared with what, and whether what is paid beside the forfait counts."""
    one, other, third = st.columns([0.7, 1.6, 1.6], vertical_alignment="bottom")
    place = one.segmented_control(
        "Scénario",
        range(len(controls.NAMES)),
        required=True,
        key="scenario_actif",
        format_func=lambda one: str(one + 1),
    )
    known = controls.short_names(data.versions(choice.place))
    base = other.selectbox("Comparé à", list(known), format_func=known.__getitem__, key="compare_a")
    means = third.toggle(
        "Avec ROSP, structure et DONUM",
        key="avec_moyennes",
        help="Moyennes par médecin (DONUM : part de son plafond), telles que chaque accord les verse.",
    )
    return int(place or 0), data.version(choice.place, str(base)), means


def of_folder(choice: Choice, version: Version) -> Population:
    """Every list of the sample, or this doctor's alone, as the version reads them."""
    year = data.year_priced(choice.place, choice.as_of)
    return data.population(choice.place, data.priced_with(choice.place, choice.doctor), year, reading(version))


def of_mine(choice: Choice, version: Version, with_means: bool) -> int:
    """Cents of the list on screen."""
    priced = price(of_folder(choice, version), version, with_means=with_means)
    return int(priced.totals[priced.population.doctors.doctor_id == choice.doctor].sum())


def beside_left_out(draft: Draft, with_means: bool) -> str:
    """What a scenario changes that is not counted; empty when all is."""
    if with_means or not any(path.startswith(("means.", "aide.")) for path in draft.changes):
        return ""
    return (
        "Ce scénario change ce qui est payé à côté du forfait, que vous ne comptez pas : voyez l’interrupteur en haut."
    )


def this_list(choice: Choice, before: Priced, after: Priced) -> None:
    """This doctor's total under both, and what moved line by line."""
    mine = next((one for one in outcomes.practices(before, after, {}) if one.doctor == choice.doctor), None)
    if mine is None:
        st.info("Ce médecin n’a personne sur sa liste au jour que l’accord retient.")
        return
    if max(priced.population.listed(choice.doctor) for priced in (before, after)) < ENOUGH:
        st.info("La liste n’a qu’un patient : il n’y a pas de forfait à en tirer. Importez la liste entière.")
        return
    one, two, three = st.columns(3)
    one.metric("Comparaison", french.euros(mine.before_cents), help=before.version.label)
    two.metric("Scénario", french.euros(mine.after_cents))
    three.metric("Écart", french.signed_euros(mine.gap_cents))
    st.caption(
        f"Année {after.population.year}, liste et indicateurs de ce médecin ; DONUM est une part de son plafond. "
        + french.rounded_apart([(mine.before_cents, mine.after_cents)])
    )
    moved(before, after, choice.doctor)


def moved(before: Priced, after: Priced, doctor: str) -> None:
    """Lines that differ, in euros: they sum to the difference."""
    names = labels()
    lines = [
        pay_lines.named(one, before.version, after.version, names) for one in outcomes.lines_of(before, after, doctor)
    ]
    if not lines:
        st.write("Aucune ligne ne change.")
        return
    tabular.table(pay_lines.printed(lines), "Ce qui change, ligne par ligne", None)
    widgets.export_buttons(pay_lines.exported(lines), "scenario-lignes", "csv_lignes")


def grouped() -> str:
    """By what the doctors of the folder are shown."""
    asked = st.segmented_control(
        "Regrouper", list(GROUPED), required=True, format_func=GROUPED.__getitem__, key="regrouper",
        label_visibility="collapsed",
    )  # fmt: skip
    return str(asked)


def practices(choice: Choice, before: Priced, after: Priced) -> None:
    """Each doctor of the folder."""
    sample = data.is_sample(choice.place)
    names = {one: story.name for one, story in data.stories().items()} if sample else {}
    found = outcomes.practices(before, after, names)
    if not sample:
        st.info("Seuls les cabinets d’exemple sont comparés entre eux ; vos données restent celles d’un seul médecin.")
    beyond = losing_beyond()
    below = sum(one.gap_cents < -beyond for one in found)
    lose = f"{'perd' if below < 2 else 'perdent'} plus de {french.euros(beyond)} par an avec ce scénario"
    says = f"{french.count(below, 'cabinet')} sur {len(found)} {lose}."
    st.markdown(says)
    columns = {"label": "Cabinet", "before": "Comparaison (€)", "after": "Scénario (€)", "euros": "Écart (€)"}
    spec = titled(sized(moves(), len(found), 26), "Écart en euros par an")
    controls.chart(tables.bars_of_practices(found), spec, says, columns, "cabinets", of_country=False)


def labels() -> dict[str, str]:
    """Names of the prevention lines."""
    return data.labels(controls.here())
