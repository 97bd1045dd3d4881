"""What a bar of the gap is made of: a group and a class open to their patients, a patient to what was prescribed to him."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from calculators.sobriety import openings as calculated
from calculators.sobriety.openings import DoctorYear, Spent
from dashboard import address, data, widgets
from dashboard.sobriety import in_words
from dashboard.sobriety.tables import Gap
from dashboard.widgets import Choice
from dashboard.words import plain
from dashboard.words.drugs import drug_class

LARGEST = 10
"""Patients shown one by one; the list has them all."""
OFFERED = 40
"""Groups, classes and patients to choose from, those of the largest gaps first."""


@dataclass(frozen=True)
class Kind:
    """One way of cutting the gap. `key`: where the session keeps what is open, `said`: the field that opens it."""

    key: str
    said: str
    none: str
    made_of: Callable[[DoctorYear, str], list[Spent]]


KINDS = {
    "groupe": Kind("groupe_ouvert", "Ouvrir un groupe", "aucun", calculated.patients_of_stratum),
    "classe": Kind("classe_ouverte", "Ouvrir une classe", "aucune", calculated.patients_of_class),
    "patient": Kind("patient_ouvert", "Ouvrir un patient", "aucun", calculated.classes_of_patient),
}


@dataclass(frozen=True)
class Opens:
    """What can be opened, by what stands for it in the session and in the address: for a patient, a number."""

    kind: Kind
    gaps: Mapping[str, Gap]

    @property
    def key(self) -> str:
        return self.kind.key

    def named(self, label: str) -> str:
        """What stands for the bar of this label; nothing where it opens to nobody."""
        return next((word for word, gap in self.gaps.items() if gap.label == label), "")


def of(by: str, choice: Choice, gaps: Sequence[Gap]) -> Opens:
    """What the bars open to."""
    known = [one for one in gaps if one.id]
    if by == "patient":
        return Opens(KINDS[by], {address.card(choice.place.path, one.id): one for one in known[:OFFERED]})
    return Opens(KINDS[by], {one.id: one for one in known})


def show(choice: Choice, opened: DoctorYear, opens: Opens) -> None:
    """A bar, or this field, opens what it is made of."""
    labels = {word: one.label for word, one in opens.gaps.items()}
    word = widgets.one_of(opens.kind.said, opens.key, labels, opens.kind.none, widgets.A_BAR_DOES_THE_SAME)
    if not word:
        return
    gap = opens.gaps[word]
    found = opens.kind.made_of(opened, gap.id)
    if opens.kind is KINDS["patient"]:
        prescribed(choice, opened.year, gap, found)
    else:
        patients(choice, opened.year, gap, found)


def patients(choice: Choice, year: int, gap: Gap, found: Sequence[Spent]) -> None:
    """The dearest first, each a link to his page; what the others add, so that all of it is there."""
    st.markdown(in_words.opened_patients(gap, found, year))
    called = widgets.names(choice)
    everybody, said = {one.of for one in found}, f"{gap.label}, {year}"
    way = widgets.list_link(choice, said, widgets.listed(choice, everybody))  # from one of them to the next, and back
    for one in found[:LARGEST]:
        who = called[one.of].name if one.of in called else one.of
        st.page_link(
            "pages/patient.py",
            label=f"{plain.text(who)} · {in_words.spent(one)}",
            icon=":material/person:",
            query_params=way | {"fiche": address.card(choice.place.path, one.of)},
        )
    if rest := found[LARGEST:]:
        st.markdown(in_words.others(rest))
    widgets.patients_in_list(choice, said, everybody)


def prescribed(choice: Choice, year: int, gap: Gap, found: Sequence[Spent]) -> None:
    """Of a patient every class, then his page, which has the deliveries one by one."""
    st.markdown(in_words.opened_patient(gap, found, year))
    products = data.products(choice.place)
    for one in found:
        st.markdown(f"- {plain.text(drug_class(one.of, products))} : {in_words.spent(one)}")
    st.page_link(
        "pages/patient.py",
        label="Voir ses délivrances, une à une",
        icon=":material/person:",
        query_params=widgets.url_of(choice, fiche=address.card(choice.place.path, gap.id)),
    )
