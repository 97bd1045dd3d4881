"""A figure of the economy of a practice, opened to its patients and acts; or the sentence that says why there are none."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from operator import attrgetter

import pyarrow as pa
import streamlit as st

from calculators import french
from calculators.economy import Contact, Decided
from calculators.forfait.pay import PayLine
from calculators.practice.assistant import Wanted, added_patients
from calculators.practice.assistant import assistant as assistant_rules
from calculators.practice.behind import ActBehind, fees_cents, figure_of, off_list
from calculators.practice.capitation import OFF_LIST, Group, by_stratum
from calculators.practice.contracts import BREAK_EVEN, LEAVE, Held
from calculators.practice.envelope import CaseMix, Envelope
from calculators.practice.income import IncomeLine
from calculators.practice.limits import Limit
from calculators.practice.lists import OnList
from calculators.practice.received import Received
from calculators.practice.rosp import RospLine
from dashboard import address, data, tabular, widgets
from dashboard.practice import in_words, tables
from dashboard.widgets import Choice
from dashboard.words import practice_rules
from dashboard.words.labels import PART

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
    tabular.table(tables.pay(lines, _for_whom(paid)), "Patients de cette part du forfait", "revenu_forfait")
    if patients := {str(one.patient_id) for one in paid}:
        said = f"forfait {year}" + (f", {in_words.line(lines[0]).lower()}" if part else "")
        widgets.patients_in_list(choice, said, patients)
    else:
        st.info(in_words.ONE_SUM, icon=":material/info:")


def _for_whom(paid: Sequence[PayLine]) -> dict[str, str]:
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


def rosp(choice: Choice, year: int, rows: Sequence[RospLine], labels: Mapping[str, str]) -> None:
    """An indicator of the old scheme: who is validated and by which acts, who is not."""
    _indicators(choice, year, "ligne_rosp", [one.indicator for one in rows], labels)


def capitated(choice: Choice, year: int, group: Group) -> None:
    """A stratum: its patients, in the list to call from. What is out of the list: its acts."""
    off = {OFF_LIST: ("Hors de la liste du groupe", partial(_off_list, choice, year, group))}
    one_of("Ouvrir une ligne à ses patients et à ses actes", "ligne_capitation", {
        name: (in_words.stratum(name), partial(_stratum, choice, year, name, [one.patient_id for one in mine]))
        for name, mine in by_stratum(group.of(choice.doctor)).items()
    } | (off if group.off_list_cents.get(choice.doctor) else {}))  # fmt: skip


def _off_list(choice: Choice, year: int, group: Group) -> None:
    every = data.income_acts(choice.place, choice.doctor, year)
    found = sorted(off_list(every, {one.patient_id for one in group.patients}), key=attrgetter("day", "patient_id"))
    st.markdown(in_words.acts_off_list(found, fees_cents(found)))
    acts(choice, found, "capitation_actes")


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


def contract(choice: Choice, year: int, rows: Sequence[Decided]) -> None:
    """What a contract pays and what its zone adds: acts of which it pays a share, patients of the base, or the rule."""
    held, found = data.contract_held(choice.place, choice.doctor, year), dict[str, tuple[str, Callable[[], None]]]()
    if held is not None:
        pays = partial(_receipts, choice, year - 1, held) if held.contract.rate else _rule_of_contracts
        found["versements"] = ("Versements du contrat", pays)
    is_paid = any(one.branch == LEAVE and (one.amount_cents or 0) > 0 for one in rows)
    if is_paid or data.zone_rate(choice.place, choice.doctor, year):
        found["socle"] = ("Majoration de zone\u00a0: la base de la liste", partial(_base, choice, year))
    if held is not None and held.contract.returned:
        found["rendu"] = ("Somme à rendre si vous quittez le contrat", _rule_of_contracts)
    if any(one.branch == BREAK_EVEN for one in rows):
        found["equilibre"] = ("Base d’équilibre", _rule_of_contracts)
    if found:
        one_of("Ouvrir un montant à ses patients, à ses actes ou à sa règle", "ligne_contrat", found)


def _rule_of_contracts() -> None:
    _rule_alone(practice_rules.of_contracts())


def _rule_alone(text: str) -> None:
    """A pure amount of a rule: what the rule says, and where it comes from."""
    st.info(in_words.RULE_ALONE, icon=":material/menu_book:")
    st.markdown(text)


def _base(choice: Choice, year: int, added: tuple[int, int] | None = None) -> None:
    """The base of the pay by line, and the way to its patients. `added`: patients more, and the cents that they bring."""
    lines, paid = data.base(choice.place, choice.doctor, year)
    patients, cents = {str(one.patient_id) for one in paid if one.patient_id}, sum(one.amount_cents for one in paid)
    if added is None:
        rate = data.zone_rate(choice.place, choice.doctor, year)
        st.markdown(in_words.base_of(len(patients), cents, year, rate))
    else:
        st.markdown(in_words.base_of_added(*added, len(patients), cents, year))
    tabular.table(tables.pay(lines, _for_whom(paid)), "Patients de la base du forfait", "decision_socle")
    widgets.patients_in_list(choice, f"base du forfait {year}", patients)


def _receipts(choice: Choice, year: int, held: Held) -> None:
    """The fees of the year month by month, one of which opens to its acts."""
    every = data.income_acts(choice.place, choice.doctor, year)
    found = [one for one in every if fees_cents([one])]
    st.markdown(in_words.receipts(found, fees_cents(found), held, year))
    months: dict[date, list[ActBehind]] = defaultdict(list)
    for one in sorted(found, key=attrgetter("day", "patient_id")):
        months[one.day.replace(day=1)].append(one)
    tabular.table(tables.by_month(months), "Honoraires, mois par mois", "decision_honoraires")
    one_of("Ouvrir un mois à ses patients et à ses actes", "mois_contrat", {
        month.isoformat(): (french.month(month), partial(acts, choice, mine, "contrat_actes"))
        for month, mine in months.items()
    })  # fmt: skip


def assistant(choice: Choice, year: int, rows: Sequence[Decided]) -> None:
    """What an assistant is decided on: who counts, what the patients more would bring, or the rule."""
    found: dict[str, tuple[str, Callable[[], None]]] = {
        "liste": ("Patients de la liste, qui ouvrent le droit", partial(_whole_list, choice, year)),
        "active": ("File active\u00a0: patients vus dans l’année", partial(_active, choice, year)),
    }
    if any(one.month for one in rows):
        added = added_patients(data.cabinet(choice.place, choice.doctor, year), Wanted())
        fees, base = (_of_a_year(rows, year + 1, name) for name in ("honoraires", "forfait"))
        rule = partial(_rule_alone, practice_rules.of_assistant())
        found |= {
            "aide": (in_words.STRATUM["aide"], rule), "cout": (in_words.STRATUM["cout"], rule),
            "honoraires": (in_words.STRATUM["honoraires"], partial(_mean_fees, choice, year, added, fees)),
            "forfait": (in_words.STRATUM["forfait"], partial(_base, choice, year + 1, (added, base))),
        }  # fmt: skip
    one_of("Ouvrir un chiffre à ses patients, à ses actes ou à sa règle", "ligne_assistant", found)


def _of_a_year(rows: Sequence[Decided], year: int, stratum: str) -> int:
    return sum(one.amount_cents or 0 for one in rows if one.stratum == stratum and one.month and one.month.year == year)


def _whole_list(choice: Choice, year: int) -> None:
    listed = data.capitation_group(choice.place, choice.doctor, year).of(choice.doctor)
    ages = {one.patient_id: one.age for one in data.roster(choice.place, choice.doctor, date(year, 12, 31))}
    patients = [one.patient_id for one in listed]
    adults = [one for one in patients if ages[one] >= assistant_rules().adult.from_]
    st.markdown(in_words.on_the_list(len(patients), len(adults), year))
    widgets.patients_in_list(choice, f"liste au 31 décembre {year}", patients)
    said = f"liste au 31 décembre {year}, {french.ages(assistant_rules().adult.from_, None)}"
    widgets.patients_in_list(choice, said, adults, "adulte")


def _active(choice: Choice, year: int) -> None:
    """Patients seen in the year, in the list or not; each with his acts on his page."""
    by_patient: dict[str, list[ActBehind]] = defaultdict(list)
    for one in data.income_acts(choice.place, choice.doctor, year):
        by_patient[one.patient_id].append(one)
    listed = {one.patient_id for one in data.capitation_group(choice.place, choice.doctor, year).of(choice.doctor)}
    st.markdown(in_words.active_file(len(by_patient), len(listed & by_patient.keys()), year))
    seen = [
        tables.Seen(patient, sum(one.quantity for one in mine), max(one.day for one in mine))
        for patient, mine in sorted(by_patient.items())
    ]
    _seen(choice, seen)


def _mean_fees(choice: Choice, year: int, added: int, cents: int) -> None:
    """The fees of the list, of which those of patients more are the mean."""
    listed = data.capitation_group(choice.place, choice.doctor, year).of(choice.doctor)
    st.markdown(in_words.fees_of_added(added, cents, listed, year))
    _seen(choice, [tables.Seen(one.patient_id, one.acts) for one in listed])


def _seen(choice: Choice, seen: Sequence[tables.Seen]) -> None:
    patients_in_rows(choice, partial(tables.seen, seen), [one.patient_id for one in seen], "assistant_patients")


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
        name: (in_words.stratum(name), partial(_stratum, choice, year, name, [one.patient_id for one in mine[name]]))
        for name in (one.stratum for one in rows)
    })  # fmt: skip


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
        listed = widgets.listed(choice, set(patients))
        if patients[chosen[0]] in listed:
            address.open_patient(choice.place.path, patients[chosen[0]], (says, *listed))
        st.info(in_words.off_the_list(choice.as_of), icon=":material/person_off:")
    with st.container(key=f"{key}_{tabular.ON_SCREEN}"):
        st.caption(in_words.A_ROW_OPENS)
