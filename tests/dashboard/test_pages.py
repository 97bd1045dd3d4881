"""Every page, with and without trouble, as a script: what it says, what it never says."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from calculators import results
from calculators.forfait import pay
from calculators.forfait.pay import pay_lines
from calculators.forfait.version import load_version
from calculators.prevention.rates import Rate
from calculators.records.store import open_store
from calculators.sobriety.definition import load_definition
from calculators.sobriety.reference import build
from dashboard import address
from dashboard.prevention import in_words as prevention_words
from tests.dashboard.opening import MORAL, PAGES, ROOT, at_patient, at_tab, opened, told, unfolded, words, worklist


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))


@pytest.fixture(scope="module")
def reference(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("reference") / "2025"
    build(open_store(practices), 2025, load_definition(2025), to, built_on=date(2026, 11, 1))
    return to


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("folder", ["practices", "record"])
@pytest.mark.slow
def test_every_page_opens_without_a_fault(page: str, folder: str, request: pytest.FixtureRequest):
    app = opened(page, dossier=str(request.getfixturevalue(folder)))
    assert [fault.message for fault in app.exception] == []
    assert [fault.value for fault in app.error] == []
    assert [title.value for title in app.title] == [PAGES[page]]
    assert not MORAL.search(words(app))


def test_every_page_is_in_the_menu_and_has_a_test_of_its_own():
    menu = (ROOT / "dashboard" / "menu.py").read_text(encoding="utf-8")
    assert [page for page in PAGES if f'"pages/{page}.py"' not in menu] == []
    texts = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "dashboard").rglob("test_*.py"))
    assert [page for page in PAGES if f'opened("{page}"' not in texts] == []


def test_today_gives_at_most_three_actions_each_with_a_verb_a_number_and_a_link():
    app = opened("aujourdhui")
    actions = [line.value for line in app.markdown if line.value.startswith("### ")]
    links = [link.proto.label for link in app.get("page_link") if "Voir" in link.proto.label]
    assert 1 <= len(actions) <= 3
    assert len(links) == len(actions)
    for action, link in zip(actions, links, strict=True):
        count = re.fullmatch(r"### (?:Vacciner|Proposer à|Prévoir pour) (\d+)\u00a0patients?\u00a0: .+", action)
        assert count, action
        assert count[1] in link
        assert len(action.split()) <= 25


def test_the_count_of_an_action_is_the_length_of_the_list_it_opens():
    today = opened("aujourdhui")
    action = next(line.value for line in today.markdown if line.value.startswith("### "))
    link = next(link for link in today.get("page_link") if "Voir" in link.proto.label)
    indicator = re.search(r"indicateur=(\w+)", link.proto.query_string)
    assert indicator
    listed = opened("prevention")
    listed.multiselect(key="filtre_indicateurs").set_value([indicator[1]]).run()
    assert str(worklist(listed).num_rows) == re.search(r"(\d+)", action)[1]


def test_the_url_chooses_the_doctor_and_the_day():
    app = opened("aujourdhui", medecin="dr-caumont", date="2025-12-31")
    assert app.selectbox(key="medecin").value == "dr-caumont"
    assert app.date_input(key="date").value == date(2025, 12, 31)


def test_the_sidebar_writes_the_url_and_never_a_patient(practices: Path):
    app = opened("patient")
    app.selectbox(key="medecin").set_value("dr-boyer").run()
    at_patient(app, 3)
    number = app.query_params.pop("fiche")
    assert dict(app.query_params) == {"medecin": "dr-boyer", "date": "2026-06-30"}
    assert re.fullmatch("[0-9a-f]{16}", number)
    again = opened("patient", medecin="dr-boyer", fiche=number)
    assert again.session_state["patient"] == app.session_state["patient"]
    assert opened("patient", medecin="dr-ardant", fiche=number).session_state["patient"] is None


def test_a_number_that_is_not_known_opens_nobody():
    app = opened("patient", fiche="0123456789abcdef")
    assert app.session_state["patient"] is None
    assert "n’est plus connu ici" in words(app)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.slow
def test_every_page_says_where_its_data_come_from_whatever_rubbish_is_in_the_address(page: str):
    parts = [part.name for part in address.PARTS if part.name not in ("dossier", "medecin", "date")]
    usual = opened(page)
    assert any("01/01/2018" in caption.value and "extraites" in caption.value for caption in usual.caption)
    assert any("Données fictives" in element.value for element in usual.markdown)
    for value in ("x\u202e", "-1<b>"):
        given = opened(page, **dict.fromkeys(parts, value))
        assert [fault.message for fault in given.exception] == []
        assert told(given.error, given.warning) == told(usual.error, usual.warning)
        assert len(words(given)) == len(words(usual))
        if not value.isprintable():
            assert not ({*parts} & {*given.query_params})


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ({"dossier": "/absent"}, "dataset.toml"),
        ({"dossier": "//serveur/partage"}, "réseau"),
        ({"dossier": "\\\\serveur\\partage"}, "réseau"),
        ({"medecin": "dr-personne"}, "dr-ardant"),
        ({"date": "demain"}, "2025-12-31"),
    ],
)
def test_a_wrong_link_says_what_to_do(url: dict[str, str], hint: str):
    app = opened("aujourdhui", **url)
    assert [fault.message for fault in app.exception] == []
    assert hint in "\n".join(told(app.error, app.warning))


def test_a_link_never_opens_a_folder(record: Path):
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=30)
    app.query_params["dossier"] = str(record)
    app.run()
    assert "un lien n’ouvre jamais un dossier" in "\n".join(told(app.warning))
    assert "Cabinets d’essai" in words(app)


def test_a_folder_that_cannot_be_read_is_a_sentence(practices: Path, tmp_path: Path):
    folder = tmp_path / "tronque"
    folder.mkdir()
    (folder / "dataset.toml").write_text((practices / "dataset.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "patients.parquet").write_bytes((practices / "patients.parquet").read_bytes()[:200])
    app = opened("aujourdhui", dossier=str(folder))
    assert [fault.message for fault in app.exception] == []
    assert "patients.parquet" in told(app.error)[0]


def test_a_day_after_the_data_is_announced():
    assert any(
        "comme si elles étaient complètes" in said.value for said in opened("forfait", date="2026-12-31").warning
    )


def test_no_euro_stands_beside_a_patient():
    for page in ("prevention", "patient"):
        assert "€" not in words(opened(page))


def test_a_patient_has_every_indicator_once():
    app = at_patient(opened("patient"))
    folded = [line.value for group in app.expander for line in group.markdown]
    said = [line.value for line in app.markdown if line.value.startswith("**") and "  \n" in line.value]
    assert len(said) == len({*said})
    assert len(said) >= 15
    assert folded


def test_a_record_without_rights_gives_unknown_and_not_missing_acts(record: Path):
    text = words(opened("patient", dossier=str(record)))
    assert "ALD non connue" in text
    assert "? Inconnu" in text


def test_a_record_without_amounts_is_told_why_there_is_no_ratio(record: Path):
    text = words(opened("sobriete", dossier=str(record)))
    assert "pas de montant" in text


def test_the_ratio_page_opens_the_number(reference: Path):
    app = opened("sobriete")
    app.text_input(key="dossier_reference").set_value(str(reference)).run()
    assert [fault.message for fault in app.exception] == []
    assert re.fullmatch(r"\d,\d\d", app.metric[0].value)
    assert len(app.get("vega_lite_chart")) == 3
    unfolded(app)
    [gaps] = [grid.value for grid in app.dataframe if "Écart (€)" in grid.value.columns]
    row = results.sobriety(
        open_store(Path(app.session_state["choice"].place.path)), 2025, results.open_reference(reference), "dr-ardant"
    ).to_pylist()[0]
    gap = row["observed_cents"] - round(row["expected_cents"])
    assert round(gaps["Écart (€)"].sum() * 100) == gap


def test_the_lines_of_the_forfait_sum_to_the_total_to_the_cent(practices: Path):
    version = load_version("convention_2024")
    lines = results.pay(open_store(practices), version, 2026, "dr-ardant")
    shown = next(table for table in opened("forfait").table if "Ligne" in table.value.columns).value
    amounts = [_cents(text) for text in shown["Somme"]]
    assert sum(amounts[:-1]) == amounts[-1] == sum(lines["amount_cents"].to_pylist())
    unit = [_cents(text) for text in shown["Montant"][:-1]]
    patients = [int(re.sub(r"\D", "", text) or 1) for text in shown["Patients"][:-1]]
    assert [n * cents for n, cents in zip(patients, unit, strict=True)] == amounts[:-1]


def _cents(text: str) -> int:
    return round(float(re.sub(r"[^\d,−-]", "", text).replace(",", ".").replace("−", "-")) * 100)


@pytest.mark.slow
def test_every_agreement_is_beside_the_others(practices: Path):
    shown = next(
        table for table in at_tab(opened("forfait"), "Autres accords").table if "Accord" in table.value.columns
    ).value
    store = open_store(practices)
    for row in shown.to_dict("records"):
        name = next(name for name in pay_versions() if load_version(name).label == row["Accord"])
        version = load_version(name)
        done = results.validated(store, version, 2026, "dr-ardant")
        lines = pay_lines(store, version, 2026, done, "dr-ardant", with_means=True)
        assert _cents(row["Total"]) == pay.total_cents(lines)


def pay_versions() -> list[str]:
    return sorted(path.stem for path in (ROOT / "calculators" / "forfait" / "versions").glob("*.toml"))


@pytest.mark.parametrize("topic", ["prevention", "sobriete", "forfait", "cabinet", "donnees", "confidentialite"])
def test_the_method_shows_every_rule_with_its_sources(topic: str):
    app = opened("methode", sujet=topic)
    unfolded(app.segmented_control(key="sujet").set_value(topic).run())
    assert [fault.message for fault in app.exception] == []
    text = words(app) + "\n".join(group.label for group in app.expander)
    expected = {
        "prevention": ["Codes comptés", "Sources", "hypothèse", "recorded_events"],
        "sobriete": ["âge minimal des patients", "hypothèse", "deliveries_kept"],
        "forfait": ["non vu depuis deux ans", "100\u00a0€", "hypothèse", "last_contacts"],
        "cabinet": ["30,00\u00a0€", "hypothèse", "Sources", "own_care"],
        "donnees": ["deliveries", "base_cents", "base de remboursement", "acts_done"],
        "confidentialite": ["127.0.0.1"],
    }
    assert [word for word in expected[topic] if word not in text] == []


@pytest.mark.parametrize(("known", "words"), [(1, "Aucun acte à faire"), (0, "ne permettent pas de dire")])
def test_nothing_to_do_is_not_said_where_nothing_can_be_told(known, words):
    rate = Rate(
        "a", "A", "depistage", True, up_to_date=known, due=0, unknown=0, excluded=0, rate=None, national_rate=None
    )
    assert words in prevention_words.nothing_to_do([rate, replace(rate, up_to_date=0)])
