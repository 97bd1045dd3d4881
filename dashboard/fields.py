"""Fields in French. Of a number: Streamlit's own reads « 120,5 » as 1205 without a word; what cannot be read keeps the last
value, puts it back in the field and says so. Of files: its own speaks English, whatever the browser.
"""

from typing import TypedDict, Unpack

import streamlit as st

from calculators import french
from dashboard.words import plain

FRENCH_FILES = """<style>
[data-testid=stFileUploaderDropzone] button p {font-size: 0}
[data-testid=stFileUploaderDropzone] button p::after {content: "Choisir des fichiers"; font-size: 1rem}
[data-testid=stFileUploaderDropzoneInstructions] {font-size: 0}
[data-testid=stFileUploaderDropzoneInstructions] * {font-size: 0 !important}
[data-testid=stFileUploaderDropzoneInstructions]::after {content: "%s"; font-size: .9rem}
[data-testid=stFileUploader]:has([data-testid=stFileChip][aria-invalid=true])::after {
  content: "Fichier refusé : plus de %s. Retirez-le par sa croix, puis coupez-le ou passez par « tableau-mt import ».";
  display: block; padding-top: .5rem; font-weight: 600}
</style>"""
"""What the field for files says in English cannot be given in French otherwise."""


def french_files(beside: str, most: str) -> str:
    """The style of the fields for files of a page: what stands beside the button, the size beyond which they are refused."""
    return FRENCH_FILES % (beside, most)


class Shown(TypedDict, total=False):
    """How the field is shown."""

    help: str
    disabled: bool
    placeholder: str
    width: int


def number(
    label: str,
    key: str,
    value: float,
    low: float,
    high: float,
    *,
    whole: bool = False,
    **shown: Unpack[Shown],
) -> float:
    """A number that is always there. `key`: where it is kept in the session; `shown`: as for a field of text."""
    kept = _asked(label, key, value, (low, high), whole, shown)
    return value if kept is None else kept


def optional(
    label: str,
    key: str,
    low: float,
    high: float,
    *,
    value: float | None = None,
    whole: bool = False,
    **shown: Unpack[Shown],
) -> float | None:
    """A number, or nothing when the field is empty."""
    return _asked(label, key, value, (low, high), whole, shown, empty=True)


def _asked(
    label: str, key: str, value: float | None, bounds: tuple[float, float], whole: bool, shown: Shown,
    empty: bool = False,
) -> float | None:  # fmt: skip
    state, box, said = st.session_state, f"{key}_texte", f"{key}_dit"
    state.setdefault(key, value)
    if box not in state or (said not in state and _shown(state[key]) != state[box]):  # moved by a button or a link
        state[box] = _shown(state[key])

    def changed() -> None:
        state.pop(said, None)
        try:
            state[key] = None if empty and not state[box].strip() else _read(state[box], bounds, whole)
        except ValueError as mistake:
            kept = f"Valeur gardée : {_told(state[key])}." if state[key] is not None else "Le champ reste vide."
            state[said] = f"{mistake}. {kept}"
        state[box] = _shown(state[key])

    st.text_input(label, key=box, on_change=changed, **shown)
    if state.get(said):
        st.caption(f":red[:material/error: {plain.text(state[said])}]")
    kept: float | None = state[key]
    return kept


def _read(text: str, bounds: tuple[float, float], whole: bool) -> float:
    value = french.read_number(text)
    if whole and not value.is_integer():
        raise ValueError(f"« {text.strip()} » a des décimales : un nombre entier est attendu")
    low, high = bounds
    if not low <= value <= high:
        raise ValueError(f"« {text.strip()} » : attendu entre {_told(low)} et {_told(high)}")
    return value


def _told(value: float) -> str:
    """A number in a sentence: the decimals of the field, its thousands apart."""
    return french.number(value, len(french.typed(value).partition(",")[2]))


def _shown(value: float | None) -> str:
    return "" if value is None else french.typed(value)
