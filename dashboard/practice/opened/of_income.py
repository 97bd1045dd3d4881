"""The income, what was really paid and what is possible, opened to their patients and acts; or why there are none."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter

import streamlit as st

from calculators.forfait.pay import PayLine
from calculators.practice.behind import figure_of
from calculators.practice.income import IncomeLine
from calculators.practice.lists import OnList
from calculators.practice.received import Received
from dashboard import data, tabular, widgets
from dashboard.practice import in_words, tables
from dashboard.practice.opened.in_rows import acts, one_of, patients_in_rows
from dashboard.widgets import Choice
from dashboard.words.labels import PART


def income(choice: Choice, year: int, lines: Sequence[IncomeLine]) -> None:
    """A line of the income: its acts; of the pay, how many patients are paid how much, and who they are."""
    found: dict[str, tuple[str, Callable[[], None]]] = {}
    by_part: dict[str, list[IncomeLine]] = defaultdict(list)
    by_block: dict[str | None, list[IncomeLine]] = defaultdict(list)
    for one in lines:
        by_block[one.block].append(one)
    for block, mine in by_block.items():
        if any(one.amount_cents is not None for one in mine):
            found[whole(block)] = (in_words.openable_block(block), partial(_block, choice, year, mine))
    for one in lines:
        if one.block == "forfait":
            part = one.line.partition(".")[0]
            by_part[part].append(one)
            found[f"forfait.{part}"] = (in_words.openable(one), partial(_pay, choice, year, part, by_part[part]))
        else:
            found[figure_of(one.line, one.unit_cents)] = (in_words.openable(one), partial(_line, choice, year, one))
    one_of("Ouvrir une ligne à ses patients et à ses actes", "ligne_revenu", found)


def whole(block: str | None) -> str:
    """What stands for a block of the income, all its lines together."""
    return f"bloc.{block}"


def _block(choice: Choice, year: int, lines: Sequence[IncomeLine]) -> None:
    if lines[0].block == "forfait":
        _pay(choice, year, None, lines)
        return
    figures = {figure_of(one.line, one.unit_cents) for one in lines if one.amount_cents is not None}
    every = data.income_acts(choice.place, choice.doctor, year)
    mine = sorted((act for act in every if act.figure in figures), key=attrgetter("day", "patient_id"))
    if mine:
        st.markdown(in_words.acts_of_block(mine, lines))
        acts(choice, mine, "revenu_actes")
    else:
        st.info(in_words.without_patients(lines[0]), icon=":material/info:")


def _line(choice: Choice, year: int, one: IncomeLine) -> None:
    figure = figure_of(one.line, one.unit_cents)
    mine = [act for act in data.income_acts(choice.place, choice.doctor, year) if act.figure == figure]
    if mine:
        st.markdown(in_words.acts_of_line(mine, one))
        acts(choice, mine, "revenu_actes")
        return
    st.info(in_words.without_patients(one), icon=":material/info:")


def to_savings(choice: Choice) -> None:
    """Where the intéressements open to their patients."""
    st.page_link("pages/pertinence.py", label="Ouvrir l’intéressement à ses patients", icon=":material/arrow_forward:",
                 query_params=widgets.url_of(choice, **{"volet-pertinence": "Intéressement"}))  # fmt: skip


def _pay(choice: Choice, year: int, part: str | None, lines: Sequence[IncomeLine]) -> None:
    version = data.version_in_force(choice.place, year)
    every = data.pay_lines(choice.place, choice.doctor, year, version)
    paid = [one for one in every if part in (None, one.part) and one.patient_id]
    tabular.table(tables.pay(lines, for_whom(paid)), "Patients de cette part du forfait", "revenu_forfait")
    if patients := {str(one.patient_id) for one in paid}:
        said = f"forfait {year}" + (f", {in_words.line(lines[0]).lower()}" if part else "")
        widgets.patients_in_list(choice, said, patients)
    else:
        st.info(in_words.ONE_SUM, icon=":material/info:")


def for_whom(paid: Sequence[PayLine]) -> dict[str, str]:
    """What the patients of each line have alike."""
    return {f"{one.part}.{one.line}": one.label for one in paid if one.patient_id}


def what_if(choice: Choice, year: int) -> None:
    """A list of what is possible: its patients."""
    labels = data.list_labels(choice.place)
    one_of("Ouvrir une liste à ses patients", "ligne_si", {
        name: (labels[name], partial(_listed, choice, year, mine, labels))
        for name, mine in data.what_if_patients(choice.place, choice.doctor, year).items()
    })  # fmt: skip


def _listed(choice: Choice, year: int, mine: Sequence[OnList], labels: Mapping[str, str]) -> None:
    st.markdown(in_words.on_list(mine, year))
    patients = [one.patient_id for one in mine]
    widgets.patients_in_list(choice, f"liste « {labels[mine[0].list]} » au 31 décembre {year}", patients)
    patients_in_rows(
        choice, lambda called: tables.lists(mine, called, labels), patients, "si_patients", "Patients de la liste"
    )


def received(choice: Choice, year: int, rows: Sequence[Received]) -> None:
    """A part of the pay that was due: how many patients are paid how much, and who they are."""
    lines: dict[str, list[IncomeLine]] = defaultdict(list)
    for one in data.income(choice.place, choice.doctor, year):
        if one.block == "forfait":
            lines[one.line.partition(".")[0]].append(one)
    parts = [part for part in dict.fromkeys(one.part for one in rows) if part in lines]
    one_of("Ouvrir une part à ses patients", "ligne_verses", {
        part: (PART[part], partial(_pay, choice, year, part, lines[part])) for part in parts
    })  # fmt: skip
