"""Rules that ship and rules beside the data: found by their ids, never one for another, and what is at fault is told."""

import re
from datetime import date
from pathlib import Path

import pytest

from calculators import catalogue
from calculators.catalogue import SHIPPED, Catalogue, around
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait.version import available_versions
from calculators.prevention.indicator import HERE, IndicatorSet, available_sets
from calculators.rules import RuleError
from tests import walkthrough

FILES = {Path(name).name: text for name, text in walkthrough.files().items()}
ZONA, ACCORD = FILES["vaccin_zona.toml"], FILES["accord_7.toml"]
IN_FORCE, SET = defaults().forfait.in_force[-1], defaults().prevention.set
COMMON = (HERE / "indicators" / "suivi_hba1c.toml").read_text(encoding="utf-8")
OWN_SET = 'id = "maison"\nlabel = "Maison"\nindicators = ["suivi_hba1c", "vaccin_zona"]\n'
PAYS_OWN = ACCORD.replace(f'indicator_set = "{SET}"', 'indicator_set = "maison"').replace(
    "vaccin_grippe", "vaccin_zona"
)


def put(folder: Path, **texts: str) -> Catalogue:
    """The rules at hand beside `folder`, to which files are added: `versions__accord_7` is `versions/accord_7.toml`."""
    for name, text in texts.items():
        file = folder / f"{name.replace('__', '/')}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return Catalogue(folder)


def default(known: Catalogue) -> IndicatorSet:
    return known.indicator_set(SET)


def test_without_a_folder_the_rules_that_ship_are_at_hand_and_none_is_set_aside():
    known = Catalogue()
    assert list(known.sets) == available_sets()
    assert list(known.versions) == available_versions()
    assert list(known.scenarios) == sorted(path.stem for path in SHIPPED["scenarios"].glob("*.toml"))
    assert known.set_aside == ()


def test_a_file_that_ships_has_the_name_of_its_id():
    known = Catalogue()
    assert {name: rules.id for name, rules in known.sets.items()} == {name: name for name in known.sets}
    assert {name: version.id for name, version in known.versions.items()} == {name: name for name in known.versions}


def test_agreements_come_oldest_first_those_beside_the_data_among_them(tmp_path: Path):
    known = put(
        tmp_path, versions__accord_7=ACCORD, versions__ancien=ACCORD.replace("2027", "2017").replace("_7", "_6")
    )
    assert [one.id for one in known.set_aside] == ["ancien"]  # its id is another
    text = ACCORD.replace("2027-01-01", "2017-01-01").replace("accord_7", "ancien")
    starts = [one.seniority for one in put(tmp_path, versions__ancien=text).versions.values()]
    assert starts == sorted(starts)
    names = list(put(tmp_path).versions)
    assert names.index("ancien") < names.index(IN_FORCE) < names.index("accord_7")


def test_two_rules_called_alike_say_their_ids_as_well(tmp_path: Path):
    """A file copied to be changed keeps its name: in a menu the one would be taken for the other."""
    shipped = (SHIPPED["versions"] / f"{IN_FORCE}.toml").read_text(encoding="utf-8")
    texts = {f"versions__{name}": shipped.replace(f'id = "{IN_FORCE}"', f'id = "{name}"', 1) for name in ("b", "c")}
    known = put(
        tmp_path,
        **texts,
        versions__accord_7=ACCORD,
        indicators__vaccin_zona=ZONA,
        versions__accord_8=ACCORD.replace("accord_7", "accord_8"),
    )
    signed = known.version(IN_FORCE)
    assert (known.version("b").label, known.version("c").name) == (f"{signed.label} (b)", f"{signed.name} (c)")
    assert known.version("accord_7").label + " (accord_8)" == known.version("accord_8").label
    sets = put(
        tmp_path, sets__copie=OWN_SET.replace("maison", "copie").replace("Maison", known.indicator_set(SET).label)
    )
    assert sets.indicator_set("copie").label == f"{sets.indicator_set(SET).label} (copie)"
    names = [one.name for one in known.versions.values()]
    assert len(names) == len(set(names))


def test_rules_beside_the_data_are_found_by_their_ids(tmp_path: Path):
    known = put(
        tmp_path, sets__maison=OWN_SET, indicators__vaccin_zona=ZONA, versions__accord_7=PAYS_OWN,
        scenarios__essai_zona='base = "accord_7"\n[change]\n"prevention.amounts.vaccin_zona" = 20\n',
    )  # fmt: skip
    assert known.set_aside == ()
    assert known.indicator_set("maison").paid == ["suivi_hba1c", "vaccin_zona"]
    assert known.version("accord_7").indicator_set == "maison"
    assert known.scenario("essai_zona").indicator_cents("vaccin_zona") == 2000
    changed = known.changed(known.version("accord_7"), {"prevention.amounts.vaccin_zona": 7})
    assert changed.indicator_cents("vaccin_zona") == 700
    assert [one.id for one in known.compared(f"{IN_FORCE}, accord_7, essai_zona")] == [
        IN_FORCE,
        "accord_7",
        "essai_zona",
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("sets__maison", OWN_SET.replace("label", "libelle"), "la clé « libelle » est inconnue"),
        ("sets__maison", OWN_SET, "l’indicateur « vaccin_zona » n’existe pas"),
        (
            "sets__maison",
            OWN_SET.replace('id = "maison"', 'id = "autre"').replace(', "vaccin_zona"', ""),
            "« id » vaut « autre », « maison » est attendu",
        ),
        ("sets__maison", 'id = "mai', "n’est pas un fichier TOML lisible"),
        ("versions__accord_7", ACCORD.replace("age = { max = 14 }", "age = { max = 13 }"), "aucune ligne de socle"),
        (
            "versions__accord_7",
            ACCORD.replace("accord_7", "accord_8"),
            "« id » vaut « accord_8 », « accord_7 » est attendu",
        ),
        ("versions__accord_7", PAYS_OWN, "Le jeu d’indicateurs « maison » n’existe pas"),
        (
            "versions__accord_7",
            ACCORD.replace("amount = 6\n", "amount = 6\namounts = { vaccin_gripe = 7 }\n"),
            "nomme « vaccin_gripe », qui n’est pas dans le jeu",
        ),
        ("scenarios__essai", 'base = "accord_9"\n', "L’accord « accord_9 » n’existe pas"),
        ("scenarios__essai", f'base = "{IN_FORCE}"\n[change]\n"socle.x" = 1\n', "le chemin « socle.x » n’existe pas"),
        (f"scenarios__{IN_FORCE}", f'base = "{IN_FORCE}"\n', "c’est le nom d’un accord"),
        (f"versions__{IN_FORCE}", ACCORD.replace("accord_7", IN_FORCE), "est déjà fourni avec le programme"),
        (f"sets__{SET}", OWN_SET.replace("maison", SET), "est déjà fourni avec le programme"),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_used_is_set_aside_with_the_reason_and_the_rest_is_at_hand(tmp_path: Path, name, text, told):
    known = put(tmp_path, **{name: text})
    kind, id_ = name.split("__")
    (aside,) = known.set_aside
    assert (aside.kind, aside.id) == (kind, id_)
    assert told in aside.reason
    shipped = [file.stem for file in SHIPPED[kind].glob("*.toml")]
    assert set(shipped) <= set(getattr(known, kind))
    if not told.startswith("c’est le nom"):
        with pytest.raises(UserError, match=re.escape(told)):
            {"sets": known.indicator_set, "versions": known.version, "scenarios": known.scenario}[kind](id_)


def test_a_name_that_two_files_have_is_never_answered_with_one_of_them(tmp_path: Path):
    known = put(tmp_path, **{f"versions__{IN_FORCE}": ACCORD.replace("accord_7", IN_FORCE)})
    with pytest.raises(RuleError, match=rf"versions/{IN_FORCE}\.toml.* est déjà fourni"):
        known.version(IN_FORCE)


def test_an_unknown_name_lists_the_close_ones_beside_the_data_too(tmp_path: Path):
    with pytest.raises(RuleError, match="L’accord « acord_7 » n’existe pas ; vouliez-vous dire « accord_7 »"):
        put(tmp_path, versions__accord_7=ACCORD).version("acord_7")


def test_a_scenario_may_not_pay_an_indicator_that_the_set_does_not_have(tmp_path: Path):
    known = put(tmp_path)
    with pytest.raises(RuleError, match=r"vouliez-vous dire « prevention\.amounts\.vaccin_grippe »"):
        known.changed(known.version(IN_FORCE), {"prevention.amounts.vaccin_gripe": 7})
    with pytest.raises(RuleError, match="n’existe pas"):
        known.changed(known.version(IN_FORCE), {"prevention.amounts.vaccin_zona": 7})


@pytest.mark.parametrize("names", [IN_FORCE, f"{IN_FORCE},{IN_FORCE}", ""])
def test_a_comparison_takes_two_agreements_and_not_twice_the_same(names: str):
    with pytest.raises(UserError, match=r"au moins deux accords|demandé deux fois"):
        Catalogue().compared(names)


def test_a_rule_file_finds_its_neighbours_when_it_lies_beside_data(tmp_path: Path):
    put(tmp_path, versions__accord_7=ACCORD, scenarios__essai='base = "accord_7"\n[change]\n"c2s.par_patient" = 9\n')
    file = tmp_path / "scenarios" / "essai.toml"
    assert around(file).scenario(file).c2s_cents() == 900
    alone = tmp_path / "essai.toml"
    alone.write_bytes(file.read_bytes())
    with pytest.raises(RuleError, match="L’accord « accord_7 » n’existe pas"):
        around(alone).scenario(alone)


def test_indicators_beside_the_data_are_judged_last_never_paid_never_of_the_set(tmp_path: Path):
    known = put(tmp_path, indicators__vaccin_zona=ZONA)
    plain, board = default(known), known.board(default(known))
    assert board.set_aside == ()
    assert board.rules.added == ("vaccin_zona",)
    assert board.rules.indicators[:-1] == plain.indicators == board.rules.own
    assert board.rules.paid == plain.paid
    assert "zona" in board.rules.codes
    assert "zona" not in plain.codes
    assert known.version(IN_FORCE).indicator_set == SET
    assert default(known) == plain  # what an agreement pays on has not changed


def test_an_indicator_given_with_its_path_is_judged_after_them_once(tmp_path: Path):
    known = put(tmp_path, indicators__vaccin_zona=ZONA, ailleurs__autre=COMMON.replace('"suivi_hba1c"', '"autre"'))
    given = [tmp_path / "ailleurs" / "autre.toml", tmp_path / "indicators" / "vaccin_zona.toml"]
    assert known.board(default(known), given).rules.added == ("vaccin_zona", "autre")
    with pytest.raises(RuleError, match="n’existe pas"):
        known.board(default(known), [tmp_path / "absent.toml"])


@pytest.mark.parametrize(
    ("name", "text", "told", "taken"),
    [
        ("suivi_hba1c", COMMON, "est déjà jugé avec le jeu", True),
        ("vaccin_zona", ZONA.replace("family", "famille"), "la clé « famille » est inconnue", False),
        ("vaccin_zona", ZONA.replace("J07BK03", "j07bk03"), "codes.zona.atc.0 » vaut « j07bk03 »", False),
        ("zona", ZONA, "« id » vaut « vaccin_zona », « zona » est attendu", False),
        (
            "vaccin_zona",
            ZONA.replace("codes.zona", "codes.grippe"),
            "« grippe » sont déjà définis dans « codes.toml »",
            False,
        ),
    ],
)
def test_an_indicator_at_fault_is_set_aside_and_the_set_is_judged(tmp_path: Path, name, text, told, taken):
    known = put(tmp_path, **{f"indicators__{name}": text})
    board = known.board(default(known))
    (aside,) = board.set_aside
    assert (aside.kind, aside.id, aside.taken) == ("indicators", name, taken)
    assert told in aside.reason
    assert board.rules == default(known)
    with pytest.raises(RuleError, match=re.escape(told)):
        Catalogue().board(default(known), [tmp_path / "indicators" / f"{name}.toml"])


def test_the_wording_of_a_set_beside_the_data_is_not_added_to_the_others(tmp_path: Path):
    known = put(tmp_path, sets__maison=OWN_SET, indicators__vaccin_zona=ZONA, indicators__suivi_hba1c=COMMON)
    board = known.board(default(known))
    assert (board.rules.added, board.set_aside) == (("vaccin_zona",), ())
    own = known.board(known.indicator_set("maison"))
    assert (own.rules.added, own.set_aside) == ((), ())


def test_the_agreement_in_force_is_the_signed_one_whose_dates_hold_the_year():
    for name in defaults().forfait.in_force:
        version = Catalogue().version(name)
        assert version.valid_from is not None
        assert catalogue.in_force(version.valid_from.year) == name or version.valid_from.year == date.max.year
    assert catalogue.in_force(2100) == catalogue.in_force(1990) == IN_FORCE
