"""What ships: whole, small, labelled, and what the stories say of it."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from calculators import results
from calculators.forfait.pay import total_cents
from calculators.forfait.population import population, price
from calculators.forfait.version import available_versions, load_version
from calculators.pertinence.reference import DOCTORS as MEASURED
from calculators.pertinence.reference import STRATA, open_measures
from calculators.prevention.indicator import load_set
from calculators.records import identities
from calculators.records.folder import open_folder
from calculators.records.store import Store, open_store
from calculators.sobriety.definition import load_definition
from calculators.sobriety.ratio import ratio
from calculators.sobriety.reference import open_reference
from sample_data import model
from sample_data.build import DOCTORS, REFERENCE, SHIPPED, YEARS, build_measures, build_practices
from sample_data.practices import profiles

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
EXAMS = {"examen_enfant_j8": "j8", "examen_enfant_m9": "m9"}
"""One line of the slides, judged apart by the signed set; the exam of the first days is done at the maternity."""
ONE_POINT = 1.0


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(SHIPPED)


def test_everything_shipped_weighs_at_most_15_megabytes() -> None:
    files = [
        f for folder in (SHIPPED, REFERENCE) for f in folder.rglob("*") if f.is_file() and ".tableau-mt" not in f.parts
    ]
    assert sum(file.stat().st_size for file in files) <= 15 * MEGABYTE


def test_the_shipped_practices_open_with_nothing_set_aside(store: Store) -> None:
    assert store.set_aside == ()
    assert store.doctors() == [profile.id for profile in profiles()]


def test_the_shipped_data_say_they_are_fictitious(store: Store) -> None:
    assert store.dataset.synthetic
    assert "fictif" in store.dataset.title.lower()
    for year in YEARS:
        assert "synthetic = true" in (REFERENCE / str(year) / "reference.toml").read_text()


def test_the_shipped_practices_are_those_the_program_draws(tmp_path: Path) -> None:
    """Someone who changes the model builds again before committing."""
    build_practices(tmp_path / "practices")
    for name, files in open_folder(SHIPPED).files.items():
        drawn = pq.read_table(tmp_path / "practices" / f"{name}.parquet")
        assert drawn.equals(pq.read_table(files[0])), name
    assert identities.read(tmp_path / "practices") == identities.read(SHIPPED)


def test_the_shipped_reference_of_the_measures_is_what_the_practices_count(tmp_path: Path) -> None:
    build_measures(tmp_path / "work", to=tmp_path / "measures")
    for year in YEARS:
        counted, given = (
            open_measures(folder / str(year)) for folder in (tmp_path / "measures", REFERENCE / "measures")
        )
        assert counted.hashes == given.hashes
        assert counted.not_measured == given.not_measured == {}
        for name in (STRATA, MEASURED):
            assert pq.read_table(counted.path / name).equals(pq.read_table(given.path / name)), name


def test_each_practice_has_a_story_of_two_lines() -> None:
    assert len(profiles()) >= 10
    for profile in profiles():
        assert len(profile.story.strip().splitlines()) == 2, profile.id


def test_each_list_has_the_size_its_profile_says(store: Store) -> None:
    last = open_folder(SHIPPED).dataset.covers_to
    registrations = pq.read_table(SHIPPED / "registrations.parquet").filter(
        pc.field("to_date").is_null() & (pc.field("from_date") <= last)
    )
    sizes = registrations.group_by("doctor_id").aggregate([("patient_id", "count")]).to_pylist()
    found = {row["doctor_id"]: row["patient_id_count"] for row in sizes}
    assert found == {profile.id: profile.size for profile in profiles()}


@pytest.mark.parametrize("year", YEARS)
def test_the_ratios_are_those_of_the_stories(store: Store, year: int) -> None:
    rows = ratio(store, year, open_reference(REFERENCE / str(year)), load_definition(year)).to_pylist()
    by_name = {profile.name: next(r for r in rows if r["doctor_id"] == profile.id) for profile in profiles()}
    assert by_name["Prescriptions très au-dessus"]["verdict"] == "au-dessus"
    assert by_name["Prescriptions très en dessous"]["verdict"] == "en dessous"
    assert by_name["Cabinet ordinaire"]["verdict"] == "compatible"
    assert by_name["Petite liste"]["ratio"] is None
    assert "100" in by_name["Petite liste"]["reason"]
    assert (by_name["Installation récente en zone prioritaire"]["ratio"] is None) == (year == 2024)


def test_the_reference_has_enough_doctors_and_looks_like_the_published_one() -> None:
    published = model.load().raw["published"]
    doctors = pq.read_table(REFERENCE / "2025" / "doctors.parquet")
    assert doctors.num_rows >= 300
    patients, observed = pc.sum(doctors["patients"]).as_py(), pc.sum(doctors["observed_cents"]).as_py()
    assert patients / doctors.num_rows == pytest.approx(published["faithful"][1], rel=0.07)
    assert observed / patients / 100 == pytest.approx(published["tracked_euro"][1], rel=0.05)


def peers(day: date) -> pa.Table:
    table = pq.read_table(REFERENCE / "prevention_peers.parquet")
    return table.filter(pc.field("as_of") == day)


def test_the_peers_have_every_indicator_of_the_signed_set() -> None:
    last = open_folder(SHIPPED).dataset.covers_to
    for day in (date(2025, 12, 31), last):
        found = set(peers(day)["indicator"].to_pylist())
        assert found == {indicator.id for indicator in load_set("convention_2024").indicators}
        assert pc.count_distinct(peers(day)["doctor_id"]).as_py() >= 0.9 * DOCTORS


def test_the_rates_of_the_peers_are_those_of_the_slides_within_a_point() -> None:
    totals = peers(date(2025, 12, 31)).group_by("indicator").aggregate([("up_to_date", "sum"), ("due", "sum")])
    given = model.load().raw["prevention"].values()
    rules = {rule["indicator"]: rule for rule in given if isinstance(rule, dict)}
    for row in totals.to_pylist():
        rate = 100 * row["up_to_date_sum"] / (row["up_to_date_sum"] + row["due_sum"])
        if exam := EXAMS.get(row["indicator"]):
            assert rate == pytest.approx(rules["examen_enfant_j8_m9"][exam], abs=3), exam
        else:
            assert rate == pytest.approx(rules[row["indicator"]]["published"], abs=ONE_POINT), row["indicator"]


@pytest.mark.parametrize("name", available_versions())
def test_the_practices_counted_by_cells_are_paid_as_their_patients_one_by_one(store: Store, name: str) -> None:
    version = load_version(name)
    done = {version.indicator_set: results.validated(store, version, 2025, None)} if version.indicator_set else {}
    counted = population(store, version, 2025, done, None)
    assert price(counted, version).cost_cents == total_cents(results.pay(store, version, 2025, None))
