"""The panel under the worklist: choose who is written to, read and change the texts, export them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from calculators import french
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.worklist import Call
from dashboard import data, export
from dashboard.prevention import in_words, messages
from dashboard.widgets import Choice


def panel(choice: Choice, calls: Sequence[Call], rules: IndicatorSet, wanted: Sequence[str]) -> None:
    """Letters and text messages to the patients of the list whom one contact can settle something for today; the contact of
    the indicators `wanted` is offered first."""
    counted = Counter(name for call in calls for name in call.contacts)
    with st.expander("Écrire aux patients de cette liste", icon=":material/mail:"):
        if not counted:
            st.write("Aucun patient de cette liste n’a d’acte possible aujourd’hui.")
            return
        asked = {one.contact or one.id for one in rules.indicators if one.id in wanted}
        names = sorted(counted, key=lambda name: (name not in asked, -counted[name]))
        words = {name: f"{in_words.contact(name, rules)} — {_patients(counted[name])}" for name in names}
        picked = st.selectbox("Écrire pour", names, format_func=words.__getitem__, key="ecrire_pour")
        _texts(choice, str(picked), [call.patient_id for call in calls if picked in call.contacts])


def _texts(choice: Choice, contact: str, patients: list[str]) -> None:
    letter, sms = messages.template(contact)
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        signed = f"{letter}\n\n{data.signature(choice.place, choice.doctor)}"
        written = st.text_area("Lettre", signed, height=330, key=f"lettre_{contact}_{choice.doctor}") or ""
        st.download_button(
            f"Imprimer {_letters(len(patients))}",
            data=partial(messages.letters, written, patients, date.today()),
            file_name=f"lettres-{contact}-{choice.as_of}.html",
            mime="text/html",
            key="lettres",
            icon=":material/print:",
            on_click="ignore",
            help="Un fichier à ouvrir dans le navigateur, puis à imprimer : une page par patient.",
        )
    with right:
        short = st.text_area("SMS", sms, height=150, key=f"sms_{contact}") or ""
        st.caption(messages.length(short))
        st.download_button(
            f"Exporter les SMS ({_patients(len(patients))}, CSV)",
            data=partial(_sms_csv, short, patients),
            file_name=f"sms-{contact}-{choice.as_of}.csv",
            mime="text/csv",
            key="sms",
            icon=":material/sms:",
            on_click="ignore",
        )
        st.caption("Ni diagnostic ni nom d’acte : ces messages peuvent être lus par d’autres. Relisez avant d’envoyer.")


def _sms_csv(text: str, patients: list[str]) -> bytes:
    return export.excel_csv(messages.texts(text, patients))


def _patients(count: int) -> str:
    return french.count(count, "patient")


def _letters(count: int) -> str:
    return "la lettre" if count == 1 else f"les {french.count(count, 'lettre')}"
