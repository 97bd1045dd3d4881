"""The guided cases: their files, and that their answers are those of the data, counted again without the program's lists."""

import re
from datetime import date
from itertools import pairwise

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from calculators import french, rows
from calculators.errors import UserError
from calculators.pertinence import avoid
from calculators.prevention.assess import Verdict
from dashboard import data, shipped
from dashboard.atelier import answers, handout, views
from dashboard.atelier.cases import FOLDER, Case, cases
from dashboard.atelier.classroom import Classroom, Screen, grid
from dashboard.widgets import Choice
from tests.dashboard.opening import MORAL, PAGES

pytestmark = pytest.mark.slow
OF = ["M03", "M08", "M09", "M10"]
"""A usual practice, one that is too small for a ratio, one above and one below."""


@pytest.fixture(scope="module", params=OF)
def choice(request: pytest.FixtureRequest) -> Choice:
    place = data.place(shipped.PRACTICES)
    return Choice(place, request.param, data.last_day(place))


def said(case: str, choice: Choice) -> str:
    return " ".join(answers.answer(cases()[case], choice).says)


def verdicts(choice: Choice) -> list[Verdict]:
    return rows.read(
        data.prevention(choice.place, choice.doctor, choice.as_of, data.preferred_set(choice.place)), Verdict
    )


def test_there_are_ten_each_with_a_page_that_exists():
    assert [one.rank for one in cases().values()] == list(range(1, 11))
    assert set(cases()) == {file.stem for file in FOLDER.glob("*.toml")}
    assert all(one.rank < other.rank for one, other in pairwise(cases().values()))
    for one in cases().values():
        assert views.PAGES[one.page] in PAGES[one.page]
        assert not MORAL.search(" ".join([one.title, one.idea, one.question, one.look, *one.discussion]))


def test_every_answer_is_computed_and_says_which_opinion_is_right(choice: Choice):
    for case in cases().values():
        found = answers.answer(case, choice)
        assert found.says
        assert (found.right in case.choices) if case.choices else not found.right


def test_a_case_without_its_agreements_or_with_an_unknown_answer_is_a_mistake():
    whole = cases()["qui_perd"].model_dump()
    with pytest.raises(ValueError, match="versions"):
        Case.model_validate(whole | {"versions": None})
    with pytest.raises(ValueError, match="answer"):
        Case.model_validate(whole | {"answer": "other"})


def test_the_first_calls_are_due_and_possible_on_the_day(choice: Choice):
    due = {(one.patient_id, one.indicator): one for one in verdicts(choice) if one.status == "due"}
    labels = {label.lower(): key for key, label in data.labels(choice.place).items()}
    told = [
        re.match(r"\*\*(\S+)\*\*, \d+\sans : (.+)", one)
        for one in answers.answer(cases()["premiers_appels"], choice).says[:3]
    ]
    assert all(told)
    for one in told:
        acts = [key for label, key in labels.items() if label in one[2].lower() and (one[1], key) in due]
        assert acts
        assert all(due[one[1], key].actionable_on <= choice.as_of for key in acts)


def test_the_fragile_rate_is_the_one_with_the_fewest_patients(choice: Choice):
    known: dict[str, list[str]] = {}
    for one in verdicts(choice):
        if one.status in ("due", "up_to_date"):
            known.setdefault(one.indicator, []).append(one.status)
    fewest = min(len(statuses) for statuses in known.values())
    found = re.match(r"\*\*(.+)\*\* : (\d+)\spatients? sur (\d+)", said("taux_fragile", choice))
    key = {label: key for key, label in data.labels(choice.place).items()}[found[1]]
    assert (len(known[key]), known[key].count("up_to_date"), int(found[3])) == (fewest, int(found[2]), fewest)


def test_the_unseen_are_those_of_the_list_with_something_due(choice: Choice):
    seen = {one.patient_id: one.last_seen_on for one in data.roster(choice.place, choice.doctor, choice.as_of)}
    limit = date(choice.as_of.year - 2, choice.as_of.month, choice.as_of.day)
    due = [one.patient_id for one in verdicts(choice) if one.status == "due"]
    gone = [one for one in due if seen[one] is None or seen[one] < limit]
    text = said("jamais_revus", choice)
    assert int(re.match(r"\*\*(\d+)", text)[1]) == len(set(gone))
    assert f"{len(gone)}\u202factes manquants" in text or f"{len(gone)}\xa0actes manquants" in text


def grouped(choice: Choice) -> set[str]:
    """Patients of the list whose blood group was determined in the ten years before, by the tables themselves."""
    blood = (pc.field("system") == "nabm") & (pc.field("code") == "1140")
    acts = pq.read_table(f"{shipped.PRACTICES}/acts.parquet", filters=blood).to_pylist()
    listed = {one.patient_id for one in data.roster(choice.place, choice.doctor, choice.as_of)}
    since = choice.as_of.replace(year=choice.as_of.year - 10)
    return {one["patient_id"] for one in acts if since <= one["date"] <= choice.as_of} & listed


def test_what_is_not_to_be_done_again_is_counted_over_the_lines_of_the_records(choice: Choice):
    text, found = said("ne_pas_refaire", choice), data.to_avoid(choice.place, choice.doctor, choice.as_of)
    of: dict[str, set[str]] = {}
    for one in found:
        of.setdefault(one.rule, set()).add(one.patient_id)
    most = max(of, key=lambda rule: len(of[rule]))
    everybody = set().union(*of.values())
    label, number, among = re.match(r"Le plus fréquent : \*\*(.+?)\*\*, chez (\d+) des (\d+)\s", text).groups()
    assert (label, int(number), int(among)) == (avoid.rules()[most].label, len(of[most]), len(everybody))
    assert f"groupe sanguin déjà déterminé ({len(grouped(choice))})" in text
    latest = re.search(r"Sa ligne la plus récente : \*\*(\S+)\*\*, dernière fois le (.+?)\.", text)
    last = {one.patient_id: one.last_on for one in found if one.rule == most}
    assert latest[2] == french.day(last[latest[1]]) == french.day(max(last.values()))
    assert f"**aucune** sur {len(found)}" in text
    assert "sauf indication" in cases()["ne_pas_refaire"].trap


def test_a_practice_without_such_a_line_is_told_so(monkeypatch: pytest.MonkeyPatch, choice: Choice):
    monkeypatch.setattr(data, "to_avoid", lambda *_: [])
    assert said("ne_pas_refaire", choice) == "Rien de tel dans ces données à cette date."


def test_the_ratio_is_concluded_from_its_interval(choice: Choice):
    found = answers.answer(cases()["ratio_et_hasard"], choice)
    assert found.right == {"M03": "compatible", "M08": "none", "M09": "above", "M10": "below"}[choice.doctor]


def test_what_cannot_be_computed_is_said_in_place_of_the_answer(monkeypatch: pytest.MonkeyPatch, choice: Choice):
    def cannot(*_: object) -> None:
        raise UserError("Pas de référence.")

    monkeypatch.setitem(answers.COMPUTED, "ratio", cannot)
    assert answers.answer(cases()["ratio_et_hasard"], choice).says == (
        "Ces données ne le disent pas : pas de référence.",
    )


def test_the_sheet_to_take_away_is_a_pdf_of_a_fictitious_practice():
    place = data.place(shipped.PRACTICES)
    made = handout.pdf(tuple(cases().values()), Choice(place, "M03", data.last_day(place)), date(2026, 11, 26))
    assert made.startswith(b"%PDF")


def test_the_grid_says_where_each_one_is_and_clearing_forgets_it():
    room = Classroom()
    anne, bob = room.of("a"), room.of("b")
    anne.opened, anne.thought["x"] = "y", "oui"
    bob.read.add("x")
    people = [("Anne", "a"), ("Bob", "b")]
    found = grid(people, {"a": anne, "b": bob}, ["x", "y"])
    assert found == [["Anne", "avis donné", "ouvert"], ["Bob", "réponse lue", ""]]
    room.send(Screen("pages/prevention.py"))
    room.clear()
    assert (room.of("a").thought, room.screen, room.number) == ({}, None, 1)
