"""Rules beside the data on the pages: at hand like those that ship, told when left aside, gone with their folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from calculators.defaults import defaults
from calculators.forfait.version import load_version
from calculators.prevention.indicator import HERE, load_set
from dashboard import shipped
from tests import walkthrough
from tests.dashboard.opening import at_patient, at_tab, in_link, opened, told, words
from tests.whole import one_in

pytestmark = pytest.mark.slow

FILES = {Path(name).name: text for name, text in walkthrough.files().items()}
ZONA, ACCORD = FILES["vaccin_zona.toml"], FILES["accord_7.toml"]
SET, IN_FORCE = load_set(defaults().prevention.set), load_version(defaults().forfait.in_force[-1])
ADDED = "Vaccin contre le zona (ajouté)"
PAGES = [
    "aujourdhui",
    "prevention",
    "indicateurs",
    "patient",
    "methode",
    "forfait",
    "scenarios",
    "affirmations",
    "pertinence",
]


@pytest.fixture(scope="module", autouse=True)
def without_peers(kept_caches: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped, "PREVENTION_PEERS", Path("absent.parquet"))
        yield


@pytest.fixture
def own(folder: Path) -> Path:
    """A copy of the practices, opened by default, to lay rules beside."""
    return folder


@pytest.fixture(scope="module")
def broken(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practices, with a file of each kind that cannot be read."""
    folder = Path(shutil.copytree(practices, tmp_path_factory.mktemp("abime") / "cabinet"))
    put(
        folder,
        indicators__vaccin_zona=ZONA.replace("family", "famille"),
        versions__accord_7=ACCORD.replace("min = 70", "min = 71"),
        sets__maison='id = "maison"\n',
        scenarios__plus='base = "accord_9"\n',
        measures__mienne='id = "mienne"\nlibelle = "x"\n',
    )
    return folder


@pytest.fixture(scope="module")
def taken(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practices, with an agreement and a set under the ids of those in force."""
    folder = Path(shutil.copytree(practices, tmp_path_factory.mktemp("pris") / "cabinet"))
    own_set = f'id = "{SET.id}"\nlabel = "Autre"\nindicators = ["{SET.indicators[0].id}"]\n'
    accord = ACCORD.replace("accord_7", IN_FORCE.id)
    put(folder, **{f"versions__{IN_FORCE.id}": accord, f"sets__{SET.id}": own_set})
    return folder


def put(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        file = folder / f"{name.replace('__', '/')}.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


def faultless(page: str, **url: str) -> AppTest:
    app = opened(page, **url)
    assert [fault.message for fault in app.exception] == []
    assert [fault.value for fault in app.error] == []
    return app


@pytest.mark.parametrize("page", PAGES)
def test_what_is_broken_is_said_on_every_page_and_the_rest_is_shown(
    broken: Path, page: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(broken))
    said = "\n".join(told(faultless(page).warning))
    rules = (
        "L’indicateur « vaccin_zona »",
        "L’accord « accord_7 »",
        "Le jeu d’indicateurs « maison »",
        "Le scénario « plus »",
    )
    reasons = ("« famille » est inconnue", "aucune ligne de socle", "« label » manque", "« accord_9 » n’existe pas",
               "« libelle » est inconnue")  # fmt: skip
    assert [rule for rule in rules if f"{rule} est laissé de côté." not in said] == []
    assert "La mesure « mienne » est laissée de côté." in said
    assert [reason for reason in reasons if reason not in said] == []


@pytest.mark.parametrize("page", one_in(3, PAGES))
def test_a_file_that_takes_the_id_of_one_that_ships_is_left_aside_and_the_pages_are_as_without(
    practices: Path, taken: Path, page: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))
    before = words(faultless(page))
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(taken))
    app = faultless(page)
    found = told(app.warning)
    assert len(found) == 2
    assert all("est déjà fourni avec le programme" in one for one in found)
    assert words(app).replace("\n".join(found), "").split() == before.split()


def test_an_added_indicator_is_marked_wherever_it_is_read_and_counts_in_no_total(own: Path):
    home = words(faultless("aujourdhui"))
    put(own, indicators__vaccin_zona=ZONA)
    app = faultless("aujourdhui")
    now = words(app)
    assert [line for line in now.splitlines() if line not in home] == [
        line for line in now.splitlines() if "1\u00a0indicateur ajouté à côté des données" in line
    ]
    assert ADDED in faultless("prevention").multiselect(key="filtre_indicateurs").options
    assert ADDED in words(at_patient(faultless("patient")))
    table = next(t.value for t in faultless("indicateurs").table if "Rémunéré" in t.value.columns).set_index(
        "Indicateur"
    )
    assert table.loc[ADDED, ["État", "Rémunéré"]].tolist() == ["ajouté", "non"]
    assert list(table.index)[-1] == ADDED
    method = faultless("methode")
    assert ADDED in [expander.label for expander in method.expander]
    assert f"{len(SET.indicators)}\u00a0indicateurs, âge pris" in words(method)
    assert "jamais payés" in words(method)


def test_an_indicator_that_clashes_with_the_set_chosen_is_said_there(own: Path):
    other = next(name for name in ("proposition_2024_03_14",) if name != SET.id)
    only = f'id = "court"\nlabel = "Court"\nindicators = ["{SET.indicators[1].id}"]\n'
    first = (HERE / "indicators" / f"{SET.indicators[0].id}.toml").read_text(encoding="utf-8")
    put(own, sets__court=only, **{f"indicators__{SET.indicators[0].id}": first})
    app = faultless("indicateurs")
    assert any(
        "est déjà jugé avec le jeu" in one.value for one in app.warning
    )  # in the banner: the set by default has it
    app.selectbox(key="jeu").set_value(other).run()
    assert len([one for one in app.warning if "est déjà jugé avec le jeu" in one.value]) == 2
    app.selectbox(key="jeu").set_value("court").run()
    assert f"{SET.indicators[0].label} (ajouté)" in words(app)


def test_the_agreement_is_offered_and_its_lines_are_paid(own: Path):
    put(own, versions__accord_7=ACCORD)
    app = faultless("forfait")
    box = next(one for one in app.selectbox if one.label == "Accord")
    assert box.value == defaults().forfait.in_force[-1]  # what a file beside the data proposes is not in force
    box.set_value("accord_7").run()
    assert list(app.exception) == []
    assert "15 à 69 ans, en ALD" in words(app)
    assert "Accord 7, pour essayer" in words(at_tab(app, "Autres accords"))


def test_a_scenario_beside_the_data_is_a_button_of_the_lab(own: Path):
    put(own, scenarios__plus=f'base = "{IN_FORCE.id}"\nlabel = "Deux fois plus"\n[change]\n"prevention.amount" = 10\n')
    app = faultless("scenarios", s1=IN_FORCE.id)
    next(one for one in app.button if one.label == "Deux fois plus").click().run()
    assert in_link(app).drafts[0] == f"{IN_FORCE.id}~prevention.amount-10"


def test_a_draft_on_an_agreement_that_is_no_longer_at_hand_starts_again(own: Path, practices: Path):
    put(own, versions__accord_7=ACCORD)
    app = faultless("scenarios", s1="accord_7~prevention.amount-9")
    assert next(box for box in app.selectbox if box.label == "Partir de").value == "accord_7"
    app.session_state["dossier"] = str(practices)
    app.run()
    assert list(app.exception) == []
    assert next(box for box in app.selectbox if box.label == "Partir de").value == defaults().forfait.drafts[0]


def test_a_file_written_while_the_page_is_open_is_seen_at_the_next_click(own: Path):
    app = faultless("prevention")
    assert ADDED not in app.multiselect(key="filtre_indicateurs").options
    put(own, indicators__vaccin_zona=ZONA)
    app.run()
    assert ADDED in app.multiselect(key="filtre_indicateurs").options
    (own / "indicators" / "vaccin_zona.toml").unlink()
    app.run()
    assert ADDED not in app.multiselect(key="filtre_indicateurs").options
