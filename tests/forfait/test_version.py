"""The version files and the scenarios: what they must say, and what a wrong one is told."""

import itertools
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculators.catalogue import Catalogue
from calculators.forfait.scenario import decode_changes, encode_changes, scenario_from_toml, scenario_toml
from calculators.forfait.version import (
    FOLDER,
    apply_changes,
    available_versions,
    canonical,
    load_scenario,
    load_version,
    parse,
    paths,
    read_scenario,
)
from calculators.rules import RuleError
from tests.forfait import cases, oracle

SCENARIOS = sorted((FOLDER / "scenarios").glob("*.toml"))


def test_the_agreements_come_oldest_first():
    days = [load_version(name).seniority for name in available_versions()]
    assert days == sorted(days)
    assert sorted(available_versions()) == sorted(path.stem for path in (FOLDER / "versions").glob("*.toml"))


@pytest.mark.parametrize("name", available_versions())
def test_bands_are_the_ages_between_which_nothing_changes_for_a_patient(name):
    """Read again from the lines, age by age: two neighbours are in one band when no line has a bound between them."""
    version, content = load_version(name), cases.agreement(name)
    bounds = [
        (line.get("age", {}).get("min", 0), line.get("age", {}).get("max", 999)) for line in content["socle"].values()
    ]
    apart = [
        age for age in range(1, 111) if any((low <= age <= high) != (low <= age - 1 <= high) for low, high in bounds)
    ]
    assert [band.first for band in version.bands] == [0, *apart]
    assert [band.last for band in version.bands] == [*(age - 1 for age in apart), None]
    for band in version.bands:
        lines = version.tariff.line[band.first : (band.last or 110) + 1]
        assert (lines == lines[0]).all()


@pytest.mark.parametrize("name", available_versions())
def test_every_patient_has_exactly_one_base_line(name):
    version, content = load_version(name), cases.agreement(name)
    for age, ald, c2s, seen in itertools.product(range(111), (0, 1), (0, 1), (0, 1)):
        facts = {"age": age, "ald": bool(ald), "c2s": bool(c2s), "seen": bool(seen)}
        key, line = oracle.base_line(content, facts)
        assert version.tariff.keys[version.tariff.line[age, ald, c2s, seen]] == key
        assert version.tariff.cents[age, ald, c2s, seen] == oracle.cents(line["amount"])


@pytest.mark.parametrize("name", available_versions())
def test_every_alternative_of_every_open_point_is_a_version_too_and_changes_something(name):
    version = load_version(name)
    for point in version.open_point:
        for alternative in point.alternative:
            assert apply_changes(version, alternative.change) != version, point.id


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"socle.ald_des_80_ans": -1}, "socle.ald_des_80_ans.amount » vaut « -1 » ; un montant ne peut pas être négatif"),
        ({"socle.ald_des_80_ans": 5.001}, "deux décimales au plus"),
        ({"socle.ald_des_80_ans": "cher"}, "un nombre est attendu"),
        ({"majoration.zip": 10}, "majoration.zip.rate » vaut « 10 » ; un taux est une fraction entre 0 et 1"),
        ({"scale.socle": -1}, "un facteur est compris entre 0 et 10 (1"),
        ({"seen.by": "tous"}, "seen.by » vaut « tous » ; valeurs possibles : 'doctor', 'doctor_alone' ou 'anyone'"),
        ({"c2s.par_patient.unseen": 1}, "true ou false est attendu"),
        ({"seen.months": 1.5}, "un nombre entier"),
        ({"socle.ald_des_80_ans.age.min": 81}, "aucune ligne de socle pour un patient de 80 ans, en ALD"),
        ({"socle.des_80_ans.age.min": 79}, r"plusieurs lignes de socle (des_80_ans, de_75_a_79_ans)"),
        ({"socle.non_vu.seen": True}, "aucune ligne de socle pour un patient de 0 ans, sans ALD, sans C2S, non vu"),
        ({"socle.ald_80": 1}, "« socle.ald_80 » n’existe pas dans « convention_2024 » ; vouliez-vous dire « socle.ald_des"),
        ({"zip": 1}, "« majoration.zip »"),
        ({"prevention.amounts.vaccin_gripe": 1}, "« prevention.amounts.vaccin_grippe »"),
        ({"toto": 1}, "les chemins commencent par : age, aide"),
        ({"socle": 1}, "le chemin « socle » n’existe pas"),
        ({"reference": 1}, "le chemin « reference » n’existe pas"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_with_the_reason(changes, told):
    with pytest.raises(RuleError, match=re.escape(told)):
        apply_changes(load_version("convention_2024"), changes)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda content: content["socle"]["non_vu"].update(montant=3), "la clé « socle.non_vu.montant » est inconnue"),
        (lambda content: content["socle"]["non_vu"].pop("amount"), "la clé « socle.non_vu.amount » manque"),
        (lambda content: content["socle"]["non_vu"].update(basis="sûr"), "valeurs possibles : 'texte', 'officiel'"),
        (lambda content: content["calendar"]["paid"].pop("c2s"), "ne dit pas quand la part « c2s » est payée"),
        (lambda content: content["majoration"]["age_67"].update(replaces=["zipp"]), "vouliez-vous dire « zip » ?"),
        (lambda content: content.pop("reference"), "la clé « reference » manque"),
    ],
)
def test_a_wrong_file_is_told_the_key_and_what_would_be_right(damage, told):
    content = cases.agreement("convention_2024")
    damage(content)
    with pytest.raises(RuleError, match=re.escape(told)):
        parse(content, "essai.toml")


def test_an_unknown_version_lists_the_close_ones():
    with pytest.raises(RuleError, match="« option_2 »"):
        load_version("option_3")


def test_a_version_may_be_a_file_of_ones_own(tmp_path):
    text = (FOLDER / "versions" / "fpmt_2024.toml").read_text().replace("amount = 70", "amount = 71.5")
    (tmp_path / "mien.toml").write_text(text)
    assert load_version(tmp_path / "mien.toml").socle["ald_des_80_ans"].amount == Decimal("71.5")
    assert load_version(str(tmp_path / "mien.toml")) == load_version(tmp_path / "mien.toml")


def test_a_change_names_an_indicator_of_the_set_when_the_set_is_known():
    version, given = load_version("convention_2024"), {"prevention.amounts.vaccin_zona": 7}
    with pytest.raises(RuleError, match="n’existe pas"):
        apply_changes(version, given)
    assert apply_changes(version, given, ["vaccin_zona"]).indicator_cents("vaccin_zona") == 700
    with pytest.raises(RuleError, match=r"vouliez-vous dire « prevention\.amounts\.vaccin_zona »"):
        apply_changes(version, {"prevention.amounts.vaccin_zone": 7}, ["vaccin_zona"])


def test_a_version_that_is_changed_has_no_example_of_the_file():
    version = load_version("convention_2024")
    assert version.example
    assert apply_changes(version, {"socle.ald_des_80_ans": 120}).example == ()


def test_a_change_says_it_is_a_hypothesis_and_no_change_says_nothing():
    version = load_version("convention_2024")
    changed = apply_changes(version, {"socle.ald_des_80_ans": 120, "majoration.zip.rate": 0.2})
    assert (changed.socle["ald_des_80_ans"].basis, changed.majoration["zip"].basis) == ("hypothese", "hypothese")
    assert changed.socle["des_80_ans"].basis == "presse"
    assert apply_changes(version, {"socle.ald_des_80_ans": 100.0, "majoration.zip": 0.10}) == version
    assert apply_changes(version, {}) == version


def test_an_indicator_may_have_its_own_amount_and_a_part_its_own_scale():
    version = apply_changes(
        load_version("convention_2024"), {"prevention.amounts.vaccin_grippe": 7.5, "scale.prevention": 1.1}
    )
    assert (version.indicator_cents("vaccin_grippe"), version.indicator_cents("suivi_hba1c")) == (825, 550)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_that_ships_differs_from_its_base(path):
    scenario = Catalogue().scenario(path.stem)
    assert scenario.id == path.stem
    assert scenario.tariff.cents.shape == (111, 2, 2, 2)
    assert paths(scenario) != paths(load_version(read_scenario(path).base))


def test_a_scenario_with_an_unknown_path_lists_the_close_ones(tmp_path):
    (tmp_path / "essai.toml").write_text('base = "convention_2024"\n[change]\n"socle.ald_des_80_an" = 120\n')
    with pytest.raises(RuleError, match=r"« essai.toml » : le chemin .* vouliez-vous dire « socle.ald_des_80_ans »"):
        load_scenario(tmp_path / "essai.toml")


def test_a_scenario_may_nest_its_changes_and_rest_on_a_file_beside_it(tmp_path):
    (tmp_path / "mien.toml").write_text((FOLDER / "versions" / "option_2.toml").read_text())
    (tmp_path / "essai.toml").write_text('base = "mien.toml"\n[change.socle]\nald_des_80_ans = 120\n')
    assert load_scenario(tmp_path / "essai.toml").socle["ald_des_80_ans"].amount == 120


VALUES = st.one_of(
    st.booleans(),
    st.integers(0, 100_000),
    st.integers(0, 10_000_000).map(lambda cents: cents / 100),
    st.sampled_from([1e-05, "own_line", "un mot, « deux » ~ - \\ \"", "12 mois\x7f"]),
)  # fmt: skip
CHANGES = st.dictionaries(st.sampled_from(sorted(paths(load_version("convention_2024")))), VALUES, max_size=5)


@given(changes=CHANGES, label=st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_scenario_saved_as_text_or_as_a_link_comes_back(changes, label):
    read = scenario_from_toml(scenario_toml("convention_2024", changes, label))
    kept = {canonical(path): value for path, value in changes.items()}
    assert (read.base, read.label, read.changes) == ("convention_2024", label, kept)
    assert decode_changes(encode_changes(changes)) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("socle.des_80_ans.amount", "socle.des_80_ans"),
        ("majoration.zip.rate", "majoration.zip"),
        ("prevention", "prevention.amount"),
        ("prevention.amount", "prevention.amount"),
        ("prevention.amounts.vaccin_hpv", "prevention.amounts.vaccin_hpv"),
    ],
)
def test_a_path_has_one_form_in_drafts_and_links_and_changes_the_same(written, kept):
    assert canonical(written) == canonical(kept) == kept
    signed = load_version("convention_2024")
    assert apply_changes(signed, {written: 0.5}) == apply_changes(signed, {kept: 0.5}) != signed


def test_a_link_can_be_read():
    changes = {"socle.ald_des_80_ans": 120, "majoration.zip": 0.15, "c2s.par_patient.unseen": True}
    assert encode_changes(changes) == "socle.ald_des_80_ans-120~majoration.zip-0.15~c2s.par_patient.unseen-oui"
    assert encode_changes({}) == ""
    assert decode_changes("") == {}


@pytest.mark.parametrize("text", ["socle.ald_des_80_ans", "socle.ald_des_80_ans-", "-120", "a-1~~b-2"])
def test_a_link_that_was_cut_is_refused(text):
    with pytest.raises(RuleError, match="Lien illisible"):
        decode_changes(text)
