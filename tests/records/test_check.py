"""`check`: every fault is told with its row and its value, nothing is told of a sound folder."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculators.errors import UnusableFolderError
from calculators.records.check import WHOLE_LINES, check
from calculators.records.folder import Period
from calculators.records.store import Fate, SetAside, open_store
from tests import practice
from tests.whole import one_in

JEANNE = ("jeanne", "1950-03-01", "F", "2025-06-10")
PAUL = ("paul", "1980-07-15", "M")
CIP = "3400930000007"


def faults(folder: Path) -> set[tuple]:
    """Those of rows; what is doubtful of a table as a whole is in test_doubts.py."""
    problems = (p for p in check(folder).problems if p.column != WHOLE_LINES)
    return {(p.table, p.row, p.column, p.value, p.rule) for p in problems}


@pytest.mark.slow
def test_a_sound_folder_is_clean_to_the_last_allowed_day(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[JEANNE, PAUL],
        registrations=[
            ("jeanne", "d1", "1950-03-01", "2020-01-31"),
            ("jeanne", "d2", "2020-02-01"),
            ("paul", "d1", "2010-01-01"),
        ],
        ald=[("jeanne", 8, "2020-01-01", "2020-01-01")],
        c2s=[("paul", "1980-07-15")],
        acts=[
            ("jeanne", "1950-03-01", "nabm", "0552"),
            ("jeanne", "2025-06-11", "ccam", "QEQK004", 1, "d1", "01"),
            ("paul", "2025-01-01", "ngap", "G", 2),
            ("paul", "2025-01-01", "ngap", "G", -2),
        ],
        deliveries=[("paul", "2026-06-30", CIP, "C09AA05", 1, 700, "d1", "22")],
        drugs=[(CIP, "C09AA05")],
    )
    report = check(folder)
    assert report.problems == ()
    assert report.is_clean
    assert report.rows == {
        "doctors": 2, "patients": 2, "registrations": 3, "ald": 1, "c2s": 1, "acts": 4, "deliveries": 1, "drugs": 1,
    }  # fmt: skip
    assert "Aucune erreur" in report.to_text()


ONE_FAULT = {
    "sexe hors liste": ({"patients": [JEANNE, ("léa", "1990-01-01", "X")]}, ("patients", 2, "sex", "X", "valeur")),
    "ald hors liste": ({"ald": [("paul", 33)]}, ("ald", 1, "ald", "33", "valeur")),
    "naissance après l’extraction": (
        {"patients": [("léa", "2026-07-01", "F")], "registrations": [("léa", "d1", "2026-07-01")]},
        ("patients", 1, "birth_date", "2026-07-01", "naissance_future"),
    ),
    "naissance avant 1890": (
        {"patients": [("léa", "1889-12-31", "F")]},
        ("patients", 1, "birth_date", "1889-12-31", "naissance_ancienne"),
    ),
    "décès avant la naissance": (
        {"patients": [("léa", "1990-01-02", "F", "1990-01-01")], "registrations": []},
        ("patients", 1, "died_on", "1990-01-01", "deces_avant_naissance"),
    ),
    "décès après l’extraction": (
        {"patients": [("léa", "1990-01-02", "F", "2026-07-01")]},
        ("patients", 1, "died_on", "2026-07-01", "deces_apres_extraction"),
    ),
    "inscription qui finit avant de commencer": (
        {"registrations": [("paul", "d1", "2020-01-02", "2020-01-01")]},
        ("registrations", 1, "to_date", "2020-01-01", "periode_inversee"),
    ),
    "ALD qui finit avant de commencer": (
        {"ald": [("paul", 8, "2020-01-02", "2020-01-01")]},
        ("ald", 1, "to_date", "2020-01-01", "periode_inversee"),
    ),
    "cabinet fermé avant d’ouvrir": (
        {
            "doctors": [{"doctor_id": "d1", "installed_on": "2020-01-02", "active_to": "2020-01-01"}],
            "registrations": [("paul", "d1", "2019-01-01", "2020-01-01")],
        },
        ("doctors", 1, "active_to", "2020-01-01", "periode_inversee"),
    ),
    "deux médecins le même jour": (
        {"registrations": [("paul", "d1", "2019-01-01", "2020-02-01"), ("paul", "d2", "2020-02-01")]},
        ("registrations", 2, "from_date", "2020-02-01", "inscriptions_simultanees"),
    ),
    "médecin absent": (
        {"doctors": [{"doctor_id": "d2"}], "registrations": [("paul", "d1", "2019-01-01")]},
        ("registrations", 1, "doctor_id", "d1", "medecin_inconnu"),
    ),
    "inscription avant la naissance": (
        {"registrations": [("paul", "d1", "1980-07-14")]},
        ("registrations", 1, "from_date", "1980-07-14", "avant_la_naissance"),
    ),
    "C2S deux jours après le décès": (
        {"c2s": [("jeanne", "2025-06-12")]},
        ("c2s", 1, "from_date", "2025-06-12", "apres_le_deces"),
    ),
    "acte la veille de la naissance": (
        {"acts": [("paul", "1980-07-14", "ngap", "G")]},
        ("acts", 1, "date", "1980-07-14", "avant_la_naissance"),
    ),
    "acte deux jours après le décès": (
        {"acts": [("jeanne", "2025-06-12", "ngap", "G")]},
        ("acts", 1, "date", "2025-06-12", "apres_le_deces"),
    ),
    "délivrance deux jours après le décès": (
        {"deliveries": [("jeanne", "2025-06-12", CIP)]},
        ("deliveries", 1, "date", "2025-06-12", "apres_le_deces"),
    ),
    "acte après l’extraction": (
        {"acts": [("paul", "2026-07-01", "ngap", "G")]},
        ("acts", 1, "date", "2026-07-01", "apres_extraction"),
    ),
    "acte hors de la période couverte": (
        {"about": practice.dataset(covers_from=date(2020, 1, 1)), "acts": [("paul", "2019-12-31", "ngap", "G")]},
        ("acts", 1, "date", "2019-12-31", "hors_periode_couverte"),
    ),
    "liste ouverte après la fin d’exercice": (
        {
            "doctors": [{"doctor_id": "d1", "active_to": "2024-06-30"}],
            "registrations": [("paul", "d1", "2019-01-01", "2024-06-30"), ("jeanne", "d1", "2019-01-01")],
        },
        ("registrations", 2, "doctor_id", "d1", "liste_ouverte_apres_l_exercice"),
    ),
    "clé du CIP13": (
        {"deliveries": [("paul", "2025-01-01", "3400930000001")]},
        ("deliveries", 1, "cip13", "3400930000001", "cle_cip13"),
    ),
    "101 boîtes": (
        {"deliveries": [("paul", "2025-01-01", CIP, None, 100), ("paul", "2025-01-02", CIP, None, 101)]},
        ("deliveries", 2, "boxes", "101", "ligne_demesuree"),
    ),
    "plus de 100 000 €": (
        {"deliveries": [("paul", "2025-01-01", CIP, None, 1, n) for n in (10_000_000, 10_000_001)]},
        ("deliveries", 2, "base_cents", "10000001", "montant_demesure"),
    ),
    "nature de prestation avec une lettre": (
        {"acts": [("paul", "2025-01-01", "prs_nat", "11A1")]},
        ("acts", 1, "code", "11A1", "code_prs_nat"),
    ),
    "nomenclature inconnue": (
        {"acts": [("paul", "2025-01-01", "cim", "0552")]},
        ("acts", 1, "system", "cim", "valeur"),
    ),
    "NABM avec un tiret": (
        {"acts": [("paul", "2025-01-01", "nabm", "5-52")]},
        ("acts", 1, "code", "5-52", "code_nabm"),
    ),
    "annulation sans acte": (
        {"acts": [("paul", "2025-01-01", "ngap", "G", 1), ("paul", "2025-01-01", "ngap", "G", -2)]},
        ("acts", 2, "quantity", "-2", "somme_negative"),
    ),
    "annulation dans une autre nomenclature": (
        {"acts": [("paul", "2025-01-01", of, "0552", n) for of, n in (("prs_nat", 3), ("prs_nat", -1), ("nabm", -1))]},
        ("acts", 3, "quantity", "-1", "somme_negative"),
    ),
    "annulation un autre jour": (
        {"acts": [("paul", "2025-01-01", "ngap", "G"), ("paul", "2025-01-02", "ngap", "G", -1)]},
        ("acts", 2, "quantity", "-1", "somme_negative"),
    ),
    "spécialité sur trois chiffres": (
        {"acts": [("paul", "2025-01-01", "ngap", "G", 1, "d1", "001")]},
        ("acts", 1, "performer_specialty", "001", "specialite"),
    ),
    "spécialité du prescripteur": (
        {"deliveries": [("paul", "2025-01-01", None, None, 1, None, None, "MG")]},
        ("deliveries", 1, "prescriber_specialty", "MG", "specialite"),
    ),
    "CIP7": (
        {"deliveries": [("paul", "2025-01-01", "3000001")]},
        ("deliveries", 1, "cip13", "3000001", "code_cip_court"),
    ),
    "CIP13 qui ne commence pas par 3400": (
        {"deliveries": [("paul", "2025-01-01", "3500930000001")]},
        ("deliveries", 1, "cip13", "3500930000001", "code_cip13"),
    ),
    "CIP de quatorze chiffres": (
        {"drugs": [(CIP + "0", None)]},
        ("drugs", 1, "cip13", CIP + "0", "code_cip13"),
    ),
    "ATC de trois caractères": (
        {"deliveries": [("paul", "2025-01-01", None, "C10")]},
        ("deliveries", 1, "atc", "C10", "classe_courte"),
    ),
    "ATC de deux caractères": (
        {"deliveries": [("paul", "2025-01-01", None, "C1")]},
        ("deliveries", 1, "atc", "C1", "code_atc"),
    ),
    "boîtes annulées par CIP13": (
        {"deliveries": [("paul", "2025-01-01", CIP, None, -1)]},
        ("deliveries", 1, "boxes", "-1", "somme_negative"),
    ),
    "boîtes annulées par classe ATC": (
        {"deliveries": [("paul", "2025-01-01", None, "C09AA05", -1), ("paul", "2025-01-02", None, "C09AA05", 1)]},
        ("deliveries", 1, "boxes", "-1", "somme_negative_atc"),
    ),
    "inscription répétée": (
        {"registrations": [("paul", "d1", "2019-01-01", "2019-12-31"), ("paul", "d1", "2019-01-01", "2019-12-31")]},
        ("registrations", 2, "patient_id", "paul", "doublon"),
    ),
    "ALD répétée": ({"ald": [("paul", 8), ("paul", 8)]}, ("ald", 2, "patient_id", "paul", "doublon")),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(2, list(ONE_FAULT)))
def test_one_fault_is_told_once_with_its_row_column_and_value(tmp_path: Path, name: str):
    tables, expected = ONE_FAULT[name]
    folder = practice.write(tmp_path / "d", **({"patients": [JEANNE, PAUL]} | tables))
    assert faults(folder) == {expected}


@pytest.mark.slow
def test_only_what_lies_outside_the_period_or_has_a_short_code_leaves_a_folder_clean(tmp_path: Path):
    about = practice.dataset(covers_to=date(2026, 6, 1))
    late = practice.write(tmp_path / "d", about, patients=[PAUL], acts=[("paul", "2026-06-15", "ngap", "G")])
    assert check(late).is_clean
    wrong = practice.write(tmp_path / "e", patients=[PAUL], acts=[("paul", "2025-07-01", "ngap", "G", -1)])
    assert not check(wrong).is_clean


@pytest.mark.slow
def test_rows_set_aside_are_those_of_the_store(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[PAUL, PAUL, ("léa", None, "F")],
        registrations=[("paul", "d1", "2019-01-01"), ("inconnue", "d1", "2019-01-01")],
        acts=[("léa", "2025-01-01", "ngap", "G"), ("paul", None, "ngap", "G")],
    )
    report = check(folder)
    assert faults(folder) == {
        ("patients", 2, "patient_id", "paul", "doublon"),
        ("patients", 3, "birth_date", None, "vide"),
        ("registrations", 2, "patient_id", "inconnue", "patient_inconnu"),
        ("acts", 1, "patient_id", "léa", "patient_inconnu"),
        ("acts", 2, "date", None, "vide"),
    }
    assert report.set_aside == open_store(folder).set_aside
    assert SetAside("acts", Fate.STRANGER, 1) in report.set_aside


def test_an_integer_too_large_for_its_column_is_told(tmp_path: Path):
    folder = practice.write(tmp_path / "d", patients=[PAUL], acts=[("paul", "2025-01-01", "ngap", "G")])
    acts = pq.read_table(folder / "acts.parquet")
    wide = acts.set_column(acts.schema.get_field_index("quantity"), "quantity", pa.array([32_768], pa.int64()))
    pq.write_table(wide, folder / "acts.parquet")
    assert faults(folder) == {("acts", 1, "quantity", "32768", "entier")}


def test_the_reference_of_drugs_gives_the_class_that_is_netted(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d",
        patients=[PAUL],
        deliveries=[("paul", "2025-01-01", None, "C09AA05", 1), ("paul", "2025-01-01", CIP, None, -1)],
        drugs=[(CIP, "C09AA05")],
    )
    assert faults(folder) == {("deliveries", 2, "boxes", "-1", "somme_negative")}


@pytest.mark.slow
def test_a_period_said_complete_after_the_extraction_is_told(tmp_path: Path):
    about = practice.dataset(
        covers_to=date(2026, 7, 1),
        covers={"acts": Period(covers_from=date(2025, 1, 1), covers_to=date(2024, 1, 1))},
    )
    folder = practice.write(tmp_path / "d", about, patients=[PAUL], acts=[("paul", "2025-01-01", "ngap", "G")])
    assert {p.rule for p in check(folder).problems} == {"couverture", "couverture_inversee", "hors_periode_couverte"}
    assert {p.file for p in check(folder).problems if p.table == "dataset"} == {"dataset.toml"}


@pytest.mark.slow
def test_examples_are_few_and_the_count_is_exact(tmp_path: Path):
    codes = [f"{code}x" if code < 1000 else str(code) for code in range(100, 1100)]
    acts = [("paul", "2025-01-01", "nabm", code) for code in codes]
    folder = practice.write(tmp_path / "d", patients=[PAUL], acts=acts)
    report = check(folder, examples=3)
    assert [(p.row, p.count) for p in report.problems] == [(1, 900), (2, 900), (3, 900)]
    assert report.count("erreur") == 900
    assert "… et 897 autres." in report.to_text()
    assert len(check(folder).problems) == 20


@pytest.mark.slow
def test_files_of_a_folder_are_named_with_their_own_row_numbers(tmp_path: Path):
    folder = practice.write(tmp_path / "d", patients=[PAUL], acts=[("paul", "2025-01-01", "ngap", "G")])
    good = pq.read_table(folder / "acts.parquet")
    bad = good.set_column(good.schema.get_field_index("system"), "system", pa.array(["x"]))
    (folder / "acts.parquet").unlink()
    (folder / "acts" / "annee=2024").mkdir(parents=True)
    (folder / "acts" / "annee=2025").mkdir()
    pq.write_table(good, folder / "acts" / "annee=2024" / "a.parquet")
    pq.write_table(pa.concat_tables([good, bad]), folder / "acts" / "annee=2025" / "b.parquet")
    assert [(p.file, p.row) for p in check(folder).problems] == [("acts/annee=2025/b.parquet", 2)]


def test_the_report_reads_in_french_and_as_json(tmp_path: Path):
    folder = practice.write(tmp_path / "d", patients=[PAUL], acts=[("paul", "1980-07-14", "ngap", "G")])
    report = check(folder)
    assert (
        "acts.parquet, ligne 1 : Le 14/07/1980 est antérieur à la naissance du patient (15/07/1980)."
        in report.to_text()
    )
    read = json.loads(report.to_json())
    assert read["problems"][0]["value"] == "1980-07-14"
    assert read["is_clean"] is False


@pytest.mark.slow
def test_braces_and_quotes_in_a_value_are_only_text(tmp_path: Path):
    folder = practice.write(tmp_path / "d'", patients=[PAUL], acts=[("paul", "2025-01-01", "{value}'--", "G")])
    assert "« {value}'-- »" in check(folder).problems[0].sentence


@pytest.mark.parametrize("damage", ["tronqué", "pages abîmées", "absent"])
def test_a_folder_that_cannot_be_read_is_refused_in_words(tmp_path: Path, damage: str):
    folder = practice.write(tmp_path / "d", patients=[PAUL])
    file = folder / "patients.parquet"
    content = bytearray(file.read_bytes())
    match damage:
        case "tronqué":
            file.write_bytes(content[:30])
        case "pages abîmées":
            content[4:60] = b"\xff" * 56
            file.write_bytes(content)
        case "absent":
            file.unlink()
    with pytest.raises(UnusableFolderError) as refusal:
        check(folder)
    assert str(folder) in str(refusal.value)


BIRTH, DEATH = date(2000, 2, 29), date(2024, 12, 31)
EDGES = st.sampled_from([BIRTH, DEATH, date(2024, 1, 1), date(2026, 6, 30)]).flatmap(
    lambda edge: st.sampled_from([edge + timedelta(days=gap) for gap in (-1, 0, 1, 2)])
)
ACT = st.tuples(
    st.sampled_from(["mort", "vif"]),
    st.one_of(st.none(), EDGES),
    st.sampled_from(["nabm", "ngap"]),
    st.sampled_from(["0552", "552", "G"]),
    st.sampled_from([-2, -1, 1, 2]),
)
PERIOD = st.tuples(st.just("vif"), st.sampled_from(["d1", "d2"]), EDGES, st.one_of(st.none(), EDGES))


def plain_counts(acts: list[tuple], periods: list[tuple]) -> Counter:
    """The rules again, row by row, from the conventions of the tables."""
    told: Counter = Counter()
    sums: Counter = Counter()
    for patient, day, system, code, quantity in acts:
        told["ecriture"] += (system, code) == ("nabm", "552")
        code = "0552" if (system, code) == ("nabm", "552") else code
        told["code_nabm"] += system == "nabm" and code != "0552"
        told["code_ngap"] += system == "ngap" and code != "G"
        if day is None:
            told["vide"] += 1
            continue
        told["avant_la_naissance"] += day < BIRTH
        told["apres_le_deces"] += patient == "mort" and day > DEATH + timedelta(days=1)
        told["apres_extraction"] += day > date(2026, 6, 30)
        told["hors_periode_couverte"] += day < date(2024, 1, 1)
        sums[patient, day, system, code] += quantity
    told["somme_negative"] += sum(total < 0 for total in sums.values())
    for number, (_, doctor, start, end) in enumerate(periods):
        told["avant_la_naissance"] += start < BIRTH
        told["periode_inversee"] += end is not None and end < start
        told["doublon"] += any((d, s) == (doctor, start) for _, d, s, _ in periods[:number])
        told["inscription_repetee"] += bool(span(start, end)) and any(
            d == doctor and s < start and start.toordinal() in span(s, e) for _, d, s, e in periods
        )
        days = set(span(start, end))
        told["inscriptions_simultanees"] += any(
            days & set(span(s, e)) for _, d, s, e in periods if d != doctor and (s, d) < (start, doctor)
        )
    return +told


def span(start: date, end: date | None) -> range:
    return range(start.toordinal(), (end or date(2030, 1, 1)).toordinal() + 1)


@pytest.mark.oracle
@settings(max_examples=min(25, settings.default.max_examples))
@given(st.lists(ACT, max_size=6), st.lists(PERIOD, max_size=4))
def test_counts_are_those_of_a_reading_row_by_row(acts: list[tuple], periods: list[tuple]):
    with TemporaryDirectory() as place:
        folder = practice.write(
            Path(place) / "d",
            practice.dataset(covers_from=date(2024, 1, 1)),
            patients=[("mort", BIRTH, "F", DEATH), ("vif", BIRTH, "M")],
            doctors=[{"doctor_id": "d1"}, {"doctor_id": "d2"}],
            registrations=periods,
            acts=acts,
        )
        found: Counter = Counter()
        problems = (p for p in check(folder).problems if p.column != WHOLE_LINES)
        for rule in {(p.table, p.column, p.rule, p.count) for p in problems}:
            found[rule[2]] += rule[3]
    assert found == plain_counts(acts, periods)
