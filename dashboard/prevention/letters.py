"""The panel under the worklist: choose who is written to, read and change the texts, export them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
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

Typed = dict[str, str]
TYPED = "lettres_tapees"
"""Where the session keeps what was last typed, by field. A button pressed straight from a field asks for its file before the
page is drawn again: the file is made of what is there by then."""
OPEN = "ecrire"
NAMED = "Les fichiers porteront alors leurs noms, et leurs téléphones pour les SMS : gardez-les comme un dossier."


def panel(choice: Choice, calls: Sequence[Call], rules: IndicatorSet, wanted: Sequence[str]) -> None:
    """Letters and text messages to the patients of the list whom one contact can settle something for today; the contact of
    the indicators `wanted` is offered first."""
    draw = partial(_contacts, choice, calls, rules, wanted)  # half of the fields of the page
    widgets.folded("Écrire aux patients de cette liste", OPEN, draw, icon=":material/mail:")


def _contacts(choice: Choice, calls: Sequence[Call], rules: IndicatorSet, wanted: Sequence[str]) -> None:
    counted = Counter(name for call in calls for name in call.contacts)
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
    now = _signer(signed, typed)
    readers = _readers(calls, widgets.names(choice) if _naming(choice) else {})
    missing = _missing(choice, readers, now)
    if missing:
        st.warning("\n".join(f"* {one}" for one in missing), icon=":material/edit:")
    elif unnamed := len(calls) - len(readers):
        st.caption(in_words.unnamed(unnamed))
    kinds = sorted({call.age < messages.OF_AGE for call in calls})
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        letters = {child: _field("Lettre", contact, child, 300, typed) for child in kinds}
        st.caption("Avant ce texte : Madame ou Monsieur selon le patient, ses parents avant 18 ans ; après, votre nom.")
        if not missing:
            st.download_button(
                f"Imprimer {_letters(len(readers))}",
                data=lambda: messages.letters(_now(letters, typed), readers, _last(signed, typed, now), date.today()),
                file_name=f"lettres-{contact}-{choice.as_of}.html",
                mime="text/html",
                key="lettres",
                icon=":material/print:",
                on_click="ignore",
                help="Un fichier à ouvrir dans le navigateur, puis à imprimer : une page par patient.",
            )
    with right:
        short = {child: _field("SMS", contact, child, 120, typed) for child in kinds}
        longest = max((messages.signed(text, now.name) for text in _now(short, typed).values()), key=len)
        st.caption(f"Avec votre nom à la fin : {messages.length(longest)}")
        if not missing:
            _sms(
                choice, contact, readers, lambda: _sms_csv(_now(short, typed), readers, _last(signed, typed, now).name)
            )
        st.caption("Ni diagnostic ni nom d’acte : ces messages peuvent être lus par d’autres. Relisez avant d’envoyer.")


def _sms(choice: Choice, contact: str, readers: Sequence[Reader], file: Callable[[], bytes]) -> None:
    """The messages to those who have a mobile; how many have none."""
    reached = sum(one.has_mobile for one in readers)
    if reached:
        st.download_button(
            f"Exporter les SMS ({_patients(reached)}, CSV)",
            data=file,
            file_name=f"sms-{contact}-{choice.as_of}.csv",
            mime="text/csv",
            key="sms",
            icon=":material/sms:",
            on_click="ignore",
        )
    if reached < len(readers):
        st.caption(in_words.without_mobile(len(readers) - reached, sum(bool(one.phone) for one in readers) - reached))


def _naming(choice: Choice) -> bool:
    """Are patients named? The same switch as « Afficher les noms », which stands beside every page."""
    if not data.has_names(choice.place):
        return False
    st.session_state["lettres_noms"] = st.session_state["noms"]
    st.toggle("Nommer les patients", key="lettres_noms", help=NAMED, on_change=_named)
    if st.session_state["noms"] != choice.named:
        st.rerun()
    return choice.named


def _named() -> None:
    st.session_state["noms"] = st.session_state["lettres_noms"]


def _missing(choice: Choice, readers: Sequence[Reader], signer: Sender) -> list[str]:
    """What letters cannot do without, and where it is given; nothing when they can be printed."""
    return [
        *([] if readers else [in_words.no_names(data.has_names(choice.place), choice.named)]),
        *([] if _is_name(choice, signer.name) else [in_words.NO_SIGNATURE]),
        *([] if signer.address.strip() else [in_words.NO_ADDRESS]),
    ]


def _is_name(choice: Choice, name: str) -> bool:
    """Is this how somebody is called, and not the key of the doctor?"""
    return name.strip() not in ("", choice.doctor)


def _now(keys: Mapping[bool, str], typed: Typed) -> dict[bool, str]:
    return {child: typed[key] for child, key in keys.items()}


def _signer(keys: tuple[str, str], typed: Typed) -> Sender:
    name, address = keys
    return Sender(name=typed[name], address=typed[address])


def _last(keys: tuple[str, str], typed: Typed, before: Sender) -> Sender:
    """Who signs by now; what was emptied since the page was drawn is as it was `before`."""
    now = _signer(keys, typed)
    return Sender(name=now.name.strip() or before.name, address=now.address.strip() or before.address)


def _keep(key: str, typed: Typed) -> None:
    """Called when it was typed, before the page is drawn again."""
    typed[key] = st.session_state[key] or ""


def _sender(choice: Choice, typed: Typed) -> tuple[str, str]:
    """Who signs, as he wrote it the last time, kept beside his own data: the keys of his name and address."""
    own, folder = declaring.is_kept(choice.place), Path(choice.place.path)
    known = senders.senders(folder).get(choice.doctor) if own else None
    was = known or Sender(name=data.signature(choice.place, choice.doctor))
    if not _is_name(choice, was.name):
        was = Sender(name="", address=was.address)
    left, right = st.columns([1, 1.4], gap="medium")
    keys = name, address = f"signe_{choice.doctor}", f"adresse_{choice.doctor}"
    for key, kept in ((name, was.name), (address, was.address)):
        st.session_state.setdefault(key, typed.get(key, kept))
    typed[name] = left.text_input("Signé par", max_chars=200, key=name, on_change=_keep, args=(name, typed)) or ""
    typed[address] = right.text_area(
        "Adresse et téléphone du cabinet", height=80, max_chars=1_000, key=address, on_change=_keep, args=(address, typed),
        placeholder="12 rue des Lilas\n44000 Nantes\n02 40 00 00 00",
    ) or ""  # fmt: skip
    if own and (now := _last(keys, typed, was)) != was:
        senders.keep(folder, choice.doctor, now)
    return keys


def _readers(calls: Sequence[Call], called: Mapping[str, Called]) -> list[Reader]:
    """Those of whom there is a name."""
    named = ((call, called.get(call.patient_id)) for call in calls)
    return [Reader(one.name, call.age, call.sex, one.phone) for call, one in named if one]


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
