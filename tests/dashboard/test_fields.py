"""A number typed by a French reader is that number, or the last one with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from calculators import french


def page() -> None:
    import streamlit as st

    from dashboard import fields

    st.write(f"vaut {fields.number('Montant', 'montant', 100, 0, 500)}")
    st.write(f"âge {fields.number('Âge', 'age', 80, 0, 120, whole=True)}")
    st.write(f"repère {fields.optional('Repère', 'repere', 1, 3)}")


def told(app: AppTest) -> list[str]:
    return [one.value for one in (*app.markdown, *app.caption)]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("120,5", 120.5),
        ("120.5", 120.5),
        ("1 20", 120),
        ("99 €", 99),
        ("12,5 %", 12.5),
        ("−0", 0),
        ("+3", 3),
        ("0,0001", 0.0001),
    ],
)
def test_what_is_typed_is_what_is_kept(typed: str, value: float):
    app = AppTest.from_function(page).run()
    app.text_input(key="montant_texte").set_value(typed).run()
    assert told(app)[0] == f"vaut {float(value)}"
    assert len(app.caption) == 0


@pytest.mark.parametrize("typed", ["abc", "1,2,3", "-4", "", "1e5", "٣", "501", "12,34567", "1,5,"])
def test_what_cannot_be_keeps_the_last_value_and_says_so(typed: str):
    app = AppTest.from_function(page).run()
    app.text_input(key="montant_texte").set_value("120,5").run()
    app.text_input(key="montant_texte").set_value(typed).run()
    assert told(app)[0] == "vaut 120.5"
    assert app.text_input(key="montant_texte").value == "120,5"
    assert "Valeur gardée : 120,5." in app.caption[0].value
    app.text_input(key="montant_texte").set_value("7").run()
    assert (told(app)[0], len(app.caption)) == ("vaut 7.0", 0)


def large() -> None:
    from dashboard import fields

    fields.number("Somme", "somme", 1_000, 0, 200_000)


def test_a_mistake_is_told_with_the_numbers_of_a_french_sentence():
    app = AppTest.from_function(large).run()
    app.text_input(key="somme_texte").set_value("300000").run()
    said = french.plain(app.caption[0].value)
    assert "attendu entre 0 et 200 000. Valeur gardée : 1 000." in said
    app.text_input(key="somme_texte").set_value("1234,5").run()
    app.text_input(key="somme_texte").set_value("non").run()
    assert "Valeur gardée : 1 234,5." in french.plain(app.caption[0].value)


def test_a_whole_number_takes_no_decimals_and_an_optional_one_may_be_emptied():
    app = AppTest.from_function(page).run()
    app.text_input(key="age_texte").set_value("80,5").run()
    assert "un nombre entier est attendu" in app.caption[0].value
    app.text_input(key="repere_texte").set_value("1,2").run()
    assert "repère 1.2" in told(app)
    app.text_input(key="repere_texte").set_value(" ").run()
    assert "repère None" in told(app)
    app.text_input(key="repere_texte").set_value("9").run()
    assert "Le champ reste vide." in app.caption[-1].value


@given(st.decimals(-999_999, 999_999, places=4).map(float))
def test_a_number_written_as_it_is_typed_is_read_back(value: float):
    assert french.read_number(french.typed(value)) == pytest.approx(value, abs=1e-9)
    assert french.read_number(french.number(value, 4)) == pytest.approx(value, abs=1e-9)
