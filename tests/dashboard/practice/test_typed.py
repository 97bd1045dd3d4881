"""What a doctor types of his practice is kept as records write it, and shown as he typed it."""

import pytest

from calculators.errors import UserError
from calculators.records.facts import Kind
from dashboard.practice import typed


@pytest.mark.parametrize(
    ("kind", "text", "value", "again"),
    [
        ("number", "0,5", "0.5", "0,5"),
        ("number", "1 234", "1234", "1234"),
        ("cents", "25 000 €", "2500000", "25000"),
        ("cents", "0,07", "7", "0,07"),
        ("day", "2/9/2024", "2024-09-02", "02/09/2024"),
        ("day", "2024-09-02", "2024-09-02", "02/09/2024"),
        ("share", "oui", "true", "oui"),
        ("share", "Non", "false", "non"),
        ("share", "65 %", "0.65", "65 %"),
        ("share", "65", "0.65", "65 %"),
        ("share", "0,65", "0.65", "65 %"),
        ("rate", "32 %", "0.32", "32 %"),
        ("rate", "11 %", "0.11", "11 %"),
        ("rate", "1 %", "0.01", "1 %"),
        ("rate", "100", "1", "100 %"),
        ("text", " Dr Vidal ", "Dr Vidal", "Dr Vidal"),
        ("number", "  ", "", ""),
    ],
)
def test_what_is_typed_is_kept_and_shown_again(kind: Kind, text: str, value: str, again: str):
    assert typed.kept(kind, "champ", text) == value
    assert typed.shown(kind, value) == again
    assert typed.kept(kind, "champ", again) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("rate", "1"),
        ("share", "1"),
        ("rate", "oui"),
        ("number", "-1"),
        ("cents", "−5"),
        ("cents", "12,345"),
        ("number", "beaucoup"),
        ("day", "31/02/2026"),
        ("share", "120 %"),
        ("cents", "x"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_would_be_right(kind: Kind, text: str):
    with pytest.raises(UserError, match=rf"« {text} » pour « champ » ne se lit pas\. Attendu : "):
        typed.kept(kind, "champ", text)


def test_a_value_of_a_file_that_cannot_be_read_is_shown_as_it_is():
    assert typed.shown("day", "hier") == "hier"
