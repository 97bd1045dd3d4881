"""The lines behind a figure are told by names a doctor reads, never by a code alone."""

from pathlib import Path

import pytest

from calculators import results
from calculators.pertinence import act_names
from calculators.pertinence.codes import load_codes
from calculators.pertinence.measure import Counted, load_measures
from calculators.records.store import open_store
from tests import practice

ACTS = sorted({act for one in load_codes().values() for act in one.acts()})


@pytest.mark.parametrize(("system", "code"), ACTS)
def test_every_act_that_a_list_counts_has_a_name(system: str, code: str):
    assert act_names.told(system, code) != f"{act_names.SYSTEMS[system]} {code}"


def test_no_name_is_left_of_a_code_that_nothing_counts():
    known = act_names.names()
    assert {(system, code) for system in ("ccam", "nabm", "prs_nat", "lpp") for code in getattr(known, system)} == set(
        ACTS
    )


def detail(folder: Path, measure: str, **tables: list) -> str:
    patients = [("p1", "1950-03-01", "F")]
    store = open_store(practice.write(folder, patients=patients, **tables))
    every = load_measures()
    every["au_choix"] = every["ipp_total"].model_copy(
        update={"id": "au_choix", "scope": "list", "numerator": Counted(count="lines", codes=(measure,))}
    )
    wanted = measure if measure in every else "au_choix"
    found = results.pertinence_patients(store, {wanted: every[wanted]}, 2025, "d1").to_pylist()
    return found[0]["detail"]


def act(system: str, code: str) -> dict[str, object]:
    return {
        "patient_id": "p1",
        "date": "2025-03-10",
        "system": system,
        "code": code,
        "quantity": 2,
        "prescriber_id": "d1",
    }


def drug(atc: str, day: str) -> dict[str, object]:
    return {"patient_id": "p1", "date": day, "atc": atc, "boxes": 1, "prescriber_id": "d1"}


def test_an_act_and_a_device_are_named(tmp_path: Path):
    assert detail(tmp_path / "a", "radio_thorax", acts=[act("ccam", "ZBQK002")]) == (
        "10/03/2025 radiographie du thorax, CCAM ZBQK002 × 2"
    )
    assert detail(tmp_path / "b", "bandelettes", acts=[act("lpp", "1186722")]) == (
        "10/03/2025 bandelettes de glycémie, boîte de 100, LPP 1186722 × 2"
    )


def test_a_device_of_the_record_alone_is_called_as_there(tmp_path: Path):
    devices = [{"code": "1300001", "label": "PANSEMENT HYDROCELLULAIRE", "kind": "pansement", "units": 10}]
    told = detail(tmp_path / "a", "pansements", acts=[act("lpp", "1300001")], devices=devices)
    assert told == "10/03/2025 PANSEMENT HYDROCELLULAIRE, LPP 1300001 × 2"


def test_a_drug_is_named_by_its_class_a_product_or_its_family(tmp_path: Path):
    drugs = [{"cip13": "3400900000001", "atc": "N02BE99", "label": "PRODUIT X"}]
    lines = [drug("N02BE01", "2025-01-02"), drug("N02BE99", "2025-01-03"), drug("J01XX99", "2025-01-04")]
    assert detail(tmp_path / "a", "medicaments", deliveries=lines, drugs=drugs) == (
        "02/01/2025 paracétamol, N02BE01 ; 03/01/2025 classe de PRODUIT X, N02BE99 ; 04/01/2025 antibiotiques, J01XX99"
    )


def test_the_molecules_of_a_patient_are_named(tmp_path: Path):
    classes = ["N02BE01", "A02BC01", "C09AA05", "A10BA02", "C10AA05", "B01AC06"]
    lines = [drug(atc, f"{year}-0{month}-02") for atc in classes for year in (2024, 2025) for month in (1, 4, 7)]
    told = detail(tmp_path / "a", "molecules_moyennes", deliveries=lines)
    assert told.startswith("6 molécules, dont 6 de vos prescriptions : ")
    assert "paracétamol, N02BE01" in told.split(" : ")[1].split(" ; ")
