"""What a record may have or not: prescribers and amounts of acts, stays, sick leaves, devices, packs. What it has is in the
store, what it lacks is known to be missing."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from calculators import dates
from calculators.records import practice as folders
from calculators.records.check import check
from calculators.records.readers import canonical, cda, snds, spreadsheet
from calculators.records.readers.shape import SourceFile
from calculators.records.store import Store, open_store
from tests import practice
from tests.records.histories import history, ordinary, section, stay

pytestmark = pytest.mark.slow

PEOPLE = [("p1", "1950-03-01", "F"), ("p2", "1980-03-01", "M")]
CIP, OTHER_CIP = "3400930000120", "3400930000137"
BARE = {"patients": PEOPLE, "acts": [("p1", "2025-05-02", "nabm", "1577")]}


def rows(store: Store, sql: str) -> list[tuple]:
    return [tuple(row.values()) for row in store.engine().fetch(sql).to_pylist()]


def day(text: str) -> int:
    return dates.to_day(date.fromisoformat(text))


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A folder that has everything."""
    return practice.write(
        tmp_path / "full",
        patients=PEOPLE,
        acts=[
            {"patient_id": "p1", "date": "2025-05-02", "system": "nabm", "code": "1139", "prescriber_id": "d9",
             "prescriber_specialty": "01", "prescribed_on": "2025-04-28", "base_cents": 900, "paid_cents": 900, "exo": 42,
             "session": "f1"},
            {"patient_id": "p2", "date": "2025-05-03", "system": "ngap", "code": "G", "performer_id": "d1"},
        ],
        deliveries=[{"patient_id": "p1", "date": "2025-05-04", "cip13": CIP, "atc": "A10AB05", "prescriber_id": "d1",
                     "prescribed_on": "2025-05-02", "exo": 42}],
        drugs=[{"cip13": CIP, "atc": "A10AB05", "pack_days": 28, "pack_units": 5, "group": "ASPARTE", "role": "biosimilar"},
               {"cip13": OTHER_CIP, "atc": "C09BA05", "molecules": ["C09AA05", "C03AA03"]}],
        devices=[("1136894", "BANDELETTES, BOITE DE 50", "bandelette", 50)],
        stays=[("p1", "2025-06-01", "2025-06-08", "mco", "05M092"), ("p2", "2025-06-01")],
        sick_leaves=[{"patient_id": "p2", "prescriber_id": "d8", "from_date": "2025-03-01", "to_date": "2025-03-07",
                      "kind": "maladie", "extension": False}],
        territory=[("2A", "apl_mg", "2023", 2.5)],
    )  # fmt: skip


def test_acts_know_their_prescriber_their_amounts_and_their_invoice(full: Path):
    store = open_store(full)
    found = rows(
        store,
        "select k.professional_id, a.prescriber_specialty, a.prescribed_day, a.base_cents, a.paid_cents, a.exo, a.session "
        "from acts_in_full a left join professional_keys k on k.professional = a.prescriber order by a.day",
    )
    assert found == [("d9", 1, day("2025-04-28"), 900, 900, 42, "f1"), (None,) * 7]
    assert rows(store, "select prescribed_day, exo from deliveries_in_full") == [(day("2025-05-02"), 42)]


def test_the_small_tables_are_in_the_store_with_days_and_keys(full: Path):
    store = open_store(full)
    patient, professional = (
        dict(rows(store, f"select {name}_id, {name} from {name}_keys")) for name in ("patient", "professional")
    )
    assert rows(store, "select * from stays order by patient") == [
        (patient["p1"], day("2025-06-01"), day("2025-06-08"), "mco", "05M092"),
        (patient["p2"], day("2025-06-01"), dates.OPEN_END, None, None),
    ]
    assert rows(store, "select * from sick_leaves") == [
        (patient["p2"], professional["d8"], day("2025-03-01"), day("2025-03-07"), "maladie", 0, None)
    ]
    assert rows(store, "select * from devices") == [("1136894", "BANDELETTES, BOITE DE 50", "bandelette", 50)]
    assert rows(store, "select * from territory") == [("2A", "apl_mg", "2023", 2.5, None, None, None)]


def test_packs_delivered_have_what_the_drug_reference_says_of_them(full: Path):
    store = open_store(full)
    assert rows(store, "select p.pack_days, p.pack_units, p.biosimilar_group, p.role, p.device, k.atc from products p "
                "join drug_keys k on k.drug = p.drug") == [(28, 5, "ASPARTE", "biosimilar", None, "A10AB05")]  # fmt: skip
    assert rows(store, "select * from product_molecules") == []


def test_a_combination_delivered_has_its_molecules(tmp_path: Path):
    store = open_store(practice.write(
        tmp_path / "d", patients=PEOPLE, deliveries=[("p1", "2025-05-04", OTHER_CIP)],
        drugs=[{"cip13": OTHER_CIP, "atc": "C09BA05", "molecules": ["C09AA05", "C03AA03"]}],
    ))  # fmt: skip
    assert [atc for _, atc in rows(store, "select * from product_molecules order by atc")] == ["C03AA03", "C09AA05"]


def test_what_a_folder_lacks_is_told_by_table_and_column(full: Path, tmp_path: Path):
    asked = ("acts.prescriber_id", "stays", "stays.exit", "acts.code", "deliveries.exo", "acts.value", "drugs.group")
    assert open_store(full).lacking(*asked, "stays.ghm", "sick_leaves.part_time") == (
        "acts.value",
        "sick_leaves.part_time",
    )
    bare = open_store(practice.write(tmp_path / "bare", **BARE))
    assert bare.lacking(*asked) == (
        "acts.prescriber_id",
        "stays",
        "stays.exit",
        "deliveries.exo",
        "acts.value",
        "drugs.group",
    )
    with pytest.raises(KeyError):
        bare.lacking("acts.prescriber")


def test_a_table_without_a_row_says_that_nothing_happened(tmp_path: Path):
    store = open_store(practice.write(tmp_path / "d", **BARE, stays=[]))
    assert store.lacking("stays", "stays.ghm", "sick_leaves") == ("sick_leaves",)


def test_a_column_of_empty_values_is_not_recorded_any_more_than_a_missing_one(tmp_path: Path):
    folder = practice.write(tmp_path / "d", **BARE)
    written = pq.read_schema(folder / "acts.parquet").names
    assert "prescriber_id" in written
    before = open_store(folder)
    held = pq.read_table(folder / "acts.parquet").select(
        [name for name in written if name not in ("prescriber_id", "session")]
    )
    pq.write_table(held, folder / "acts.parquet")
    after = open_store(folder)
    assert before.fingerprint != after.fingerprint
    assert before.lacking("acts.prescriber_id") == after.lacking("acts.prescriber_id") == ("acts.prescriber_id",)
    assert rows(before, "select * from acts_in_full") == rows(after, "select * from acts_in_full")


def test_stays_are_covered_only_when_it_is_said_of_them(tmp_path: Path):
    everything = practice.write(tmp_path / "all", **BARE, stays=[])
    assert open_store(everything).covered_from("stays") == dates.OPEN_END
    said = practice.dataset(covers={"stays": {"from": "2024-01-01", "to": "2025-12-31"}})
    assert open_store(practice.write(tmp_path / "said", said, **BARE, stays=[])).covered_from("stays") == day(
        "2024-01-01"
    )
    by_patient = practice.write(tmp_path / "one", **BARE, coverage=[("p1", "stays", "2024-01-01", "2025-12-31")])
    assert rows(open_store(by_patient), "select care, from_day, to_day from coverage") == [
        (4, day("2024-01-01"), day("2025-12-31"))
    ]


def test_a_clean_folder_with_everything_has_no_fault(full: Path):
    assert [problem.sentence for problem in check(full).problems if problem.severity == "erreur"] == []


FAULTS = {
    ("stays", "exit", "periode_inversee"): {"stays": [("p1", "2025-06-08", "2025-06-01")]},
    ("stays", "entry", "avant_la_naissance"): {"stays": [("p1", "1949-06-08", "1949-06-11")]},
    ("stays", "entry", "apres_extraction"): {"stays": [("p1", "2027-06-08")]},
    ("stays", "kind", "valeur"): {"stays": [("p1", "2025-06-08", "2025-06-09", "chirurgie")]},
    ("stays", "ghm", "code_ghm"): {"stays": [("p1", "2025-06-08", "2025-06-09", "mco", "GHS1940")]},
    ("stays", "patient_id", "patient_inconnu"): {"stays": [("p7", "2025-06-08")]},
    ("sick_leaves", "to_date", "periode_inversee"): {
        "sick_leaves": [("p1", None, "2025-06-08", "2025-06-01", "maladie")]
    },
    ("sick_leaves", "kind", "vide"): {"sick_leaves": [("p1", None, "2025-06-08", "2025-06-11")]},
    ("devices", "units", "unites"): {"devices": [("1136894", "B", "bandelette", 0)]},
    ("devices", "code", "code_lpp"): {"devices": [("113", "B", "bandelette", 50)]},
    ("drugs", "role", "place_sans_groupe"): {"drugs": [{"cip13": CIP, "role": "reference"}]},
    ("drugs", "device", "valeur"): {"drugs": [{"cip13": CIP, "device": "spray"}]},
    ("acts", "prescribed_on", "prescrit_apres"): {
        "acts": [
            {"patient_id": "p1", "date": "2025-05-02", "system": "ngap", "code": "G", "prescribed_on": "2025-05-03"}
        ]
    },
    ("acts", "base_cents", "signe_contraire"): {
        "acts": [{"patient_id": "p1", "date": "2025-05-02", "system": "ngap", "code": "G", "base_cents": -3000}]
    },
    ("acts", "prescriber_specialty", "specialite"): {
        "acts": [
            {"patient_id": "p1", "date": "2025-05-02", "system": "nabm", "code": "1139", "prescriber_specialty": "MG"}
        ]
    },
}


@pytest.mark.parametrize(
    ("place", "tables"), FAULTS.items(), ids=lambda given: "-".join(given) if isinstance(given, tuple) else ""
)
def test_each_fault_is_told_with_its_table_and_column(tmp_path: Path, place: tuple, tables: dict):
    folder = practice.write(tmp_path / "d", patients=PEOPLE, **tables)
    assert place in {(one.table, one.column, one.rule) for one in check(folder).problems}


def test_csv_tables_say_molecules_with_a_plus_and_devices_without_their_zeros(tmp_path: Path):
    folder = practice.write(tmp_path / "d", **BARE, deliveries=[("p1", "2025-05-04", OTHER_CIP)])
    (folder / "drugs.csv").write_text(
        f"cip13;atc;label;price_cents;molecules\n{OTHER_CIP};C09BA05;X;500;C09AA05 + C03AA03\n"
    )
    (folder / "devices.csv").write_text("code;label;kind;units\n113689;B;Bandelette;50\n")
    store = open_store(folder)
    assert rows(store, "select atc from product_molecules order by atc") == [("C03AA03",), ("C09AA05",)]
    assert rows(store, "select * from devices") == [("0113689", "B", "bandelette", 50)]


def test_the_tables_come_back_as_they_are_through_the_reader_of_tables(full: Path):
    files = [SourceFile(file) for file in sorted(full.iterdir()) if file.is_file() and not file.name.startswith(".")]
    [document] = canonical.read(files)
    for name in ("acts", "deliveries", "drugs", "devices", "stays", "sick_leaves", "territory"):
        assert document.tables[name].to_pylist() == pq.read_table(full / f"{name}.parquet").to_pylist(), name


def write_claims(folder: Path) -> list[SourceFile]:
    """An extraction of one test, prescribed, and its patient."""
    keys = ("DCT_ORD_NUM", "FLX_DIS_DTD", "FLX_EMT_NUM", "FLX_EMT_ORD", "FLX_EMT_TYP", "FLX_TRT_DTD", "ORG_CLE_NUM",
            "PRS_ORD_NUM", "REM_TYP_AFF")  # fmt: skip
    of_line = "1;2025-03-01;1;1;1;2025-02-27;01C731221;1;a"
    more = "BEN_NIR_PSA;BEN_RNG_GEM;EXE_SOI_DTD;PRS_NAT_REF;PRS_ACT_QTE;BSE_REM_BSE;PRS_PAI_MNT;PFS_EXE_NUM"
    claims = ";".join([*keys, more, "PSE_SPE_COD;PFS_PRE_NUM;PSP_SPE_COD;PRE_PRE_DTD;EXO_MTF"])
    content = {
        "ER_PRS_F": f"{claims}\n{of_line};A1;1;2025-02-05;3211;1;8.10;9.00;00000011;30;00000012;1;2025-02-03;42\n",
        "ER_BIO_F": f"{';'.join([*keys, 'BIO_PRS_IDE;BIO_ACT_QSN'])}\n{of_line};1139;1\n",
        "IR_BEN_R": "BEN_NIR_PSA;BEN_RNG_GEM;BEN_IDT_ANO;BEN_NAI_ANN;BEN_NAI_MOI;BEN_SEX_COD\nA1;1;P1;1960;03;2\n",
    }
    folder.mkdir()
    for name, text in content.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [SourceFile(file) for file in sorted(folder.iterdir())]


def test_claims_of_the_insurer_fill_prescriber_amounts_exemption_and_invoice(tmp_path: Path):
    (document,) = snds.read(write_claims(tmp_path / "dcir"))
    (row,) = document.tables["acts"].to_pylist()
    said = {"code": "1139", "prescriber_id": "00000012", "prescriber_specialty": "01", "prescribed_on": date(2025, 2, 3),
            "base_cents": 810, "paid_cents": 900, "exo": 42}  # fmt: skip
    assert {name: row[name] for name in said} == said
    folders.add(tmp_path / "dossier", [document])
    store = open_store(tmp_path / "dossier")
    assert store.lacking(*(f"acts.{name}" for name in said), "acts.session") == ()
    assert rows(store, "select base_cents, paid_cents, exo from acts_prescribed") == [(810, 900, 42)]


def test_a_reimbursement_history_gives_stays_and_says_when_there_is_none(tmp_path: Path):
    for name, sections, found in (
        ("one", [section("Hospitalisations", stay("1940"))], [(day("2025-05-15"), dates.OPEN_END)]),
        ("none", [section("Hospitalisations", "")], []),
    ):
        (tmp_path / f"{name}.xml").write_text(history(sections), encoding="utf-8")
        folders.add(tmp_path / name, list(cda.read([SourceFile(tmp_path / f"{name}.xml")])))
        store = open_store(tmp_path / name)
        assert store.lacking("stays") == ()
        assert rows(store, "select entry_day, exit_day from stays") == found


def test_a_history_tells_who_prescribed_and_when(tmp_path: Path):
    (tmp_path / "remb.xml").write_text(ordinary(), encoding="utf-8")
    (document,) = cda.read([SourceFile(tmp_path / "remb.xml")])
    assert all(row["prescriber_id"] and row["prescribed_on"] for row in document.tables["deliveries"].to_pylist())


def test_a_list_of_acts_tells_who_prescribed_them(tmp_path: Path):
    head = "Nom;Prénom;Date naissance;Sexe;Date acte;Code acte;Base remboursement;Montant;RPPS prescripteur"
    line = "DUPONT;ALINE;12/03/1984;F;04/02/2025;G;30,00;32,00;10001234567"
    (tmp_path / "actes.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    (document,) = spreadsheet.read([SourceFile(tmp_path / "actes.csv")])
    (row,) = document.tables["acts"].to_pylist()
    assert (row["prescriber_id"], row["base_cents"], row["paid_cents"]) == ("10001234567", 3000, 3200)
