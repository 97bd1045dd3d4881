"""A figure of the economy of a practice, opened to its patients and acts; or the sentence that says why there are none."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pyarrow as pa
import streamlit as st

from calculators.practice.behind import ActBehind, figure_of
from calculators.practice.envelope import Envelope
from calculators.practice.income import IncomeLine
from calculators.practice.limits import Limit
from dashboard import address, data, tabular, widgets
from dashboard.practice import in_words, tables
from dashboard.widgets import Choice

Openings = Mapping[str, tuple[str, Callable[[], None]]]
"""What can be opened, by what stands for it in the address: its name, and what draws it."""


def one_of(label: str, key: str, known: Openings) -> None:
    """A list of figures, one of which is open."""
    picked = widgets.one_of(label, key, {name: said for name, (said, _) in known.items()})
    if picked in known:
        known[picked][1]()


def income(choice: Choice, year: int, lines: Sequence[IncomeLine]) -> None:
    """A line of the income: its acts; of the pay, how many patients are paid how much, and who they are."""
    found: dict[str, tuple[str, Callable[[], None]]] = {}
    by_part: dict[str, list[IncomeLine]] = defaultdict(list)
    for one in lines:
        if one.block == "forfait":
            part = one.line.partition(".")[0]
            by_part[part].append(one)
            found[f"forfait.{part}"] = (in_words.openable(one), partial(_pay, choice, year, part, by_part[part]))
        else:
            found[figure_of(one.line, one.unit_cents)] = (in_words.openable(one), partial(_line, choice, year, one))
    one_of("Ouvrir une ligne à ses patients et à ses actes", "ligne_revenu", found)


def _line(choice: Choice, year: int, one: IncomeLine) -> None:
    figure = figure_of(one.line, one.unit_cents)
    mine = [act for act in data.income_acts(choice.place, choice.doctor, year) if act.figure == figure]
    if mine:
        st.markdown(in_words.acts_of_line(mine, one))
        acts(choice, mine, "revenu_actes")
        return
    st.info(in_words.without_patients(one), icon=":material/info:")
    if one.block == "interessement":
        query = widgets.url_of(choice, **{"volet-pertinence": "Intéressement"})
        st.page_link("pages/pertinence.py", label="Ouvrir l’intéressement", icon=":material/arrow_forward:",
                     query_params=query)  # fmt: skip


def _pay(choice: Choice, year: int, part: str, lines: Sequence[IncomeLine]) -> None:
    tabular.table(tables.pay(lines), "Patients de cette part du forfait", "revenu_forfait")
    version = data.version_in_force(choice.place, year)
    paid = {one.patient_id for one in data.pay_lines(choice.place, choice.doctor, year, version)
            if one.part == part and one.patient_id}  # fmt: skip
    if paid:
        widgets.patients_in_list(choice, f"forfait {year}, {in_words.line(lines[0]).lower()}", paid)


def envelope(choice: Choice, year: int, rows: Sequence[Envelope], labels: Mapping[str, str]) -> None:
    """A row of the envelope: who is validated and by which acts, who is not."""
    one_of("Ouvrir un indicateur à ses patients et à leurs actes", "ligne_enveloppe", {
        one.indicator: (labels.get(one.indicator, one.indicator), partial(_indicator, choice, year, one))
        for one in rows
    })  # fmt: skip


def _indicator(choice: Choice, year: int, one: Envelope) -> None:
    found = data.concerned(choice.place, choice.doctor, year, one.indicator)
    st.markdown(in_words.concerned(found, year))
    if found:
        _patients(choice, partial(tables.concerned, found), [row.patient_id for row in found], "enveloppe_patients")


def limits(choice: Choice, year: int, rows: Sequence[Limit]) -> None:
    """A rule: the acts of its numerator."""
    names = tables.limits(rows)["Règle"]
    one_of("Ouvrir une règle à ses patients et à ses actes", "ligne_regles", {
        one.rule: (name, partial(_rule, choice, year, one)) for one, name in zip(rows, names, strict=True)
    })  # fmt: skip


def _rule(choice: Choice, year: int, one: Limit) -> None:
    mine = data.limit_acts(choice.place, choice.doctor, year, one.rule) if in_words.is_of_acts(one) else []
    st.markdown(in_words.acts_of_rule(mine, one))
    if mine:
        acts(choice, mine, "regles_actes")


def acts(choice: Choice, found: Sequence[ActBehind], key: str) -> None:
    """Each act, with its patient and its day; a row opens its patient."""
    _patients(choice, partial(tables.acts, found), [one.patient_id for one in found], key)


def _patients(
    choice: Choice, drawn: Callable[[Mapping[str, str]], pa.Table], patients: Sequence[str], key: str
) -> None:
    """Rows about patients: the names are on screen alone; the row that is picked opens its patient, if he is on the list."""
    called = {patient: one.name for patient, one in widgets.names(choice).items()}
    if called:
        widgets.no_toolbar(key)
    event = tabular.grid(
        drawn(called), "Patients et actes", key, saved=drawn({}), on_select="rerun", selection_mode="single-row"
    )
    listed = {one.patient_id for one in data.roster(choice.place, choice.doctor, choice.as_of)}
    if chosen := event["selection"]["rows"]:
        if patients[chosen[0]] in listed:
            address.open_patient(choice.place.path, patients[chosen[0]])
        st.info(in_words.off_the_list(choice.as_of), icon=":material/person_off:")
    st.caption(in_words.A_ROW_OPENS)
