"""The panel under the worklist: choose who is written to, read and change the texts, export them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import streamlit as st

from calculators import french
from calculators.prevention import sender as senders
from calculators.prevention.indicator import IndicatorSet
from calculators.prevention.sender import Sender
from calculators.prevention.worklist import Call
from calculators.records.identities import Called
from dashboard import data, export, widgets
from dashboard.prevention import declaring, in_words, messages
from dashboard.prevention.messages import Reader
from dashboard.widgets import Choice

NAMED = "Les fichiers porteront alors leurs noms, et leurs téléphones pour les SMS : gardez-les comme un dossier."


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
        picked = str(st.selectbox("Écrire pour", names, format_func=words.__getitem__, key="ecrire_pour"))
        _texts(choice, picked, [call for call in calls if picked in call.contacts])


def _texts(choice: Choice, contact: str, calls: Sequence[Call]) -> None:
    sender = _sender(choice)
    with_names = choice.named and st.toggle("Nommer les patients", key="lettres_noms", help=NAMED)
    readers = _readers(choice, calls, with_names)
    kinds = sorted({one.is_child for one in readers})
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        letters = {child: _field("Lettre", contact, child, 300) for child in kinds}
        st.caption("Avant ce texte : Madame ou Monsieur selon le patient, ses parents avant 18 ans ; après, votre nom.")
        st.download_button(
            f"Imprimer {_letters(len(readers))}",
            data=partial(messages.letters, letters, readers, sender, date.today()),
            file_name=f"lettres-{contact}-{choice.as_of}.html",
            mime="text/html",
            key="lettres",
            icon=":material/print:",
            on_click="ignore",
            help="Un fichier à ouvrir dans le navigateur, puis à imprimer : une page par patient.",
        )
    with right:
        short = {child: _field("SMS", contact, child, 120) for child in kinds}
        longest = max((messages.signed(text, sender.name) for text in short.values()), key=len)
        st.caption(f"Avec votre nom à la fin : {messages.length(longest)}")
        st.download_button(
            f"Exporter les SMS ({_patients(len(readers))}, CSV)",
            data=partial(_sms_csv, short, readers, sender.name),
            file_name=f"sms-{contact}-{choice.as_of}.csv",
            mime="text/csv",
            key="sms",
            icon=":material/sms:",
            on_click="ignore",
        )
        st.caption("Ni diagnostic ni nom d’acte : ces messages peuvent être lus par d’autres. Relisez avant d’envoyer.")


def _sender(choice: Choice) -> Sender:
    """Who signs: as he wrote it the last time, kept beside his own data."""
    own, folder = declaring.is_kept(choice.place), Path(choice.place.path)
    known = senders.senders(folder).get(choice.doctor) if own else None
    was = known or Sender(name=data.signature(choice.place, choice.doctor))
    left, right = st.columns([1, 1.4], gap="medium")
    name = left.text_input("Signé par", was.name, max_chars=200, key=f"signe_{choice.doctor}") or ""
    address = right.text_area(
        "Adresse et téléphone du cabinet", was.address, height=80, max_chars=1_000, key=f"adresse_{choice.doctor}",
        placeholder="12 rue des Lilas\n44000 Nantes\n02 40 00 00 00",
    )  # fmt: skip
    now = Sender(name=name, address=address or "")
    if own and now != was:
        senders.keep(folder, choice.doctor, now)
    return now


def _readers(choice: Choice, calls: Sequence[Call], with_names: bool) -> list[Reader]:
    called = widgets.names(choice) if with_names else {}
    return [_reader(call, called.get(call.patient_id)) for call in calls]


def _reader(call: Call, called: Called | None) -> Reader:
    if called is None:
        return Reader(call.patient_id, call.age, call.sex)
    return Reader(called.name or call.patient_id, call.age, call.sex, called.phone)


def _field(label: str, contact: str, child: bool, height: int) -> str:
    """The text as it is offered, or as it was changed."""
    text = messages.template(contact, child)
    kind, of = ("lettre", text.letter) if label == "Lettre" else ("sms", text.sms)
    shown, key = (f"{label} aux parents", f"{kind}_parents_{contact}") if child else (label, f"{kind}_{contact}")
    return st.text_area(shown, of, height=height, key=key) or ""


def _sms_csv(written: Mapping[bool, str], readers: Sequence[Reader], name: str) -> bytes:
    return export.excel_csv(messages.texts(written, readers, name))


def _patients(count: int) -> str:
    return french.count(count, "patient")


def _letters(count: int) -> str:
    return "la lettre" if count == 1 else f"les {french.count(count, 'lettre')}"
