"""The page of the pay: its range, its months, the other agreements, what is assumed, what one more point is worth."""

import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from calculators import french, results, rows
from calculators.forfait.instalments import Instalment, payment_calendar
from calculators.forfait.leaving import SoonUnseen
from calculators.forfait.pay import PayLine, pay_lines, total_cents
from calculators.forfait.version import load_version
from calculators.records.store import open_store
from dashboard import data, shipped
from dashboard.forfait import in_words, tables
from dashboard.words import pay_lines as pay_lines_in_words
from tests import practice
from tests.dashboard.opening import at_tab, opened, unfolded, words

pytestmark = pytest.mark.slow

SIGNED, OLD = load_version("convention_2024"), load_version("fpmt_2024")
DOCTOR = "dr-ardant"


@pytest.fixture(autouse=True)
def own_practices(monkeypatch: pytest.MonkeyPatch, practices: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))


def cents(text: str) -> int:
    return round(100 * float(re.sub(r"[^\d,−]", "", text).replace(",", ".").replace("−", "-")))


def lines(practices: Path, version=SIGNED, **entered: int) -> pa.Table:
    store = open_store(practices)
    done = results.validated(store, version, 2026, DOCTOR)
    return pay_lines(store, version, 2026, done, DOCTOR, with_means=True, entered=entered)


def table(app, column: str):
    return next(one.value for one in app.table if column in one.value.columns)


def test_the_three_assumptions_on_the_indicators_are_named_and_today_is_the_total():
    app = unfolded(opened("forfait"))
    shown = table(app, "Hypothèse")
    assert shown["Hypothèse"].tolist() == ["Ce qui est acquis", "Taux nationaux", "Cibles"]
    assert shown["Total de l’année"][0] == app.metric[0].value


def test_the_steps_of_the_waterfall_end_at_the_total():
    steps = tables.waterfall({"socle": 1_000_00, "c2s": 50_05}).to_pylist()
    assert [(row["start"], row["end"]) for row in steps] == [(0, 1000), (1000, 1050.05), (0, 1050.05)]


def test_the_months_sum_to_what_is_paid_in_all_to_the_cent(practices: Path):
    given = lines(practices)
    drawn = tables.months(rows.read(payment_calendar(given, SIGNED), Instalment)).to_pylist()
    assert sum(round(100 * row["euros"]) for row in drawn) == total_cents(given)
    assert drawn[0]["month"] == "avr. 2026"
    assert drawn[-1]["month"] == "avr. 2027"


def test_what_moved_line_by_line_sums_to_the_difference_of_the_totals(practices: Path):
    before, after = lines(practices, OLD), lines(practices)
    found = tables.moved(results.across({OLD.id: before, SIGNED.id: after}), (OLD, SIGNED), {})
    gap = total_cents(after) - total_cents(before)
    exported = pay_lines_in_words.exported(found)
    assert (
        sum(round(100 * row["Écart (€)"]) for row in exported.to_pylist()) == sum(one.gap_cents for one in found) == gap
    )
    printed = pay_lines_in_words.printed(found)
    assert sum(cents(text) for text in printed["Écart"][:-1]) == cents(printed["Écart"][-1]) == gap
    assert printed["Ligne"].count("indicateurs de prévention validés") == 1


def test_what_the_doctor_was_really_paid_takes_the_place_of_the_means(practices: Path):
    app = at_tab(opened("forfait"), "Autres accords")
    app.text_input(key="saisi_rosp_texte").set_value("7 000 €").run()
    shown = table(app, "Accord").set_index("Accord")
    assert cents(shown.loc[OLD.label, "ROSP"]) == 7_000_00
    assert cents(shown.loc[OLD.label, "Forfait structure"]) == 4_180_00
    assert cents(re.sub(r"\*", "", shown.loc[OLD.label, "Total"])) == total_cents(lines(practices, OLD, rosp=7_000_00))
    again = table(at_tab(at_tab(app, "Mois par mois"), "Autres accords"), "Accord").set_index("Accord")
    assert cents(again.loc[OLD.label, "ROSP"]) == 7_000_00


def test_every_open_point_has_its_default_its_other_reading_and_the_euros_it_moves():
    shown = table(at_tab(opened("forfait"), "Ce qui est supposé"), "Point ouvert")
    assert set(shown["Point ouvert"]) == {point.label for point in SIGNED.open_point}
    assert [abs(cents(text)) for text in shown["Ce qu’elle change"]] == sorted(
        (abs(cents(text)) for text in shown["Ce qu’elle change"]), reverse=True
    )


def test_patients_soon_not_seen_are_a_number_and_nobody_is_named():
    said = words(opened("forfait"))
    assert "20 à 24 mois" in said
    assert not re.search(r"\bard-\d{3}\b", said)


def test_when_last_contacts_are_not_known_it_is_said():
    assert "ne disent pas" in in_words.unseen_in_words(None)
    assert in_words.unseen_in_words([]).startswith("Aucun patient")


def test_the_sentence_on_patients_soon_not_seen_counts_what_falls_before_the_next_list():
    months = [SoonUnseen(date(2026, 8, 1), True, 2, 10_000), SoonUnseen(date(2027, 1, 1), False, 1, 5_000)]
    said = in_words.unseen_in_words(months)
    assert "**3\u00a0patients**" in said
    assert "août 2026 : 2, janv. 2027 : 1" in said
    assert "perd 100\u00a0€" in said


def test_one_more_point_is_worth_a_hundredth_of_the_patients_concerned():
    app = at_tab(opened("forfait"), "Un point de plus")
    shown = table(app, "Un point de plus (€)")
    for row in shown.to_dict("records"):
        patients = int(re.sub(r"\D", "", row["Patients concernés"]))
        assert cents(row["Un point de plus (€)"]) == 5 * patients


def money(text: str) -> int:
    return cents(text.split(":")[-1])


def test_the_three_figures_of_the_year_are_those_of_the_command(practices: Path):
    app = opened("forfait")
    store = open_store(practices)
    shown = {metric.label: cents(metric.value) for metric in app.metric}
    for state, label in (("acquis", "Acquis 2026"), ("tendance", "Tendance 2026"), ("plein", "Possible 2026")):
        whole = total_cents(results.pay(store, SIGNED, 2026, DOCTOR, state))
        assert shown[label] == round(whole, -2)
        app.segmented_control(key="chiffre").set_value(state).run()
        total = next(metric for metric in app.metric if metric.label == "Total 2026")
        assert cents(total.value) == round(whole, -2)
        assert cents(table(app, "Ligne")["Somme"].iloc[-1]) == whole
    assert shown["Acquis 2026"] < shown["Tendance 2026"] <= shown["Possible 2026"]
    said = f"« Possible » ({french.euros(total_cents(results.pay(store, SIGNED, 2026, DOCTOR, 'plein')))}) va au-delà"
    assert french.plain(said) in french.plain(words(app))


def test_what_is_possible_is_told_apart_from_the_targets_only_where_it_is_beyond_them():
    totals = {"today": 100_00, "national": 200_00, "target": 300_00}
    assert "(400 €)" in french.plain(in_words.beyond_targets(400_00, totals))
    assert in_words.beyond_targets(300_00, totals) == ""


def test_of_a_finished_year_one_figure_is_shown():
    app = opened("forfait", date="2025-12-31")
    assert [metric.label for metric in app.metric] == ["Total 2025"]
    assert not [one for one in app.get("segmented_control") if one.key == "chiffre"]


def test_the_first_page_shows_the_three_figures_of_the_year_to_two_figures(practices: Path):
    app = opened("aujourdhui")
    store = open_store(practices)
    shown = {metric.label: metric.value for metric in app.metric}
    for state, label in (("acquis", "Acquis"), ("tendance", "Tendance"), ("plein", "Possible")):
        whole = total_cents(results.pay(store, SIGNED, 2026, DOCTOR, state))
        assert abs(money(shown[label]) - whole) < 0.05 * whole
    assert any(caption.value.startswith("Environ.") for caption in app.caption)
    assert [one.label for one in opened("aujourdhui", date="2025-12-31").metric if "20" not in one.label] == ["Total"]


def test_the_export_says_which_figure_it_is(practices: Path):
    given = rows.read(results.pay(open_store(practices), SIGNED, 2026, DOCTOR, "tendance"), PayLine)
    summed = tables.by_line(given, SIGNED, {})
    exported = tables.exported(summed, DOCTOR, 2026, SIGNED, "tendance")
    assert set(exported["Chiffre"].to_pylist()) == {"Tendance"}
    assert exported.column_names[-1] == "Chiffre"


def made(folder: Path, doctor: dict, patients: int, **tables: object) -> Path:
    """A practice of one doctor and some patients of forty, seen in June 2025."""
    people = [(f"p{n}", "1986-06-01", "F") for n in range(patients)]
    acts = [(name, "2025-06-01", "ngap", "G", 1, "d1", "01") for name, *_ in people]
    held = [(name, "d1", "2018-01-01") for name, *_ in people]
    about = practice.dataset(covers_from=date(2018, 1, 1), covers_to=date(2026, 6, 30))
    return practice.write(folder, about, doctors=[{"doctor_id": "d1"} | doctor], patients=people, registrations=held,
                          acts=acts, **tables)  # fmt: skip


@pytest.mark.parametrize("page", ["forfait", "aujourdhui", "scenarios"])
def test_no_pay_is_drawn_from_one_patient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(made(tmp_path / "un", {}, 1)))
    app = opened(page)
    assert list(app.exception) == []
    assert re.search("n’a qu’un patient|d’un seul patient", words(app))
    assert not [metric for metric in app.metric if "€" in metric.value]
    assert not app.get("vega_lite_chart") or page == "aujourdhui"


def test_an_agreement_of_other_years_is_said_before_any_figure(practices: Path):
    app = opened("forfait")
    app.selectbox(key="accord_forfait").set_value("fpmt_2024").run()
    [said] = [one.value for one in app.warning if "s’applique jusqu’en 2025" in one.value]
    assert "choisissez l’année 2025 ou « Convention médicale 2024" in said


def test_a_doctor_of_sector_2_is_told_why_and_may_simulate_optam(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(made(tmp_path / "s2", {"sector": "2"}, 30)))
    app = opened("forfait")
    assert any("Secteur 2 sans OPTAM" in one.value for one in app.info)
    assert list(app.metric) == []
    app.toggle(key="comme_si_optam").set_value(True).run()
    assert [(metric.label, cents(metric.value)) for metric in app.metric] == [("Simulation 2026", 30 * 500)]
    assert "Secteur 2 sans OPTAM" in words(opened("aujourdhui"))


def test_a_majoration_that_a_contract_would_take_is_said_and_priced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(made(tmp_path / "zip", {"zone": "zip"}, 30)))
    said = next(one.value for one in opened("forfait").info if "contrat démographique" in one.value)
    assert "CAIM, COSCOM ou COTRAM" in said
    assert "15\u00a0€" in said  # a tenth of 150 euros
    known = made(tmp_path / "dit", {"zone": "zip"}, 30, practice_facts=[("d1", "contract", "CSTM", "2020-01-01")])
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(known))
    assert not [one for one in opened("forfait").info if "contrat démographique" in one.value]


def test_items_of_donum_that_are_ticked_take_the_place_of_the_share(practices: Path):
    app = at_tab(opened("forfait"), "Autres accords")
    for item in ("dpi_segur_lap", "sesam_add8_app_cv", "teleservices", "dmp_ordonnance"):
        app.checkbox(key=f"donum_{item}").check()
    app.run()
    shown = table(app, "Accord").set_index("Accord")
    assert cents(shown.loc[SIGNED.label, "DONUM"]) == 2_380_00
    app = at_tab(at_tab(app, "Mois par mois"), "Autres accords")
    assert app.checkbox(key="donum_dpi_segur_lap").value
    untouched = at_tab(opened("forfait"), "Autres accords")
    assert cents(table(untouched, "Accord").set_index("Accord").loc[SIGNED.label, "DONUM"]) == 1_470_00


def test_a_line_of_the_pay_opens_to_its_patients_and_to_no_amount_of_theirs():
    app = opened("forfait", medecin="M01", date="2026-06-30", dossier=str(shipped.PRACTICES))
    lines = data.pay_lines(app.session_state["choice"].place, "M01", 2026, app.selectbox(key="accord_forfait").value)
    first = next(one for one in lines if one.patient_id and one.part == "socle")
    app.selectbox(key="ligne_ouverte").set_value(f"socle {first.line}").run()
    [link] = [link for link in app.get("page_link") if "dans la liste" in link.proto.label]
    patients = {one.patient_id for one in lines if (one.part, one.line) == ("socle", first.line)}
    place, listed = app.session_state["choice"].place, app.session_state["choice"].as_of
    still = patients & {one.patient_id for one in data.roster(place, "M01", listed)}
    assert re.sub(r"\D", "", link.proto.label) == str(len(still))
    assert len(still) == len(patients) or f"{french.number(len(patients - still))}\u00a0autre" in words(app)
    assert re.search("choix=[0-9a-f]{16}", link.proto.query_string)
    assert "€" not in link.proto.label
