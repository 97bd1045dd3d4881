"""What the insurer says beside what the record says, against a plain reading of the definition."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators import rows
from calculators.prevention.assess import Verdict, assess
from calculators.prevention.indicator import available_sets, load_set
from calculators.prevention.reconcile import (
    Outcome,
    Proof,
    Reason,
    Reconciled,
    They,
    contested,
    counted,
    evidence,
    match,
    reconcile,
    understood,
)
from calculators.records import identities, insurer, intake, roster
from calculators.records import practice as folders
from calculators.records.identities import Identity
from calculators.records.insurer import Told
from calculators.records.roster import Care
from calculators.records.store import open_store
from tests import practice

RULES = load_set("convention_2024")
DAY, LIST = date(2026, 6, 30), date(2026, 6, 1)
FLU, COLON = "vaccin_grippe", "depistage_cancer_colorectal"


def verdict(patient: str, status: str, last: date | None = None, doubt: str | None = None, on: str = COLON) -> Verdict:
    population = RULES.indicator(on).eligible[0].label if status in ("up_to_date", "due") else None
    return Verdict(patient, "d1", on, status, population, None, last, None, None, None, None, None,
                   status == "up_to_date", doubt, None)  # fmt: skip


def told(patient: str, said: str = "", on: date | None = None, indicator: str = "Colorectal", day: date = LIST) -> Told:
    return Told(patient, indicator, said, on, day)


def outcomes(list_: Sequence[Told], ours: Sequence[Verdict]) -> dict[str, tuple]:
    found = reconcile(list_, ours, RULES)
    return {row.patient_id: (row.outcome, *row.reasons) for row in found.rows}


@pytest.mark.parametrize(
    ("words", "indicator"),
    [
        ("Col", "depistage_cancer_col"),
        ("Dépistage du cancer du col de l'utérus", "depistage_cancer_col"),
        ("CANCER COLORECTAL", COLON),
        ("Dépistage colorectal (DCCR)", COLON),
        ("Sein", "depistage_cancer_sein"),
        ("vaccination antigrippale", None),
        ("Vaccin contre la grippe", FLU),
        ("grippe", FLU),
        ("HPV", "vaccin_hpv"),
        ("Test HPV", "depistage_cancer_col"),
        ("Dépistage du diabète", "depistage_diabete"),
        ("Suivi du diabète : HbA1c", "suivi_hba1c"),
        ("MRC", "depistage_mrc"),
        ("M'T dents", "examen_bucco_dentaire"),
        ("examen du 9e mois", "examen_enfant_m9"),
        ("Grippe et Covid", None),
        ("Cancer", None),
        ("", None),
    ],
)
def test_an_indicator_is_known_by_its_names_and_never_guessed(words: str, indicator: str | None):
    assert match(words, RULES) == indicator


@pytest.mark.parametrize("name", available_sets())
def test_every_indicator_of_a_set_answers_to_its_own_label(name: str):
    rules = load_set(name)
    assert {one.id: match(one.label, rules) for one in rules.indicators} == {one.id: one.id for one in rules.indicators}


@pytest.mark.parametrize(
    ("said", "they"),
    [
        ("À jour", They.DONE),
        ("Oui", They.DONE),
        ("Payé", They.DONE),
        ("éligible", They.ELIGIBLE),
        ("Non éligible", They.UNCLEAR),
        ("NON À JOUR", They.NOT_DONE),
        ("pas à jour", They.NOT_DONE),
        ("n'a pas été réalisé", They.NOT_DONE),
        ("éligible, non réalisé", They.NOT_DONE),
        ("à faire", They.NOT_DONE),
        ("en cours", They.UNCLEAR),
        ("", None),
    ],
)
def test_words_are_understood_or_said_not_to_be(said: str, they: They | None):
    assert understood(said) is they


def test_each_case_has_its_outcome():
    done, due = date(2026, 3, 12), None
    ours = [
        verdict("a", "up_to_date", done),
        verdict("b", "up_to_date", done),
        verdict("c", "due", due),
        verdict("d", "due", due),
        verdict("e", "unknown", doubt="ald,couverture"),
        verdict("f", "not_eligible"),
        verdict("g", "excluded"),
        verdict("h", "up_to_date", done),
        verdict("i", "due", due),
        verdict("j", "unknown", doubt="couverture"),
        verdict("k", "up_to_date", done),
    ]
    said = [
        told("a", "à jour"),
        told("b", "non à jour"),
        told("c", "à jour"),
        told("d", "non à jour"),
        told("e", "non à jour"),
        told("f", "éligible"),
        told("g", "non à jour"),
        told("k", "en cours"),
        told("z", "à jour"),
    ]
    assert outcomes(said, ours) == {
        "a": (Outcome.AGREED,),
        "b": (Outcome.FOUND,),
        "c": (Outcome.LACKING,),
        "d": (Outcome.AGREED,),
        "e": (Outcome.CANNOT_TELL, Reason.ALD, Reason.COVER),
        "f": (Outcome.NOT_CONCERNED, Reason.NOT_TARGETED),
        "g": (Outcome.NOT_CONCERNED, Reason.EXCLUDED),
        "h": (Outcome.NOT_LISTED,),
        "i": (Outcome.NOT_LISTED,),
        "k": (Outcome.CANNOT_TELL, Reason.UNCLEAR),
        "z": (Outcome.CANNOT_TELL, Reason.OFF_LIST),
    }
    found = reconcile(said, ours, RULES)
    assert [row.patient_id for row in contested(found)] == ["b", "h"]
    assert sum(counted(found)[COLON].values()) == len(found.rows)


def test_the_day_of_an_exam_is_compared_with_ours():
    ours = [verdict(one, "up_to_date", date(2026, 3, 12)) for one in "abc"]
    ours += [verdict("d", "due", date(2023, 1, 5)), verdict("e", "due")]
    said = [
        told("a", on=date(2022, 6, 25)),
        told("b", on=date(2026, 3, 12)),
        told("c"),
        told("d", on=date(2023, 1, 5)),
        told("e", on=date(2026, 1, 5)),
    ]
    assert {who: one[0] for who, one in outcomes(said, ours).items()} == {
        "a": Outcome.FOUND, "b": Outcome.AGREED, "c": Outcome.FOUND, "d": Outcome.AGREED, "e": Outcome.LACKING,
    }  # fmt: skip


def test_a_list_of_neither_words_nor_days_names_who_is_eligible():
    ours = [verdict("a", "up_to_date", date(2026, 3, 12)), verdict("b", "due")]
    assert outcomes([told("a")], ours) == {"a": (Outcome.AGREED,), "b": (Outcome.NOT_LISTED,)}


def test_a_list_of_acts_not_done_leaves_out_who_is_done_and_one_of_paid_acts_who_is_not():
    ours = [verdict("a", "due"), verdict("b", "up_to_date", date(2026, 3, 12)), verdict("c", "due")]
    assert outcomes([told("a", "à relancer")], ours) == {"a": (Outcome.AGREED,), "c": (Outcome.NOT_LISTED,)}
    assert outcomes([told("a", "payé")], ours) == {"a": (Outcome.LACKING,), "b": (Outcome.NOT_LISTED,)}


def test_the_newest_list_that_names_an_indicator_speaks_for_it():
    ours = [verdict("a", "up_to_date", date(2026, 3, 12)), verdict("a", "due", on=FLU)]
    said = [told("a", "non"), told("a", "oui", day=DAY), told("a", "non", indicator="Grippe")]
    found = reconcile(said, ours, RULES)
    assert [(row.indicator, row.listed_on, row.outcome) for row in found.rows] == [
        (FLU, LIST, Outcome.AGREED),
        (COLON, DAY, Outcome.AGREED),
    ]


def test_two_rows_that_contradict_each_other_say_nothing_and_the_latest_exam_counts():
    ours = [verdict("a", "up_to_date", date(2026, 3, 12))]
    twice = [told("a", "oui"), told("a", "non")]
    assert outcomes(twice, ours) == {"a": (Outcome.CANNOT_TELL, Reason.CONTRADICTION)}
    exams = [told("a", on=date(2020, 1, 1)), told("a", on=date(2026, 3, 12))]
    assert outcomes(exams, ours) == {"a": (Outcome.AGREED,)}


def test_a_name_that_no_indicator_has_is_told_with_its_rows():
    found = reconcile([told("a", "non", indicator="Antibiotiques")] * 2, [verdict("a", "due")], RULES)
    assert (found.rows, found.unmatched) == ((), {"Antibiotiques": 2})


def plainly(said: Sequence[Told], ours: Sequence[Verdict]) -> list[tuple]:
    """The definition once more, one pair at a time, for lists that say done, not done, eligible or a day."""
    plain = {"oui": They.DONE, "non": They.NOT_DONE, "éligible": They.ELIGIBLE, "peut-être": They.UNCLEAR}
    found = []
    for indicator, label in ((FLU, "Grippe"), (COLON, "Colorectal")):
        mine = [one for one in said if one.indicator == label]
        if not mine:
            continue
        day = max(one.listed_on for one in mine)
        mine = [one for one in mine if one.listed_on == day]
        has_days = any(one.on for one in mine)
        words: dict[str, tuple[They, date | None]] = {}
        for patient in {one.patient_id for one in mine}:
            lines = [one for one in mine if one.patient_id == patient]
            last = max((one.on for one in lines if one.on), default=None)
            lines = [one for one in lines if one.on == last]
            meant = {
                plain[one.said] if one.said else They.EXAM if one.on else They.NOT_DONE if has_days else They.ELIGIBLE
                for one in lines
            }
            words[patient] = (meant.pop() if len(meant) == 1 else They.UNCLEAR, last)
        kinds = {they for they, _ in words.values()}
        for one in ours:
            if one.indicator != indicator:
                continue
            they, last = words.get(one.patient_id, (None, None))
            fine = one.status == "up_to_date"
            if they is None:
                if (fine and kinds != {They.NOT_DONE}) or (one.status == "due" and kinds != {They.DONE}):
                    found.append((indicator, one.patient_id, Outcome.NOT_LISTED))
                continue
            newer = (they is They.EXAM and fine and last < one.last_on) or (they is They.NOT_DONE and fine)
            later = (they is They.EXAM and last > (one.last_on or date.min)) or they is They.DONE
            if they is They.UNCLEAR or (one.status == "unknown"):
                outcome = Outcome.CANNOT_TELL
            elif one.status in ("not_eligible", "excluded"):
                outcome = Outcome.NOT_CONCERNED
            else:
                outcome = (
                    Outcome.FOUND if newer else Outcome.LACKING if one.status == "due" and later else Outcome.AGREED
                )
            found.append((indicator, one.patient_id, outcome))
        known = {one.patient_id for one in ours if one.indicator == indicator}
        found += [(indicator, patient, Outcome.CANNOT_TELL) for patient in words if patient not in known]
    return sorted(found)


@given(seed=st.integers(0, 2**32 - 1))
def test_lists_drawn_at_random_agree_with_the_definition(seed: int):
    rng = random.Random(seed)
    days = [date(2026, 3, 12) + timedelta(days=n) for n in (-1, 0, 1)]
    patients = [f"p{n}" for n in range(6)]
    ours = [
        replace(verdict(patient, status, None, "couverture" if status == "unknown" else None, on), last_on=last)
        for patient in patients
        for on in (FLU, COLON)
        for status in [rng.choice(("up_to_date", "up_to_date", "due", "due", "unknown", "excluded", "not_eligible"))]
        for last in [
            rng.choice(days) if status == "up_to_date" else rng.choice((*days, None)) if status == "due" else None
        ]
    ]
    words = rng.choice((("oui",), ("non",), ("oui", "non", "éligible", "peut-être", ""), ("",)))
    some_days = rng.choice(((None,), (None, *days), days))
    said = [
        told(rng.choice((*patients, "stranger")), rng.choice(words), rng.choice(some_days),
             rng.choice(("Grippe", "Colorectal")), rng.choice((LIST, LIST, DAY)))
        for _ in range(rng.randint(0, 8))
    ]  # fmt: skip
    found = reconcile(said, ours, RULES)
    assert sorted((row.indicator, row.patient_id, row.outcome) for row in found.rows) == plainly(said, ours)
    assert all((row.outcome is Outcome.CANNOT_TELL) <= bool(row.reasons) for row in found.rows)


def row(indicator: str, last: date, population: str) -> Reconciled:
    return Reconciled(
        "p", "d1", indicator, They.NOT_DONE, None, LIST, "up_to_date", last, Outcome.FOUND, (), population
    )


def care(day: str, system: str, code: str, quantity: int = 1, cip13: str | None = None) -> Care:
    return Care(date.fromisoformat(day), system, code, cip13, quantity, None)


def test_the_evidence_is_the_acts_that_answer_and_nothing_else():
    lines = [
        care("2024-01-01", "nabm", "1577"),
        care("2025-09-01", "nabm", "1577"),
        care("2026-02-01", "nabm", "1577"),
        care("2026-03-01", "nabm", "1577"),
        care("2026-03-01", "nabm", "1577", -1),
        care("2026-02-01", "ngap", "G"),
        care("2026-02-01", "atc", "A10BA02"),
    ]
    one = row("suivi_hba1c", date(2026, 2, 1), RULES.indicator("suivi_hba1c").eligible[0].label)
    label = RULES.codes["hba1c"].label
    assert evidence(one, RULES, lines) == [
        Proof(date(2025, 9, 1), "nabm", "1577", label), Proof(date(2026, 2, 1), "nabm", "1577", label),
    ]  # fmt: skip
    flu = row(FLU, date(2025, 11, 3), RULES.indicator(FLU).eligible[0].label)
    assert evidence(flu, RULES, [care("2025-11-03", "atc", "J07BB02", cip13="3400930306000")])[0].code == "J07BB02"
    [injected] = evidence(flu, RULES, lines)
    assert (injected.on, injected.code) == (date(2025, 11, 3), "")


@pytest.mark.slow
def test_a_list_that_was_imported_is_reconciled_with_the_record(tmp_path: Path):
    practice.write(
        tmp_path / "d",
        practice.dataset(synthetic=False),
        patients=[("p1", "1960-01-01", "F"), ("p2", "1962-01-01", "M")],
        registrations=[("p1", "d1", "2010-01-01"), ("p2", "d1", "2010-01-01")],
        acts=[("p1", "2026-03-12", "prs_nat", "9434")],
    )
    names = (("p1", "INVENTEE", "Aline"), ("p2", "FICTIF", "Marc"))
    identities.write(tmp_path / "d", [Identity(key, family=one, given=two) for key, one, two in names], b"s" * 32)
    text = (
        "Nom;Prénom;DDN;Sexe;Indicateur;Statut;Date dernier examen\n"
        "INVENTEE;Aline;01/01/1960;F;Dépistage colorectal;Non à jour;\n"
        "FICTIF;Marc;01/01/1962;M;Dépistage colorectal;À jour;02/02/2026\n"
        "FICTIF;Marc;01/01/1962;M;Antibiotiques;Oui;\n"
    )
    file = tmp_path / "liste.csv"
    file.write_text(text, encoding="utf-8")
    folders.add(tmp_path / "d", intake.take([file]).documents, "d1", today=LIST)
    said = insurer.told(tmp_path / "d")
    assert {(one.indicator, one.said, one.on) for one in said} == {
        ("Dépistage colorectal", "Non à jour", None),
        ("Dépistage colorectal", "À jour", date(2026, 2, 2)),
        ("Antibiotiques", "Oui", None),
    }
    store = open_store(tmp_path / "d")
    found = reconcile(said, rows.read(assess(store, RULES, DAY, "d1"), Verdict), RULES)
    by_patient = {one.patient_id: one for one in found.rows}
    assert {key: (one.they, one.outcome) for key, one in by_patient.items()} == {
        "p1": (They.NOT_DONE, Outcome.FOUND), "p2": (They.DONE, Outcome.LACKING),
    }  # fmt: skip
    assert found.unmatched == {"Antibiotiques": 1}
    lines = rows.read(roster.care(store, "p1", DAY), Care)
    assert [proof.code for proof in evidence(by_patient["p1"], RULES, lines)] == ["9434"]
