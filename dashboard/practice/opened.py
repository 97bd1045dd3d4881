"""A figure of the economy of a practice, opened to its patients and acts; or the sentence that says why there are none."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter

import pyarrow as pa
import streamlit as st

from calculators.practice.behind import ActBehind, figure_of
from calculators.practice.capitation import Group, by_stratum
from calculators.practice.envelope import Envelope
from calculators.practice.income import IncomeLine
from calculators.practice.limits import Limit
from calculators.practice.lists import OnList
from calculators.practice.rosp import RospLine
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
    by_patient = {f"{one.part}.{one.line}" for one in paid}
    tabular.table(tables.pay(lines, by_patient), "Patients de cette part du forfait", "revenu_forfait")
    if patients := {str(one.patient_id) for one in paid}:
        said = f"forfait {year}" + (f", {in_words.line(lines[0]).lower()}" if part else "")
        widgets.patients_in_list(choice, said, patients)
    else:
        st.info(in_words.ONE_SUM, icon=":material/info:")


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


def rosp(choice: Choice, year: int, rows: Sequence[RospLine], labels: Mapping[str, str]) -> None:
    """An indicator of the old scheme: who is validated and by which acts, who is not."""
    _indicators(choice, year, "ligne_rosp", [one.indicator for one in rows], labels)


def capitated(choice: Choice, year: int, group: Group) -> None:
    """A stratum: its patients, in the list to call from."""
    one_of("Ouvrir une ligne à ses patients", "ligne_capitation", {
        name: (in_words.stratum(name), partial(_stratum, choice, year, name, [one.patient_id for one in mine]))
        for name, mine in by_stratum(group.of(choice.doctor)).items()
    })  # fmt: skip


def _stratum(choice: Choice, year: int, name: str, patients: Sequence[str]) -> None:
    widgets.patients_in_list(choice, f"liste de {year}, {in_words.stratum(name)}", patients)


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
    patients_in_rows(choice, partial(tables.acts, found), [one.patient_id for one in found], key)


def patients_in_rows(
    choice: Choice,
    drawn: Callable[[Mapping[str, str]], pa.Table],
    patients: Sequence[str],
    key: str,
    says: str = "Patients et actes",
) -> None:
    """Rows about patients: the names are on screen alone; the row that is picked opens its patient, if he is on the list."""
    called = {patient: one.name for patient, one in widgets.names(choice).items()}
    if called:
        widgets.no_toolbar(key)
    event = tabular.grid(drawn(called), says, key, saved=drawn({}), on_select="rerun", selection_mode="single-row")
    if chosen := event["selection"]["rows"]:
        listed = {one.patient_id for one in data.roster(choice.place, choice.doctor, choice.as_of)}
        if patients[chosen[0]] in listed:
            address.open_patient(choice.place.path, patients[chosen[0]])
        st.info(in_words.off_the_list(choice.as_of), icon=":material/person_off:")
    with st.container(key=f"{key}_{tabular.ON_SCREEN}"):
        st.caption(in_words.A_ROW_OPENS)
