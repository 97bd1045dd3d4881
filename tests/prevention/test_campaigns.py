"""The season of each vaccine, and which year pays a dose of January."""

from datetime import date

import pytest

from calculators import results
from calculators.forfait.version import apply_changes, load_version
from calculators.prevention.assess import assess
from calculators.prevention.indicator import load_set
from calculators.records.store import open_store
from dashboard.prevention.in_words import late_doses
from tests import practice

pytestmark = pytest.mark.slow

RULES = load_set("convention_2024")
SIGNED = load_version("convention_2024")
GRIPPE, COVID = "vaccin_grippe", "vaccin_covid"
ANNE = ("anne", "1950-05-05", "F")


@pytest.fixture
def season(tmp_path):
    """A store of Anne, 75, and her doses: (day, ATC class)."""

    def write(*doses: tuple[str, str]):
        given = [{"patient_id": "anne", "date": day, "atc": atc, "cip13": None} for day, atc in doses]
        seen = [("anne", "2020-01-01", "ngap", "G")]
        given = given or [{"patient_id": "anne", "date": "2020-01-01", "atc": "N02BE01", "cip13": None}]
        return open_store(practice.write(tmp_path / "d", patients=[ANNE], deliveries=given, acts=seen))

    return write


def row(store, as_of: str, indicator: str, **options):
    found = assess(store, RULES, date.fromisoformat(as_of), **options).to_pylist()
    return next(one for one in found if one["indicator"] == indicator)


def test_flu_can_still_be_given_in_the_prolonged_season(season):
    found = row(season(), "2026-02-10", GRIPPE)
    assert (found["status"], found["actionable_on"]) == ("due", date(2026, 2, 10))


@pytest.mark.parametrize(
    ("dose", "status"), [("2023-10-01", "due"), ("2023-10-02", "up_to_date"), ("2023-10-05", "up_to_date")]
)
def test_a_covid_dose_counts_from_the_opening_of_its_own_campaign(season, dose, status):
    assert row(season((dose, "J07BN01")), "2023-10-31", COVID)["status"] == status


def test_the_flu_campaign_of_that_year_opened_later(season):
    store = season(("2023-10-05", "J07BB02"))
    assert row(store, "2023-10-16", GRIPPE)["status"] == "up_to_date"  # of the season before
    assert row(store, "2023-10-17", GRIPPE)["status"] == "due"


@pytest.mark.parametrize(
    ("dose", "reading", "paid"),
    [
        ("2026-01-15", "open_on_year_end", []),
        ("2026-01-15", "calendar_year", [2026]),
        ("2026-01-15", "until_close", [2025]),
        ("2026-02-28", "until_close", [2025]),
        ("2026-03-01", "until_close", []),
        ("2025-12-31", "open_on_year_end", [2025]),
        ("2025-10-14", "until_close", [2025]),
        ("2025-10-13", "until_close", []),  # long after the season before closed
    ],
)
def test_which_years_pay_a_dose_of_the_season(season, dose, reading, paid):
    store = season((dose, "J07BB02"))
    version = apply_changes(SIGNED, {"prevention.campaign": reading})
    years = [
        year
        for year in (2024, 2025, 2026)
        if GRIPPE in results.validated(store, version, year, None)["indicator"].to_pylist()
    ]
    assert years == paid


def test_the_reading_changes_neither_the_list_nor_the_age_nor_the_board(season):
    store = season(("2026-01-15", "J07BB02"))
    on = date(2025, 12, 31)
    rows = {
        name: assess(store, RULES, on, reading=name) for name in ("open_on_year_end", "calendar_year", "until_close")
    }
    kept = ["patient_id", "doctor_id", "indicator", "population"]
    assert (
        rows["calendar_year"].select(kept) == rows["until_close"].select(kept) == rows["open_on_year_end"].select(kept)
    )
    assert assess(store, RULES, on) == rows["open_on_year_end"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        *(("2025-12-31", False), ("2026-01-01", True), ("2026-02-28", True), ("2026-03-01", False)),
        *(("2025-10-20", False), ("2027-02-15", True)),
    ],
)
def test_in_january_and_february_the_board_says_what_a_dose_is_worth(day, said):
    sentence = late_doses(RULES, date.fromisoformat(day))
    assert bool(sentence) == said
    if said:
        assert "contre la grippe ou la Covid-19" in sentence
        assert "peut n’être payée aucune année" in sentence


def test_a_set_that_pays_no_vaccine_says_nothing_of_doses():
    unpaid = RULES.model_copy(update={"unpaid": (GRIPPE, COVID)})
    assert late_doses(unpaid, date(2026, 1, 15)) == ""
