"""The reference folder: whole or absent, equal bytes for equal input, refused in words when it cannot be used."""

import shutil
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from calculators.rules import RuleError
from calculators.sobriety.definition import load_definition
from calculators.sobriety.reference import UnusableReferenceError, build, open_reference
from calculators.sobriety.reference_files import Spread
from tests import practice
from tests.sobriety.villages import BUILT_ON, DRUG, OTHER_DRUG, YEAR, definition, opened, referenced, village

pytestmark = pytest.mark.slow

TWO = {"d1": [1000, 3000], "d2": [0, 2000, 2000, 4000]}
FILES = {"strata.parquet", "scope.parquet", "doctors.parquet", "cells.parquet", "classes.parquet", "reference.toml"}
FIRST_COLUMNS = {
    "strata": ["age_class", "sex", "ald", "c2s", "patients", "sum_cents", "mean_cents", "var_cents2"],
    "scope": ["atc", "initiations", "gp_initiations", "tracked"],
    "doctors": ["doctor_id", "department", "patients", "observed_cents", "expected_cents", "ratio", "se", "boxes"],
    "cells": ["doctor_id", "stratum", "patients", "sum_cents"],
}


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reference folder nobody changes."""
    folder = tmp_path_factory.mktemp("ordinary")
    referenced(folder / "r", opened(folder / "d", **village(TWO)), definition())
    return folder / "r"


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_folder_holds_the_files_and_columns_of_the_design(ordinary: Path):
    assert set(content(ordinary)) == FILES
    for name, columns in FIRST_COLUMNS.items():
        assert pq.read_schema(ordinary / f"{name}.parquet").names[: len(columns)] == columns


def test_equal_input_gives_equal_bytes_apart_from_the_day_of_building(tmp_path: Path):
    rights = {"ald": [("d2-p00", 8)], "c2s": [("d1-p01",), ("d2-p01",)]}
    store = opened(tmp_path / "d", **village(TWO), **rights)
    for name, day in (("one", BUILT_ON), ("two", BUILT_ON), ("three", date(2027, 1, 1))):
        build(store, YEAR, definition(), tmp_path / name, day)
    one, two, three = (content(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two
    assert {name for name in one if one[name] != three[name]} == {"reference.toml"}


def test_what_it_says_of_itself(tmp_path: Path):
    tables = village(TWO)
    about = practice.dataset(covers={"deliveries": {"from": date(2024, 7, 2), "to": date(2026, 1, 1)}})
    reference = referenced(tmp_path / "r", opened(tmp_path / "d", about, **tables), definition())
    assert (reference.year, reference.built_on, reference.synthetic, reference.source) == (YEAR, BUILT_ON, True, "test")
    assert reference.definition_hash == definition().reference_hash
    assert not reference.look_back_covered  # 1 July 2024 is missing
    assert reference.counts["doctors"] == 2
    assert reference.counts["observed_cents"] == 12_000
    assert reference.spread(definition()) == Spread(0.15, "supposé", None, None)


def test_building_tells_how_far_it_is(tmp_path: Path):
    told: list[tuple[str, float]] = []
    build(
        opened(tmp_path / "d", **village(TWO)), YEAR, definition(), tmp_path / "r", BUILT_ON,
        lambda sentence, share: told.append((sentence, share)),
    )  # fmt: skip
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert all(sentence for sentence, _ in told)


def test_a_stratum_of_one_patient_has_no_variance(tmp_path: Path):
    store = opened(tmp_path / "d", **village(TWO), ald=[("d2-p03", 8)])
    rows = {row["stratum"]: row for row in referenced(tmp_path / "r", store, definition()).strata.to_pylist()}
    assert (rows["75+ F ALD"]["patients"], rows["75+ F ALD"]["var_cents2"]) == (1, 0)


def test_the_cap_is_the_centile_by_nearest_rank(tmp_path: Path):
    """Of 200 patients, the 199th is the first that 99.5 % do not exceed: one patient is capped."""
    store = opened(tmp_path / "d", **village({"d1": [*range(1, 200), 90_000]}))
    [row] = referenced(tmp_path / "r", store, definition()).strata.to_pylist()
    assert row["cap_cents"] == 199
    assert row["capped_mean_cents"] == (sum(range(1, 200)) + 199) / 200


@pytest.mark.parametrize(
    ("about", "changes", "message"),
    [
        ({"covers_from": date(2025, 1, 2)}, {}, "ne couvrent pas toute l’année 2025"),
        ({"c2s_known": False}, {}, "C2S non renseignée pour 6 patients fidèles"),
        ({}, {"acts": None}, "n’enregistre pas les actes"),
        ({}, {"deliveries": [("d1-p00", "2025-05-02", None, DRUG, 1, None, "d1", "01")]}, "n’ont pas de montant"),
        ({}, {"deliveries": [("d1-p00", "2025-05-02", None, DRUG, 1, 9, "s1", "03")]}, "Aucun médecin ne remplit"),
    ],
)
def test_a_source_that_cannot_make_a_reference_leaves_nothing(tmp_path: Path, about: dict, changes: dict, message: str):
    tables = {name: rows for name, rows in (village(TWO) | changes).items() if rows is not None}
    store = opened(tmp_path / "d", practice.dataset(**about), **tables)
    with pytest.raises(UnusableReferenceError, match=message):
        build(store, YEAR, definition(), tmp_path / "r", BUILT_ON)
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_another_folder_is_not_overwritten_and_an_earlier_reference_is(tmp_path: Path):
    store = opened(tmp_path / "d", **village(TWO))
    with pytest.raises(UnusableReferenceError, match="contient déjà autre chose"):
        build(store, YEAR, definition(), tmp_path / "d", BUILT_ON)
    build(store, YEAR, definition(), tmp_path / "r", BUILT_ON)
    build(store, YEAR, definition(), tmp_path / "r", date(2027, 1, 1))
    assert open_reference(tmp_path / "r").built_on == date(2027, 1, 1)


def test_a_reference_without_the_later_columns_is_read_as_null(tmp_path: Path, ordinary: Path):
    shutil.copytree(ordinary, tmp_path / "r")
    for name, column in (("doctors", "ref_se"), ("classes", "patients")):
        file = tmp_path / "r" / f"{name}.parquet"
        pq.write_table(pq.read_table(file).drop([column]), file)
    older, newer = open_reference(tmp_path / "r"), open_reference(ordinary)
    assert older.doctors["ref_se"].null_count == older.doctors.num_rows
    assert older.classes["patients"].null_count == older.classes.num_rows
    assert older.doctors.drop(["ref_se"]) == newer.doctors.drop(["ref_se"])
    assert older.spread(definition()) == newer.spread(definition())


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_incomplete_reference_is_refused_by_name(tmp_path: Path, ordinary: Path, name: str):
    shutil.copytree(ordinary, tmp_path / "r")
    (tmp_path / "r" / name).unlink()
    with pytest.raises(UnusableReferenceError, match=name):
        open_reference(tmp_path / "r")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda r: (r / "cells.parquet").write_bytes(b"PAR1"), "n’est pas un fichier parquet entier"),
        (
            lambda r: pq.write_table(pq.read_table(r / "cells.parquet").drop(["patients"]), r / "cells.parquet"),
            "colonne",
        ),
        (lambda r: (r / "reference.toml").write_text("year ="), "TOML lisible"),
        (lambda r: (r / "reference.toml").write_text("layout = 1"), "year"),
        (lambda r: (r / "reference.toml").write_text("layout = 99"), "autre version"),
        (lambda r: (r / "reference.toml").rename(r / "dataset.toml"), "n’est pas une référence"),
    ],
)
def test_a_damaged_or_foreign_reference_is_refused_in_words(tmp_path: Path, ordinary: Path, damage, message: str):
    shutil.copytree(ordinary, tmp_path / "r")
    damage(tmp_path / "r")
    with pytest.raises(UnusableReferenceError, match=message):
        open_reference(tmp_path / "r")


def test_a_missing_reference_says_how_to_build_one(tmp_path: Path):
    with pytest.raises(UnusableReferenceError, match="reference build"):
        open_reference(tmp_path / "nowhere")


def test_the_expected_value_of_each_class_sums_to_the_strata(tmp_path: Path):
    tables = village(TWO)
    tables["deliveries"].append(("d1-p00", "2025-06-02", None, OTHER_DRUG, 2, 700, "d1", "01"))
    reference = referenced(tmp_path / "r", opened(tmp_path / "d", **tables), definition())
    assert sum(reference.classes["sum_cents"].to_pylist()) == sum(reference.strata["sum_cents"].to_pylist()) == 12_700


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_definition_of_a_year_is_the_newest_before_it(year: int):
    rule = load_definition(year)
    assert rule.doctors.seen_over == 100
    assert rule.strata.age_classes == ["17-39", "40-54", "55-64", "65-74", "75+"]
    assert rule.strata.reference.basis == "hypothese"
    assert rule.bonus.reference.basis == "presse"


def test_there_is_no_definition_before_the_first():
    with pytest.raises(RuleError, match="2022"):
        load_definition(2022)
