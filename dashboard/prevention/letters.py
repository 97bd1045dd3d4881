"""The panel under the worklist: choose who is written to, read and change the texts, export them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
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

Typed = dict[str, str]
TYPED = "lettres_tapees"
"""Where the session keeps what was last typed, by field. A button pressed straight from a field asks for its file before the
page is drawn again: the file is made of what is there by then."""
OPEN = "ecrire"
NAMED = "Les fichiers porteront alors leurs noms, et leurs téléphones pour les SMS : gardez-les comme un dossier."


def panel(choice: Choice, calls: Sequence[Call], rules: IndicatorSet, wanted: Sequence[str]) -> None:
    """Letters and text messages to the patients of the list whom one contact can settle something for today; the contact of
    the indicators `wanted` is offered first."""
    counted = Counter(name for call in calls for name in call.contacts)
    asked = st.expander("Écrire aux patients de cette liste", icon=":material/mail:", key=OPEN, on_change="rerun")
    if not asked.open:  # half of the fields of the page
        return
    with asked:
        if not counted:
            st.write("Aucun patient de cette liste n’a d’acte possible aujourd’hui.")
            return
        first = {one.contact or one.id for one in rules.indicators if one.id in wanted}
        names = sorted(counted, key=lambda name: (name not in first, -counted[name]))
        words = {name: f"{in_words.contact(name, rules)} — {_patients(counted[name])}" for name in names}
        picked = str(st.selectbox("Écrire pour", names, format_func=words.__getitem__, key="ecrire_pour"))
        _texts(choice, picked, [call for call in calls if picked in call.contacts])


def _texts(choice: Choice, contact: str, calls: Sequence[Call]) -> None:
    typed: Typed = st.session_state.setdefault(TYPED, {})
    signed = _sender(choice, typed)
    with_names = choice.named and st.toggle("Nommer les patients", key="lettres_noms", help=NAMED)
    readers = _readers(choice, calls, with_names)
    kinds = sorted({one.is_child for one in readers})
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        letters = {child: _field("Lettre", contact, child, 300, typed) for child in kinds}
        st.caption("Avant ce texte : Madame ou Monsieur selon le patient, ses parents avant 18 ans ; après, votre nom.")
        st.download_button(
            f"Imprimer {_letters(len(readers))}",
            data=lambda: messages.letters(_now(letters, typed), readers, _signer(signed, typed), date.today()),
            file_name=f"lettres-{contact}-{choice.as_of}.html",
            mime="text/html",
            key="lettres",
            icon=":material/print:",
            on_click="ignore",
            help="Un fichier à ouvrir dans le navigateur, puis à imprimer : une page par patient.",
        )
    with right:
        short = {child: _field("SMS", contact, child, 120, typed) for child in kinds}
        name = _signer(signed, typed).name
        longest = max((messages.signed(text, name) for text in _now(short, typed).values()), key=len)
        st.caption(f"Avec votre nom à la fin : {messages.length(longest)}")
        st.download_button(
            f"Exporter les SMS ({_patients(len(readers))}, CSV)",
            data=lambda: _sms_csv(_now(short, typed), readers, _signer(signed, typed).name),
            file_name=f"sms-{contact}-{choice.as_of}.csv",
            mime="text/csv",
            key="sms",
            icon=":material/sms:",
            on_click="ignore",
        )
        st.caption("Ni diagnostic ni nom d’acte : ces messages peuvent être lus par d’autres. Relisez avant d’envoyer.")


def _now(keys: Mapping[bool, str], typed: Typed) -> dict[bool, str]:
    return {child: typed[key] for child, key in keys.items()}


def _signer(keys: tuple[str, str], typed: Typed) -> Sender:
    name, address = keys
    return Sender(name=typed[name], address=typed[address])


def _keep(key: str, typed: Typed) -> None:
    """Called when it was typed, before the page is drawn again."""
    typed[key] = st.session_state[key] or ""


def _sender(choice: Choice, typed: Typed) -> tuple[str, str]:
    """Who signs, as he wrote it the last time, kept beside his own data: the keys of his name and address."""
    own, folder = declaring.is_kept(choice.place), Path(choice.place.path)
    known = senders.senders(folder).get(choice.doctor) if own else None
    was = known or Sender(name=data.signature(choice.place, choice.doctor))
    left, right = st.columns([1, 1.4], gap="medium")
    keys = name, address = f"signe_{choice.doctor}", f"adresse_{choice.doctor}"
    for key, kept in ((name, was.name), (address, was.address)):
        st.session_state.setdefault(key, typed.get(key, kept))
    typed[name] = left.text_input("Signé par", max_chars=200, key=name, on_change=_keep, args=(name, typed)) or ""
    typed[address] = right.text_area(
        "Adresse et téléphone du cabinet", height=80, max_chars=1_000, key=address, on_change=_keep, args=(address, typed),
        placeholder="12 rue des Lilas\n44000 Nantes\n02 40 00 00 00",
    ) or ""  # fmt: skip
    if own and (now := _signer(keys, typed)) != was:
        senders.keep(folder, choice.doctor, now)
    return keys


def _readers(choice: Choice, calls: Sequence[Call], with_names: bool) -> list[Reader]:
    called = widgets.names(choice) if with_names else {}
    return [_reader(call, called.get(call.patient_id)) for call in calls]


def _reader(call: Call, called: Called | None) -> Reader:
    if called is None:
        return Reader(call.patient_id, call.age, call.sex)
    return Reader(called.name or call.patient_id, call.age, call.sex, called.phone)


def _field(label: str, contact: str, child: bool, height: int, typed: Typed) -> str:
    """The text as it is offered, or as it was changed: its key."""
    text = messages.template(contact, child)
    kind, of = ("lettre", text.letter) if label == "Lettre" else ("sms", text.sms)
    shown, key = (f"{label} aux parents", f"{kind}_parents_{contact}") if child else (label, f"{kind}_{contact}")
    st.session_state.setdefault(key, typed.get(key, of))  # closed meanwhile, it was forgotten
    typed[key] = st.text_area(shown, height=height, key=key, on_change=_keep, args=(key, typed)) or ""
    return key


def _sms_csv(written: Mapping[bool, str], readers: Sequence[Reader], name: str) -> bytes:
    return export.excel_csv(messages.texts(written, readers, name))


def _patients(count: int) -> str:
    return french.count(count, "patient")


def _letters(count: int) -> str:
    return "la lettre" if count == 1 else f"les {french.count(count, 'lettre')}"
