"""The copy of a reference that travels: no doctor, no small number, and figures that stay what they were."""

import stat
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators import rows
from calculators.records.store import open_store
from calculators.sobriety.definition import Definition
from calculators.sobriety.openings import UNTOLD, by_class, by_stratum, capped, mix, open_doctor
from calculators.sobriety.peers import funnel, points, position
from calculators.sobriety.publish import merged, publish
from calculators.sobriety.ratio import OtherDefinitionError, Ratio, ratio
from calculators.sobriety.reference import Reference, UnusableReferenceError, open_reference
from tests.sobriety.oracle import joined, variance
from tests.sobriety.references import KEYS, STRATA
from tests.sobriety.villages import OTHER_DRUG, YEAR, definition, opened, referenced, village

pytestmark = pytest.mark.slow

FILES = {"strata.parquet", "scope.parquet", "classes.parquet", "distribution.parquet", "reference.toml"}
AGES = ["17-39", "40-54", "55-64", "65-74", "75+"]


@given(
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from([1, 2, 3, 5, 9, 10, 11, 12, 40]), min_size=1, max_size=14),
    st.sampled_from([2, 11, 11, 25]),
)
def test_small_strata_are_joined_as_the_rule_says_word_for_word(patients: dict[str, int], least: int):
    ordered = {key: patients[key] for key in KEYS if key in patients}
    wanted = joined(ordered, AGES, least)
    found = merged([STRATA[KEYS.index(key)] for key in ordered], list(ordered.values()), least)
    assert (found is None) == (wanted is None)
    if found is not None:
        names = list(ordered)
        assert {frozenset(names[place] for place in group) for group in found} == wanted
        assert sorted(place for group in found for place in group) == list(range(len(names)))


@pytest.mark.parametrize(
    ("patients", "groups"),
    [
        ({"17-39 F": 11, "40-54 F": 10}, [["17-39 F", "40-54 F"]]),
        ({"17-39 F": 10, "40-54 F": 30, "55-64 F": 30}, [["17-39 F", "40-54 F"], ["55-64 F"]]),
        ({"17-39 F": 30, "40-54 F": 5, "55-64 F": 5, "65-74 F": 30}, [["17-39 F", "40-54 F", "55-64 F"], ["65-74 F"]]),
        ({"17-39 F": 30, "65-74 F": 5, "75+ F": 4}, [["17-39 F", "65-74 F", "75+ F"]]),
        (
            {"17-39 F": 30, "75+ F": 30, "17-39 F C2S": 4, "75+ F C2S": 5, "75+ M": 30},
            [["17-39 F", "75+ F", "17-39 F C2S", "75+ F C2S"], ["75+ M"]],
        ),
        (
            {"75+ F C2S": 4, "75+ F ALD": 30, "75+ F ALD C2S": 30, "75+ M": 30},
            [["75+ F C2S", "75+ F ALD", "75+ F ALD C2S"], ["75+ M"]],
        ),
        ({"75+ F C2S": 4, "17-39 M": 30}, [["75+ F C2S", "17-39 M"]]),
    ],
)
def test_which_strata_are_joined_by_hand(patients: dict[str, int], groups: list[list[str]]):
    names = sorted(patients, key=KEYS.index)
    found = merged([STRATA[KEYS.index(key)] for key in names], [patients[key] for key in names], 11)
    assert found is not None
    assert {frozenset(names[place] for place in group) for group in found} == {frozenset(group) for group in groups}


def test_too_few_patients_in_all_cannot_be_joined():
    assert merged([STRATA[0], STRATA[5]], [5, 5], 11) is None
    assert merged([STRATA[0], STRATA[5]], [5, 6], 11) == [[0, 1]]


def crowd(doctors: int, patients: int = 2) -> dict:
    """A village of so many doctors, each dearer than the one before; two drugs, one of them rare."""
    tables = village({f"d{n:03d}": [1000 + 10 * n] * patients for n in range(doctors)}, born="1940-06-15")
    tables["deliveries"] += [("d001-p00", "2025-06-02", None, OTHER_DRUG, 2, 700, "d001", "01")]
    return tables


def made(folder: Path, rule: Definition, doctors: int = 30, **more: list) -> Reference:
    return referenced(folder / "r", opened(folder / "d", **(crowd(doctors) | more)), rule)


def test_the_copy_has_no_doctor_no_cell_and_no_small_number(tmp_path: Path):
    rights = {"ald": [(f"d{n:03d}-p00", 8) for n in range(4)]}  # four patients with ALD, alone of their line
    exact = made(tmp_path, definition(), **rights)
    copy = publish(tmp_path / "r", tmp_path / "copy", definition())
    assert {file.name for file in (tmp_path / "copy").iterdir()} == FILES
    assert copy.published
    assert (copy.members, copy.size, copy.year) == (frozenset(), 30, YEAR)
    assert copy.by_stratum.patients == exact.by_stratum.patients == 60
    for name in ("strata", "scope", "classes"):
        table = pq.read_table(tmp_path / "copy" / f"{name}.parquet")
        for column in (c for c in ("patients", "initiations", "gp_initiations", "boxes") if c in table.column_names):
            assert not [n for n in table[column].to_pylist() if n is not None and 1 <= n <= 10], (name, column)
    for row in copy.scope.to_pylist():
        gp = row["gp_initiations"]
        assert gp is None or not 0 < row["initiations"] - gp <= 10
    text = (tmp_path / "copy" / "reference.toml").read_text(encoding="utf-8")
    assert "ne pas transmettre" not in text
    ids = pq.read_table(tmp_path / "r" / "doctors.parquet")["doctor_id"].to_pylist()
    assert not [one for one in ids for file in (tmp_path / "copy").iterdir() if one.encode() in file.read_bytes()]


def test_merged_rows_carry_the_patients_mean_and_variance_of_all(tmp_path: Path):
    exact = made(tmp_path, definition(), ald=[(f"d{n:03d}-p00", 8) for n in range(4)])
    copy = publish(tmp_path / "r", tmp_path / "copy", definition())
    assert [row["patients"] for row in exact.strata.to_pylist()] == [56, 4]
    one, other = copy.strata.to_pylist()
    costs = [row["sum_cents"] for row in exact.cells.to_pylist()]
    spend = [1000 + 10 * n for n in range(30) for _ in range(2)]
    spend[2] += 700
    assert sum(costs) == sum(spend)
    for row, name, with_ in ((one, "75+ F", "75+ F ALD"), (other, "75+ F ALD", "75+ F")):
        assert (row["stratum"], row["merged_with"], row["patients"], row["sum_cents"]) == (name, with_, 60, sum(spend))
        assert row["mean_cents"] == pytest.approx(sum(spend) / 60)
        assert row["var_cents2"] == pytest.approx(float(variance(spend)))
        assert (row["cap_cents"], row["capped_mean_cents"]) == (None, None)


@pytest.mark.parametrize(
    ("doctors", "known"),
    [(20, []), (21, []), (22, [50]), (43, [50]), (44, [25, 50, 75]), (219, [25, 50, 75]), (220, [5, 25, 50, 75, 95])],
)
def test_a_centile_is_told_when_eleven_doctors_lie_on_each_side(tmp_path: Path, doctors: int, known: list[int]):
    exact = made(tmp_path, definition(), doctors)
    copy = publish(tmp_path / "r", tmp_path / "copy", definition())
    ratios = exact.doctors["ratio"].to_numpy()
    for centile in (5, 25, 50, 75, 95):
        found = copy.centile(centile)
        assert (found is not None) == (centile in known)
        assert found is None or found == pytest.approx(np.quantile(ratios, centile / 100))
    assert copy.spread(definition()) == exact.spread(definition())


def test_fewer_than_twenty_doctors_or_than_eleven_patients_are_refused(tmp_path: Path):
    made(tmp_path, definition(), 19)
    with pytest.raises(UnusableReferenceError, match=r"19 médecins.*qu’à partir de 20"):
        publish(tmp_path / "r", tmp_path / "copy", definition())
    assert not (tmp_path / "copy").exists()
    few = published(patients_from=39, doctors_from=2)
    with pytest.raises(UnusableReferenceError, match="moins de 39 patients"):
        publish(tmp_path / "r", tmp_path / "copy", few)


def published(**changed: int) -> Definition:
    """The definition of the villages, other limits to what is published."""
    rule = definition()
    return rule.model_copy(update={"published": rule.published.model_copy(update=changed)})


def test_a_copy_of_a_copy_another_definition_and_another_folder_are_refused(tmp_path: Path):
    made(tmp_path, definition())
    publish(tmp_path / "r", tmp_path / "copy", definition())
    with pytest.raises(UnusableReferenceError, match="déjà une copie"):
        publish(tmp_path / "copy", tmp_path / "again", definition())
    with pytest.raises(OtherDefinitionError, match="autre définition"):
        publish(tmp_path / "r", tmp_path / "other", definition(0))
    with pytest.raises(UnusableReferenceError, match="contient déjà autre chose"):
        publish(tmp_path / "r", tmp_path / "d", definition())
    with pytest.raises(UnusableReferenceError, match="référence exacte, qu’une copie remplacerait"):
        publish(tmp_path / "r", tmp_path / "r", definition())
    publish(tmp_path / "r", tmp_path / "copy", definition())  # a newer copy takes the place of an older one
    assert open_reference(tmp_path / "copy").published


def test_only_its_owner_can_read_the_exact_reference(tmp_path: Path):
    made(tmp_path, definition())
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "r").iterdir()} == {0o600}
    assert "ne pas transmettre" in (tmp_path / "r" / "reference.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_incomplete_copy_is_refused_by_name(tmp_path: Path, name: str):
    made(tmp_path, definition())
    publish(tmp_path / "r", tmp_path / "copy", definition())
    (tmp_path / "copy" / name).unlink()
    with pytest.raises(UnusableReferenceError, match=name):
        open_reference(tmp_path / "copy")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Reference, Reference]:
    """A reference and its copy; four patients with ALD, two doctors with one of them each."""
    folder = tmp_path_factory.mktemp("both")
    exact = made(folder, definition(), 240, ald=[(f"d{n:03d}-p00", 8) for n in range(4)])
    return folder, exact, publish(folder / "r", folder / "copy", definition())


def test_nobody_can_be_left_out_of_a_copy_and_the_verdict_is_the_official_one(both):
    folder, exact, copy = both
    store = open_store(folder / "d")
    rule = definition()
    rule = rule.model_copy(update={"verdict": rule.verdict.model_copy(update={"reliability_floor": 0.0})})
    official, found = (rows.only(ratio(store, YEAR, one, rule, "d200"), Ratio) for one in (exact, copy))
    assert found.ratio == pytest.approx(official.ratio, rel=0.01)  # the strata joined move it a little
    nothing = (found.own_weight, found.ratio_without_self, found.low_998_without_self, found.in_reference)
    assert nothing == (None, None, None, None)
    assert official.own_weight == pytest.approx(2 / 476)
    assert (found.reference_doctors, found.tau, found.tau_low) == (240, official.tau, official.tau_low)
    assert found.verdict == ("au-dessus" if found.low_998 > 1 else "en dessous" if found.high_998 < 1 else "compatible")


def test_no_peer_is_drawn_and_the_place_is_between_two_centiles(both):
    _, exact, copy = both
    row = SimpleNamespace(ratio=1.012, doctor_id="x", patients=700)
    [place] = position(row, "13", copy, definition()).to_pylist()
    assert (place["group"], place["peers"], place["lower_share"]) == ("everyone", 240, None)
    ratios = exact.doctors["ratio"].to_numpy()
    assert place["lower_from"] <= (ratios < 1.012).mean() <= place["lower_to"]
    assert place["lower_to"] - place["lower_from"] == pytest.approx(0.05)
    assert place["median"] == pytest.approx(np.quantile(ratios, 0.5))
    assert points(copy).num_rows == 0
    lines = funnel(copy, definition(), 4_000_000.0)["expected_cents"].to_numpy()
    assert lines.min() < 2_000_000 < 8_000_000 < lines.max()


def test_the_opened_figure_still_sums_and_tells_what_it_does_not_know(both):
    """One patient had the rare drug: what is expected of it stands with what the copy leaves out. So does the only other
    class, for the stratum's total less that class would tell what the patient spent."""
    folder, exact, copy = both
    store = open_store(folder / "d")
    before, after = (open_doctor(store, YEAR, one, definition(), "d001") for one in (exact, copy))
    parts = {row["atc"]: row for row in by_class(after).to_pylist()}
    total = after.observed_cents - round(after.expected_cents)
    for table in (by_class(after), by_stratum(after)):
        assert sum(table["gap_cents"].to_pylist()) == total
    assert (parts[OTHER_DRUG]["observed_cents"], parts[OTHER_DRUG]["expected_cents"]) == (700, 0)
    assert {row["expected_cents"] for atc, row in parts.items() if atc != UNTOLD} == {0}
    assert parts[UNTOLD]["expected_cents"] == round(after.expected_cents)
    assert UNTOLD not in by_class(before)["atc"].to_pylist()
    assert (capped(before)["capped_ratio"][0].as_py() is None, capped(after)["capped_ratio"][0].as_py()) == (
        False,
        None,
    )


def test_shares_of_strata_held_as_one_are_told_together_or_not_at_all(both):
    """ALD cannot be told apart where those with and those without are one; age and sex can."""
    folder, _, copy = both
    after = open_doctor(open_store(folder / "d"), YEAR, copy, definition(), "d001")
    shares = {(row["characteristic"], row["value"]): row["reference_share"] for row in mix(after).to_pylist()}
    assert (shares["age_class", "75+"], shares["sex", "F"]) == (1, 1)
    assert (shares["ald", "true"], shares["ald", "false"]) == (0, 0)
    told = {row["stratum"]: row["reference_share"] for row in by_stratum(after).to_pylist() if row["patients"]}
    assert told == {"75+ F": None, "75+ F ALD": None}
