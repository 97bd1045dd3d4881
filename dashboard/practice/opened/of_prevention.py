"""The envelope, its variant, the old scheme and the amounts by contact, opened to their patients and acts."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from calculators.economy import Contact
from calculators.practice.capitation import by_stratum
from calculators.practice.envelope import CaseMix, Envelope
from calculators.practice.rosp import RospLine
from dashboard import data, tabular
from dashboard.practice import in_words, tables
from dashboard.practice.opened.in_rows import one_of, patients_in_rows, stratum
from dashboard.widgets import Choice


def rosp(choice: Choice, year: int, rows: Sequence[RospLine], labels: Mapping[str, str]) -> None:
    """An indicator of the old scheme: who is validated and by which acts, who is not."""
    _indicators(choice, year, "ligne_rosp", [one.indicator for one in rows], labels)


def envelope(choice: Choice, year: int, rows: Sequence[Envelope], labels: Mapping[str, str]) -> None:
    """A row of the envelope: who is validated and by which acts, who is not."""
    _indicators(choice, year, "ligne_enveloppe", [one.indicator for one in rows], labels)


def _indicators(choice: Choice, year: int, key: str, names: Sequence[str], labels: Mapping[str, str]) -> None:
    one_of("Ouvrir un indicateur à ses patients et à leurs actes", key, {
        name: (labels.get(name, name), partial(_indicator, choice, year, name)) for name in names
    })  # fmt: skip


def _indicator(choice: Choice, year: int, name: str) -> None:
    found = data.concerned(choice.place, choice.doctor, year, name)
    st.markdown(in_words.concerned(found, year))
    if found:
        patients_in_rows(
            choice, partial(tables.concerned, found), [row.patient_id for row in found], "enveloppe_patients"
        )


def case_mix(choice: Choice, year: int, rows: Sequence[CaseMix], labels: Mapping[str, str]) -> None:
    """A row of the variant: its patients alike, whose expected acts sum to it, then each of them with his acts."""
    one_of("Ouvrir un indicateur à ses profils, à ses patients et à leurs actes", "ligne_patientele", {
        one.indicator: (labels.get(one.indicator, one.indicator), partial(_alike, choice, year, one.indicator))
        for one in rows
    })  # fmt: skip


def _alike(choice: Choice, year: int, name: str) -> None:
    found = data.profiles(choice.place, choice.doctor, year, name)
    st.markdown(in_words.alike(found, year))
    if not found:
        return
    tabular.grid(tables.profiles(found), "Profils de patients", "enveloppe_profils")
    every = data.concerned(choice.place, choice.doctor, year, name, by_board=False)
    counted = [one for one in every if one.status != "unknown"]
    profile_of = data.profile_of(choice.place, choice.doctor, year)
    drawn = partial(tables.concerned, counted, profile_of=profile_of)
    patients_in_rows(choice, drawn, [row.patient_id for row in counted], "patientele_patients")


def contacts(choice: Choice, year: int, rows: Sequence[Contact]) -> None:
    """Patients of a stratum, in the list to call from."""
    mine = by_stratum(data.capitation_group(choice.place, choice.doctor, year).of(choice.doctor)) if rows else {}
    one_of("Ouvrir une ligne à ses patients", "ligne_contact", {
        name: (in_words.stratum(name), partial(stratum, choice, year, name, [one.patient_id for one in mine[name]]))
        for name in (one.stratum for one in rows)
    })  # fmt: skip
