"""What a contract, an assistant or a capitation is decided on, opened to its patients, to its acts or to its rule."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from operator import attrgetter

import streamlit as st

from calculators import french
from calculators.economy import Decided
from calculators.practice.assistant import Wanted, added_patients
from calculators.practice.assistant import assistant as assistant_rules
from calculators.practice.behind import ActBehind, fees_cents, off_list
from calculators.practice.capitation import OFF_LIST, Group, by_stratum
from calculators.practice.contracts import BREAK_EVEN, LEAVE, Held
from dashboard import data, tabular, widgets
from dashboard.practice import in_words, tables
from dashboard.practice.opened.in_rows import acts, one_of, patients_in_rows, stratum
from dashboard.practice.opened.of_income import for_whom
from dashboard.widgets import Choice
from dashboard.words import practice_rules


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
    tabular.table(tables.pay(lines, for_whom(paid)), "Patients de la base du forfait", "decision_socle")
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


def capitated(choice: Choice, year: int, group: Group) -> None:
    """A stratum: its patients, in the list to call from. What is out of the list: its acts."""
    off = {OFF_LIST: ("Hors de la liste du groupe", partial(_off_list, choice, year, group))}
    one_of("Ouvrir une ligne à ses patients et à ses actes", "ligne_capitation", {
        name: (in_words.stratum(name), partial(stratum, choice, year, name, [one.patient_id for one in mine]))
        for name, mine in by_stratum(group.of(choice.doctor)).items()
    } | (off if group.off_list_cents.get(choice.doctor) else {}))  # fmt: skip


def _off_list(choice: Choice, year: int, group: Group) -> None:
    every = data.income_acts(choice.place, choice.doctor, year)
    found = sorted(off_list(every, {one.patient_id for one in group.patients}), key=attrgetter("day", "patient_id"))
    st.markdown(in_words.acts_off_list(found, fees_cents(found)))
    acts(choice, found, "capitation_actes")
