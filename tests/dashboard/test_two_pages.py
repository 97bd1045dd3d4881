"""What a doctor takes away: two pages that say what the screen says and name no patient, and one for his peers that names
nobody and shows no number of 1 to 10 patients."""

import json
from datetime import date
from pathlib import Path

import pytest
import typst

from calculators.records import roster
from calculators.records.store import open_store
from dashboard import data, pictures, two_pages
from dashboard.charts import GREY
from dashboard.pages import _bilan
from dashboard.prevention import charts, declaring, tables
from dashboard.two_pages import Content, Rates
from dashboard.widgets import Choice
from tests import practice

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("kept_caches")]


@pytest.fixture(autouse=True)
def nothing_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the doctor declares is read from his session."""
    monkeypatch.setattr(declaring, "said", lambda choice: ())


def of(folder: Path, doctor: str | None = None) -> Choice:
    here = data.place(folder)
    return Choice(here, doctor or data.doctors(here)[0], data.last_day(here))


def given_to_typst(monkeypatch: pytest.MonkeyPatch, choice: Choice, setting=_bilan.setting) -> dict[str, bytes]:
    """The files the document is set from."""
    given: dict[str, bytes] = {}
    monkeypatch.setattr(typst, "compile", lambda told, **_: given.update(told) or b"")
    setting(choice)()
    return given


def test_there_are_two_pages_for_a_practice_and_for_one_patient_alone(practices: Path, record: Path):
    for folder in (practices, record):
        made = _bilan.setting(of(folder))()
        assert made.startswith(b"%PDF-")
        assert b"/Type/Pages/Count 2/" in made
        assert b"pdfuaid" in made


def test_they_say_the_period_the_source_and_the_limits_and_no_patient(practices: Path, monkeypatch: pytest.MonkeyPatch):
    choice = of(practices)
    given = given_to_typst(monkeypatch, choice)
    told = json.loads(given["content.json"])
    text = given["content.json"].decode() + "".join(given[name].decode() for name in given if name.endswith(".svg"))
    patients = roster.roster(open_store(practices), choice.doctor, choice.as_of)["patient_id"].to_pylist()
    assert patients
    assert [one for one in patients if one in text] == []
    assert told["fictive"]
    assert "extraites le" in told["about"]
    assert told["source"].startswith("Source : tableau-mt")
    assert len(told["method"]) == 3
    assert told["parts"][-1][0] == "Total"
    rates = data.rates(choice.place, choice.doctor, choice.as_of, data.preferred_set(choice.place))
    assert [label for label, _ in told["rates"]] == [one.label for one in rates if one.concerned]
    assert {name for name, one in told["charts"].items() if one} == {"prevention", "ratio", "pay"}


def test_one_record_alone_has_neither_ratio_nor_pay_drawn(record: Path, monkeypatch: pytest.MonkeyPatch):
    told = json.loads(given_to_typst(monkeypatch, of(record))["content.json"])
    assert {name for name, one in told["charts"].items() if one} == {"prevention"}
    assert told["parts"] == []
    assert told["ratio"]
    assert told["pay"]


def test_a_hostile_title_is_text():
    hostile = "#panic() *a* $ @b \\ <c> [d] `e` \x07"
    content = Content(
        doctor=hostile, as_of=date(2026, 6, 30), dataset=practice.dataset(title=hostile), standing=hostile,
        actions=[hostile] * 3, rates=Rates(["Taux"], [(hostile, [hostile])]), ratio=hostile, pay=hostile,
        pay_limits=hostile,
    )  # fmt: skip
    assert two_pages.pdf(content, hostile, [(hostile, 1)], {}, date(2026, 11, 26)).startswith(b"%PDF-")


def test_on_paper_what_is_unknown_is_nearly_white():
    paper = json.dumps(pictures.recoloured(charts.statuses(), {GREY: two_pages.PALE}))
    assert GREY in json.dumps(charts.statuses())
    assert GREY not in paper
    assert two_pages.PALE in paper


def test_the_page_for_the_group_is_one_and_says_of_nobody_whose_it_is(practices: Path, monkeypatch: pytest.MonkeyPatch):
    choice = of(practices)
    made = _bilan.sheet(choice)()
    assert b"/Type/Pages/Count 1/" in made
    assert b"pdfuaid" in made
    given = given_to_typst(monkeypatch, choice, _bilan.sheet)
    told = json.loads(given["content.json"])
    text = given["content.json"].decode() + "".join(given[name].decode() for name in given if name.endswith(".svg"))
    patients = roster.roster(open_store(practices), choice.doctor, choice.as_of)["patient_id"].to_pylist()
    title = data.dataset(choice.place).title
    assert [one for one in [*patients, choice.doctor, title] if one in text] == []
    assert told["fictive"]
    assert "extraites le" in told["about"]
    assert {name for name, one in told["charts"].items() if one} == {"prevention", "ratio"}
    assert told["questions"]


def test_no_number_of_1_to_10_patients_leaves_in_the_page_for_the_group(
    practices: Path, monkeypatch: pytest.MonkeyPatch
):
    choice = of(practices)
    told = json.loads(given_to_typst(monkeypatch, choice, _bilan.sheet)["content.json"])
    rates = data.rates(choice.place, choice.doctor, choice.as_of, data.preferred_set(choice.place))
    few = {rate.label for rate in rates if any(0 < n <= 10 for n in (rate.up_to_date, rate.due, rate.unknown))}
    assert few
    masked = {label for label, cells in told["rates"] if "masqué" in cells}
    assert few <= masked
    shown = [cell for _, cells in told["rates"] for cell in cells[:-1] if cell not in ("masqué", "0")]
    assert min(int(cell.replace("\u202f", "")) for cell in shown) > 10
    drawn = _bilan._prevention(tables.shareable(rates))["prevention"].rows
    assert not few & set(drawn["label"].to_pylist())
    assert not [label for label in masked if f"**{label}**" in json.dumps(told["questions"], ensure_ascii=False)]


def test_the_page_for_the_group_of_one_patient_gives_no_number(record: Path, monkeypatch: pytest.MonkeyPatch):
    told = json.loads(given_to_typst(monkeypatch, of(record), _bilan.sheet)["content.json"])
    assert {cell for _, cells in told["rates"] for cell in cells[:-1]} <= {"masqué", "0"}
    assert [one for one in told["charts"].values() if one] == []
