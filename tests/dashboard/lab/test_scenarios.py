"""The scenario lab and the statements put to the test: what the pages say, keep in their link and write to files."""

import re
import tomllib
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as hypo
from streamlit.testing.v1 import AppTest

from calculators import french
from calculators.catalogue import Catalogue
from calculators.defaults import defaults
from calculators.errors import UserError
from calculators.forfait import country
from calculators.forfait.claims import claims, put_to_the_test
from calculators.forfait.population import price, reading
from calculators.forfait.scenario import scenario_toml
from calculators.forfait.version import FOLDER as FORFAIT
from calculators.forfait.version import (
    Change,
    Version,
    apply_changes,
    available_versions,
    canonical,
    indicators_known,
    load_version,
    parse,
    paths,
)
from calculators.forfait.who_gains import Group
from calculators.life import Endorsement, Evidence, Step
from calculators.prevention.indicator import available_sets, load_set
from calculators.prevention.variants import variants_of
from calculators.records.store import open_store
from dashboard import shipped
from dashboard.lab import claims as claims_in_words
from dashboard.lab import controls, drafts, in_words, lives, outcomes, qr, slides
from dashboard.lab.drafts import Draft
from dashboard.lab.history import History
from dashboard.lab.link import CUT, NEWER, Shown, decode, digest, encode, word_of
from dashboard.lab.state import VIEWS
from dashboard.words import rule_texts
from sample_data.country import judged
from tests.dashboard.opening import MORAL, in_link, opened, told, unfolded, words

pytestmark = pytest.mark.slow

SIGNED = load_version("convention_2024")
SETS = sorted({one.indicator_set for one in Catalogue().versions.values() if one.indicator_set})
NAMES = {"vaccin_grippe": "grippe"}
COUNTRY = shipped.FORFAIT


@pytest.fixture(scope="module")
def small_country(practices: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store, to = open_store(practices), tmp_path_factory.mktemp("pays")
    found = country.tables(store, SIGNED, 2025, {name: judged(store, name, 2025) for name in SETS}, 43_760)
    country.save(found, to, SIGNED, 2025, synthetic=True)
    return to


@pytest.fixture(autouse=True)
def own_country(monkeypatch: pytest.MonkeyPatch, practices: Path, small_country: Path, kept_caches: None) -> None:
    monkeypatch.setenv("TABLEAU_MT_DOSSIER", str(practices))
    monkeypatch.setattr(shipped, "FORFAIT", small_country)


def lab(view: str, **url: str) -> AppTest:
    app = opened("scenarios", **url)
    return app.segmented_control(key="vue").set_value(view).run()


def link(app: AppTest) -> str:
    """What the first scenario of the link says."""
    return in_link(app).drafts[0]


@pytest.mark.parametrize("view", list(VIEWS))
def test_every_view_of_the_lab_opens_without_a_fault(view):
    app = lab(view)
    assert [fault.message for fault in app.exception] == []
    assert [fault.value for fault in app.error] == []
    assert not MORAL.search(words(app))


def test_a_link_opens_the_scenario_it_names_and_a_control_changes_the_link():
    app = opened("scenarios", s1="convention_2024~socle.ald_des_80_ans-120")
    assert link(app) == "convention_2024~socle.ald_des_80_ans-120"
    amount = next(one for one in app.text_input if one.label == "80 ans et plus, en ALD")
    assert amount.value == "120"
    amount.set_value("130,5").run()
    assert link(app) == "convention_2024~socle.ald_des_80_ans-130.5"
    assert "dr-" not in link(app)


def labelled(app, label: str):
    return next(one for one in app.text_input if one.label == label)


def test_a_step_is_undone_done_again_and_found_in_the_history():
    app = opened("scenarios", s1="convention_2024")
    label = "80 ans et plus, en ALD"
    at_first = labelled(app, label).value
    assert controls.NOTHING_DONE in told(app.caption)
    assert not any(one.key == "lab_annuler" for one in app.button)
    labelled(app, label).set_value("120,5").run()
    assert controls.NOTHING_DONE not in told(app.caption)
    app.selectbox(key="base_0_0").set_value("fpmt_2024").run()
    assert link(app) == "fpmt_2024"
    said = [one.label for one in app.button if (one.key or "").startswith("etape_")]
    assert said[0].startswith("Scénario 1 : ")
    assert said[1].endswith("→ 120,50\u00a0€")
    app.button(key="lab_annuler").click().run()
    assert link(app) == "convention_2024~socle.ald_des_80_ans-120.5"
    assert labelled(app, label).value == "120,5"
    app.button(key="lab_annuler").click().run()
    assert (link(app), labelled(app, label).value) == ("convention_2024", at_first)
    app.button(key="lab_retablir").click().run()
    assert labelled(app, label).value == "120,5"
    app.button(key="lab_retablir").click().run()
    assert (link(app), app.button(key="lab_retablir").disabled) == ("fpmt_2024", True)
    app.button(key="etape_0").click().run()
    assert link(app) == "convention_2024"


@given(hypo.lists(hypo.sampled_from(["+", "u", "r", 0, 1]), max_size=30))
def test_the_history_goes_back_and_forth_over_the_same_states(moves: list[str | int]):
    known, now, model, at = History(), [Draft("0")], [[Draft("0")]], 0
    for number, move in enumerate(moves, 1):
        if move == "+":
            known.add(now)
            now = [Draft(str(number))]
            model, at = [*model[: at + 1], now], at + 1
        elif move == "u":
            now, at = known.undo(now), max(at - 1, 0)
        elif move == "r":
            now, at = known.redo(now), min(at + 1, len(model) - 1)
        elif int(move) <= at:
            now, at = known.back_to(int(move), now), int(move)
        assert now == model[at]
        assert (bool(known.past), bool(known.undone)) == (at > 0, at < len(model) - 1)


def test_a_broken_link_is_told_in_french_and_the_page_still_opens():
    app = opened("scenarios", s1="convention_2025~socle.x-1")
    assert any("accord inconnu" in fault.value for fault in app.error)
    assert list(app.exception) == []
    app = opened("scenarios", s1="convention_2024~socle.nimporte-1")
    assert any("n’existe pas" in fault.value for fault in app.error)


def test_one_click_keeps_the_forfait_structure_and_another_goes_back():
    app = lab("pays", s1="convention_2024")
    next(one for one in app.button if one.key == "preset_0_garder_forfait_structure").click().run()
    assert set(link(app).split("~")) == {"convention_2024", "means.structure-4180", "means.donum-0"}
    next(one for one in app.button if one.key == "reset_0").click().run()
    assert link(app) == "convention_2024"


@pytest.mark.parametrize("name", defaults().forfait.in_sight)
def test_a_button_changes_everything_its_scenario_says(name: str):
    given = Catalogue().scenarios[name]
    app = opened("scenarios", s1=given.base)
    next(one for one in app.button if one.key == f"preset_0_{name}").click().run()
    assert Draft.read(link(app), [given.base]) == Draft(given.base, given.changes)


PRESETS = sorted(Catalogue().scenarios)


def same(one: Version, other: Version) -> bool:
    """Are they one version, whatever they are called?"""
    kept = [two.model_dump(exclude={"id", "label", "short", "reference"}) for two in (one, other)]
    return kept[0] == kept[1]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_gives_the_same_version_on_the_page_as_from_its_file(name: str):
    app = opened("scenarios", s1="convention_2024")
    next(one for one in app.button if one.key == f"preset_0_{name}").click().run()
    draft = Draft.read(link(app), available_versions())
    drawn = apply_changes(load_version(draft.base), draft.changes)
    assert same(drawn, Catalogue().scenario(name))
    assert not same(drawn, SIGNED)
    people = country.open_country(shipped.FORFAIT).people
    costs = {price(people, one, with_means=True).cost_cents for one in (drawn, Catalogue().scenario(name))}
    assert len(costs) == 1


@pytest.mark.parametrize(
    ("name", "cents"), [("garder_rosp", {0}), ("prevention_a_10", {1_000}), ("plus_5_pour_cent", {735, 525})]
)
def test_a_preset_that_sets_the_amount_of_prevention_takes_the_place_of_those_of_the_indicators(
    name: str, cents: set[int]
):
    app = opened("scenarios", s1="convention_2024~prevention.amounts.vaccin_grippe-7")
    next(one for one in app.button if one.key == f"preset_0_{name}").click().run()
    draft = Draft.read(link(app), available_versions())
    version = apply_changes(load_version(draft.base), draft.changes)
    assert {version.indicator_cents(one) for one in ("vaccin_grippe", "suivi_hba1c")} == cents


def test_a_preset_that_holds_on_its_own_agreement_takes_the_place_of_the_draft():
    app = opened("scenarios", s1="option_2~socle.ald_des_80_ans-150")
    next(one for one in app.button if one.key == "preset_0_enveloppe_constante").click().run()
    given = Catalogue().scenarios["enveloppe_constante"]
    assert Draft.read(link(app), available_versions()) == Draft(given.base, given.changes)


def test_a_preset_is_not_offered_where_it_would_do_half_of_what_it_says():
    given = Catalogue().scenarios["garder_rosp"]
    known = available_versions()
    assert drafts.is_offered(given, given.changes, known)
    assert drafts.is_offered(given, {"means.rosp": 5361}, known)  # there is no prevention to take away
    assert not drafts.is_offered(given, {"prevention.amount": 0}, known)
    assert not drafts.is_offered(given, {}, known)
    app = opened("scenarios", s1="fpmt_2024")
    assert not [one for one in app.button if one.key == "preset_0_prevention_a_10"]


def test_what_a_scenario_changes_beside_the_forfait_is_said_when_it_is_not_counted():
    app = opened("scenarios", s1="convention_2024~means.rosp-5361")
    assert not [one for one in app.info if "à côté du forfait" in one.value]
    app.toggle(key="avec_moyennes").set_value(False).run()
    assert [one for one in app.info if "à côté du forfait" in one.value]


def other_value(path: str, value: object) -> Change:
    """A value that the path may have, and has not."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, Decimal):
        return float(value) / 2 + 0.2
    if isinstance(value, int):
        return value + 1
    return "autre" if isinstance(value, str) else 80 if path.endswith(("min", "max")) else True


@pytest.mark.parametrize("name", available_versions())
def test_every_path_that_may_change_has_a_control_or_is_told(name: str):
    version = load_version(name)
    given_controls = drafts.controls(version, {one: one for one in indicators_known()})
    for path, value in paths(version).items():
        changes = {canonical(path): other_value(path, value)}
        told = drafts.unsaid(given_controls, version, changes)
        shown = [one for one in given_controls if one.shown(changes) != one.shown({})]
        assert (told == changes) != bool(shown), path


def test_a_change_without_a_control_is_told_on_the_page():
    app = opened("scenarios", s1="convention_2024~majoration.zip.age.max-80")
    assert any("majoration.zip.age.max : non précisé → 80" in one.value for one in app.caption)
    assert not any(
        "sans commande" in one.value for one in opened("scenarios", s1="convention_2024~seen.by-anyone").caption
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("-5", "ne peut pas être négatif"),
        ("5000", "euros par an et par patient au plus"),
        ("oui", "vaut « true » ; un nombre est attendu"),
        ("2026-01-01", "un nombre est attendu"),
        ("nan", "un nombre fini"),
        ("inf", "un nombre fini"),
        ("1e400", "un nombre fini"),
        pytest.param("9" * 5_000, "euros par an et par patient au plus", id="five thousand digits"),
    ],
)
def test_an_amount_that_cannot_be_is_a_sentence_on_the_page(value: str, told: str):
    app = opened("scenarios", s1=f"convention_2024~socle.ald_des_80_ans-{value}")
    assert list(app.exception) == []
    assert any(told in one.value for one in [*app.error, *app.warning])


def test_an_age_that_separates_two_lines_moves_both():
    app = opened("scenarios", s1="convention_2024")
    age = next(one for one in app.text_input if one.label == "à partir de 80 ans")
    age.set_value("82").run()
    assert list(app.error) == []
    for piece in ("socle.ald_des_80_ans.age.min-82", "socle.de_75_a_79_ans.age.max-81"):
        assert piece in link(app)


def test_a_gap_between_ages_is_refused_with_the_reason():
    app = opened("scenarios", s1="convention_2024~socle.ald_des_80_ans.age.min-85")
    assert any("aucune ligne de socle pour un patient de 80 ans, en ALD" in fault.value for fault in app.error)


def test_the_country_is_not_priced_on_lists_read_otherwise():
    app = lab("pays", s1="convention_2024~calendar.list_on-year_end")
    assert any("lit la liste autrement" in info.value for info in app.info)
    assert list(lab("liste", s1="convention_2024~calendar.list_on-year_end").exception) == []


def test_the_budget_button_brings_the_scenario_to_the_envelope():
    app = lab("budget", s1="convention_2024")
    next(one for one in app.button if one.key == "ramener").click().run()
    version = apply_changes(SIGNED, Draft.read(link(app), available_versions()).changes)
    assert version.scale.socle == version.scale.prevention != 1
    people = country.open_country(shipped.FORFAIT).people
    found = outcomes.outcome(people, load_version("fpmt_2024"), version, True, outcomes.told_at_first())
    assert found is not None
    assert abs(found.spread.total_cents) < 0.002 * found.before.cost_cents


def digits(text: str) -> list[int]:
    """The place of the last digit that is not a zero of each amount: 1 for 1 130, 0 for 48."""
    amounts = re.findall(r"[0-9][0-9\u202f]*", text)
    bare = [one.replace(french.THIN, "") for one in amounts]
    return [len(one) - len(one.rstrip("0")) for one in bare if one.strip("0")]


@pytest.mark.parametrize("name", ["fpmt_2023", "fpmt_2024", "option_1", "convention_2024"])
def test_a_national_cost_is_the_same_and_as_precise_wherever_it_is_told(name: str):
    people = country.open_country(COUNTRY).people
    found = outcomes.outcome(people, load_version("fpmt_2024"), load_version(name), True, outcomes.told_at_first())
    assert found is not None
    (value, ends), (apart, around) = in_words.cost(found.beside, found.told), in_words.gap(found.beside, found.told)
    assert len(ends.replace(french.THIN, "").split(" à ")) == 2
    low, told_value, high = (
        french.read_number(one.removesuffix("M€")) for one in (ends.split(" à ")[0], value, ends.split(" à ")[1])
    )
    assert low < told_value < high
    assert told_value % 100  # tens: an interval of some thirty millions justifies them
    assert min(digits(f"{value} {ends}")) >= 1
    sentence, [slide] = in_words.spread_in_words(found), [slides._cost(found, "Ce que cela coûte")]
    assert f"**{value}** par an (de {ends})" in sentence
    assert (slide.figure, slide.says[0].startswith(f"De {ends}, sur 2{french.THIN}840")) == (f"{value} par an", True)
    before = french.read_number(
        in_words.cost(outcomes.Outcome(found.before, found.before, found.told).beside, found.told)[0].removesuffix("M€")
    )
    if name == "fpmt_2024":
        assert "autant que" in sentence
        assert "**Autant** que" in slide.says[0]
    else:
        assert f"soit {apart} (de {around})" in sentence
        assert f"**{apart.lstrip('+−')} de " in slide.says[0]
        assert abs(told_value - before - french.read_number(apart.removesuffix("M€"))) <= 10


def test_the_large_screens_show_one_idea_each_and_no_doctor():
    app = opened("scenarios", s1="convention_2024~socle.ald_des_80_ans-120", presenter="1")
    assert list(app.exception) == []
    assert "dr-" not in "\n".join(element.value for element in app.markdown)
    assert [one.value for one in app.title] == list(slides.NAMES.values())


def test_the_slides_are_those_chosen_in_their_order_and_a_statement_has_its_own():
    app = lab("partager")
    said = claims()[0]
    app.multiselect(key="ecrans").set_value(["cout", f"affirmation-{said.id}", "scenario"]).run()
    app.button(key="presenter_bouton").click().run()
    assert [one.value for one in app.title] == [slides.NAMES["cout"], said.label, slides.NAMES["scenario"]]
    assert list(app.exception) == []
    verdicts = [word for _, word in claims_in_words.VERDICT.values()]
    assert sum(one.value.count(word) for one in app.markdown for word in verdicts) == 1


def test_a_link_to_slides_that_are_not_there_shows_the_usual_ones():
    app = opened("scenarios", presenter="1", diapos="rien,,cout<b>")
    assert [one.value for one in app.title] == list(slides.NAMES.values())


WORDS = hypo.text(hypo.characters(codec="utf-8"), max_size=20)
STATES = hypo.fixed_dictionaries(
    {
        "drafts": hypo.tuples(WORDS, WORDS, WORDS), "compared": WORDS, "digest": WORDS, "active": hypo.integers(0, 2),
        "means": hypo.booleans(), "view": WORDS, "beyond": hypo.floats(-1e6, 1e6),
        "slides": hypo.lists(WORDS, max_size=9).map(tuple),
    }
).map(lambda values: Shown(**values))  # fmt: skip


@given(STATES)
def test_a_link_says_the_whole_state_again(shown: Shown):
    assert decode(encode(shown)) == shown
    assert word_of(f"http://127.0.0.1:8501/scenarios?medecin=M01&lien={encode(shown)}&presenter=1#d2") == encode(shown)


@given(STATES, hypo.data())
def test_a_link_cut_or_altered_is_refused_and_never_another_state(shown: Shown, draw: hypo.DataObject):
    word = encode(shown)
    place = draw.draw(hypo.integers(0, len(word) - 1))
    letter = draw.draw(hypo.sampled_from("ABab01-_.~é "))
    for wrong in (word[:place], word[:place] + letter + word[place + 1 :], word + letter):
        with suppress(UserError):
            assert decode(wrong) == shown


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("", CUT), ("1", CUT), ("1.", CUT), ("n’importe quoi", CUT), ("0.eJw", CUT), ("2.eJw", NEWER), ("9" * 9_000, NEWER),
        ("1." + "A" * 9_000, CUT),
    ],
)  # fmt: skip
def test_rubbish_for_a_link_is_a_sentence(word: str, said: str):
    with pytest.raises(UserError, match=said[:30]):
        decode(word)


def shown_as(**values: object) -> str:
    usual = {"drafts": ("convention_2024", "option_2", "option_1"), "compared": "fpmt_2024"}
    return encode(Shown(**usual | values))


def test_a_link_gives_another_session_all_that_is_on_screen():
    app = lab("pays", s1="convention_2024~socle.ald_des_80_ans-120")
    app.selectbox(key="compare_a").set_value("option_1").run()
    app.toggle(key="avec_moyennes").set_value(False).run()
    app.text_input(key="perd_au_dela_texte").set_value("750,5").run()
    said = in_link(app)
    assert (said.compared, said.means, said.beyond, said.view) == ("option_1", False, 750.5, "pays")
    other = opened("scenarios", lien=encode(said))
    assert in_link(other) == said
    assert words(other) == words(app)
    assert not [one for one in other.info if "a changé" in one.value]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"compared": "mon_accord"}, "mon_accord"),
        ({"drafts": ("mon_accord~socle.x-1", "option_1", "option_2")}, "dossier « versions »"),
        ({"view": "inconnue"}, "inconnue"),
        ({"slides": ("cout", "autre")}, "autre"),
        ({"scale": "tous"}, "tous"),
    ],
)
def test_a_link_to_what_is_not_here_is_a_sentence_and_a_way_out(values: dict[str, object], said: str):
    app = opened("scenarios", lien=shown_as(**values))
    assert list(app.exception) == []
    [refused] = told(app.error)
    assert said in refused
    app.button(key="lien_refuse").click().run()
    assert list(app.error) == []
    assert link(app) == "convention_2024"
    app.session_state["lab_written"] = (*app.session_state["lab_written"][:2], 0.0)
    app.query_params["lien"] = shown_as(**values)  # a browser that has not written the other one yet
    app.run()
    assert list(app.error) == []
    assert link(app) == "convention_2024"


def test_a_link_cut_in_its_middle_changes_nothing_on_screen():
    app = opened("scenarios", lien=shown_as(drafts=("option_1", "option_1", "option_1"))[:-9])
    assert [one[:25] for one in told(app.error)] == [CUT[:25]]
    assert link(app) == "convention_2024"


def test_a_link_made_with_other_rules_says_that_figures_have_changed():
    app = opened("scenarios", lien=shown_as(digest="00000000"))
    assert any("a changé" in one.value for one in app.info)
    assert digest([SIGNED], 1) != digest([apply_changes(SIGNED, {"socle.ald_des_80_ans": 1})], 1) != digest([SIGNED], 2)


def test_a_link_that_was_pasted_opens_as_one_of_the_address():
    app = lab("partager")
    asked = shown_as(drafts=("option_1~socle.ald_des_80_ans-99", "option_2", "option_1"), view="trois")
    app.text_input(key="lien_colle").set_value(f"http://ailleurs:1/scenarios?lien={asked}&x=1").run()
    assert (link(app), in_link(app).view) == ("option_1~socle.ald_des_80_ans-99", "trois")
    app.button(key="lab_annuler").click().run()
    assert link(app) == "convention_2024"


def test_a_link_never_holds_a_doctor_of_somebodys_data_nor_a_folder():
    app = lab("partager")
    [said] = [one.value for one in app.code]
    assert "dr-" not in said
    assert set(parse_qs(urlsplit(said).query)) == {"lien"}


def test_a_link_too_long_for_a_code_says_what_to_do():
    assert qr.made("x" * 300) is not None
    assert qr.made("x" * 800) is qr.made("x" * 9_000) is None
    assert "copiez le lien" in in_words.too_long("x" * 800)


def test_the_statements_are_put_to_the_test_with_verdict_figures_and_assumptions():
    app = unfolded(opened("affirmations"))
    assert list(app.exception) == []
    said = words(app)
    assert said.count("Hors du test") == len(claims()) == 8
    verdicts = [word for _, word in claims_in_words.VERDICT.values()]
    assert sum(one.value.count(word) for one in app.markdown for word in verdicts) == 8
    assert "56,3" in said
    assert said.count("; annoncé :") == 8
    shown = [list(one.value["Lecture"]) for one in app.dataframe if "Lecture" in one.value]
    reference, old = country.open_country(shipped.FORFAIT), load_version("fpmt_2024")
    judged_again = [put_to_the_test(claim, reference, SIGNED, old) for claim in claims()]
    assert shown == [[read.reading.label for read in one.readings] for one in judged_again if one.readings]
    assert not MORAL.search(said)


@pytest.mark.usefixtures("bare_caches")
def test_without_a_country_the_pages_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(shipped, "FORFAIT", tmp_path / "absent")
    for app in (opened("affirmations"), lab("pays"), lab("trois"), opened("scenarios", presenter="1")):
        assert list(app.exception) == []
    assert any("n’est pas livrée" in info.value for info in lab("pays").info)


@pytest.mark.parametrize("name", available_versions())
def test_controls_left_alone_change_nothing_and_cover_every_line(name):
    version = load_version(name)
    given_controls = drafts.controls(version, NAMES)
    values = {one.key: one.shown({}) for one in given_controls}
    assert drafts.collected(given_controls, values, {}) == {}
    assert {f"socle.{key}" for key in version.socle} <= {path for one in given_controls for path in one.paths}


@given(value=hypo.integers(0, 400), general=hypo.integers(0, 30), choice=hypo.integers(0, 1))
def test_what_a_control_changes_it_shows_again_and_a_link_and_a_file_keep_it(value, general, choice):
    moved = {"socle.ald_des_80_ans": value / 2, "prevention.amount": float(general), "c2s_non_vu": float(choice)}
    first = drafts.controls(SIGNED, NAMES)
    changes = drafts.collected(first, moved, {})
    again = drafts.controls(SIGNED, NAMES, float(changes.get("prevention.amount", 5)))
    shown = {one.key: one.shown(changes) for one in again}
    assert all(shown[key] == pytest.approx(wanted) for key, wanted in moved.items())
    assert drafts.collected(again, shown, changes) == changes
    draft = Draft("convention_2024", changes)
    assert Draft.read(draft.link, available_versions()).changes == changes
    content = tomllib.loads(scenario_toml(draft.base, changes))
    assert apply_changes(SIGNED, content["change"]).model_dump() == apply_changes(SIGNED, changes).model_dump()
    assert reading(parse(apply_changes(SIGNED, changes).model_dump(), "essai")) == reading(SIGNED)


def test_a_change_that_no_control_shows_is_kept():
    given_controls = drafts.controls(SIGNED, {})
    hidden = {"majoration.zip.age.max": 80}
    values = {one.key: one.shown(hidden) for one in given_controls}
    assert drafts.collected(given_controls, values, hidden) == hidden


def test_a_draft_names_an_agreement_that_exists():
    with pytest.raises(UserError, match="convention_2024"):
        Draft.read("convention_2023~socle.x-1", available_versions())


@pytest.mark.parametrize("one", [load_set("convention_2024").indicators[0], load_version("convention_2024")], ids=str)
def test_the_life_of_an_indicator_and_of_an_agreement_is_told_and_what_is_not_said_is_not_guessed(one):
    bare = one.model_copy(update={"history": (), "endorsed": (), "evidence": None, "sought_on": None})
    life = lives.life(bare)
    assert (life["Positions"], life["Preuve"], life["Histoire"]) == ("non dit",) * 3
    sought = lives.life(bare.model_copy(update={"sought_on": date(2026, 11, 27)}))
    assert [french.plain(sought[name]) for name in ("Positions", "Preuve", "Histoire")] == [
        "aucune position connue au 27/11/2026",
        "aucun niveau de preuve connu au 27/11/2026",
        "aucune étape connue au 27/11/2026",
    ]
    assert life["État"].startswith("en vigueur")
    steps = Step(on=date(2025, 1, 1), state="propose"), Step(on=date(2026, 1, 1), state="en_vigueur", why="signé")
    said = one.model_copy(update={
        "author": "Un syndicat", "evidence": Evidence(grade="avis"), "history": steps,
        "endorsed": (Endorsement(by="SMG", on=date(2026, 1, 2), position="réserve", why="trop tôt"),),
    })  # fmt: skip
    life = lives.life(said)
    assert life["Auteur"] == "Un syndicat"
    assert life["Preuve"].startswith("avis")
    assert "SMG, réserve" in life["Positions"]
    assert life["Histoire"].count(" ; ") == 1


def test_what_ships_and_lies_side_by_side_says_what_is_known_of_its_life_or_until_when_it_was_looked_for():
    sets = [load_set(name) for name in available_sets()]
    pairs = variants_of(load_set("convention_2024"), sets)
    told = [*map(load_version, available_versions()), *(one for pair in pairs for one in (pair.original, pair.variant))]
    assert len(pairs) == 6
    for one in told:
        assert "non dit" not in lives.life(one).values(), one.id
        assert one.sought_on
        assert all(said.on <= one.sought_on for said in (*one.endorsed, *one.history))
    wordings = [lives.life(pair.variant) for pair in pairs]
    assert {said["Histoire"] for said in wordings} == {"proposé le 14/03/2024 (diaporama de la séance de négociation)"}
    assert all("Assurance maladie, pour" in said["Positions"] for said in wordings)


def test_an_agreement_lies_beside_its_variant_with_the_lives_of_both():
    signed = load_version("convention_2024")
    changed = load_version("option_1")
    table = {name: lives.life(one) for name, one in (("a", signed), ("b", changed))}
    assert (table["b"]["Auteur"], table["b"]["État"]) == ("Assurance maladie", "proposé")
    assert table["b"]["Histoire"] == "proposé le 14/03/2024 (séance de négociation)"
    texts = [lives._lines(rule_texts.version(one)) for one in (signed, changed)]
    mine, other = lives.only(*texts), lives.only(*reversed(texts))
    assert mine
    assert other
    assert not set(mine) & set(other)
    assert not any("|" in line for line in (*mine, *other))
    told = digest([signed, changed.model_copy(update={"author": "Un autre", "state": None})], 0)
    assert told == digest([signed, changed], 0)


def test_two_agreements_of_one_short_name_are_told_apart_in_a_list():
    other = SIGNED.model_copy(update={"id": "autre", "label": "Autre rédaction"})
    assert controls.short_names([SIGNED, load_version("fpmt_2024")]) == {
        "convention_2024": SIGNED.short,
        "fpmt_2024": "FPMT 2024",
    }
    assert controls.short_names([SIGNED, other]) == {"convention_2024": SIGNED.label, "autre": "Autre rédaction"}


def test_the_groups_most_and_least_touched_are_said_in_a_sentence():
    many, few = (
        Group("Part de patients non vus", name, 900, 90, share, 0.0, 1.0, -1.0)
        for name, share in (("15 % de non vus et plus", 0.10), ("moins de 5 % de non vus", 0.02))
    )
    assert french.plain(in_words.groups_in_words([few, many])) == (
        "**10 %** des médecins perdent dans le groupe « 15 % de non vus et plus », le plus touché ; **2 %** dans le groupe "
        "« moins de 5 % de non vus », le moins touché."
    )


def test_a_variant_of_the_agreement_compared_is_named_so_on_the_page_and_lies_beside_it(folder: Path):
    """A file beside the data, as the README has it written."""
    text = (FORFAIT / "versions" / "convention_2024.toml").read_text(encoding="utf-8")
    mine = text.replace('id = "convention_2024"', 'id = "la_mienne"\nvariant_of = "convention_2024"', 1)
    mine = re.sub(r'(?m)^author = ".*"$', 'author = "SMG"', mine, count=1)
    (folder / "versions").mkdir()
    (folder / "versions" / "la_mienne.toml").write_text(mine, encoding="utf-8")
    app = lab("accords")
    app.session_state["compare_a"] = "convention_2024"
    app.run()
    assert "FMT signé (la_mienne) (sa variante)" in app.selectbox(key="en_detail").options
    app.session_state["en_detail"] = "la_mienne"
    app.run()
    assert list(app.exception) == []
    assert "SMG" in words(app)


@pytest.mark.parametrize("view", ["accords", "moi", "trois"])
def test_where_a_cost_stands_beside_a_gap_it_is_said_that_each_is_rounded(view: str):
    assert french.ROUNDED_APART in words(lab(view))


def test_states_of_an_agreement_follow_one_another():
    steps = [{"on": date(2026, 1, 1), "state": "retire"}, {"on": date(2026, 2, 1), "state": "propose"}]
    with pytest.raises(ValueError, match="ne devient pas"):
        Version.model_validate(load_version("option_1").model_dump(exclude={"example"}) | {"history": steps})
