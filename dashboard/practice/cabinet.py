"""What the doctor says of his practice: one question at a time, one save for all, from a day on.

All the questions are on the page, in tabs of one form: what was typed in one is there when the next is open, and a value
that cannot be read leaves every other as it was typed. The day is in the form too: changing it loses nothing.
"""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import streamlit as st

from calculators import french
from calculators.dates import to_day
from calculators.errors import UserError
from calculators.practice import said
from calculators.practice.contracts import contracts
from calculators.practice.received import typed as typed_instalments
from calculators.records.facts import NO_CONTRACT, vocabulary
from dashboard import data
from dashboard.data import Place
from dashboard.practice import in_words, typed
from dashboard.widgets import Choice
from dashboard.words.labels import PART

UNSAID, YES, NO = "Non dit", "Oui", "Non"
FIRST, LAST = date(1980, 1, 1), date(2099, 12, 31)
SAVED = "cabinet_enregistre"
RECEIVED = "versements"
INSTALMENT = {"verse_mois": "", "verse_euros": "", "verse_efface": False}
Texts = dict[str, str]


def is_kept(place: Place) -> bool:
    """Can it be written beside the data? Never for the sample, nor for what was opened for a visit."""
    return not data.is_sample(place) and not place.uploaded and os.access(place.path, os.W_OK)


def questions(choice: Choice) -> None:
    """Every question, in its tab, and one button."""
    if SAVED in st.session_state:
        st.success(st.session_state.pop(SAVED), icon=":material/check:")
        st.session_state.update(INSTALMENT)
    shown_on = f"cabinet_montre_{choice.doctor}"
    shown: date = st.session_state.get(shown_on, date(choice.as_of.year, 1, 1))
    sections = vocabulary().sections()
    with st.form("cabinet_dit", border=False):
        day = st.date_input(
            "Ce que je change est vrai à partir du", shown, FIRST, LAST, format="DD/MM/YYYY", key="cabinet_jour"
        )
        labels = [in_words.SECTION[name] for name in (*sections, RECEIVED)]
        asked = in_words.SECTION.get(st.session_state.get("onglet_cabinet") or "")
        *tabs, last = st.tabs(labels, default=asked if asked in labels else None)
        texts: Texts = {}
        for tab, (name, keys) in zip(tabs, sections.items(), strict=True):
            with tab:
                st.markdown(in_words.ASKED[name])
                texts |= {key: _field(choice, key, shown) for key in keys}
        with last:
            st.markdown(in_words.ASKED[RECEIVED])
            instalment = _instalment(choice)
        if st.form_submit_button("Enregistrer", disabled=not is_kept(choice.place)):
            values = _changed(choice, texts, shown) | _kept_instalment(*instalment)
            _save(choice, values, day)
            st.session_state[shown_on] = day
            st.rerun()


def _field(choice: Choice, key: str, day: date) -> str:
    """One thing, as it holds on the day; empty when it is not said."""
    one, held = vocabulary().key[key], _held(choice, key, day)
    name = f"cabinet_{choice.doctor}_{day}_{key}"
    label = in_words.typeset(french.upper_first(one.label))
    kinds = {NO_CONTRACT: "Aucun"} | {kind: kind for kind in contracts().contract}
    choices = {"flag": {"true": YES, "false": NO}, "contract": kinds}
    if one.kind in choices:
        options: dict[str, str] = {"": UNSAID, **choices[one.kind]}
        place = list(options).index(held) if held in options else 0
        return str(st.selectbox(label, list(options), place, format_func=options.__getitem__, key=name))
    return st.text_input(label, typed.shown(one.kind, held), key=name, help=typed.HELP[one.kind])


def _held(choice: Choice, key: str, day: date) -> str:
    return data.practice_facts(choice.place).on(choice.doctor, key, to_day(day)) or ""


def _changed(choice: Choice, texts: Texts, shown: date) -> Texts:
    """What is otherwise than it was shown, as it is kept. Raises UserError: a value that cannot be read."""
    found = {}
    for key, text in texts.items():
        one, held = vocabulary().key[key], _held(choice, key, shown)
        if text not in (held, typed.shown(one.kind, held)):
            found[key] = typed.kept(one.kind, one.label, text)
    return found


def _instalment(choice: Choice) -> tuple[str, str, str, bool]:
    """Those typed so far, and one more: month, part, euros; or one to take back."""
    known = typed_instalments(choice.doctor, data.practice_facts(choice.place))
    for (part, month), cents in sorted(known.items(), key=lambda item: (item[0][1], item[0][0])):
        st.markdown(f"- {french.month(month)}, {french.lower_first(PART[part])}{french.NBSP}: {french.euros(cents, 2)}")
    return (
        st.text_input("Mois du versement", key="verse_mois", help=typed.MONTH_HELP),
        str(st.selectbox("Part du versement", list(PART), format_func=PART.__getitem__, key="verse_part")),
        st.text_input("Somme reçue, en euros", key="verse_euros", help=typed.HELP["cents"]),
        st.checkbox("Effacer ce qui est saisi pour ce mois et cette part", key="verse_efface"),
    )


def _kept_instalment(month: str, part: str, euros: str, is_taken_back: bool) -> Texts:
    """Under its key. Raises UserError: a month or an amount that cannot be read, or one without the other."""
    if not (month.strip() or euros.strip() or is_taken_back):
        return {}
    if not month.strip():
        raise UserError("« Mois du versement » est vide : dites de quel mois est ce versement, comme 04/2026.")
    if not (euros.strip() or is_taken_back):
        raise UserError(
            "« Somme reçue » est vide : dites la somme du versement, comme 1 234,50, ou cochez « Effacer »."
        )
    key = f"paid.{part}.{typed.month('mois du versement', month)}"
    return {key: "" if is_taken_back else typed.kept("cents", "somme reçue", euros)}


def _save(choice: Choice, values: Mapping[str, str], day: date) -> None:
    if values:
        said.say(Path(choice.place.path), choice.doctor, values, day)
    st.session_state[SAVED] = in_words.saved(len(values), day)
