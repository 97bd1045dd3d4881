"""The pages of the economy of a practice: what they say, where it comes from, and what they write."""

import re
import shutil
import stat
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from calculators import economy, french
from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.economy import Decided
from calculators.errors import UserError
from calculators.practice import behind, capitation, said
from calculators.practice.assistant import assistant
from calculators.practice.contracts import contracts
from calculators.practice.envelope import profiles
from calculators.practice.income import IncomeLine
from calculators.practice.limits import Limit
from calculators.records.facts import FILE, facts
from calculators.records.store import open_store
from dashboard import data, shipped
from dashboard.practice import cabinet, in_words, tables
from tests.dashboard.opening import at_tab, drawn, opened, words

pytestmark = pytest.mark.slow
SPACES = str.maketrans("\u202f\u00a0", "  ")
BARE = str.maketrans("", "", "\u202f\u00a0 ,€")
CONTRACT, ASSISTANT = "Contrat démographique", "Assistant médical"


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))


@pytest.fixture
def own(practices: Path, tmp_path: Path) -> Path:
    """A copy that may be written."""
    return Path(shutil.copytree(practices, tmp_path / "cabinet"))


def test_the_income_of_the_page_is_that_of_the_command(practices: Path):
    app = opened("revenu", medecin="dr-ardant")
    total = sum(
        row["amount_cents"] or 0 for row in economy.income(open_store(practices), 2025, "dr-ardant").to_pylist()
    )
    assert in_words.euros(total) in words(app)
    lines = next(table.value for table in app.table if "Bloc" in table.value.columns)
    assert "Consultations et visites" in lines["Bloc"].to_list()


def of(app: AppTest, column: str):
    """The grid that a line opens to."""
    return next(grid.value for grid in app.dataframe if column in grid.value.columns)


def test_a_line_of_the_income_opens_to_its_acts_which_sum_to_it(practices: Path):
    app = opened("revenu", medecin="dr-ardant", **{"ligne-revenu": "G.3000"})
    [line] = [
        row for row in economy.income(open_store(practices), 2025, "dr-ardant", with_savings=False).to_pylist()
        if (row["line"], row["unit_cents"]) == ("G", 3000)
    ]  # fmt: skip
    shown = of(app, "Acte")
    assert shown["Nombre"].sum() * 3000 == line["amount_cents"]
    assert list(shown.columns) == ["Patient", "Date", "Acte", "Nombre"]
    assert in_words.euros(line["amount_cents"], 2) in words(app)
    app.selectbox(key="ligne_revenu").set_value("sans_tarif.contrat").run()
    assert in_words.NOTHING_BEHIND in words(app)
    app.selectbox(key="ligne_revenu").set_value("forfait.socle").run()
    assert any("dans la liste" in link.proto.label for link in app.get("page_link"))
    assert not app.exception


def test_a_bar_of_the_income_opens_to_the_acts_of_its_block_which_sum_to_it(practices: Path):
    lines = economy.income(open_store(practices), 2025, "dr-ardant", with_savings=False).to_pylist()
    block = [row for row in lines if row["block"] == "consultations" and row["amount_cents"] is not None]
    app = opened("revenu", medecin="dr-ardant", **{"ligne-revenu": "bloc.consultations"})
    assert of(app, "Acte")["Nombre"].sum() == sum(row["quantity"] for row in block)
    assert in_words.euros(sum(row["amount_cents"] for row in block), 2) in words(app)
    app.selectbox(key="ligne_revenu").set_value("bloc.forfait").run()
    assert any("dans la liste" in link.proto.label for link in app.get("page_link"))
    assert not app.exception


def test_what_is_possible_opens_to_as_many_patients_as_it_counts():
    app = opened("revenu", dossier=str(shipped.PRACTICES), medecin="M01",
                 **{"annee-revenu": "2025", "volet-revenu": "Et si…", "ligne-si": "GL2"})  # fmt: skip
    counted = next(table.value for table in app.table if "Ligne" in table.value.columns)
    shown = of(app, "Pourquoi")
    assert {
        int(one) for one, line in zip(counted["Nombre"], counted["Ligne"], strict=True) if line.startswith("GL2")
    } == {len(shown)}
    assert "€" not in str(shown.to_numpy())


def test_an_indicator_of_the_rosp_opens_to_who_is_validated(practices: Path):
    row = economy.rosp_lines(open_store(practices), 2025, "dr-ardant").to_pylist()[0]
    app = opened("revenu", medecin="dr-ardant", **{"volet-revenu": "ROSP", "ligne-rosp": row["indicator"]})
    assert list(of(app, "Où il en est")["Où il en est"]).count("validé") == row["validated"]


def test_the_rules_of_the_year_that_has_begun_can_be_read():
    app = opened("regles", medecin="dr-ardant", **{"annee-regles": "2026"})
    assert "n’est pas finie" in words(app)
    assert any("DONUM" in str(table.value) for table in app.table)


def test_a_rule_is_told_in_its_unit():
    overrun = Limit("a", "optam_taux_depassement", 3_200_000, 10_000_000, 0.32, 0.3, None)
    assert in_words.counted(overrun).translate(SPACES) == "32 000 € sur 100 000 €"
    tele = Limit("a", "teleconsultation_hors_liste_sur_tout", 3, 6663, 3 / 6663, 0.2, None)
    assert in_words.value(tele).translate(SPACES) == "0,05 %"


def test_a_rule_that_has_no_patient_says_so_and_an_indicator_opens_to_who_is_validated(practices: Path):
    app = opened("regles", medecin="dr-ardant", **{"ligne-regles": "teleconsultation_toutes"})
    assert "n’a pas de valeur ici" in words(app)
    equipment = Limit("dr-ardant", "donum_points", 340, 420, 2380, 2940, None)
    assert in_words.NOTHING_BEHIND in in_words.acts_of_rule([], equipment)
    row = economy.envelope(open_store(practices), 2025, "dr-ardant").to_pylist()[0]
    app = opened("enveloppe", medecin="dr-ardant", **{"ligne-enveloppe": row["indicator"]})
    shown = of(app, "Où il en est")
    assert list(shown["Où il en est"]).count("validé") == row["validated"]
    assert "€" not in str(shown.to_numpy())


def test_the_patients_of_an_indicator_are_those_of_its_row_each_with_an_act(practices: Path):
    store = open_store(practices)
    for row in economy.envelope(store, 2025, "dr-ardant").to_pylist()[:4]:
        found = economy.concerned(store, 2025, "dr-ardant", row["indicator"])
        many = Counter(one.status for one in found)
        assert (many["up_to_date"], many["up_to_date"] + many["due"], many["unknown"]) == (
            row["validated"], row["eligible"], row["unknown"]
        )  # fmt: skip
        assert all(bool(one.acts) == (one.status == "up_to_date") for one in found)
        assert all(act.on <= date(2025, 12, 31) for one in found for act in one.acts)


def decided(tab: str, doctor: str, dossier: Path = shipped.PRACTICES, /, **more: str) -> AppTest:
    return opened("decisions", dossier=str(dossier), medecin=doctor,
                  **{"annee-decisions": "2025", "volet-decisions": tab} | more)  # fmt: skip


def to_the_list(app: AppTest) -> list[str]:
    return [link.proto.label.translate(SPACES) for link in app.get("page_link") if "dans la liste" in link.proto.label]


def test_the_majoration_of_the_zone_opens_to_the_patients_of_its_base():
    app = decided(CONTRACT, "M01", **{"ligne-contrat": "socle"})
    store = open_store(shipped.PRACTICES)
    version = Catalogue(store.folder).version(defaults().forfait.in_force[-1])
    cents = economy.base_cents(store, version, 2026, "M01")["M01"]
    assert in_words.euros(cents, 2) in words(app)
    shown = next(table.value for table in app.table if "Pour" in table.value.columns)
    listed = economy.cabinets(store, 2025, "M01")[0].patients
    assert sum(int(one.translate(BARE)) for one in shown["Patients"]) == listed
    assert len(to_the_list(app)) == 1


def test_a_contract_that_pays_a_share_of_the_fees_opens_to_them_month_by_month_and_act_by_act(own: Path):
    said.say(own, "dr-ardant", {"contract": "COTRAM", "contract.signed_on": "2025-01-01"}, date(2025, 1, 1))
    store = open_store(own)
    app = decided(CONTRACT, "dr-ardant", own, **{"ligne-contrat": "versements", "mois-contrat": "2025-03-01"})
    months = next(table.value for table in app.table if "Honoraires" in table.value.columns)
    cents = economy.fees_cents(store, 2025, "dr-ardant")["dr-ardant"]
    assert sum(int(one.translate(BARE)) for one in months["Honoraires"]) == cents
    assert in_words.euros(cents, 2) in words(app)
    [march] = [row for _, row in months.iterrows() if row["Mois"].startswith("mars")]
    shown = of(app, "Acte")
    assert shown["Nombre"].sum() == int(march["Actes"].translate(BARE))
    assert {day.month for day in shown["Date"]} == {3}
    assert "€" not in str(shown.to_numpy())


def test_a_pure_amount_of_a_contract_opens_to_its_rule_and_its_source():
    app = decided(CONTRACT, "M04", **{"ligne-contrat": "rendu"})
    assert in_words.RULE_ALONE in words(app)
    assert all(one.title in words(app) for one in contracts().reference)
    assert not any("0 %" in text for table in app.table for text in table.value["Pourquoi"])  # the zone brings nothing


def test_what_an_assistant_is_decided_on_opens_to_its_patients_and_acts():
    store = open_store(shipped.PRACTICES)
    one = economy.cabinets(store, 2025, "M01")[0]
    app = decided(ASSISTANT, "M01", **{"ligne-assistant": "honoraires"})
    shown = of(app, "Actes")
    [group] = capitation.groups(store, 2025, "M01")
    assert (len(shown), shown["Actes"].sum()) == (one.patients, sum(patient.acts for patient in group.patients))
    by_year = next(table.value for table in app.table if "Aide" in table.value.columns)
    assert f"**{by_year['Honoraires des patients de plus'][0]}** par an" in words(app)
    app.selectbox(key="ligne_assistant").set_value("liste").run()
    assert f"**{in_words.count(one.patients, 'patient')}** sur la liste" in words(app)
    assert [re.sub(r"[\d ]", "", label) for label in to_the_list(app)] == [
        "Voirpatientsdanslaliste",
        "Voiradultesdanslaliste",
    ]
    app.selectbox(key="ligne_assistant").set_value("active").run()
    seen = of(app, "Dernier acte")
    assert seen["Actes"].sum() == sum(behind.income(store, 2025, "M01")["quantity"].to_pylist())
    app.selectbox(key="ligne_assistant").set_value("cout").run()
    assert in_words.RULE_ALONE in words(app)
    assert all(one.title in words(app) for one in assistant().reference)
    assert not app.exception


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"assistant_etp": "0.5"}, "Vous avez un assistant : votre contrat est compté comme s’il continuait"),
        ({"assistant_etp": "1", "assistant_signed_on": "2024-09-01"}, "Vous avez signé : votre contrat est compté"),
        ({"assistant_etp": "0"}, ""),
        ({}, ""),
    ],
)
def test_who_has_an_assistant_and_a_list_too_short_to_sign_is_told_what_holds_for_him(own: Path, typed, told):
    (own / FILE).write_text("".join(
        f'[[fact]]\ndoctor_id = "dr-ardant"\nkey = "{key}"\nvalue = "{value}"\nfrom_date = 2024-07-15\n'
        for key, value in typed.items()
    ))  # fmt: skip
    app = opened("decisions", dossier=str(own), medecin="dr-ardant",
                 **{"annee-decisions": "2025", "volet-decisions": ASSISTANT})  # fmt: skip
    says = words(app).translate(SPACES)
    assert told in says
    assert ("Un nouveau contrat ne vous serait pas ouvert" in says) == bool(told)
    assert any("Aide" in table.value.columns for table in app.table) == bool(told)
    assert not app.exception


def test_what_is_left_of_a_half_time_is_that_of_a_half_time(own: Path):
    (own / FILE).write_text(
        '[[fact]]\ndoctor_id = "dr-ardant"\nkey = "assistant_etp"\nvalue = "0.5"\nfrom_date = 2023-01-01\n'
    )
    app = opened("decisions", dossier=str(own), medecin="dr-ardant",
                 **{"annee-decisions": "2025", "volet-decisions": ASSISTANT})  # fmt: skip
    assert f"Aide moins coût, de 2026 à 2028 : {french.signed_euros(1_100_000 - 1_432_800)}" in words(app).replace(
        "\u00a0:", " :"
    )


def test_what_no_capitation_would_replace_opens_to_its_acts_which_sum_to_it():
    [group] = capitation.groups(open_store(shipped.PRACTICES), 2025, "M02")
    app = decided("Capitation", "M02", **{"ligne-capitation": capitation.OFF_LIST})
    assert f"**{in_words.euros(group.off_list_cents['M02'], 2)}**" in words(app)
    shown = of(app, "Acte")
    assert not set(shown["Patient"]) & {one.patient_id for one in group.patients}


def test_a_row_of_the_variant_opens_to_its_profiles_which_sum_to_it_and_to_their_patients(practices: Path):
    store = open_store(practices)
    row = economy.case_mix(store, 2025, "dr-ardant").to_pylist()[0]
    found = profiles(economy.mixed(store, 2025).cells[row["indicator"]], "dr-ardant")
    assert sum(one.expected for one in found) == pytest.approx(row["expected"])
    app = opened("enveloppe", medecin="dr-ardant",
                 **{"volet-enveloppe": "Selon la patientèle", "ligne-patientele": row["indicator"]})  # fmt: skip
    alike, shown = of(app, "Taux de tous"), of(app, "Où il en est")
    assert (alike["Concernés"].sum(), alike["Validés"].sum()) == (row["eligible"], row["validated"])
    assert Counter(shown["Profil"]) == dict(zip(alike["Profil"], alike["Concernés"], strict=True))
    assert list(shown["Où il en est"]).count("validé") == row["validated"]


def test_an_indicator_of_the_variant_is_judged_alone(practices: Path, monkeypatch: pytest.MonkeyPatch):
    name = economy.case_mix(open_store(practices), 2025, "dr-ardant").to_pylist()[0]["indicator"]
    monkeypatch.setattr(data, "_paid_board", lambda *_: pytest.fail("the whole board is judged"))
    app = opened("enveloppe", medecin="dr-ardant",
                 **{"volet-enveloppe": "Selon la patientèle", "ligne-patientele": name})  # fmt: skip
    assert "Où il en est" in of(app, "Où il en est").columns


def test_a_line_by_contact_and_an_instalment_open_to_their_patients():
    app = opened("enveloppe", dossier=str(shipped.PRACTICES), medecin="M02",
                 **{"annee-enveloppe": "2025", "volet-enveloppe": "Par contact", "ligne-contact": "75+ ald"})  # fmt: skip
    assert len(to_the_list(app)) == 1
    app = opened("revenu", dossier=str(shipped.PRACTICES), medecin="M01",
                 **{"annee-revenu": "2025", "volet-revenu": "Versements reçus", "ligne-verses": "socle"})  # fmt: skip
    assert len(to_the_list(app)) == 1
    assert "7 à 74 ans, sans ALD" in words(app)


@pytest.mark.parametrize(
    ("page", "tab", "doctor", "sections"),
    [
        ("decisions", CONTRACT, "M01", ["contrat"]),
        ("decisions", ASSISTANT, "M01", ["assistant"]),
        ("revenu", "Le revenu", "M01", ["contrat", "assistant"]),
        ("revenu", "Versements reçus", "M01", ["versements"]),
        ("revenu", "ROSP", "M01", ["rosp", "versements"]),
        ("regles", "", "M01", ["donum"]),
    ],
)
def test_where_a_page_asks_for_something_of_the_practice_a_link_leads_to_where_it_is_typed(page, tab, doctor, sections):
    given = {f"volet-{page}": tab} if tab else {}
    year = {f"annee-{page}": "2026" if page == "regles" else "2025"}
    app = opened(page, dossier=str(shipped.PRACTICES), medecin=doctor, **given | year)
    links = [link.proto for link in app.get("page_link") if "Mon cabinet" in link.proto.label]
    assert [re.findall(r"volet-cabinet=(\w+)", link.query_string) for link in links] == [[one] for one in sections]


def test_a_name_keeps_its_capitals_at_the_beginning_of_a_sentence():
    refused = Decided("assistant", "avec", None, None, None, None, "secteur 2 sans OPTAM, le contrat n’est pas ouvert")
    assert in_words.assistant([refused]).startswith("Secteur 2 sans OPTAM")


def test_the_contract_says_when_one_leaves_and_goes_month_by_month(own: Path):
    said.say(own, "dr-ardant", {"contract": "CAIM", "contract.signed_on": "2025-12-15"}, date(2025, 12, 15))
    app = decided(CONTRACT, "dr-ardant", own)
    every = economy.decide(open_store(own), 2026, "dr-ardant", ["contract"]).to_pylist()
    rows = [one for one in every if one["amount_cents"]]
    assert "Si vous partez le 1er janvier 2026" in words(app).translate(SPACES)
    shown = next(table.value for table in app.table if "Branche" in table.value.columns)
    assert shown["Mois"].to_list() == [french.month(month) for month in sorted(one["month"] for one in rows)]
    assert [one["month"] for one in rows] != sorted(one["month"] for one in rows)  # by branch


def test_the_objective_of_added_patients_is_typed_on_the_page():
    app = decided(ASSISTANT, "M01")
    one = economy.cabinets(open_store(shipped.PRACTICES), 2025, "M01")[0]
    for typed, patients in (("20", 235), ("0", 0)):  # of 1 176
        app.text_input(key="assistant_objectif_texte").set_value(typed).run()
        fees = in_words.euros(round(one.fees_cents * patients / one.patients))
        assert f"Avec {french.count(patients, 'patient')} de plus" in words(app)
        assert f"{fees} d’honoraires" in words(app)


@pytest.mark.parametrize(
    ("doctor", "told"),
    [("M03", "compté depuis sa signature, le 1er septembre 2024"), ("M01", "l’embauchiez au 1er janvier 2026")],
)
def test_the_page_says_from_when_an_assistant_is_counted(doctor: str, told: str):
    assert told in words(decided(ASSISTANT, doctor)).translate(SPACES)


@pytest.mark.parametrize("tab", ["Intéressement", "Et si…", "Versements reçus", "ROSP"])
def test_each_tab_of_the_income_opens(tab: str):
    app = at_tab(opened("revenu"), tab, "revenu")
    assert not app.exception
    assert app.table or "rien à montrer" in words(app)  # an empty table says so in English


def test_a_list_says_how_many_and_opens_the_calls(practices: Path):
    app = opened("listes", medecin="dr-ardant")
    app.selectbox(key="liste_choisie").set_value("RDV").run()
    listed = economy.lists(open_store(practices), date(2026, 6, 30), "dr-ardant", ["RDV"]).num_rows
    assert f"**{in_words.count(listed, 'patient')}**" in words(app)
    link = next(link for link in app.get("page_link") if "Appeler" in link.proto.label)
    assert "choix=" in link.proto.query_string
    assert "payé" in words(app)


def test_a_list_that_is_asked_for_is_found_without_those_that_are_found_otherwise(monkeypatch: pytest.MonkeyPatch):
    found, asked = economy.lists, []
    monkeypatch.setattr(economy, "lists", lambda *given: asked.append(set(given[3])) or found(*given))
    app = opened("listes", date="2026-05-17", **{"liste-de": "RDV"})
    assert app.selectbox(key="liste_choisie").value == "RDV"
    assert [("RDV" in one, "GL2" in one) for one in asked] == [(True, False)]
    app.selectbox(key="liste_choisie").set_value("GL1").run()
    assert app.selectbox(key="liste_choisie").value == "GL1"
    app = opened("listes", date="2026-05-17")
    everybody = {
        row["list"] for row in found(open_store(data.default_folder()), date(2026, 5, 17), "dr-ardant").to_pylist()
    }
    first = next(one for one in data.list_labels(data.place(data.default_folder())) if one in everybody)
    assert app.selectbox(key="liste_choisie").value == first


def test_no_euro_stands_beside_a_patient_of_a_list():
    app = opened("listes")
    app.selectbox(key="liste_choisie").set_value("RDV").run()
    grid = app.dataframe[0].value
    assert grid.shape[0]
    assert not any("€" in str(cell) for cell in grid.to_numpy().ravel())


def test_the_letters_bands_are_one_click_away(practices: Path):
    app = opened("listes", medecin="dr-ardant")
    app.toggle(key="listes_lettre").set_value(True).run()
    app.selectbox(key="liste_choisie").set_value("RDV").run()
    store = open_store(practices)
    listed = economy.lists(store, date(2026, 6, 30), "dr-ardant", ["RDV"], ["lettre_2022"]).num_rows
    assert f"**{in_words.count(listed, 'patient')}**" in words(app)


@pytest.mark.parametrize("tab", ["Contrat démographique", "Assistant médical", "Capitation"])
def test_each_decision_opens(tab: str):
    app = at_tab(opened("decisions"), tab, "decisions")
    assert not app.exception
    assert not app.error


def test_an_amount_a_patient_moves_the_sentence():
    app = at_tab(opened("decisions"), "Capitation", "decisions")
    before = words(app)
    app.text_input(key="capitation_montant_texte").set_value("120,5").run()
    assert "120,50 € par patient" in words(app).translate(SPACES)
    assert any("120,50" in column for table in app.table for column in table.value.columns)
    assert words(app) != before


@pytest.mark.parametrize("tab", ["Indicateur par indicateur", "Selon la patientèle", "Par contact"])
def test_each_tab_of_the_envelope_opens(tab: str):
    app = at_tab(opened("enveloppe"), tab, "enveloppe")
    assert not app.exception
    assert app.table


def test_the_rules_say_what_cannot_be_computed():
    app = opened("regles")
    assert "n’est pas calculable" in words(app)
    assert "non calculable" in words(app)


def test_what_is_typed_of_the_practice_is_written_and_read_again(own: Path):
    app = opened("cabinet", dossier=str(own), medecin="dr-ardant")
    app.selectbox(key="cabinet_dr-ardant_2026-01-01_contract").set_value("COSCOM")
    app.text_input(key="cabinet_dr-ardant_2026-01-01_donum.teleservices").set_value("65 %")
    app.text_input(key="cabinet_dr-ardant_2026-01-01_contract.received").set_value("25 000")
    app.text_input(key="cabinet_dr-ardant_2026-01-01_contract.signed_on").set_value("2/9/2024")
    app.text_input(key="verse_mois").set_value("2026-04")
    app.text_input(key="verse_euros").set_value("1 234,50")
    next(button for button in app.button if button.label == "Enregistrer").click().run()
    assert not app.exception
    assert not app.error
    found = facts(open_store(own))
    day = (date(2026, 6, 30) - date(1970, 1, 1)).days
    assert found.on("dr-ardant", "contract", day) == "COSCOM"
    assert found.on("dr-ardant", "donum.teleservices", day) == "0.65"
    assert found.on("dr-ardant", "contract.received", day) == "2500000"
    assert found.on("dr-ardant", "contract.signed_on", day) == "2024-09-02"
    assert found.on("dr-ardant", "paid.socle.2026-04", day) == "123450"
    assert stat.S_IMODE((own / FILE).stat().st_mode) == 0o600


def save(app: AppTest) -> AppTest:
    return next(button for button in app.button if button.label == "Enregistrer").click().run()


def field(app: AppTest, key: str, day: str = "2026-01-01"):
    return app.text_input(key=f"cabinet_dr-ardant_{day}_{key}")


def test_a_value_that_cannot_be_is_told_nothing_is_written_and_nothing_typed_is_lost(own: Path):
    app = opened("cabinet", dossier=str(own), medecin="dr-ardant")
    field(app, "optam.taux_depassement").set_value("32 %")
    field(app, "assistant_etp").set_value("beaucoup")
    save(app)
    assert "Attendu : un nombre, comme 0,5." in "\n".join(error.value for error in app.error)
    assert not (own / FILE).exists()
    assert field(app, "optam.taux_depassement").value == "32 %"
    field(app, "assistant_etp").set_value("0,5")
    save(app)
    assert not app.error
    found = facts(open_store(own))
    day = (date(2026, 6, 30) - date(1970, 1, 1)).days
    assert [found.on("dr-ardant", key, day) for key in ("optam.taux_depassement", "assistant_etp")] == ["0.32", "0.5"]


def test_another_day_loses_nothing_and_only_what_was_changed_is_written(own: Path):
    app = opened("cabinet", dossier=str(own), medecin="dr-ardant")
    field(app, "assistant_etp").set_value("1")
    app.date_input(key="cabinet_jour").set_value(date(2024, 9, 1))
    save(app)
    known = tomllib.loads((own / FILE).read_text())["fact"]
    assert [(one["key"], one["value"], one["from_date"]) for one in known] == [("assistant_etp", "1", date(2024, 9, 1))]
    assert field(app, "assistant_etp", "2024-09-01").value == "1"
    app.date_input(key="cabinet_jour").set_value(date(2024, 8, 31))
    save(app)
    assert field(app, "assistant_etp", "2024-08-31").value == ""
    assert len(tomllib.loads((own / FILE).read_text())["fact"]) == 1


@pytest.mark.parametrize(
    ("month", "euros", "told"),
    [("avril", "100", "Un mois, comme 04/2026"), ("13/2026", "100", "mois"), ("", "100", "de quel mois"),
     ("04/2026", "", "dites la somme"), ("04/2026", "-3", "une somme en euros")],
)  # fmt: skip
def test_an_instalment_that_cannot_be_is_told(month: str, euros: str, told: str):
    with pytest.raises(UserError, match=re.compile(told, re.IGNORECASE)):
        cabinet._kept_instalment(month, "socle", euros, is_taken_back=False)


def test_an_instalment_typed_again_takes_the_place_of_the_first_and_can_be_taken_back(tmp_path: Path):
    for euros, day in (("100", date(2026, 1, 1)), ("200", date(2025, 1, 1))):
        said.say(tmp_path, "a", cabinet._kept_instalment("4/2026", "socle", euros, is_taken_back=False), day)
    known = tomllib.loads((tmp_path / FILE).read_text())["fact"]
    assert [(one["key"], one["value"]) for one in known] == [("paid.socle.2026-04", "20000")]
    said.say(tmp_path, "a", cabinet._kept_instalment("4/2026", "socle", "", is_taken_back=True), date(2026, 7, 1))
    assert not tomllib.loads((tmp_path / FILE).read_text()).get("fact")


def test_what_is_taken_back_ends_on_the_eve_and_other_doctors_keep_theirs(tmp_path: Path):
    said.say(tmp_path, "a", {"optam": "true", "msu": "true"}, date(2025, 1, 1))
    said.say(tmp_path, "b", {"optam": "true"}, date(2025, 1, 1))
    said.say(tmp_path, "a", {"optam": ""}, date(2026, 1, 1))
    said.say(tmp_path, "a", {"msu": "false"}, date(2025, 1, 1))
    known = tomllib.loads((tmp_path / FILE).read_text())["fact"]
    rows = {(one["doctor_id"], one["key"]): (one["value"], one.get("to_date")) for one in known}
    assert rows == {
        ("a", "optam"): ("true", date(2025, 12, 31)), ("a", "msu"): ("false", None), ("b", "optam"): ("true", None)
    }  # fmt: skip
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(UserError, match="inconnu"):
        said.say(tmp_path, "a", {"optan": "true"}, date(2025, 1, 1))
    assert (tmp_path / FILE).read_bytes() == before


def test_what_is_noted_of_a_patient_is_kept_and_leaves_the_list(own: Path):
    app = opened("patient", dossier=str(own), medecin="dr-ardant")
    box = next(box for box in app.selectbox if box.label == "Patient")
    old = next(option for option in box.options if option)
    box.set_value(old).run()
    app.selectbox(key="constat_quoi").set_value("tabac")
    app.selectbox(key="constat_choix").set_value("jamais")
    next(button for button in app.button if button.label == "Noter").click().run()
    assert not app.exception
    assert "jamais fumé" in words(app)
    patient = app.session_state["patient"]
    listed = economy.lists(open_store(own), date(2026, 6, 30), "dr-ardant", ["tabac_statut"])["patient_id"].to_pylist()
    assert patient not in listed


def test_an_answer_to_another_question_is_refused(own: Path):
    app = opened("patient", dossier=str(own), medecin="dr-ardant")
    box = next(box for box in app.selectbox if box.label == "Patient")
    box.set_value(next(option for option in box.options if option)).run()
    app.selectbox(key="constat_quoi").set_value("phq2")
    app.text_input(key="constat_nombre").set_value("9")
    next(button for button in app.button if button.label == "Noter").click().run()
    assert "n’est pas une réponse" in "\n".join(error.value for error in app.error)


def test_the_worklist_tells_further_reasons_marked_paid_or_unpaid():
    lines = drawn(opened("prevention", medecin="dr-ardant"))
    marks = {reason["when"].split(",")[0] for line in lines for reason in line["further"]}
    assert marks == {"payé", "non payé"}
    assert not any("€" in reason["label"] + reason["when"] for line in lines for reason in line["further"])


def test_a_reason_is_typeset_as_a_french_text():
    assert in_words.typeset("visites : 4 190 € au plus") == "visites\u00a0: 4\u202f190\u00a0€ au plus"


def test_a_sum_of_the_doctor_is_not_told_as_one_patient():
    lines = [
        IncomeLine("a", 2025, "forfait", name, 3, 7000, 21000, "presse", None, None) for name in ("socle.75", "c2s.c2s")
    ]
    shown = tables.pay(lines, {"socle.75": "75 ans et plus"})
    assert shown["Patients"] == ["3", tables.NONE]
    assert shown["Montant par patient"][1] == tables.NONE
