"""Twenty-two practices that sum what they count, beside the reference that their tables put together would give."""

import math
import random
import stat
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
import pytest

from calculators import collecting, results, rows
from calculators.catalogue import Catalogue
from calculators.comparison import known, sent, sums
from calculators.comparison.campaign import Campaign, invitations, key_hash, load_campaign
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.pertinence import publish as measures_published
from calculators.pertinence import reference as measured
from calculators.pertinence.measure import load_measures
from calculators.pertinence.reference import open_measures
from calculators.prevention.assess import assess
from calculators.records.store import Store, open_store
from calculators.sobriety import ratio as ratios
from calculators.sobriety import received
from calculators.sobriety.definition import Definition
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.reference import build, open_reference
from calculators.sobriety.reference_files import Reference
from tests import practice
from tests.comparison import oracle
from tests.comparison.campaigns import AFTER, CLOSED, HOLDERS
from tests.sobriety.oracle import age
from tests.sobriety.villages import definition

pytestmark = pytest.mark.slow

YEAR, DAY = 2025, date(2025, 12, 31)
MEASURES = {name: load_measures()[name] for name in ("ipp_total", "paracetamol_boites", "polymedication")}
DOCTORS = [f"cabinet-{place:02d}" for place in range(22)]
RETIRED, SHORT = DOCTORS[-2:]
"""One who stopped within the year, one with a patient alone: their patients initiate, and are in no stratum."""
DRUGS = ("C09AA05", "A02BC01", "N02BE01", "C10AA05", "L04AB04")
AGES = ((75, "75+"), (65, "65-74"), (55, "55-64"), (40, "40-54"), (17, "17-39"), (0, "0-16"))
SET = defaults().prevention.set


def tables_of(doctor: str) -> dict[str, list]:
    """A list of a dozen patients of every age, with rights, acts, and drugs of their doctor's and of a specialist's."""
    draw = random.Random(doctor)
    found: dict[str, list] = {name: [] for name in ("patients", "registrations", "ald", "c2s", "acts", "deliveries")}

    def some_day(year: int = YEAR) -> str:
        return (date(year, 1, 1) + timedelta(days=draw.randrange(365))).isoformat()

    for rank in range(1 if doctor == SHORT else draw.randrange(9, 16)):
        patient = f"{doctor}-p{rank:02d}"
        found["patients"].append(
            (patient, f"{draw.choice((1932, 1949, 1955, 1966, 1980, 1999, 2013))}-06-15", draw.choice("FM"))
        )
        found["registrations"].append((patient, doctor, "2010-01-01"))
        if draw.random() < 0.3:
            found["ald"].append((patient, draw.choice([8, 12])))
        if draw.random() < 0.2:
            found["c2s"].append((patient,))
        found["acts"] += [(patient, some_day(), "ngap", "G", 1, doctor, "01")]
        found["acts"] += [
            (patient, some_day(draw.choice((2023, 2024, 2025))), "nabm", draw.choice(("1577", "0552", "0592")))
        ]
        for _ in range(draw.randrange(5)):
            drug, who = draw.choice(DRUGS), draw.choice((doctor, doctor, "s1"))
            who = draw.choice((doctor, "s1", "s1", "s1")) if drug == DRUGS[-1] else who
            boxes, specialty = draw.randrange(1, 4), "03" if who == "s1" else "01"
            found["deliveries"].append(
                (patient, some_day(), None, drug, boxes, boxes * draw.randrange(100, 9000), who, specialty)
            )
    return found


def written(folder: Path, doctors: list[str]) -> Store:
    of_all: dict[str, list] = defaultdict(list)
    for doctor in doctors:
        for name, lines in tables_of(doctor).items():
            of_all[name] += lines
    about = [{"doctor_id": one} | ({"active_to": date(2025, 6, 1)} if one == RETIRED else {}) for one in doctors]
    return open_store(practice.write(folder, doctors=about, **of_all))


class Group(NamedTuple):
    folder: Path
    campaign: Campaign
    keys: dict[str, str]
    stores: dict[str, Store]
    scope: Path
    reference: Reference
    final: Reference
    copy: Path
    pooled: Store
    wanted: Reference
    rule: Definition


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """The three rounds of a group, played once."""
    place, rule = tmp_path_factory.mktemp("groupe"), definition(2)
    with pytest.MonkeyPatch.context() as patch:
        for module in (collecting, results, received):
            patch.setattr(module, "load_definition", lambda _: rule)
        patch.setattr(sums.platformdirs, "user_state_path", lambda _: place / "etat")
        yield _played(place, rule)


def _played(place: Path, rule: Definition) -> Group:
    keys = invitations(DOCTORS)
    campaign = collecting.start(
        "Groupe", YEAR, HOLDERS, CLOSED, [key_hash(key) for key in keys.values()], DRUGS, [Catalogue().sets[SET]], True,
        measures=list(MEASURES.values()),
    )  # fmt: skip
    stores = {one: written(place / one, [one]) for one in DOCTORS}
    first = round_of(place / "1", campaign, stores, keys)
    second_campaign = load_campaign(first.next_campaign or place)
    second = round_of(place / "2", second_campaign, stores, keys, after=place / "1" / "fait")
    assert second.reference
    copy = results.publish(place / "2" / "fait", place / "copie", "Groupe").path
    third_campaign = load_campaign(collecting.third_round(place / "2" / "fait", copy) or place)
    third = round_of(place / "3", third_campaign, stores, keys, after=place / "2" / "fait", copy=copy)
    assert third.reference
    pooled = written(place / "tous", DOCTORS)
    build(pooled, YEAR, rule, place / "voulue", date(2026, 3, 1))
    measured.build(pooled.folder, YEAR, MEASURES, place / "mesures", date(2026, 3, 1))
    return Group(
        place, campaign, keys, stores, place / "1" / "fait", second.reference, third.reference, copy, pooled,
        open_reference(place / "voulue"), rule,
    )  # fmt: skip


def round_of(
    place: Path, campaign: Campaign, stores: dict[str, Store], keys: dict[str, str], after: Path | None = None,
    copy: Path | None = None,
) -> collecting.Built:  # fmt: skip
    for doctor, store in stores.items():
        found = collecting.tell(store, campaign, campaign.turn, doctor, Catalogue(), copy)
        collecting.contribute(found, campaign, keys[doctor], store.folder, place, AFTER)
    for holder in HOLDERS:
        received = sums.receive(campaign, campaign.turn, sums.files_in([place / holder]))
        sums.release(campaign, campaign.turn, received, place / f"somme-{holder}", AFTER)
    one, other = (place / f"somme-{holder}" for holder in HOLDERS)
    return collecting.build(one, other, place / "fait", AFTER, after)


def test_the_scope_is_that_of_the_tables_put_together(group: Group):
    assert group.reference.scope.equals(group.wanted.scope)
    assert 0 < sum(group.wanted.scope["tracked"].to_pylist()) < group.wanted.scope.num_rows
    assert group.reference.look_back_covered == group.wanted.look_back_covered


def test_the_strata_are_those_of_the_tables_put_together_but_for_the_caps(group: Group):
    left_out = ["cap_cents", "capped_mean_cents"]
    assert group.reference.strata.drop_columns(left_out).equals(group.wanted.strata.drop_columns(left_out))
    assert group.reference.strata.num_rows > 10
    for name in left_out:
        assert group.reference.strata[name].null_count == group.reference.strata.num_rows


def test_the_measures_are_those_of_the_tables_put_together(group: Group):
    summed = open_measures(group.reference.path)
    wanted = open_measures(group.folder / "mesures")
    assert rows_of(group.reference.path) == rows_of(group.folder / "mesures")
    assert {row["measure"] for row in rows_of(group.reference.path)} == MEASURES.keys()
    assert (summed.size, summed.patients, summed.hashes) == (21, wanted.patients, wanted.hashes)
    for name in MEASURES:
        mine, pooled = summed.strata(name), wanted.strata(name)
        assert mine
        assert pooled
        assert (mine.rate, mine.phi) == (pooled.rate, pooled.phi)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return pq.read_table(folder / "measures.parquet").to_pylist()


def test_the_copy_tells_no_small_number_of_a_measure_and_expects_as_much(
    group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(known, "shelf", lambda: tmp_path)
    added = results.add_reference(group.copy, AFTER)
    copy, exact = open_measures(added.path), open_measures(group.reference.path)
    assert copy.measures
    for row in rows_of(added.path):
        told = [row["patients"], row["denominator"], row["numerator"]]
        if MEASURES[row["measure"]].numerator.count == "patients":
            told.append(row["denominator"] - row["numerator"])
        assert not [one for one in told if 1 <= one <= 10]
    for name in copy.measures:
        mine, whole = copy.strata(name), exact.strata(name)
        assert mine
        assert whole
        assert mine.rate.keys() == whole.rate.keys()
        assert (mine.numerator.sum(), mine.patients.sum()) == (whole.numerator.sum(), whole.patients.sum())
        assert (mine.phi, copy.tau(name)) == (whole.phi, exact.tau(name))
    with pytest.raises(UserError, match="déjà une copie"):
        measures_published.published(copy, MEASURES)


def test_a_measure_that_is_counted_otherwise_is_refused(group: Group):
    campaign = load_campaign(group.scope / "campaign-2.toml")
    other = campaign.measures[0].model_copy(update={"hash": "0" * 16})
    with pytest.raises(UserError, match="n’est pas celle de ce programme"):
        collecting.tell(
            group.stores[DOCTORS[0]], campaign.model_copy(update={"measures": (other,)}), 2, DOCTORS[0], Catalogue()
        )


def test_the_doctors_who_count_are_those_of_the_reference(group: Group):
    assert group.reference.size == group.wanted.size == 20
    assert {RETIRED, SHORT} & group.wanted.members == set()
    assert group.reference.doctors.num_rows == group.reference.cells.num_rows == 0


def test_means_and_variances_are_those_of_plain_fractions(group: Group):
    spends: dict[str, list[int]] = defaultdict(list)
    for row in group.wanted.cells.to_pylist():
        spends[row["stratum"]] += [row["sum_cents"]]
    for row in group.reference.strata.to_pylist():
        assert row["sum_cents"] == sum(spends[row["stratum"]])
        assert Fraction(row["mean_cents"]) == Fraction(row["sum_cents"] / row["patients"])


def test_the_rates_are_those_of_the_tables_put_together_by_a_plain_count(group: Group):
    wanted: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    of = {row[0]: row for one in DOCTORS for row in tables_of(one)["patients"]}
    ald, c2s = ({row[0] for one in DOCTORS for row in tables_of(one)[name]} for name in ("ald", "c2s"))
    for row in assess(group.pooled, Catalogue().sets[SET], DAY).to_pylist():
        if row["status"] in ("up_to_date", "due"):
            patient = row["patient_id"]
            years = age(date.fromisoformat(of[patient][1]), DAY)
            name = next(label for start, label in AGES if years >= start)
            cell = wanted[row["indicator"], name, of[patient][2], patient in ald, patient in c2s]
            cell[0] += 1
            cell[1] += row["status"] == "up_to_date"
    found = pq.read_table(group.reference.path / "prevention.parquet").to_pylist()
    cells = {
        (row["indicator"], row["age_class"], row["sex"], row["ald"], row["c2s"]): [row["eligible"], row["up_to_date"]]
        for row in found
        if row["age_class"]
    }
    assert cells == wanted
    assert len(cells) > 50
    for row in (row for row in found if row["age_class"] is None):
        mine = [counts for key, counts in wanted.items() if key[0] == row["indicator"]]
        assert [row["eligible"], row["up_to_date"]] == [sum(one[place] for one in mine) for place in (0, 1)]


def test_the_third_round_gives_the_spread_of_the_doctors_own_figures(group: Group):
    effects, chances = [], []
    for doctor in sorted(group.wanted.members):
        found = collecting.volunteers.spread_of(
            group.stores[doctor], YEAR, group.rule, open_reference(group.copy), doctor
        )
        assert not isinstance(found, str)
        effects.append(found[0])
        chances.append(found[1])
    spread = group.final.spread(group.rule)
    tau = oracle.dersimonian_laird(effects, chances)
    assert spread.tau == pytest.approx(tau, abs=1e-5) if tau > 1e-5 else spread.basis == "supposé"
    low, high = collecting.volunteers.statistics.spread_limits(
        *(collecting.volunteers.np.array(one) for one in ([math.exp(e) for e in effects], chances))
    )
    assert (spread.low, spread.high) == pytest.approx((min(low, 0.6), min(high, 0.6)), abs=2e-3)
    assert group.reference.spread(group.rule).basis == "supposé"


def test_who_contributed_is_read_without_himself_as_in_the_exact_reference(group: Group):
    doctor = DOCTORS[3]
    asked = group.stores[doctor], YEAR
    exact = rows.only(ratios.ratio(*asked, group.wanted, group.rule, doctor), Ratio)
    own = rows.only(results.sobriety(*asked, group.final, doctor), Ratio)
    same = ("ratio", "own_weight", "ratio_without_self", "observed_cents", "expected_cents", "smallest_stratum", "se")
    assert [getattr(own, name) for name in same] == pytest.approx([getattr(exact, name) for name in same])
    assert own.in_reference
    assert own.own_weight
    (group.stores[doctor].folder / sent.FILE).rename(group.folder / "ailleurs")
    lost = rows.only(results.sobriety(*asked, group.final, doctor), Ratio)
    (group.folder / "ailleurs").rename(group.stores[doctor].folder / sent.FILE)
    assert (lost.own_weight, lost.ratio_without_self, lost.in_reference) == (None, None, None)
    assert lost.ratio == own.ratio


def test_who_contributed_and_counts_for_nothing_is_not_in_the_reference(group: Group):
    assert sent.contributors(group.stores[SHORT].folder, group.final.contributions, "strata") == frozenset()
    assert sent.contributors(group.stores[DOCTORS[0]].folder, group.final.contributions, "strata") == {DOCTORS[0]}


def test_what_was_sent_is_kept_for_the_owner_alone(group: Group):
    file = group.stores[DOCTORS[0]].folder / sent.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [(one.round, one.counter) for one in sent.sent(file.parent)] == [(1, 1), (2, 1), (3, 1)]
    assert sent.next_counter(file.parent, group.campaign.id, 2, key_hash(group.keys[DOCTORS[0]])) == 2


def test_after_the_first_round_contributors_get_no_number(group: Group):
    before = group.campaign.model_dump()
    after = load_campaign(group.scope / "campaign-2.toml").model_dump()
    assert {name for name in before if before[name] != after[name]} == {"after", "tracked"}
    assert stat.S_IMODE((group.scope / "scope.parquet").stat().st_mode) == 0o600


def test_the_copy_has_no_small_number_and_no_trace_of_a_doctor(group: Group):
    for row in pq.read_table(group.copy / "prevention.parquet").to_pylist():
        numbers = [
            row["eligible"],
            row["up_to_date"],
            None if row["eligible"] is None else row["eligible"] - row["up_to_date"],
        ]
        assert not [n for n in numbers[1:] if n is not None and 1 <= n <= 10]
    rates = pq.read_table(group.copy / "prevention.parquet").to_pylist()
    for indicator in {row["indicator"] for row in rates}:
        mine = [row for row in rates if row["indicator"] == indicator and row["age_class"]]
        [total] = [row for row in rates if row["indicator"] == indicator and row["age_class"] is None]
        hidden = [row for row in mine if row["eligible"] is None]
        rest = [total[name] - sum(row[name] or 0 for row in mine) for name in ("eligible", "up_to_date")]
        assert len(hidden) != 1 or len(mine) == 1
        assert not 1 <= rest[1] <= 10
        assert not 1 <= rest[0] - rest[1] <= 10
    texts = [file.read_bytes() for file in group.copy.iterdir()]
    assert not [one for one in DOCTORS for text in texts if one.encode() in text]


def test_the_copy_is_added_with_its_rates_and_a_doctor_reads_his_beside_them(
    group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(known, "shelf", lambda: tmp_path)
    added = results.add_reference(group.copy, AFTER)
    assert (added.maker, added.doctors) == ("Groupe", 20)
    found = results.group_rates(group.stores[DOCTORS[0]], Catalogue(), DOCTORS[0], added)
    wanted = pq.read_table(group.reference.path / "prevention.parquet").to_pylist()
    told = {row["indicator"]: row for row in wanted if row["age_class"] is None}
    assert found
    for one in found:
        row = told[one.indicator]
        assert (one.patients, one.doctors) == (row["eligible"], row["doctors"])
        assert one.group is None or one.group == pytest.approx(100 * row["up_to_date"] / row["eligible"])
    monkeypatch.setattr(results.group, "set_hash", lambda _: "f" * 16)
    assert results.group_rates(group.stores[DOCTORS[0]], Catalogue(), DOCTORS[0], added) == []


def test_a_group_of_other_data_or_of_another_definition_is_refused(group: Group, monkeypatch: pytest.MonkeyPatch):
    store = group.stores[DOCTORS[0]]
    real = group.campaign.model_copy(update={"synthetic": False})
    other = group.campaign.model_copy(update={"sobriety": "0" * 16})
    one: Any
    for one, said in ((real, "additionne des données réelles"), (other, "autre définition")):
        with pytest.raises(UserError, match=said):
            collecting.tell(store, one, 1, DOCTORS[0], Catalogue())
    monkeypatch.setattr(collecting, "MOST_PATIENTS", 5)
    with pytest.raises(UserError, match="5 au plus"):
        collecting.tell(store, group.campaign, 1, DOCTORS[0], Catalogue())


def test_a_class_off_the_list_is_told_and_does_not_leave(group: Group):
    short = Campaign.model_validate(group.campaign.model_dump() | {"classes": DRUGS[:2]})
    found = collecting.tell(group.stores[DOCTORS[0]], short, 1, DOCTORS[0], Catalogue())
    assert set(found.off_list) == set(DRUGS[2:]) & {row[3] for row in tables_of(DOCTORS[0])["deliveries"]}
    assert len(found.numbers) == 2 + 4


def test_a_doctor_sobriety_would_refuse_sends_zeros_and_is_told_why(tmp_path: Path, group: Group):
    about = practice.dataset(ald_known=False)
    lines = tables_of(DOCTORS[0]) | {"ald": []}
    store = open_store(practice.write(tmp_path / "d", about, **{**lines, "doctors": [{"doctor_id": DOCTORS[0]}]}))
    found = collecting.tell(store, group.campaign, 1, DOCTORS[0], Catalogue())
    assert set(found.numbers) == {0}
    assert "ALD" in found.why["scope"]
    assert found.counting == ()


def test_five_doctors_suffice_for_prevention_alone(group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(known, "shelf", lambda: tmp_path / "gardees")
    monkeypatch.setattr(sums.platformdirs, "user_state_path", lambda _: tmp_path / "etat")
    five = DOCTORS[:5]
    keys = {one: group.keys[one] for one in five}
    rules = [Catalogue().sets[SET]]
    hashes = [key_hash(key) for key in keys.values()]
    alone = collecting.start("Cinq", YEAR, HOLDERS, CLOSED, hashes, [], rules, True, sobriety=False)
    assert (alone.minimum, alone.turn, alone.classes) == (5, 2, ())
    built = round_of(tmp_path / "tour", alone, {one: group.stores[one] for one in five}, keys)
    assert built.reference is None
    assert collecting.is_rates_only(built.folder)
    collecting.publish_rates(built.folder, tmp_path / "copie", "Cinq")
    added = results.add_reference(tmp_path / "copie", AFTER)
    assert (added.rates_only, added.doctors, added.maker) == (True, 5, "Cinq")
    assert known.of_ratios(YEAR) == []
    assert results.group_rates(group.stores[five[0]], Catalogue(), five[0], added)
    with pytest.raises(UserError, match="déjà une copie"):
        collecting.publish_rates(tmp_path / "copie", tmp_path / "encore", "")
