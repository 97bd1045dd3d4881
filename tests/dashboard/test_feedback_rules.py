"""Rules of feedback to doctors (D3 to D12, D16, D19, D25), each held by what the sobriety page says and draws."""

import json
import re
import shutil
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as strategies
from streamlit.testing.v1 import AppTest

from calculators import french, results, rows
from calculators.records import atc as classes
from calculators.records.store import Store, open_store
from calculators.sobriety import openings as calculated
from calculators.sobriety import peers
from calculators.sobriety import ratio as ratios
from calculators.sobriety.definition import load_definition
from calculators.sobriety.openings import ClassGap, DoctorYear, PatientGap, Share, StratumGap
from calculators.sobriety.peers import Among, Position
from calculators.sobriety.publish import publish
from calculators.sobriety.ratio import Ratio
from calculators.sobriety.reference import Reference, build
from calculators.sobriety.reference_files import Spread
from calculators.sobriety.what_if import Case, Less, what_if
from dashboard import shipped
from dashboard.charts import BLUE, GREY, INK, ORANGE, SKY
from dashboard.sobriety import charts as sobriety_charts
from dashboard.sobriety import in_words as sobriety_words
from dashboard.sobriety import openings as sobriety_openings
from dashboard.sobriety import tables as sobriety_tables
from dashboard.words.drugs import drug_class, family
from tests import practice
from tests.dashboard.opening import MORAL, ROOT, at_tab, opened, unfolded, words
from tests.simulations.coverage import cells
from tests.whole import WHOLE

pytestmark = pytest.mark.slow

YEAR, DOCTORS = 2025, 1000 if WHOLE else 300
PLAIN, LOW, SHORT = "M01", "M10", "M08"
"""Of the shipped practices: an ordinary one, one whose ratio is under 0.8, one with too few patients."""
DEFINITION = load_definition(YEAR)
SPACES = str.maketrans("\u202f\u00a0", "  ")
PALETTE = {BLUE, ORANGE, SKY, GREY, INK}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return results.open_reference(shipped.REFERENCES / str(YEAR))


TABS = ("D’où vient l’écart", "Parmi les confrères", "D’une année à l’autre", "Et si…", "En boîtes")
GAPS, PEERS, _, CHANGES, _ = TABS


@pytest.fixture(scope="module")
def store() -> Store:
    return open_store(shipped.PRACTICES)


@pytest.fixture(scope="module")
def year(store: Store, reference: Reference) -> DoctorYear:
    row, found = results.doctor_year(store, YEAR, reference, PLAIN)
    assert row == rows.only(results.sobriety(store, YEAR, reference, PLAIN), Ratio)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def shipped_practices(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(shipped.PRACTICES))


@pytest.fixture(scope="module")
def page() -> AppTest:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TABLEAU_MT_DOSSIER", str(shipped.PRACTICES))
        st.cache_resource.clear()
        return opened("sobriete", medecin=PLAIN)


@pytest.fixture(scope="module")
def every_tab(page: AppTest) -> str:
    """All that the page says, one tab after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TABLEAU_MT_DOSSIER", str(shipped.PRACTICES))
        return "\n".join(words(at_tab(page, tab, "sobriete")) for tab in TABS)


def row_of(**known: Any) -> Ratio:
    """A row of the ratio of which this is known."""
    return Ratio(**(dict.fromkeys(field.name for field in fields(Ratio)) | known))


def random_doctors(reference: Reference, count: int) -> list[Ratio]:
    """Rows of the ratio of invented doctors: any size, any level, any tail."""
    rng, scale = np.random.default_rng(11), ratios.Scale(reference, DEFINITION)
    known = np.flatnonzero(~np.isnan(scale.norms.mean))
    found = []
    for _ in range(count):
        patients, sigma = int(rng.integers(101, 2500)), rng.uniform(0.5, 2.2)
        stratum = rng.choice(known, patients)
        level = np.exp(rng.normal(0, 0.25)) if rng.random() < 0.9 else 1.0
        cost = level * scale.norms.mean[stratum] * rng.lognormal(-(sigma**2) / 2, sigma, patients)
        cents = np.where(rng.random(patients) < 0.2, 0, np.rint(cost / 0.8)).astype(np.int64)
        one = cells(stratum[None], cents[None], len(scale.strata))
        [row] = scale.rows(one, one, [None], np.array([False]))
        why = ratios._why_no_verdict(row, ratios.Facts(101, 0, 0, 0, None), YEAR, reference, DEFINITION)
        row |= {"year": YEAR, "doctor_id": "ailleurs"}
        ratios._conclude(row, why, DEFINITION)
        found.append(row_of(**row))
    return found


@pytest.mark.slow
def test_d3_sentence_verdict_and_chart_never_contradict_over_hundreds_of_doctors(reference: Reference):
    doctors = random_doctors(reference, DOCTORS)
    points = peers.points(reference).slice(0, 5)
    seen = dict.fromkeys(("au-dessus", "compatible", "en dessous", ""), 0)
    for row in doctors:
        seen[row.verdict] += 1
        agree(row, sobriety_words.ratio(row, DEFINITION))
        limits = peers.funnel(reference, DEFINITION, row.expected_cents)
        [everyone, *_] = rows.read(peers.position(row, None, reference, DEFINITION), Position)
        agree_with_funnel(row, sobriety_tables.funnel_rows(limits, points, row), everyone, reference)
    assert min(seen.values()) > DOCTORS / 50


def agree(row: Ratio, said: str) -> None:
    """The sentence says the number, the side and the verdict of the row, whose columns the chart draws."""
    assert f"**{french.number(row.ratio, 2)}**" in said
    gap = round(100 * (row.ratio - 1))
    assert ("de plus que" in said, "de moins que" in said) == (gap > 0, gap < 0)
    verdict = row.verdict
    assert [word for word in ("**au-dessus de", "**compatible avec", "**en dessous de") if word in said] == (
        [next(w for w in ("**au-dessus de", "**compatible avec", "**en dessous de") if verdict in w)] if verdict else []
    )
    if verdict:
        assert (verdict == "au-dessus") == (row.low_998 > 1)
        assert (verdict == "en dessous") == (row.high_998 < 1)
        assert (gap > 0) if verdict == "au-dessus" else (gap < 0) if verdict == "en dessous" else True
    else:
        assert row.reason
        assert row.reason in said
    assert row.low_998 <= row.low_95 <= row.ratio <= row.high_95 <= row.high_998


def agree_with_funnel(row: Ratio, drawn: pa.Table, everyone: Position, reference: Reference) -> None:
    said = sobriety_words.funnel(drawn, row, everyone)
    lower = (reference.doctors["ratio"].to_numpy() < row.ratio).mean()
    told = re.search(r"(\d+)\u202f% des 2\u202f813\u00a0confrères de la référence ont un ratio plus bas", said)
    assert ("Aucun des" in said, "La totalité des" in said) == (lower == 0, lower == 1)
    assert lower in (0, 1) or (told is not None and abs(int(told[1]) / 100 - lower) <= 0.01)
    assert "la plupart" not in said
    [you] = [point for point in drawn.to_pylist() if point["kind"] == sobriety_charts.YOU]
    assert (you["ratio"], you["expected"]) == (row.ratio, row.expected_cents / 100)
    low, high = (sobriety_words.limit_at(drawn, sobriety_charts.CHANCE, name, you["expected"]) for name in
                 ("low_998", "high_998"))  # fmt: skip
    outside = you["ratio"] < low or you["ratio"] > high
    assert ("hors des limites du hasard" in said) == outside
    assert ("dans les limites du hasard" in said) == (not outside)
    concluded = row.verdict in ("au-dessus", "en dessous")
    assert (sobriety_words.ORDINARY in said) == (outside != concluded)


def test_d4_the_polarity_is_said_and_no_colour_judges(page: AppTest):
    assert sobriety_words.POLARITY in words(page)
    for draw in (sobriety_charts.interval, sobriety_charts.mix, sobriety_charts.contributions, sobriety_charts.funnel,
                  sobriety_charts.before_and_after):  # fmt: skip
        assert set(re.findall(r"#[0-9a-f]{6}", json.dumps(draw()))) <= PALETTE


def test_d5_no_french_string_of_the_program_is_moral():
    files = [file for room in ("dashboard", "calculators") for file in (ROOT / room).rglob("*") if
             file.suffix in (".py", ".toml")]  # fmt: skip
    assert len(files) > 50
    assert [
        (file.name, found.group()) for file in files for found in [MORAL.search(file.read_text("utf-8"))] if found
    ] == []


@given(strategies.floats(0.01, 5), strategies.floats(0.01, 5))
def test_d6_the_verdict_is_one_of_three_words_and_depends_on_the_interval_alone(one: float, other: float):
    low, high = sorted((one, other))
    word = ratios.verdict(low, high)
    assert word in ("au-dessus", "compatible", "en dessous")
    assert (word == "compatible") == (low <= 1 <= high)


def test_d6_a_hundred_patients_or_fewer_have_no_ratio_and_are_told_why():
    app = opened("sobriete", medecin=SHORT)
    seen = re.search(r"Non calculé : (\d+) patients fidèles vus dans l’année, il en faut plus de 100\.", words(app))
    assert seen is not None
    assert int(seen[1]) <= 100
    assert len(app.metric) == 0
    assert len(app.get("vega_lite_chart")) == 0


def test_d7_one_comparator_at_first_the_peers_on_demand_and_an_own_mark_that_stays():
    drawn = {
        encoding["x"]["field"] for layer in sobriety_charts.interval()["layer"] for encoding in [layer["encoding"]]
    }
    assert drawn == {"low_998", "low_95", "expected", "ratio"}  # the expected spend is the one comparator
    app = at_tab(opened("sobriete", medecin=PLAIN), PEERS, "sobriete")
    mark = app.text_input(key="repere_texte")
    assert mark.value == ""
    mark.set_value("1,2").run()
    app.selectbox(key="annee_sobriete").set_value(2024).run()
    app.switch_page("pages/methode.py").run()
    app.switch_page("pages/sobriete.py").run()
    assert app.text_input(key="repere_texte").value == "1,2"
    assert "Repère gardé jusqu’à la fermeture de la page : 1,20." in words(app)


def test_d8_one_period_for_the_headline_the_contributions_and_the_change():
    app = opened("sobriete", medecin=PLAIN)
    unfolded(app.selectbox(key="annee_sobriete").set_value(2024).run())
    assert "En 2024, un ratio de" in words(app)
    assert not re.search(r"(En|de|à|De) 2025", "\n".join(line.value for line in app.markdown))
    row = results.sobriety(
        open_store(shipped.PRACTICES), 2024, results.open_reference(shipped.REFERENCES / "2024"), PLAIN
    )
    [gaps] = [grid.value for grid in app.dataframe if "Écart (€)" in grid.value.columns]
    gap = row["observed_cents"][0].as_py() - round(row["expected_cents"][0].as_py())
    assert round(gaps["Écart (€)"].sum() * 100) == gap


def test_d9_no_verdict_before_twelve_months(reference: Reference, store: Store):
    row = results.sobriety(store, YEAR, reference, PLAIN).to_pylist()[0]
    begun = ratios.Facts(101, 0, 0, 0, installed_day=20_200)  # 22 April 2025
    assert "pas de verdict avant douze mois" in str(ratios._why_no_verdict(row, begun, YEAR, reference, DEFINITION))
    unfinished = results.sobriety(store, 2026, reference, PLAIN, accept_other_year=True).to_pylist()[0]
    assert unfinished["ratio"] is None
    assert "ne couvrent pas toute l’année 2026" in unfinished["reason"]


def test_d10_the_mix_is_beside_the_ratio_and_the_forty_expected_parts_sum_to_the_expected(
    page: AppTest, year: DoctorYear
):
    strata = calculated.by_stratum(year)
    assert strata.num_rows == 40
    assert pc.sum(strata["expected_cents"]).as_py() == round(year.expected_cents)
    assert "Vos patients et ceux de la référence" in words(page)
    traits = sobriety_tables.traits(rows.read(calculated.mix(year), Share))
    assert set(sobriety_tables.trait_rows(traits)["trait"].to_pylist()) >= {"75 ans et plus", "Femmes", "En ALD", "C2S"}


@pytest.mark.parametrize(
    ("part", "kind"), [("by_stratum", StratumGap), ("by_class", ClassGap), ("by_patient", PatientGap)]
)
def test_d11_what_is_shown_sums_to_observed_minus_expected_to_the_cent(part: str, kind: type, year: DoctorYear):
    gaps = getattr(sobriety_tables, part)(rows.read(getattr(calculated, part)(year), kind))
    shown = sobriety_tables.gap_rows(gaps)
    gap = year.observed_cents - round(year.expected_cents)
    assert sum(round(100 * euros) for euros in shown["euros"].to_pylist()) == gap
    assert shown["euros"].to_pylist() == sorted(shown["euros"].to_pylist(), key=lambda euros: -abs(euros))


@pytest.mark.parametrize(("by", "part", "kind"), [
    ("groupe", "by_stratum", StratumGap), ("classe", "by_class", ClassGap), ("patient", "by_patient", PatientGap),
])  # fmt: skip
def test_d11_what_a_bar_opens_to_sums_to_it_to_the_cent(by: str, part: str, kind: type, year: DoctorYear):
    gaps = getattr(sobriety_tables, part)(rows.read(getattr(calculated, part)(year), kind))
    opened_ones = [one for one in gaps if one.id][:50]
    assert opened_ones
    for gap in opened_ones:
        found = sobriety_openings.KINDS[by].made_of(year, gap.id)
        assert sum(one.cents for one in found) == round(100 * gap.observed)
        assert by == "patient" or len(found) == gap.patients


AMOUNTS = re.compile(r"(-?[\d\u202f]+,\d\d)\u00a0€, ")
"""Of the lines; the sentence above them goes on otherwise."""


def test_d11_the_lines_under_an_open_group_add_up_to_what_its_bar_has_observed(year: DoctorYear):
    gap = sobriety_tables.by_stratum(rows.read(calculated.by_stratum(year), StratumGap))[0]
    app = opened("sobriete", medecin=PLAIN, groupe=gap.id)
    links = [link.proto.label for link in app.get("page_link")]
    lines = AMOUNTS.findall("\n".join([*links, *(one.value for one in app.markdown)]))
    assert len(lines) == min(gap.patients, sobriety_openings.LARGEST + 1)
    cents = [round(float(line.replace("\u202f", "").replace(",", ".")) * 100) for line in lines]
    assert sum(cents) == round(100 * gap.observed)
    assert f"{french.euros(sum(cents), 2)} observés" in words(app)
    [listed] = [int(label.split()[1]) for label in links if label.endswith("dans la liste")]
    gone = re.search(r"(\d+)\sautres? n(?:e sont|’est) plus sur la liste", words(app))
    assert listed + int(gone[1] if gone else 0) == gap.patients


def test_d11_an_open_patient_stands_in_the_address_as_a_number_and_opens_to_his_deliveries(year: DoctorYear):
    app = opened("sobriete", medecin=PLAIN, ecart="patient")
    box = app.selectbox(key="patient_ouvert")
    first = box.options[1]
    box.select_index(1).run()
    patient = first.removeprefix("patient ")
    assert f"**Patient {patient}**, {YEAR}" in words(app)
    said = {name: "".join(given) for name, given in app.query_params.items()}
    assert re.fullmatch("[0-9a-f]{16}", said["patient-ouvert"])
    assert not any(patient in one for one in said.values())
    [link] = [link.proto for link in app.get("page_link") if link.proto.label == "Voir ses délivrances, une à une"]
    assert "fiche=" in link.query_string


def test_d12_a_patient_set_aside_needs_a_reason_shows_both_values_and_leaves_a_trace():
    app = at_tab(opened("sobriete", medecin=PLAIN), CHANGES, "sobriete")
    official = app.metric[0].value
    patient = app.selectbox(key="part_patient").options[0]
    app.selectbox(key="part_patient").set_value(patient)
    _press(app, "Mettre à part")
    assert "dites pourquoi" in words(app)
    app.selectbox(key="part_patient").set_value(patient)
    app.text_input(key="part_raison").set_value("soins palliatifs")
    _press(app, "Mettre à part")
    said = words(app)
    assert f"Ratio officiel, avec tous les patients : **{official}**" in said
    assert "Sans 1\u00a0patient mis à part" in said
    assert app.metric[0].value == official
    [trace] = [grid.value for grid in app.dataframe if "Raison" in grid.value.columns]
    assert trace.to_dict("records")[0] | {"Le": ""} == {
        "Patient": patient, "Raison": "soins palliatifs", "Par": PLAIN, "Le": ""
    }  # fmt: skip


def _press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def test_d16_what_is_put_forward_says_out_of_how_many(page: AppTest, year: DoctorYear):
    said = words(page)
    assert f"sur {french.number(year.patients.num_rows)} examinés" in said
    shown = len(sobriety_tables.by_stratum(rows.read(calculated.by_stratum(year), StratumGap)))
    assert f"les 10 plus grands écarts ; la somme des {shown} fait le total" in said


def test_d19_no_more_digits_than_the_data_carry(page: AppTest):
    assert re.fullmatch(r"\d,\d\d", page.metric[0].value)
    text = "\n".join(element.value for kind in (page.markdown, page.caption) for element in kind)
    assert not re.search(r"\d,\d{3}", text)
    estimated = re.findall(r"environ ([\d\u202f]+)\u00a0€", text)
    assert len(estimated) >= 2
    assert all(len(amount.replace("\u202f", "").rstrip("0")) <= 2 for amount in estimated)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (10_772_000.4, "environ 2 400 € de plus que l’attendu, soit environ 3 € par patient"),
        (11_300_000.0, "environ 2 900 € de moins que l’attendu, soit environ 3 € par patient"),
        (10_982_000.0, "environ 300 € de plus que l’attendu, soit moins d’un euro par patient"),
        (11_012_010.0, "autant que l’attendu"),
    ],
)
def test_d19_the_gap_is_rounded_rather_than_what_the_ratio_divides(expected: float, said: str):
    row = row_of(patients=910, observed_cents=11_012_000, expected_cents=expected)
    spaces = str.maketrans("\u202f\u00a0", "  ")
    assert sobriety_words.spending(row, DEFINITION).translate(spaces) == (
        f"Observé : 110 120 €, soit 121 € par patient ; {said}. 910 patients fidèles."
    )


def test_d25_a_low_ratio_is_not_quality_and_no_mark_is_under_the_peers_median():
    app = at_tab(opened("sobriete", medecin=LOW), PEERS, "sobriete")
    assert float(app.metric[0].value.replace(",", ".")) < DEFINITION.under_treatment.ratio_under
    assert "peut aussi traduire un sous-traitement" in words(app)
    assert "Voir les actes à faire" in [link.proto.label for link in app.get("page_link")]
    median = min(float(cell.replace(",", ".")) for cell in _column(app, "La moitié sous") if cell != "–")
    app.text_input(key="repere_texte").set_value(str(round(min(median, 1.0) - 0.02, 2))).run()
    assert app.text_input(key="repere_texte").value == ""
    assert "attendu entre" in words(app)
    assert not re.search(r"objectif\s*[=:]|le plus bas possible", words(app), re.I)
    ordinary = words(opened("sobriete", medecin=PLAIN))
    assert "sous-traitement" not in ordinary


def _column(app: AppTest, name: str) -> list[str]:
    return [cell for table in app.table if name in table.value.columns for cell in table.value[name]]


def test_the_change_the_bonus_and_the_boxes_say_what_they_rest_on(every_tab: str):
    said = every_tab
    assert re.search(r"De 2024 à 2025, le ratio passe de \d,\d\d à \d,\d\d", said)
    assert said.count("hypothèse, source : presse ou syndicat") == 2
    assert "une probabilité n’est ni oui ni non" in said
    assert "14,5 millions de tonnes de CO2" in said
    assert "la source ne dit ni la période" in said


def test_a_small_group_compares_the_doctor_with_the_others_only(every_tab: str, year: DoctorYear):
    assert re.search(r"sur les seuls \d+ autres médecins du département 15, sans vous : ratio de \d,\d\d", every_tab)
    assert sobriety_words.among(Among(None, None, None, "Moins de 5 confrères"), "15") == ""


def test_a_country_of_points_is_thinned_and_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.sobriety.views.MOST_POINTS", 1000)
    assert "Un confrère sur 3, jamais nommé." in words(at_tab(opened("sobriete", medecin=PLAIN), PEERS, "sobriete"))


def test_what_if_moves_the_ratio_and_says_which_share_of_the_gap_it_is(year: DoctorYear):
    app = at_tab(opened("sobriete", medecin=PLAIN), CHANGES, "sobriete")
    now, then = rows.read(what_if(year, [Less(0, long_use=year.definition.what_if[0].id)]), Case)
    moved = f"Le ratio passerait de **{french.number(now.ratio, 2)}** à **{french.number(then.ratio, 2)}**"
    assert moved in words(app)
    assert "l’écart à 1" in words(app)
    app.session_state["et_si_quoi"] = "classe"
    app.session_state["et_si_combien"] = 0.5
    app.run()
    dearest = max(calculated.by_class(year).to_pylist(), key=lambda row: row["observed_cents"])
    assert app.selectbox(key="et_si_classe").value == dearest["atc"]
    assert all(
        re.match(r"[^,]{4,}.*, [A-Z]\d\d[A-Z]{2}\d\d · ", one) for one in app.selectbox(key="et_si_classe").options
    )
    assert french.signed_euros(-dearest["observed_cents"] / 2)[:3] in words(app)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.52, "52\u202f% de l’écart à 1"),
        (1.0, "100\u202f% de l’écart à 1"),
        (2.51, "l’écart à 1 serait plus que comblé"),
        (-0.34, "l’écart à 1 s’élargirait de 34\u202f%"),
    ],
)
def test_the_share_of_the_gap_is_said_in_words_that_hold(share: float, said: str):
    row = Case("now", 1, 100, 1.02, None, None, None, None, share)
    assert f" ; {said}." in sobriety_words.changed([row, row], [None, None])


def test_a_reference_of_another_year_is_refused_unless_asked_for_then_labelled(store: Store):
    app = opened("sobriete", medecin=PLAIN)
    app.text_input(key="dossier_reference").set_value(str(shipped.REFERENCES / "2024")).run()
    assert "La référence est celle de 2024, pas de 2025." in words(app)
    app.toggle(key="autre_annee").set_value(True).run()
    said = words(app)
    assert "Référence de 2024 pour des prescriptions de 2025" in said
    assert "le ratio corrigé serait de" in said
    assert "**compatible" not in said


def test_the_page_names_the_reference_in_use_and_how_far_it_may_be(page: AppTest):
    said = words(page).translate(SPACES)
    assert "Référence 2025 (données fictives). Faite à partir de : Population fictive tirée au hasard" in said
    assert "2 813 médecins, 1 972 722 patients" in said
    assert "peut s’écarter de celle du pays d’environ 0,3 % (écart-type entre médecins, 0,13, divisé par" in said
    assert "Vous n’êtes pas dans cette référence." in said
    assert page.metric[0].label == "Observé / attendu"


@pytest.fixture(scope="module")
def small(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference that the twelve shipped practices make."""
    folder = tmp_path_factory.mktemp("small") / "r"
    build(store, YEAR, DEFINITION, folder, date(2026, 6, 30))
    return folder


def with_reference(folder: Path, doctor: str) -> AppTest:
    app = opened("sobriete", medecin=doctor)
    app.text_input(key="dossier_reference").set_value(str(folder)).run()
    assert [fault.message for fault in app.exception] == []
    return app


def test_who_weighs_much_in_the_reference_reads_his_ratio_without_himself_first(small: Path):
    app = with_reference(small, LOW)
    assert (app.metric[0].label, app.metric[0].value) == ("Observé / attendu, sans vous", "0,65")
    said = "\n".join(words(at_tab(app, tab, "sobriete")) for tab in TABS).translate(SPACES)
    assert "En 2025, sans vous dans la référence, un ratio de **0,65** : 35 % de moins que" in said
    assert "Ratio officiel, vous compris : 0,68." in said
    assert "Intervalle à 95 % : 0,57 à 0,75 ; à 99,8 % : 0,52 à 0,81." in said
    assert "9 % des patients auxquels les vôtres sont comparés sont les vôtres" in said
    assert "Le groupe le moins fourni où vous avez des patients ne compte que 8 patients dans la référence." in said
    assert "11 médecins, 7 907 patients" in said
    assert "d’environ 5 % (écart-type entre médecins, 0,15" in said
    assert "s’il est de 0,10, la fiabilité passe sous 0,70 et rien ne peut être conclu" in said
    assert "supposée (trop peu de médecins pour la mesurer) : écart-type 0,15, de 0,10 à 0,28 d’après elle" in said
    assert "Ce détail est celui du ratio officiel" in said


def test_a_published_copy_draws_no_colleague_and_says_it_cannot_tell_who_is_in_it(tmp_path: Path):
    exact = shutil.copytree(shipped.REFERENCES / str(YEAR), tmp_path / "exacte")
    classes = pq.read_table(exact / "classes.parquet")
    pq.write_table(
        classes.drop_columns("patients"), exact / "classes.parquet"
    )  # older ones: nothing of a class is told
    publish(exact, tmp_path / "copie", DEFINITION)
    app = at_tab(with_reference(tmp_path / "copie", LOW), PEERS, "sobriete")
    said = words(app).translate(SPACES)
    assert "données fictives, copie publiée" in said
    assert "Elle ne dit pas quels médecins l’ont faite" in said
    assert "De 0 % à 5 % des 2 813 confrères de la référence ont un ratio plus bas." in said
    assert "Une copie publiée ne montre aucun confrère." in said
    assert _column(app, "Part sous le vôtre") == ["0\u202f% à 5\u202f%"]
    assert _column(app, "La moitié sous") == ["1,00"]
    at_tab(app, GAPS, "sobriete").segmented_control(key="ecart_par").set_value("classe").run()
    assert "autres classes, que la copie publiée ne détaille pas" in words(app)


def test_a_doctor_of_whom_a_stratum_is_missing_is_told_which_and_shown_a_flagged_ratio(store: Store, tmp_path: Path):
    """The shipped reference without one of its strata, where he has a patient."""
    shutil.copytree(shipped.REFERENCES / str(YEAR), tmp_path / "r")
    strata = pq.read_table(tmp_path / "r" / "strata.parquet")
    pq.write_table(strata.filter(pc.field("stratum") != "17-39 M ALD C2S"), tmp_path / "r" / "strata.parquet")
    app = with_reference(tmp_path / "r", PLAIN)
    said = words(app).translate(SPACES)
    assert (
        "la référence n’a aucun patient dans ces groupes : hommes de 17 à 39 ans, avec ALD, avec C2S (1 patient)."
        in said
    )
    assert re.search(r"À titre indicatif, .* ratio de \*\*1,02\*\* \(intervalle à 95 % : 0,96 à 1,09\)", said)
    assert "Cela concerne 1 patient, moins de 1 % des vôtres." in said
    assert "il n’y a pas de conclusion" in said
    assert "référence plus large" in said
    assert len(app.metric) == 0


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"own_weight": None}, "Elle ne dit pas quels médecins"),
        ({"own_weight": 0.0}, "Vous n’êtes pas dans cette référence."),
        ({"own_weight": 0.004, "ratio": 0.9, "ratio_without_self": 0.89}, "0,4 % des patients auxquels les vôtres"),
        ({"own_weight": 0.004, "ratio": 0.9, "ratio_without_self": 0.89}, "Sans vous, le ratio serait de 0,89."),
        ({"own_weight": 0.3, "ratio": 0.9}, "30 % des patients auxquels les vôtres sont comparés sont les vôtres."),
    ],
)
def test_the_own_weight_is_said_in_words(known: dict, said: str):
    assert said in sobriety_words.own_weight(row_of(**known), DEFINITION).translate(SPACES)


@pytest.mark.parametrize(("patients", "told"), [(None, False), (0, False), (1, True), (19, True), (20, False)])
def test_a_group_the_reference_hardly_knows_is_told(patients: int | None, told: bool):
    said = sobriety_words.smallest_stratum(row_of(smallest_stratum=patients), DEFINITION)
    assert (f"que {french.count(patients or 0, 'patient')} dans la référence" in said) == told == bool(said)


def test_an_absent_verdict_that_hangs_on_tau_says_what_it_would_be():
    limits = {"low_95": 1.2, "high_95": 2.1, "low_998": 1.1, "high_998": 2.4}
    row = row_of(
        ratio=1.6, se=0.12, reliability=0.61, verdict="", reason_code="low_reliability", own_weight=0.0, tau=0.15,
        tau_low=0.1, tau_high=0.3, **limits,
    )  # fmt: skip
    said = sobriety_words.hangs_on_tau(row, DEFINITION)
    assert "s’il est de 0,30, la fiabilité atteint 0,70 et le ratio est au-dessus de l’attendu" in said
    assert sobriety_words.hangs_on_tau(replace(row, tau_high=0.16), DEFINITION) == ""


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "Aucun des 505 confrères de la référence n’a un ratio plus bas."),
        (0.002, "Moins de 1 % des 505 confrères de la référence ont un ratio plus bas."),
        (0.42, "42 % des 505 confrères de la référence ont un ratio plus bas."),
        (0.998, "Plus de 99 % des 505 confrères de la référence ont un ratio plus bas."),
        (1.0, "La totalité des 505 confrères de la référence a un ratio plus bas."),
    ],
)
def test_how_many_colleagues_are_below_is_read_off_their_ratios(share: float, said: str):
    place = Position("everyone", "", 505, share, share, share, 0.9, 1.0, 1.1, "")
    assert sobriety_words.below(place).translate(SPACES) == said
    [cell] = sobriety_words.peers_table([place])["Part sous le vôtre"]
    assert cell.translate(SPACES).lower() in said.lower() or share in (0, 1)


@pytest.mark.parametrize(
    ("doctors", "basis", "tau", "said"),
    [
        (11, "supposé", 0.15, "supposée (trop peu de médecins pour la mesurer) : écart-type 0,15"),
        (60, "supposé", 0.15, "supposée (l’estimation est nulle, ce que si peu de médecins n’établissent pas)"),
        (300, "estimé", 0.12, "mesurée sur la référence : écart-type 0,12"),
    ],
)
def test_how_tau_is_known_is_said(doctors: int, basis: str, tau: float, said: str):
    assert said in sobriety_words.spread(Spread(tau, basis, None, None), doctors, DEFINITION)


def test_the_history_of_one_patient_has_no_ratio_and_says_so_first(record: Path):
    app = opened("sobriete", dossier=str(record))
    assert "l’historique d’un seul patient" in words(app)
    assert len(app.metric) == 0


def test_a_year_the_data_do_not_cover_names_the_nearest_one(tmp_path: Path):
    folder = practice.write(
        tmp_path / "d", practice.dataset(synthetic=False, covers_from=date(2025, 3, 1), covers_to=date(2026, 6, 30)),
        patients=[("p1", "1970-01-11", "F"), ("p2", "1970-01-11", "F")], acts=[], deliveries=[], ald=[], c2s=[],
    )  # fmt: skip
    said = words(opened("sobriete", dossier=str(folder)))
    assert "ne couvrent pas toute l’année" in said
    assert "Aucune année n’est complète dans ces données." in said
    assert sobriety_words.nearest_year(2024) == "L’année complète la plus proche dans ces données est 2024."


def test_a_source_without_amounts_is_told_how_to_price(record: Path):
    app = opened("sobriete", dossier=str(record))
    assert "base de données publique des médicaments" in words(app)


@pytest.mark.parametrize(
    ("traits", "said"),
    [
        (
            [("75 ans et plus", 0.28, 0.26), ("En ALD", 0.25, 0.24), ("C2S", 0.05, 0.11)],
            ["C2S (5\u202f%, référence 11\u202f%)"],
        ),
        ([("75 ans et plus", 0.28, 0.26), ("Femmes", 0.52, 0.53)], []),
        ([("75 ans et plus", 0.28, 0.20), ("C2S", 0.05, 0.11)], ["C2S (5\u202f%", "75 ans et plus (28\u202f%"]),
        ([("C2S", 0.0, 0.11)], ["C2S (0\u202f%"]),
    ],
)
def test_what_sets_the_patients_apart_is_what_is_really_apart(traits: list, said: list[str]):
    sentence = sobriety_words.mix([sobriety_tables.Trait(*one) for one in traits], 700, DEFINITION)
    assert [sentence.find(one) for one in said] == sorted(sentence.find(one) for one in said)
    assert all(one in sentence for one in said)
    assert sentence.count(", référence ") == len(said)
    assert ("aucun groupe" in sentence) == (not said)


def test_on_a_short_list_chance_alone_sets_nobody_apart():
    trait = sobriety_tables.Trait("C2S", 0.05, 0.09)
    assert [("aucun groupe" in sobriety_words.mix([trait], n, DEFINITION)) for n in (101, 700)] == [True, False]


def test_a_drug_class_is_never_a_code_alone():
    """Every class of the shipped references has a name; another one its product, or its family."""
    known = {
        atc
        for year in (2024, 2025)
        for atc in results.open_reference(shipped.REFERENCES / str(year)).scope["atc"].to_pylist()
    }
    assert [atc for atc in sorted(known) if classes.name(atc) is None or classes.group(atc) is None] == []
    assert drug_class("N02BE01", {}) == "paracétamol, N02BE01"
    assert family("N02BE01") == "antalgiques"
    assert drug_class("N02BG99", {}) == "antalgiques, N02BG99"
    assert drug_class("N02BG99", {"N02BG99": "NOUVEAU 10 mg"}) == "classe de NOUVEAU 10 mg, N02BG99"
    assert drug_class("Z99ZZ99", {}) == "classe sans nom connu, Z99ZZ99"


def test_the_products_of_a_folder_are_those_of_its_drugs(tmp_path: Path):
    rows = [
        ("3400930000001", "N02BG99", "B 10 mg", 100),
        ("3400930000002", "N02BG99", "A 10 mg", 100),
        ("3400930000003", None, "C", 1),
    ]
    folder = practice.write(tmp_path / "d", patients=[("p1", "1970-01-11", "F")], drugs=rows)
    assert classes.products(folder) == {"N02BG99": "A 10 mg"}
    assert classes.products(tmp_path) == {}


def test_peers_are_shown_from_five_on(reference: Reference):
    row = row_of(ratio=1.0, patients=700, doctor_id="", expected_cents=1.0)
    for count, shown in ((4, False), (5, True)):
        few = replace(reference, doctors=reference.doctors.slice(0, count))
        rule = DEFINITION.model_copy(update={"peers": DEFINITION.peers.model_copy(update={"list_from": (0,)})})
        table = sobriety_words.peers_table(rows.read(peers.position(row, None, few, rule), Position))
        assert [text != "–" for text in table["La moitié sous"]] == [shown, shown]
        assert [("Moins de 5 confrères" in text) for text in table["Remarque"]] == [not shown, not shown]
